import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '#connector-kit';
import type { PreparedPage } from './store-page.js';

/** Records stored in one transaction, unless one page alone has more. A transaction has a fixed price, its commit waits for the disk, and its statements wait for the thread that maps. */
const BATCH_RECORDS_MAX = 4_000;
/** Records that may lie ready: enough for the next batch, few enough to keep memory flat when the database is the slower side. */
const READY_RECORDS_MAX = 4_000;
/** How long a page waits for company. A source that is slower than this gets its pages stored one by one. */
const GATHER_MS = 100;

/** A page and what is made of it before it is stored. */
export interface ReadyPage {
  readonly page: Page;
  readonly prepared: PreparedPage;
}

/**
 * Reads ahead and hands over the pages that lie ready, in order, as batches to be stored in one transaction each: nothing of a batch
 * counts until all of it does, and its last checkpoint is behind all of it. Pages that name a record twice, or delete one, never share a
 * batch, so that what came later still counts. An error of the source is thrown when the pages before it were handed over.
 */
export async function* gatherPages(source: AsyncIterable<ReadyPage>): AsyncGenerator<readonly ReadyPage[]> {
  const shelf = new Shelf(source);
  try {
    for (;;) {
      const batch = await shelf.take();
      if (batch.length === 0) return;
      yield batch;
    }
  } finally {
    await shelf.stop();
  }
}

/** The pages of a batch as one. */
export function joinPages(batch: readonly ReadyPage[]): PreparedPage {
  const pages = batch.map((entry) => entry.prepared);
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only;
  return {
    received: pages.flatMap((page) => page.received), deleted: pages.flatMap((page) => page.deleted), unreadable: pages.flatMap((page) => page.unreadable),
    read: pages.reduce((sum, page) => sum + page.read, 0),
    outcomes: pages.every((page) => page.outcomes !== null) ? pages.flatMap((page) => page.outcomes ?? []) : null,
  };
}

/** Where pages wait between being made and being stored. */
class Shelf {
  readonly #ready: ReadyPage[] = [];
  readonly #filled: Promise<void>;
  #ended = false;
  #error: unknown = null;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(source: AsyncIterable<ReadyPage>) {
    this.#filled = this.#fill(source).then(() => { this.#ended = true; }, (error: unknown) => {
      this.#ended = true;
      this.#error = error;
    }).finally(() => { this.#wake(); });
  }

  /** The pages to store next; none when the source has ended. @throws what the source threw. */
  async take(): Promise<readonly ReadyPage[]> {
    await this.#until(() => this.#ready.length > 0 || this.#ended);
    if (this.#ready.length === 0) {
      if (this.#error !== null) throw this.#error;
      return [];
    }
    await this.#company();
    const count = batchLength(this.#ready);
    const batch = this.#ready.splice(0, count);
    this.#wake();
    return batch;
  }

  /** Nobody takes any more: the source is left as soon as it lets go of what it is at. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#filled;
  }

  async #fill(source: AsyncIterable<ReadyPage>): Promise<void> {
    for await (const entry of source) {
      if (this.#stopped) return;
      this.#ready.push(entry);
      this.#wake();
      await this.#until(() => this.#stopped || recordsOf(this.#ready) < READY_RECORDS_MAX);
    }
  }

  async #company(): Promise<void> {
    const enough = (): boolean => this.#ended || recordsOf(this.#ready) >= BATCH_RECORDS_MAX || batchLength(this.#ready) < this.#ready.length;
    if (enough()) return;
    const patience = new AbortController();
    let waited = false;
    const over = pause(GATHER_MS, undefined, { signal: patience.signal }).then(() => { waited = true; this.#wake(); }, () => undefined);
    await this.#until(() => waited || enough());
    patience.abort();
    await over;
  }

  /** Both sides wait here, never at the same time for long: whoever changes something wakes whoever waits. */
  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const others = this.#wake;
        this.#wake = () => { this.#wake = () => undefined; others(); resolve(); };
      });
    }
  }
}

function recordsOf(entries: readonly ReadyPage[]): number {
  return entries.reduce((sum, entry) => sum + entry.prepared.read, 0);
}

/** How many of the first pages fit one batch: at least one. */
function batchLength(ready: readonly ReadyPage[]): number {
  const [first] = ready;
  if (first === undefined || !joinable(first)) return Math.min(1, ready.length);
  const ids = new Set(first.prepared.received.map((record) => record.externalId));
  let [count, records] = [1, first.prepared.read];
  for (const next of ready.slice(1)) {
    records += next.prepared.read;
    if (records > BATCH_RECORDS_MAX || !joinable(next) || next.prepared.received.some((record) => ids.has(record.externalId))) return count;
    for (const record of next.prepared.received) ids.add(record.externalId);
    count += 1;
  }
  return count;
}

function joinable({ prepared }: ReadyPage): boolean {
  return prepared.deleted.length === 0 && prepared.unreadable.length === 0;
}
