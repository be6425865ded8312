import type { Database, Transaction } from './database.js';

/** A named right to be the only one, on the **database's** clock. `token` grows with every holder: an old holder's token never matches again. */
export interface Lease {
  readonly name: string;
  readonly token: string;
}

/** Takes a free or expired lease. Null when somebody else holds it. */
export async function acquireLease(database: Database, name: string, holder: string, durationMs: number): Promise<Lease | null> {
  const row = await database.acrossTenants((transaction) => transaction.one<{ token: string }>(`
    INSERT INTO lease (name, token, holder, expires_at)
    VALUES ($1, nextval('lease_token'), $2, clock_timestamp() + $3 * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET token = excluded.token, holder = excluded.holder, expires_at = excluded.expires_at
    WHERE lease.expires_at < clock_timestamp()
    RETURNING token`, [name, holder, durationMs]));
  return row === null ? null : { name, token: row.token };
}

/** Prolongs a lease that is still ours. False when it was lost: stop at once, somebody else may be at work. */
export async function renewLease(database: Database, lease: Lease, durationMs: number): Promise<boolean> {
  const renewed = await database.acrossTenants((transaction) => transaction.execute(`
    UPDATE lease SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE name = $1 AND token = $2 AND expires_at > clock_timestamp()`, [lease.name, lease.token, durationMs]));
  return renewed === 1;
}

/** Gives a lease back; nothing happens when it was lost meanwhile. */
export async function releaseLease(database: Database, lease: Lease): Promise<void> {
  await database.acrossTenants((transaction) => transaction.execute('DELETE FROM lease WHERE name = $1 AND token = $2', [lease.name, lease.token]));
}

/** Inside a transaction: locks the lease row and says whether it is still ours, so that a page commits only under a live lease. */
export async function holdsLease(transaction: Transaction, lease: Lease): Promise<boolean> {
  const row = await transaction.one('SELECT 1 FROM lease WHERE name = $1 AND token = $2 AND expires_at > clock_timestamp() FOR SHARE', [lease.name, lease.token]);
  return row !== null;
}
