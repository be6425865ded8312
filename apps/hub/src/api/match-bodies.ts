import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { MatchRunResult, ProposalWithLines, StoredProposal, StoredProposalLine } from '#matching';
import { FAMILIES, SIGNAL_NAMES } from '#matching';
import { ID_PATTERN } from './bank-request.js';
import { DayField, FlagField, FractionField, IdField, InstantField, IntegerField, OneOfField, OPTIONAL, OR_NULL, PartField, PartsField, TextField, TextsField } from './wire/fields.js';
import { moneyBody, MoneyField, type MoneyBody } from './wire/money.js';

const REASON_LENGTH_MAX = 500;
const STATUSES = ['current', 'superseded', 'confirmed', 'dismissed'] as const;

export class NewMatchRunBody {
  @IdField('Only what posts where this bank account posts; other accounts of that connection compete for the same documents and are matched too', OPTIONAL)
  @IsOptional() @Matches(ID_PATTERN, { message: 'is not an id of this API' })
  bankAccountId?: string;

  @IdField('Only what posts into this connection', OPTIONAL)
  @IsOptional() @Matches(ID_PATTERN, { message: 'is not an id of this API' })
  connectionId?: string;
}

export class DismissalBody {
  @TextField('Why; kept with the proposal', OPTIONAL)
  @IsOptional() @IsString() @MaxLength(REASON_LENGTH_MAX)
  reason?: string;
}

export class MatchRunBody {
  @IntegerField('Undecided bank lines looked at')
  matched!: number;

  @IntegerField('New current proposals')
  written!: number;

  @IntegerField('Lines whose proposal says the same already')
  unchanged!: number;

  @IntegerField('Lines whose only answer a person dismissed')
  dismissedBefore!: number;

  @IntegerField('Lines that were decided while the run computed')
  takenMeanwhile!: number;

  @IntegerField('Undecided lines of bank accounts that post into no connection')
  withoutConnection!: number;

  @IntegerField('Open documents whose customer has not been read')
  documentsWithoutCustomer!: number;
}

export class SignalBody {
  @OneOfField(SIGNAL_NAMES, 'Kind of evidence')
  name!: string;

  @FractionField('0 says nothing, 1 decides; negative speaks against')
  strength!: number;

  @TextField('The text it rests on, as written there. Other people\'s text: show it as text', OR_NULL)
  quote!: string | null;

  @TextField('In words')
  sentence!: string;
}

export class AlternativesBody {
  @IntegerField('Other allocations that explain the same facts equally well')
  count!: number;

  @OneOfField(['exactly', 'atLeast'], '`atLeast` when counting stopped at a bound')
  counted!: 'exactly' | 'atLeast';

  @TextField('The one fact that would tell them apart', OR_NULL)
  distinguishingFact!: string | null;
}

export class AutoApplyBody {
  @FlagField('Whether it may be applied without a look')
  allowed!: boolean;

  @TextsField('Every reason, for or against')
  because!: readonly string[];
}

export class ProposalDecisionBody {
  @TextField('Who decided')
  by!: string;

  @InstantField('When')
  at!: string;

  @TextField('Why', OR_NULL)
  reason!: string | null;
}

/** A proposal as lists show it. */
export class MatchProposalBody {
  @IdField('Id in this hub')
  id!: string;

  @IdField('The connection its documents are of')
  connectionId!: string;

  @IdField('The bank line')
  bankTransactionId!: string;

  @TextField('What the bank line shows')
  bankTransactionStatus!: string;

  @DayField('Day of the bank line')
  bookedOn!: string;

  @MoneyField('Amount of the bank line')
  amount!: MoneyBody;

  @OneOfField(STATUSES, 'A line has at most one current proposal')
  status!: (typeof STATUSES)[number];

  @FractionField('Probability that it is money of a customer')
  isPayment!: number;

  @OneOfField(['yes', 'no', 'unsure'], 'The verdict on that')
  paymentVerdict!: 'yes' | 'no' | 'unsure';

