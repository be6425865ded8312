import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadMapping } from './load-mapping.js';
import type { Mapping } from './mapping.js';
import { MappingFileError, type MappingMistake } from './mistakes.js';

/** Flat-file layouts lie in the same folders; the room `layouts` loads them. */
export const LAYOUT_FILE_ENDING = '.layout.yaml';

/**
 * Every mapping (`*.yaml` that is no layout) of a folder, by mapping name. The one place of this room that touches the disk.
 * Messages and lineage name files as `<shownAs>/<file>`: the path a person would open, `mappings/netsuite`.
 * @throws MappingFileError with the mistakes of all files, and for two files of one name.
 */
export async function loadMappingFolder(dir: string, shownAs = dir): Promise<ReadonlyMap<string, Mapping>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.yaml') && !name.endsWith(LAYOUT_FILE_ENDING)).sort();
  const found = new Map<string, Mapping>();
  const mistakes: MappingMistake[] = [];
  for (const name of names) {
    const file = `${shownAs.replaceAll('\\', '/')}/${name}`;
    try {
      const mapping = loadMapping(await readFile(join(dir, name), 'utf8'), file);
      const other = found.get(mapping.name);
      if (other === undefined) found.set(mapping.name, mapping);
      else mistakes.push({ file, line: 1, path: 'mapping', problem: `${other.file} has the name ${mapping.name} too`, cure: 'rename one of the two' });
    } catch (error) {
      if (!(error instanceof MappingFileError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (mistakes.length > 0) throw new MappingFileError(mistakes);
  return found;
}
