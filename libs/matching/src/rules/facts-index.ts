import type { CurrencyCode } from '#canonical';
import { ledgerDocuments, makeLedger, type Ledger, type LedgerDocument } from './ledger.js';
import { NameIndex } from './names.js';
import { documentKeys, referenceKey } from './references.js';
import { foldText } from './text.js';
import type { EarlierPayment, LearnedPayer, MatchCustomer, MatchingFacts, MatchTransaction, PayerTrait, RemittanceAdvice } from './types.js';

/** What a number found in a text may name. */
export type ReferenceTarget =
  | { readonly kind: 'document' | 'purchaseOrder'; readonly document: LedgerDocument }
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'closed'; readonly number: string; readonly customerId: string };

/** Customers of one group that are tried as paid by their parent. */
export const CHILDREN_MAX = 40;
/** Digits a customer number needs before it is looked for in a memo. */
const CUSTOMER_NUMBER_LENGTH_MIN = 4;

/** Everything of a run that is the same for every transaction, built once by {@link buildIndex}. Not changed by proposing, except its caches. */
export interface MatchingIndex {
  readonly facts: MatchingFacts;
  readonly customers: ReadonlyMap<string, MatchCustomer>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  readonly names: NameIndex;
  readonly references: ReadonlyMap<string, readonly ReferenceTarget[]>;
  readonly aliases: ReadonlyMap<string, readonly LearnedPayer[]>;
  readonly refusedPayers: ReadonlySet<string>;
  readonly refusedDocuments: ReadonlyMap<string, ReadonlySet<string>>;
  readonly notPayments: ReadonlyMap<string, number>;
  readonly adviceByTransaction: ReadonlyMap<string, readonly RemittanceAdvice[]>;
  readonly adviceByReference: ReadonlyMap<string, readonly RemittanceAdvice[]>;
  readonly adviceByTotal: ReadonlyMap<string, readonly RemittanceAdvice[]>;
  /** Every open document by id, before anything is promised. */
  readonly documents: ReadonlyMap<string, LedgerDocument>;
  readonly invoicesByAmount: ReadonlyMap<string, readonly LedgerDocument[]>;
  readonly earlierByCustomer: ReadonlyMap<string, readonly EarlierPayment[]>;
  /** The open documents of these customers a payment in this currency into this company's account may settle. */
  readonly ledgerOf: (customerIds: readonly string[], currency: CurrencyCode, companyId: string | null) => Ledger;
}

/** Reads the facts once. Linear in their size; 50,000 names take about a second. */
export function buildIndex(facts: MatchingFacts): MatchingIndex {
  const documents = new Map([...facts.openItems].map(([customerId, items]) => [customerId, ledgerDocuments(items)]));
  return {
    facts,
    customers: new Map(facts.customers.map((customer) => [customer.id, customer])),
    children: childrenOf(facts.customers),
    names: namesOf(facts.customers),
    references: referencesOf(facts, documents),
    aliases: grouped(facts.memory.aliases, (alias) => traitKey(alias.trait, alias.value)),
    refusedPayers: new Set(facts.memory.refusedPayers.map((pair) => `${traitKey(pair.trait, pair.value)}|${pair.customerId}`)),
    refusedDocuments: refusedDocumentsOf(facts),
    notPayments: new Map(facts.memory.notPayments.map((mark) => [traitKey(mark.trait, mark.value), mark.count])),
    adviceByTransaction: grouped(facts.remittances.filter((advice) => advice.transactionId !== null), (advice) => advice.transactionId ?? ''),
    adviceByReference: grouped(facts.remittances.filter((advice) => advice.reference !== null), (advice) => referenceKey(advice.reference ?? '')),
    adviceByTotal: grouped(facts.remittances.filter((advice) => adviceTotal(advice) !== null), (advice) => adviceTotal(advice) ?? ''),
    documents: new Map([...documents.values()].flat().map((document) => [document.id, document])),
    invoicesByAmount: grouped([...documents.values()].flat().filter((document) => document.kind === 'invoice'), (document) => amountKey(document.open, document.currency)),
    earlierByCustomer: grouped(facts.memory.earlierPayments, (payment) => payment.customerId),
    ledgerOf: ledgerCache(documents),
  };
}

/** One key for what a bank says about a payer: accounts and ids without separators, names without case and accents. */
export function traitKey(trait: PayerTrait, value: string): string {
  return `${trait}:${trait === 'name' ? foldText(value).replace(/[^\p{L}\p{N}]+/gu, ' ').trim() : foldText(value).replace(/[^\p{L}\p{N}]/gu, '')}`;
}

