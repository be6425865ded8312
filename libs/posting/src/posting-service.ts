import { localDateOfInstant, type OpenAmountChange, type PlannedStep, type PostingIntent, type Refusal } from '#canonical';
import {
  appendEvents, databaseInstant, lockIdlePosting, POSTINGS, readList, readMoves, readPosting, readReversalOf, readSteps, type Database, type ListPage, type ListRequest, type PostingMoveRow,
  type PostingRow, type PostingStepRow, type Row, type Transaction,
} from '#storage';
import { composeMove, eventOf, type Transition } from './compose-move.js';
import { evidenceBundle, type EvidenceBundle } from './evidence.js';
import { proveNothingLate, withLookUp, type ByHand, type LastLookUp } from './late-commit.js';
import { LANE_LIMITS, type LaneLimits } from './lane/lane-limits.js';
import { mintIdempotencyKey, planIntent, storePosting, storePostings, type FinalizeRequest, type PlannedPart } from './finalize.js';
import { PostingError, travelsByFile, writeDoorOf, type OpenPostingConnection, type WakeLane } from './ports.js';
import { planReversal, type ReversalPlan, type ReversalWish } from './reversal.js';
import { asPostingState, asStepState, moveStep, nothingSent, POSTING_STATES, stateOfSteps, type StepState } from './rules/posting-state.js';
import { settlement, type Settlement } from './settle.js';
import { followBankTransactions, movable, writeMoves } from './write-moves.js';

export interface PostingServiceDependencies {
  readonly database: Database;
  readonly openConnection: OpenPostingConnection;
  readonly wake: WakeLane;
  readonly now: () => Date;
  /** Those of the lanes, where they are not the usual ones: how long a call may leave after it was meant to. */
  readonly limits?: Partial<LaneLimits>;
}

/** A posting before anything is stored: what would change, what would be sent, what would be refused. */
export interface DryRun {
  readonly steps: readonly PlannedStep[];
  readonly effects: readonly OpenAmountChange[];
  readonly refusals: readonly Refusal[];
}

export interface PostingDetail {
  readonly posting: PostingRow;
  readonly steps: readonly PostingStepRow[];
  readonly moves: readonly PostingMoveRow[];
}

export type ReversalOutcome = { readonly postingId: string; readonly already: boolean } | { readonly byPersonBecause: string };

const nothingMore = (): Promise<void> => Promise.resolve();

/** What people and programs do with postings. Sending is the lane's business: nothing here books, and only `dryRun`, `settle` and `cancel` ask the target anything. */
export class PostingService {
  constructor(private readonly dependencies: PostingServiceDependencies) {}

  /**
   * Stores postings with their plans and wakes the lane; gives their ids. `alongside` is done in the same transaction: what is learned
   * and traced of a decision commits with it or not at all.
   * @throws PostingError: `notOffered`, `invalid` (intent, open amounts, refused plan), `notNow` (bank transaction not free), `notFound`.
   */
  async finalize(tenantId: string, request: FinalizeRequest, alongside: (transaction: Transaction) => Promise<void> = nothingMore): Promise<string[]> {
    const { database, openConnection, wake, now } = this.dependencies;
    const connection = await openConnection(tenantId, request.connectionId);
    if (request.parts.length === 0) throw new PostingError('invalid', 'there is nothing to post');
    const parts = request.parts.map(({ intent: draft, customerId }): PlannedPart => {
      const intent: PostingIntent = { ...draft, idempotencyKey: mintIdempotencyKey() };
      const plan = planIntent(connection, intent, now());
      if ('refusals' in plan) throw new PostingError('invalid', plan.refusals.map(({ problem, cure }) => `${problem} (${cure})`).join('; '));
      return { intent, customerId, steps: plan, byFile: travelsByFile(connection, plan) };
    });
    const ids = await database.inTenant(tenantId, async (transaction) => {
      const stored = await storePostings(transaction, request, parts);
      await alongside(transaction);
      return stored;
    });
    wake(tenantId, request.connectionId, 0);
    return ids;
  }

