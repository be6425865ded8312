import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoomImports } from './imports.js';
import { MONEY_ALLOWANCES } from './money-allowances.js';
import { readTree, ROOT, roomsOf, type SourceFile } from './source-tree.js';
import { findDeadFiles, findEmptyNames, findLines, findMoneyFloats, findSilentSkips, sayFinding } from './tidy-rules.js';

const tree = readTree();
const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { imports: RoomImports };
const file = (path: string, ...lines: readonly string[]): SourceFile => ({ path, text: lines.join('\n') });

describe('the tree', () => {
  it('is read whole', () => {
    expect(tree.map((each) => each.path)).toEqual(expect.arrayContaining(['.ci/run', 'Dockerfile', 'README.md', 'apps/hub/src/main.ts', 'mappings/netsuite/payment.post.yaml', 'test/run.mjs']));
  });

  it('has no loose end, no focused test, no switched-off check, no word of one machine', () => {
    expect(findLines(tree).map(sayFinding)).toEqual([]);
  });

  it('has no float where money passes', () => {
    expect(findMoneyFloats(tree, MONEY_ALLOWANCES).map(sayFinding)).toEqual([]);
  });

  it('has no test that is skipped in silence', () => {
    expect(findSilentSkips(tree).map(sayFinding)).toEqual([]);
  });

  it('has no file or folder whose name says nothing', () => {
    expect(findEmptyNames(tree).map(sayFinding)).toEqual([]);
  });

  it('has no file that nobody needs', () => {
    expect(findDeadFiles(tree, imports).map(sayFinding)).toEqual([]);
  });

  it('has a README in every room', () => {
    expect(roomsOf().filter((room) => !tree.some(({ path }) => path === `${room}/README.md`))).toEqual([]);
  });
});

describe('the rules can fail', () => {
  // Taken apart, so that the rules do not find this file.
  it.each([
    ['libs/a/src/b.ts', `// ${'TO'}DO: later`],
    ['README.md', `${'FIX'}ME`],
    ['libs/a/src/b.spec.ts', `it.${'only'}('x', () => {});`],
    ['libs/a/src/b.spec.ts', `f${'describe('}'x', () => {});`],
    ['libs/a/src/b.spec.ts', `it.${'todo'}('x');`],
    ['libs/a/src/b.spec.ts', `x${'it('}'x', () => {});`],
    ['libs/a/src/b.spec.ts', `expect(${'true'}).toBe(true);`],
    ['libs/a/src/b.ts', `// @ts-${'ignore'}`],
    ['libs/a/src/b.ts', `// eslint-${'disable'}-next-line no-console`],
    ['libs/a/src/b.ts', `console.${'log('}1);`],
    ['docs/a.md', `see /${'work'}/main`],
    ['docs/a.md', `as Clau${'de'} said`],
    ['package.json', `https://${'registry'}.example.com/x.tgz`],
  ])('%s: %s', (path, line) => {
    expect(findLines([file(path, 'const before = 1;', line)]).map(sayFinding)).toEqual([expect.stringMatching(new RegExp(`^${path}:2: error: .+ is banned, use .+`))]);
  });

  it.each([
    ['libs/a/src/b.ts', 'const open = 1;'],
    ['apps/cli/src/b.ts', `console.${'log('}1);`],
    ['libs/a/src/b.ts', `// eslint-${'disable'}-next-line no-console -- the program's own answer`],
  ])('and let pass %s: %s', (path, line) => {
    expect(findLines([file(path, line)])).toEqual([]);
  });

  it.each(['parseFloat(text)', 'cents.toFixed(2)', "Number(row['total_amount'])", 'Number(invoice.openBalance)', 'Number(String(line.paid))'])('money: %s', (expression) => {
    expect(findMoneyFloats([file('libs/a/src/b.ts', `const x = ${expression};`)], []).map(sayFinding)).toEqual([expect.stringMatching(/^libs\/a\/src\/b\.ts:1: error: .+ is banned, use Money/)]);
    expect(findMoneyFloats([file('libs/canonical/src/b.ts', `const x = ${expression};`)], [])).toEqual([]);
  });

  it('money: an allowance excuses its line, and is a finding once there is nothing to excuse', () => {
    const allowance = { path: 'libs/a/src/b.ts', line: /totalResults/, because: 'A count.' };
    const counted = 'const x = Number(body.totalResults);';
    expect(findMoneyFloats([file('libs/a/src/b.ts', counted)], [allowance])).toEqual([]);
    expect(findMoneyFloats([file('libs/a/src/c.ts', counted)], [allowance])).toHaveLength(2);
    expect(findMoneyFloats([file('libs/a/src/b.ts', 'const x = 1;')], [allowance]).map(sayFinding)).toEqual(['libs/a/src/b.ts:1: error: the allowance for totalResults, which excuses nothing, is banned, use a list without it']);
  });

  it('skips: the reason must stand in the name', () => {
    expect(findSilentSkips([file('a.spec.ts', `it.${'skip'}('works', () => {});`)])).toHaveLength(1);
    expect(findSilentSkips([file('a.spec.ts', `it.${'skip'}('works (skipped: needs root)', () => {});`)])).toEqual([]);
  });

  it.each(['libs/utils/src/a.ts', 'libs/a/src/money-helpers.ts', 'apps/a/src/common/b.ts', 'libs/core/README.md', 'libs/a/src/session-manager.ts'])('names: %s', (path) => {
    expect(findEmptyNames([file(path)])).toHaveLength(1);
  });

  it('names: words that only contain one are names like others', () => {
    expect(findEmptyNames([file('libs/a/src/score.ts'), file('libs/a/src/management.ts'), file('libs/a/src/common-name.spec.md')].slice(0, 2))).toEqual([]);
  });

  it('dead files: what only a test imports is dead, what a script names is not', () => {
    const rooms = { '#a': { types: './libs/a/src/index.ts' }, '#b/*': { types: './libs/b/*/src/index.ts' } };
    const dead = findDeadFiles([
      file('libs/a/src/index.ts', "export * from './used.js';"), file('libs/a/src/used.ts'), file('libs/a/src/tested.ts'), file('libs/a/src/tested.spec.ts', "import './tested.js';", "import '#a';"),
      file('libs/b/one/src/index.ts'), file('apps/c/src/main.ts', "await import('#b/one');"), file('apps/c/src/program.ts'), file('package.json', '"node dist/apps/c/src/main.js"'),
    ], rooms);
    expect(dead.map((each) => each.path)).toEqual(['libs/a/src/tested.ts', 'apps/c/src/program.ts']);
  });
});
