import type { DocumentType } from '../pages/names.js';
import { applyEntries, type ApplicationEffect, type OpenItem } from '../rules/application.js';
import { CHART } from './chart.js';
import type { CompanyBook, Row } from './company-book.js';
import { BLANK_DAY } from './tables.js';

/** A customer ledger entry as SQLite gives it. Amounts in 10^-4 units. */
export interface LedgerEntry {
  readonly id: string;
  readonly entry_no: number;
  readonly document_type: DocumentType;
  readonly document_number: string;
  readonly external_document_number: string;
  readonly customer_number: string;
  readonly currency_code: string;
  readonly posting_date: string;
  readonly due_date: string;
  readonly amount: number;
  readonly amount_lcy: number;
  readonly remaining: number;
  readonly remaining_lcy: number;
  readonly is_open: number;
  readonly discount_possible: number;
  readonly discount_day: string;
  readonly source_code: string;
  readonly reversed: number;
  readonly transaction_no: number;
  readonly applies_to_id: string;
  readonly amount_to_apply: number;
}

export interface NewLedgerEntry {
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  readonly externalDocumentNumber: string;
  readonly customerNumber: string;
  readonly description: string;
  readonly currencyCode: string;
  readonly postingDate: string;
  readonly documentDate: string;
  readonly dueDate: string;
  readonly amount: bigint;
  readonly amountLocal: bigint;
  readonly sourceCode: string;
  /** Document the line named; told apart by it, two lines with one key are no duplicate. */
  readonly appliesTo?: string;
  readonly balancing?: { readonly type: string; readonly number: string };
  readonly discount?: { readonly amount: bigint; readonly day: string };
}

/** The document that makes detailed rows and G/L entries in one transaction. */
export interface PostingDocument {
  readonly transactionNumber: number;
  readonly postingDate: string;
  readonly documentType: DocumentType;
  readonly documentNumber: string;
}

export interface DetailedRow {
  readonly entryType: string;
  readonly amount: bigint;
  readonly local: bigint;
  readonly applicationNumber?: number;
  readonly appliedEntryNumber?: number;
  readonly unappliedBy?: number;
  readonly unapplied?: boolean;
}

/** Also after an application without discount or exchange difference, which writes no G/L entry. */
export function nextTransactionNumber(book: CompanyBook): number {
  return Number(book.one<{ last: number }>('SELECT max((SELECT coalesce(max(transaction_no), 0) FROM gl_entry), (SELECT coalesce(max(transaction_no), 0) FROM detailed_cust_ledger_entry)) AS last')?.last ?? 0) + 1;
}

export function ledgerEntry(book: CompanyBook, entryNumber: number): LedgerEntry {
  return book.existing('cust_ledger_entry', 'entry_no', entryNumber) as unknown as LedgerEntry;
}

export function openItemOf(entry: LedgerEntry): OpenItem {
  return { remaining: BigInt(entry.remaining), remainingLocal: BigInt(entry.remaining_lcy), discountPossible: BigInt(entry.discount_possible), discountDay: entry.discount_day };
}

/** An open item with its initial detailed row. @returns its entry number */
export function insertLedgerEntry(book: CompanyBook, transactionNumber: number, entry: NewLedgerEntry): number {
  const entryNumber = book.nextEntryNumber('cust_ledger_entry');
  book.insert('cust_ledger_entry', {
    entry_no: entryNumber, document_type: entry.documentType, document_number: entry.documentNumber, external_document_number: entry.externalDocumentNumber, customer_number: entry.customerNumber,
    description: entry.description, currency_code: entry.currencyCode, source_code: entry.sourceCode, applied_at_posting: entry.appliesTo ?? '', balancing_type: entry.balancing?.type ?? 'G/L Account', balancing_number: entry.balancing?.number ?? '',
    posting_date: entry.postingDate, document_date: entry.documentDate, due_date: entry.dueDate, amount: entry.amount, amount_lcy: entry.amountLocal, remaining: 0, remaining_lcy: 0, is_open: 1,
    transaction_no: transactionNumber, discount_possible: entry.discount?.amount ?? 0n, discount_day: entry.discount?.day ?? BLANK_DAY,
  });
  const document = { transactionNumber, postingDate: entry.postingDate, documentType: entry.documentType, documentNumber: entry.documentNumber };
  addDetailed(book, entryNumber, document, { entryType: 'Initial Entry', amount: entry.amount, local: entry.amountLocal });
  return entryNumber;
}

