import type { BookCredit, BookInvoice, PaymentKind } from './book.js';
import type { PayerHabits } from './habits.js';
import type { Randomness } from './randomness.js';

/** What one payment settles, before anybody writes a word about it. */
export interface Settlement {
  readonly kind: PaymentKind;
  readonly amountMinor: bigint;
  readonly invoices: readonly { readonly invoice: BookInvoice; readonly amountMinor: bigint }[];
  readonly credits: readonly BookCredit[];
  readonly unallocatedMinor: bigint;
  readonly tags: readonly string[];
}

/** Fees banks and payers keep, in minor units; one of them is a single cent. */
const FEES_MINOR = [1500n, 2500n, 3000n, 3500n, 1n] as const;

/** How many invoices a payment settles: one 60 %, 2-4 20 %, 5-14 14 %, 15-60 6 %. */
function groupSize(random: Randomness): number {
  const [least, most] = random.weighted<readonly [number, number]>([[[1, 1], 60], [[2, 4], 20], [[5, 14], 14], [[15, 60], 6]]);
  return random.between(least, most);
}

/**
 * Chooses which of the open invoices, oldest first, are paid: the oldest, a later contiguous run, or any. `drawn` is the invoice that made
 * this customer pay and is what a single payment mostly settles.
 */
export function chooseInvoices(open: readonly BookInvoice[], drawn: BookInvoice, random: Randomness): { readonly invoices: readonly BookInvoice[]; readonly order: string } {
  const count = Math.min(groupSize(random), open.length);
  if (count === 1) return random.chance(300) ? { invoices: open.slice(0, 1), order: 'oldest' } : { invoices: [drawn], order: 'single' };
  const order = random.weighted([['oldestPrefix', 70], ['contiguous', 5], [count > 2 ? 'arbitrary' : 'oldestPrefix', 25]]);
  if (order === 'oldestPrefix') return { invoices: open.slice(0, count), order };
  if (order === 'contiguous') {
    const from = random.below(open.length - count + 1);
    return { invoices: open.slice(from, from + count), order };
  }
  const chosen = new Set(random.shuffle(open).slice(0, count));
  return { invoices: open.filter((invoice) => chosen.has(invoice)), order };
}

/** Settles the chosen invoices, in full or with one of the deviations payers take. `openMinorOf` is what is open at this moment. */
export function settle(
  chosen: readonly BookInvoice[], credits: readonly BookCredit[], habits: PayerHabits, openMinorOf: (invoice: BookInvoice) => bigint, random: Randomness,
): Settlement {
  const full = chosen.map((invoice) => ({ invoice, amountMinor: openMinorOf(invoice) }));
  const total = full.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const plain: Settlement = { kind: 'payment', amountMinor: total, invoices: full, credits: [], unallocatedMinor: 0n, tags: [] };
  const netted = habits.netsCredits ? creditsWithin(credits, total) : [];
  if (netted.length > 0) {
    const taken = netted.reduce((sum, { openMinor }) => sum + openMinor, 0n);
    return { ...plain, kind: 'creditNetted', amountMinor: total - taken, credits: netted };
  }
  const deviation = random.weighted([['none', 935], ['short', 40], ['fee', 20], ['over', 5]]);
  if (deviation === 'short') return shortPaid(plain, random);
  if (deviation === 'fee') return feeTaken(plain, random);
  if (deviation === 'over') {
    const over = BigInt(random.between(1, 50)) * 100n;
    return { ...plain, kind: 'overPay', amountMinor: total + over, unallocatedMinor: over };
  }
  return plain;
}

/** Money on account: round, and no invoice may be touched. */
export function onAccount(random: Randomness): Settlement {
  const amountMinor = BigInt(random.between(1, 40)) * 50_000n;
  return { kind: 'onAccount', amountMinor, invoices: [], credits: [], unallocatedMinor: amountMinor, tags: [] };
}

function creditsWithin(credits: readonly BookCredit[], total: bigint): BookCredit[] {
  const taken: BookCredit[] = [];
  let left = total - 1n;
  for (const credit of credits) {
    if (credit.openMinor <= 0n || credit.openMinor > left) continue;
    taken.push(credit);
    left -= credit.openMinor;
  }
  return taken;
}

/** Up to 30 % of one document is kept back. */
function shortPaid(plain: Settlement, random: Randomness): Settlement {
  const at = random.below(plain.invoices.length);
  const share = plain.invoices[at];
  if (share === undefined) return plain;
  const kept = (share.amountMinor * BigInt(random.between(10, 300))) / 1000n;
  if (kept <= 0n) return plain;
  return { ...less(plain, at, kept), kind: 'shortPay', tags: random.chance(400) ? [`reason:${random.pick(['FREIGHT', 'DAMAGE', 'PRICE', 'PROMO'])}`] : [] };
}

function feeTaken(plain: Settlement, random: Randomness): Settlement {
  const fee = random.pick(FEES_MINOR);
  const last = plain.invoices.length - 1;
  const share = plain.invoices[last];
  return share === undefined || share.amountMinor <= fee ? plain : { ...less(plain, last, fee), kind: 'feeTaken' };
}

function less(plain: Settlement, at: number, minor: bigint): Settlement {
  const invoices = plain.invoices.map((share, index) => (index === at ? { ...share, amountMinor: share.amountMinor - minor } : share));
  return { ...plain, amountMinor: plain.amountMinor - minor, invoices };
}
