import { createHash } from 'node:crypto';
import type { Database, Row, Transaction } from '../database.js';
import { storableText } from './storable-text.js';

/** An address a tenant receives remittances at. */
export interface InboundAddressRecord {
  readonly id: string;
  readonly name: string;
  /** What stands before the `@`; lower case. */
  readonly localPart: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

interface InboundAddressRow extends Row {
  id: string; tenant_id: string; name: string; local_part: string; created_by: string; created_at: Date; revoked_at: Date | null;
}

/** Null when the local part is taken, by any tenant. */
export async function insertInboundAddress(transaction: Transaction, address: { readonly name: string; readonly localPart: string; readonly createdBy: string }): Promise<InboundAddressRecord | null> {
  const row = await transaction.one<InboundAddressRow>(`
    INSERT INTO inbound_address (name, local_part, local_part_hash, created_by) VALUES ($1, $2, $3, $4) ON CONFLICT (local_part_hash) DO NOTHING RETURNING *`,
  [storableText(address.name), address.localPart, hashOf(address.localPart), address.createdBy]);
  return row === null ? null : asInboundAddress(row);
}

export async function listInboundAddresses(transaction: Transaction): Promise<readonly InboundAddressRecord[]> {
  return (await transaction.query<InboundAddressRow>('SELECT * FROM inbound_address ORDER BY id')).map(asInboundAddress);
}

/** Null for one that is not there. Revoking twice is revoking once. */
export async function revokeInboundAddress(transaction: Transaction, id: string): Promise<InboundAddressRecord | null> {
  const row = await transaction.one<InboundAddressRow>('UPDATE inbound_address SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = $1 RETURNING *', [id]);
  return row === null ? null : asInboundAddress(row);
}

/** Whose address it is; null for one nobody has, or has revoked. */
export async function tenantOfInboundAddress(database: Database, localPart: string): Promise<string | null> {
  const hash = hashOf(localPart.toLowerCase());
  const row = await database.withPresentedAddress(hash, (transaction) => transaction.one<InboundAddressRow>('SELECT * FROM inbound_address WHERE local_part_hash = $1', [hash]));
  return row === null || row.revoked_at !== null ? null : row.tenant_id;
}

function hashOf(localPart: string): Buffer {
  return createHash('sha256').update(localPart).digest();
}

function asInboundAddress(row: InboundAddressRow): InboundAddressRecord {
  return { id: row.id, name: row.name, localPart: row.local_part, createdBy: row.created_by, createdAt: row.created_at, revokedAt: row.revoked_at };
}
