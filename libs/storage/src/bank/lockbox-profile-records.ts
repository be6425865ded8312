import type { JsonObject } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson, storableText } from './storable-text.js';

/** A tenant's own lockbox profile. */
export interface LockboxProfileRecord {
  readonly name: string;
  /** As the documents room checks it. */
  readonly profile: JsonObject;
  /** Sources and senders whose lockbox files are read by it. */
  readonly usedFor: readonly string[];
  readonly changedBy: string;
  readonly changedAt: Date;
}

interface LockboxProfileRow extends Row {
  name: string; profile: JsonObject; used_for: string[]; changed_by: string; changed_at: Date;
}

export async function listLockboxProfiles(transaction: Transaction): Promise<readonly LockboxProfileRecord[]> {
  return (await transaction.query<LockboxProfileRow>('SELECT * FROM lockbox_profile ORDER BY name')).map(asLockboxProfile);
}

export async function keepLockboxProfile(transaction: Transaction, given: { readonly name: string; readonly profile: object; readonly usedFor: readonly string[]; readonly by: string }): Promise<LockboxProfileRecord> {
  const row = await transaction.one<LockboxProfileRow>(`
    INSERT INTO lockbox_profile (name, profile, used_for, changed_by) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, name) DO UPDATE SET profile = excluded.profile, used_for = excluded.used_for, changed_by = excluded.changed_by, changed_at = clock_timestamp() RETURNING *`,
  [storableText(given.name), storableJson(given.profile), given.usedFor.map(storableText), given.by]);
  if (row === null) throw new Error(`the lockbox profile "${given.name}" was not stored`);
  return asLockboxProfile(row);
}

/** False when there was none of that name. */
export async function removeLockboxProfile(transaction: Transaction, name: string): Promise<boolean> {
  return await transaction.execute('DELETE FROM lockbox_profile WHERE name = $1', [name]) === 1;
}

/** The profile for files of this source or sender; of several the one changed last. */
export async function lockboxProfileFor(transaction: Transaction, keys: readonly string[]): Promise<JsonObject | null> {
  const row = await transaction.one<{ profile: JsonObject }>('SELECT profile FROM lockbox_profile WHERE used_for && $1::text[] ORDER BY changed_at DESC LIMIT 1', [[...keys]]);
  return row?.profile ?? null;
}

function asLockboxProfile(row: LockboxProfileRow): LockboxProfileRecord {
  return { name: row.name, profile: row.profile, usedFor: row.used_for, changedBy: row.changed_by, changedAt: row.changed_at };
}
