import { daysBetween, isLocalDate, type LocalDate } from '#canonical';
import { AmountError, amountText, parseAmount } from '../../simulation/book-amounts.js';
import type { Book } from '../book/book.js';
import { insertDocument } from '../book/documents.js';
import { csvRows } from '../../simulation/csv-rows.js';
import { insertCustomer, layFoundation, periodsByMonth, SALES_ACCOUNT, type Unit } from './foundation.js';
import { DEFAULT_AS_OF } from './generate.js';

/** One row that did not come in as it stands, with what was done about it. */
export interface OpenItemFinding {
  readonly line: number;
  readonly documentId: string;
  readonly kind: 'rejected' | 'amountRounded' | 'dueBeforePosting' | 'duplicateDocument';
  readonly value: string;
  /** What the book holds instead, for `amountRounded`. */
  readonly booked?: string;
  readonly reason: string;
}

export interface OpenItemsReport {
  readonly rows: number;
  readonly invoices: number;
  readonly customers: number;
  readonly findings: readonly OpenItemFinding[];
  /** Exact sum of the amounts as given, of the rows that were booked. */
  readonly givenTotal: string;
  readonly bookedTotal: string;
  /** Name variants of each customer number that has several, most frequent first: a truth for name matching. */
  readonly nameVariants: ReadonlyMap<string, readonly string[]>;
}

export interface OpenItemsOptions {
  /**
   * Amounts finer than a cent (a conversion artefact in the dataset): `roundHalfUp` books the nearest cent, half away from zero, and reports every
   * one with both values (the default); `reject` leaves the item out and reports it.
   */
  readonly finerThanCent?: 'roundHalfUp' | 'reject';
  readonly asOf?: string;
}

interface Item {
  readonly line: number;
  readonly documentId: string;
  readonly unit: string;
  readonly customer: string;
  readonly name: string;
  readonly posted: LocalDate;
  readonly due: LocalDate;
  readonly baseline: LocalDate;
  readonly terms: string;
  readonly given: bigint;
  readonly booked: bigint;
}

const COLUMNS = ['business_code', 'cust_number', 'name_customer', 'doc_id', 'posting_date', 'due_in_date', 'baseline_create_date', 'cust_payment_terms', 'converted_usd'] as const;
type Column = (typeof COLUMNS)[number];
const CENT = 100n;

/** Raised when the file has not the columns of the dataset. */
export class OpenItemsError extends Error {
  override readonly name = 'OpenItemsError';
}

/**
 * Builds the company from an open-items ledger (datasets/open-items-hrc): one invoice a row, business codes as subsidiaries in USD, customer
 * numbers as customers under their most frequent name; the name as it stood on the row becomes the invoice's memo.
 * @returns what was booked and every row that was not booked as given
 * @throws OpenItemsError when a column is missing
 */
export function companyFromOpenItems(book: Book, csvText: string, options: OpenItemsOptions = {}): OpenItemsReport {
  const findings: OpenItemFinding[] = [];
  const { items, rows } = readItems(csvText, options.finerThanCent ?? 'roundHalfUp', findings);
  const names = nameVariants(items);
  book.transaction(() => { bookItems(book, items, names, options.asOf ?? DEFAULT_AS_OF); });
  book.buildIndices();
  const sum = (pick: (item: Item) => bigint): string => amountText(items.reduce((total, item) => total + pick(item), 0n));
  return {
    rows, invoices: items.length, customers: names.size, findings, givenTotal: sum((item) => item.given), bookedTotal: sum((item) => item.booked),
    nameVariants: new Map([...names].filter(([, variants]) => variants.length > 1)),
  };
}

function readItems(csvText: string, policy: 'roundHalfUp' | 'reject', findings: OpenItemFinding[]): { items: Item[]; rows: number } {
  const lines = csvRows(csvText);
  const header = lines.next();
  const names = header.done === true ? [] : header.value.cells;
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw new OpenItemsError(`the file has no column ${missing.join(', ')}; found: ${names.join(', ')}`);
  const items: Item[] = [];
  const seen = new Set<string>();
  let rows = 0;
  for (const { line, cells } of lines) {
    rows += 1;
    const cell = (column: Column): string => (cells[names.indexOf(column)] ?? '').trim();
    const item = readItem(line, cell, policy, findings);
    if (item === null) continue;
    if (seen.has(item.documentId)) findings.push({ line, documentId: item.documentId, kind: 'duplicateDocument', value: item.documentId, reason: 'the document number stands on an earlier row too; both are booked' });
    if (item.due < item.posted) findings.push({ line, documentId: item.documentId, kind: 'dueBeforePosting', value: `${item.posted} > ${item.due}`, reason: 'due before it was posted; booked as given' });
    seen.add(item.documentId);
    items.push(item);
  }
  return { items, rows };
}

