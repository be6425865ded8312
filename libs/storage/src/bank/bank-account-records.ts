import type { CurrencyCode, JsonObject } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson } from './storable-text.js';

/** One account at a bank in one currency. Unlinked ones (connection null) were met in a file and wait for a person. */
export interface BankAccountRecord {
  readonly id: string;
  readonly name: string;
  /** The bank's own number, blanks left out. */
  readonly accountNumber: string;
  readonly currency: CurrencyCode;
  /** The ERP its cash is booked in. */
  readonly connectionId: string | null;
  readonly ledgerAccountExternalId: string | null;
  readonly receivablesAccountExternalId: string | null;
  readonly companyExternalId: string | null;
  /** How this account's CSV files are written, once a person has said so. */
  readonly csvLayout: JsonObject | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person may set. */
export interface BankAccountLinks {
  readonly name: string;
  readonly connectionId: string | null;
  readonly ledgerAccountExternalId: string | null;
  readonly receivablesAccountExternalId: string | null;
  readonly companyExternalId: string | null;
}

export interface AccountKey {
  readonly accountNumber: string;
  readonly currency: CurrencyCode;
}

interface BankAccountRow extends Row {
  id: string; name: string; account_number: string; currency: string; connection_id: string | null; ledger_account_external_id: string | null;
  receivables_account_external_id: string | null; company_external_id: string | null; csv_layout: JsonObject | null; version: number; created_at: Date; updated_at: Date;
}

export function asBankAccount(given: Row): BankAccountRecord {
  const row = given as BankAccountRow;
  return {
    id: row.id, name: row.name, accountNumber: row.account_number, currency: row.currency, connectionId: row.connection_id,
    ledgerAccountExternalId: row.ledger_account_external_id, receivablesAccountExternalId: row.receivables_account_external_id,
    companyExternalId: row.company_external_id, csvLayout: row.csv_layout, version: row.version, createdAt: row.created_at, updatedAt: row.updated_at,
  };
}

export async function readBankAccount(transaction: Transaction, id: string): Promise<BankAccountRecord | null> {
  const row = await transaction.one('SELECT * FROM bank_account WHERE id = $1', [id]);
  return row === null ? null : asBankAccount(row);
}

/** The currency of every account of the tenant; null where they have several, or there is none. */
export async function onlyCurrency(transaction: Transaction): Promise<CurrencyCode | null> {
  const row = await transaction.one<{ currency: string | null } & Row>('SELECT CASE WHEN min(currency) = max(currency) THEN min(currency) END AS currency FROM bank_account');
  return row?.currency ?? null;
}

/** Null when the tenant has an account of that number and currency already. */
export async function insertBankAccount(transaction: Transaction, key: AccountKey, links: BankAccountLinks): Promise<BankAccountRecord | null> {
  const row = await transaction.one(`
    INSERT INTO bank_account (account_number, currency, name, connection_id, ledger_account_external_id, receivables_account_external_id, company_external_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, account_number, currency) DO NOTHING RETURNING *`,
  [key.accountNumber, key.currency, links.name, links.connectionId, links.ledgerAccountExternalId, links.receivablesAccountExternalId, links.companyExternalId]);
  return row === null ? null : asBankAccount(row);
}

/** Null when somebody else changed it since `version`, or there is none. */
export async function updateBankAccount(transaction: Transaction, id: string, version: number, links: BankAccountLinks): Promise<BankAccountRecord | null> {
  const row = await transaction.one(`
    UPDATE bank_account SET name = $3, connection_id = $4, ledger_account_external_id = $5, receivables_account_external_id = $6, company_external_id = $7,
      version = version + 1, updated_at = now() WHERE id = $1 AND version = $2 RETURNING *`,
  [id, version, links.name, links.connectionId, links.ledgerAccountExternalId, links.receivablesAccountExternalId, links.companyExternalId]);
  return row === null ? null : asBankAccount(row);
}

export async function connectionExists(transaction: Transaction, connectionId: string): Promise<boolean> {
  return await transaction.one('SELECT 1 FROM connection WHERE id = $1', [connectionId]) !== null;
}

/** Whether the connection has brought that entity; false also when it was deleted at the source. */
export async function sourceRecordExists(transaction: Transaction, entity: 'ledgerAccount' | 'company', connectionId: string, externalId: string): Promise<boolean> {
  const table = entity === 'company' ? 'company' : 'ledger_account';
  return await transaction.one(`SELECT 1 FROM ${table} WHERE connection_id = $1 AND external_id = $2 AND deleted_at IS NULL`, [connectionId, externalId]) !== null;
}

/**
 * The accounts of a file, those of `wanted` that are missing made under the name of their number, `known` only looked up; all locked, in one
 * order, until the transaction ends, so that two files of one account take turns.
 */
export async function lockBankAccounts(
  transaction: Transaction, wanted: readonly AccountKey[], known: readonly AccountKey[],
): Promise<{ readonly accounts: readonly BankAccountRecord[]; readonly madeIds: readonly string[] }> {
  const made = await transaction.query<{ id: string }>(`
    INSERT INTO bank_account (name, account_number, currency)
    SELECT 'Account ' || number, number, currency FROM (${DISTINCT_KEYS} ORDER BY 1, 2) missing
    ON CONFLICT (tenant_id, account_number, currency) DO NOTHING RETURNING id`, keyArrays(wanted));
  const rows = await transaction.query(`
    SELECT bank_account.* FROM bank_account JOIN (${DISTINCT_KEYS}) asked ON asked.number = bank_account.account_number AND asked.currency = bank_account.currency
    ORDER BY bank_account.id FOR UPDATE OF bank_account`, keyArrays([...wanted, ...known]));
  return { accounts: rows.map(asBankAccount), madeIds: made.map((row) => row.id) };
}

const DISTINCT_KEYS = 'SELECT DISTINCT number, currency FROM unnest($1::text[], $2::text[]) AS given (number, currency)';

function keyArrays(keys: readonly AccountKey[]): string[][] {
  return [keys.map((key) => key.accountNumber), keys.map((key) => key.currency)];
}

/** Remembers how the CSV files of these accounts are written. */
export async function rememberCsvLayout(transaction: Transaction, accountIds: readonly string[], layout: object): Promise<void> {
  await transaction.execute('UPDATE bank_account SET csv_layout = $2, version = version + 1, updated_at = now() WHERE id = ANY ($1)', [[...accountIds], storableJson(layout)]);
}
