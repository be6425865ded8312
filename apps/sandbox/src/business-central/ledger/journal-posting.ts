import { formatMinorUnits } from '#canonical';
import { AMOUNT_DECIMALS } from '../../simulation/book-amounts.js';
import { dialog, fieldValidation } from '../odata/odata-error.js';
import type { DocumentType } from '../pages/names.js';
import type { TenantSettings } from '../settings.js';
import { CHART } from './chart.js';
import type { CompanyBook, Row } from './company-book.js';
import { addGeneral, applyInLedger, insertLedgerEntry, nextTransactionNumber, openItemOf, type LedgerEntry } from './entries.js';
import { toLocal } from './exchange.js';
import { assertPostingDay } from './posting-range.js';
import { canApply } from '../rules/application.js';
import { blockedCustomer, noOpenEntry } from './sales-posting.js';

/** A journal line as SQLite gives it. */
export interface JournalLine {
  readonly id: string;
  readonly line_number: number;
  readonly account_type: string;
  readonly account_number: string;
  readonly document_type: DocumentType;
  readonly document_number: string;
  readonly external_document_number: string;
  readonly posting_date: string;
  readonly amount: number;
  readonly currency_code: string;
  readonly description: string;
  readonly applies_to_type: string;
  readonly applies_to_number: string;
  readonly applies_to_id: string;
  readonly balancing_type: string;
  readonly balancing_number: string;
}

export interface PostedLine {
  readonly lineNumber: number;
  readonly entryNumber: number;
  readonly documentNumber: string;
}

/**
 * Posts every line of a batch in one transaction, then deletes the lines (2.8.4). Nothing is checked before: what is wrong with a line is found here.
 * The caller wraps it in a transaction and commits.
 * @throws ODataError, NoOpenEntry
 */
export function postBatch(book: CompanyBook, settings: TenantSettings, batchId: string): PostedLine[] {
  const batch = book.existing('journal_batch', 'id', batchId);
  const lines = book.all<Row>('SELECT * FROM journal_line WHERE batch_id = ? ORDER BY line_number', batchId) as unknown as JournalLine[];
  const full = lines.filter((line) => line.account_number !== '' || line.amount !== 0);
  if (full.length === 0) throw dialog('There is nothing to post.');
  if (settings.forcePostingReport) throw dialog('A posting report is forced by the journal template; the batch cannot be posted here.');
  for (const line of full) checkLine(book, settings, batch, line);
  checkBalance(settings, batch, full);
  const transactions = transactionNumbers(book, settings, full);
  const numbers = new Map<string, string>();
  const posted = full.map((line) => postLine(book, transactions(line), line, postedNumber(book, batch, line, numbers)));
  for (const line of lines) {
    book.run('DELETE FROM journal_line_dimension WHERE line_id = ?', line.id);
    book.remove('journal_line', line.id);
  }
  finishBatch(book, settings, batch);
  return posted;
}

/** A transaction for each document where documents balance by themselves, else one for the batch: what is reversed together later. */
function transactionNumbers(book: CompanyBook, settings: TenantSettings, lines: readonly JournalLine[]): (line: JournalLine) => number {
  const first = nextTransactionNumber(book);
  const keyOf = (line: JournalLine): string => (settings.forceDocumentBalance ? `${line.posting_date} ${line.document_number}` : '');
  const keys = [...new Set(lines.map(keyOf))];
  return (line) => first + keys.indexOf(keyOf(line));
}

/** How AL names a line in its errors. */
function lineName(batch: Row, line: JournalLine): string {
  return `Gen. Journal Line Journal Template Name='${batch['template']}',Journal Batch Name='${batch['code']}',Line No.='${line.line_number}'`;
}

function checkLine(book: CompanyBook, settings: TenantSettings, batch: Row, line: JournalLine): void {
  const name = lineName(batch, line);
  if (line.posting_date === '0001-01-01') throw fieldValidation(`Posting Date must have a value in ${name}. It cannot be zero or empty.`);
  if (line.document_number === '') throw fieldValidation(`Document No. must have a value in ${name}. It cannot be zero or empty.`);
  if (line.account_number === '') throw fieldValidation(`Account No. must have a value in ${name}. It cannot be zero or empty.`);
  if (line.amount === 0) throw fieldValidation(`Amount must have a value in ${name}. It cannot be zero or empty.`);
  assertPostingDay(settings, line.posting_date, name);
  if (settings.manualNumbersForbidden && batch['number_series'] !== '') {
    throw dialog(`You may not enter numbers manually. If you want to enter numbers manually, please activate Manual Nos. in No. Series ${batch['number_series']}.`);
  }
  if (line.account_type === 'Customer') checkCustomerLine(book, settings, name, line);
}