function readItem(line: number, cell: (column: Column) => string, policy: 'roundHalfUp' | 'reject', findings: OpenItemFinding[]): Item | null {
  const documentId = cell('doc_id');
  const reject = (value: string, reason: string): null => {
    findings.push({ line, documentId, kind: 'rejected', value, reason });
    return null;
  };
  if (documentId === '' || cell('cust_number') === '') return reject(`${documentId}/${cell('cust_number')}`, 'document or customer number is missing');
  const days = (['posting_date', 'due_in_date', 'baseline_create_date'] as const).map((column) => cell(column).split('-').reverse().join('-'));
  const [posted = '', due = '', baseline = ''] = days;
  if (!isLocalDate(posted) || !isLocalDate(due) || !isLocalDate(baseline)) return reject(days.join(' '), 'a date is not dd-mm-yyyy');
  const text = cell('converted_usd');
  let given: bigint;
  try {
    given = parseAmount(text);
  } catch (error) {
    if (error instanceof AmountError) return reject(text, error.message);
    throw error;
  }
  if (given <= 0n) return reject(text, 'an open invoice must be above zero');
  const booked = ((given + CENT / 2n) / CENT) * CENT;
  if (booked !== given && policy === 'reject') return reject(text, 'finer than a cent');
  if (booked !== given) findings.push({ line, documentId, kind: 'amountRounded', value: text, booked: amountText(booked), reason: 'finer than a cent; booked to the nearest cent, half away from zero' });
  return {
    line, documentId, unit: cell('business_code'), customer: cell('cust_number'), name: cell('name_customer').replace(/\s+/g, ' '), posted, due, baseline,
    terms: cell('cust_payment_terms'), given, booked,
  };
}

function nameVariants(items: readonly Item[]): Map<string, string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const item of items) {
    const names = counts.get(item.customer) ?? new Map<string, number>();
    names.set(item.name, (names.get(item.name) ?? 0) + 1);
    counts.set(item.customer, names);
  }
  return new Map([...counts].map(([customer, names]) => [
    customer, [...names].sort(([leftName, left], [rightName, right]) => right - left || (leftName < rightName ? -1 : 1)).map(([name]) => name),
  ]));
}

function bookItems(book: Book, items: readonly Item[], names: ReadonlyMap<string, readonly string[]>, asOf: string): void {
  const codes = [...new Set(items.map((item) => item.unit))].sort((left, right) => (left < right ? -1 : 1));
  const first = items.reduce((earliest, item) => (item.posted < earliest ? item.posted : earliest), asOf);
  const units = new Map(layFoundation(book, {
    units: codes.map((code) => ({ name: `Business unit ${code}`, country: 'US', symbol: 'USD' })), asOf, from: first, closedBefore: first,
  }).map((unit, index) => [codes[index] ?? '', unit]));
  const terms = bookTerms(book, items);
  const customers = bookCustomers(book, items, names, units, terms);
  const periods = periodsByMonth(book);
  items.forEach((item, index) => {
    const unit = units.get(item.unit);
    const customer = customers.get(item.customer);
    const term = terms.get(item.terms);
    if (unit === undefined || customer === undefined) return;
    insertDocument(book, {
      id: index + 1, type: 'CustInvc', tranId: item.documentId, entity: customer, subsidiary: unit.subsidiary, currency: unit.currency, exchangeRate: unit.rate, total: item.booked,
      tranDate: item.posted, dueDate: item.due, period: periods.get(item.posted.slice(0, 7)) ?? null, ...(term === undefined ? {} : { terms: term }), memo: item.name,
      modified: `${item.posted} 12:00:00`, receivableAccount: unit.receivable, lines: [{ account: unit.receivable, amount: item.booked }, { account: SALES_ACCOUNT, amount: -item.booked, item: 1 }],
    });
  });
}

const TERM_ID_BASE = 100;

/** Terms codes are the ledger's own; their days are the commonest distance from baseline to due day. */
function bookTerms(book: Book, items: readonly Item[]): Map<string, number> {
  const days = new Map<string, Map<number, number>>();
  for (const item of items) {
    const counts = days.get(item.terms) ?? new Map<number, number>();
    const distance = daysBetween(item.baseline, item.due);
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
    days.set(item.terms, counts);
  }
  const ids = new Map<string, number>();
  [...days].sort(([left], [right]) => (left < right ? -1 : 1)).forEach(([code, counts], index) => {
    const [commonest] = [...counts].sort(([leftDays, left], [rightDays, right]) => right - left || leftDays - rightDays);
    ids.set(code, TERM_ID_BASE + index);
    book.run("INSERT INTO term (id, name, daysuntilnetdue, isinactive) VALUES (?,?,?,'F')", TERM_ID_BASE + index, code, String(commonest?.[0] ?? 0));
  });
  return ids;
}

function bookCustomers(book: Book, items: readonly Item[], names: ReadonlyMap<string, readonly string[]>, units: ReadonlyMap<string, Unit>, terms: ReadonlyMap<string, number>): Map<string, number> {
  const ids = new Map<string, number>();
  for (const item of items) {
    const unit = units.get(item.unit);
    if (ids.has(item.customer) || unit === undefined) continue;
    const id = ids.size + 1;
    ids.set(item.customer, id);
    insertCustomer(book, { id, entityId: item.customer, name: names.get(item.customer)?.[0] ?? item.name, unit, terms: terms.get(item.terms) ?? 1, modified: `${item.posted} 08:00:00` });
  }
  return ids;
}
