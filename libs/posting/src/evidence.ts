import type { PostingMoveRow, PostingRow, PostingStepRow } from '#storage';
import { canonicalJson, type Json } from '#canonical';
import { chainProblems } from './rules/evidence-chain.js';
import { asPostingState } from './rules/posting-state.js';

/** Everything that is known about one posting, in one file, for somebody who trusts nobody. */
export interface EvidenceBundle {
  readonly format: 'tributary-posting-evidence';
  readonly version: 1;
  readonly posting: PostingRow;
  /** The calls as planned, what they became, and what was read back. */
  readonly steps: readonly PostingStepRow[];
  /** Every move with its reason, author, evidence and hash; the first holds the intent and the plan. */
  readonly moves: readonly PostingMoveRow[];
  readonly reversal: { readonly id: string; readonly state: string } | null;
  readonly chain: { readonly head: string; readonly problems: readonly string[] };
}

/** Puts the bundle together and verifies it: the chain, that the posting's state is where the chain ends, and that the plan is the one in it. */
export function evidenceBundle(posting: PostingRow, steps: readonly PostingStepRow[], moves: readonly PostingMoveRow[], reversal: PostingRow | null): EvidenceBundle {
  const problems = chainProblems(moves, posting.chainHash);
  if (moves.length !== posting.moveCount) problems.push(`the posting counts ${posting.moveCount} moves, ${moves.length} are stored`);
  const last = moves.at(-1);
  if (last !== undefined && last.toState !== asPostingState(posting.state)) problems.push(`the chain ends in "${last.toState}", the posting says "${posting.state}"`);
  const planned = plannedIn(moves[0]?.evidence ?? null);
  if (planned !== null && canonicalJson(planned) !== canonicalJson(steps.map(({ step }) => step))) problems.push('the stored steps are not the plan that was finalized');
  return {
    format: 'tributary-posting-evidence', version: 1, posting, steps, moves,
    reversal: reversal === null ? null : { id: reversal.id, state: reversal.state }, chain: { head: posting.chainHash, problems },
  };
}

function plannedIn(evidence: Json): Json {
  return typeof evidence === 'object' && evidence !== null && !Array.isArray(evidence) ? (evidence as { readonly plan?: Json }).plan ?? null : null;
}
