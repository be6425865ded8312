import { amountNumber } from '../amounts.js';

export const PAYMENT_META_FIELDS = ['reference_number', 'ppd_id', 'payee', 'by_order_of', 'payer', 'payment_method', 'payment_processor', 'reason'] as const;
export type PaymentMeta = Readonly<Partial<Record<(typeof PAYMENT_META_FIELDS)[number], string | null>>>;

export interface Counterparty {
  readonly name: string;
  readonly type: string;
  readonly confidenceLevel: string;
}

/** One row of an account as the bank has it now; replaced, never changed. Amounts are integers of 10^-8, positive = money out. */
export interface BankTransaction {
  readonly transactionId: string;
  readonly accountId: string;
  readonly units: bigint;
  readonly isoCurrencyCode: string | null;
  readonly unofficialCurrencyCode: string | null;
  readonly date: string;
  readonly authorizedDate: string | null;
  readonly datetime: string | null;
  readonly name: string;
  readonly originalDescription: string;
  readonly merchantName: string | null;
  readonly checkNumber: string | null;
  readonly paymentChannel: 'online' | 'in store' | 'other';
  readonly transactionCode: string | null;
  readonly pending: boolean;
  readonly pendingTransactionId: string | null;
  readonly accountOwner: string | null;
  readonly paymentMeta: PaymentMeta;
  readonly counterparties: readonly Counterparty[];
}

const NOWHERE = { address: null, city: null, region: null, postal_code: null, country: null, lat: null, lon: null, store_number: null };
const ROUGH_CATEGORY = { inflow: { primary: 'INCOME', detailed: 'INCOME_OTHER_INCOME' }, outflow: { primary: 'GENERAL_SERVICES', detailed: 'GENERAL_SERVICES_OTHER_GENERAL_SERVICES' } };

/** A row as /transactions/sync answers it; `original_description` only with the option (reference "Fields for matching"). */
export function transactionView(row: BankTransaction, withOriginalDescription: boolean): Record<string, unknown> {
  const category = row.units < 0n ? ROUGH_CATEGORY.inflow : ROUGH_CATEGORY.outflow;
  return {
    account_id: row.accountId, account_owner: row.accountOwner, amount: amountNumber(row.units), iso_currency_code: row.isoCurrencyCode, unofficial_currency_code: row.unofficialCurrencyCode,
    check_number: row.checkNumber, counterparties: row.counterparties.map(counterpartyView), date: row.date, datetime: row.datetime, authorized_date: row.authorizedDate, authorized_datetime: null,
    location: NOWHERE, name: row.name, merchant_name: row.merchantName, merchant_entity_id: null, logo_url: null, website: null,
    original_description: withOriginalDescription ? row.originalDescription : null,
    payment_meta: Object.fromEntries(PAYMENT_META_FIELDS.map((field) => [field, row.paymentMeta[field] ?? null])), payment_channel: row.paymentChannel, pending: row.pending,
    pending_transaction_id: row.pendingTransactionId, personal_finance_category: { ...category, confidence_level: 'LOW' }, personal_finance_category_icon_url: `https://plaid-category-icons.plaid.com/PFC_${category.primary}.png`,
    transaction_id: row.transactionId, transaction_code: row.transactionCode, transaction_type: row.paymentChannel === 'online' ? 'digital' : 'special', category: null, category_id: null,
  };
}

function counterpartyView({ name, type, confidenceLevel }: Counterparty): Record<string, unknown> {
  return { name, type, entity_id: null, website: null, logo_url: null, confidence_level: confidenceLevel, account_numbers: null };
}
