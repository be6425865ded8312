import type { BookedRecord, PlannedStep, Refusal } from '#canonical';
import { ConnectorError, type FoundStep, type SentStep } from '#connector-kit';
import { Failed, Gather } from './gather.js';
import type { LaneRun } from './lane-run.js';
import type { Turn } from './pacer.js';

/** What was found for one key, and when the question was put, on the database's clock at the earliest. */
export interface LookUp {
  readonly beganAtMs: number;
  /** Null: the target does not know the key. */
  readonly found: FoundStep | null;
}

const BATCHES_AT_ONCE_MAX = 2;
const INDEX_IN_PATH = /^steps\[(\d+)\]/;

/**
 * The three questions a lane asks its target, many postings to a call. Each call takes a turn like a send does, and its
 * further requests count too: an account's limit knows requests only. A question that fails for a batch is put again for each member alone, so that one record cannot spoil the others.
 */
export class Questions {
  readonly #preflights: Gather<readonly PlannedStep[], readonly Refusal[]>;
  readonly #lookUps: Gather<PlannedStep, LookUp>;
  readonly #readBacks: Gather<readonly SentStep[], readonly BookedRecord[]>;

  constructor(private readonly run: LaneRun) {
    const { batchMax, preflightLingerMs, lookUpLingerMs, readBackLingerMs } = run.options.limits;
    const limits = (lingerMs: number) => ({ sizeMax: batchMax, lingerMs, roundsMax: BATCHES_AT_ONCE_MAX });
    this.#preflights = new Gather((items) => this.#together(items, (batch, turn) => this.#preflight(batch, turn)), limits(preflightLingerMs));
    this.#lookUps = new Gather((items) => this.#together(items, (batch, turn) => this.#find(batch, turn)), limits(lookUpLingerMs));
    this.#readBacks = new Gather((items) => this.#together(items, (batch, turn) => this.#readBack(batch, turn)), limits(readBackLingerMs));
  }

  /** What the target would refuse of one posting; paths count its own steps. @throws ConnectorError */
  preflight(steps: readonly PlannedStep[]): Promise<readonly Refusal[]> {
    return this.#preflights.add(steps);
  }

  /** @throws ConnectorError */
  lookUp(step: PlannedStep): Promise<LookUp> {
    return this.#lookUps.add(step);
  }

  /** @throws ConnectorError */
  readBack(steps: readonly SentStep[]): Promise<readonly BookedRecord[]> {
    return this.#readBacks.add(steps);
  }

  async #together<Item, Answer>(items: readonly Item[], ask: (batch: readonly Item[], turn: Turn) => Promise<readonly Answer[]>): Promise<readonly (Answer | Failed)[]> {
    try {
      return await this.#inTurn((turn) => ask(items, turn));
    } catch (error) {
      const aboutOne = error instanceof ConnectorError && (error.failure.kind === 'invalid' || error.failure.kind === 'notSupported');
      if (items.length === 1 || !aboutOne) throw error;
      const answers: (Answer | Failed)[] = [];
      for (const item of items) answers.push(...await this.#inTurn((turn) => ask([item], turn)).catch((alone: unknown) => [new Failed(alone)]));
      return answers;
    }
  }

  async #inTurn<Answer>(ask: (turn: Turn) => Promise<Answer>): Promise<Answer> {
    const turn = await this.run.options.pacer.turn(this.run.options.limits.turnWaitMsMax);
    if (turn === null) throw new ConnectorError('no turn came: the target is slower than what waits for it', { kind: 'transient' });
    let outcome: 'accepted' | { readonly retryAfterMs: number } | null = null;
    try {
      const answer = await ask(turn);
      outcome = 'accepted';
      return answer;
    } catch (error) {
      if (error instanceof ConnectorError && error.failure.kind === 'rateLimited') outcome = { retryAfterMs: error.failure.retryAfterMs };
      throw error;
    } finally {
      turn.end(outcome);
    }
  }

  async #preflight(batch: readonly (readonly PlannedStep[])[], turn: Turn): Promise<readonly (readonly Refusal[])[]> {
    const owners = batch.flatMap((steps, owner) => steps.map((_, position) => ({ owner, position })));
    const refusals = await this.run.door.preflight(this.run.askContext(turn), batch.flat());
    const byOwner = batch.map((): Refusal[] => []);
    for (const refusal of refusals) {
      const index = INDEX_IN_PATH.exec(refusal.path)?.[1];
      const owner = index === undefined ? undefined : owners[Number(index)];
      // A refusal of nobody in particular holds back everybody it may mean.
      if (owner === undefined) byOwner.forEach((list) => list.push(refusal));
      else byOwner[owner.owner]?.push({ ...refusal, path: refusal.path.replace(INDEX_IN_PATH, `steps[${owner.position}]`) });
    }
    return byOwner;
  }

  async #find(batch: readonly PlannedStep[], turn: Turn): Promise<readonly LookUp[]> {
    const beganAtMs = this.run.databaseClock.nowMs();
    const found = await this.run.door.find(this.run.askContext(turn), batch);
    this.run.counts.lookUps += batch.length;
    return batch.map((step) => ({ beganAtMs, found: found.get(step.stepKey) ?? null }));
  }

  async #readBack(batch: readonly (readonly SentStep[])[], turn: Turn): Promise<readonly (readonly BookedRecord[])[]> {
    const records = new Map((await this.run.door.readBack(this.run.askContext(turn), batch.flat())).map((record) => [record.stepKey, record]));
    return batch.map((steps) => steps.map(({ step }) => records.get(step.stepKey) ?? { stepKey: step.stepKey, externalId: null, fields: {}, applications: [] }));
  }
}
