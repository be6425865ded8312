import { z } from 'zod';
import { isLocalDate, type JsonObject } from '#canonical';
import { CURSOR_LENGTH_MAX } from './limits.js';
import { PLAID_ERROR } from './errors.js';

/** The parts of Plaid's answers this connector reads. Loose: unknown fields stay, and stay unread. Numbers are text (see client.ts). */
const text = z.string().nullish().transform((value) => (value === undefined || value === null || value.trim() === '' ? null : value));
const id = z.string().min(1);

const COUNTERPARTY = z.looseObject({
  name: text,
  account_numbers: z.looseObject({
    international: z.looseObject({ iban: text }).nullish(),
    bacs: z.looseObject({ account: text, sort_code: text }).nullish(),
  }).nullish(),
});

const TRANSACTION = z.looseObject({
  transaction_id: id,
  account_id: id,
  amount: z.string(),
  iso_currency_code: text,
  unofficial_currency_code: text,
  date: z.string().refine(isLocalDate, 'must be a day'),
  name: text,
  original_description: text,
  merchant_name: text,
  check_number: text,
  transaction_code: text,
  pending: z.boolean(),
  pending_transaction_id: text,
  counterparties: z.array(COUNTERPARTY).nullish(),
  payment_meta: z.looseObject({ reference_number: text, ppd_id: text, by_order_of: text, payer: text, payment_method: text, reason: text }).nullish(),
});
export type PlaidTransaction = z.infer<typeof TRANSACTION>;

/** A row as read, beside the row as received, which is what is kept of it. */
const ROW = z.unknown().transform((raw, problems) => {
  const parsed = TRANSACTION.safeParse(raw);
  if (parsed.success) return { row: parsed.data, raw: raw as JsonObject };
  for (const { path, message } of parsed.error.issues) problems.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

export const SYNC_ANSWER = z.looseObject({
  added: z.array(ROW),
  modified: z.array(ROW),
  removed: z.array(z.looseObject({ transaction_id: id, account_id: id })),
  // The specification says text, the documentation also "null cursor" for a login that is not ready.
  next_cursor: z.string().max(CURSOR_LENGTH_MAX).nullish().transform((cursor) => cursor ?? ''),
  has_more: z.boolean(),
});
export type SyncAnswer = z.infer<typeof SYNC_ANSWER>;

const ITEM = z.looseObject({
  item_id: id,
  institution_id: text,
  institution_name: text,
  error: PLAID_ERROR.nullish(),
  available_products: z.array(z.string()).nullish(),
  billed_products: z.array(z.string()).nullish(),
  products: z.array(z.string()).nullish(),
  consent_expiration_time: text,
  update_type: text,
});
export type PlaidItem = z.infer<typeof ITEM>;

export const ITEM_ANSWER = z.looseObject({
  item: ITEM,
  status: z.looseObject({ transactions: z.looseObject({ last_successful_update: text, last_failed_update: text }).nullish() }).nullish(),
});

const ACCOUNT = z.looseObject({
  account_id: id,
  persistent_account_id: text,
  name: z.string(),
  official_name: text,
  mask: text,
  type: text,
  subtype: text,
  balances: z.looseObject({ iso_currency_code: text, unofficial_currency_code: text }).nullish(),
});
export type PlaidAccount = z.infer<typeof ACCOUNT>;

export const ACCOUNTS_ANSWER = z.looseObject({ accounts: z.array(ACCOUNT), item: ITEM });

export const LINK_TOKEN_ANSWER = z.looseObject({ link_token: id, expiration: z.string(), hosted_link_url: text });
export const EXCHANGE_ANSWER = z.looseObject({ access_token: id, item_id: id });

export const KEY_ANSWER = z.looseObject({
  key: z.looseObject({ kid: id, kty: z.literal('EC'), crv: z.literal('P-256'), alg: z.literal('ES256'), x: id, y: id, expired_at: z.string().nullish() }),
});
export const ANYTHING = z.looseObject({});

export const WEBHOOK_BODY = z.looseObject({ webhook_type: z.string(), webhook_code: z.string(), item_id: z.string().nullish() });