/** Appends a detailed row and moves the entry's remaining amount with it, as Modify does: `modified_at` moves (2.6). */
export function addDetailed(book: CompanyBook, entryNumber: number, document: PostingDocument, row: DetailedRow): number {
  const entry = ledgerEntry(book, entryNumber);
  const detailedNumber = book.nextEntryNumber('detailed_cust_ledger_entry');
  book.insert('detailed_cust_ledger_entry', {
    entry_no: detailedNumber, entry_type: row.entryType, document_type: document.documentType, document_number: document.documentNumber, customer_number: entry.customer_number, currency_code: entry.currency_code,
    posting_date: document.postingDate, initial_due_date: entry.due_date, cust_ledger_entry_no: entryNumber, amount: row.amount, amount_lcy: row.local, application_no: row.applicationNumber ?? 0,
    applied_entry_no: row.appliedEntryNumber ?? 0, transaction_no: document.transactionNumber, unapplied: row.unapplied === true ? 1 : 0, unapplied_by: row.unappliedBy ?? 0, ledger_entry_amount: row.entryType === 'Application' ? 0 : 1,
  });
  const remaining = BigInt(entry.remaining) + row.amount;
  const isOpen = remaining !== 0n;
  book.update('cust_ledger_entry', entry.id, {
    remaining, remaining_lcy: BigInt(entry.remaining_lcy) + row.local, is_open: isOpen ? 1 : 0, closed_at: isOpen ? BLANK_DAY : document.postingDate,
    closed_by_entry_no: isOpen ? 0 : row.appliedEntryNumber ?? 0,
  });
  return detailedNumber;
}

/** A general ledger entry; `amount` is local currency, debit positive. Zero amounts are not written. @param applicationNumber the application that made it, taken back with it; 0 for none */
export function addGeneral(book: CompanyBook, document: PostingDocument, accountNumber: string, amount: bigint, description: string, applicationNumber = 0): void {
  if (amount === 0n) return;
  book.insert('gl_entry', {
    entry_no: book.nextEntryNumber('gl_entry'), posting_date: document.postingDate, document_type: document.documentType, document_number: document.documentNumber, account_number: accountNumber, description,
    amount, transaction_no: document.transactionNumber, application_no: applicationNumber,
  });
}

/** Applies a newer open entry to an older one: two application rows, discount and exchange rows, their G/L entries, and the status of the documents behind. */
export function applyInLedger(book: CompanyBook, newerNumber: number, olderNumber: number, document: PostingDocument, limit?: bigint): ApplicationEffect {
  const newer = ledgerEntry(book, newerNumber);
  const older = ledgerEntry(book, olderNumber);
  const effect = applyEntries(limited(openItemOf(newer), limit), openItemOf(older), document.postingDate);
  const applicationNumber = Number(book.one<{ last: number }>('SELECT coalesce(max(application_no), 0) AS last FROM detailed_cust_ledger_entry')?.last ?? 0) + 1;
  const both = { applicationNumber };
  addDetailed(book, newerNumber, document, { entryType: 'Application', ...effect.newer, ...both, appliedEntryNumber: olderNumber });
  if (effect.discount.amount !== 0n) {
    addDetailed(book, olderNumber, document, { entryType: 'Payment Discount', ...effect.discount, ...both, appliedEntryNumber: newerNumber });
    addGeneral(book, document, CHART.receivables, effect.discount.local, 'Payment discount', applicationNumber);
    addGeneral(book, document, CHART.discountGranted, -effect.discount.local, 'Payment discount', applicationNumber);
  }
  if (effect.realized !== 0n) {
    addDetailed(book, olderNumber, document, { entryType: effect.realized > 0n ? 'Realized Gain' : 'Realized Loss', amount: 0n, local: effect.realized, ...both, appliedEntryNumber: newerNumber });
    addGeneral(book, document, CHART.receivables, effect.realized, 'Exchange difference', applicationNumber);
    addGeneral(book, document, effect.realized > 0n ? CHART.realizedGains : CHART.realizedLosses, -effect.realized, 'Exchange difference', applicationNumber);
  }
  addDetailed(book, olderNumber, document, { entryType: 'Application', ...effect.older, ...both, appliedEntryNumber: newerNumber });
  refreshDocumentStatus(book, newerNumber);
  refreshDocumentStatus(book, olderNumber);
  return effect;
}

/** An item that offers only part of what is left of it. */
function limited(item: OpenItem, limit: bigint | undefined): OpenItem {
  if (limit === undefined || (limit < 0n ? limit <= item.remaining : limit >= item.remaining)) return item;
  return { ...item, remaining: limit, remainingLocal: (item.remainingLocal * limit) / item.remaining };
}

/**
 * Status of the sales document behind an entry. The aggregate row is written only when the status is another one: a partial payment leaves
 * `lastModifiedDateTime` where it was (2.7).
 */
export function refreshDocumentStatus(book: CompanyBook, entryNumber: number): void {
  const entry = ledgerEntry(book, entryNumber);
  const table = entry.document_type === 'Invoice' ? 'sales_invoice' : entry.document_type === 'Credit Memo' ? 'sales_credit_memo' : null;
  if (table === null) return;
  const document = book.one<Row>(`SELECT id, status FROM ${table} WHERE entry_no = ? AND posted = 1`, entryNumber);
  if (document === undefined || document['status'] === 'Canceled' || document['status'] === 'Corrective') return;
  const status = entry.is_open === 1 ? 'Open' : 'Paid';
  if (document['status'] !== status) book.update(table, String(document['id']), { status });
}
