import type { Database } from '#storage';
import type { TestDatabase } from './database.js';

export interface BankLine {
  /** Major units as text: `100.00`. US dollars. */
  readonly amount: string;
  readonly memo?: string;
  readonly payerName?: string | null;
  readonly payerAccount?: string | null;
  readonly kind?: string;
  readonly code?: string | null;
  readonly bookedOn?: string;
}

/** A bank account that posts into a connection, with one statement to hang lines on. */
export interface TestBank {
  readonly bankAccountId: string;
  readonly add: (line: BankLine) => Promise<string>;
}

/** @param ledgerAccountExternalId the bank account in the general ledger of the connection's target. */
export async function openTestBank(test: Pick<TestDatabase, 'database' | 'tenantId'>, connectionId: string | null, ledgerAccountExternalId: string | null = null): Promise<TestBank> {
  const { database, tenantId } = test;
  const serial = Math.random().toString(36).slice(2);
  const bankAccountId = await insert(database, tenantId, `INSERT INTO bank_account (name, account_number, currency, connection_id, ledger_account_external_id)
    VALUES ('Operating', $1, 'USD', $2, $3) RETURNING id`, [serial, connectionId, ledgerAccountExternalId]);
  const file = await insert(database, tenantId, `INSERT INTO received_document (name, content, content_hash, source, status, uploaded_by)
    VALUES ('lines.bai2', $1, $1, 'spec', 'processed', 'spec') RETURNING id`, [Buffer.from(serial)]);
  const statement = await insert(database, tenantId, `INSERT INTO bank_statement (received_document_id, bank_account_id, position, as_of, status, balances) VALUES ($1, $2, 1, now()::date, 'add', '[]') RETURNING id`, [file, bankAccountId]);
  let count = 0;
  const add = (line: BankLine): Promise<string> => {
    count += 1;
    return insert(database, tenantId, `
      INSERT INTO bank_transaction (bank_account_id, bank_statement_id, identity, booked_on, amount_minor, currency, code, kind, reversal, pending, payer_name, payer_account, memo, place, status)
      VALUES ($1, $2, $3, coalesce($4::date, now()::date), round($5::numeric * 100), 'USD', $6, $7, false, false, $8, $9, $10, '{}', 'potentialPayment') RETURNING id`,
    [bankAccountId, statement, `line ${count}`, line.bookedOn ?? null, line.amount, line.code ?? null, line.kind ?? 'ach', line.payerName ?? null, line.payerAccount ?? null, line.memo ?? '']);
  };
  return { bankAccountId, add };
}

async function insert(database: Database, tenantId: string, sql: string, values: readonly (string | number | Buffer | null)[]): Promise<string> {
  const row = await database.inTenant(tenantId, (transaction) => transaction.one<{ id: string }>(sql, values));
  if (row === null) throw new Error('nothing was inserted');
  return row.id;
}
