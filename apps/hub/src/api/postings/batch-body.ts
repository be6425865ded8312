import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { BATCH_STATE_NAMES, POSTING_STATE_NAMES, type BatchDetail, type ClosingPolicy, type FileSettings, type HandedInAnswer } from '#posting';
import type { BatchMember, PostingBatchMoveRow, PostingBatchRow } from '#storage';
import { invalid, type FieldProblem } from '../../http/problem.js';
import { DayField, IdField, InstantField, IntegerField, OneOfField, OPTIONAL, OR_NULL, PartField, PartsField, TextField, TextMapField, TextsField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { TEXT_LENGTH_MAX } from './decision-body.js';

/** As many as the largest file a person would hand in answers of. */
const ANSWERS_MAX = 10_000;

/** A file of postings on its way into a target. */
export class PostingBatchBody {
  @IdField('Id of the batch')
  id!: string;

  @IdField('Where it is delivered')
  connectionId!: string;

  @IntegerField('Its number: counts up by one per connection, without holes')
  sequence!: number;

  @TextField('Name of the file')
  name!: string;

  @TextField('SHA-256 of its bytes, hexadecimal')
  sha256!: string;

  @IntegerField('Its size in bytes')
  byteCount!: number;

  @TextField('What its postings have in common, in the connector\'s words')
  key!: string;

  @IntegerField('Control total: postings in it')
  postings!: number;

  @MoneyField('Control total: payments less counter-entries')
  total!: MoneyBody;

  @InstantField('When it was closed')
  closedAt!: string;

  @DayField('That instant\'s day in the account\'s time zone')
  closedOn!: string;

  @OneOfField(BATCH_STATE_NAMES, 'Where it stands')
  state!: string;

  @TextField('Why it stands there', OR_NULL)
  stateBecause!: string | null;

  @IntegerField('Deliveries begun; always of the same name and the same bytes')
  attempts!: number;

  @InstantField('When the target had it', OR_NULL)
  deliveredAt!: string | null;

  @InstantField('What nobody confirmed by then goes to a person', OR_NULL)
  confirmBy!: string | null;

  @TextField('Who or what closed it')
  createdBy!: string;
}

export class BatchMemberBody {
  @IdField('The posting')
  postingId!: string;

  @TextField('Key of its record in the file')
  stepKey!: string;

  @MoneyField('Cash it books')
  amount!: MoneyBody;

  @OneOfField(POSTING_STATE_NAMES, 'Where the posting stands now')
  state!: string;

  @TextField('The document it became in the target', OR_NULL)
  externalId!: string | null;

  @TextField('Why the target refused it', OR_NULL)
  problem!: string | null;
}

export class BatchMoveBody {
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

export class PostingBatchDetailBody extends PostingBatchBody {
  @PartsField(() => BatchMemberBody, 'Its postings, in the order of the file')
  members!: BatchMemberBody[];

  @PartsField(() => BatchMoveBody, 'Every move, oldest first')
  moves!: BatchMoveBody[];

  @TextsField('What is wrong with the hash chain of its moves; empty when it is whole')
  chainProblems!: string[];
}

export class ClosedBatchBody {
  @IdField('Id of the batch')
  id!: string;

  @IntegerField('Its number')
  sequence!: number;

  @TextField('Name of the file')
  name!: string;

  @IntegerField('Postings in it')
  postings!: number;
}

export class ClosedBatchesBody {
  @PartsField(() => ClosedBatchBody, 'The files made; none when nothing waited')
  items!: ClosedBatchBody[];
}

const CLOSING_WAYS = ['every', 'daily', 'onRequest'] as const;

export class ClosingBody {
  @OneOfField(CLOSING_WAYS, 'So many minutes after the oldest waiting posting, at a time of day, or only when asked')
  @IsIn(CLOSING_WAYS)
  how!: ClosingPolicy['how'];

  @IntegerField('For `every`; 0 is at once', OPTIONAL)
  @IsOptional() @IsInt()
  minutes?: number;

  @TextField('For `daily`: `HH:MM` in the account\'s time zone', OPTIONAL)
  @IsOptional() @IsString() @MaxLength(TEXT_LENGTH_MAX)
  at?: string;
}

/** How a connection's posting files are made and confirmed. */
export class FileSettingsBody {
  @PartField(() => ClosingBody, 'When what waits becomes a file')
  @ValidateNested() @Type(() => ClosingBody)
  closing!: ClosingBody;

  @IntegerField('After a delivery; what nobody confirmed by then goes to a person')
  @IsInt()
  confirmWithinMinutes!: number;

  @IdField('The connection whose payments confirm a posting when a sync sees them, by key or reference; this one when left out', OPTIONAL)
  @IsOptional() @Matches(/^\d{1,18}$/, { message: 'is not an id' })
  confirmByConnectionId?: string;
}

const ANSWERS = ['booked', 'refused'] as const;

export class FileAnswerBody {
  @TextField('Key of the record in the file')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  stepKey!: string;

  @OneOfField(ANSWERS, 'What the target did')
  @IsIn(ANSWERS)
  state!: (typeof ANSWERS)[number];

  @TextField('For `booked`: the document it became', OPTIONAL)
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  externalId?: string;

  @TextMapField('For `booked`: what the answer repeats of the booking, compared with the plan', OPTIONAL)
  @IsOptional()
  fields?: Record<string, string>;

  @TextField('For `refused`: why', OPTIONAL)
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  problem?: string;
}

export class AcknowledgementBody {
  @TextField('Where the answer is from: a report\'s name, a call')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  source!: string;

  @PartsField(() => FileAnswerBody, 'About one posting each; those it says nothing about stay open')
  @ArrayMinSize(1) @ArrayMaxSize(ANSWERS_MAX) @ValidateNested({ each: true }) @Type(() => FileAnswerBody)
  answers!: FileAnswerBody[];
}

/** @throws ProblemError with every answer that is half said */
export function answersOf(body: AcknowledgementBody): HandedInAnswer[] {
  const problems: FieldProblem[] = [];
  const answers = body.answers.map(({ stepKey, state, externalId, fields, problem }, index): HandedInAnswer => {
    if (state === 'refused') {
      if (problem === undefined) problems.push({ field: `answers[${index}].problem`, problem: 'is needed where the target refused' });
      return { stepKey, answer: { state, problem: problem ?? '' } };
    }
    if (externalId === undefined) problems.push({ field: `answers[${index}].externalId`, problem: 'is needed where the target booked' });
    if (Object.values(fields ?? {}).some((value) => typeof value !== 'string')) problems.push({ field: `answers[${index}].fields`, problem: 'holds something else than text' });
    return { stepKey, answer: { state, externalId: externalId ?? '', fields: fields ?? {}, applications: null } };
  });
  if (problems.length > 0) throw invalid(problems);
  return answers;
}

/** @throws ProblemError for a policy that is half said; what else is wrong with it the posting room says */
export function fileSettingsOf(body: FileSettingsBody, connectionId: string): FileSettings {
  return { closing: closingOf(body.closing), confirmWithinMinutes: body.confirmWithinMinutes, confirmByConnectionId: body.confirmByConnectionId ?? connectionId };
}

function closingOf({ how, minutes, at }: ClosingBody): ClosingPolicy {
  switch (how) {
    case 'onRequest': return { how };
    case 'every':
      if (minutes === undefined) throw invalid([{ field: 'closing.minutes', problem: 'is needed for `every`' }]);
      return { how, minutes };
    case 'daily':
      if (at === undefined) throw invalid([{ field: 'closing.at', problem: 'is needed for `daily`' }]);
      return { how, at };
  }
}

export function fileSettingsBody({ closing, confirmWithinMinutes, confirmByConnectionId }: FileSettings): FileSettingsBody {
  return { closing: { ...closing }, confirmWithinMinutes, confirmByConnectionId };
}

export function postingBatchBody(row: PostingBatchRow): PostingBatchBody {
  const { id, connectionId, sequence, name, sha256, byteCount, key, postings, closedAt, closedOn, state, stateBecause, attempts, deliveredAt, confirmBy, createdBy } = row;
  return {
    id, connectionId, sequence, name, sha256, byteCount, key, postings, total: moneyBody(row.totalMinor, row.currency), closedAt, closedOn, state, stateBecause, attempts, deliveredAt, confirmBy, createdBy,
  };
}

export function postingBatchDetailBody({ batch, members, moves, chainProblems }: BatchDetail): PostingBatchDetailBody {
  return { ...postingBatchBody(batch), members: members.map(memberBody), moves: moves.map(moveBody), chainProblems: [...chainProblems] };
}

function memberBody({ postingId, stepKey, state, externalId, problem, amountMinor, currency }: BatchMember): BatchMemberBody {
  return { postingId, stepKey, amount: moneyBody(amountMinor, currency), state, externalId, problem };
}

function moveBody({ fromState, toState, because, byWhom, at }: PostingBatchMoveRow): BatchMoveBody {
  return { from: fromState, to: toState, because, by: byWhom, at };
}
