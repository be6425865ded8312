import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LAYOUT_FILE_ENDING, type MappingMistake } from '#mapping';
import { loadLayout, type LoadedLayout } from './layout.js';
import { LayoutFileError } from './layout-file-error.js';

/**
 * Every layout of every folder under `dir`, by name. The one place of this room that touches the disk. A layout `csv.invoices` lies in
 * `csv/invoices.layout.yaml`: one name, one file. Messages name files as `<shownAs>/<folder>/<file>`.
 * @throws LayoutFileError with the mistakes of all files, and for a file that is not named as its layout.
 */
export async function loadLayoutFolder(dir: string, shownAs = dir): Promise<ReadonlyMap<string, LoadedLayout>> {
  const found = new Map<string, LoadedLayout>();
  const mistakes: MappingMistake[] = [];
  for (const folder of (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
    for (const name of (await readdir(join(dir, folder))).filter((file) => file.endsWith(LAYOUT_FILE_ENDING)).sort()) {
      const file = `${shownAs.replaceAll('\\', '/')}/${folder}/${name}`;
      try {
        const layout = loadLayout(await readFile(join(dir, folder, name), 'utf8'), file);
        const expected = `${folder}.${name.slice(0, -LAYOUT_FILE_ENDING.length)}`;
        if (layout.name === expected) found.set(layout.name, layout);
        else mistakes.push({ file, line: 1, path: 'layout', problem: `is called "${layout.name}"`, cure: `write layout: ${expected}, or rename the file` });
      } catch (error) {
        if (!(error instanceof LayoutFileError)) throw error;
        mistakes.push(...error.mistakes);
      }
    }
  }
  if (mistakes.length > 0) throw new LayoutFileError(mistakes);
  return found;
}
