import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseConnectorName } from '../../libs/connector-kit/generator/connector-name.js';
import { failingCases } from './mapping-cases.js';
import { nextSteps, SKELETON, writeConnector } from '../../libs/connector-kit/generator/write-connector.js';

const ROOT = resolve(import.meta.dirname, '../..');
const SKELETON_ROOT = join(ROOT, SKELETON);
const name = parseConnectorName('acme-books');

/** A project of its own beside this one: its rooms are this project's, its connectors are its own. */
async function makeProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'connector-new-'));
  for (const room of ['libs', 'node_modules']) await symlink(join(ROOT, room), join(project, room));
  for (const file of ['package.json', 'jest.config.mjs', 'test/conformance/mapping-render.ts']) await cp(join(ROOT, file), join(project, file));
  const settings = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8')) as { compilerOptions: Record<string, unknown> };
  const compilerOptions = { ...settings.compilerOptions, incremental: false, tsBuildInfoFile: undefined, preserveSymlinks: false };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ ...settings, compilerOptions, include: ['connectors', 'test'] }));
  return project;
}

function run(project: string, tool: string, ...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(ROOT, 'node_modules', tool), ...words], { cwd: project, encoding: 'utf8', timeout: 50_000 });
}

describe('npm run connector:new', () => {
  let project = '';
  beforeAll(async () => { project = await makeProject(); });
  afterAll(async () => { await rm(project, { recursive: true }); });

  it.each([undefined, '', 'A', 'a', 'Acme', 'acme_books', '-acme', 'acme--books', '../acme', 'acme/books', 'index', 'x'.repeat(41)])('refuses the name %j with a sentence', (text) => {
    expect(() => parseConnectorName(text)).toThrow(/ /);
  });

  it('writes every file a connector has, its mappings with their cases, and its conformance spec', async () => {
    const files = await writeConnector(name, project, SKELETON_ROOT);
    expect(files).toEqual([
      'connectors/acme-books/README.md',
      ...['capabilities', 'client', 'errors', 'index', 'invoice-door', 'plan', 'post', 'preflight', 'probe', 'read', 'reverse', 'settings'].map((file) => `connectors/acme-books/src/${file}.ts`),
      'connectors/acme-books/src/testing/acme-books-harness.ts', 'connectors/acme-books/src/testing/index.ts', 'connectors/acme-books/src/totals.ts',
      ...['customer.read', 'invoice.read', 'payment.post', 'payment.read', 'payment.reverse'].map((file) => `mappings/acme-books/cases/${file}.json`),
      ...['customer.read', 'invoice.read', 'payment.post', 'payment.read', 'payment.reverse'].map((file) => `mappings/acme-books/${file}.yaml`),
      'test/conformance/acme-books.spec.ts',
    ].toSorted());
    for (const file of files) expect(await readFile(join(project, file), 'utf8')).not.toMatch(/__[A-Za-z]+__/);
  });

  it('has the same files as the reference connector', async () => {
    const filesOf = async (folder: string): Promise<readonly string[]> => (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).toSorted();
    expect(await filesOf(join(project, 'connectors/acme-books/src'))).toEqual(await filesOf(join(ROOT, 'connectors/memory/src')));
  });

  it('never writes over a connector that is there', async () => {
    const before = await readFile(join(project, 'connectors/acme-books/README.md'), 'utf8');
    await expect(writeConnector(name, project, SKELETON_ROOT)).rejects.toThrow('connectors/acme-books exists already');
    expect(await readFile(join(project, 'connectors/acme-books/README.md'), 'utf8')).toBe(before);
  });

  it('has mappings that load, each with a case that comes out as written', async () => {
    expect(await failingCases(join(project, 'mappings/acme-books'), async () => ({}))).toEqual([]);
  });

  it('compiles under the rules of this repository', () => {
    const { status, stdout } = run(project, 'typescript/bin/tsc', '--noEmit', '-p', project);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('starts red: every sentence fails and says to write the sandbox first', () => {
    const { status, stderr } = run(project, 'jest/bin/jest.js', '--selectProjects', 'conformance');
    expect(status).toBe(1);
    expect(stderr).toContain('There is no sandbox of Acme Books yet: answer question 1 in connectors/acme-books/README.md');
    expect(stderr).toMatch(/Tests: +(\d+) failed, \1 total/);
  });

  it('tells three next steps', () => {
    expect(nextSteps(name).match(/^ {2}\d\. /gm)).toHaveLength(3);
  });
});
