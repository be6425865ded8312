import { parseLocalDate } from '#canonical';
import type { AnyConnector, BankFeed, Checkpoint, FeedPage, FeedTransaction } from '../../index.js';
import { failureOf, failureOfKind, holds, holdsSameSet } from '../broken.js';
import type { ConnectorHarness, FeedEntry, FeedHarness } from '../harness.js';
import { takePart, takeUpdate, throughJson } from '../pages.js';
import { ofConnector, type Applicability, type Sentence } from '../sentence.js';

const RETRY_AFTER_MS_MAX = 3_600_000;
/** Entries of a first update: three pages, the last of them not full. */
const PAGES = 3;

export const FEEDS: readonly Sentence[] = [
  ofBankFeed(70, 'an update broken off in its middle begins again from where it began and loses nothing', restartsMidway),
  ofBankFeed(71, 'a source that changes while it is paged fails the update; nothing of it passes for whole', failsWhenChanged),
  ofBankFeed(72, 'two transactions that are equal in everything but their id are two', keepsTwins),
  ofBankFeed(73, 'a pending transaction says so; the booked one names it where the source does, and the pending one is taken back', settlesPending),
  ofBankFeed(74, 'money in is positive and to the last digit as sent; a currency that is none is null, never guessed', keepsAmounts),
  ofBankFeed(75, 'the next update brings changes and removals and nothing else; one without news yields no page to store', bringsNewsOnly),
  ofBankFeed(76, 'a login that is not ready gives no place to go on from, and is read from the beginning later', waitsUntilReady),
  ofBankFeed(77, 'every transaction and every removal belongs to an account that is listed, each listed once', listsAccounts),
  ofBankFeed(78, 'a 429 is `rateLimited`, a 5xx or a broken connection is `transient`, what was not promised is never an empty update', namesFailures),
];

interface FeedBench {
  readonly harness: ConnectorHarness;
  readonly source: FeedHarness;
  readonly feed: BankFeed;
}

function ofBankFeed(number: number, title: string, check: (bench: FeedBench) => Promise<void>): Sentence {
  const applies = ({ bankFeed }: AnyConnector): Applicability => (bankFeed === undefined ? { because: 'it has no bank feed' } : true);
  return ofConnector(number, title, {
    applies,
    check: async (harness) => {
      const { feed: source, connector: { bankFeed: feed } } = harness;
      holds(feed !== undefined && source !== undefined, 'a bank feed is declared; the harness must bring one');
      await check({ harness, source, feed });
    },
  });
}

function entry(amount: string, memo: string, given: Partial<FeedEntry> = {}): FeedEntry {
  return { amount, currency: 'USD', bookedOn: parseLocalDate('2026-03-02'), memo, pending: false, ...given };
}

function several(count: number): FeedEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`${100 + index}.25`, `ACH CREDIT ${index}`));
}

interface Update {
  readonly pages: readonly FeedPage[];
  readonly transactions: readonly FeedTransaction[];
  readonly removed: readonly string[];
  readonly checkpoint: Checkpoint | null;
}

async function update({ harness, feed }: FeedBench, from: Checkpoint | null): Promise<Update> {
  const pages = await takeUpdate(feed, harness.context(), from);
  return {
    pages, transactions: pages.flatMap((page) => page.transactions), removed: pages.flatMap((page) => page.removed.map(({ externalId }) => externalId)),
    checkpoint: throughJson(pages.at(-1)?.checkpoint ?? from),
  };
}

const idsOf = (transactions: readonly FeedTransaction[]): string[] => transactions.map(({ externalId }) => externalId);

async function restartsMidway(bench: FeedBench): Promise<void> {
  const { harness, source, feed } = bench;
  const booked = await source.book(several(harness.pageSize * (PAGES - 1) + 1));
  // The process dies after the first page: nothing was stored, so the checkpoint is still the one of the beginning.
  const part = await takePart(feed, harness.context(), null);
  holds(part.length === 1, 'the first page of a long update is missing');
  holdsSameSet('transactions after the restart', idsOf((await update(bench, null)).transactions), booked);
  await harness.misbehave({ kind: 'failNext', status: 'reset', afterRequests: 1 });
  await failureOf('an update whose second page breaks', () => takeUpdate(feed, harness.context(), null));
  holdsSameSet('transactions after the broken page', idsOf((await update(bench, null)).transactions), booked);
}

async function failsWhenChanged(bench: FeedBench): Promise<void> {
  const { harness, source, feed } = bench;
  const booked = await source.book(several(harness.pageSize * (PAGES - 1) + 1));
  await source.changeWhilePaging();
  await failureOfKind('transient', 'an update whose source changed', () => takeUpdate(feed, harness.context(), null));
  holdsSameSet('transactions of the update begun again', idsOf((await update(bench, null)).transactions), booked);
}

async function keepsTwins(bench: FeedBench): Promise<void> {
  const twins = await bench.source.book([entry('75.00', 'DEPOSIT'), entry('75.00', 'DEPOSIT')]);
  const { transactions } = await update(bench, null);
  holds(transactions.length === 2 && new Set(idsOf(transactions)).size === 2, `two equal transactions came as ${transactions.length}`);
  holdsSameSet('the twins', idsOf(transactions), twins);
}

