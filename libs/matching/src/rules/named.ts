import { formatMoney } from '#canonical';
import type { ReferenceTarget } from './facts-index.js';
import { discountEarned, searchByAmount } from './families.js';
import { fullLine, signal, type Hypothesis, type HypothesisLine } from './hypothesis.js';
import { makeLedger, sumOpen, type Ledger, type LedgerDocument } from './ledger.js';
import { NAMED_PRIOR, otherLikelihood, type EvidenceClass } from './priors.js';
import type { ReferenceHit } from './references.js';
import { findSubsets } from './subset-sum.js';
import type { Family, MatchTransaction, Signal } from './types.js';

/** The documents of one ledger that a payer names, with the words that name them. */
export interface NamedDocuments {
  readonly invoices: readonly LedgerDocument[];
  readonly credits: readonly LedgerDocument[];
  readonly signals: readonly Signal[];
  readonly weak: boolean;
}

/** Below this share of the named documents (in percent) the difference is no short pay but another matter. */
const SHORT_PAY_PERCENT_MAX = 30n;
const UNLIKELY_SHORT_FACTOR = 0.1;
/** Rounding of a discount on the total instead of on each document: one unit either way. */
const DISCOUNT_ROUNDING = 1n;

export function namedIn(ledger: Ledger, hits: readonly ReferenceHit<ReferenceTarget>[]): NamedDocuments {
  const found = new Map<string, LedgerDocument>();
  const signals: Signal[] = [];
  let [strong, weak] = [0, 0];
  for (const hit of hits) {
    const targets = hit.targets.flatMap((target) => {
      if (target.kind !== 'document' && target.kind !== 'purchaseOrder') return [];
      const document = ledger.byId.get(target.document.id);
      return document === undefined ? [] : [{ document, byOrder: target.kind === 'purchaseOrder' }];
    });
    if (targets.length === 0) continue;
    for (const target of targets) found.set(target.document.id, target.document);
    if (hit.weak) weak += 1; else strong += 1;
    signals.push(namingSignal(hit, targets));
  }
  const documents = [...found.values()];
  return {
    invoices: ledger.invoices.filter((document) => found.has(document.id)),
    credits: documents.filter((document) => document.kind === 'credit'),
    signals, weak: strong === 0 && weak > 0,
  };
}

/** Documents left out that could take the place of one chosen for its amount alone: each makes the remainder a matter of choice. */
function twinsOf(found: Hypothesis, others: Ledger): number {
  const chosen = new Set(found.lines.map((line) => line.document.id));
  const amounts = new Set(found.lines.map((line) => line.document.open));
  return found.lines.length <= 1 ? 0 : others.invoices.filter((invoice) => !chosen.has(invoice.id) && amounts.has(invoice.open)).length;
}

function namingSignal(hit: ReferenceHit<ReferenceTarget>, targets: readonly { document: LedgerDocument; byOrder: boolean }[]): Signal {
  const first = targets[0];
  const names = first === undefined ? 'a document' : `${first.document.kind} ${first.document.number}`;
  const more = targets.length > 1 ? ` and ${targets.length - 1} more` : '';
  if (first?.byOrder === true) return signal('purchaseOrder', 0.7, `the payer names the purchase order of ${names}${more}`, hit.quote);
  if (hit.weak) return signal('weakReference', 0.4, `the number of ${names}${more} is written, but it could also be a date or a year`, hit.quote);
  return signal('reference', 0.9, `the payer names ${names}${more}`, hit.quote);
}

/** Every reading of a payment that names documents, and whether every set that could close was looked at. No hypotheses when it names none of this ledger. */
export function searchByName(
  ledger: Ledger, named: NamedDocuments, transaction: MatchTransaction, writeOffMax: bigint,
): { readonly hypotheses: readonly Hypothesis[]; readonly complete: boolean } {
  if (named.invoices.length === 0) return { hypotheses: [], complete: true };
  const search = new NamedSearch(ledger, named, transaction, writeOffMax);
  const closing = search.closing();
  return { hypotheses: closing.length > 0 ? closing : search.open(), complete: search.complete };
}

