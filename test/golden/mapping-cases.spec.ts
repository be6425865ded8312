import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { CustomTransforms } from '#mapping';
import { failingCases } from './mapping-cases.js';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLE = 'test/golden/mapping-example';

async function foldersOf(parent: string): Promise<readonly string[]> {
  if (!existsSync(join(ROOT, parent))) return [];
  const entries = await readdir(join(ROOT, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`);
}

/** Finds a connector by its id among everything the connectors' rooms export. */
async function transformsOf(connector: string): Promise<CustomTransforms> {
  for (const folder of await foldersOf('connectors')) {
    if (!existsSync(join(ROOT, folder, 'src/index.ts'))) continue;
    const room = await import(`#connectors/${folder.slice('connectors/'.length)}`) as Readonly<Record<string, unknown>>;
    for (const value of Object.values(room)) {
      const found = value as { readonly id?: unknown; readonly capabilities?: unknown; readonly transforms?: CustomTransforms } | null;
      if (typeof found === 'object' && found !== null && found.id === connector && found.capabilities !== undefined) return found.transforms ?? {};
    }
  }
  return {};
}

/** Folders are named as a person would open them, from the root of the project. */
const here = process.cwd();
beforeAll(() => { process.chdir(ROOT); });
afterAll(() => { process.chdir(here); });

describe('every mapping', () => {
  it('loads, has a golden case, and every case comes out as written', async () => {
    const folders = [EXAMPLE, ...await foldersOf('mappings')];
    const failures = await Promise.all(folders.map(async (folder) => {
      const found = await failingCases(folder, transformsOf);
      return found.map((failure) => `${folder}: ${failure}`);
    }));
    expect(failures.flat()).toEqual([]);
  });
});

describe('the runner', () => {
  let folder = '';
  beforeEach(async () => {
    folder = relative(ROOT, await mkdtemp(join(tmpdir(), 'mapping-cases-')));
    await cp(EXAMPLE, folder, { recursive: true });
  });
  afterEach(async () => { await rm(folder, { recursive: true }); });

  const failures = (): Promise<readonly string[]> => failingCases(folder, transformsOf);
  const change = async (file: string, from: string, to: string): Promise<void> => {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, file), text.replace(from, to));
  };

  it('finds nothing wrong with the example', async () => {
    expect(await failures()).toEqual([]);
  });

  it('sees a value that differs by a cent', async () => {
    await change('cases/invoice-with-instalments.json', '"amount": "1234.10"', '"amount": "1234.11"');
    expect(await failures()).toEqual([expect.stringMatching(/^invoice-with-instalments\.json: expected .*1234\.11.*\n {2}found .*1234\.10/)]);
  });

  it('sees a problem that is not there, and an output where problems were expected', async () => {
    await change('cases/invoice-refused.json', '"field": "status"', '"field": "state"');
    await change('invoice.read.yaml', 'via: oneOf, of: { A: open, B: paid, D: draft, V: void }', 'via: oneOf, of: { A: open, B: paid, D: draft, V: void, E: void }');
    expect(await failures()).toHaveLength(1);
  });

  it('sees a mapping without a case and a case without a mapping', async () => {
    await change('cases/payment.json', 'example.payment.post', 'example.payment.past');
    expect(await failures()).toEqual([
      `payment.json is of "example.payment.past", which ${folder} does not hold`,
      `${folder}/payment.post.yaml has no case; add one to ${folder}/cases`,
    ]);
  });

  it('sees a mapping that does not load, with its file and line', async () => {
    await change('invoice.read.yaml', 'foreignTotal, via: money', 'foreignTotal, via: text');
    await expect(failures()).rejects.toThrow(`${folder}/invoice.read.yaml:14 total: the target is money, text does not give that`);
  });

  it('sees two files of one name', async () => {
    await cp(join(folder, 'payment.post.yaml'), join(folder, 'second.yaml'));
    await expect(failures()).rejects.toThrow(`${folder}/payment.post.yaml has the name example.payment.post too; rename one of the two`);
  });
});