  @IdField('Whose documents it settles', OR_NULL)
  customerId!: string | null;

  @TextField('Its name', OR_NULL)
  customerName!: string | null;

  @IdField('Who pays, where that is the parent', OR_NULL)
  payerCustomerId!: string | null;

  @FractionField('Probability of the customer')
  customerProbability!: number;

  @FractionField('Probability that customer and documents are all right')
  probability!: number;

  @OneOfField(FAMILIES, 'Kind of set it settles')
  family!: string;

  @FlagField('No other allocation explains the facts as well')
  unique!: boolean;

  @FlagField('Settles every document to the last unit, nothing left over')
  exact!: boolean;

  @PartField(() => AlternativesBody, 'Other answers')
  alternatives!: AlternativesBody;

  @MoneyField('What stays on account')
  onAccount!: MoneyBody;

  @MoneyField('What stays open on the documents')
  shortBy!: MoneyBody;

  @IdField('The remittance it follows', OR_NULL)
  remittanceId!: string | null;

  @PartField(() => AutoApplyBody, 'Whether it may be applied without a look, and why')
  autoApply!: AutoApplyBody;

  @TextField('Why, in English')
  rationale!: string;

  @PartField(() => ProposalDecisionBody, 'Null until a person decided', OR_NULL)
  decision!: ProposalDecisionBody | null;

  @InstantField('When it was made')
  createdAt!: string;
}

export class MatchProposalLineBody {
  @OneOfField(['invoice', 'creditMemo', 'payment'], 'Kind of document')
  document!: 'invoice' | 'creditMemo' | 'payment';

  @IdField('The document in this hub')
  documentId!: string;

  @TextField('The source\'s own id')
  externalId!: string;

  @IdField('Whose it is')
  customerId!: string;

  @TextField('Its number')
  number!: string;

  @MoneyField('What it gets; negative when a credit is used up')
  amount!: MoneyBody;

  @MoneyField('What was free before; negative on a credit')
  openBefore!: MoneyBody;

  @MoneyField('Early-payment discount taken', OR_NULL)
  discount!: MoneyBody | null;

  @MoneyField('Difference written off', OR_NULL)
  writeOff!: MoneyBody | null;
}

/** A proposal with everything behind it. */
export class MatchProposalDetailBody extends MatchProposalBody {
  @PartsField(() => MatchProposalLineBody, 'What it settles, and with which credits')
  lines!: MatchProposalLineBody[];

  @PartsField(() => SignalBody, 'The evidence')
  signals!: readonly SignalBody[];
}

export function matchRunBody(result: MatchRunResult): MatchRunBody {
  return { ...result };
}

export function matchProposalBody(proposal: StoredProposal): MatchProposalBody {
  const { signals: _, amount, onAccount, shortBy, decision, createdAt, ...plain } = proposal;
  return {
    ...plain, amount: moneyBody(amount.minor, amount.currency), onAccount: moneyBody(onAccount.minor, onAccount.currency), shortBy: moneyBody(shortBy.minor, shortBy.currency),
    decision: decision === null ? null : { ...decision, at: decision.at.toISOString() }, createdAt: createdAt.toISOString(),
  };
}

export function matchProposalDetailBody({ proposal, lines }: ProposalWithLines): MatchProposalDetailBody {
  return { ...matchProposalBody(proposal), lines: lines.map(lineBody), signals: proposal.signals };
}

function lineBody({ amount, openBefore, discount, writeOff, ...plain }: StoredProposalLine): MatchProposalLineBody {
  return {
    ...plain, amount: moneyBody(amount.minor, amount.currency), openBefore: moneyBody(openBefore.minor, openBefore.currency),
    discount: discount === null ? null : moneyBody(discount.minor, discount.currency), writeOff: writeOff === null ? null : moneyBody(writeOff.minor, writeOff.currency),
  };
}
