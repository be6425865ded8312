import { addMoney, canonicalJson, compareMoney, formatMoney, parseMoney, subtractMoney, sumMoney, zeroMoney, type Json, type JsonObject, type Money } from '#canonical';
import { TargetRefusal } from './answer.js';
import type { Book, BookRecord } from './book.js';

/** What the target can be asked to write, and the document each leaves. */
export const WRITE_KINDS = ['customerPayment', 'creditApplication', 'writeOff', 'voidDocument', 'removeApplication'] as const;
export type WriteKind = (typeof WRITE_KINDS)[number];

export interface Written {
  readonly recordId: string;
  readonly alreadyThere: boolean;
}

/**
 * Books one request under its key. A key is used once: the same request again changes nothing, another one is refused.
 * @throws TargetRefusal 409 naming the fields for a key with another request; 400 for everything bookkeeping forbids.
 */
export function write(book: Book, kind: WriteKind, request: JsonObject): Written {
  const key = text(request, 'key');
  const used = book.keyUse(key);
  if (used !== null) {
    const differing = Object.keys({ ...used.request, ...request }).filter((name) => canonicalJson(used.request[name] ?? null) !== canonicalJson(request[name] ?? null));
    if (differing.length > 0) throw new TargetRefusal(409, 'keyUsed', differing.join(','), used.recordId, 'the key was used for another request');
    return { recordId: used.recordId, alreadyThere: true };
  }
  const done = WRITERS[kind](book, request, key);
  // A document that is void or gone already is left as it is: the key is remembered, nothing is booked.
  if (done.changed) book.claimKey(key, { recordId: done.record, request });
  return { recordId: done.record, alreadyThere: !done.changed };
}

type Writer = (book: Book, request: JsonObject, key: string) => { readonly record: string; readonly changed: boolean };

const WRITERS: Readonly<Record<WriteKind, Writer>> = {
  customerPayment: (book, request, key) => {
    openPeriod(book, request, 'receivedOn');
    const currency = text(request, 'currency');
    const total = amount(request, 'total', currency);
    if (total.minor <= 0n) throw new TargetRefusal(400, 'amount', 'total', text(request, 'total'), 'a payment must be positive');
    const applications = applicationsOf(request, currency);
    const applied = sumMoney(applications.map((application) => application.amount), currency);
    if (compareMoney(applied, total) > 0) throw new TargetRefusal(400, 'overApplied', 'total', formatMoney(total), 'more is applied than was received');
    checkCustomer(book, request);
    takeFromInvoices(book, applications, text(request, 'customer'));
    const status = (request['bankAccount'] ?? null) === null ? 'UNDEPOSITED' : 'DEPOSITED';
    const fields: JsonObject = { ...withoutKey(request), status, unapplied: formatMoney(subtractMoney(total, applied)), externalKey: key };
    return { record: book.insert('payment', fields, { key }).id, changed: true };
  },
  creditApplication: (book, request, key) => {
    openPeriod(book, request, 'appliedOn');
    const credit = ofKind(book, text(request, 'credit'), 'creditMemo', 'credit');
    const currency = text(credit.fields, 'currency');
    const applications = applicationsOf(request, currency);
    const applied = sumMoney(applications.map((application) => application.amount), currency);
    if (compareMoney(applied, openOf(credit)) > 0) throw new TargetRefusal(400, 'overApplied', 'credit', credit.id, 'the credit has less open than is applied');
    takeFromInvoices(book, applications, text(credit.fields, 'customer'));
    moveOpen(book, credit, subtractMoney(openOf(credit), applied));
    const document = book.insert('creditApplication', { ...withoutKey(request), currency, externalKey: key }, { key });
    const lines = applications.map((application) => ({ document: document.id, invoice: application.invoice, amount: formatMoney(application.amount), appliedOn: text(request, 'appliedOn') }));
    book.update(credit.id, { applications: [...linesOf(credit), ...lines] });
    return { record: document.id, changed: true };
  },
  writeOff: (book, request, key) => {
    openPeriod(book, request, 'postedOn');
    const invoice = ofKind(book, text(request, 'invoice'), 'invoice', 'invoice');
    const currency = text(invoice.fields, 'currency');
    ofKind(book, text(request, 'account'), 'ledgerAccount', 'account');
    const written = amount(request, 'amount', currency);
    takeFromInvoices(book, [{ invoice: invoice.id, amount: written, path: 'amount' }], text(invoice.fields, 'customer'));
    return { record: book.insert('writeOff', { ...withoutKey(request), currency, status: 'POSTED', externalKey: key }, { key }).id, changed: true };
  },
  voidDocument: (book, request) => {
    const document = voidable(book, text(request, 'document'));
    if (document.fields['status'] === 'VOID') return { record: document.id, changed: false };
    openPeriod(book, request, 'voidedOn');
    giveBack(book, document);
    const zero = formatMoney(zeroMoney(text(document.fields, 'currency')));
    book.update(document.id, { status: 'VOID', applications: [], ...(document.entity === 'payment' ? { unapplied: zero } : { amount: zero }) });
    return { record: document.id, changed: true };
  },
  removeApplication: (book, request) => {
    const application = book.find(text(request, 'application'));
    if (application === null) return goneApplication(book, text(request, 'application'));
    if (application.entity !== 'creditApplication') throw new TargetRefusal(400, 'missing', 'application', application.id, 'is no application of a credit');
    openPeriod(book, request, 'removedOn');
    giveBack(book, application);
    const credit = ofKind(book, text(application.fields, 'credit'), 'creditMemo', 'credit');
    moveOpen(book, credit, addMoney(openOf(credit), appliedOf(application)));
    book.update(credit.id, { applications: linesOf(credit).filter((line) => line['document'] !== application.id) });
    book.update(application.id, {}, true);
    return { record: application.id, changed: true };
  },
};

