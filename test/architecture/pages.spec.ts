import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readTree, ROOT, type SourceFile } from './source-tree.js';

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = readTree().filter(({ path }) => path.endsWith('.md'));
const { scripts } = JSON.parse(text('package.json')) as { scripts: Readonly<Record<string, string>> };

/** Links of a page to files of the repository that are not there. */
function brokenLinks(page: SourceFile, exists: (path: string) => boolean): readonly string[] {
  const targets = [...page.text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '').filter((target) => !/^(https?:|mailto:|#)/.test(target));
  return targets.map((target) => target.replace(/#.*$/, '')).filter((target) => !exists(posix.join(posix.dirname(page.path), target)));
}

/** `npm run x` in a page where package.json has no script x. */
function unknownScripts(page: SourceFile): readonly string[] {
  return [...page.text.matchAll(/npm run (?:--\w+ )*([a-z][\w:-]*)/g)].map((match) => match[1] ?? '').filter((name) => scripts[name] === undefined);
}

describe('the pages', () => {
  it.each(pages.map((page) => [page.path, page] as const))('%s links to what exists and names scripts that exist', (_, page) => {
    expect(brokenLinks(page, (path) => existsSync(join(ROOT, path)))).toEqual([]);
    expect(unknownScripts(page)).toEqual([]);
  });

  it('would be found out', () => {
    const page = { path: 'libs/a/README.md', text: 'see [b](../b/README.md#x), [c](https://example.com), `npm run demolish`' };
    expect(brokenLinks(page, () => false)).toEqual(['../b/README.md']);
    expect(brokenLinks(page, (path) => path === 'libs/b/README.md')).toEqual([]);
    expect(unknownScripts(page)).toEqual(['demolish']);
  });

  it('list every setting the hub reads, and no other', () => {
    const known = [...text('apps/hub/src/settings.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1]);
    const listed = [...text('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    expect(known.length).toBeGreaterThan(5);
    expect(listed).toEqual(known);
  });
});
