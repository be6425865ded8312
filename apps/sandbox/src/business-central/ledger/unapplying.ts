import { dialog } from '../odata/odata-error.js';
import type { TenantSettings } from '../settings.js';
import { CHART } from './chart.js';
import type { CompanyBook, Row } from './company-book.js';
import { addDetailed, addGeneral, insertLedgerEntry, ledgerEntry, applyInLedger, nextTransactionNumber, refreshDocumentStatus, type PostingDocument } from './entries.js';
import { assertPostingDay } from './posting-range.js';
import type { DocumentType } from '../pages/names.js';

/** What belongs to an application and is taken back with it. */
const APPLICATION_ROWS = "entry_type <> 'Initial Entry' AND unapplied = 0";

/**
 * Takes back the newest application of an entry: every row it made gets a counter row, discount and exchange entries with it (2.6).
 * @throws ODataError when there is none, or when an entry of it was applied again later
 */
export function unapplyLast(book: CompanyBook, settings: TenantSettings, entryNumber: number, postingDate: string): void {
  const last = book.one(`SELECT application_no, transaction_no, document_type, document_number FROM detailed_cust_ledger_entry WHERE cust_ledger_entry_no = ? AND ${APPLICATION_ROWS} ORDER BY entry_no DESC LIMIT 1`, entryNumber);
  if (last === undefined) throw dialog(`There is no application entry to unapply for Customer Ledger Entry No. ${entryNumber}.`);
  assertPostingDay(settings, postingDate);
  const rows = book.all(`SELECT * FROM detailed_cust_ledger_entry WHERE application_no = ? AND ${APPLICATION_ROWS} ORDER BY entry_no`, Number(last['application_no']));
  const newest = Number(rows.at(-1)?.['entry_no'] ?? 0);
  for (const row of rows) {
    if (book.one(`SELECT 1 AS one FROM detailed_cust_ledger_entry WHERE cust_ledger_entry_no = ? AND entry_no > ? AND ${APPLICATION_ROWS}`, Number(row['cust_ledger_entry_no']), newest) !== undefined) {
      throw dialog('Before you can unapply this entry, you must first unapply all application entries that were posted after this entry.');
    }
  }
  const document = { transactionNumber: nextTransactionNumber(book), postingDate, documentType: String(last['document_type']) as DocumentType, documentNumber: String(last['document_number']) };
  for (const row of rows) takeBack(book, document, row);
  for (const row of rows) refreshDocumentStatus(book, Number(row['cust_ledger_entry_no']));
}

function takeBack(book: CompanyBook, document: PostingDocument, row: Row): void {
  const amount = -BigInt(row['amount'] ?? 0);
  const local = -BigInt(row['amount_lcy'] ?? 0);
  const entryType = String(row['entry_type']);
  const counter = addDetailed(book, Number(row['cust_ledger_entry_no']), document, {
    entryType, amount, local, applicationNumber: Number(row['application_no']), appliedEntryNumber: Number(row['applied_entry_no']), unapplied: true, unappliedBy: Number(row['entry_no']),
  });
  book.update('detailed_cust_ledger_entry', String(row['id']), { unapplied: 1, unapplied_by: counter });
  const account = ACCOUNTS[entryType];
  if (account === undefined) return;
  addGeneral(book, document, CHART.receivables, local, 'Unapplied');
  addGeneral(book, document, account, -local, 'Unapplied');
}

const ACCOUNTS: Readonly<Record<string, string>> = { 'Payment Discount': CHART.discountGranted, 'Realized Gain': CHART.realizedGains, 'Realized Loss': CHART.realizedLosses };

/** Applies an open payment or credit memo to an open document, as "Apply Customer Entries" does. @throws ODataError */
export function applyPosted(book: CompanyBook, settings: TenantSettings, entryNumber: number, appliedTo: number, amount: bigint | undefined, postingDate: string): void {
  const entry = ledgerEntry(book, entryNumber);
  const other = book.one('SELECT * FROM cust_ledger_entry WHERE entry_no = ?', appliedTo);
  if (other === undefined || other['is_open'] !== 1 || entry.is_open !== 1 || other['customer_number'] !== entry.customer_number) {
    throw dialog(`There is no Cust. Ledger Entry within the filter. Filters: Entry No.: ${appliedTo}, Customer No.: ${entry.customer_number}, Open: Yes`);
  }
  if (other['currency_code'] !== entry.currency_code) throw dialog('All entries in one application must be in the same currency.');
  if (Number(other['remaining']) < 0 === entry.remaining < 0) throw dialog('The entries must have opposite signs to be applied.');
  if (amount !== undefined && amount <= 0n) throw dialog('The amount to apply must be positive.');
  assertPostingDay(settings, postingDate);
  if (postingDate < entry.posting_date) throw dialog('The posting date entered must not be before the posting date on the Cust. Ledger Entry.');
  const limit = amount === undefined ? undefined : entry.remaining < 0 ? -amount : amount;
  const document = { transactionNumber: nextTransactionNumber(book), postingDate, documentType: entry.document_type, documentNumber: entry.document_number };
  applyInLedger(book, entryNumber, appliedTo, document, limit);
}

/**
 * Reverses the transaction an entry was posted in: opposite entries under the same document number (2.9).
 * @throws ODataError with the labels of the base application
 */
export function reverseTransaction(book: CompanyBook, settings: TenantSettings, entryNumber: number): void {
  const entry = ledgerEntry(book, entryNumber);
  if (entry.source_code === 'SALES') throw dialog('You can only reverse entries that were posted from a journal.');
  assertPostingDay(settings, entry.posting_date);
  const entries = book.all<{ entry_no: number }>('SELECT entry_no FROM cust_ledger_entry WHERE transaction_no = ?', entry.transaction_no).map((row) => ledgerEntry(book, row.entry_no));
  for (const one of entries) {
    if (one.reversed === 1) throw dialog(`You cannot reverse Cust. Ledger Entry No. ${one.entry_no} because the entry has already been involved in a reversal.`);
    if (one.remaining !== one.amount) throw dialog(`You cannot reverse Cust. Ledger Entry No. ${one.entry_no} because the entry is either applied to an entry or has been changed by a batch job.`);
  }
  const document = { transactionNumber: nextTransactionNumber(book), postingDate: entry.posting_date, documentType: entry.document_type, documentNumber: entry.document_number };
  // Discounts and exchange differences of its applications were taken back with those: reversed once more they would count twice.
  for (const row of book.all('SELECT account_number, amount, description FROM gl_entry WHERE transaction_no = ? AND application_no = 0 ORDER BY entry_no', entry.transaction_no)) {
    addGeneral(book, document, String(row['account_number']), -BigInt(row['amount'] ?? 0), String(row['description']));
  }
  for (const one of entries) {
    const counter = insertLedgerEntry(book, document.transactionNumber, {
      documentType: one.document_type, documentNumber: one.document_number, externalDocumentNumber: one.external_document_number, customerNumber: one.customer_number, description: 'Reversal', currencyCode: one.currency_code,
      postingDate: one.posting_date, documentDate: one.posting_date, dueDate: one.due_date, amount: -BigInt(one.amount), amountLocal: -BigInt(one.amount_lcy), sourceCode: 'REVERSAL',
    });
    applyInLedger(book, counter, one.entry_no, document);
    for (const number of [counter, one.entry_no]) book.update('cust_ledger_entry', ledgerEntry(book, number).id, { reversed: 1 });
  }
}