function checkCustomerLine(book: CompanyBook, settings: TenantSettings, name: string, line: JournalLine): void {
  if (line.document_type === 'Payment' && line.amount > 0) throw fieldValidation(`Amount must be negative in ${name}.`);
  if (line.document_type === 'Refund' && line.amount < 0) throw fieldValidation(`Amount must be positive in ${name}.`);
  const customer = book.existing('customer', 'number', line.account_number);
  if (customer['blocked'] === 'All') throw blockedCustomer(customer);
  const dimension = settings.mandatoryDimension;
  if (dimension !== '' && book.one('SELECT 1 AS one FROM journal_line_dimension WHERE line_id = ? AND dimension_code = ?', line.id, dimension) === undefined) {
    throw dialog(`A dimension used in ${name} has caused an error. Select a Dimension Value Code for the Dimension Code ${dimension} for Customer ${line.account_number}.`);
  }
  if (!settings.uniqueExternalDocumentNumbers || line.external_document_number === '') return;
  const there = book.one('SELECT 1 AS one FROM cust_ledger_entry WHERE document_type = ? AND external_document_number = ? AND customer_number = ?', line.document_type, line.external_document_number, line.account_number);
  if (there !== undefined) throw dialog(`Sales ${line.document_type} ${line.external_document_number} already exists for this customer.`);
}

/** With Force Doc. Balance every document (date, number and type) balances by itself, else the batch as a whole (2.8.3). */
function checkBalance(settings: TenantSettings, batch: Row, lines: readonly JournalLine[]): void {
  const sums = new Map<string, { sum: bigint; line: JournalLine }>();
  for (const line of lines) {
    if (line.balancing_number !== '') continue;
    const key = settings.forceDocumentBalance ? `${line.posting_date} ${line.document_type} ${line.document_number}` : line.posting_date;
    sums.set(key, { sum: (sums.get(key)?.sum ?? 0n) + BigInt(line.amount), line });
  }
  for (const { sum, line } of sums.values()) {
    if (sum === 0n) continue;
    const amount = formatMinorUnits(sum / 100n, AMOUNT_DECIMALS - 2);
    throw dialog(settings.forceDocumentBalance
      ? `Document ${line.document_type} ${line.document_number} is out of balance by ${amount}. Please check that Posting Date, Document Type, Document No. and Amount are correct for each line.`
      : `The lines in Gen. Journal Line Journal Template Name='${batch['template']}',Journal Batch Name='${batch['code']}' are out of balance by ${amount}. Please check that Posting Date and Amount are correct for each line.`);
  }
}

/** The document number a line gets: its own, or the next of the posting series, the same for lines that shared one (2.8.4). */
function postedNumber(book: CompanyBook, batch: Row, line: JournalLine, given: Map<string, string>): string {
  if (batch['posting_number_series'] === '') return line.document_number;
  const key = `${line.posting_date} ${line.document_number}`;
  const number = given.get(key) ?? book.nextNumber(String(batch['posting_number_series']), 'PCR', 10_001);
  given.set(key, number);
  return number;
}

function postLine(book: CompanyBook, transactionNumber: number, line: JournalLine, documentNumber: string): PostedLine {
  const document = { transactionNumber, postingDate: line.posting_date, documentType: line.document_type, documentNumber };
  const amount = BigInt(line.amount);
  const local = toLocal(book, amount, line.currency_code, line.posting_date);
  const description = line.description === '' ? line.external_document_number : line.description;
  let entryNumber = 0;
  if (line.account_type === 'Customer') {
    entryNumber = insertLedgerEntry(book, transactionNumber, {
      documentType: line.document_type, documentNumber, externalDocumentNumber: line.external_document_number, customerNumber: line.account_number, description, currencyCode: line.currency_code,
      postingDate: line.posting_date, documentDate: line.posting_date, dueDate: line.posting_date, amount, amountLocal: local, sourceCode: 'CASHRECJNL', appliesTo: line.applies_to_number, balancing: { type: line.balancing_type, number: line.balancing_number },
    });
    addGeneral(book, document, CHART.receivables, local, description);
    applyLine(book, line, entryNumber, document);
  } else {
    addGeneral(book, document, generalAccountOf(book, line.account_type, line.account_number), local, description);
  }
  if (line.balancing_number !== '') addGeneral(book, document, generalAccountOf(book, line.balancing_type, line.balancing_number), -local, description);
  return { lineNumber: line.line_number, entryNumber, documentNumber };
}

