import { ENTITY_NAMES, type EntityName, type LocalDate } from '#canonical';
import type { AnyConnector, Context, Layout, UploadedFiles } from '#connector-kit';
import { layoutOf, testContext, type ConnectorHarness, type ContextOptions, type Fault, type FileHarness, type PlannedSkip, type SeedOptions } from '#connector-kit/testing';
import { jsonLinesLayout } from '../../connectors/flat-files/src/testing/index.js';
import { answerTo, FlatFileBooks, FlatFileIntents } from './flat-file-rows.js';

/** Where the files of a connector under test lie. */
export interface FlatFileTarget {
  readonly connector: AnyConnector;
  readonly secrets: readonly string[];
  readonly skips: readonly PlannedSkip[];
  start(now: () => Date): Promise<void>;
  stop(): Promise<void>;
  /** Settings of the store itself, and the secrets, for good, bad and limited credentials. */
  login(credentials: 'good' | 'bad' | 'limited'): { readonly config: Readonly<Record<string, unknown>>; readonly secrets: unknown };
  uploads?(signal: AbortSignal): UploadedFiles;
  /** Another client drops a file. */
  drop(entity: EntityName, name: string, bytes: Uint8Array, modifiedAt: Date): Promise<void>;
  put(path: string, bytes: Uint8Array, modifiedAt: Date): Promise<void>;
  files(folder: string): Promise<ReadonlyMap<string, Uint8Array>>;
  misbehave(fault: Fault): void;
  openRequests(): number;
}

const LAYOUT = 'lines';
const PAGE_SIZE = 3;
export const TEST_LAYOUTS: ReadonlyMap<string, Layout> = new Map([[LAYOUT, jsonLinesLayout(LAYOUT)]]);
const OUTBOUND = { layout: LAYOUT, fileName: 'postings-{sequence}.jsonl', carries: ['credits', 'writeOffs', 'onAccount'] };

/** What every store's settings say about folders. */
export const FOLDERS = {
  reads: ENTITY_NAMES.map((entity) => ({ entity, folder: `in/${entity}`, layout: LAYOUT, content: 'snapshot' })),
  inbox: [{ folder: 'in/bank' }],
  outbound: { ...OUTBOUND, folder: 'out', pickedUp: 'moved', takenFolder: 'out/taken', acknowledgements: { folder: 'ack', layout: LAYOUT, echoes: { total: 'total' } } },
  settleSeconds: 0,
  pageSize: PAGE_SIZE,
};

/** The same without folders, for files by hand. */
export const HANDS = { reads: ENTITY_NAMES.map((entity) => ({ entity, layout: LAYOUT, content: 'snapshot' })), outbound: OUTBOUND, pageSize: PAGE_SIZE };

/** Any of the flat-file connectors against a store of its own. */
export class FlatFileHarness implements ConnectorHarness {
  readonly pageSize = PAGE_SIZE;
  readonly files: FileHarness;
  readonly #books = new FlatFileBooks();
  readonly #intents = new FlatFileIntents();
  readonly #log: string[] = [];
  #now = new Date('2026-03-10T12:00:00Z');
  #drops = 0;

  constructor(private readonly target: FlatFileTarget) {
    const { config } = target.login('good');
    this.files = {
      plans: { probe: null, config, render: () => { throw new Error('flat files need no write mapping'); }, today: '2026-03-10' as LocalDate },
      tools: { config, layout: (name) => layoutOf(TEST_LAYOUTS, name) },
      intent: async (shape) => this.#intents.next(shape),
      deliveredFiles: async () => new Map([...await target.files('out')].map(([path, bytes]) => [path.slice(path.lastIndexOf('/') + 1), bytes] as const).filter(([name]) => !name.endsWith('.tmp'))),
      answer: async (fileName, problem) => {
        const bytes = (await this.files.deliveredFiles()).get(fileName);
        if (bytes === undefined) throw new Error(`there is no file ${fileName}`);
        await target.put(`ack/${fileName}.ack`, answerTo(bytes, problem), this.#now);
      },
    };
  }

  get connector(): AnyConnector {
    return this.target.connector;
  }

  get secrets(): readonly string[] {
    return this.target.secrets;
  }

  get skips(): readonly PlannedSkip[] {
    return this.target.skips;
  }

  start(): Promise<void> {
    return this.target.start(() => this.#now);
  }

  stop(): Promise<void> {
    return this.target.stop();
  }

  context(options: ContextOptions = {}): Context {
    const { config, secrets } = this.target.login(options.credentials ?? 'good');
    const signal = options.signal ?? new AbortController().signal;
    const uploads = this.target.uploads?.(signal);
    return testContext({
      connectionId: '1', config, secrets, probe: options.probe ?? null, signal, layouts: TEST_LAYOUTS, log: this.#log,
      now: () => new Date(this.#now.getTime() + (options.clockSkewMs ?? 0)), ...uploads === undefined ? {} : { uploads },
    });
  }

  logged(): readonly string[] {
    return this.#log;
  }

  now(): Date {
    return this.#now;
  }

  async setClock(instant: Date): Promise<void> {
    this.#now = instant;
  }

  async passTime(durationMs: number): Promise<void> {
    this.#now = new Date(this.#now.getTime() + durationMs);
  }

  async seed(entity: EntityName, count: number, options: SeedOptions = {}): Promise<readonly string[]> {
    const ids = this.#books.add(entity, count);
    await this.#drop(entity, options.stampedAgoMs ?? 0);
    return ids;
  }

  async change(entity: EntityName, externalId: string): Promise<void> {
    this.#books.edit(entity, externalId);
    await this.#drop(entity);
  }

  async remove(entity: EntityName, externalId: string): Promise<void> {
    this.#books.remove(entity, externalId);
    await this.#drop(entity);
  }

  async misbehave(fault: Fault): Promise<void> {
    this.target.misbehave(fault);
  }

  async writtenCount(): Promise<number> {
    return (await this.target.files('out')).size;
  }

  openRequests(): number {
    return this.target.openRequests();
  }

  async #drop(entity: EntityName, agoMs = 0): Promise<void> {
    this.#drops += 1;
    await this.target.drop(entity, `${entity}-${String(this.#drops).padStart(4, '0')}.jsonl`, this.#books.snapshot(entity), new Date(this.#now.getTime() - agoMs));
  }
}
