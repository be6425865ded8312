import { chainProblems } from '#posting';
import { asOwner } from '../posting-world.js';
import { brokenChains, statesOfTurn, wrongBankStatus } from '../invariants.js';
import type { FileLedger } from './mock-file-target.js';

/** What a run of posting files left behind. */
export interface FileVerdict {
  /** Lines in the target's books beyond one per key. */
  readonly duplicates: number;
  /** Postings the hub calls booked that the target does not have, and lines in the target that the hub does not call booked. */
  readonly lost: number;
  /** Postings and batches that still wait for a lane. */
  readonly stuck: number;
  readonly verified: number;
  readonly reversed: number;
  readonly withPerson: number;
  /** Hub's sum of booked payments less the target's, in cents; the same for reversals added. */
  readonly centsApart: bigint;
  readonly brokenChains: number;
  readonly wrongBankStatus: number;
  readonly batches: number;
  /** Numbers that no batch bears, and postings that stand in more than one file. */
  readonly holes: number;
  readonly inTwoFiles: number;
  /** Files the target found incomplete, or under a name it had booked before. */
  readonly brokenFiles: number;
}

interface StepRow { readonly stepKey: string; readonly state: string; readonly kind: 'payment' | 'reversal'; readonly amountMinor: string }

export async function judgeFiles(url: string, connectionId: string, ledger: FileLedger): Promise<FileVerdict> {
  const steps = await asOwner<StepRow>(url, `
    SELECT s.step_key AS "stepKey", s.state, p.kind, p.amount_minor AS "amountMinor" FROM posting_step s JOIN posting p ON p.id = s.posting_id WHERE p.connection_id = $1`, [connectionId]);
  const [counts] = await asOwner<{ verified: number; reversed: number; withPerson: number; batches: number; holes: number; inTwoFiles: number }>(url, `
    SELECT count(*) FILTER (WHERE state = 'verified' AND kind = 'payment')::int AS verified, count(*) FILTER (WHERE state = 'reversed')::int AS reversed, count(*) FILTER (WHERE state = ANY ($2))::int AS "withPerson",
      (SELECT count(*)::int FROM posting_batch WHERE connection_id = $1) AS batches, (SELECT (coalesce(max(sequence), 0) - count(*))::int FROM posting_batch WHERE connection_id = $1) AS holes,
      (SELECT count(*)::int FROM (SELECT 1 FROM posting_batch_member m JOIN posting p ON p.id = m.posting_id WHERE p.connection_id = $1 GROUP BY m.posting_id HAVING count(*) > 1) AS twice) AS "inTwoFiles"
    FROM posting WHERE connection_id = $1`, [connectionId, statesOfTurn('person')]);
  const inTarget = new Set(ledger.keys);
  const booked = steps.filter(({ state }) => state === 'booked');
  const ours = new Set(booked.map(({ stepKey }) => stepKey));
  const sum = (kind: StepRow['kind']): bigint => booked.filter((step) => step.kind === kind).reduce((total, step) => total + BigInt(step.amountMinor), 0n);
  return {
    duplicates: ledger.duplicatedLines, lost: booked.filter(({ stepKey }) => !inTarget.has(stepKey)).length + ledger.keys.filter((key) => !ours.has(key)).length,
    stuck: await filesAtWork(url, connectionId), verified: counts?.verified ?? -1, reversed: counts?.reversed ?? -1, withPerson: counts?.withPerson ?? -1,
    centsApart: sum('payment') - BigInt(ledger.paymentMinor) + sum('reversal') - BigInt(ledger.reversedMinor),
    brokenChains: await brokenChains(url, connectionId) + await brokenBatchChains(url, connectionId), wrongBankStatus: await wrongBankStatus(url, connectionId),
    batches: counts?.batches ?? -1, holes: counts?.holes ?? -1, inTwoFiles: counts?.inTwoFiles ?? -1, brokenFiles: ledger.brokenFiles + ledger.repeatsRefused,
  };
}

/** Postings and batches whose turn is a lane's. */
export async function filesAtWork(url: string, connectionId: string): Promise<number> {
  const [row] = await asOwner<{ count: number }>(url, `
    SELECT (SELECT count(*) FROM posting WHERE connection_id = $1 AND state = ANY ($2))::int + (SELECT count(*) FROM posting_batch WHERE connection_id = $1 AND due_at IS NOT NULL)::int AS count`,
  [connectionId, [...statesOfTurn('lane'), ...statesOfTurn('batch')]]);
  return row?.count ?? -1;
}

async function brokenBatchChains(url: string, connectionId: string): Promise<number> {
  const heads = await asOwner<{ id: string; head: string }>(url, 'SELECT id, chain_hash AS head FROM posting_batch WHERE connection_id = $1', [connectionId]);
  let broken = 0;
  for (const { id, head } of heads) {
    const moves = await asOwner<Parameters<typeof chainProblems>[0][number]>(url, `
      SELECT 'batch-' || posting_batch_id AS "postingId", sequence, NULL AS "stepKey", from_state AS "fromState", to_state AS "toState", because, by_whom AS "byWhom", evidence,
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, hash FROM posting_batch_move WHERE posting_batch_id = $1 ORDER BY sequence`, [id]);
    if (chainProblems(moves, head).length > 0) broken += 1;
  }
  return broken;
}
