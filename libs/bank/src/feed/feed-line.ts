import { createHash } from 'node:crypto';
import { canonicalJson, CurrencyError, MoneyError, parseMoney, type Money, type StatementTransaction } from '#canonical';
import type { FeedTransaction } from '#connector-kit';
import { NOWHERE } from '../import-findings.js';
import type { IncomingRow } from '../rules/feed-plan.js';
import { storageProblem } from '../rules/storable.js';

/** A transaction of an update with what identity asks of it. */
export interface FeedItem extends IncomingRow {
  readonly transaction: FeedTransaction;
}

/** @param accountId our account. */
export function feedItem(transaction: FeedTransaction, accountId: string): FeedItem {
  const { externalId, replacesExternalId, pending, payload: _, accountExternalId: __, ...content } = transaction;
  const { bookedOn, amount, currency, memo, checkNumber, bankReference } = content;
  return {
    externalId, accountId, replacesExternalId, pending, transaction,
    contentHash: digest({ ...content, pending }), likeness: digest({ bookedOn, amount, currency, memo, checkNumber, bankReference }),
  };
}

function digest(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('base64');
}

/** A transaction as a line, or why it is none: it is kept all the same, and nothing about it is guessed. */
export function lineOf(transaction: FeedTransaction): { readonly line: StatementTransaction } | { readonly problem: string } {
  const { currency, amount } = transaction;
  if (currency === null) return { problem: 'the source names no ISO 4217 currency: it is kept and shown, and no invoice can be paid with it' };
  const money = moneyOf(amount, currency);
  if (typeof money === 'string') return { problem: money };
  const line: StatementTransaction = {
    bookedOn: transaction.bookedOn, valueOn: null, amount: money, code: transaction.code, kind: transaction.kind, reversal: false, pending: transaction.pending,
    bankReference: transaction.bankReference, customerReference: null, endToEndId: null, checkNumber: transaction.checkNumber, payer: transaction.payer, memo: transaction.memo,
    structuredReferences: [], lines: [], where: NOWHERE,
  };
  const problem = storageProblem(line);
  return problem === null ? { line } : { problem };
}

/** The problem in words when the text is finer than the currency or no amount at all. */
function moneyOf(amount: string, currency: string): Money | string {
  try {
    return parseMoney(amount, currency);
  } catch (error) {
    if (error instanceof MoneyError || error instanceof CurrencyError) return `the amount "${amount.slice(0, 40)}" ${currency} cannot be kept: ${error.message}`;
    throw error;
  }
}
