/** Every simulated vendor as users start it: compiled, a process of its own, stopped by a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import ssh2, { type SFTPWrapper } from 'ssh2';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'apps', 'sandbox', 'src', 'main.js');

let directory: string;
let program: ChildProcess;

beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'tributary-vendor-')); });
afterEach(() => {
  program.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function run(words: readonly string[]): ChildProcess {
  program = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  return program;
}

/** Starts a vendor and waits for its line. */
async function start(...words: string[]): Promise<{ child: ChildProcess; line: Record<string, string> }> {
  const child = run([...words, '--credentials', join(directory, 'credentials.json')]);
  if (child.stdout === null) throw new Error('started without a pipe');
  const [line] = await once(createInterface({ input: child.stdout }), 'line') as [string];
  return { child, line: JSON.parse(line) as Record<string, string> };
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}

describe('a simulated vendor started by its name', () => {
  it.each([
    ['netsuite', ['--profile', 'bare']], ['netsuite', ['--vendor', 'netsuite', '--profile', 'bare']], ['business-central', ['--vendor', 'business-central', '--profile', 'bare']], ['finance', ['--vendor', 'finance', '--profile', 'bare']], ['plaid', ['--vendor', 'plaid']],
  ])('listens, says where, and ends in order: %s by %j', async (vendor, words) => {
    const { child, line } = await start(...words);
    expect(line).toMatchObject({ vendor, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string });
    expect((await fetch(`${line['url']}/_control/stats`)).status).toBe(200);
    expect(statSync(line['credentialsPath'] ?? '').mode & 0o777).toBe(0o600);
    await stop(child);
    await expect(fetch(`${line['url']}/_control/stats`)).rejects.toThrow();
  });

  it('lets a client of the SFTP server in, to the folders it was started with', async () => {
    const { child, line } = await start('--vendor', 'sftp', '--folders', '/bank/in,/bank/out');
    const { host = '', port, user = '', password = '' } = JSON.parse(readFileSync(line['credentialsPath'] ?? '', 'utf8')) as Record<string, string>;
    const client = new ssh2.Client();
    client.connect({ host, port: Number(port), username: user, password });
    await once(client, 'ready');
    const channel = await promisify<SFTPWrapper>((done) => client.sftp(done))();
    expect((await promisify(channel.readdir.bind(channel))('/bank')).map(({ filename }) => filename).toSorted()).toEqual(['in', 'out']);
    await new Promise<void>((resolve, reject) => {
      channel.writeFile('/bank/in/a.csv', 'a;b\n', (error) => { if (error === undefined || error === null) resolve(); else reject(error); });
    });
    expect((await promisify(channel.stat.bind(channel))('/bank/in/a.csv')).size).toBe(4);
    const closed = once(client, 'close');
    client.end();
    await closed;
    await stop(child);
  });

  it('lets a client of the IMAP server in, to its mailbox', async () => {
    const { child, line } = await start('--vendor', 'imap', '--folders', 'Archive/2026');
    const { host = '', port, user = '', password = '', accessToken = '' } = JSON.parse(readFileSync(line['credentialsPath'] ?? '', 'utf8')) as Record<string, string>;
    for (const auth of [{ user, pass: password }, { user, accessToken }]) {
      const client = new ImapFlow({ host, port: Number(port), secure: false, auth, logger: false });
      await client.connect();
      expect((await client.list()).map(({ path }) => path).toSorted()).toEqual(['Archive', 'Archive/2026', 'INBOX']);
      await client.logout();
    }
    await stop(child);
  });

  it('says what it knows, and listens nowhere, when the name is none', async () => {
    const child = run(['--vendor', 'sap']);
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(text).toBe('unknown vendor sap; known: netsuite, business-central, finance, plaid, sftp, imap\n');
  });
});
