import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, FileDoor } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { sftp } from '#connectors/flat-files';
import { OpensshServer, opensshProgram } from '../support/openssh-server.js';
import { startChildServer } from './child-server.js';
import { atLeast, expectEqual, reported, WrongResult, type BenchFigure } from './figure.js';
import type { SftpAccess, SftpOrder } from './sftp-program.js';

const MEGABYTES_PER_SECOND_MIN = 60;
const FILE_BYTES = 128_000_000;
/** The best of them counts: the line is measured, not who else used the machine. */
const RUNS = 3;
const USER = 'hub';
const PASSWORD = 'correct-horse-7';

interface Server {
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  readonly secrets: Readonly<Record<string, string>>;
}

interface Speed {
  readonly wallMegabytes: number;
  readonly cpuSeconds: number;
}

/** One file of 128 MB out and in again over loopback, whole and compared, through the connector: the sandbox's server, and OpenSSH where it is installed. */
export async function measureTransfers(): Promise<BenchFigure[]> {
  return [...await toSandbox(), ...await toOpenssh()];
}

async function toSandbox(): Promise<BenchFigure[]> {
  const server = await startChildServer<SftpAccess>('sftp-program', { user: USER, password: PASSWORD, folders: ['out'], openItems: null } satisfies SftpOrder);
  try {
    return await bothWays('SFTP sandbox', { ...server.access, user: USER, secrets: { password: PASSWORD } });
  } finally {
    await server.stop();
  }
}

async function toOpenssh(): Promise<BenchFigure[]> {
  const program = opensshProgram();
  if (program === null) return [reported('SFTP, OpenSSH', 0, 'MB/s', 'NOT MEASURED: sshd is not installed here, or needs root for its run directory')];
  const server = new OpensshServer();
  await server.start(program);
  try {
    await mkdir(join(server.folder, 'out'), { recursive: true });
    return await bothWays('SFTP OpenSSH', { port: server.port, user: server.user, hostKey: server.fingerprint, secrets: { privateKey: server.privateKey } });
  } finally {
    await server.stop();
  }
}

async function bothWays(name: string, server: Server): Promise<BenchFigure[]> {
  const { fileDoor } = sftp;
  if (fileDoor === undefined) throw new WrongResult('the SFTP connector has no file door');
  const context = contextOf(server);
  const bytes = randomBytes(FILE_BYTES);
  const [out, back]: [Speed[], Speed[]] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    const file = { name: `postings-${run}.bin`, bytes };
    out.push(await timed(async () => { expectEqual('delivery', (await fileDoor.deliver(context, file)).state, 'delivered'); }));
    back.push(await timed(() => readBack(fileDoor, context, file)));
  }
  return [speed(`${name}, out`, out), speed(`${name}, in`, back)];
}

/** Reads every byte and compares digests. */
async function readBack(door: FileDoor, context: Context, file: { readonly name: string; readonly bytes: Uint8Array }): Promise<void> {
  expectEqual('what lies at the target', await door.lookUp(context, file), 'delivered');
}

function speed(name: string, runs: readonly Speed[]): BenchFigure {
  const [best] = runs.toSorted((left, right) => right.wallMegabytes - left.wallMegabytes);
  if (best === undefined) throw new WrongResult(`${name} was not measured`);
  const all = runs.map(({ wallMegabytes }) => wallMegabytes.toFixed(0)).join(', ');
  return atLeast(name, best.wallMegabytes, 'MB/s', MEGABYTES_PER_SECOND_MIN, `${FILE_BYTES / 1e6} MB, login and check with it; hub's part ${best.cpuSeconds.toFixed(2)} CPU s; all runs: ${all}`);
}

async function timed(work: () => Promise<void>): Promise<Speed> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMegabytes: FILE_BYTES / 1e6 / ((performance.now() - start) / 1000), cpuSeconds: (user + system) / 1e6 };
}

function contextOf({ port, user, hostKey, secrets }: Server): Context {
  return testContext({
    connectionId: '1', probe: null, now: () => new Date(), log: [], secrets,
    config: { host: '127.0.0.1', port, user, hostKeys: [hostKey], outbound: { layout: 'csv.postings.post', folder: 'out' } },
  });
}
