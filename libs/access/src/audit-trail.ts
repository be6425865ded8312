import type { JsonObject } from '#canonical';
import type { Database, Transaction } from '#storage';
import { CHAIN_START, chainHash, findBreak, type AuditEntry, type ChainedEntry } from './rules/audit-chain.js';

/** Entries read at a time while verifying. */
const VERIFY_BATCH = 5_000;
/** Namespace of the advisory lock that orders one tenant's entries. */
const AUDIT_LOCK = 1_470_002;

interface AuditRow extends Record<string, unknown> {
  sequence: string; at: Date; actor: string; action: string; subject: string; detail: JsonObject; previous_hash: Buffer; hash: Buffer;
}

/** Append-only, hash-chained record of who did what (capability 145). The application role may neither change nor delete it. */
export class AuditTrail {
  constructor(private readonly database: Database) {}

  /** Adds an entry inside the caller's transaction, so that what happened and its trace commit together. */
  async append(transaction: Transaction, entry: { actor: string; action: string; subject: string; detail?: JsonObject }): Promise<void> {
    await transaction.query(`SELECT pg_advisory_xact_lock(${AUDIT_LOCK}, hashint8(nullif(current_setting('tributary.tenant_id', true), '')::bigint))`);
    const last = await transaction.one<{ sequence: string; hash: Buffer }>('SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1');
    const clock = await transaction.one<{ at: Date }>(`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`);
    const at = clock?.at ?? new Date();
    const full: AuditEntry = {
      sequence: String(BigInt(last?.sequence ?? '0') + 1n), at: at.toISOString(),
      actor: entry.actor, action: entry.action, subject: entry.subject, detail: entry.detail ?? {},
    };
    const previous = last?.hash ?? CHAIN_START;
    await transaction.execute(
      'INSERT INTO audit_entry (sequence, at, actor, action, subject, detail, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [full.sequence, at, full.actor, full.action, full.subject, JSON.stringify(full.detail), previous, chainHash(previous, full)],
    );
  }

  /** Recomputes the whole chain of a tenant. */
  async verify(tenantId: string): Promise<{ entries: number; broken: { sequence: string; problem: string } | null }> {
    let entries = 0;
    let previous: Uint8Array = CHAIN_START;
    for (;;) {
      const rows = await this.#page(tenantId, entries);
      const broken = findBreak(rows.map(asChained), previous, BigInt(entries) + 1n);
      if (broken !== null) return { entries: entries + rows.length, broken };
      entries += rows.length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < VERIFY_BATCH) return { entries, broken: null };
      previous = last.hash;
    }
  }

  /** Newest first; `before` is the sequence to continue from. */
  async list(tenantId: string, options: { before?: string; limit: number }): Promise<AuditEntry[]> {
    const rows = await this.database.inTenant(tenantId, (transaction) => transaction.query<AuditRow>(
      'SELECT * FROM audit_entry WHERE $1::bigint IS NULL OR sequence < $1 ORDER BY sequence DESC LIMIT $2', [options.before ?? null, options.limit]));
    return rows.map(({ sequence, at, actor, action, subject, detail }) => ({ sequence, at: at.toISOString(), actor, action, subject, detail }));
  }

  async #page(tenantId: string, after: number): Promise<AuditRow[]> {
    return this.database.inTenant(tenantId, (transaction) => transaction.query<AuditRow>(
      'SELECT * FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2', [after, VERIFY_BATCH]));
  }
}

function asChained(row: AuditRow): ChainedEntry {
  return {
    sequence: row.sequence, at: row.at.toISOString(), actor: row.actor, action: row.action, subject: row.subject, detail: row.detail,
    previousHash: row.previous_hash, hash: row.hash,
  };
}
