import { posix } from 'node:path';
import type { SourceFile } from './source-tree.js';

/** package.json's "imports": `#name` to `{ types: path of the source }`. */
export type RoomImports = Readonly<Record<string, { readonly types: string }>>;

const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g;
const CODE = /\.[mc]?tsx?$/;

/** Whom each TypeScript file imports, by path. Packages and files outside the tree are left out. */
export function importsOf(files: readonly SourceFile[], rooms: RoomImports): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files.map((file) => file.path));
  return new Map(files.filter((file) => CODE.test(file.path)).map((file) => {
    const targets = [...file.text.matchAll(SPECIFIER)].map((match) => resolveSpecifier(file.path, match[1] ?? '', rooms));
    return [file.path, targets.filter((target) => target !== null && known.has(target)).map(String)];
  }));
}

function resolveSpecifier(from: string, specifier: string, rooms: RoomImports): string | null {
  if (specifier.startsWith('.')) return sourceOf(posix.join(posix.dirname(from), specifier));
  if (!specifier.startsWith('#')) return null;
  const exact = rooms[specifier];
  if (exact !== undefined) return posix.normalize(exact.types);
  for (const [pattern, { types }] of Object.entries(rooms)) {
    const [before = '', after] = pattern.split('*');
    if (after === undefined || !specifier.startsWith(before) || !specifier.endsWith(after)) continue;
    return posix.normalize(types.replace('*', specifier.slice(before.length, specifier.length - after.length)));
  }
  return null;
}

/** ES modules name the compiled file; the source beside it has the other ending. */
function sourceOf(path: string): string {
  return path.replace(/\.js$/, '.ts');
}
