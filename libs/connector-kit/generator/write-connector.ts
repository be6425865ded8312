import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ConnectorName } from './connector-name.js';

/** Where the skeleton is kept, from the root of the project. Its files end in `.txt` so that no tool takes them for code. */
export const SKELETON = 'libs/connector-kit/generator/skeleton';
const SKELETON_ENDING = '.txt';

/**
 * Writes a connector's files under `root`, from the skeleton under `skeletonRoot`. Nothing is ever overwritten.
 * @throws Error naming what is already there, before anything is written.
 */
export async function writeConnector(name: ConnectorName, root: string, skeletonRoot: string): Promise<readonly string[]> {
  const files = await skeletonFiles(skeletonRoot);
  const targets = files.map((file) => ({ from: join(skeletonRoot, file), to: filled(file.slice(0, -SKELETON_ENDING.length), name) }));
  const taken = [`connectors/${name.name}`, `mappings/${name.name}`, ...targets.map(({ to }) => to)].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new Error(`${taken} exists already; choose another name, or remove it first`);
  for (const { from, to } of targets) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await writeFile(join(root, to), filled(await readFile(from, 'utf8'), name), { flag: 'wx' });
  }
  return targets.map(({ to }) => to);
}

async function skeletonFiles(skeletonRoot: string): Promise<readonly string[]> {
  const entries = await readdir(skeletonRoot, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(SKELETON_ENDING))
    .map((entry) => relative(skeletonRoot, join(entry.parentPath, entry.name))).toSorted();
}

function filled(text: string, { name, camel, pascal, title }: ConnectorName): string {
  return text.replaceAll('__name__', name).replaceAll('__camel__', camel).replaceAll('__Pascal__', pascal).replaceAll('__Title__', title);
}

/** What to do now, as it is printed. */
export function nextSteps({ name, camel }: ConnectorName): string {
  return [
    'Next:',
    `  1. Answer the questions in connectors/${name}/README.md, and write the sandbox behind connectors/${name}/src/testing/${name}-harness.ts.`,
    `  2. Make it green, sentence by sentence: npx jest --selectProjects conformance --testPathPatterns ${name}`,
    `  3. Add ${camel} to connectors/index.ts; the hub refuses to start while a mapping or a reader is missing, and says which.`,
  ].join('\n');
}
