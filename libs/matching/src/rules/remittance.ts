import { daysBetween, type Money } from '#canonical';
import { amountKey, type MatchingIndex, type ReferenceTarget } from './facts-index.js';
import { discountEarned } from './families.js';
import { leftOpen, paidTotal, signal, type Hypothesis, type HypothesisLine } from './hypothesis.js';
import type { Ledger, LedgerDocument, Promises } from './ledger.js';
import { REMITTANCE_PRIOR } from './priors.js';
import { referenceKey, type ReferenceHit } from './references.js';
import { readName } from './names.js';
import type { MatchTransaction, RemittanceAdvice, RemittanceLine, Signal } from './types.js';

/** The advice that belongs to a payment, and how it was recognised. */
export interface LinkedAdvice {
  readonly advice: RemittanceAdvice;
  readonly link: 'handedIn' | 'reference' | 'total';
  /** Other advices that fit as well; an advice found by its total alone must be the only one. */
  readonly rivals: number;
}

/** The key under which an advice used by another payment stands among the promises. */
export function adviceKey(adviceId: string): string {
  return `advice:${adviceId}`;
}

/** Handed in for this line, else by the payer's own reference, else the only one of this total in the days around. */
export function findAdvice(index: MatchingIndex, transaction: MatchTransaction, promises: Promises): LinkedAdvice | null {
  const handedIn = index.adviceByTransaction.get(transaction.id);
  if (handedIn?.[0] !== undefined) return { advice: handedIn[0], link: 'handedIn', rivals: handedIn.length - 1 };
  const free = (advice: RemittanceAdvice): boolean => advice.transactionId === null && !promises.has(adviceKey(advice.id));
  for (const reference of [transaction.checkNumber, ...transaction.references]) {
    const key = reference === null ? '' : referenceKey(reference);
    const found = key === '' ? [] : (index.adviceByReference.get(key) ?? []).filter((advice) => free(advice) && closes(advice, transaction));
    if (found[0] !== undefined) return { advice: found[0], link: 'reference', rivals: found.length - 1 };
  }
  const byTotal = (index.adviceByTotal.get(amountKey(transaction.amount.minor, transaction.amount.currency)) ?? [])
    .filter((advice) => free(advice) && Math.abs(daysBetween(advice.receivedOn, transaction.bookedOn)) <= index.facts.settings.remittanceDays);
  const sameName = byTotal.filter((advice) => sharesName(advice.payerName, transaction.payer.name));
  const best = sameName.length > 0 ? sameName : byTotal;
  return best[0] === undefined ? null : { advice: best[0], link: 'total', rivals: best.length - 1 };
}

function closes(advice: RemittanceAdvice, transaction: MatchTransaction): boolean {
  return advice.total === null || (advice.total.minor === transaction.amount.minor && advice.total.currency === transaction.amount.currency);
}

function sharesName(left: string | null, right: string | null): boolean {
  if (left === null || right === null) return false;
  const words = new Set(readName(left).words);
  return readName(right).words.some((word) => word.length >= 3 && words.has(word));
}

/** The documents an advice's lines name, whoever owns them: evidence for who pays. Short numbers count here, a reference is expected. */
export function adviceHits(index: MatchingIndex, advice: RemittanceAdvice): ReferenceHit<ReferenceTarget>[] {
  return advice.lines.flatMap((line) => {
    const key = referenceKey(line.reference);
    const targets = key === '' ? undefined : index.references.get(key);
    return targets === undefined ? [] : [{ quote: line.reference, key, targets, weak: false }];
  });
}

/** A line that says how much. */
type PricedLine = RemittanceLine & { readonly paid: Money };

interface ReadLines {
  readonly lines: readonly HypothesisLine[];
  readonly unknown: readonly RemittanceLine[];
  readonly signals: readonly Signal[];
  readonly earned: boolean;
}

/**
 * The allocation an advice spells out. Null when its lines do not add up to the payment, pay more than was received, or pay more on a
 * document than is open: it is then read as a list of references only, and `problems` says why.
 */
