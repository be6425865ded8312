import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { parseLocalDate, type Money } from '#canonical';
import type { IntentDraft, PostingService } from '#posting';
import type { Database } from '#storage';

/** A tenant's books with one connection, and as many open invoices and bank transactions of 10.00 and upwards as wanted. */
export interface PostingWorld {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly customerId: string;
  readonly bankTransactionIds: readonly string[];
}

const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });
/** Every amount differs from its neighbours, so that sums tell a swap from an exact match. */
export const amountOf = (index: number): bigint => 1_000n + BigInt(index);
export const invoiceIdOf = (index: number): string => `inv-${index}`;

export async function makeWorld(database: Database, tenantId: string, size: number): Promise<PostingWorld> {
  return database.inTenant(tenantId, async (transaction) => {
    const id = async (sql: string, values: (string | number)[] = []): Promise<string> => (await transaction.one<{ id: string }>(`${sql} RETURNING id`, values))?.id ?? '';
    const connectionId = await id(`INSERT INTO connection (name, connector, config) VALUES ('mock ' || md5(random()::text), 'mock', '{}')`);
    const customerId = await id(`INSERT INTO customer (connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, name, other_names, active)
      VALUES ($1, 'cust-1', 0, 'test', 1, 0, '', 'Customer One', '{}', true)`, [connectionId]);
    await transaction.execute(`
      INSERT INTO invoice (connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, number, customer_external_id, currency, issued_on, total_minor, open_minor, status)
      SELECT $1, 'inv-' || n, 0, 'test', 1, 0, '', 'INV-' || n, 'cust-1', 'USD', '2026-01-01', 1000 + n, 1000 + n, 'open' FROM generate_series(0, $2::int - 1) AS n`, [connectionId, size]);
    const account = await id(`INSERT INTO bank_account (name, account_number, currency) VALUES ('Main', md5(random()::text), 'USD')`);
    const file = await id(`INSERT INTO received_document (name, content, content_hash, source, status, uploaded_by) VALUES ('f', '', decode(md5(random()::text), 'hex'), 'test', 'processed', 'test')`);
    const statement = await id(`INSERT INTO bank_statement (received_document_id, bank_account_id, as_of, status, balances) VALUES ($1, $2, '2026-01-31', 'add', '[]')`, [file, account]);
    const rows = await transaction.query<{ id: string }>(`
      INSERT INTO bank_transaction (bank_account_id, bank_statement_id, identity, booked_on, amount_minor, currency, kind, reversal, pending, memo, place, status)
      SELECT $1, $2, 'tx-' || n, '2026-01-31', 1000 + n, 'USD', 'ach', false, false, '', '{}', 'readyToPost' FROM generate_series(0, $3::int - 1) AS n ORDER BY n RETURNING id`, [account, statement, size]);
    return { tenantId, connectionId, customerId, bankTransactionIds: rows.map((row) => row.id) };
  });
}

/** Pays invoice number `index` in full, unless told otherwise. */
export function draftOf(index: number, change: Partial<IntentDraft> = {}): IntentDraft {
  const amount = usd(amountOf(index));
  return {
    customerExternalId: 'cust-1', companyExternalId: null, postedOn: parseLocalDate('2026-01-31'), amount, bankAccountExternalId: '1000', receivablesAccountExternalId: null,
    reference: null, memo: null, credits: [], writeOffs: [], onAccount: usd(0n),
    invoices: [{ externalId: invoiceIdOf(index), number: `INV-${index}`, lineExternalId: null, amount, openBefore: amount }], ...change,
  };
}

export async function finalizeOne(service: PostingService, world: PostingWorld, index: number, change: Partial<IntentDraft> = {}): Promise<string> {
  const [id] = await service.finalize(world.tenantId, {
    connectionId: world.connectionId, bankTransactionId: world.bankTransactionIds[index] ?? '', createdBy: 'tester', parts: [{ intent: draftOf(index, change), customerId: world.customerId }],
  });
  if (id === undefined) throw new Error('no posting was made');
  return id;
}

const FINALIZES_AT_ONCE = 4;

/** Finalizes everything in parts, with a pause after each: work for a lane that is at work already. */
export async function finalizeInWaves(service: PostingService, world: PostingWorld, waves: number, pauseMs: number): Promise<void> {
  const size = Math.ceil(world.bankTransactionIds.length / waves);
  for (let first = 0; first < world.bankTransactionIds.length; first += size) {
    for (let index = first; index < Math.min(first + size, world.bankTransactionIds.length); index += 1) await finalizeOne(service, world, index);
    await sleep(pauseMs);
  }
}

export async function finalizeAll(service: PostingService, world: PostingWorld): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < world.bankTransactionIds.length) {
      const index = next;
      next += 1;
      ids[index] = await finalizeOne(service, world, index);
    }
  };
  await Promise.all(Array.from({ length: FINALIZES_AT_ONCE }, work));
  return ids;
}

/** Runs statements as the owner of the schema, who sees past row-level security. */
export async function asOwner<R extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
