/** The hub's own Postgres under real processes, real kills and awkward folders. Needs `npm run build` first. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../libs/storage/src/embedded/index.js';
import { installedBinaries, missingLibraryLinks, usableBinaries } from '../../libs/storage/src/embedded/server-binaries.js';

const ROOT = path.resolve(__dirname, '../..');
const PROGRAM = path.join(ROOT, 'dist/test/e2e/programs/postgres-owner.js');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Owner { readonly child: ChildProcess; readonly url: string; readonly adopted: boolean; readonly error?: string }

let home: string;
const started: ChildProcess[] = [];
const folders: string[] = [];
const inProcess: EmbeddedPostgres[] = [];

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run \`npm run build\` first.`);
  home = mkdtempSync(path.join(tmpdir(), 'tributary-e2e-'));
  chmodSync(home, 0o755);
});

afterEach(async () => {
  for (const postgres of inProcess.splice(0)) await postgres.stop();
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await ended(child);
  }
  for (const folder of folders.splice(0)) {
    const pid = serverPid(folder);
    if (pid !== undefined && isAlive(pid)) {
      process.kill(pid, 'SIGQUIT');
      await eventually(() => !isAlive(pid));
    }
  }
});

afterAll(() => { rmSync(home, { recursive: true, force: true }); });

function folder(name: string): string {
  const made = path.join(home, name);
  folders.push(made);
  return made;
}

/** In this process; stopped after the test if the test does not get that far. */
async function start(dataDirectory: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDirectory, log: silent });
  inProcess.push(postgres);
  return postgres;
}

function ended(child: ChildProcess): Promise<string | number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode);
  return new Promise((resolve) => { child.once('exit', (code, signal) => { resolve(code ?? signal); }); });
}

/** Starts a hub in miniature as a process of its own and waits for its first line. */
async function own(dataDirectory: string, uid?: number): Promise<Owner> {
  const child = spawn(process.execPath, [PROGRAM, dataDirectory], {
    stdio: ['ignore', 'pipe', 'pipe'], ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  started.push(child);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', (code) => { if (!text) reject(new Error(`owner ended (${code}): ${complaint}`)); });
  });
  return { child, ...JSON.parse(line) as { url: string; adopted: boolean } };
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function serverPid(dataDirectory: string): number | undefined {
  const file = path.join(dataDirectory, 'cluster/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !readFileSync(stat, 'utf8').includes(') Z ');
}

async function eventually(isTrue: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!await isTrue()) {
    if (Date.now() > deadline) throw new Error(`not true within ${limitMs} ms: ${isTrue.toString()}`);
    await sleep(20);
  }
}

const fill = 'create table kept (id int primary key); insert into kept select generate_series(1, 1000)';
const count = async (url: string): Promise<number | undefined> =>
  (await query<{ rows: number }>(url, 'select count(*)::int as rows from kept'))[0]?.rows;

