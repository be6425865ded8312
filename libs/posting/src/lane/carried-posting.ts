import type { PlannedStep } from '#canonical';
import type { PostingRow, PostingStepRow } from '#storage';
import type { MovablePosting, StepChange, Transition } from '../compose-move.js';
import type { PostingFacts, StepFacts } from '../rules/next-action.js';
import { asStepState, moveStep, stateOfSteps, type PostingState, type StepState } from '../rules/posting-state.js';
import { movable } from '../write-moves.js';

export interface CarriedStep {
  readonly position: number;
  readonly step: PlannedStep;
  readonly state: StepState;
  readonly attempts: number;
  readonly attemptsBeforeRetry: number;
  readonly lookUps: number;
  readonly resendAfterMs: number | null;
  readonly absentSinceMs: number | null;
  readonly externalId: string | null;
}

/** A posting while a lane holds it: the rows it was claimed with, moved along with every write that succeeded. */
export class CarriedPosting {
  readonly #row: PostingRow;
  #movable: MovablePosting;
  #steps: readonly CarriedStep[];
  preflighted = false;

  constructor(row: PostingRow, steps: readonly PostingStepRow[], readonly leaseToken: string, /** By {@link ElapsedClock}. */ public leaseEndsAtMs: number) {
    this.#row = row;
    this.#movable = movable(row);
    this.#steps = steps.map((step) => ({
      position: step.position, step: step.step, state: asStepState(step.state), attempts: step.attempts, attemptsBeforeRetry: step.attemptsBeforeRetry, lookUps: step.lookUps,
      resendAfterMs: step.resendAfterMs, absentSinceMs: null, externalId: step.externalId,
    }));
  }

  get id(): string { return this.#row.id; }
  get kind(): 'payment' | 'reversal' { return this.#row.kind; }
  get state(): PostingState { return this.#movable.state; }
  get steps(): readonly CarriedStep[] { return this.#steps; }
  get movable(): MovablePosting & { readonly reversesPostingId: string | null } {
    return { ...this.#movable, reversesPostingId: this.#row.reversesPostingId };
  }

  facts(): PostingFacts {
    return { state: this.state, preflighted: this.preflighted, readBacks: this.#steps.at(-1)?.lookUps ?? 0 };
  }

  stepFacts(): readonly StepFacts[] {
    return this.#steps;
  }

  /** @throws RangeError for a position the plan does not have. */
  stepAt(position: number): CarriedStep {
    const step = this.#steps[position];
    if (step === undefined) throw new RangeError(`posting ${this.id} has no step ${position}`);
    return step;
  }

  /** Ids that earlier steps got: what placeholders of later ones stand for. */
  externalIds(): ReadonlyMap<string, string> {
    return new Map(this.#steps.flatMap(({ step, externalId }) => (externalId === null ? [] : [[step.stepKey, externalId] as const])));
  }

  /** The state the posting is in once this step has that state. */
  stateWith(position: number, state: StepState): PostingState {
    return stateOfSteps(this.#steps.map((step) => (step.position === position ? { state } : step)));
  }

  /** Facts of a step with some of them changed, as a move writes them. @throws MoveError for a change of state that the table does not have. */
  change(position: number, change: Partial<Omit<StepChange, 'position' | 'stepKey'>>): StepChange {
    const { step, state, attempts, lookUps } = this.stepAt(position);
    const next = change.state === undefined || change.state === state ? state : moveStep(state, change.state);
    return { attempts, lookUps, ...change, state: next, position, stepKey: step.stepKey };
  }

  /** After the write that holds it was committed (or, without the safeguard, instead of it). */
  take(transition: Transition, head: { readonly moveCount: number; readonly chainHash: string } | null, databaseNowMs: number): void {
    this.#movable = { ...this.#movable, ...head, state: transition.to };
    for (const change of transition.steps ?? []) {
      this.#steps = this.#steps.map((step) => (step.position !== change.position ? step : {
        ...step, state: change.state, attempts: change.attempts, lookUps: change.lookUps, externalId: change.externalId ?? step.externalId,
        resendAfterMs: change.resendAfterMs === undefined ? step.resendAfterMs : databaseNowMs + change.resendAfterMs,
        absentSinceMs: change.state === 'sending' ? null : step.absentSinceMs,
      }));
    }
  }

  /** A look-up that began at `beganAtMs` saw nothing. */
  noteAbsent(position: number, beganAtMs: number): void {
    this.#steps = this.#steps.map((step) => (step.position === position ? { ...step, absentSinceMs: beganAtMs } : step));
  }
}
