import { addDays, parseLocalDate } from '#canonical';
import { dialog, fieldValidation } from '../odata/odata-error.js';
import { CHART } from './chart.js';
import type { Cell, CompanyBook, Row } from './company-book.js';
import { addGeneral, applyInLedger, insertLedgerEntry, ledgerEntry, nextTransactionNumber, refreshDocumentStatus } from './entries.js';
import { roundToCurrency, toLocal } from './exchange.js';
import { assertPostingDay } from './posting-range.js';
import type { TenantSettings } from '../settings.js';

export type SalesTable = 'sales_invoice' | 'sales_credit_memo';

interface SalesKind {
  readonly documentType: 'Invoice' | 'Credit Memo';
  readonly series: string;
  readonly prefix: string;
  readonly direction: bigint;
}

const KINDS: Readonly<Record<SalesTable, SalesKind>> = {
  sales_invoice: { documentType: 'Invoice', series: 'S-INV+', prefix: 'PS-INV', direction: 1n },
  sales_credit_memo: { documentType: 'Credit Memo', series: 'S-CR+', prefix: 'PS-CR', direction: -1n },
};
const FIRST_NUMBER = 103_001;

/**
 * Posts a draft: number from the posted series, ledger entry and G/L entries; the id stays the draft's (2.4). A credit memo that names an invoice is applied to it.
 * @throws ODataError as AL would word it
 */
export function postSalesDocument(book: CompanyBook, settings: TenantSettings, table: SalesTable, id: string): string {
  const kind = KINDS[table];
  const draft = book.existing(table, 'id', id);
  if (draft['posted'] === 1) throw dialog(`The action can be applied to a draft ${kind.documentType.toLowerCase()} only.`);
  if (book.one(`SELECT 1 AS one FROM ${table}_line WHERE document_id = ?`, id) === undefined) throw dialog('There is nothing to post.');
  const customer = book.existing('customer', 'number', String(draft['bill_to_number']));
  const day = String(draft['posting_date']);
  assertPostingDay(settings, day);
  if (customer['blocked'] === 'All' || customer['blocked'] === 'Invoice') throw blockedCustomer(customer);
  const number = book.nextNumber(kind.series, kind.prefix, FIRST_NUMBER);
  const entryNumber = enterDocument(book, kind, draft, number, customer);
  book.update(table, id, { number, draft_number: String(draft['number']), posted: 1, released: 0, entry_no: entryNumber, status: 'Open' });
  if (table === 'sales_credit_memo' && draft['applies_to_number'] !== '') applyToInvoice(book, entryNumber, String(draft['applies_to_number']), String(draft['bill_to_number']));
  refreshDocumentStatus(book, entryNumber);
  return number;
}

/** The refusal of a blocked customer, in the words of the base application. */
export function blockedCustomer(customer: Row): Error {
  return dialog(`You cannot post this type of document when Customer ${customer['number']} is blocked with type ${customer['blocked']}`);
}

function enterDocument(book: CompanyBook, kind: SalesKind, draft: Row, number: string, customer: Row): number {
  const postingDate = String(draft['posting_date']);
  const currencyCode = String(draft['currency_code']);
  const transactionNumber = nextTransactionNumber(book);
  const total = BigInt(draft['amount_including_tax'] ?? 0);
  const local = toLocal(book, total, currencyCode, postingDate);
  const localTax = toLocal(book, BigInt(draft['tax_amount'] ?? 0), currencyCode, postingDate);
  const document = { transactionNumber, postingDate, documentType: kind.documentType, documentNumber: number };
  const entryNumber = insertLedgerEntry(book, transactionNumber, {
    documentType: kind.documentType, documentNumber: number, externalDocumentNumber: String(draft['external_document_number']), customerNumber: String(customer['number']), description: `${kind.documentType} ${number}`, currencyCode,
    postingDate, documentDate: String(draft['document_date']), dueDate: String(draft['due_date']), amount: kind.direction * total, amountLocal: kind.direction * local, sourceCode: 'SALES',
    ...(kind.documentType === 'Invoice' ? discountOf(book, draft, total) : {}),
  });
  addGeneral(book, document, CHART.receivables, kind.direction * local, String(customer['name']));
  addGeneral(book, document, CHART.sales, -kind.direction * (local - localTax), `${kind.documentType} ${number}`);
  addGeneral(book, document, CHART.taxPayable, -kind.direction * localTax, `${kind.documentType} ${number}`);
  return entryNumber;
}

const PERCENT_SCALE = 1_000_000n;

