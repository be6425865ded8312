import { MoneyError } from '#canonical';
import { amountText, readAmount } from '../amounts.js';
import { PlaidError, invalidField } from '../errors.js';
import type { BankChange } from '../book/bank.js';
import { anyTransaction, dayBefore, REFRESH_RAISE } from '../book/history.js';
import type { Item } from '../book/item.js';
import { DYNAMIC_USER } from '../book/lifecycle.js';
import { CREATED_TRANSACTION_DAYS_MAX, CREATED_TRANSACTIONS_MAX, DAYS_REQUESTED_MAX } from '../settings.js';
import { ACCESS_TOKEN, itemIn, type Endpoint, type Vendor } from './endpoint.js';
import { addressIn, objectIn, textIn, type Input } from './fields.js';
import { TEST_USER } from './link.js';

/** /sandbox/public_token/create: a linked login without a browser. */
export const SANDBOX_PUBLIC_TOKEN: Endpoint = {
  requestClass: 'sandbox',
  fields: {
    institution_id: { kind: 'text', required: true }, initial_products: { kind: 'list', required: true, min: 1 }, user_token: { kind: 'text' }, user_id: { kind: 'text' },
    options: {
      kind: 'object',
      fields: {
        webhook: { kind: 'text' }, override_username: { kind: 'text', nullable: true }, override_password: { kind: 'text', nullable: true }, statements: { kind: 'anything' }, income_verification: { kind: 'anything' },
        transactions: { kind: 'object', fields: { start_date: { kind: 'text' }, end_date: { kind: 'text' }, days_requested: { kind: 'integer', min: 1, max: DAYS_REQUESTED_MAX } } },
      },
    },
  },
  answer: ({ lifecycle }, { clientId, input }) => {
    const options = objectIn(input, 'options');
    const days = objectIn(options, 'transactions')['days_requested'];
    const { publicToken } = lifecycle.link({
      clientId, institutionId: textIn(input, 'institution_id'), username: String(options['override_username'] ?? TEST_USER), products: (input['initial_products'] as unknown[]).map(String), webhook: addressIn(options, 'webhook'), daysRequested: typeof days === 'number' ? days : null,
    });
    return { public_token: publicToken };
  },
};

const WEBHOOK_CODES = ['DEFAULT_UPDATE', 'NEW_ACCOUNTS_AVAILABLE', 'SMS_MICRODEPOSITS_VERIFICATION', 'AUTHORIZATION_GRANTED', 'USER_PERMISSION_REVOKED', 'USER_ACCOUNT_REVOKED', 'PENDING_DISCONNECT', 'RECURRING_TRANSACTIONS_UPDATE', 'LOGIN_REPAIRED', 'SYNC_UPDATES_AVAILABLE', 'PRODUCT_READY', 'ERROR'] as const;
const WEBHOOK_TYPES = ['AUTH', 'HOLDINGS', 'INVESTMENTS_TRANSACTIONS', 'ITEM', 'LIABILITIES', 'TRANSACTIONS', 'ASSETS'] as const;

export const SANDBOX_FIRE_WEBHOOK: Endpoint = {
  requestClass: 'sandbox',
  fields: { ...ACCESS_TOKEN, webhook_code: { kind: 'text', required: true, oneOf: WEBHOOK_CODES }, webhook_type: { kind: 'text', oneOf: WEBHOOK_TYPES } },
  answer: ({ notices }, { input }, item) => {
    if (!notices.fire(itemIn(item), textIn(input, 'webhook_code'))) throw new PlaidError('SANDBOX_WEBHOOK_INVALID');
    return { webhook_fired: true };
  },
};

export const SANDBOX_RESET_LOGIN: Endpoint = {
  requestClass: 'sandbox',
  fields: ACCESS_TOKEN,
  answer: ({ lifecycle }, _request, item) => {
    lifecycle.break(itemIn(item), new PlaidError('ITEM_LOGIN_REQUIRED'));
    return { reset_login: true };
  },
};

