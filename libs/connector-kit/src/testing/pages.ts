import { canonicalJson } from '#canonical';
import type { BankFeed, Checkpoint, Context, FeedPage, Page, SourceRecord } from '../index.js';
import { ANSWER_MS_MAX, holds, within } from './broken.js';
import type { EntityBench } from './sentence.js';

/** Pages the kit reads before it calls a read endless. A `>=` where `>` belongs would otherwise hang the whole run. */
export const PAGES_MAX = 60;

export interface ReadResult {
  readonly pages: readonly Page[];
  readonly records: readonly SourceRecord[];
  /** Checkpoint of the last page, after a JSON round trip; the one the read began with when no page came. */
  readonly checkpoint: Checkpoint | null;
}

/** Reads to the end. `afterPage` runs between pages, as the world does. @throws SentenceBroken beyond {@link PAGES_MAX}. */
export async function readToEnd(
  bench: EntityBench, from: Checkpoint | null, options: { readonly clockSkewMs?: number; readonly afterPage?: (index: number) => Promise<void> } = {},
): Promise<ReadResult> {
  const { harness, reader, entity } = bench;
  const context = harness.context(options.clockSkewMs === undefined ? {} : { clockSkewMs: options.clockSkewMs });
  const pages = await takePages(`reading ${entity}`, reader.changes(context, from), PAGES_MAX, options.afterPage);
  return { pages, records: pages.flatMap((page) => page.records), checkpoint: throughJson(pages.at(-1)?.checkpoint ?? from) };
}

/** The first `limit` pages; closes the iterator as a dying process would not, which is the connector's chance to clean up. */
export async function takePages(
  what: string, source: AsyncIterable<Page>, limit: number, afterPage?: (index: number) => Promise<void>,
): Promise<readonly Page[]> {
  return await takeUpTo(what, source, limit, limit === PAGES_MAX, afterPage);
}

/** Reads a list of anything to its end. @throws SentenceBroken beyond {@link PAGES_MAX} parts. */
export async function takeAll<T>(what: string, source: AsyncIterable<T>): Promise<readonly T[]> {
  return await takeUpTo(what, source, PAGES_MAX, true);
}

/** One whole update of a bank feed. */
export async function takeUpdate(feed: BankFeed, context: Context, from: Checkpoint | null): Promise<readonly FeedPage[]> {
  return await takeAll('updating the bank feed', feed.update(context, from));
}

/** Its first page; the iterator is closed, as when a process ends. */
export async function takePart(feed: BankFeed, context: Context, from: Checkpoint | null): Promise<readonly FeedPage[]> {
  return await takeUpTo('updating the bank feed', feed.update(context, from), 1, false);
}

async function takeUpTo<T>(
  what: string, source: AsyncIterable<T>, limit: number, mustEnd: boolean, afterPart?: (index: number) => Promise<void>,
): Promise<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const parts: T[] = [];
  for (;;) {
    const next = await within(ANSWER_MS_MAX, `${what}, page ${parts.length + 1}`, iterator.next());
    if (next.done === true) return parts;
    parts.push(next.value);
    holds(!mustEnd || parts.length < limit, `${what} did not end within ${limit} pages`);
    if (parts.length >= limit) break;
    await afterPart?.(parts.length - 1);
  }
  await iterator.return?.();
  return parts;
}

/** A checkpoint as the engine gets it back from its table. */
export function throughJson<T extends Checkpoint | null>(checkpoint: T): T {
  return JSON.parse(JSON.stringify(checkpoint)) as T;
}

export function sameCheckpoint(left: Checkpoint | null, right: Checkpoint | null): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

export function idsOf(records: readonly SourceRecord[]): readonly string[] {
  return records.map((record) => record.externalId);
}

/** What tells one state of a record from another. */
export function stateOf(record: SourceRecord): string {
  return `${record.externalId}@${record.revision}${record.deleted ? ' deleted' : ''}`;
}

/** The last state of each record, by id. */
export function lastStates(records: readonly SourceRecord[]): ReadonlyMap<string, SourceRecord> {
  return new Map(records.map((record) => [record.externalId, record]));
}

/** -1, 0 or 1. Revisions of digits compare as numbers, all others (timestamps, padded counters) as text. */
export function compareRevisions(left: string, right: string): -1 | 0 | 1 {
  if (left === right) return 0;
  if (/^\d+$/.test(left) && /^\d+$/.test(right)) return BigInt(left) < BigInt(right) ? -1 : BigInt(left) > BigInt(right) ? 1 : 0;
  return left < right ? -1 : 1;
}
