import pg from 'pg';
import { ApiKeys, AuditTrail } from '#access';
import { acquireLease, holdsLease, INVOICES, ListError, readList, releaseLease, renewLease, undoMigrations, migrate, dumpSchema } from '#storage';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

describe('storage', () => {
  let test: TestDatabase;
  beforeAll(async () => { test = await openTestDatabase(); });
  afterAll(async () => { await test.close(); });

  async function asOwner<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: test.url });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('puts every table but the lease under forced row-level security with a policy', async () => {
    const unprotected = await asOwner<{ name: string }>(`
      SELECT c.relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ('lease', 'migration')
        AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))`);
    expect(unprotected).toEqual([]);
    const [role] = await asOwner<{ trusted: boolean }>(`SELECT rolsuper OR rolbypassrls AS trusted FROM pg_roles WHERE rolname = 'tributary_app'`);
    expect(role?.trusted).toBe(false);
  });

  it('hides a tenant\'s rows from every other tenant and from work without a tenant, even from a query that asks for them', async () => {
    const { database, tenantId, otherTenantId } = test;
    await database.inTenant(tenantId, (transaction) => transaction.execute(`INSERT INTO connection (name, connector, config) VALUES ('books', 'memory', '{}')`));
    const wrong = `SELECT * FROM connection WHERE tenant_id = ${tenantId}`;
    expect(await database.inTenant(otherTenantId, (transaction) => transaction.query(wrong))).toEqual([]);
    expect(await database.acrossTenants((transaction) => transaction.query(wrong))).toEqual([]);
    expect(await database.inTenant(tenantId, (transaction) => transaction.query(wrong))).toHaveLength(1);
    await expect(database.inTenant(otherTenantId, (transaction) => transaction.execute(`INSERT INTO connection (tenant_id, name, connector, config) VALUES (${tenantId}, 'x', 'memory', '{}')`)))
      .rejects.toThrow('row-level security');
    await expect(database.inTenant(`${tenantId}; DROP TABLE tenant`, () => Promise.resolve())).rejects.toThrow('is not a tenant id');
  });

  it('lets nobody change what is append-only', async () => {
    const { database, tenantId } = test;
    for (const table of ['raw_record', 'audit_entry', 'posting_move', 'event']) {
      await expect(database.inTenant(tenantId, (transaction) => transaction.execute(`DELETE FROM ${table}`))).rejects.toThrow('permission denied');
      await expect(database.inTenant(tenantId, (transaction) => transaction.execute(`UPDATE ${table} SET tenant_id = tenant_id`))).rejects.toThrow('permission denied');
    }
  });

  it('gives a lease to one holder, on the database\'s clock, and never revives an expired one', async () => {
    const { database, tenantId } = test;
    const lease = await acquireLease(database, 'lane', 'a', 60_000);
    if (lease === null) throw new Error('the lease was free');
    expect(await acquireLease(database, 'lane', 'b', 60_000)).toBeNull();
    expect(await renewLease(database, lease, 1)).toBe(true);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    expect(await renewLease(database, lease, 60_000)).toBe(false);
    const second = await acquireLease(database, 'lane', 'b', 60_000);
    expect(BigInt(second?.token ?? 0)).toBeGreaterThan(BigInt(lease.token));
    expect(await database.inTenant(tenantId, (transaction) => holdsLease(transaction, lease))).toBe(false);
    await releaseLease(database, lease);
    expect(await acquireLease(database, 'lane', 'c', 60_000)).toBeNull();
  });

  it('finds a caller by its key alone and forgets it when revoked', async () => {
    const keys = new ApiKeys(test.database);
    const { key, apiKey } = await keys.create(test.tenantId, 'laptop', ['viewer']);
    expect(await keys.authenticate(key)).toMatchObject({ tenantId: test.tenantId, roles: ['viewer'] });
    expect(await keys.authenticate(`${key}x`)).toBeNull();
    expect(await keys.revoke(test.otherTenantId, apiKey.id)).toBe(false);
    expect(await keys.revoke(test.tenantId, apiKey.id)).toBe(true);
    expect(await keys.authenticate(key)).toBeNull();
  });

  it('chains the audit trail and finds a change the owner makes behind its back', async () => {
    const trail = new AuditTrail(test.database);
    for (let index = 0; index < 5; index += 1) {
      await test.database.inTenant(test.tenantId, (transaction) => trail.append(transaction, { actor: 'ann', action: 'connection.create', subject: `connection/${index}` }));
    }
    expect(await trail.verify(test.tenantId)).toEqual({ entries: 5, broken: null });
    await asOwner(`UPDATE audit_entry SET actor = 'mallory' WHERE tenant_id = ${test.tenantId} AND sequence = 3`);
    expect((await trail.verify(test.tenantId)).broken).toMatchObject({ sequence: '3' });
  });

  it('pages a list by keyset without skipping or repeating, and says what is wrong with a request', async () => {
    const { database, tenantId } = test;
    await database.inTenant(tenantId, (transaction) => transaction.execute(`
      INSERT INTO invoice (connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, number, customer_external_id, currency, issued_on, total_minor, open_minor, status)
      SELECT 1, g, g, 'm', 1, 1, '\\x', 'INV-' || g, 'c', 'USD', '2026-01-01', g % 5 * 100, g % 5 * 100, 'open' FROM generate_series(1, 23) g`));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await database.inTenant(tenantId, (transaction) => readList<{ number: string }>(transaction, INVOICES, { filters: { currency: 'USD', openMin: '1.00' }, sort: '-open', limit: 4, ...(cursor === undefined ? {} : { cursor }) }));
      seen.push(...page.rows.map((row) => row.number));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(19);
    const ask = (request: Parameters<typeof readList>[2]): Promise<unknown> => database.inTenant(tenantId, (transaction) => readList(transaction, INVOICES, request));
    await expect(ask({ filters: { nonsense: '1' } })).rejects.toThrow(ListError);
    await expect(ask({ filters: { openMin: '1.00' } })).rejects.toThrow('currency');
    await expect(ask({ filters: { dueBefore: '2026-02-30' } })).rejects.toThrow('calendar day');
    await expect(ask({ filters: {}, sort: 'id; DROP' })).rejects.toThrow('cannot sort');
    await expect(ask({ filters: {}, cursor: 'garbage' })).rejects.toThrow('not a cursor');
  });

  it('has the schema that schema.sql shows, and comes back to it after undoing and redoing every migration', async () => {
    const file = join(import.meta.dirname, '..', '..', 'libs', 'storage', 'schema.sql');
    const schema = await dumpSchema(test.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, schema);
    expect(schema).toBe(readFileSync(file, 'utf8'));
    const own = await openTestDatabase();
    try {
      const [row] = await own.database.acrossTenants((transaction) => transaction.query<{ count: string }>('SELECT 6 AS count'));
      await own.database.close();
      await undoMigrations(own.url, Number(row?.count));
      await migrate(own.url);
      expect(await dumpSchema(own.url)).toBe(schema);
    } finally {
      await own.close();
    }
  });
});
