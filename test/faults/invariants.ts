import { chainProblems, POSTING_STATES, type PostingState } from '#posting';
import { MOVE_COLUMNS, type PostingMoveRow } from '#storage';
import type { TargetLedger } from './fault-target.js';
import { asOwner } from './posting-world.js';

/** What a run left behind, by the reference's words: section 5, "invariants to check after every fault run". */
export interface Verdict {
  /** Records in the target beyond one per key. */
  readonly duplicates: number;
  /** Postings the hub calls booked that the target does not have, and records of ours in the target that the hub knows nothing of. */
  readonly lost: number;
  /** Postings that are still the lane's turn, or hold a lease in a final state. */
  readonly stuck: number;
  readonly verified: number;
  readonly reversed: number;
  readonly withPerson: number;
  /** Hub's sum of booked payments less the target's, in cents; the same for reversals added. */
  readonly centsApart: bigint;
  readonly brokenChains: number;
  /** Bank transactions whose status contradicts their postings. */
  readonly wrongBankStatus: number;
}

interface StepRow { readonly stepKey: string; readonly state: string; readonly postingState: PostingState; readonly kind: 'payment' | 'reversal'; readonly amountMinor: string }

export async function judge(url: string, connectionId: string, ledger: TargetLedger): Promise<Verdict> {
  const steps = await asOwner<StepRow>(url, `
    SELECT s.step_key AS "stepKey", s.state, p.state AS "postingState", p.kind, (CASE WHEN s.position = 0 THEN p.amount_minor ELSE 0 END)::text AS "amountMinor"
    FROM posting_step s JOIN posting p ON p.id = s.posting_id WHERE p.connection_id = $1`, [connectionId]);
  const [counts] = await asOwner<{ stuck: number; verified: number; reversed: number; withPerson: number }>(url, `
    SELECT count(*) FILTER (WHERE state = ANY ($2) OR (due_at IS NULL AND lease_expires_at IS NOT NULL))::int AS stuck,
      count(*) FILTER (WHERE state = 'verified' AND kind = 'payment')::int AS verified, count(*) FILTER (WHERE state = 'reversed')::int AS reversed,
      count(*) FILTER (WHERE state = ANY ($3))::int AS "withPerson"
    FROM posting WHERE connection_id = $1`, [connectionId, statesOfTurn('lane'), statesOfTurn('person')]);
  const known = new Set(ledger.keys);
  const ours = new Set(steps.map(({ stepKey }) => stepKey));
  // Where a reversal takes the payment out of the books, a reversed payment and the call that removed it are not there any more.
  const booked = steps.filter(({ state, postingState, kind }) => state === 'booked' && (ledger.reversals === 'counter' || (kind === 'payment' && postingState !== 'reversed')));
  const gone = new Set(ledger.reversals === 'counter' ? [] : steps.filter(({ postingState }) => postingState === 'reversed').map(({ stepKey }) => stepKey));
  const sum = (kind: StepRow['kind']): bigint => booked.filter((step) => step.kind === kind).reduce((total, step) => total + BigInt(step.amountMinor), 0n);
  return {
    duplicates: ledger.duplicatedKeys,
    lost: booked.filter(({ stepKey }) => !known.has(stepKey)).length + ledger.keys.filter((key) => !ours.has(key) || gone.has(key)).length,
    stuck: counts?.stuck ?? -1, verified: counts?.verified ?? -1, reversed: counts?.reversed ?? -1, withPerson: counts?.withPerson ?? -1,
    centsApart: sum('payment') - BigInt(ledger.paymentMinor) + sum('reversal') - BigInt(ledger.reversedMinor),
    brokenChains: await brokenChains(url, connectionId),
    wrongBankStatus: await wrongBankStatus(url, connectionId),
  };
}

export async function stillWorking(url: string, connectionId: string): Promise<number> {
  const [row] = await asOwner<{ count: number }>(url, 'SELECT count(*)::int AS count FROM posting WHERE connection_id = $1 AND state = ANY ($2)', [connectionId, statesOfTurn('lane')]);
  return row?.count ?? -1;
}

export function statesOfTurn(turn: 'lane' | 'batch' | 'person'): string[] {
  return (Object.keys(POSTING_STATES) as PostingState[]).filter((state) => POSTING_STATES[state].turn === turn);
}

export async function brokenChains(url: string, connectionId: string): Promise<number> {
  const heads = await asOwner<{ id: string; head: string }>(url, 'SELECT id, chain_hash AS head FROM posting WHERE connection_id = $1', [connectionId]);
  const moves = await asOwner<PostingMoveRow>(url, `SELECT ${MOVE_COLUMNS} FROM posting_move WHERE posting_id IN (SELECT id FROM posting WHERE connection_id = $1) ORDER BY posting_id, sequence`, [connectionId]);
  const byPosting = new Map<string, PostingMoveRow[]>();
  for (const row of moves) byPosting.set(row.postingId, [...byPosting.get(row.postingId) ?? [], row]);
  return heads.filter(({ id, head }) => chainProblems(byPosting.get(id) ?? [], head).length > 0).length;
}

export async function wrongBankStatus(url: string, connectionId: string): Promise<number> {
  const rows = await asOwner<{ state: PostingState; status: string }>(url, `
    SELECT p.state, b.status FROM posting p JOIN bank_transaction b ON b.id = p.bank_transaction_id
    WHERE p.connection_id = $1 AND p.kind = 'payment' AND NOT EXISTS (SELECT FROM posting r WHERE r.reverses_posting_id = p.id AND r.state <> 'verified')`, [connectionId]);
  return rows.filter(({ state, status }) => POSTING_STATES[state].bank !== status).length;
}
