import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './source-tree.js';

const JEST_CONFIG = `export default { projects: ['unit', 'house', 'conformance', 'e2e', 'faults'].map((displayName) => (
  { displayName, rootDir: import.meta.dirname, testMatch: [\`<rootDir>/specs/\${displayName}/*.spec.js\`], transform: {} })) };`;

describe('npm test', () => {
  let project = '';
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'runner-'));
    await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    await mkdir(join(project, 'test'));
    await cp(join(ROOT, 'test/run.mjs'), join(project, 'test/run.mjs'));
    await writeFile(join(project, 'package.json'), JSON.stringify({ scripts: { typecheck: 'exit 0', lint: 'exit 3', rooms: 'exit 0', build: 'exit 0' } }));
    await writeFile(join(project, 'jest.config.mjs'), JEST_CONFIG);
    for (const [path, text] of [
      ['unit/good.spec.js', "it('holds', () => {}); it.skip('waits (skipped: for this test)', () => {});"],
      ['house/bad.spec.js', "it('breaks', () => { throw new Error('the reason'); });"],
      ['e2e/broken.spec.js', "require('./not-there.js');"],
    ] as const) {
      await mkdir(join(project, 'specs', path, '..'), { recursive: true });
      await writeFile(join(project, 'specs', path), text);
    }
  });
  afterAll(async () => { await rm(project, { recursive: true }); });

  function run(...words: readonly string[]): { code: number | null; last: string | undefined; output: string } {
    const { status, stdout } = spawnSync(process.execPath, ['test/run.mjs', ...words], { cwd: project, encoding: 'utf8', timeout: 50_000 });
    return { code: status, last: stdout.trimEnd().split('\n').at(-1), output: stdout };
  }

  /** Calls a function of the runner in a process of its own: the runner is a module of a kind Jest does not load. */
  function evaluate(code: string): unknown {
    const script = `import * as runner from ${JSON.stringify(join(project, 'test/run.mjs'))}; import { spawn } from 'node:child_process'; console.log(JSON.stringify(await (${code})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: project, encoding: 'utf8', timeout: 20_000 });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  it('counts a check as one test', () => {
    expect(run('types', 'rooms')).toMatchObject({ code: 0, last: '2 passed, 0 failed, 0 skipped' });
    expect(run('types', 'lint')).toMatchObject({ code: 1, last: '1 passed, 1 failed, 0 skipped' });
  });

  it('sums the tests of a suite, the skipped ones too', () => {
    expect(run('unit')).toMatchObject({ code: 0, last: '1 passed, 0 failed, 1 skipped' });
  });

  it('says again at the end what failed, and why', () => {
    const { code, last, output } = run('house');
    expect({ code, last }).toEqual({ code: 1, last: '0 passed, 1 failed, 0 skipped' });
    expect(output.slice(output.indexOf('What failed'))).toMatch(/house › .*bad\.spec\.js › breaks\n {4}Error: the reason/);
  });

  it('takes a spec that does not load for a failure', () => {
    expect(run('e2e')).toMatchObject({ code: 1, last: '0 passed, 1 failed, 0 skipped', output: expect.stringContaining('broken.spec.js does not load') });
  });

  it('takes a suite without tests for a failure when nobody asked for a part', () => {
    expect(run('faults')).toMatchObject({ code: 1, last: '0 passed, 1 failed, 0 skipped' });
  });

  it('runs the specs a pattern fits and fails when there are none', () => {
    expect(run('good.spec')).toMatchObject({ code: 0, last: '1 passed, 0 failed, 1 skipped' });
    expect(run('nothing-is-called-this')).toMatchObject({ code: 1, last: '0 passed, 0 failed, 0 skipped', output: expect.stringContaining('No test was run') });
  });

  it('ends what hangs, with everything it started, and says so', () => {
    const started = Date.now();
    expect(evaluate("runner.runToEnd((options) => spawn('sleep 60 & sleep 60', { ...options, shell: true }), 300)")).toMatch(/did not end within .* and was killed/);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('counts a suite whose tests passed but which did not end as failed', () => {
    const report = { numPassedTests: 4, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, testResults: [] };
    expect(evaluate(`runner.countReport('e2e', ${JSON.stringify(report)}, 'did not end within 6 minutes')`)).toMatchObject({ passed: 4, failed: 1 });
    expect(evaluate("runner.countReport('e2e', null, null)")).toMatchObject({ passed: 0, failed: 1 });
    expect(evaluate(`runner.countReport('e2e', ${JSON.stringify(report)}, null)`)).toMatchObject({ passed: 4, failed: 0 });
  });
});