class NamedSearch {
  private readonly paid: bigint;
  private readonly gross: bigint;
  private readonly documents: readonly LedgerDocument[];
  /** Sets of other documents that close the remainder, when they are too many to show one. */
  private uncounted = 0;
  complete = true;

  constructor(
    private readonly ledger: Ledger,
    private readonly named: NamedDocuments,
    private readonly transaction: MatchTransaction,
    private readonly writeOffMax: bigint,
  ) {
    this.paid = transaction.amount.minor;
    this.documents = [...named.invoices, ...named.credits];
    this.gross = sumOpen(named.invoices) - sumOpen(named.credits);
  }

  /** Readings in which everything closes: as written, less discounts, less credits, a part of what is written, what is written and more. */
  closing(): Hypothesis[] {
    if (this.gross === this.paid) {
      const exact = signal('exactAmount', 0.9, 'what is open on the named documents is what was paid');
      return [this.make(this.documents.map(fullLine), 0n, NAMED_PRIOR.all, this.named.weak ? 'namedWeak' : 'namedExact', [exact])];
    }
    const direct = [...this.discounted(), ...this.creditsNetted()];
    if (direct.length > 0) return direct;
    return this.gross > this.paid ? this.part() : this.withRemainder();
  }

  private discounted(): Hypothesis[] {
    const earned = this.named.invoices.filter((invoice) => invoice.discount > 0n);
    const total = earned.reduce((sum, invoice) => sum + invoice.discount, 0n);
    const rounding = this.gross - this.paid - total;
    const [first] = earned;
    if (first === undefined || rounding > DISCOUNT_ROUNDING || rounding < -DISCOUNT_ROUNDING) return [];
    const lines = this.documents.map((document) => {
      if (document.discount === 0n) return fullLine(document);
      const discount = document.discount + (document === first ? rounding : 0n);
      return { document, pays: document.open - discount, discount, writeOff: 0n };
    });
    const late = earned.find((invoice) => !discountEarned(invoice, this.transaction.bookedOn));
    const note = late === undefined
      ? signal('discountTaken', 0.6, 'the early-payment discount is taken in time')
      : signal('discountNotEarned', -0.3, `the early-payment discount of ${late.number} ended on ${late.discountUntil}`);
    const exact = late === undefined && rounding === 0n;
    return [this.make(lines, 0n, NAMED_PRIOR.discounted, exact ? 'namedExact' : 'namedShort', [note])];
  }

  /** The named documents less one open credit, or less all of them. */
  private creditsNetted(): Hypothesis[] {
    const unnamed = this.ledger.credits.filter((credit) => !this.named.credits.includes(credit));
    const difference = this.gross - this.paid;
    if (difference <= 0n || unnamed.length === 0) return [];
    const sets = unnamed.filter((credit) => credit.open === difference).map((credit) => [credit]);
    if (unnamed.length > 1 && sumOpen(unnamed) === difference) sets.push(unnamed);
    return sets.map((credits) => {
      const note = signal('creditsNetted', 0.5, `the payer deducted ${credits.length === 1 ? 'an open credit' : 'every open credit'} it does not name`);
      return this.make([...this.documents, ...credits].map(fullLine), 0n, NAMED_PRIOR.creditsNetted / sets.length, 'namedExact', [note]);
    });
  }

  /** More is named than paid: which of the named documents add up? */
  private part(): Hypothesis[] {
    if (this.named.invoices.length < 2) return [];
    const search = findSubsets(this.named.invoices.map((invoice) => invoice.open), this.paid + sumOpen(this.named.credits));
    return search.solutions.map((chosen) => {
      const invoices = chosen.flatMap((position) => this.named.invoices[position] ?? []);
      const left = this.named.invoices.length - invoices.length;
      const note = signal('exactAmount', 0.7, `${left} of the named documents ${left === 1 ? 'is' : 'are'} left out so that the amount closes`);
      return this.make([...invoices, ...this.named.credits].map(fullLine), 0n, NAMED_PRIOR.part / search.solutions.length, 'namedPart', [note]);
    });
  }

