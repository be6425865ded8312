import type { CurrencyCode, LocalDate, Money, Payer, StatementTransaction } from '#canonical';

/** A booked line of a bank account. Positive = money in. */
export interface MatchTransaction {
  readonly id: string;
  readonly bookedOn: LocalDate;
  readonly amount: Money;
  readonly kind: StatementTransaction['kind'];
  readonly memo: string;
  readonly payer: Payer;
  readonly checkNumber: string | null;
  /** Bank reference, end-to-end id, trace number: whatever else the bank calls this payment. */
  readonly references: readonly string[];
  /** The company that owns the bank account; null when it collects for every company. */
  readonly companyId: string | null;
}

export interface OpenInvoice {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly companyId: string | null;
  readonly total: Money;
  /** What is still unpaid. An invoice with nothing open takes part in nothing. */
  readonly open: Money;
  readonly issuedOn: LocalDate;
  readonly dueOn: LocalDate | null;
  readonly purchaseOrder: string | null;
  readonly disputed: boolean;
  /** What may be deducted when the money arrives on or before `until`. */
  readonly discount: { readonly amount: Money; readonly until: LocalDate } | null;
}

/** A credit memo or an unapplied payment. `open` is positive: what it can still settle. */
export interface OpenCredit {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly companyId: string | null;
  readonly open: Money;
  readonly issuedOn: LocalDate;
}

export interface MatchCustomer {
  readonly id: string;
  readonly number: string | null;
  readonly name: string;
  readonly otherNames: readonly string[];
  /** A parent may pay for its children. */
  readonly parentId: string | null;
}

export interface OpenItems {
  readonly invoices: readonly OpenInvoice[];
  readonly credits: readonly OpenCredit[];
}

export interface RemittanceLine {
  readonly reference: string;
  /** What the payer says it pays on this document; negative when it takes a credit. Null where it names the document and no amount. */
  readonly paid: Money | null;
  readonly gross: Money | null;
  readonly discount: Money | null;
  readonly deduction: Money | null;
  readonly deductionCode: string | null;
}

export interface RemittanceAdvice {
  readonly id: string;
  /** Set when somebody handed it in for one bank line. */
  readonly transactionId: string | null;
  readonly receivedOn: LocalDate;
  readonly payerName: string | null;
  /** The payer's cheque or trace number. */
  readonly reference: string | null;
  readonly total: Money | null;
  readonly lines: readonly RemittanceLine[];
  /** A body without readable lines: searched for references, as a memo is. */
  readonly text: string | null;
}

export const PAYER_TRAITS = ['account', 'id', 'name'] as const;
/** What a bank says about a payer and what can therefore be learned: its account, its originator id, its name. */
export type PayerTrait = (typeof PAYER_TRAITS)[number];

export interface LearnedPayer {
  readonly trait: PayerTrait;
  readonly value: string;
  readonly customerId: string;
  /** People who confirmed this payer for this customer, and people who corrected it. The keeper of the memory decays both. */
  readonly confirmed: number;
  readonly contradicted: number;
}

export interface EarlierPayment {
  readonly transactionId: string;
  readonly bookedOn: LocalDate;
  readonly amount: Money;
  readonly customerId: string;
  /** Numbers of the documents it settled. */
  readonly documentNumbers: readonly string[];
}

export interface MatchingMemory {
  readonly aliases: readonly LearnedPayer[];
  /** Payers whose money people marked as no customer payment. */
  readonly notPayments: readonly { readonly trait: PayerTrait; readonly value: string; readonly count: number }[];
  /** Negative pairs: this payer is not this customer, whatever its name says. */
  readonly refusedPayers: readonly { readonly trait: PayerTrait; readonly value: string; readonly customerId: string }[];
  /** Dismissed pairs: this bank line does not pay this document. They stay dismissed. */
  readonly refusedDocuments: readonly { readonly transactionId: string; readonly documentId: string }[];
  readonly earlierPayments: readonly EarlierPayment[];
}

/** A tenant's own rule. Plain text comparison without case: linear in the text, whatever somebody writes. */
export interface TenantRule {
  readonly id: string;
  readonly field: 'memo' | 'payerName' | 'payerAccount' | 'payerId' | 'kind';
  readonly test: 'contains' | 'equals';
  readonly text: string;
  readonly means: { readonly kind: 'notPayment' } | { readonly kind: 'customer'; readonly customerId: string };
}

export interface MatchingSettings {
  readonly autoApply: { readonly enabled: boolean; readonly probabilityMin: number };
  /** Below this probability a proposal carries no allocations, only its reasons. */
  readonly showAt: number;
  /** A difference up to this many minor units of its currency is proposed as a write-off. Absent = none. */
  readonly writeOffMax: Readonly<Record<CurrencyCode, bigint>>;
  /** Days after a payment in which a second one of the same amount looks like a duplicate. */
  readonly duplicateDays: number;
  /** Days between an advice and its money, either way, when only the total links them. */
  readonly remittanceDays: number;
}

