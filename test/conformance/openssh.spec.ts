import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { sftp } from '#connectors/flat-files';
import { OpensshServer, opensshProgram } from '../support/openssh-server.js';
import { TEST_LAYOUTS } from './flat-file-harness.js';
import { invoiceFile, readAll } from './sftp-world.js';

const program = opensshProgram();
const because = 'the program sshd is not installed here, or needs root to make its run directory: install openssh-server';
const MEGABYTE = 1_048_576;
/** Far under what is measured (60 and more), so that a busy machine does not fail it: this is no bench. */
const MEGABYTES_PER_SECOND_MIN = 5;

(program === null ? describe.skip : describe)(`files on Debian's own SFTP server${program === null ? ` [skipped: ${because}]` : ''}`, () => {
  const server = new OpensshServer();
  beforeAll(async () => {
    await server.start(program ?? '');
    for (const folder of ['in/invoice', 'in/bank', 'out']) await mkdir(join(server.folder, folder), { recursive: true });
  });
  afterAll(() => server.stop());

  const context = (config: object = {}): Context => testContext({
    connectionId: '1', probe: null, now: () => new Date(), layouts: TEST_LAYOUTS, log: [], secrets: { privateKey: server.privateKey },
    config: {
      host: '127.0.0.1', port: server.port, user: server.user, hostKeys: [server.fingerprint], settleSeconds: 0, pageSize: 1_000,
      reads: [{ entity: 'invoice', folder: 'in/invoice', layout: 'lines' }], inbox: [{ folder: 'in/bank' }], outbound: { layout: 'lines', folder: 'out' }, ...config,
    },
  });
  const reader = sftp.read.invoice;
  if (reader === undefined) throw new Error('invoices are not read');

  it('lets in by key, and refuses another host key', async () => {
    expect((await sftp.probe(context())).missing).toEqual([]);
    await expect(sftp.probe(context({ hostKeys: [`SHA256:${'A'.repeat(43)}`] }))).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });

  it('reads a file, archives it, and takes its content once', async () => {
    await writeFile(join(server.folder, 'in/invoice/1.jsonl'), invoiceFile(['a', 'b']));
    expect((await readAll(reader, context())).ids).toEqual(['a', 'b']);
    await writeFile(join(server.folder, 'in/invoice/2.jsonl'), invoiceFile(['a', 'b']));
    expect((await readAll(reader, context(), { version: 1, digest: '', line: 0, whole: true, replaying: false, left: '' })).ids).toEqual([]);
    expect(await readdir(join(server.folder, 'in/invoice'))).toEqual(['archive']);
    expect((await readdir(join(server.folder, 'in/invoice/archive'))).length).toBe(2);
  });

  it('waits until a file has settled by the server\'s clock', async () => {
    const path = join(server.folder, 'in/invoice/3.jsonl');
    await writeFile(path, invoiceFile(['c']));
    const from = { version: 1, digest: '', line: 0, whole: true, replaying: false, left: '' };
    expect((await readAll(reader, context({ settleSeconds: 60 }), from)).ids).toEqual([]);
    await utimes(path, new Date(Date.now() - 120_000), new Date(Date.now() - 120_000));
    expect((await readAll(reader, context({ settleSeconds: 60 }), from)).ids).toEqual(['c']);
  });

  it('delivers whole files that replace nothing, and finds them again', async () => {
    const [file, other] = [invoiceFile(['x']), invoiceFile(['y'])].map((bytes) => ({ name: 'postings-1.jsonl', bytes }));
    if (file === undefined || other === undefined || sftp.fileDoor === undefined) throw new Error('no file door');
    expect(await sftp.fileDoor.deliver(context(), file)).toEqual({ state: 'delivered', alreadyThere: false });
    expect(await sftp.fileDoor.deliver(context(), file)).toEqual({ state: 'delivered', alreadyThere: true });
    await expect(sftp.fileDoor.deliver(context(), other)).rejects.toMatchObject({ failure: { kind: 'conflict' } });
    expect(await readdir(join(server.folder, 'out'))).toEqual(['postings-1.jsonl']);
  });

  it('moves large files at the speed of the line, both ways, byte for byte', async () => {
    const bytes = randomBytes(40 * MEGABYTE);
    const started = performance.now();
    await sftp.fileDoor?.deliver(context(), { name: 'large.bin', bytes });
    const written = performance.now();
    expect((await readFile(join(server.folder, 'out/large.bin'))).equals(bytes)).toBe(true);
    const reading = performance.now();
    expect(await sftp.fileDoor?.lookUp(context(), { name: 'large.bin', bytes })).toBe('delivered');
    const read = performance.now();
    for (const milliseconds of [written - started, read - reading]) expect(40_000 / milliseconds).toBeGreaterThan(MEGABYTES_PER_SECOND_MIN);
  });
});