/** Where a credit memo was applied, as the list shows it. */
function linesOf(credit: BookRecord): readonly JsonObject[] {
  const lines = credit.fields['applications'] ?? [];
  return Array.isArray(lines) ? lines as readonly JsonObject[] : [];
}

/** Removing what was removed changes nothing; removing what never was is a mistake. */
function goneApplication(book: Book, id: string): { readonly record: string; readonly changed: boolean } {
  const gone = book.ofEntity('creditApplication').find((record) => record.id === id);
  if (gone === undefined) throw new TargetRefusal(400, 'missing', 'application', id, 'no application has this id');
  return { record: id, changed: false };
}

interface Application {
  readonly invoice: string;
  readonly amount: Money;
  readonly path: string;
}

function applicationsOf(fields: JsonObject, currency: string): readonly Application[] {
  const list = fields['applications'] ?? [];
  if (!Array.isArray(list)) throw new TargetRefusal(400, 'shape', 'applications', String(list), 'must be a list');
  return (list as readonly JsonObject[]).map((entry, index) => ({
    invoice: text(entry, 'invoice'), amount: amount(entry, 'amount', currency), path: `applications[${index}].amount`,
  }));
}

/** All or nothing: everything is checked before the first invoice moves. */
function takeFromInvoices(book: Book, applications: readonly Application[], customer: string): void {
  const left = new Map<string, Money>();
  for (const application of applications) {
    const invoice = ofKind(book, application.invoice, 'invoice', application.path.replace('.amount', '.invoice'));
    if (invoice.fields['customer'] !== customer) throw new TargetRefusal(400, 'customer', application.path, invoice.id, 'the invoice belongs to another customer');
    if (application.amount.currency !== invoice.fields['currency']) throw new TargetRefusal(400, 'currency', application.path, application.amount.currency, `the invoice is in ${text(invoice.fields, 'currency')}`);
    const open = left.get(invoice.id) ?? openOf(invoice);
    if (application.amount.minor <= 0n) throw new TargetRefusal(400, 'amount', application.path, formatMoney(application.amount), 'must be positive');
    if (compareMoney(application.amount, open) > 0) throw new TargetRefusal(400, 'overApplied', application.path, formatMoney(application.amount), `the invoice has only ${formatMoney(open)} open`);
    left.set(invoice.id, subtractMoney(open, application.amount));
  }
  for (const [id, open] of left) moveOpen(book, book.get(id), open);
}

/** What a document took from its invoices goes back to them. */
function giveBack(book: Book, document: BookRecord): void {
  const currency = text(document.fields, 'currency');
  const taken = document.entity === 'writeOff'
    ? [{ invoice: text(document.fields, 'invoice'), amount: amount(document.fields, 'amount', currency) }] : applicationsOf(document.fields, currency);
  for (const { invoice, amount: given } of taken) {
    const record = book.get(invoice);
    moveOpen(book, record, addMoney(openOf(record), given));
  }
}

function moveOpen(book: Book, record: BookRecord, open: Money): void {
  const settled = record.entity === 'invoice' ? 'PAID' : 'APPLIED';
  book.update(record.id, { open: formatMoney(open), status: open.minor === 0n ? settled : 'OPEN' });
}

export function openOf(record: BookRecord): Money {
  return amount(record.fields, record.entity === 'payment' ? 'unapplied' : 'open', text(record.fields, 'currency'));
}

function appliedOf(document: BookRecord): Money {
  const currency = text(document.fields, 'currency');
  return sumMoney(applicationsOf(document.fields, currency).map((application) => application.amount), currency);
}

function voidable(book: Book, id: string): BookRecord {
  const document = book.find(id);
  if (document === null || (document.entity !== 'payment' && document.entity !== 'writeOff')) {
    throw new TargetRefusal(400, 'missing', 'document', id, 'no payment or write-off has this id');
  }
  return document;
}

function ofKind(book: Book, id: string, entity: BookRecord['entity'], field: string): BookRecord {
  const record = book.find(id);
  if (record === null || record.entity !== entity) throw new TargetRefusal(400, 'missing', field, id, `no ${entity} has this id`);
  return record;
}

function checkCustomer(book: Book, request: JsonObject): void {
  ofKind(book, text(request, 'customer'), 'customer', 'customer');
  const account = request['bankAccount'] ?? null;
  if (account !== null) ofKind(book, text(request, 'bankAccount'), 'ledgerAccount', 'bankAccount');
}

function openPeriod(book: Book, request: JsonObject, field: string): void {
  const day = text(request, field);
  if (book.isClosed(day)) throw new TargetRefusal(400, 'periodClosed', field, day, `the period ${day.slice(0, 7)} is closed`);
}

function withoutKey(request: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(request).filter(([name]) => name !== 'key'));
}

function text(fields: JsonObject, name: string): string {
  const value: Json | undefined = fields[name];
  if (typeof value !== 'string' || value === '') throw new TargetRefusal(400, 'shape', name, JSON.stringify(value ?? null), 'must be a text');
  return value;
}

function amount(fields: JsonObject, name: string, currency: string): Money {
  try {
    return parseMoney(text(fields, name), currency);
  } catch (error) {
    if (error instanceof TargetRefusal) throw error;
    throw new TargetRefusal(400, 'amount', name, text(fields, name), error instanceof Error ? error.message : 'is no amount');
  }
}
