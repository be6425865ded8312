import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '#canonical';

/** One move of a posting as it is chained: what happened, and nothing that could change afterwards. */
export interface ChainedMove {
  readonly postingId: string;
  /** 1 for the first. */
  readonly sequence: number;
  readonly stepKey: string | null;
  readonly fromState: string | null;
  readonly toState: string;
  readonly because: string;
  readonly byWhom: string;
  readonly evidence: Json;
  /** Instant of the database's clock, UTC, microseconds: `2026-11-22T14:00:00.000001Z`. */
  readonly at: string;
}

/** What the first move is chained to. */
export const CHAIN_START = '0'.repeat(64);

/** SHA-256 in hex over the previous hash and the move's canonical JSON. */
export function chainHash(previousHash: string, link: ChainedMove): string {
  const { postingId, sequence, stepKey, fromState, toState, because, byWhom, evidence, at } = link;
  return createHash('sha256')
    .update(previousHash)
    .update(canonicalJson({ postingId, sequence, stepKey, fromState, toState, because, byWhom, evidence, at }))
    .digest('hex');
}

/**
 * Walks a chain from its start. Empty when every hash is what its move and its predecessor give and the last one is `head`;
 * else one sentence for the first break: everything after it proves nothing.
 */
export function chainProblems(moves: readonly (ChainedMove & { readonly hash: string })[], head: string): string[] {
  let previous = CHAIN_START;
  for (const [index, link] of moves.entries()) {
    if (link.sequence !== index + 1) return [`move ${index + 1} is missing: the next one found is number ${link.sequence}`];
    const hash = chainHash(previous, link);
    if (hash !== link.hash) return [`move ${link.sequence} ("${link.toState}") does not hash to what was stored with it: it or a move before it was changed`];
    previous = hash;
  }
  return previous === head ? [] : [`the chain ends in ${previous.slice(0, 12)}…, the posting says ${head.slice(0, 12)}…: its last moves are missing`];
}