describe('a hub that owns its Postgres', () => {
  it('starts on an empty folder, listens on the loopback only, and stops in order when told to end', async () => {
    const data = folder('orderly');
    const owner = await own(data);
    expect(owner.adopted).toBe(false);
    const [settings] = await query<Record<string, string>>(owner.url,
      "select current_setting('listen_addresses') listen, current_setting('unix_socket_directories') sockets, current_setting('synchronous_commit') sync, current_setting('max_connections') connections");
    expect(settings).toEqual({ listen: '127.0.0.1', sockets: '', sync: 'on', connections: '100' });
    expect(statSync(path.join(data, 'embedded-postgres.json')).mode & 0o777).toBe(0o600);
    const pid = serverPid(data);
    owner.child.kill('SIGTERM');
    expect(await ended(owner.child)).toBe('SIGTERM');
    expect(pid !== undefined && isAlive(pid)).toBe(false);
    expect(serverPid(data)).toBeUndefined();
  });

  it('refuses a wrong password', async () => {
    const { url } = await own(folder('password'));
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('after kill -9 of the hub the next hub adopts the running server, with its data', async () => {
    const data = folder('adopted');
    const first = await own(data);
    await query(first.url, fill);
    const pid = serverPid(data);
    first.child.kill('SIGKILL');
    await ended(first.child);
    const second = await own(data);
    expect(second.adopted).toBe(true);
    expect(serverPid(data)).toBe(pid);
    expect(await count(second.url)).toBe(1000);
  });

  it('after kill -9 of hub and server the next hub starts again, with its data', async () => {
    const data = folder('both killed');
    const first = await own(data);
    await query(first.url, fill);
    first.child.kill('SIGKILL');
    process.kill(Number(serverPid(data)), 'SIGKILL');
    await ended(first.child);
    const second = await own(data);
    expect(second.adopted).toBe(false);
    expect(await count(second.url)).toBe(1000);
  });

  it('after kill -9 of the server it is back on the same address and a pool recovers', async () => {
    const data = folder('supervised');
    const { url } = await own(data);
    const pool = new Pool({ connectionString: url });
    pool.on('error', () => undefined);
    await pool.query(fill);
    const pid = Number(serverPid(data));
    process.kill(pid, 'SIGKILL');
    // A session of the killed server may answer once more before it notices: wait for the new server first.
    await eventually(() => serverPid(data) !== undefined && serverPid(data) !== pid);
    await eventually(async () => pool.query<{ rows: number }>('select count(*)::int as rows from kept')
      .then(({ rows }) => rows[0]?.rows === 1000, () => false));
    await pool.end();
  });

  it('an adopted server is supervised too', async () => {
    const data = folder('adopted and killed');
    const first = await own(data);
    await query(first.url, fill);
    first.child.kill('SIGKILL');
    await ended(first.child);
    const second = await own(data);
    const pid = Number(serverPid(data));
    process.kill(pid, 'SIGKILL');
    await eventually(() => serverPid(data) !== undefined && serverPid(data) !== pid);
    await eventually(async () => count(second.url).then((rows) => rows === 1000, () => false));
  });
});

describe('two hubs on one folder', () => {
  it('the second adopts; the first to leave leaves the server to it; the last one stops it', async () => {
    const data = folder('shared');
    const first = await own(data);
    const second = await own(data);
    expect([first.adopted, second.adopted]).toEqual([false, true]);
    expect(second.url).toBe(first.url);
    const pid = Number(serverPid(data));
    first.child.kill('SIGTERM');
    await ended(first.child);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(serverPid(data)).toBe(pid);
    second.child.kill('SIGTERM');
    await ended(second.child);
    expect(isAlive(pid)).toBe(false);
  });

  it('both starting in the same moment on an empty folder share one server', async () => {
    const data = folder('race');
    const owners = await Promise.all([own(data), own(data), own(data)]);
    expect(new Set(owners.map(({ url }) => url)).size).toBe(1);
    expect(owners.filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect(await query(owners[2].url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('the server comes back for both when it is killed', async () => {
    const data = folder('shared and killed');
    const owners = await Promise.all([own(data), own(data)]);
    await query(owners[0].url, fill);
    process.kill(Number(serverPid(data)), 'SIGKILL');
    await eventually(async () => count(owners[1].url).then((rows) => rows === 1000, () => false));
    // Both hold the lock again: one leaving must not take the server away.
    await eventually(async () => (await query<{ holders: number }>(owners[0].url,
      "select count(*)::int as holders from pg_locks where locktype = 'advisory' and mode = 'ShareLock'"))[0]?.holders === 2);
    owners[0].child.kill('SIGTERM');
    await ended(owners[0].child);
    expect(await count(owners[1].url)).toBe(1000);
  });
});

describe('awkward folders', () => {
  it.each([
    ['blanks and quotes', "a b 'c' \"d\" $e"],
    ['letters beyond ASCII', 'Übung-数据-é'],
    ['a long path', path.join('x'.repeat(200), 'y'.repeat(200), 'z'.repeat(200))],
  ])('works in a path with %s', async (_, name) => {
    const postgres = await start(folder(name));
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await postgres.stop()).toBe('stopped');
  });

  it('refuses a path longer than Postgres can hold, and says so', async () => {
    const dataDirectory = path.join(home, ...Array.from({ length: 6 }, () => 'p'.repeat(180)));
    await expect(start(dataDirectory)).rejects.toThrow(/bytes long; Postgres allows 900\. Choose a shorter one/);
  });

  it('works below a folder only its owner may enter', async () => {
    const closed = folder('closed');
    mkdirSync(closed, { mode: 0o700 });
    const data = path.join(closed, 'data');
    folders.push(data);
    const postgres = await start(data);
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await postgres.stop()).toBe('stopped');
  });

  it('refuses the folder of another major version and names both', async () => {
    const data = folder('old');
    mkdirSync(path.join(data, 'cluster'), { recursive: true });
    writeFileSync(path.join(data, 'cluster/PG_VERSION'), '15\n');
    await expect(start(data))
      .rejects.toThrow(/made by Postgres 15; this build carries Postgres 18.*DATABASE_URL/s);
  });

  it('a server that ends at once is an error with its last words', async () => {
    const data = folder('broken');
    await (await start(data)).stop();
    writeFileSync(path.join(data, 'cluster/postgresql.conf'), 'work_mem = plenty\n');
    await expect(start(data))
      .rejects.toThrow(/Postgres ended at once.*invalid value for parameter "work_mem".*DATABASE_URL/s);
  });

  it('a lost state file costs no data', async () => {
    const data = folder('lost state');
    const first = await start(data);
    await query(first.url, fill);
    await first.stop();
    rmSync(path.join(data, 'embedded-postgres.json'));
    const second = await start(data);
    expect(second.url).not.toBe(first.url);
    expect(await count(second.url)).toBe(1000);
    await second.stop();
  });

  it('a copy of a folder whose server runs gets a server of its own', async () => {
    const data = folder('original');
    const original = await start(data);
    const copy = folder('copy');
    cpSync(data, copy, { recursive: true, preserveTimestamps: true });
    if (isRoot) {
      const { uid, gid } = statSync(path.join(data, 'cluster'));
      expect(spawnSync('chown', ['-R', `${uid}:${gid}`, path.join(copy, 'cluster')]).status).toBe(0);
    }
    const second = await start(copy);
    expect(second.adopted).toBe(false);
    expect(new URL(second.url).port).not.toBe(new URL(original.url).port);
    await query(second.url, fill);
    await expect(count(original.url)).rejects.toMatchObject({ code: '42P01' });
    await second.stop();
    await original.stop();
  });

  it('a folder whose mode was opened by a copy or a volume driver is closed again', async () => {
    const data = folder('opened mode');
    await (await start(data)).stop();
    chmodSync(path.join(data, 'cluster'), 0o775);
    const postgres = await start(data);
    expect(statSync(path.join(data, 'cluster')).mode & 0o777).toBe(0o700);
    await postgres.stop();
  });

  it('a pid file whose number belongs to somebody else by now is no obstacle', async () => {
    const data = folder('reused pid');
    await (await start(data)).stop();
    writeFileSync(path.join(data, 'cluster/postmaster.pid'), `${process.pid}\n${data}\n1\n1\n\n127.0.0.1\n  1 1\nready   \n`);
    const postgres = await start(data);
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
  });
});

const asNobody = isRoot
  && spawnSync(process.execPath, ['--check', PROGRAM], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;

describe('the account of the server', () => {
  (asNobody ? it : it.skip)(`an ordinary user runs it as himself${asNobody ? '' : ' (skipped: needs root and a checkout others can read; without root every other test shows it)'}`, async () => {
    const data = folder('ordinary');
    mkdirSync(data);
    chownSync(data, NOBODY, NOBODY);
    const owner = await own(data, NOBODY);
    expect(await query(owner.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(statSync(path.join(data, 'cluster')).uid).toBe(NOBODY);
  });

  (isRoot ? it : it.skip)(`under root it is never root${isRoot ? '' : ' (skipped: not root)'}`, async () => {
    const data = folder('never root');
    await own(data);
    expect(statSync(`/proc/${Number(serverPid(data))}`).uid).not.toBe(0);
  });

  (isRoot ? it : it.skip)(`under root, binaries it cannot reach or whose links are missing are copied${isRoot ? '' : ' (skipped: not root)'}`, () => {
    const closed = path.join(home, 'closed checkout');
    mkdirSync(closed, { mode: 0o700 });
    const installed = installedBinaries();
    const unreachable = { ...installed, folder: path.join(closed, 'native') };
    cpSync(installed.folder, unreachable.folder, { recursive: true, verbatimSymlinks: true });
    for (const name of ['libpq.so.5', 'libicuuc.so.60']) rmSync(path.join(unreachable.folder, 'lib', name));
    expect(missingLibraryLinks(unreachable.folder)).toHaveLength(2);
    const account = { uid: NOBODY, gid: NOBODY };
    const usable = usableBinaries(unreachable, account, path.join(home, 'copies'), silent);
    expect(usable.folder).toContain(path.join(home, 'copies'));
    expect(missingLibraryLinks(unreachable.folder)).toEqual([]);
    const version = spawnSync(path.join(usable.folder, 'bin/postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' });
    expect(version.stdout).toMatch(/PostgreSQL\) 18/);
  });
});
