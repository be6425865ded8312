import type { Transaction } from '../database.js';
import { recordConnectionEvent } from './connection-health.js';

/** Tells the change feed of what ends, each end once: `connection.expiring`. @param expiries with instants that are some. */
export async function tellExpiries(
  transaction: Transaction, connectionId: string, expiries: readonly { readonly what: string; readonly at: string; readonly cure: string }[],
): Promise<void> {
  for (const { what, at, cure } of expiries) {
    const told = await transaction.execute('INSERT INTO connection_expiry (connection_id, what, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [connectionId, what, new Date(at)]);
    if (told === 1) await recordConnectionEvent(transaction, connectionId, 'connection.expiring', { what, at, cure });
  }
}

/** Asks for a check at the next turn of a worker; survives whoever asked. False when there is no such connection. */
export async function wantCheck(transaction: Transaction, connectionId: string): Promise<boolean> {
  return await transaction.execute('UPDATE connection SET check_wanted_at = clock_timestamp() WHERE id = $1', [connectionId]) === 1;
}

/** A check was asked for, or none was tried for {@link CHECK_EVERY_HOURS}. */
export interface CheckDue {
  readonly connectionId: string;
  /** Instant of the database, whole; null: it is time, and nobody asked. */
  readonly wantedAt: string | null;
  /** When the webhook's address must be set again; null: never set. */
  readonly webhookRenewAt: Date | null;
}

/** Expiries move; a check a day sees them in time. */
export const CHECK_EVERY_HOURS = 24;
/** A check that was asked for and could not be made is tried again after this. */
export const CHECK_AGAIN_MINUTES = 5;

/** Connections to check. Those that nobody ever checked wait for a person; paused ones are checked only when it was asked for. */
export async function checksDue(transaction: Transaction, connectionId: string | null = null): Promise<CheckDue[]> {
  return transaction.query<CheckDue & Record<string, unknown>>(`
    SELECT id AS "connectionId", check_wanted_at::text AS "wantedAt", webhook_renew_at AS "webhookRenewAt" FROM connection
    WHERE ($1::bigint IS NULL OR id = $1) AND (
      (check_wanted_at IS NOT NULL AND (checked_at IS NULL OR checked_at < check_wanted_at OR checked_at < clock_timestamp() - $3 * interval '1 minute'))
      OR (status = 'active' AND probe IS NOT NULL AND greatest(checked_at, (probe ->> 'at')::timestamptz) < clock_timestamp() - $2 * interval '1 hour'))
    ORDER BY id`, [connectionId, CHECK_EVERY_HOURS, CHECK_AGAIN_MINUTES]);
}

/** A check was tried. @param settled the check that was wanted then is done with; one asked for since stays. */
export async function noteCheck(transaction: Transaction, { connectionId, wantedAt }: CheckDue, settled: boolean): Promise<void> {
  await transaction.execute(`
    UPDATE connection SET checked_at = clock_timestamp(), check_wanted_at = CASE WHEN $3 AND check_wanted_at <= $2::timestamptz THEN NULL ELSE check_wanted_at END WHERE id = $1`,
  [connectionId, wantedAt, settled]);
}

export async function saveWebhookRenewal(transaction: Transaction, connectionId: string, renewAt: Date): Promise<void> {
  await transaction.execute('UPDATE connection SET webhook_renew_at = $2 WHERE id = $1', [connectionId, renewAt]);
}

/** The tenant and the state of a connection that a delivery names. Inside {@link Database.withDelivery} only; null when there is none. */
export function connectionOfDelivery(transaction: Transaction, connectionId: string): Promise<{ readonly tenantId: string; readonly status: 'active' | 'paused' } | null> {
  return transaction.one<{ tenantId: string; status: 'active' | 'paused' }>('SELECT tenant_id AS "tenantId", status FROM connection WHERE id = $1', [connectionId]);
}

/** Ids of a tenant's connections. */
export async function listConnectionIds(transaction: Transaction): Promise<string[]> {
  return (await transaction.query<{ id: string }>('SELECT id FROM connection')).map(({ id }) => id);
}
