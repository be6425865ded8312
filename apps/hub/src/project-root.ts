import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json, found from this file upwards: the same from `dist/` and from the sources. */
export function projectRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === 'tributary') return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json of Tributary above ${from}: keep dist/ inside the project folder`);
  }
}