function generalAccountOf(book: CompanyBook, type: string, number: string): string {
  if (type !== 'Bank Account') return number;
  return String(book.existing('bank_account', 'number', number)['gl_account']);
}

type Document = Parameters<typeof applyInLedger>[3];

function applyLine(book: CompanyBook, line: JournalLine, entryNumber: number, document: Document): void {
  if (line.applies_to_id !== '') {
    applyMarked(book, line, entryNumber, document);
    return;
  }
  if (line.applies_to_number !== '') {
    const open = book.one<Row>('SELECT * FROM cust_ledger_entry WHERE document_type = ? AND document_number = ? AND customer_number = ? AND is_open = 1', line.applies_to_type, line.applies_to_number, line.account_number);
    if (open === undefined) throw noOpenEntry(line.applies_to_type, line.applies_to_number, line.account_number);
    applyOne(book, line, entryNumber, open as unknown as LedgerEntry, document);
    return;
  }
  const method = book.existing('customer', 'number', line.account_number)['application_method'];
  if (method === 'Apply to Oldest') applyToOldest(book, line, entryNumber, document);
}

function applyOne(book: CompanyBook, line: JournalLine, entryNumber: number, older: LedgerEntry, document: Document, limit?: bigint): void {
  if (older.currency_code !== line.currency_code) throw dialog('All entries in one application must be in the same currency.');
  const newer = book.existing('cust_ledger_entry', 'entry_no', entryNumber) as unknown as LedgerEntry;
  if (canApply(openItemOf(newer), openItemOf(older))) applyInLedger(book, entryNumber, older.entry_no, document, limit);
}

/** The customer's "Application Method": open entries of the other sign and the same currency, oldest due first (2.8.2). */
function applyToOldest(book: CompanyBook, line: JournalLine, entryNumber: number, document: Document): void {
  const sign = line.amount < 0 ? '>' : '<';
  const entries = book.all<Row>(
    `SELECT * FROM cust_ledger_entry WHERE customer_number = ? AND is_open = 1 AND currency_code = ? AND remaining ${sign} 0 AND entry_no <> ? ORDER BY due_date, entry_no`, line.account_number, line.currency_code, entryNumber,
  ) as unknown as LedgerEntry[];
  for (const entry of entries) applyOne(book, line, entryNumber, entry, document);
}

/** Applies-to ID: every entry that carries the id, each by its "Amount to Apply" (2.9, companion only). */
function applyMarked(book: CompanyBook, line: JournalLine, entryNumber: number, document: Document): void {
  const entries = book.all<Row>('SELECT * FROM cust_ledger_entry WHERE customer_number = ? AND is_open = 1 AND applies_to_id = ? ORDER BY entry_no', line.account_number, line.applies_to_id) as unknown as LedgerEntry[];
  if (entries.length === 0) throw noOpenEntry(' ', line.applies_to_id, line.account_number);
  for (const entry of entries) {
    const wanted = entry.amount_to_apply === 0 ? entry.remaining : entry.amount_to_apply;
    applyOne(book, line, entryNumber, entry, document, -BigInt(wanted));
    book.update('cust_ledger_entry', entry.id, { applies_to_id: '', amount_to_apply: 0 });
  }
}

/** What posting leaves of the batch: the next name with another id, or one empty line (2.8.4). */
function finishBatch(book: CompanyBook, settings: TenantSettings, batch: Row): void {
  const id = String(batch['id']);
  if (settings.incrementBatchName && /\d/.test(String(batch['code']))) {
    const { id: _id, modified_at: _modified, row_version: _version, ...values } = batch;
    book.remove('journal_batch', id);
    book.insert('journal_batch', { ...values, code: incremented(String(batch['code'])) });
    return;
  }
  if (batch['number_series'] !== '') return;
  book.insert('journal_line', { batch_id: id, line_number: EMPTY_LINE_NUMBER, balancing_type: String(batch['balancing_type']), balancing_number: String(batch['balancing_number']) });
}

const EMPTY_LINE_NUMBER = 10_000;

/** `CASH09` becomes `CASH10`: AL's IncStr. */
export function incremented(code: string): string {
  return code.replace(/(\d+)(?!.*\d)/, (digits) => String(BigInt(digits) + 1n).padStart(digits.length, '0'));
}
