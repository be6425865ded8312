import { createRequire } from 'node:module';
import { join } from 'node:path';
import { plantTree, type PlantedTree } from './planted-tree.js';
import { ROOT } from './source-tree.js';

interface Rule {
  readonly name: string;
  readonly comment: string;
}
const { forbidden } = createRequire(join(ROOT, 'package.json'))('./.dependency-cruiser.cjs') as { forbidden: readonly Rule[] };

const STORAGE = 'libs/storage/src/index.ts';
/** One mistake per rule: who imports whom. */
const MISTAKES: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  'canonical-stands-alone': { from: 'libs/canonical/src/mistake.ts', to: STORAGE },
  'kit-knows-the-model': { from: 'libs/connector-kit/src/mistake.ts', to: STORAGE },
  'mapping-is-pure': { from: 'libs/mapping/src/mistake.ts', to: STORAGE },
  'layouts-are-pure': { from: 'libs/layouts/src/mistake.ts', to: STORAGE },
  'documents-are-pure': { from: 'libs/documents/src/mistake.ts', to: STORAGE },
  'storage-knows-the-model': { from: 'libs/storage/src/mistake.ts', to: 'libs/mapping/src/index.ts' },
  'queue-knows-the-model': { from: 'libs/queue/src/mistake.ts', to: 'libs/mapping/src/index.ts' },
  'connectors-know-the-kit': { from: 'connectors/one/src/mistake.ts', to: STORAGE },
  'rules-are-pure': { from: 'libs/matching/src/rules/mistake.ts', to: STORAGE },
  'rules-have-no-framework': { from: 'libs/matching/src/rules/framework.ts', to: '@nestjs/common' },
  'services-do-not-call-each-other': { from: 'libs/sync/src/mistake.ts', to: 'libs/matching/src/index.ts' },
  'typeorm-lives-in-storage': { from: 'libs/sync/src/entity.ts', to: 'typeorm' },
  'pg-lives-in-two-rooms': { from: 'libs/sync/src/query.ts', to: 'pg' },
  'bullmq-lives-in-queue': { from: 'libs/sync/src/job.ts', to: 'bullmq' },
  'only-apps-see-connectors': { from: 'libs/sync/src/vendor.ts', to: 'connectors/one/src/index.ts' },
  'apps-are-islands': { from: 'apps/one/src/mistake.ts', to: 'apps/two/src/index.ts' },
  'sandboxes-know-no-connector': { from: 'apps/sandbox/src/mistake.ts', to: 'connectors/one/src/index.ts' },
  'enter-by-the-front-door': { from: 'apps/one/src/window.ts', to: 'libs/storage/src/inside.ts' },
  'no-tests-in-production': { from: 'apps/one/src/fixture.ts', to: 'test/support/fixture.ts' },
  'no-circles': { from: 'apps/one/src/egg.ts', to: 'apps/one/src/hen.ts' },
};

/** A path from one file to the other, as a front-door import may not be used where a rule looks at paths. */
function importOf(from: string, to: string): string {
  const target = to.includes('.ts') ? `${'../'.repeat(from.split('/').length - 1)}${to.replace('.ts', '.js')}` : to;
  return `import * as mistake from '${target}';\nexport const seen = mistake;`;
}

interface Cruise {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[] };
}

describe('the import rules', () => {
  let planted: PlantedTree;
  let violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[] = [];

  beforeAll(async () => {
    const files: Record<string, string> = {};
    for (const { to } of Object.values(MISTAKES)) if (to.endsWith('.ts')) files[to] = 'export const here = 1;';
    for (const { from, to } of Object.values(MISTAKES)) files[from] = importOf(from, to);
    files['apps/one/src/hen.ts'] = importOf('apps/one/src/hen.ts', 'apps/one/src/egg.ts');
    planted = await plantTree(files);
    violations = (JSON.parse(planted.run('rooms', '--output-type', 'json').output) as Cruise).summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to }));
  });
  afterAll(async () => { await planted.remove(); });

  it('end a run with an error', () => {
    const { code, output } = planted.run('rooms');
    expect(code).toBeGreaterThan(0);
    expect(output).toContain('error enter-by-the-front-door: apps/one/src/window.ts → libs/storage/src/inside.ts');
  });

  it.each(forbidden.map((rule) => rule.name))('%s reports its mistake', (name) => {
    const mistake = MISTAKES[name];
    expect(mistake).toBeDefined();
    expect(violations).toContainEqual({ rule: name, from: mistake?.from, to: mistake?.to.endsWith('.ts') === true ? mistake.to : expect.stringContaining(`node_modules/${mistake?.to}/`) });
  });

  it('report nothing else', () => {
    const planned = new Set(Object.values(MISTAKES).map(({ from }) => from).concat('apps/one/src/hen.ts'));
    expect(violations.filter(({ from }) => !planned.has(from))).toEqual([]);
  });

  it('say why, each of them', () => {
    expect(forbidden.filter(({ comment }) => comment.length < 10)).toEqual([]);
  });

  it('let a tree without mistakes pass', async () => {
    const clean = await plantTree({ [STORAGE]: "export { here } from './inside.js';", 'libs/storage/src/inside.ts': 'export const here = 1;', 'libs/sync/src/index.ts': importOf('libs/sync/src/index.ts', STORAGE), 'connectors/one/src/index.ts': 'export const one = 1;' });
    try {
      expect(clean.run('rooms')).toEqual({ code: 0, output: expect.stringContaining('no dependency violations found') });
    } finally {
      await clean.remove();
    }
  });
});
