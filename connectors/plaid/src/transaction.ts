import { isCurrencyCode, parseLocalDate, type JsonObject } from '#canonical';
import { ConnectorError, type FeedTransaction } from '#connector-kit';
import { turnedDecimal } from './decimal.js';
import type { PlaidTransaction } from './shapes.js';

/** Plaid's `transaction_code` (UK banks, now some of the US) in our words; the others tell nothing that the amount does not. */
const KIND_OF_CODE: Readonly<Record<string, FeedTransaction['kind']>> = {
  'bank charge': 'fee', cheque: 'check', interest: 'interest', purchase: 'card', transfer: 'transfer',
};

/**
 * A row in the contract's words. The sign is turned: Plaid's positive is money out.
 * @param raw the row as received.
 * @throws ConnectorError `transient` for an amount that is no number: an answer not as promised.
 */
export function feedTransaction(row: PlaidTransaction, raw: JsonObject): FeedTransaction {
  const amount = turnedDecimal(row.amount);
  if (amount === null) {
    throw new ConnectorError(`Plaid transaction ${row.transaction_id}: the amount "${row.amount.slice(0, 40)}" is no decimal number`, { kind: 'transient' });
  }
  const currency = row.iso_currency_code;
  return {
    externalId: row.transaction_id,
    accountExternalId: row.account_id,
    replacesExternalId: row.pending_transaction_id,
    pending: row.pending,
    bookedOn: parseLocalDate(row.date),
    amount,
    currency: currency !== null && isCurrencyCode(currency) ? currency : null,
    code: row.transaction_code,
    kind: kindOf(row),
    payer: { name: payerName(row, !amount.startsWith('-')), account: counterpartyAccount(row), id: row.payment_meta?.ppd_id ?? null },
    memo: memoOf(row),
    bankReference: row.payment_meta?.reference_number ?? null,
    checkNumber: row.check_number,
    payload: raw,
  };
}

function kindOf(row: PlaidTransaction): FeedTransaction['kind'] {
  if (row.check_number !== null) return 'check';
  if (row.payment_meta?.payment_method?.toUpperCase() === 'ACH') return 'ach';
  const known = row.transaction_code === null ? undefined : KIND_OF_CODE[row.transaction_code];
  if (known !== undefined) return known;
  // `by_order_of` is the originator of a wire.
  return row.payment_meta?.by_order_of === null || row.payment_meta?.by_order_of === undefined ? 'other' : 'wire';
}

/** Who sent the money; for money out nobody did. What the bank names comes before what Plaid guesses from the text. */
function payerName(row: PlaidTransaction, moneyIn: boolean): string | null {
  if (!moneyIn) return null;
  return row.payment_meta?.payer ?? row.payment_meta?.by_order_of ?? row.counterparties?.[0]?.name ?? row.merchant_name;
}

function counterpartyAccount({ counterparties }: PlaidTransaction): string | null {
  const numbers = counterparties?.[0]?.account_numbers;
  return numbers?.international?.iban ?? numbers?.bacs?.account ?? null;
}

/** The bank's own text where Plaid gives it, and the payer's where it is not part of it: references stand in either. */
function memoOf(row: PlaidTransaction): string {
  const text = row.original_description ?? row.name ?? '';
  const reason = row.payment_meta?.reason ?? null;
  return reason === null || text.includes(reason) ? text : `${text} ${reason}`.trim();
}