/** Discount of the payment terms: percent of the total, until document date plus the formula (`10D`). */
function discountOf(book: CompanyBook, draft: Row, total: bigint): { discount?: { amount: bigint; day: string } } {
  const terms = book.one<{ discount_percent: number; discount_date_calculation: string }>('SELECT discount_percent, discount_date_calculation FROM payment_terms WHERE id = ?', String(draft['payment_terms_id']));
  if (terms === undefined || terms.discount_percent === 0) return {};
  const amount = roundToCurrency(book, (total * BigInt(terms.discount_percent)) / PERCENT_SCALE, String(draft['currency_code']));
  return { discount: { amount, day: addFormula(String(draft['document_date']), terms.discount_date_calculation) } };
}

/** A date formula of days (`30D`) or none. @throws RangeError for another */
export function addFormula(day: string, formula: string): string {
  if (formula === '') return day;
  const days = /^(\d+)D$/.exec(formula)?.[1];
  if (days === undefined) throw new RangeError(`date formula ${formula} is not one the sandbox reads (30D)`);
  return addDays(parseLocalDate(day), Number(days));
}

function applyToInvoice(book: CompanyBook, entryNumber: number, invoiceNumber: string, customerNumber: string): void {
  const open = book.one<{ entry_no: number }>("SELECT entry_no FROM cust_ledger_entry WHERE document_type = 'Invoice' AND document_number = ? AND customer_number = ? AND is_open = 1", invoiceNumber, customerNumber);
  if (open === undefined) throw noOpenEntry('Invoice', invoiceNumber, customerNumber);
  const entry = ledgerEntry(book, entryNumber);
  applyInLedger(book, entryNumber, open.entry_no, { transactionNumber: entry.transaction_no, postingDate: entry.posting_date, documentType: entry.document_type, documentNumber: entry.document_number });
}

/** What an applies-to number that finds nothing ends in, at posting (2.8.2). */
export function noOpenEntry(documentType: string, documentNumber: string, customerNumber: string): Error {
  return new NoOpenEntry(`There is no Cust. Ledger Entry within the filter. Filters: Document No.: ${documentNumber}, Document Type: ${documentType}, Customer No.: ${customerNumber}, Open: Yes`);
}

/** Carries the text until the edge gives it its code, `Internal_DataNotFoundFilter`. */
export class NoOpenEntry extends Error {
  override readonly name = 'NoOpenEntry';
}

/** Cancels a posted invoice: a corrective credit memo over the whole of it, applied; refused when anything is applied already (2.5). */
export function cancelInvoice(book: CompanyBook, settings: TenantSettings, id: string): void {
  const invoice = book.existing('sales_invoice', 'id', id);
  if (invoice['posted'] !== 1) throw dialog('The action can be applied to a posted invoice only.');
  if (invoice['status'] === 'Canceled') throw dialog('The invoice cannot be canceled because it has already been canceled.');
  const entry = ledgerEntry(book, Number(invoice['entry_no']));
  if (entry.remaining !== entry.amount) throw dialog(`You cannot cancel this posted sales invoice because it is fully or partially paid.`);
  const creditId = draftCreditOf(book, invoice);
  const number = postSalesDocument(book, settings, 'sales_credit_memo', creditId);
  const credit = book.existing('sales_credit_memo', 'number', number);
  book.update('sales_credit_memo', String(credit['id']), { status: 'Corrective' });
  book.update('sales_invoice', id, { status: 'Canceled', canceled: 1 });
}

/** The totals of a document, for another one over the same. */
export function amountsOf(document: Row): Record<'amount_excluding_tax' | 'tax_amount' | 'amount_including_tax', Cell> {
  return { amount_excluding_tax: document['amount_excluding_tax'] ?? 0, tax_amount: document['tax_amount'] ?? 0, amount_including_tax: document['amount_including_tax'] ?? 0 };
}

/** A draft credit memo over everything an invoice charged, applying to it. @returns its id */
export function draftCreditOf(book: CompanyBook, invoice: Row): string {
  if (invoice['posted'] !== 1) throw fieldValidation('The action can be applied to a posted invoice only.');
  const id = book.insert('sales_credit_memo', {
    number: book.nextNumber('S-CR', 'S-CR', 1001), sell_to_number: String(invoice['sell_to_number']), bill_to_number: String(invoice['bill_to_number']), currency_code: String(invoice['currency_code']),
    document_date: book.today(), posting_date: book.today(), due_date: book.today(), ...amountsOf(invoice), applies_to_number: String(invoice['number']), status: 'Draft', payment_terms_id: String(invoice['payment_terms_id']),
  });
  for (const line of book.all('SELECT * FROM sales_invoice_line WHERE document_id = ? ORDER BY sequence', String(invoice['id']))) {
    const { id: _id, modified_at: _modified, row_version: _version, ...values } = line;
    book.insert('sales_credit_memo_line', { ...values, document_id: id });
  }
  return id;
}
