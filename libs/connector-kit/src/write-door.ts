import type { BookedRecord, Json, JsonObject, LocalDate, PlannedStep, PostingIntent, Refusal } from '#canonical';
import type { Context, Probe } from './context.js';

/**
 * The way in for postings. `plan` and `planReversal` are pure; the others are one round of calls each and never retry.
 * A plan refuses by returning refusals, never by throwing.
 */
export interface WriteDoor {
  plan(intent: PostingIntent, tools: PlanTools): Plan;
  planReversal(original: ReversalRequest, tools: PlanTools): Plan;
  /** Asks the target, before anything is sent, for what it would refuse: periods, locks, open amounts, subsidiaries, currency. */
  preflight(context: Context, steps: readonly PlannedStep[]): Promise<readonly Refusal[]>;
  /**
   * Sends one step. Placeholders are resolved already. Must abort by `context.signal` and within `deadlineMs`.
   * @throws ConnectorError; `outcomeUnknown` whenever the request may have reached the target and no trustworthy answer came.
   */
  send(context: Context, step: PlannedStep, options: SendOptions): Promise<SendResult>;
  /** Which of these steps are in the target? Answers lost responses, duplicates and `pending` alike. A key the target does not know is absent. */
  find(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>>;
  /** What the target holds now for these steps, in the words of their `expected`. One answer per step. */
  readBack(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]>;
  /** How many sends one account takes at once; the posting lane never has more in flight. */
  concurrency(context: Context): number;
  /** How long a send may take on this connection before we stop waiting. A lease must outlive it. */
  sendTimeoutMs(context: Context): number;
}

export interface PlanTools {
  readonly probe: Probe | null;
  /** The connection's settings (accounts, policies). */
  readonly config: unknown;
  /** Applies a write mapping: `render('payment.post', value)` fills `mappings/<connector>/payment.post.yaml`. */
  render(mapping: string, value: Json): JsonObject;
  /** The day the plan is made, in the account's time zone. */
  readonly today: LocalDate;
}

export type Plan =
  | { readonly steps: readonly [PlannedStep, ...PlannedStep[]] }
  | { readonly refusals: readonly [Refusal, ...Refusal[]] };

export interface ReversalRequest {
  /** Minted for the reversal itself. */
  readonly idempotencyKey: string;
  readonly intent: PostingIntent;
  /** The original's steps with what they became in the target, in the order they were sent. */
  readonly booked: readonly SentStep[];
  readonly reversedOn: LocalDate;
  readonly reason: string;
}

export interface SentStep {
  readonly step: PlannedStep;
  readonly externalId: string;
}

export interface SendOptions {
  readonly deadlineMs: number;
  /** 1 for the first time; more when an earlier attempt's outcome was unknown. */
  readonly attempt: number;
}

export type SendResult =
  /** `alreadyThere`: the target knew the key and booked nothing new. */
  | { readonly state: 'booked'; readonly externalId: string; readonly alreadyThere: boolean }
  /** Accepted, outcome comes later: ask `find`. */
  | { readonly state: 'pending' };

export type FoundStep = { readonly state: 'booked'; readonly externalId: string } | { readonly state: 'pending' } | { readonly state: 'refused'; readonly problem: string };
