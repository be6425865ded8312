import { compareText, type LedgerDocument } from './ledger.js';
import type { EvidenceClass } from './priors.js';
import type { Family, Signal, SignalName } from './types.js';

/** One document in a possible allocation, in minor units. */
export interface HypothesisLine {
  readonly document: LedgerDocument;
  /** Positive on an invoice, negative on a credit. */
  readonly pays: bigint;
  readonly discount: bigint;
  readonly writeOff: bigint;
}

/** What the allocation rests on. Two allocations compete as equals only within one basis: what is written beats what merely adds up. */
export type Basis = 'remittance' | 'named' | 'amount' | 'residual';

/** One way to read a payment for one scope of customers. Its lines and `onAccount` always add up to the payment. */
export interface Hypothesis {
  readonly family: Family;
  readonly basis: Basis;
  readonly evidence: EvidenceClass;
  readonly lines: readonly HypothesisLine[];
  readonly onAccount: bigint;
  /** Prior of its family over the family's size, times how well it fits. Comparable within a scope. */
  readonly weight: number;
  /** Equal answers that are not listed one by one. */
  readonly unlisted: number;
  readonly signals: readonly Signal[];
}

export function signal(name: SignalName, strength: number, sentence: string, quote: string | null = null): Signal {
  return { name, strength, quote, sentence };
}

export function fullLine(document: LedgerDocument): HypothesisLine {
  return { document, pays: document.kind === 'invoice' ? document.open : -document.open, discount: 0n, writeOff: 0n };
}

export function paidTotal(lines: readonly HypothesisLine[]): bigint {
  return lines.reduce((sum, line) => sum + line.pays, 0n);
}

/** What a line leaves open on its document; on a credit, what of it stays unused. */
export function leftOpen(line: HypothesisLine): bigint {
  const used = line.document.kind === 'invoice' ? line.pays : -line.pays;
  return line.document.open - used - line.discount - line.writeOff;
}

/** Settles every document to the last unit, leaves nothing over and gives nothing away. */
export function isExact(hypothesis: Hypothesis): boolean {
  return hypothesis.lines.length > 0 && hypothesis.onAccount === 0n
    && hypothesis.lines.every((line) => leftOpen(line) === 0n && line.writeOff === 0n);
}

/** The same allocation has the same key, whichever way it was found. */
export function allocationKey(hypothesis: Hypothesis): string {
  const lines = hypothesis.lines.map((line) => `${line.document.id}=${line.pays}`).sort(compareText);
  return `${lines.join('|')}|${lines.length === 0 ? 'none' : hypothesis.onAccount}`;
}

/** Keeps each allocation once; found in several ways it weighs their sum and keeps the words of the likeliest way that has a shape. */
export function mergeSame(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const merged = new Map<string, Hypothesis>();
  for (const hypothesis of hypotheses) {
    const key = allocationKey(hypothesis);
    const known = merged.get(key);
    if (known === undefined) { merged.set(key, hypothesis); continue; }
    const knownIsBetter = (known.family === 'arbitrarySum') === (hypothesis.family === 'arbitrarySum')
      ? known.weight >= hypothesis.weight
      : hypothesis.family === 'arbitrarySum';
    const [kept, other] = knownIsBetter ? [known, hypothesis] : [hypothesis, known];
    merged.set(key, { ...kept, weight: kept.weight + other.weight });
  }
  return [...merged.values()];
}