async function settlesPending(bench: FeedBench): Promise<void> {
  const { source } = bench;
  const [known, unknown] = await source.book([entry('10.00', 'CHECK', { pending: true }), entry('20.00', 'WIRE', { pending: true })]);
  holds(known !== undefined && unknown !== undefined, 'the harness booked no pending entries');
  const first = await update(bench, null);
  holds(first.transactions.length === 2 && first.transactions.every(({ pending, replacesExternalId }) => pending && replacesExternalId === null), 'pending transactions are not said to be pending, or replace something');
  const settled = [await source.settle(known, true), await source.settle(unknown, false)];
  const second = await update(bench, first.checkpoint);
  holdsSameSet('booked transactions', idsOf(second.transactions), settled);
  holds(second.transactions.every(({ pending }) => !pending), 'a booked transaction is said to be pending');
  const replaces = new Map(second.transactions.map(({ externalId, replacesExternalId }) => [externalId, replacesExternalId]));
  holds(replaces.get(settled[0] ?? '') === known, 'the booked transaction does not name the pending one it replaces');
  holds(replaces.get(settled[1] ?? '') === null, 'a pending transaction is named though the source names none');
  holdsSameSet('pending transactions taken back', second.removed, [known, unknown]);
}

async function keepsAmounts(bench: FeedBench): Promise<void> {
  // 0.1 + 0.2 and an amount beyond 2^53 minor units are what a binary float spoils first.
  const amounts = ['0.30', '90071992547409.93', '-12.10', '1234567.89'];
  await bench.source.book([...amounts.map((amount, index) => entry(amount, `AMOUNT ${index}`)), entry('0.5', 'POINTS', { currency: null })]);
  const { transactions } = await update(bench, null);
  const found = new Map(transactions.map((transaction) => [transaction.memo, transaction]));
  amounts.forEach((amount, index) => {
    const text = [...found].find(([memo]) => memo.includes(`AMOUNT ${index}`))?.[1].amount;
    holds(text !== undefined && sameDecimal(text, amount), `an amount of ${amount} in came as ${text ?? 'nothing'}`);
  });
  const points = [...found].find(([memo]) => memo.includes('POINTS'))?.[1];
  holds(points !== undefined, 'a transaction in no known currency was dropped');
  holds(points.currency === null, `a currency that is none came as ${points.currency ?? 'null'}`);
}

/** Equal but for zeros at the end. */
function sameDecimal(left: string, right: string): boolean {
  const bare = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  return bare(left) === bare(right);
}

async function bringsNewsOnly(bench: FeedBench): Promise<void> {
  const { source } = bench;
  const [changed, gone] = await source.book(several(3));
  holds(changed !== undefined && gone !== undefined, 'the harness booked nothing');
  const first = await update(bench, null);
  const still = await update(bench, first.checkpoint);
  holds(still.transactions.length === 0 && still.removed.length === 0, 'an update without news brings something');
  await source.change(changed, '55.55');
  await source.takeBack(gone);
  const second = await update(bench, still.checkpoint);
  holdsSameSet('changed transactions', idsOf(second.transactions), [changed]);
  holds(second.transactions[0] !== undefined && sameDecimal(second.transactions[0].amount, '55.55'), 'the change is not in the transaction');
  holdsSameSet('removed transactions', second.removed, [gone]);
}

async function waitsUntilReady(bench: FeedBench): Promise<void> {
  const { source } = bench;
  await source.notReady();
  const early = await update(bench, null);
  holds(early.pages.length === 0, 'a login that is not ready gives a page, and with it a checkpoint that would be stored');
  const booked = await source.book(several(2));
  holdsSameSet('transactions once ready', idsOf((await update(bench, early.checkpoint)).transactions), booked);
}

async function listsAccounts(bench: FeedBench): Promise<void> {
  const { harness, source, feed } = bench;
  const [gone] = await source.book(several(2));
  const first = await update(bench, null);
  await source.takeBack(gone ?? '');
  const second = await update(bench, first.checkpoint);
  const accounts = await feed.accounts(harness.context());
  const listed = accounts.map(({ externalId }) => externalId);
  holds(listed.length > 0 && new Set(listed).size === listed.length, 'no account is listed, or one twice');
  holds(accounts.every(({ name }) => name.trim() !== ''), 'an account has no name');
  const named = [...first.transactions.map(({ accountExternalId }) => accountExternalId), ...second.pages.flatMap(({ removed }) => removed.map(({ accountExternalId }) => accountExternalId))];
  holds(named.every((account) => listed.includes(account)), 'a transaction or a removal names an account that is not listed');
}

async function namesFailures(bench: FeedBench): Promise<void> {
  const { harness, source, feed } = bench;
  const booked = await source.book(several(harness.pageSize + 1));
  const work = (): Promise<unknown> => takeUpdate(feed, harness.context(), null);
  await harness.misbehave({ kind: 'throttleNext', retryAfterMs: null });
  const limited = await failureOfKind('rateLimited', 'an update while throttled', work);
  holds(limited.retryAfterMs > 0 && limited.retryAfterMs <= RETRY_AFTER_MS_MAX, `without a delay from the vendor, ${limited.retryAfterMs} ms is not sensible`);
  for (const status of [500, 503, 'reset'] as const) {
    await harness.misbehave({ kind: 'failNext', status });
    await failureOfKind('transient', `an update with a failure ${status}`, work);
  }
  await harness.misbehave({ kind: 'garbleNext' });
  const garbled = await failureOf('an update from a garbled answer', work);
  holds(garbled.kind === 'transient' || garbled.kind === 'invalid', `a garbled answer is reported as ${garbled.kind}`);
  holdsSameSet('transactions after the failures', idsOf((await update(bench, null)).transactions), booked);
}
