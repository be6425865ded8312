import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'];
const PROTOCOL = ['/usr/lib/dovecot/imap', '/usr/libexec/dovecot/imap'];
const START_MS_MAX = 10_000;

/** Where Debian's server is; null where it is not installed, or may not be started by this account: its parts run as accounts of their own. */
export function dovecotProgram(): string | null {
  const program = PROGRAMS.find((path) => existsSync(path)) ?? null;
  return program !== null && PROTOCOL.some((path) => existsSync(path)) && process.getuid?.() === 0 ? program : null;
}

/** A real Dovecot on loopback, on a port of its own, TLS by STARTTLS: one user, one Maildir, gone with {@link stop}. */
export class DovecotServer {
  readonly user = 'ar@hub.example';
  readonly password = 'correct-horse-7';
  port = 0;
  #home = '';
  #process: ChildProcess | null = null;

  /** @param tls what it shows after STARTTLS, PEM */
  async start(program: string, tls: { readonly key: string; readonly certificate: string }): Promise<void> {
    this.#home = await mkdtemp(join(tmpdir(), 'dovecot-'));
    await chmod(this.#home, 0o755);
    await mkdir(join(this.#home, 'mail'));
    // The mail belongs to an account that is not root: Dovecot serves no other.
    const { status } = await finished(spawn('chown', ['-R', 'nobody:nogroup', join(this.#home, 'mail')]));
    if (status !== 0) throw new Error('chown nobody:nogroup failed');
    this.port = await freePort();
    for (const [name, pem] of Object.entries(tls)) await writeFile(join(this.#home, name), pem, { mode: 0o600 });
    await writeFile(join(this.#home, 'users'), `${this.user}:{PLAIN}${this.password}:65534:65534::${join(this.#home, 'mail')}::\n`, { mode: 0o644 });
    await writeFile(join(this.#home, 'config'), this.#settings());
    this.#process = spawn(program, ['-F', '-c', join(this.#home, 'config')], { stdio: 'ignore' });
    for (const deadline = Date.now() + START_MS_MAX; !await this.#answers();) {
      if (Date.now() > deadline) throw new Error(`dovecot did not start: ${await readFile(join(this.#home, 'log'), 'utf8').catch(() => 'no log')}`);
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const server = this.#process;
    if (server !== null && server.exitCode === null) {
      const ended = finished(server);
      server.kill();
      await ended;
    }
    await rm(this.#home, { recursive: true, force: true });
  }

  #settings(): string {
    return [
      `base_dir = ${join(this.#home, 'run')}`, `log_path = ${join(this.#home, 'log')}`, 'protocols = imap', 'listen = 127.0.0.1', 'ssl = yes', `ssl_key = <${join(this.#home, 'key')}`, `ssl_cert = <${join(this.#home, 'certificate')}`, 'disable_plaintext_auth = no', 'first_valid_uid = 1',
      'mail_location = maildir:~/Maildir', `passdb {\n  driver = passwd-file\n  args = ${join(this.#home, 'users')}\n}`, `userdb {\n  driver = passwd-file\n  args = ${join(this.#home, 'users')}\n}`,
      `service imap-login {\n  inet_listener imap {\n    port = ${this.port}\n  }\n  inet_listener imaps {\n    port = 0\n  }\n  chroot =\n}`, 'namespace inbox {\n  inbox = yes\n}', '',
    ].join('\n');
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('data', () => { socket.destroy(); resolve(true); });
      socket.once('error', () => { resolve(false); });
    });
  }
}

function finished(child: ChildProcess): Promise<{ readonly status: number | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => { resolve({ status }); });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => { probe.listen(0, '127.0.0.1', resolve); });
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => { probe.close(() => resolve()); });
  return port;
}
