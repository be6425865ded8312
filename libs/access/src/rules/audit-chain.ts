import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#canonical';

/** One line of the audit trail. `hash` covers everything before it, so a changed, removed or reordered line shows. */
export interface AuditEntry {
  readonly sequence: string;
  /** Instant, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: JsonObject;
}

export const CHAIN_START = Buffer.alloc(32);

export function chainHash(previous: Uint8Array, entry: AuditEntry): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(entry)).digest();
}

export interface ChainedEntry extends AuditEntry {
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** The first broken line and why, or null when the chain holds. `expectedSequence` is what the first entry must carry. */
export function findBreak(entries: Iterable<ChainedEntry>, previous: Uint8Array = CHAIN_START, expectedSequence = 1n): { sequence: string; problem: string } | null {
  let before = previous;
  let sequence = expectedSequence;
  for (const { previousHash, hash, ...entry } of entries) {
    if (BigInt(entry.sequence) !== sequence) return { sequence: entry.sequence, problem: `entry ${sequence} is missing` };
    if (Buffer.compare(previousHash, before) !== 0) return { sequence: entry.sequence, problem: 'does not continue the entry before it' };
    if (Buffer.compare(hash, chainHash(before, entry)) !== 0) return { sequence: entry.sequence, problem: 'content does not fit its hash' };
    before = hash;
    sequence += 1n;
  }
  return null;
}
