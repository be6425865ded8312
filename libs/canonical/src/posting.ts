import type { JsonObject } from './json.js';
import type { LocalDate } from './local-date.js';
import type { DecimalText, Money } from './money.js';
import type { CurrencyCode } from './currency.js';

/** The five things a target can be asked to do. They differ per ERP, so each is a capability of its own. */
export const OPERATIONS = ['post', 'apply', 'unapply', 'writeOff', 'reverse'] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** A receivable document a posting touches, by the source's id. `open` is what the hub last read. */
export interface DocumentShare {
  readonly externalId: string;
  /** Human number, for sentences and diffs. */
  readonly number: string;
  /** Line or instalment of the document, where the source has one. */
  readonly lineExternalId: string | null;
  readonly amount: Money;
  readonly openBefore: Money;
  /**
   * An early-payment discount the source grants up to a day and takes by itself once no more than it stays open. Only where the source
   * tells one: in the extras of its invoices, as `earlyDiscountAmount` (decimal text) and `earlyDiscountUntil`.
   */
  readonly earlyDiscount?: { readonly amount: Money; readonly until: LocalDate };
}

export interface WriteOffShare extends DocumentShare {
  /** General-ledger account that takes the difference. */
  readonly accountExternalId: string;
  readonly reasonCode: string;
}

/**
 * One customer's cash as the hub wants it booked. All amounts are in `amount.currency`.
 * Invariant ({@link intentProblems}): amount + credits = invoices + onAccount, and no share is zero or beyond what is open.
 */
export interface PostingIntent {
  /** Minted once at finalize, stored before the first call, written into the target. `[A-Za-z0-9_-]`, at most 60 characters. */
  readonly idempotencyKey: string;
  readonly customerExternalId: string;
  readonly companyExternalId: string | null;
  readonly postedOn: LocalDate;
  /** Cash received. Zero when credits alone settle invoices. */
  readonly amount: Money;
  /** Bank account of the general ledger; null books to undeposited funds. */
  readonly bankAccountExternalId: string | null;
  readonly receivablesAccountExternalId: string | null;
  readonly reference: string | null;
  readonly memo: string | null;
  readonly invoices: readonly DocumentShare[];
  readonly credits: readonly DocumentShare[];
  /** Short pays closed at once. Beside, not inside, `invoices`: the invoice closes by paid + written off. */
  readonly writeOffs: readonly WriteOffShare[];
  readonly onAccount: Money;
}

/** What one step should leave in the target, in words that a read-back can be compared with, field by field. */
export interface ExpectedBooking {
  /** Canonical field -> text. Amounts as decimal text with the currency's decimals, days as `YYYY-MM-DD`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Applications the document must hold, exactly these. */
  readonly applications: readonly { readonly externalId: string; readonly amount: DecimalText }[];
}

/** One call to the target. Made by the connector's pure `plan`, stored before anything is sent, shown by the dry-run. */
export interface PlannedStep {
  /** Idempotency key of this step alone: what {@link PostingIntent.idempotencyKey} is for the whole. */
  readonly stepKey: string;
  readonly operation: OperationName;
  readonly action: 'create' | 'update' | 'delete';
  /** The target's record type, in the target's own word: `customerPayment`, `journalEntry`. */
  readonly recordType: string;
  /** Of the record to change or delete: an id, or the step whose result it is. Null for a create. */
  readonly target: { readonly externalId: string } | { readonly stepKey: string } | null;
  /** The request as the target wants it. `{"$step": "<stepKey>"}` anywhere stands for that step's resulting id. */
  readonly body: JsonObject;
  readonly expected: ExpectedBooking;
  /** How open amounts move: the lines of the dry-run. */
  readonly effects: readonly OpenAmountChange[];
  /** One sentence for people. */
  readonly says: string;
}

export interface OpenAmountChange {
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly externalId: string;
  readonly number: string;
  readonly currency: CurrencyCode;
  readonly before: DecimalText;
  readonly after: DecimalText;
}

/** Something the target would refuse, seen before anything is sent. */
export interface Refusal {
  /** Closed set, so that consoles can offer the right cure. */
  readonly code: 'periodClosed' | 'overApplied' | 'recordLocked' | 'accountMissing' | 'customerMismatch' | 'companyMismatch' | 'currencyMismatch'
  | 'documentMissing' | 'documentChanged' | 'notSupported' | 'permissionMissing' | 'other';
  /** Path into the step: `steps[0].body.apply.items[2].amount`. */
  readonly path: string;
  readonly value: string;
  readonly problem: string;
  /** What a person can do about it. */
  readonly cure: string;
}

/** What the target holds for one step, read back after the write. */
export interface BookedRecord {
  readonly stepKey: string;
  /** Null when the target has no such record. */
  readonly externalId: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly applications: readonly { readonly externalId: string; readonly amount: DecimalText }[];
}

/** Longest key every known target can store and search. */
export const IDEMPOTENCY_KEY_MAX = 60;
const IDEMPOTENCY_KEY = new RegExp(`^[A-Za-z0-9_-]{1,${IDEMPOTENCY_KEY_MAX}}$`);

/** Everything wrong with an intent, as sentences; empty when it may be planned. */
export function intentProblems(intent: PostingIntent): string[] {
  const problems: string[] = [];
  const { currency } = intent.amount;
  if (!IDEMPOTENCY_KEY.test(intent.idempotencyKey)) problems.push(`idempotency key "${intent.idempotencyKey}" must be 1 to ${IDEMPOTENCY_KEY_MAX} of A-Z a-z 0-9 _ -`);
  if (intent.amount.minor < 0n) problems.push('amount is negative');
  if (intent.onAccount.minor < 0n) problems.push('the amount on account is negative');
  const shares = [...intent.invoices, ...intent.credits, ...intent.writeOffs];
  for (const share of shares) {
    if (share.amount.currency !== currency) problems.push(`${share.number} is in ${share.amount.currency}, the payment in ${currency}`);
    if (share.amount.minor <= 0n) problems.push(`${share.number} takes no positive amount`);
  }
  if (problems.length > 0) return problems;
  for (const [number, taken, open] of takenByDocument([...intent.invoices, ...intent.writeOffs])) {
    if (taken > open) problems.push(`invoice ${number} takes more than is open`);
  }
  for (const [number, taken, open] of takenByDocument(intent.credits)) {
    if (taken > open) problems.push(`credit ${number} gives more than is open`);
  }
  const total = (list: readonly DocumentShare[]): bigint => list.reduce((sum, share) => sum + share.amount.minor, 0n);
  const gap = intent.amount.minor + total(intent.credits) - total(intent.invoices) - intent.onAccount.minor;
  if (gap !== 0n) problems.push(`amount plus credits differs from invoices plus on-account by ${gap} minor units of ${currency}`);
  return problems;
}

function takenByDocument(shares: readonly DocumentShare[]): [number: string, taken: bigint, open: bigint][] {
  const taken = new Map<string, [string, bigint, bigint]>();
  for (const share of shares) {
    const key = `${share.externalId}/${share.lineExternalId ?? ''}`;
    const [number, sum, open] = taken.get(key) ?? [share.number, 0n, share.openBefore.minor];
    taken.set(key, [number, sum + share.amount.minor, open]);
  }
  return [...taken.values()];
}
