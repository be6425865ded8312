import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityName } from '#canonical';
import type { UploadedFile, UploadedFiles } from '#connector-kit';
import { describeConnector, type Fault } from '#connector-kit/testing';
import { csv } from '#connectors/flat-files';
import { FlatFileHarness, HANDS, type FlatFileTarget } from './flat-file-harness.js';
import { keptCoverage } from './kept-coverage.js';

interface HandedIn extends UploadedFile {
  readonly entity: EntityName;
  readonly bytes: Uint8Array;
  state: 'waiting' | 'taken' | 'refused';
}

const NO_REMOTE = 'files come from the hub\'s own database; there is no remote that could refuse a login, throttle or break off';
const BY_PERSON = 'a person downloads the file and takes it to the target; the connector delivers nothing';

class HubUploads implements FlatFileTarget {
  readonly connector = csv;
  readonly secrets = ['no-secret-at-all'];
  readonly skips = [
    ...[3, 9, 46, 50].map((sentence) => ({ sentence, because: NO_REMOTE })),
    ...[16, 51, 52].map((sentence) => ({ sentence, because: BY_PERSON })),
  ];
  readonly #files: HandedIn[] = [];
  #answerMs = 0;

  async start(): Promise<void> { /* Nothing runs. */ }
  async stop(): Promise<void> { /* Nothing ran. */ }

  login(credentials: 'good' | 'bad' | 'limited'): ReturnType<FlatFileTarget['login']> {
    // What a connection by hand can lack is a layout.
    const reads = credentials === 'limited' ? [{ entity: 'invoice', layout: 'unheard-of' }] : HANDS.reads;
    return { config: { books: 'test', ...HANDS, reads }, secrets: {} };
  }

  uploads(signal: AbortSignal): UploadedFiles {
    return {
      list: async (entity, state) => {
        if (this.#answerMs > 0) await sleep(this.#answerMs, undefined, { signal });
        return this.#files.filter((file) => file.entity === entity && file.state === state);
      },
      open: (id) => this.#open(id),
      settle: async (id, how) => {
        const file = this.#files.find((each) => each.id === id);
        if (file?.state === 'waiting') file.state = how.state;
      },
    };
  }

  async drop(entity: EntityName, name: string, bytes: Uint8Array, modifiedAt: Date): Promise<void> {
    const digest = createHash('sha256').update(bytes).digest('hex');
    this.#files.push({ id: String(this.#files.length + 1), entity, name, bytes, size: bytes.length, digest, uploadedAt: modifiedAt.toISOString(), state: 'waiting' });
  }

  async put(): Promise<void> {
    throw new Error('nothing answers to a file by hand');
  }

  async files(): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Map();
  }

  misbehave(fault: Fault): void {
    if (fault.kind === 'slow') this.#answerMs = fault.answerMs;
  }

  openRequests(): number {
    return 0;
  }

  async* #open(id: string): AsyncGenerator<Uint8Array> {
    const file = this.#files.find((each) => each.id === id);
    if (file === undefined) throw new RangeError(`there is no upload ${id}`);
    yield file.bytes;
  }
}

const makeHarness = (): FlatFileHarness => new FlatFileHarness(new HubUploads());

describeConnector('CSV', makeHarness, keptCoverage(makeHarness));
