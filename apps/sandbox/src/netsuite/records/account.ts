import { accountTimeText } from '../book/account-time.js';
import { Book, type Row } from '../book/book.js';
import type { SandboxClock } from '../../simulation/clock.js';
import type { AccountSettings } from '../settings.js';
import type { Reference } from './body.js';
import { invalidValue } from './record-error.js';

/** What every record operation works with. */
export interface Account {
  readonly book: Book;
  readonly settings: AccountSettings;
  readonly clock: SandboxClock;
}

/** Now as the account's own clock writes it. */
export function accountNow(account: Account): string {
  return accountTimeText(account.clock.now(), account.settings.timeZone);
}

const TRANSACTION_FIELDS = new Set(['doc', 'deposit', 'transaction']);

/**
 * The row a reference names.
 * @throws RecordError "Invalid Field Value ... for the following field" when there is none, with the path of the field
 */
export function resolve(account: Account, table: string, reference: Reference, field: string, path = field): Row & { readonly id: number } {
  const value = 'id' in reference ? reference.id : reference.externalId;
  const column = 'id' in reference ? 'id' : 'externalid';
  const external = table === 'customer' || table === 'transaction' || TRANSACTION_FIELDS.has(field);
  const numeric = column === 'id' && !/^\d+$/.test(value);
  const row = numeric || (column === 'externalid' && !external) ? undefined : account.book.one<Row & { id: number }>(`SELECT * FROM "${table}" WHERE ${column} = ?`, value);
  if (row === undefined) throw invalidValue(value, field, path);
  return row;
}

export function currencyDecimals(account: Account, currency: number): number {
  return Number(account.book.one<{ currencyprecision: string }>('SELECT currencyprecision FROM currency WHERE id = ?', currency)?.currencyprecision ?? 2);
}

/** The customer, everyone above and everyone below: only they may settle each other's documents (reference A0 fact 9). */
export function family(account: Account, customer: number): ReadonlySet<number> {
  const rows = account.book.all<{ id: number }>(
    `WITH RECURSIVE up(id) AS (VALUES(?) UNION SELECT parent FROM customer JOIN up ON customer.id = up.id WHERE parent IS NOT NULL),
       down(id) AS (VALUES(?) UNION SELECT customer.id FROM customer JOIN down ON customer.parent = down.id)
     SELECT id FROM up UNION SELECT id FROM down`, customer, customer,
  );
  return new Set(rows.map((row) => row.id));
}
