import type { JsonObject, OpenAmountChange, PlannedStep, Refusal } from '#canonical';
import type { DryRun, PostingDetail, ReversalPlan } from '#posting';
import { POSTING_STATE_NAMES } from '#posting';
import type { PostingMoveRow, PostingRow, PostingStepRow } from '#storage';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OpenObjectField, OPTIONAL, OR_NULL, PartsField, TextField, TextsField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';

/** Something the target would refuse, seen before anything is sent. */
export class RefusalBody {
  @TextField('What kind of refusal')
  code!: string;

  @TextField('Where in the request')
  path!: string;

  @TextField('The value')
  value!: string;

  @TextField('What is wrong with it')
  problem!: string;

  @TextField('What a person can do')
  cure!: string;
}

/** A field in which the target differs from the plan. */
export class DifferenceBody {
  @TextField('The step it belongs to')
  stepKey!: string;

  @TextField('Path of the field')
  field!: string;

  @TextField('What was planned', OR_NULL)
  expected!: string | null;

  @TextField('What the target holds', OR_NULL)
  booked!: string | null;
}

export class PostingBody {
  @IdField('Id of the posting')
  id!: string;

  @IdField('Where it is booked')
  connectionId!: string;

  @OneOfField(['payment', 'reversal'], 'A payment, or the undoing of one')
  kind!: 'payment' | 'reversal';

  @IdField('The posting it undoes', OR_NULL)
  reversesPostingId!: string | null;

  @IdField('The bank transaction it books', OR_NULL)
  bankTransactionId!: string | null;

  @IdField('The customer', OR_NULL)
  customerId!: string | null;

  @FlagField('It travels in a file')
  byFile!: boolean;

  @IdField('The file it stands in, or stood in last', OR_NULL)
  batchId!: string | null;

  @MoneyField('Cash booked')
  amount!: MoneyBody;

  @TextField('Key written into the target; how it is found again')
  idempotencyKey!: string;

  @OneOfField(POSTING_STATE_NAMES, 'Where it stands')
  state!: string;

  @TextField('Why it stands there', OR_NULL)
  stateBecause!: string | null;

  @PartsField(() => RefusalBody, 'What the target would refuse')
  refusals!: RefusalBody[];

  @PartsField(() => DifferenceBody, 'Fields in which the target differs from the plan')
  differences!: DifferenceBody[];

  @TextField('Who finalized it')
  createdBy!: string;

  @InstantField('When it was finalized')
  createdAt!: string;

  @InstantField('When it last moved')
  updatedAt!: string;

  @InstantField('When it was read back from the target and found as planned', OR_NULL)
  verifiedAt!: string | null;
}

export class PostingStepBody {
  @IntegerField('Order of the step')
  position!: number;

  @TextField('Key of this step in the target')
  stepKey!: string;

  @TextField('One sentence')
  says!: string;

  @TextField('post, apply, unapply, writeOff or reverse')
  operation!: string;

  @TextField('The target\'s record type')
  recordType!: string;

  @TextField('Where the step stands')
  state!: string;

  @IntegerField('Times it was sent')
  attempts!: number;

  @TextField('The record it became in the target', OR_NULL)
  externalId!: string | null;

  @OpenObjectField('The request')
  body!: JsonObject;

  @OpenObjectField('What was read back', OR_NULL)
  booked!: unknown;
}

export class PostingMoveBody {
  @TextField('From state', OR_NULL)
  from!: string | null;

  @TextField('To state')
  to!: string;

  @TextField('Why')
  because!: string;

  @TextField('Who or what moved it')
  by!: string;

  @InstantField('When, on the database\'s clock')
  at!: string;
}

export class PostingDetailBody extends PostingBody {
  @PartsField(() => PostingStepBody, 'What is sent to the target, in order')
  steps!: PostingStepBody[];

  @PartsField(() => PostingMoveBody, 'Every move, oldest first')
  moves!: PostingMoveBody[];
}

/** How an open amount moves. */
export class EffectBody {
  @TextField('invoice, creditMemo or payment')
  document!: string;

  @TextField('The source\'s id')
  externalId!: string;

  @TextField('Its number')
  number!: string;

  @MoneyField('Open before')
  before!: MoneyBody;

  @MoneyField('Open after')
  after!: MoneyBody;
}

export class PlannedStepBody {
  @TextField('One sentence')
  says!: string;

