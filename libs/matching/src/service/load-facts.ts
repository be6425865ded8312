import { negateMoney, parseLocalDate, parseMoney, sumMoney, type Money, type Payer } from '#canonical';
import {
  advicesForMatching, aliasesForMatching, customersForMatching, earlierPayments, nonPaymentMarks, nonPaymentRules, openCredits, openInvoices, refusedDocuments, storedMatchingSettings,
  type AdviceLineRow, type AdviceRow, type AliasRow, type OpenCreditRow, type OpenInvoiceRow, type RuleRow, type Transaction, type UndecidedRow,
} from '#storage';
import type {
  LearnedPayer, MatchingFacts, MatchingMemory, MatchTransaction, OpenCredit, OpenInvoice, OpenItems, PayerTrait, RemittanceAdvice, RemittanceLine, TenantRule,
} from '../rules/types.js';
import { documentKey } from './document-ids.js';
import { MatchingError } from './matching-error.js';
import {
  ADVICE_AGE_DAYS_MAX, ADVICES_MAX, ALIASES_MAX, CUSTOMERS_MAX, EARLIER_PAYMENT_AGE_DAYS_MAX, EARLIER_PAYMENTS_MAX, MARKS_MAX, MEMORY_HALF_LIFE_DAYS, OPEN_DOCUMENTS_MAX, REFUSED_DOCUMENTS_MAX,
} from './matching-limits.js';
import { readSettings } from './matching-settings.js';

/** What one run of a connection knows, and what of it could not take part. */
export interface LoadedFacts {
  readonly facts: MatchingFacts;
  /** Rules on the bank's own type code, which the engine does not see. */
  readonly codeRules: readonly RuleRow[];
  /** Open documents whose customer the hub has not read: nobody's, so not proposed. */
  readonly documentsWithoutCustomer: number;
}

/**
 * Reads everything a run may know in a handful of set-based queries. Memory beyond its limit loses the oldest; documents and customers do
 * not: half a ledger would make wrong sums look unique.
 * @throws MatchingError `tooLarge` or `settings`
 */
export async function loadFacts(transaction: Transaction, connectionId: string): Promise<LoadedFacts> {
  const settings = readSettings(await storedMatchingSettings(transaction));
  const customers = bounded(await customersForMatching(transaction, connectionId, CUSTOMERS_MAX + 1), CUSTOMERS_MAX, 'customers');
  const invoices = bounded(await openInvoices(transaction, connectionId, OPEN_DOCUMENTS_MAX + 1), OPEN_DOCUMENTS_MAX, 'open invoices');
  const credits = bounded(await openCredits(transaction, connectionId, OPEN_DOCUMENTS_MAX + 1), OPEN_DOCUMENTS_MAX, 'open credits');
  const { openItems, withoutCustomer } = byCustomer(invoices, credits);
  const rules = await nonPaymentRules(transaction);
  const facts: MatchingFacts = {
    customers, openItems, settings: settings.rules,
    remittances: (await advicesForMatching(transaction, ADVICE_AGE_DAYS_MAX, ADVICES_MAX)).map(toAdvice),
    memory: await loadMemory(transaction, connectionId),
    rules: rules.flatMap(toRule),
  };
  return { facts, codeRules: rules.filter((rule) => rule.field === 'code'), documentsWithoutCustomer: withoutCustomer };
}

function bounded<T>(rows: T[], limit: number, what: string): T[] {
  if (rows.length > limit) throw new MatchingError('tooLarge', `this connection has more than ${limit} ${what}: split it by company into several connections`);
  return rows;
}

function byCustomer(invoices: readonly OpenInvoiceRow[], credits: readonly OpenCreditRow[]): { openItems: Map<string, OpenItems>; withoutCustomer: number } {
  const openItems = new Map<string, { invoices: OpenInvoice[]; credits: OpenCredit[] }>();
  const of = (customerId: string): { invoices: OpenInvoice[]; credits: OpenCredit[] } => {
    const known = openItems.get(customerId);
    if (known !== undefined) return known;
    const items = { invoices: [], credits: [] };
    openItems.set(customerId, items);
    return items;
  };
  let withoutCustomer = 0;
  for (const row of invoices) {
    if (row.customerId === null) withoutCustomer += 1;
    else of(row.customerId).invoices.push(toInvoice(row, row.customerId));
  }
  for (const row of credits) {
    if (row.customerId === null) withoutCustomer += 1;
    else of(row.customerId).credits.push(toCredit(row, row.customerId));
  }
  return { openItems, withoutCustomer };
}

function toInvoice(row: OpenInvoiceRow, customerId: string): OpenInvoice {
  const { currency } = row;
  return {
    id: documentKey('invoice', row.id), number: row.number, customerId, companyId: row.companyExternalId, total: money(row.totalMinor, currency), open: money(row.freeMinor, currency),
    issuedOn: parseLocalDate(row.issuedOn), dueOn: row.dueOn === null ? null : parseLocalDate(row.dueOn), purchaseOrder: row.purchaseOrder,
    // The canonical invoice has neither dispute nor terms of discount; an advice that takes a discount still states it.
    disputed: false, discount: null,
  };
}