/** The traits a bank line shows, with the text they were read from. */
export function traitsOf(transaction: MatchTransaction): { trait: PayerTrait; value: string; key: string }[] {
  const { account, id, name } = transaction.payer;
  const shown = [{ trait: 'account', value: account }, { trait: 'id', value: id }, { trait: 'name', value: name }] as const;
  return shown.flatMap(({ trait, value }) => (value === null || value.trim() === '' ? [] : [{ trait, value, key: traitKey(trait, value) }]));
}

export function amountKey(minor: bigint, currency: CurrencyCode): string {
  return `${minor}${currency}`;
}

/** The stated total, or the sum of its lines when all are in one currency. Null when it states no amount at all. */
function adviceTotal(advice: RemittanceAdvice): string | null {
  if (advice.total !== null) return amountKey(advice.total.minor, advice.total.currency);
  const currency = advice.lines[0]?.paid?.currency;
  if (currency === undefined || advice.lines.some((line) => line.paid?.currency !== currency)) return null;
  return amountKey(advice.lines.reduce((sum, line) => sum + (line.paid?.minor ?? 0n), 0n), currency);
}

function childrenOf(customers: readonly MatchCustomer[]): Map<string, readonly string[]> {
  const direct = grouped(customers.filter((customer) => customer.parentId !== null), (customer) => customer.parentId ?? '');
  const descend = (id: string, found: Set<string>): Set<string> => {
    for (const child of direct.get(id) ?? []) {
      if (found.size >= CHILDREN_MAX) break;
      if (child.id !== id && !found.has(child.id)) descend(child.id, found.add(child.id));
    }
    return found;
  };
  return new Map([...direct.keys()].map((id) => [id, [...descend(id, new Set())].filter((child) => child !== id)]));
}

function namesOf(customers: readonly MatchCustomer[]): NameIndex {
  const names = new NameIndex();
  for (const customer of customers) for (const name of new Set([customer.name, ...customer.otherNames])) names.add(customer.id, name);
  return names;
}

function referencesOf(facts: MatchingFacts, documents: ReadonlyMap<string, readonly LedgerDocument[]>): Map<string, ReferenceTarget[]> {
  const references = new Map<string, ReferenceTarget[]>();
  const add = (key: string, target: ReferenceTarget): void => {
    const list = references.get(key);
    if (list === undefined) references.set(key, [target]); else list.push(target);
  };
  for (const document of [...documents.values()].flat()) for (const key of documentKeys(document.number)) add(key, { kind: 'document', document });
  for (const [customerId, items] of facts.openItems) addPurchaseOrders(items.invoices, documents.get(customerId) ?? [], add);
  for (const customer of facts.customers) {
    const key = customer.number === null ? '' : referenceKey(customer.number);
    if (key.length >= CUSTOMER_NUMBER_LENGTH_MIN) add(key, { kind: 'customer', customerId: customer.id });
  }
  for (const payment of facts.memory.earlierPayments) {
    for (const number of payment.documentNumbers) {
      const key = referenceKey(number);
      if (!references.has(key)) add(key, { kind: 'closed', number, customerId: payment.customerId });
    }
  }
  return references;
}

function addPurchaseOrders(
  invoices: readonly { readonly id: string; readonly purchaseOrder: string | null }[],
  documents: readonly LedgerDocument[],
  add: (key: string, target: ReferenceTarget) => void,
): void {
  const orders = new Map(invoices.flatMap((invoice) => (invoice.purchaseOrder === null ? [] : [[invoice.id, invoice.purchaseOrder] as const])));
  if (orders.size === 0) return;
  for (const document of documents) {
    const order = document.kind === 'invoice' ? orders.get(document.id) : undefined;
    if (order !== undefined) for (const key of documentKeys(order)) add(key, { kind: 'purchaseOrder', document });
  }
}

function refusedDocumentsOf(facts: MatchingFacts): Map<string, ReadonlySet<string>> {
  const pairs = grouped(facts.memory.refusedDocuments, (pair) => pair.transactionId);
  return new Map([...pairs].map(([transactionId, list]) => [transactionId, new Set(list.map((pair) => pair.documentId))]));
}

function ledgerCache(documents: ReadonlyMap<string, readonly LedgerDocument[]>): MatchingIndex['ledgerOf'] {
  const ledgers = new Map<string, Ledger>();
  return (customerIds, currency, companyId) => {
    const key = JSON.stringify([customerIds, currency, companyId]);
    const known = ledgers.get(key);
    if (known !== undefined) return known;
    const fits = (document: LedgerDocument): boolean =>
      document.currency === currency && (companyId === null || document.companyId === null || document.companyId === companyId);
    const ledger = makeLedger(customerIds, customerIds.flatMap((id) => (documents.get(id) ?? []).filter(fits)));
    ledgers.set(key, ledger);
    return ledger;
  };
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]); else group.push(item);
  }
  return groups;
}
