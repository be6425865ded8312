import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** A text file of the repository; `path` is relative to its root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const NOT_OURS = new Set(['node_modules', 'dist', 'var', '.git', 'generated']);
const TEXT = /(\.(ts|tsx|mjs|cjs|js|md|ya?ml|json|sql|txt)|Dockerfile|\/run)$/;
const TOO_LONG_TO_BE_WRITTEN_BY_HAND = /(^|\/)package-lock\.json$/;

/** Every text file somebody wrote, from the folders and from the root itself. */
export function readTree(root: string = ROOT): readonly SourceFile[] {
  const paths: string[] = [];
  walk(root, '', paths);
  return paths.filter((path) => TEXT.test(path) && !TOO_LONG_TO_BE_WRITTEN_BY_HAND.test(path)).toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function walk(root: string, folder: string, paths: string[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) walk(root, path, paths);
    else if (entry.isFile()) paths.push(path);
  }
}

/** The rooms of the house: `apps/hub`, `libs/canonical`, `connectors/memory`, ... */
export function roomsOf(root: string = ROOT): readonly string[] {
  return ['apps', 'libs', 'connectors'].flatMap((floor) => readdirSync(join(root, floor), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, floor, entry.name, 'src')))
    .map((entry) => `${floor}/${entry.name}`)).toSorted();
}