function toCredit(row: OpenCreditRow, customerId: string): OpenCredit {
  return {
    id: documentKey(row.document, row.id), number: row.number, customerId, companyId: row.companyExternalId, open: money(row.freeMinor, row.currency), issuedOn: parseLocalDate(row.issuedOn),
  };
}

function money(minor: string, currency: string): Money {
  return { minor: BigInt(minor), currency };
}

function moneyOrNull(minor: string | null, currency: string): Money | null {
  return minor === null ? null : money(minor, currency);
}

function toAdvice(row: AdviceRow): RemittanceAdvice {
  const { currency } = row;
  return {
    id: row.id, transactionId: row.bankTransactionId, receivedOn: parseLocalDate(row.receivedOn), payerName: row.payerName, reference: row.reference,
    total: moneyOrNull(row.totalMinor, currency), text: row.lines.length === 0 ? row.body : null,
    lines: row.lines.map((line) => ({
      reference: line.reference, paid: moneyOrNull(line.paid, currency), gross: moneyOrNull(line.gross, currency), discount: moneyOrNull(line.discount, currency),
      ...deductionOf(line.adjustments, currency),
    })),
  };
}

/** What the payer took off, all reasons together, under the first reason he gave. */
function deductionOf(adjustments: AdviceLineRow['adjustments'], currency: string): Pick<RemittanceLine, 'deduction' | 'deductionCode'> {
  if (adjustments.length === 0) return { deduction: null, deductionCode: null };
  const deduction = negateMoney(sumMoney(adjustments.map(({ amount }) => parseMoney(amount, currency)), currency));
  return { deduction, deductionCode: adjustments.map(({ code, text }) => code ?? text).find((reason) => reason !== null) ?? null };
}

function toRule(rule: RuleRow): TenantRule[] {
  return rule.field === 'code' ? [] : [{ id: rule.id, field: rule.field, test: rule.operator, text: rule.value, means: { kind: 'notPayment' } }];
}

export const TRAIT_OF_ALIAS = { account: 'account', payerId: 'id', name: 'name' } as const satisfies Record<string, PayerTrait>;

async function loadMemory(transaction: Transaction, connectionId: string): Promise<MatchingMemory> {
  const aliases = await aliasesForMatching(transaction, connectionId, ALIASES_MAX);
  const marks = await nonPaymentMarks(transaction, MARKS_MAX);
  const refused = await refusedDocuments(transaction, connectionId, REFUSED_DOCUMENTS_MAX);
  const earlier = await earlierPayments(transaction, connectionId, EARLIER_PAYMENT_AGE_DAYS_MAX, EARLIER_PAYMENTS_MAX);
  return {
    aliases: aliases.map(decayed),
    refusedPayers: aliases.filter((alias) => alias.contradicted > alias.confirmed).map(({ kind, value, customerId }) => ({ trait: TRAIT_OF_ALIAS[kind], value, customerId })),
    notPayments: marks.flatMap(({ payerAccount, payerId, payerName, count }) => [
      { trait: 'account' as const, value: payerAccount }, { trait: 'id' as const, value: payerId }, { trait: 'name' as const, value: payerName },
    ].flatMap(({ trait, value }) => (value === null ? [] : [{ trait, value, count }]))),
    refusedDocuments: refused.map(({ transactionId, document, documentId }) => ({ transactionId, documentId: documentKey(document as 'invoice', documentId) })),
    earlierPayments: earlier.map((payment) => ({
      transactionId: payment.transactionId, bookedOn: parseLocalDate(payment.bookedOn), amount: money(payment.amountMinor, payment.currency), customerId: payment.customerId,
      documentNumbers: payment.documentNumbers,
    })),
  };
}

/** Old words weigh less: both counts halve every {@link MEMORY_HALF_LIFE_DAYS}, rounded to whole people. */
function decayed(alias: AliasRow): LearnedPayer {
  const left = 0.5 ** (alias.ageDays / MEMORY_HALF_LIFE_DAYS);
  return {
    trait: TRAIT_OF_ALIAS[alias.kind], value: alias.value, customerId: alias.customerId, confirmed: Math.round(alias.confirmed * left), contradicted: Math.round(alias.contradicted * left),
  };
}

export function toMatchTransaction(row: UndecidedRow): MatchTransaction {
  const payer: Payer = { name: row.payerName, account: row.payerAccount, id: row.payerId };
  return {
    id: row.id, bookedOn: parseLocalDate(row.bookedOn), amount: money(row.amountMinor, row.currency), kind: row.kind as MatchTransaction['kind'], memo: row.memo, payer,
    checkNumber: row.checkNumber, companyId: row.companyExternalId,
    references: [row.bankReference, row.customerReference, row.endToEndId, ...row.structuredReferences].filter((reference) => reference !== null),
  };
}
