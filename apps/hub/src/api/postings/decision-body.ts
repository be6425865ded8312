import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsISO4217CurrencyCode, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IDEMPOTENCY_KEY_MAX, isLocalDate, MoneyError, parseMoney, type Money } from '#canonical';
import type { Decision } from '#posting';
import { invalid, type FieldProblem } from '../../http/problem.js';
import { DayField, IdField, OneOfField, OPTIONAL, PartField, PartsField, TextField } from '../wire/fields.js';

const ID = /^\d{1,18}$/;
export const TEXT_LENGTH_MAX = 300;
/** A payment of more documents is refused by every known target. */
export const DOCUMENTS_MAX = 5_000;

export class AmountBody {
  @TextField('Decimal text')
  @Matches(/^-?\d{1,30}(?:\.\d{1,6})?$/, { message: 'must be decimal text such as "12.30"' })
  amount!: string;

  @TextField('ISO 4217 code')
  @IsISO4217CurrencyCode()
  currency!: string;
}

export class InvoiceShareBody {
  @IdField('The invoice')
  @Matches(ID, { message: 'is not an id' })
  invoiceId!: string;

  @PartField(() => AmountBody, 'How much of it is paid')
  @ValidateNested() @Type(() => AmountBody)
  amount!: AmountBody;
}

export class CreditShareBody {
  @OneOfField(['creditMemo', 'payment'], 'A credit memo, or a payment on account')
  @IsIn(['creditMemo', 'payment'])
  kind!: 'creditMemo' | 'payment';

  @IdField('The credit memo or payment')
  @Matches(ID, { message: 'is not an id' })
  id!: string;

  @PartField(() => AmountBody, 'How much of it is used up')
  @ValidateNested() @Type(() => AmountBody)
  amount!: AmountBody;
}

export class WriteOffBody extends InvoiceShareBody {
  @TextField('The general-ledger account that takes the difference, by the source\'s id')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  accountExternalId!: string;

  @TextField('Why it is written off')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  reasonCode!: string;
}

/** What to do with a bank transaction's money: the matcher's proposal as it stands, or shares of your own. Together they use it up to the cent. */
export class DecisionBody {
  @IdField('The bank transaction', OPTIONAL)
  @IsOptional() @Matches(ID, { message: 'is not an id' })
  bankTransactionId?: string;

  @IdField('Take this proposal as it stands; only `postedOn` and `memo` may stand beside it', OPTIONAL)
  @IsOptional() @Matches(ID, { message: 'is not an id' })
  proposalId?: string;

  @IdField('Whose money it is', OPTIONAL)
  @IsOptional() @Matches(ID, { message: 'is not an id' })
  customerId?: string;

  @PartsField(() => InvoiceShareBody, 'Invoices it pays, wholly or in part', OPTIONAL)
  @IsOptional() @ArrayMaxSize(DOCUMENTS_MAX) @ValidateNested({ each: true }) @Type(() => InvoiceShareBody)
  invoices?: InvoiceShareBody[];

  @PartsField(() => CreditShareBody, 'Credits used up along with it', OPTIONAL)
  @IsOptional() @ArrayMaxSize(DOCUMENTS_MAX) @ValidateNested({ each: true }) @Type(() => CreditShareBody)
  credits?: CreditShareBody[];

  @PartsField(() => WriteOffBody, 'What is left open on an invoice and given up', OPTIONAL)
  @IsOptional() @ArrayMaxSize(DOCUMENTS_MAX) @ValidateNested({ each: true }) @Type(() => WriteOffBody)
  writeOffs?: WriteOffBody[];

  @PartField(() => AmountBody, 'What stays on the customer\'s account', OPTIONAL)
  @IsOptional() @ValidateNested() @Type(() => AmountBody)
  onAccount?: AmountBody;

  @DayField('Posting day; the day the bank booked when left out', OPTIONAL)
  @IsOptional() @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'is not a calendar day (YYYY-MM-DD)' })
  postedOn?: string;

  @TextField('Memo of the payment in the target; the bank\'s text when left out', OPTIONAL)
  @IsOptional() @IsString() @MaxLength(TEXT_LENGTH_MAX)
  memo?: string;
}

export class ReversalBody {
  @TextField('Why it is undone; kept with it')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  reason!: string;

  @DayField('Day of the reversal in the target; today in the account\'s time zone when left out', OPTIONAL)
  @IsOptional() @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'is not a calendar day (YYYY-MM-DD)' })
  reversedOn?: string;
}

export class ReasonBody {
  @TextField('Why; kept with the posting')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  reason!: string;
}

const STEPS_MAX = 100;

export class SettledStepBody {
  @TextField('Key of the step that is not booked')
  @IsString() @IsNotEmpty() @MaxLength(IDEMPOTENCY_KEY_MAX)
  stepKey!: string;

  @TextField('Id of the document it became in the ERP')
  @IsString() @IsNotEmpty() @MaxLength(TEXT_LENGTH_MAX)
  externalId!: string;
}

export class SettlementBody extends ReasonBody {
  @PartsField(() => SettledStepBody, 'One for each step that is not booked')
  @ArrayMaxSize(STEPS_MAX) @ValidateNested({ each: true }) @Type(() => SettledStepBody)
  documents!: SettledStepBody[];
}

/** A decision in which everything is said by the caller. @throws ProblemError with every field that is missing or no amount */
export function explicitDecision(body: DecisionBody): Decision {
  const problems: FieldProblem[] = [];
  const { customerId, onAccount } = body;
  if (customerId === undefined) problems.push({ field: 'customerId', problem: 'is needed where no proposal is taken' });
  const read = (field: string, amount: AmountBody): Money => readAmount(field, amount, problems);
  const currency = onAccount?.currency ?? body.invoices?.[0]?.amount.currency ?? body.credits?.[0]?.amount.currency;
  if (currency === undefined) problems.push({ field: '', problem: 'says nothing about the money: name invoices, or put it on account' });
  const decision: Decision = {
    customerId: customerId ?? '',
    invoices: (body.invoices ?? []).map(({ invoiceId, amount }, index) => ({ invoiceId, amount: read(`invoices[${index}].amount`, amount) })),
    credits: (body.credits ?? []).map(({ id, kind, amount }, index) => ({ creditId: id, kind, amount: read(`credits[${index}].amount`, amount) })),
    writeOffs: writeOffsOf(body, problems),
    onAccount: onAccount === undefined ? { minor: 0n, currency: currency ?? 'USD' } : read('onAccount', onAccount),
    postedOn: dayOf('postedOn', body.postedOn, problems), memo: body.memo ?? null,
  };
  if (problems.length > 0) throw invalid(problems);
  return decision;
}

function writeOffsOf(body: DecisionBody, problems: FieldProblem[]): Decision['writeOffs'] {
  return (body.writeOffs ?? []).map(({ invoiceId, amount, accountExternalId, reasonCode }, index) => (
    { invoiceId, amount: readAmount(`writeOffs[${index}].amount`, amount, problems), accountExternalId, reasonCode }));
}

export function dayOf(field: string, text: string | undefined, problems: FieldProblem[]): Decision['postedOn'] {
  if (text === undefined) return null;
  if (isLocalDate(text)) return text;
  problems.push({ field, value: text, problem: 'is not a calendar day (YYYY-MM-DD)' });
  return null;
}

function readAmount(field: string, body: AmountBody, problems: FieldProblem[]): Money {
  try {
    return parseMoney(body.amount, body.currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    problems.push({ field, value: body.amount, problem: error.message });
    return { minor: 0n, currency: body.currency };
  }
}
