import { type BankTransactionStatus, formatMoney, type Money } from '#canonical';
import type { FirstStatus } from './first-status.js';

/** A line that a feed is about to change, as far as its next status depends on it. */
export interface FeedLineState {
  readonly status: BankTransactionStatus;
  readonly statusBecause: string | null;
  /** Who decided by hand. */
  readonly decidedBy: string | null;
  readonly amount: Money;
  /** The source took it back before. */
  readonly withdrawn: boolean;
  /** Payments of it that are in the ERP or on their way: neither cancelled nor reversed. */
  readonly postingIds: readonly string[];
}

export interface NextStatus {
  readonly status: BankTransactionStatus;
  readonly because: string | null;
  /** What the matcher proposed rests on content that is gone. */
  readonly supersedes: boolean;
}

/** A person has matched or finalized it, or it is in the ERP. */
const DECIDED: readonly BankTransactionStatus[] = ['readyToPost', 'posting', 'posted', 'attention'];

/**
 * The status of a line whose content changed at the source, or that returned. What is in the ERP is never touched in silence: another amount asks
 * for a person. What is not is judged anew, unless a person has put it aside.
 */
export function statusOfChange(line: FeedLineState, incoming: { readonly amount: Money; readonly first: FirstStatus }): NextStatus {
  if (line.postingIds.length === 0) {
    const putAside = line.decidedBy !== null && line.status === 'notPayment';
    return putAside ? kept(line) : { ...incoming.first, supersedes: true };
  }
  const [before, after] = [line.amount, incoming.amount];
  if (before.minor !== after.minor || before.currency !== after.currency) {
    return attention(`the bank changed the amount from ${said(before)} to ${said(after)} ${afterPosting(line)}: reverse it there, then apply the line anew`);
  }
  if (line.withdrawn) return attention(`the bank took this line back and sent it again ${afterPosting(line)}: check that the payment still stands`);
  return kept(line);
}

/** The status of a line the source took back: put aside where nobody had decided, else a person's business. Nothing is ever deleted. */
export function statusOfWithdrawal(line: FeedLineState): NextStatus {
  if (line.postingIds.length > 0) return attention(`the bank took this line back ${afterPosting(line)}: a reversal is needed (POST /v1/postings/${line.postingIds[0] ?? ''}/reversal)`);
  if (DECIDED.includes(line.status)) return attention(`the bank took this line back after it was ${line.status === 'readyToPost' ? 'matched' : line.status}: it cannot be posted; mark it as no payment`);
  if (line.status === 'notPayment' && line.decidedBy !== null) return kept(line);
  return { status: 'notPayment', because: 'the bank took this line back', supersedes: true };
}

function afterPosting({ postingIds }: FeedLineState): string {
  return `after it was posted (${postingIds.map((id) => `posting ${id}`).join(', ')})`;
}

function attention(because: string): NextStatus {
  return { status: 'attention', because, supersedes: true };
}

function kept({ status, statusBecause }: FeedLineState): NextStatus {
  return { status, because: statusBecause, supersedes: false };
}

function said(money: Money): string {
  return `${formatMoney(money)} ${money.currency}`;
}