/** /sandbox/transactions/create: rows of the last 14 days for the dynamic test user. */
export const SANDBOX_TRANSACTIONS: Endpoint = {
  requestClass: 'sandboxTransactions',
  fields: { ...ACCESS_TOKEN, transactions: { kind: 'list', required: true, min: 1, max: CREATED_TRANSACTIONS_MAX } },
  answer: (vendor, { input }, found) => {
    const item = itemIn(found);
    if (item.username !== DYNAMIC_USER) throw new PlaidError('SANDBOX_PRODUCT_NOT_ENABLED', `this endpoint can only be used with Items created with the ${DYNAMIC_USER} test user`);
    assertFetched(item);
    const changes = (input['transactions'] as unknown[]).map((row, index) => createdRow(vendor, row, `transactions.${index}`));
    vendor.notices.updated(item, vendor.bank.update(item, changes));
    return {};
  },
};

function createdRow(vendor: Vendor, value: unknown, name: string): BankChange {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField(name, 'must be an object');
  const row = value as Input;
  const missing = ['date_transacted', 'date_posted', 'amount', 'description'].filter((field) => row[field] === undefined);
  if (missing.length > 0) throw new PlaidError('MISSING_FIELDS', `the following required fields are missing: ${missing.map((field) => `${name}.${field}`).join(', ')}`);
  const today = vendor.nowMs();
  for (const field of ['date_transacted', 'date_posted']) {
    const day = String(row[field]);
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || day > dayBefore(today, 0) || day < dayBefore(today, CREATED_TRANSACTION_DAYS_MAX)) throw invalidField(`${name}.${field}`, `must be a date of the last ${CREATED_TRANSACTION_DAYS_MAX} days`);
  }
  return { op: 'add', transaction: { amount: amountIn(row['amount'], `${name}.amount`), date: String(row['date_posted']), authorizedDate: String(row['date_transacted']), name: String(row['description']), ...(row['iso_currency_code'] === undefined ? {} : { isoCurrencyCode: String(row['iso_currency_code']), unofficialCurrencyCode: null }) } };
}

function amountIn(value: unknown, name: string): string {
  try {
    if (typeof value === 'number') return amountText(readAmount(String(value)));
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
  }
  throw invalidField(name, 'must be a number');
}

function assertFetched(item: Item): void {
  if (item.stage === 'NOT_READY') throw new PlaidError('PRODUCT_NOT_READY');
}

const REFRESH_PENDING_ROWS = 3;

/** /transactions/refresh. For the dynamic test user all pending rows post, new ones come, and one earlier amount rises by 1.00 (reference "Sandbox fidelity"). */
export const REFRESH: Endpoint = {
  requestClass: 'refresh',
  fields: ACCESS_TOKEN,
  answer: (vendor, _request, found) => {
    const item = itemIn(found);
    item.lastSuccessfulUpdateMs = vendor.nowMs();
    if (item.username === DYNAMIC_USER && item.stage !== 'NOT_READY') vendor.notices.updated(item, vendor.bank.update(item, refreshed(vendor, item)));
    return {};
  },
};

function refreshed({ random, today }: Vendor, item: Item): BankChange[] {
  const rows = item.feed.truth();
  const posted = rows.filter((row) => !row.pending);
  const raised = posted.length === 0 ? [] : [random.pick(posted)];
  return [
    ...rows.filter((row) => row.pending).map((row): BankChange => ({ op: 'post', transactionId: row.transactionId })),
    ...Array.from({ length: REFRESH_PENDING_ROWS }, (): BankChange => ({ op: 'add', transaction: { ...anyTransaction(random, today()), pending: true } })),
    ...raised.map((row): BankChange => ({ op: 'modify', transactionId: row.transactionId, changes: { amount: amountText(row.units + REFRESH_RAISE) } })),
  ];
}
