import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzFormat, FuzzFormatModule } from './fuzz-format.js';

/** `planted` holds readers that break one promise each, for the runner's own spec. */
export const FOLDERS = ['formats', 'planted'] as const;

/** Names of the formats that can be fuzzed: the files of a folder beside this file, compiled or not. */
export function formatNames(here: string, folder: (typeof FOLDERS)[number] = 'formats'): string[] {
  return readdirSync(join(here, folder)).map((file) => /^([a-z0-9-]+)\.(?:js|ts)$/.exec(file)?.[1]).filter((name) => name !== undefined).toSorted();
}

/** @throws RangeError when no file has the name. */
export async function loadFormat(name: string): Promise<FuzzFormat> {
  const folder = FOLDERS.find((each) => formatNames(import.meta.dirname, each).includes(name));
  if (folder === undefined) throw new RangeError(`there is no format "${name}" to fuzz; there are ${formatNames(import.meta.dirname).join(', ')}`);
  const { fuzzFormat } = await import(`./${folder}/${name}.js`) as FuzzFormatModule;
  return fuzzFormat;
}
