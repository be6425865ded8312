import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { ROOT } from './source-tree.js';

const SETTINGS = ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs', '.oxlintrc.json'];

export interface ScriptRun {
  readonly code: number | null;
  readonly output: string;
}

/** A small repository under the settings of this one, to plant mistakes in. */
export interface PlantedTree {
  /** Runs a script of package.json there, word for word, with more words behind it. */
  run(script: string, ...more: readonly string[]): ScriptRun;
  remove(): Promise<void>;
}

/** @param files path to content. */
export async function plantTree(files: Readonly<Record<string, string>>): Promise<PlantedTree> {
  const root = await mkdtemp(join(tmpdir(), 'planted-tree-'));
  for (const name of SETTINGS) await cp(join(ROOT, name), join(root, name));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const floor of ['apps', 'libs', 'connectors', 'test']) await mkdir(join(root, floor));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  }
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };
  return {
    run: (script, ...more) => {
      const PATH = [join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
      const { status, stdout, stderr } = spawnSync([scripts[script] ?? '', ...more].join(' '), { cwd: root, encoding: 'utf8', shell: true, timeout: 50_000, env: { ...process.env, PATH } });
      return { code: status, output: `${stdout}${stderr}` };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