  /** More was paid than is named, as when a memo was cut off: does the rest close on its own? */
  private withRemainder(): Hypothesis[] {
    const rest = this.paid - this.gross;
    const taken = new Set(this.documents.map((document) => document.id));
    const others = makeLedger(this.ledger.customerIds, [...this.ledger.byId.values()].filter((document) => !taken.has(document.id)));
    const search = searchByAmount(others, rest, this.transaction.bookedOn);
    const note = signal('remainder', 0.4, `${this.money(rest)} more was paid than the named documents have open, and other open documents add up to it`);
    this.uncounted = search.manySums;
    this.complete = search.complete;
    return search.hypotheses.map((found) => ({
      ...this.make([...this.documents.map(fullLine), ...found.lines], 0n, NAMED_PRIOR.withRemainder * found.weight, 'namedRemainder', [note]),
      unlisted: search.manySums + twinsOf(found, others),
    }));
  }

  /** Readings in which something stays open or over. */
  open(): Hypothesis[] {
    return this.gross > this.paid ? this.short() : this.over();
  }

  /** One of the named documents is paid short, and nobody says which: the newest is proposed, the others are alternatives. */
  private short(): Hypothesis[] {
    const gap = this.gross - this.paid;
    const unlikely = gap * 100n > this.gross * SHORT_PAY_PERCENT_MAX;
    const likelihood = otherLikelihood(gap) * (unlikely ? UNLIKELY_SHORT_FACTOR : 1);
    const able = this.named.invoices.filter((invoice) => invoice.open > gap);
    if (able.length === 0) return this.oldestFirst(gap, likelihood);
    const forgiven = gap <= this.writeOffMax;
    const note = forgiven
      ? signal('writeOff', -0.2, `${this.money(gap)} less was paid than is open, within the tolerance for writing off`)
      : signal('shortPay', -0.3, `${this.money(gap)} less was paid than the named documents have open`);
    return able.toReversed().map((shorted, rank) => {
      const lines = this.documents.map((document) => (document === shorted
        ? { document, pays: document.open - gap, discount: 0n, writeOff: forgiven ? gap : 0n }
        : fullLine(document)));
      const weight = (NAMED_PRIOR.short * likelihood * (rank === 0 ? 1.01 : 1)) / able.length;
      return this.make(lines, 0n, weight, 'namedShort', [note]);
    });
  }

  /** The gap is larger than any one document: the money runs from the oldest until it ends. */
  private oldestFirst(gap: bigint, likelihood: number): Hypothesis[] {
    let left = this.paid + sumOpen(this.named.credits);
    const lines: HypothesisLine[] = this.named.credits.map(fullLine);
    for (const document of this.named.invoices) {
      const pays = left < document.open ? left : document.open;
      if (pays > 0n) lines.push({ document, pays, discount: 0n, writeOff: 0n });
      left -= pays;
    }
    const note = signal('shortPay', -0.5, `${this.money(gap)} less was paid than the named documents have open; the oldest are settled first`);
    return [this.make(lines, 0n, (NAMED_PRIOR.short * likelihood) / this.named.invoices.length, 'namedShort', [note])];
  }

  private over(): Hypothesis[] {
    const rest = this.paid - this.gross;
    const note = signal('overPay', -0.3, `${this.money(rest)} more was paid than the named documents have open; it stays on account`);
    const many = this.uncounted === 0 ? [] : [signal('manySums', -0.5, `at least ${this.uncounted} different sets of other open documents add up to the rest`)];
    return [{ ...this.make(this.documents.map(fullLine), rest, NAMED_PRIOR.over * otherLikelihood(rest), this.documents.length === 1 ? 'namedOver' : 'namedOverMany', [note, ...many]), unlisted: this.uncounted }];
  }

  private money(minor: bigint): string {
    const { currency } = this.transaction.amount;
    return `${formatMoney({ minor, currency })} ${currency}`;
  }

  private make(lines: readonly HypothesisLine[], onAccount: bigint, weight: number, evidence: EvidenceClass, notes: readonly Signal[]): Hypothesis {
    const family: Family = lines.length === 1 ? 'single' : 'referenceList';
    return { family, basis: 'named', evidence, lines, onAccount, weight, unlisted: 0, signals: [...this.named.signals, ...notes] };
  }
}