  /** The plan and the target's foreseen refusals, part by part. Nothing is stored, nothing is sent but the target's own read-only checks. */
  async dryRun(tenantId: string, request: Pick<FinalizeRequest, 'connectionId' | 'parts'>, signal: AbortSignal): Promise<DryRun[]> {
    const connection = await this.dependencies.openConnection(tenantId, request.connectionId);
    const results: DryRun[] = [];
    for (const { intent: draft } of request.parts) {
      const plan = planIntent(connection, { ...draft, idempotencyKey: mintIdempotencyKey() }, this.dependencies.now());
      if ('refusals' in plan) {
        results.push({ steps: [], effects: [], refusals: plan.refusals });
        continue;
      }
      // A file's target is asked nothing beforehand: it is not there.
      const refusals = travelsByFile(connection, plan) ? [] : await writeDoorOf(connection).preflight(connection.context(signal), plan);
      results.push({ steps: plan, effects: plan.flatMap((step) => step.effects), refusals });
    }
    return results;
  }

  async get(tenantId: string, postingId: string): Promise<PostingDetail | null> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const posting = await readPosting(transaction, postingId);
      if (posting === null) return null;
      return { posting, steps: await readSteps(transaction, [postingId]), moves: await readMoves(transaction, postingId) };
    });
  }

  /** Newest first. Filters: `state` (several by comma), `connectionId`, `customerId`, `bankTransactionId`, `kind`, `idempotencyKey`. @throws ListError */
  async list(tenantId: string, request: ListRequest): Promise<ListPage<PostingRow & { readonly customerName: string | null }>> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readList<PostingRow & Row & { readonly customerName: string | null }>(transaction, POSTINGS, request));
  }

  /** A person removed the cause and says try again. Steps that were refused are planned anew, doubtful ones are looked up first. */
  async retry(tenantId: string, postingId: string, by: string): Promise<void> {
    await this.#decide(tenantId, postingId, by, (posting, steps) => {
      const state = asPostingState(posting.state);
      if (POSTING_STATES[state].turn !== 'person') throw new PostingError('notNow', `posting ${postingId} is "${state}": there is nothing for a person to retry`);
      if (posting.byFile && !steps.every((step) => step.state === 'refused' || step.state === 'planned')) {
        throw new PostingError('notNow', `posting ${postingId} stands in a file: try again with the file (POST /v1/posting-batches/${posting.batchId ?? ''}/retry), say what the target answered, or settle it`);
      }
      const next = steps.map((step) => ({ ...step, next: retried(asStepState(step.state)) }));
      return {
        to: stateOfSteps(next.map((step) => ({ state: step.next }))), because: `${by} says try again`, evidence: null, dueInMs: 0, refusals: [],
        steps: next.map((step) => ({ position: step.position, stepKey: step.stepKey, state: step.next, attempts: step.attempts, attemptsBeforeRetry: step.attempts, lookUps: 0 })),
      };
    }, true);
  }

  /** The target holds something else than planned, and a person says that this is right. */
  async acceptDifference(tenantId: string, postingId: string, by: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new PostingError('invalid', 'say why the difference is right: the reason is kept with the posting');
    await this.#decide(tenantId, postingId, by, (posting) => {
      if (posting.state !== 'differs') throw new PostingError('notNow', `posting ${postingId} is "${posting.state}": there is no difference to accept`);
      return { to: 'differenceAccepted', because: reason, evidence: { differences: posting.differences } };
    });
  }

  /**
   * Gives a posting up while nothing of it can be in the target; its open amounts are free again.
   * @throws PostingError `notFound`, `busy`, `notNow`; see {@link proveNothingLate}.
   */
  async cancel(tenantId: string, postingId: string, by: string, reason: string): Promise<void> {
    await this.#decideAfterLookUp(tenantId, postingId, by, 'cancelled', (posting, steps, lookUp) => cancellation(posting, steps, reason, lookUp));
  }

  /**
   * A person booked what is missing in the ERP and names the documents; the money counts as posted.
   * @throws PostingError `notFound`, `busy`, `notNow`, `invalid`; see {@link settlement} and {@link proveNothingLate}.
   */
  async settle(tenantId: string, postingId: string, by: string, said: Settlement): Promise<void> {
    await this.#decideAfterLookUp(tenantId, postingId, by, 'settled by hand', (posting, steps, lookUp) => settlement(posting, steps, said, by, lookUp));
  }

  /**
   * A person undid in the ERP what the hub cannot undo there; the money and the documents are free again.
   * @throws PostingError `notFound`, `busy`, `invalid` (no reason), `notNow` where the hub can reverse it, or does.
   */
  async reversedByPerson(tenantId: string, postingId: string, by: string, reason: string): Promise<void> {
    if (reason.trim() === '') throw new PostingError('invalid', 'say how it was undone: the reason is kept with the posting');
    const plan = await this.previewReversal(tenantId, postingId, { reversedOn: localDateOfInstant(this.dependencies.now(), 'UTC'), reason });
    if (plan.by !== 'person') throw new PostingError('notNow', `posting ${postingId} can be undone by the hub: reverse it (POST /v1/postings/${postingId}/reversal)`);
    await this.#decide(tenantId, postingId, by, () => ({ to: 'reversed', because: reason, evidence: { undoneBy: by, byPersonBecause: plan.because } }));
  }

  /** What a reversal would do. @throws PostingError `notFound`, `notNow`. */
  async previewReversal(tenantId: string, postingId: string, wish: ReversalWish): Promise<ReversalPlan> {
    const { posting, steps } = await this.#existing(tenantId, postingId);
    const connection = await this.dependencies.openConnection(tenantId, posting.connectionId);
    return planReversal(connection, posting, steps, wish, this.dependencies.now());
  }

  /** Stores the reversal and wakes the lane. Asked twice, it is the same reversal. @throws PostingError `notFound`, `notNow`, `invalid` (refused plan). */
  async reverse(tenantId: string, postingId: string, wish: ReversalWish, by: string): Promise<ReversalOutcome> {
    const { database, openConnection, wake, now } = this.dependencies;
    const known = await database.inTenant(tenantId, (transaction) => readReversalOf(transaction, postingId));
    if (known !== null) return { postingId: known.id, already: true };
    const { posting, steps } = await this.#existing(tenantId, postingId);
    const plan = planReversal(await openConnection(tenantId, posting.connectionId), posting, steps, wish, now());
    if (plan.by === 'refused') throw new PostingError('invalid', plan.refusals.map(({ problem, cure }) => `${problem} (${cure})`).join('; '));
    if (plan.by === 'person') {
      await database.inTenant(tenantId, (transaction) => appendEvents(transaction, [eventOf(posting, 'posting.reversalNeedsPerson', plan.because)]));
      return { byPersonBecause: plan.because };
    }
    const outcome = await database.inTenant(tenantId, (transaction) => storeReversal(transaction, posting, plan, wish, by));
    wake(tenantId, posting.connectionId, 0);
    return outcome;
  }

  /** The evidence bundle, verified. @throws PostingError `notFound`. */
  async evidence(tenantId: string, postingId: string): Promise<EvidenceBundle> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const posting = await readPosting(transaction, postingId);
      if (posting === null) throw new PostingError('notFound', `there is no posting ${postingId}`);
      return evidenceBundle(posting, await readSteps(transaction, [postingId]), await readMoves(transaction, postingId), await readReversalOf(transaction, postingId));
    });
  }

  async #existing(tenantId: string, postingId: string): Promise<PostingDetail> {
    const detail = await this.get(tenantId, postingId);
    if (detail === null) throw new PostingError('notFound', `there is no posting ${postingId}`);
    return detail;
  }

  /** A decision that takes the place of a call: judged without the target first, then with what it says, on the posting as it was when it was asked. */
  async #decideAfterLookUp(tenantId: string, postingId: string, by: string, act: ByHand, decision: (posting: PostingRow, steps: readonly PostingStepRow[], lookUp: LastLookUp) => Transition): Promise<void> {
    const { database, openConnection, limits } = this.dependencies;
    const asked = await this.#existing(tenantId, postingId);
    decision(asked.posting, asked.steps, null);
    let lookUp: LastLookUp = null;
    if (!asked.posting.byFile) {
      const nowMs = Date.parse(await database.inTenant(tenantId, databaseInstant));
      lookUp = await proveNothingLate(await openConnection(tenantId, asked.posting.connectionId), asked, nowMs, { ...LANE_LIMITS, ...limits }, act);
    }
    await this.#decide(tenantId, postingId, by, (posting, steps) => {
      if (posting.moveCount !== asked.posting.moveCount) throw new PostingError('busy', `posting ${postingId} moved while the target was asked about it: ask again`);
      return decision(posting, steps, lookUp);
    });
  }

  async #decide(tenantId: string, postingId: string, by: string, decision: (posting: PostingRow, steps: readonly PostingStepRow[]) => Transition, wakes = false): Promise<void> {
    const connectionId = await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const posting = await lockIdlePosting(transaction, postingId);
      if (posting === null) throw new PostingError('notFound', `there is no posting ${postingId}`);
      if (posting === 'held') throw new PostingError('busy', `posting ${postingId} is being worked on at this moment: ask again in a few seconds`);
      const transition = decision(posting, await readSteps(transaction, [postingId]));
      const at = await databaseInstant(transaction);
      const from = { ...movable(posting), reversesPostingId: posting.reversesPostingId };
      await writeMoves(transaction, [{ posting: from, composed: composeMove(from, transition, by, at, 0) }]);
      return posting.connectionId;
    });
    if (wakes) this.dependencies.wake(tenantId, connectionId, 0);
  }
}

