import type { EntityReader, Context, FileDoor, Page } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { sftp } from '#connectors/flat-files';
import { SftpSandbox } from '../../apps/sandbox/src/sftp/index.js';
import { TEST_LAYOUTS } from './flat-file-harness.js';
import { jsonLines } from './flat-file-rows.js';

export const PASSWORD = 'correct-horse-7';

/** One SFTP server with one connection's folders, for specs of what goes wrong. */
export class SftpWorld {
  now = new Date('2026-03-10T12:00:00Z');
  readonly log: string[] = [];
  readonly sandbox: SftpSandbox;
  #port = 0;

  constructor() {
    this.sandbox = new SftpSandbox({
      now: () => this.now,
      users: [{ name: 'hub', password: PASSWORD, publicKey: null, denied: [] }, { name: 'outsider', password: PASSWORD, publicKey: null, denied: ['/out'] }],
    });
    for (const folder of ['in', 'in/invoice', 'in/bank', 'out', 'out/taken', 'ack']) this.sandbox.makeFolder(folder);
  }

  async start(): Promise<void> {
    this.#port = await this.sandbox.start();
  }

  context(config: object = {}, secrets: object = {}): Context {
    return testContext({
      connectionId: '1', probe: null, now: () => this.now, layouts: TEST_LAYOUTS, log: this.log, secrets: { password: PASSWORD, ...secrets },
      config: {
        host: '127.0.0.1', port: this.#port, user: 'hub', hostKeys: [this.sandbox.hostKeyFingerprint()], settleSeconds: 0, pageSize: 2,
        reads: [{ entity: 'invoice', folder: 'in/invoice', layout: 'lines' }], inbox: [{ folder: 'in/bank' }],
        outbound: { layout: 'lines', folder: 'out', fileName: 'postings-{sequence}.jsonl', pickedUp: 'moved', takenFolder: 'out/taken' }, ...config,
      },
    });
  }

  get invoices(): EntityReader {
    const reader = sftp.read.invoice;
    if (reader === undefined) throw new Error('invoices are not read');
    return reader;
  }

  get door(): FileDoor {
    if (sftp.fileDoor === undefined) throw new Error('there is no file door');
    return sftp.fileDoor;
  }

  drop(name: string, ...ids: readonly string[]): void {
    this.sandbox.put(`in/invoice/${name}`, invoiceFile(ids), this.now);
  }

  /** Paths below a folder, without it. */
  names(folder: string): readonly string[] {
    return [...this.sandbox.files(folder).keys()].map((path) => path.slice(folder.length + 2)).toSorted();
  }
}

export function invoiceFile(ids: readonly string[]): Uint8Array {
  return jsonLines(ids.map((externalId) => ({ externalId })));
}

/** Reads to the end as the engine does: each page is let go once it is stored. */
export async function readAll(reader: EntityReader, context: Context, from: Page['checkpoint'] | null = null): Promise<{ readonly ids: readonly string[]; readonly problems: readonly string[]; readonly checkpoint: Page['checkpoint'] | null }> {
  const [ids, problems]: [string[], string[]] = [[], []];
  let checkpoint = from;
  for await (const page of reader.changes(context, from)) {
    for (const { externalId } of page.records) ids.push(externalId);
    problems.push(...(page.unreadable ?? []).map(({ problem }) => problem));
    checkpoint = page.checkpoint;
    await page.stored?.();
  }
  return { ids, problems, checkpoint };
}
