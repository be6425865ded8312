import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzFormat, FuzzFormatModule } from './fuzz-format.js';

/** Names of the formats that can be fuzzed: the files of `formats/`, compiled or not. */
export function formatNames(folder: string): string[] {
  return readdirSync(join(folder, 'formats')).map((file) => /^([a-z0-9-]+)\.(?:js|ts)$/.exec(file)?.[1]).filter((name) => name !== undefined).toSorted();
}

/** @throws RangeError when no file of `formats/` has the name. */
export async function loadFormat(name: string): Promise<FuzzFormat> {
  const names = formatNames(import.meta.dirname);
  if (!names.includes(name)) throw new RangeError(`there is no format "${name}" to fuzz; there are ${names.join(', ')}`);
  const { fuzzFormat } = await import(`./formats/${name}.js`) as FuzzFormatModule;
  return fuzzFormat;
}