export const DEFAULT_SETTINGS: MatchingSettings = {
  autoApply: { enabled: true, probabilityMin: 0.95 },
  showAt: 0.05,
  writeOffMax: {},
  duplicateDays: 14,
  remittanceDays: 10,
};

/** Everything one run may know. Opaque ids; nothing here is read from anywhere else. */
export interface MatchingFacts {
  readonly customers: readonly MatchCustomer[];
  /** By customer id. */
  readonly openItems: ReadonlyMap<string, OpenItems>;
  readonly remittances: readonly RemittanceAdvice[];
  readonly memory: MatchingMemory;
  readonly rules: readonly TenantRule[];
  readonly settings: MatchingSettings;
}

export const EMPTY_MEMORY: MatchingMemory = {
  aliases: [], notPayments: [], refusedPayers: [], refusedDocuments: [], earlierPayments: [],
};

export const FAMILIES = [
  'single', 'referenceList', 'remittance', 'oldestPrefix', 'contiguousBlock', 'totalBalance', 'arbitrarySum', 'onAccount', 'none',
] as const;
/** The kind of set a proposal settles. `onAccount`: the customer is known, the documents are not. `none`: no customer payment, or nobody's. */
export type Family = (typeof FAMILIES)[number];

export const SIGNAL_NAMES = [
  'tenantRule', 'bankType', 'bankWords', 'markedNotPayment', 'moneyOut',
  'payerAccount', 'payerId', 'payerAlias', 'payerName', 'nameInMemo', 'customerNumber', 'refusedPayer', 'payerIsParent',
  'reference', 'purchaseOrder', 'weakReference', 'closedReference', 'otherCustomersReference', 'ambiguousReference', 'memoCut',
  'remittance', 'remittanceTotalDiffers', 'remittanceLineUnknown', 'remittanceRival',
  'exactAmount', 'discountTaken', 'discountNotEarned', 'creditsNetted', 'deduction', 'shortPay', 'overPay', 'writeOff', 'allDueBy', 'exceptDisputed', 'remainder',
  'duplicate', 'promisedElsewhere', 'contested', 'searchIncomplete', 'manySums',
] as const;
export type SignalName = (typeof SIGNAL_NAMES)[number];

/** One piece of evidence, kept for audit. */
export interface Signal {
  readonly name: SignalName;
  /** 0 = says nothing, 1 = decides. Against the proposal when negative. */
  readonly strength: number;
  /** The text of the input it rests on, exactly as written there; null when it rests on no text. */
  readonly quote: string | null;
  /** One English sentence without the final full stop. */
  readonly sentence: string;
}

export interface ProposedAllocation {
  readonly document: 'invoice' | 'credit';
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  /** Money applied: positive on an invoice, negative when a credit is used up. */
  readonly amount: Money;
  /** What was open before: positive on an invoice, negative on a credit. */
  readonly openBefore: Money;
  readonly discount: Money | null;
  readonly writeOff: Money | null;
}

export interface Alternatives {
  /** Other allocations that explain the same facts equally well. */
  readonly count: number;
  /** `atLeast` when counting stopped at a bound. */
  readonly counted: 'exactly' | 'atLeast';
  /** The one fact that would tell the proposal from the others; null when there are none. */
  readonly distinguishingFact: string | null;
}

export interface MatchProposal {
  readonly transactionId: string;
  /** Probability that this is money of a customer. */
  readonly isPayment: number;
  readonly paymentVerdict: 'yes' | 'no' | 'unsure';
  /** Whose documents are settled; the payer where they belong to several customers. */
  readonly customerId: string | null;
  /** Who pays, when that is the parent of `customerId`. Otherwise equal to it. */
  readonly payerCustomerId: string | null;
  readonly customerProbability: number;
  /** Their amounts and `onAccount` add up to the transaction's amount, always. */
  readonly allocations: readonly ProposedAllocation[];
  readonly onAccount: Money;
  /** What stays open on the allocated documents. */
  readonly shortBy: Money;
  /** Chance that customer and allocations are all exactly right. */
  readonly probability: number;
  /** No other allocation explains the same facts equally well, and the search was complete enough to say so. */
  readonly unique: boolean;
  /** Every allocated document is settled to the last unit and nothing is left over. */
  readonly exact: boolean;
  readonly alternatives: Alternatives;
  readonly remittanceId: string | null;
  readonly signals: readonly Signal[];
  readonly family: Family;
  readonly autoApply: { readonly allowed: boolean; readonly because: readonly string[] };
  readonly rationale: string;
}
