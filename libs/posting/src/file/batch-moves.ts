import { appendBatchMove, appendEvents, databaseInstant, lockHeldBatch, writeBatch, type PostingBatchRow, type Transaction } from '#storage';
import type { Json } from '#canonical';
import { LeaseLost } from '../lane/ledger.js';
import { asBatchState, BATCH_STATES, moveBatch, type BatchState } from '../rules/batch-state.js';
import { clean } from '../rules/clean-text.js';
import { chainHash, type ChainedMove } from '../rules/evidence-chain.js';
import type { BatchFacts } from '../rules/next-batch-action.js';
import type { FileRun } from './file-run.js';

/** A move of a batch on its way into the database. What is left out stays as it is. */
export interface BatchTransition {
  readonly to: BatchState;
  readonly because: string;
  readonly evidence: Json;
  readonly attempts?: number;
  readonly attemptsBeforeRetry?: number;
  readonly lookUps?: number;
  readonly polls?: number;
  /** From now. Ignored where it is not the lane's turn. */
  readonly dueInMs?: number;
  readonly resendAfterMs?: number;
  readonly deliveredNow?: boolean;
  readonly confirmWithinMs?: number;
  readonly keepLease?: boolean;
}

/** States of a batch the world outside hears of. */
const TOLD: ReadonlySet<BatchState> = new Set(['closed', 'awaitingPerson', 'delivered', 'acknowledged', 'unconfirmed', 'stopped', 'withdrawn']);

/** How a batch is named in its own hash chain: the chains of postings bear plain ids. */
export function chainSubjectOf(batchId: string): string {
  return `batch-${batchId}`;
}

/** Writes one move of a batch the caller has locked: row, chain and event. Gives the row as it is now. @throws MoveError */
export async function writeBatchMove(transaction: Transaction, batch: PostingBatchRow, wanted: BatchTransition, byWhom: string, at: string, leaseMs: number): Promise<PostingBatchRow> {
  const transition = clean(wanted);
  const from = asBatchState(batch.state);
  const to = moveBatch(from, transition.to);
  const link: ChainedMove = { postingId: chainSubjectOf(batch.id), sequence: batch.moveCount + 1, stepKey: null, fromState: from, toState: to, because: transition.because, byWhom, evidence: transition.evidence, at };
  const hash = chainHash(batch.chainHash, link);
  const { attempts = batch.attempts, attemptsBeforeRetry = batch.attemptsBeforeRetry, lookUps = batch.lookUps, polls = batch.polls } = transition;
  await writeBatch(transaction, {
    id: batch.id, state: to, because: transition.because, dueInMs: BATCH_STATES[to].turn === 'lane' ? transition.dueInMs ?? 0 : null, leaseMs: transition.keepLease === true ? leaseMs : null,
    attempts, attemptsBeforeRetry, lookUps, polls, resendAfterMs: transition.resendAfterMs ?? null, deliveredNow: transition.deliveredNow ?? false, confirmWithinMs: transition.confirmWithinMs ?? null,
    moveCount: link.sequence, chainHash: hash,
  });
  await appendBatchMove(transaction, { batchId: batch.id, sequence: link.sequence, fromState: from, toState: to, because: transition.because, byWhom, evidence: transition.evidence, at, hash });
  if (TOLD.has(to) && to !== from) await tellOfBatch(transaction, batch, `postingBatch.${to}`, transition.because);
  return { ...batch, state: to, stateBecause: transition.because, attempts, attemptsBeforeRetry, lookUps, polls, moveCount: link.sequence, chainHash: hash };
}

export async function tellOfBatch(transaction: Transaction, batch: Pick<PostingBatchRow, 'id' | 'connectionId' | 'sequence' | 'name'>, type: string, because: string): Promise<void> {
  const { id, connectionId, sequence, name } = batch;
  await appendEvents(transaction, [{ type, subject: 'postingBatch', subjectId: id, detail: { connectionId, sequence, name, because } }]);
}

/** A batch while a lane holds it: the row it was claimed with, moved along with every write that succeeded. */
export class CarriedBatch {
  #absentSinceMs: number | null = null;

  constructor(public row: PostingBatchRow, readonly leaseToken: string, /** By the run's elapsed clock; 0 once the lease is given back. */ public leaseEndsAtMs: number) {}

  facts(): BatchFacts {
    const { attempts, attemptsBeforeRetry, lookUps, resendAfterMs } = this.row;
    return { state: asBatchState(this.row.state), attempts, attemptsBeforeRetry, lookUps, resendAfterMs, absentSinceMs: this.#absentSinceMs };
  }

  /** A look-up that began at `beganAtMs` of the database's clock did not find the file. */
  noteAbsent(beganAtMs: number): void {
    this.#absentSinceMs = beganAtMs;
  }

  forgetAbsence(): void {
    this.#absentSinceMs = null;
  }
}

/**
 * Writes a move under the batch's lease, with what else has to be written with it. Gives the end of the renewed lease to the batch.
 * @throws LeaseLost when the batch is somebody else's by now: nothing was written.
 */
export async function moveCarried(run: FileRun, carried: CarriedBatch, transition: BatchTransition, alongside: (transaction: Transaction, at: string) => Promise<void> = () => Promise.resolve()): Promise<void> {
  const { database, connection, byWhom } = run.options;
  const beganAtMs = run.elapsed.nowMs();
  const { row, nowMs } = await database.inTenant(connection.tenantId, async (transaction) => {
    const held = await lockHeldBatch(transaction, carried.row.id, carried.leaseToken);
    if (held === null) throw new LeaseLost(`the lease on batch ${carried.row.id} ran out before "${transition.to}" was written`);
    await alongside(transaction, held.at);
    return { row: await writeBatchMove(transaction, carried.row, transition, byWhom, held.at, run.leaseMs), nowMs: held.nowMs };
  });
  run.databaseClock.noteReading(nowMs);
  carried.row = transition.resendAfterMs === undefined ? row : { ...row, resendAfterMs: nowMs + transition.resendAfterMs };
  carried.leaseEndsAtMs = transition.keepLease === true ? beganAtMs + run.leaseMs : 0;
  if (transition.to === 'delivering') carried.forgetAbsence();
}

/** A move outside of any lane, by a person; `decide` is told the instant it is written with. */
export async function moveByPerson(transaction: Transaction, batch: PostingBatchRow, decide: (at: string) => Promise<BatchTransition>, by: string): Promise<PostingBatchRow> {
  const at = await databaseInstant(transaction);
  return writeBatchMove(transaction, batch, await decide(at), by, at, 0);
}
