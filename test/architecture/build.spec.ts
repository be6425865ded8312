import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

describe('npm run build', () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'tributary-build-'));
    for (const file of ['build.mjs', '.swcrc']) cpSync(join(ROOT, file), join(project, file));
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    for (const room of ['apps', 'libs', 'connectors', 'test']) write(`${room}/one.ts`, `export const room: string = '${room}';\n`);
  });
  afterEach(() => { rmSync(project, { recursive: true, force: true }); });

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  function build(): number | null {
    return spawnSync(process.execPath, ['build.mjs'], { cwd: project, encoding: 'utf8' }).status;
  }
  const made = (): string[] => readdirSync(join(project, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js')).sort();
  const inode = (file: string): number => statSync(join(project, 'dist', file)).ino;

  it('compiles every room, leaves specs out, and leaves nothing beside dist', () => {
    write('libs/one.spec.ts', 'export {};\n');
    expect(build()).toBe(0);
    expect(made()).toEqual(['apps/one.js', 'connectors/one.js', 'libs/one.js', 'test/one.js']);
    expect(readdirSync(project).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
  });

  it('touches nothing that a running program has, but what changed; and takes away what has no source any more', () => {
    write('libs/gone.ts', 'export {};\n');
    build();
    const before = inode('apps/one.js');
    rmSync(join(project, 'libs/gone.ts'));
    write('libs/one.ts', 'export const room: string = \'another\';\n');
    write('libs/deep/two.ts', 'export {};\n');
    expect(build()).toBe(0);
    expect(inode('apps/one.js')).toBe(before);
    expect(readFileSync(join(project, 'dist/libs/one.js'), 'utf8')).toContain('another');
    expect(made()).toEqual(['apps/one.js', 'connectors/one.js', 'libs/deep/two.js', 'libs/one.js', 'test/one.js']);
  });

  it('does nothing when it is up to date, and compiles again when a source is younger', () => {
    build();
    const file = join(project, 'dist/apps/one.js');
    writeFileSync(file, 'tampered');
    expect([build(), readFileSync(file, 'utf8')]).toEqual([0, 'tampered']);
    utimesSync(join(project, 'apps/one.ts'), new Date(), new Date(Date.now() + 5_000));
    expect([build(), readFileSync(file, 'utf8').includes('apps')]).toEqual([0, true]);
  });

  it('leaves dist as it was when a source does not compile, and is not up to date afterwards', () => {
    build();
    const before = readFileSync(join(project, 'dist/libs/one.js'), 'utf8');
    write('libs/one.ts', 'export const = ;\n');
    expect([build(), readFileSync(join(project, 'dist/libs/one.js'), 'utf8')]).toEqual([1, before]);
    expect(build()).toBe(1);
    write('libs/one.ts', 'export const room: string = \'mended\';\n');
    expect([build(), existsSync(join(project, 'dist/libs/one.js'))]).toEqual([0, true]);
  });

  it('removes what a killed build left beside dist', () => {
    mkdirSync(join(project, 'dist.new-999999999'));
    build();
    expect(existsSync(join(project, 'dist.new-999999999'))).toBe(false);
  });
});
