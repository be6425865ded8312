import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/lib/ssh/sshd'];
/** sshd wants this folder; systemd makes it, where it starts sshd. */
const SEPARATION_FOLDER = '/run/sshd';
const START_MS_MAX = 10_000;

/** Where Debian's server is; null where it is not installed, or may not be started by this account. */
export function opensshProgram(): string | null {
  const program = PROGRAMS.find((path) => existsSync(path)) ?? null;
  return program !== null && (existsSync(SEPARATION_FOLDER) || process.getuid?.() === 0) ? program : null;
}

/** A real sshd on loopback, on a port of its own, for the account of this process: keys alone, no PAM, files below {@link OpensshServer.folder}. */
export class OpensshServer {
  readonly user = userInfo().username;
  folder = '';
  port = 0;
  privateKey = '';
  fingerprint = '';
  #home = '';
  #process: ChildProcess | null = null;

  async start(program: string): Promise<void> {
    this.#home = await mkdtemp(join(tmpdir(), 'sshd-'));
    this.folder = join(this.#home, 'files');
    await mkdir(this.folder, { recursive: true });
    if (!existsSync(SEPARATION_FOLDER)) await mkdir(SEPARATION_FOLDER, { recursive: true });
    for (const name of ['host', 'client']) this.#run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(this.#home, name)]);
    this.privateKey = await readFile(join(this.#home, 'client'), 'utf8');
    this.fingerprint = this.#run('ssh-keygen', ['-lf', join(this.#home, 'host.pub')]).split(' ')[1] ?? '';
    this.port = await freePort();
    const settings = [
      `Port ${this.port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(this.#home, 'host')}`, `PidFile ${join(this.#home, 'pid')}`, `AuthorizedKeysFile ${join(this.#home, 'client.pub')}`,
      'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password', `Subsystem sftp internal-sftp -d ${this.folder}`, '',
    ];
    await writeFile(join(this.#home, 'config'), settings.join('\n'));
    this.#process = spawn(program, ['-D', '-f', join(this.#home, 'config'), '-E', join(this.#home, 'log')], { stdio: 'ignore' });
    for (const deadline = Date.now() + START_MS_MAX; !await this.#answers();) {
      if (Date.now() > deadline) throw new Error(`sshd did not start: ${await readFile(join(this.#home, 'log'), 'utf8').catch(() => 'no log')}`);
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const server = this.#process;
    if (server !== null && server.exitCode === null) {
      const ended = new Promise((resolve) => { server.once('exit', resolve); });
      server.kill();
      await ended;
    }
    await rm(this.#home, { recursive: true, force: true });
  }

  #run(program: string, parameters: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('data', () => { socket.destroy(); resolve(true); });
      socket.once('error', () => { resolve(false); });
    });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => { probe.listen(0, '127.0.0.1', resolve); });
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => { probe.close(() => resolve()); });
  return port;
}
