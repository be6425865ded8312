/**
 * `npm run build`: compiles apps, libs, connectors and test into `dist`. A build that is up to date is left alone. Else everything is compiled beside `dist`, and only files that differ are
 * put in place, each by a rename: programs that run from `dist` (a hub, a sandbox, a worker about to be started) never find a file missing or half written.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(fileURLToPath(import.meta.url));
const ROOMS = ['apps', 'libs', 'connectors', 'test'];
/** What decides, beside the sources, what comes out. */
const RECIPE = ['.swcrc', 'build.mjs', 'package-lock.json'];
const DIST = join(ROOT, 'dist');
/** What `dist` was made of. Written last: a build that broke off is not up to date. */
const STAMP = join(DIST, '.made-of');
/** Beside `dist`, as deep: source maps name their sources by relative paths. */
const NEW = 'dist.new-';

/** @param {string} directory @returns {string[]} files, by paths relative to it */
function filesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

/** By name, size and time, as make does: reading everything would cost what compiling costs. */
function fingerprint() {
  const digest = createHash('sha256');
  const sources = ROOMS.flatMap((room) => filesIn(join(ROOT, room)).filter((file) => /\.[cm]?tsx?$/.test(file)).map((file) => join(room, file)));
  for (const file of [...RECIPE.filter((each) => existsSync(join(ROOT, each))), ...sources].sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    digest.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return digest.digest('hex');
}

function isUpToDate(madeOf) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === madeOf;
}

/** Compiles everything into a folder of this process. Specs are left out: Jest compiles them itself. */
function compile(into) {
  const swc = join(ROOT, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const { status, signal } = spawnSync(process.execPath, [swc, ...ROOMS, '-d', into, '--quiet', '--ignore', '**/*.spec.ts'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`the compiler ended with ${signal ?? `code ${status}`}; dist is as it was`);
}

function putInPlace(from) {
  const made = new Set(filesIn(from));
  for (const file of made) {
    const [fresh, old] = [join(from, file), join(DIST, file)];
    if (existsSync(old) && readFileSync(old).equals(readFileSync(fresh))) continue;
    mkdirSync(dirname(old), { recursive: true });
    renameSync(fresh, old);
  }
  // Last, so that nothing new still needs what goes.
  for (const file of filesIn(DIST)) if (!made.has(file)) rmSync(join(DIST, file), { force: true });
}

/** Folders of builds that were killed. */
function removeLeftOver() {
  for (const name of readdirSync(ROOT).filter((each) => each.startsWith(NEW))) if (!isRunning(Number(name.slice(NEW.length)))) rmSync(join(ROOT, name), { recursive: true, force: true });
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function build() {
  const madeOf = fingerprint();
  if (isUpToDate(madeOf)) return;
  removeLeftOver();
  const fresh = join(ROOT, `${NEW}${process.pid}`);
  try {
    compile(fresh);
    rmSync(STAMP, { force: true });
    putInPlace(fresh);
    writeFileSync(STAMP, madeOf);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

try {
  build();
} catch (error) {
  process.stderr.write(`The build failed: ${error.message}\n`);
  process.exitCode = 1;
}