function cancellation(posting: PostingRow, steps: readonly PostingStepRow[], reason: string, lookUp: LastLookUp): Transition {
  const allowed: readonly string[] = POSTING_STATES[asPostingState(posting.state)].next;
  if (!allowed.includes('cancelled') || !nothingSent(steps.map((step) => ({ state: asStepState(step.state) })))) {
    throw new PostingError('notNow', `posting ${posting.id} is "${posting.state}" and may be in the target: it cannot be cancelled, only reversed once it is verified`);
  }
  return { to: 'cancelled', because: reason, evidence: lookUp === null ? null : withLookUp({}, lookUp) };
}

function retried(state: StepState): StepState {
  if (state === 'refused') return moveStep(state, 'planned');
  if (state === 'conflict' || state === 'sending') return moveStep(state, 'unknown');
  // Settled by hand and contradicted since: looked up and taken over if it is there, never sent again.
  if (state === 'settled') return moveStep(state, 'accepted');
  return state;
}

async function storeReversal(transaction: Transaction, original: PostingRow, plan: Extract<ReversalPlan, { by: 'target' }>, wish: ReversalWish, by: string): Promise<ReversalOutcome> {
  const { connectionId, bankTransactionId, customerId, intent, currency, amountMinor } = original;
  const id = await storePosting(transaction, {
    connectionId, bankTransactionId, customerId, kind: 'reversal', byFile: plan.byFile, reversesPostingId: original.id, reversalReason: wish.reason, idempotencyKey: plan.idempotencyKey,
    intent, currency, amountMinor: BigInt(amountMinor), createdBy: by, steps: plan.steps, shares: [],
  }, `reverses posting ${original.id}: ${wish.reason}`);
  if (id === null) {
    const first = await readReversalOf(transaction, original.id);
    if (first === null) throw new PostingError('busy', `posting ${original.id} is being reversed at this moment: ask again`);
    return { postingId: first.id, already: true };
  }
  const stored = await readPosting(transaction, id);
  if (stored !== null) await followBankTransactions(transaction, [{ bankTransactionId: stored.bankTransactionId, because: `reversal of posting ${original.id}` }]);
  return { postingId: id, already: false };
}
