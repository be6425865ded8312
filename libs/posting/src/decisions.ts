import { isLocalDate, MoneyError, parseLocalDate, parseMoney } from '#canonical';
import { readDecisionFacts, type Database, type StoredDecisionFacts, type StoredDocument } from '#storage';
import type { FinalizeRequest } from './finalize.js';
import { PostingError } from './ports.js';
import { partsOf, type DecidedDocument, type Decision, type DecisionFacts, type DecisionProblem } from './rules/decision-parts.js';

/** Raised for a decision that makes no sense; every problem with the path of its field. */
export class DecisionError extends Error {
  override readonly name = 'DecisionError';
  constructor(readonly problems: readonly DecisionProblem[]) {
    super(problems.map(({ field, problem }) => (field === '' ? problem : `${field} ${problem}`)).join('; '));
  }
}

/**
 * What was decided about a bank transaction as postings to be finalized or dry-run: looks the documents up and splits by customer and company.
 * @throws DecisionError with every problem; PostingError when there is no such transaction or it posts nowhere
 */
export class Decisions {
  constructor(private readonly database: Database) {}

  async requestOf(tenantId: string, bankTransactionId: string, decision: Decision, createdBy: string): Promise<FinalizeRequest> {
    const stored = await this.database.inTenant(tenantId, (transaction) => readDecisionFacts(transaction, bankTransactionId, {
      customers: [decision.customerId],
      invoices: [...decision.invoices, ...decision.writeOffs].map(({ invoiceId }) => invoiceId),
      creditMemos: decision.credits.filter(({ kind }) => kind === 'creditMemo').map(({ creditId }) => creditId),
      payments: decision.credits.filter(({ kind }) => kind === 'payment').map(({ creditId }) => creditId),
    }));
    if (stored === 'noTransaction') throw new PostingError('notFound', `there is no bank transaction ${bankTransactionId}`);
    if (stored === 'noConnection') throw new PostingError('notNow', 'the bank account is linked to no connection: say which ERP it posts to (PATCH /v1/bank-accounts/{id})');
    const outcome = partsOf(decision, asFacts(stored, decision));
    if ('problems' in outcome) throw new DecisionError(outcome.problems);
    return { connectionId: stored.connectionId, bankTransactionId, parts: outcome.parts, createdBy };
  }
}

function asFacts(stored: StoredDecisionFacts, decision: Decision): DecisionFacts {
  const { transaction } = stored;
  // A credit memo and a payment may carry the same number as their id; which of the two a credit is, the decision says.
  const kindOf = new Map(decision.credits.map(({ creditId, kind }) => [creditId, kind]));
  const credits = [...stored.creditMemos.filter(({ id }) => kindOf.get(id) === 'creditMemo'), ...stored.payments.filter(({ id }) => kindOf.get(id) === 'payment')];
  return {
    amount: { minor: BigInt(transaction.amount_minor), currency: transaction.currency }, bookedOn: parseLocalDate(transaction.booked_on),
    reference: transaction.reference, memo: transaction.memo === '' ? null : transaction.memo,
    bankAccountExternalId: transaction.ledger_account_external_id, receivablesAccountExternalId: transaction.receivables_account_external_id, companyExternalId: transaction.company_external_id,
    customers: new Map(stored.customers.map((customer) => [customer.id, { externalId: customer.external_id, companyExternalId: customer.company_external_id }])),
    invoices: byId(stored.invoices), credits: byId(credits),
  };
}

/** What is no amount of the currency, or no day, is no discount: the source's mapping may have left anything in the extras. */
function earlyDiscountOf({ discount_amount: amount, discount_until: until, currency }: StoredDocument): Pick<DecidedDocument, 'earlyDiscount'> {
  if (amount === null || until === null || !isLocalDate(until)) return {};
  try {
    return { earlyDiscount: { amount: parseMoney(amount, currency), until } };
  } catch (error) {
    if (error instanceof MoneyError) return {};
    throw error;
  }
}

function byId(documents: readonly StoredDocument[]): Map<string, DecidedDocument> {
  return new Map(documents.map((document) => [document.id, {
    id: document.id, externalId: document.external_id, number: document.number, customerId: document.customer_id, companyExternalId: document.company_external_id,
    open: { minor: BigInt(document.open_minor), currency: document.currency }, ...earlyDiscountOf(document),
  }]));
}