export function readAdvice(
  index: MatchingIndex, ledger: Ledger, linked: LinkedAdvice, transaction: MatchTransaction,
): { hypothesis: Hypothesis | null; problems: readonly Signal[] } {
  const { advice } = linked;
  const priced = advice.lines.flatMap(({ paid, ...line }) => (paid === null ? [] : [{ ...line, paid }]));
  const lines = priced.filter((line) => line.paid.minor !== 0n || (line.discount?.minor ?? 0n) !== 0n);
  if (lines.length === 0 || priced.length < advice.lines.length) return { hypothesis: null, problems: [] };
  const stated = lines.reduce((sum, line) => sum + line.paid.minor, 0n);
  const oneCurrency = lines.every((line) => line.paid.currency === transaction.amount.currency);
  if (!oneCurrency || stated !== transaction.amount.minor || (advice.total !== null && advice.total.minor !== stated)) {
    return { hypothesis: null, problems: [signal('remittanceTotalDiffers', -0.7, 'the lines of the remittance advice do not add up to the payment')] };
  }
  const read = resolveLines(index, ledger, lines, transaction);
  const problems = read.unknown.map((line) => signal('remittanceLineUnknown', -0.6, 'a line of the remittance advice names no open document of this customer', line.reference));
  const onAccount = transaction.amount.minor - paidTotal(read.lines);
  if (read.lines.length === 0 || onAccount < 0n) return { hypothesis: null, problems };
  return { hypothesis: fromLines(linked, read, onAccount, problems), problems };
}

function fromLines(linked: LinkedAdvice, read: ReadLines, onAccount: bigint, problems: readonly Signal[]): Hypothesis {
  const settled = read.lines.every((line) => leftOpen(line) === 0n);
  const exact = settled && onAccount === 0n && read.earned;
  const how = { handedIn: 'was handed in for this payment', reference: 'carries the reference of this payment', total: 'has the total of this payment' }[linked.link];
  const signals = [signal('remittance', linked.link === 'total' ? 0.8 : 0.95, `a remittance advice with ${read.lines.length} ${read.lines.length === 1 ? 'document' : 'documents'} ${how}`)];
  if (linked.rivals > 0) signals.push(signal('remittanceRival', -0.5, `${linked.rivals} other remittance advices fit as well`));
  const rivals = linked.rivals + 1;
  return {
    family: 'remittance', basis: 'remittance', evidence: !exact ? 'remittanceOpen' : linked.link === 'total' ? 'remittanceByTotal' : 'remittanceExact', lines: read.lines, onAccount,
    weight: REMITTANCE_PRIOR.closes / rivals, unlisted: linked.rivals, signals: [...signals, ...read.signals, ...problems],
  };
}

function resolveLines(index: MatchingIndex, ledger: Ledger, lines: readonly PricedLine[], transaction: MatchTransaction): ReadLines {
  const byDocument = new Map<string, HypothesisLine>();
  const unknown: RemittanceLine[] = [];
  const signals: Signal[] = [];
  let earned = true;
  for (const line of lines) {
    const document = documentOf(index, ledger, line);
    const held = document === null ? undefined : byDocument.get(document.id);
    const next = document === null ? null : addLine(document, held, line);
    if (document === null || next === null) { unknown.push(line); continue; }
    byDocument.set(document.id, next);
    if (next.discount > 0n && (!discountEarned(document, transaction.bookedOn) || next.discount > document.discount)) {
      earned = false;
      signals.push(signal('discountNotEarned', -0.3, `the discount taken on ${document.number} is not one that was offered for this day`));
    }
    if (line.deduction !== null && line.deduction.minor !== 0n) {
      signals.push(signal('deduction', -0.4, `the payer deducts from ${document.number} and the rest stays open`, line.deductionCode));
    }
  }
  return { lines: [...byDocument.values()], unknown, signals, earned };
}

/** Among documents of one number, the one whose open amount is what the line pays or states. */
function documentOf(index: MatchingIndex, ledger: Ledger, line: PricedLine): LedgerDocument | null {
  const credit = line.paid.minor < 0n;
  const targets = (index.references.get(referenceKey(line.reference)) ?? []).flatMap((target) => {
    if (target.kind !== 'document' && target.kind !== 'purchaseOrder') return [];
    const document = ledger.byId.get(target.document.id);
    return document === undefined || (document.kind === 'credit') !== credit ? [] : [document];
  });
  if (targets.length <= 1) return targets[0] ?? null;
  const amounts = [line.paid.minor, -line.paid.minor, line.gross?.minor, line.paid.minor + (line.discount?.minor ?? 0n)];
  const fitting = targets.filter((document) => amounts.includes(document.open));
  return fitting.length === 1 ? fitting[0] ?? null : null;
}

/** Adds a line to what its document already gets. Null when that is more than is open. */
function addLine(document: LedgerDocument, held: HypothesisLine | undefined, line: PricedLine): HypothesisLine | null {
  const discount = line.discount === null ? 0n : line.discount.minor < 0n ? -line.discount.minor : line.discount.minor;
  const next = { document, pays: (held?.pays ?? 0n) + line.paid.minor, discount: (held?.discount ?? 0n) + (document.kind === 'invoice' ? discount : 0n), writeOff: 0n };
  return leftOpen(next) < 0n || (document.kind === 'invoice') !== (next.pays > 0n) ? null : next;
}
