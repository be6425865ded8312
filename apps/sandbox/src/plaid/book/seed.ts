import { amountText, readAmount } from '../amounts.js';
import type { Account } from './item.js';
import type { BankTransaction, Counterparty, PaymentMeta } from './transaction.js';

/** A row as a test writes it; what is left out is what an ordinary bank leaves out. */
export interface TransactionSeed {
  /** Decimal text, positive = money out. */
  readonly amount: string;
  /** The account's own when absent. */
  readonly accountId?: string;
  /** Today when absent. */
  readonly date?: string;
  readonly authorizedDate?: string | null;
  readonly datetime?: string | null;
  readonly name?: string;
  readonly originalDescription?: string;
  readonly merchantName?: string | null;
  readonly checkNumber?: string | null;
  readonly paymentChannel?: BankTransaction['paymentChannel'];
  readonly transactionCode?: string | null;
  readonly pending?: boolean;
  readonly accountOwner?: string | null;
  readonly paymentMeta?: PaymentMeta;
  readonly counterparties?: readonly Counterparty[];
  readonly isoCurrencyCode?: string | null;
  readonly unofficialCurrencyCode?: string | null;
}

/** What can be said of a row; `accountId` is where it stands and does not change. */
const CHANGEABLE = ['amount', 'date', 'authorizedDate', 'datetime', 'name', 'originalDescription', 'merchantName', 'checkNumber', 'paymentChannel', 'transactionCode', 'pending', 'accountOwner', 'paymentMeta', 'counterparties', 'isoCurrencyCode', 'unofficialCurrencyCode'] as const;
export const SEED_FIELDS: readonly string[] = ['accountId', ...CHANGEABLE];

export class SeedError extends Error {
  override readonly name = 'SeedError';
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function check(changes: Partial<TransactionSeed>): void {
  const unknown = Object.keys(changes).filter((name) => !SEED_FIELDS.includes(name));
  if (unknown.length > 0) throw new SeedError(`unknown ${unknown.join(', ')}; a transaction has ${SEED_FIELDS.join(', ')}`);
  if (changes.amount !== undefined && typeof changes.amount !== 'string') throw new SeedError(`amount must be decimal text, not ${JSON.stringify(changes.amount)}`);
  for (const day of [changes.date, changes.authorizedDate ?? undefined]) if (day !== undefined && !DAY.test(day)) throw new SeedError(`"${day}" is no day YYYY-MM-DD`);
}

/** @throws SeedError, MoneyError for fields that are unknown or no amount or day */
export function transactionFrom(seed: TransactionSeed, account: Account, transactionId: string, today: string): BankTransaction {
  const bare: BankTransaction = {
    transactionId, accountId: account.accountId, units: 0n, isoCurrencyCode: account.isoCurrencyCode, unofficialCurrencyCode: account.unofficialCurrencyCode, date: today, authorizedDate: null, datetime: null,
    name: 'DEPOSIT', originalDescription: '', merchantName: null, checkNumber: null, paymentChannel: 'other', transactionCode: null, pending: false, pendingTransactionId: null, accountOwner: null, paymentMeta: {}, counterparties: [],
  };
  if (seed.amount === undefined) throw new SeedError('a transaction needs an amount');
  const row = changedTransaction(bare, seed);
  return seed.originalDescription === undefined ? { ...row, originalDescription: row.name } : row;
}

/** @throws SeedError, MoneyError */
export function changedTransaction(row: BankTransaction, changes: Partial<TransactionSeed>): BankTransaction {
  check(changes);
  const { amount, accountId: _stays, ...others } = changes;
  const named = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const changed: BankTransaction = { ...row, ...named, ...(amount === undefined ? {} : { units: readAmount(amount) }) };
  if ((changed.isoCurrencyCode === null) === (changed.unofficialCurrencyCode === null)) throw new SeedError('a transaction has either an ISO currency or an unofficial one');
  return changed;
}

/** A row of the feed as another row could be written from it. */
export function seedOf(row: BankTransaction): TransactionSeed {
  const { units, transactionId: _id, pendingTransactionId: _pending, ...others } = row;
  return { ...others, amount: amountText(units) };
}