  @TextField('post, apply, unapply, writeOff or reverse')
  operation!: string;

  @TextField('create, update or delete')
  action!: string;

  @TextField('The target\'s record type')
  recordType!: string;

  @OpenObjectField('The request as it would be sent')
  body!: JsonObject;
}

/** What would happen. Nothing was stored or sent. */
export class DryRunBody {
  @PartsField(() => PlannedStepBody, 'Calls to the target, in order')
  steps!: PlannedStepBody[];

  @PartsField(() => EffectBody, 'Open amounts, before and after')
  effects!: EffectBody[];

  @PartsField(() => RefusalBody, 'What the target would refuse; empty means it would go through')
  refusals!: RefusalBody[];
}

export class DryRunsBody {
  @PartsField(() => DryRunBody, 'One per payment the target gets: per customer and company')
  items!: DryRunBody[];
}

export class FinalizedBody {
  @TextsField('Ids of the postings made')
  postingIds!: string[];
}

export class ReversalPreviewBody {
  @OneOfField(['target', 'refused', 'person'], 'Who can undo it: the target through this hub, nobody for the reasons given, or a person in the target')
  by!: 'target' | 'refused' | 'person';

  @TextField('Why a person has to do it', OPTIONAL)
  because?: string;

  @PartsField(() => PlannedStepBody, 'What would be sent', OPTIONAL)
  steps?: PlannedStepBody[];

  @PartsField(() => EffectBody, 'Open amounts, before and after', OPTIONAL)
  effects?: EffectBody[];

  @PartsField(() => RefusalBody, 'Why it is refused', OPTIONAL)
  refusals?: RefusalBody[];
}

export class ReversedBody {
  @IdField('The posting that undoes it', OR_NULL)
  postingId!: string | null;

  @TextField('Why a person has to do it in the target, where this hub cannot', OR_NULL)
  byPersonBecause!: string | null;
}

export function postingBody(row: PostingRow): PostingBody {
  return {
    id: row.id, connectionId: row.connectionId, kind: row.kind, reversesPostingId: row.reversesPostingId, bankTransactionId: row.bankTransactionId, customerId: row.customerId, byFile: row.byFile, batchId: row.batchId,
    amount: moneyBody(row.amountMinor, row.currency), idempotencyKey: row.idempotencyKey, state: row.state, stateBecause: row.stateBecause,
    refusals: row.refusals as unknown as RefusalBody[], differences: row.differences as unknown as DifferenceBody[], createdBy: row.createdBy, createdAt: row.createdAt, updatedAt: row.updatedAt, verifiedAt: row.verifiedAt,
  };
}

export function postingDetailBody({ posting, steps, moves }: PostingDetail): PostingDetailBody {
  return { ...postingBody(posting), steps: steps.map(stepBody), moves: moves.map(moveBody) };
}

function stepBody(row: PostingStepRow): PostingStepBody {
  const { says, operation, recordType, body } = row.step;
  return { position: row.position, stepKey: row.stepKey, says, operation, recordType, state: row.state, attempts: row.attempts, externalId: row.externalId, body, booked: row.booked };
}

function moveBody(row: PostingMoveRow): PostingMoveBody {
  return { from: row.fromState, to: row.toState, because: row.because, by: row.byWhom, at: row.at };
}

export function dryRunBody(run: DryRun): DryRunBody {
  return { steps: run.steps.map(plannedStepBody), effects: run.effects.map(effectBody), refusals: run.refusals.map(refusalBody) };
}

export function reversalPreviewBody(plan: ReversalPlan): ReversalPreviewBody {
  switch (plan.by) {
    case 'person': return { by: 'person', because: plan.because };
    case 'refused': return { by: 'refused', refusals: plan.refusals.map(refusalBody) };
    case 'target': return { by: 'target', steps: plan.steps.map(plannedStepBody), effects: plan.steps.flatMap((step) => step.effects).map(effectBody) };
  }
}

function plannedStepBody({ says, operation, action, recordType, body }: PlannedStep): PlannedStepBody {
  return { says, operation, action, recordType, body };
}

function effectBody({ document, externalId, number, currency, before, after }: OpenAmountChange): EffectBody {
  return { document, externalId, number, before: { amount: before, currency }, after: { amount: after, currency } };
}

function refusalBody(refusal: Refusal): RefusalBody {
  return { ...refusal };
}
