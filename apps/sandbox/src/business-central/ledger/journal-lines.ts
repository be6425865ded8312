import type { CompanyBook, Row } from './company-book.js';
import { dialog, sameKey } from '../odata/odata-error.js';
import { roundToCurrency, tableCurrency } from './exchange.js';

/** What a client set on a customer payment, in the order it wrote it: each field is validated as it is set (2.8.2). */
export type FieldValue = readonly [name: string, value: string];

const LINE_STEP = 10_000;

interface Draft {
  account_number: string;
  applies_to_number: string;
  currency_code: string;
  [column: string]: string | number | bigint;
}

const UNKNOWN_INVOICE = 'The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.';
const DISAGREEING_INVOICES = 'The Applies To Invoice values do not match to the same Invoice.';

/** Inserts a payment line. @returns its id. @throws ODataError with the labels of the page */
export function insertPayment(book: CompanyBook, batchId: string, fields: readonly FieldValue[], amount: bigint | null): string {
  const batch = book.existing('journal_batch', 'id', batchId);
  const draft: Draft = { account_number: '', applies_to_number: '', currency_code: '' };
  setFields(book, draft, fields, new Set());
  const lineNumber = fields.find(([name]) => name === 'lineNumber')?.[1];
  const number = lineNumber === undefined ? nextLineNumber(book, batchId) : Number(lineNumber);
  if (book.one('SELECT 1 AS one FROM journal_line WHERE batch_id = ? AND line_number = ?', batchId, number) !== undefined) {
    throw sameKey(`The record in table Gen. Journal Line already exists. Identification fields and values: Journal Template Name='${batch['template']}',Journal Batch Name='${batch['code']}',Line No.='${number}'`);
  }
  const currency = bankCurrency(book, batch) ?? draft.currency_code;
  const values = { posting_date: book.today(), ...draft, currency_code: currency };
  return book.insert('journal_line', {
    batch_id: batchId, line_number: number, account_type: 'Customer', document_type: 'Payment', applies_to_type: 'Invoice', amount: roundToCurrency(book, amount ?? 0n, currency), balancing_type: String(batch['balancing_type']),
    balancing_number: String(batch['balancing_number']), ...values,
  });
}

export function modifyPayment(book: CompanyBook, line: Row, fields: readonly FieldValue[], amount: bigint | null): void {
  const draft: Draft = { account_number: String(line['account_number']), applies_to_number: String(line['applies_to_number']), currency_code: String(line['currency_code']) };
  setFields(book, draft, fields, new Set());
  book.update('journal_line', String(line['id']), { ...draft, ...(amount === null ? {} : { amount: roundToCurrency(book, amount, draft.currency_code) }) });
}

export function nextLineNumber(book: CompanyBook, batchId: string): number {
  return Number(book.one<{ last: number }>('SELECT coalesce(max(line_number), 0) AS last FROM journal_line WHERE batch_id = ?', batchId)?.last ?? 0) + LINE_STEP;
}

const PLAIN: Readonly<Record<string, string>> = {
  postingDate: 'posting_date', documentNumber: 'document_number', externalDocumentNumber: 'external_document_number', description: 'description', comment: 'comment',
};
const UPPER = new Set(['documentNumber', 'externalDocumentNumber']);

function setFields(book: CompanyBook, draft: Draft, fields: readonly FieldValue[], named: Set<string>): void {
  for (const [name, value] of fields) {
    const column = PLAIN[name];
    if (column !== undefined) draft[column] = UPPER.has(name) ? value.toUpperCase() : value;
    else SETTERS[name]?.(book, draft, value, named);
    named.add(name);
  }
}

type Setter = (book: CompanyBook, draft: Draft, value: string, named: ReadonlySet<string>) => void;

const SETTERS: Readonly<Record<string, Setter>> = {
  customerId: (book, draft, value) => {
    const customer = book.one('SELECT * FROM customer WHERE id = ?', value.toLowerCase());
    if (customer === undefined) throw dialog('The "customerId" does not match to a Customer.');
    setCustomer(book, draft, customer);
  },
  customerNumber: (book, draft, value, named) => {
    if (value === '') return;
    const customer = book.one('SELECT * FROM customer WHERE number = ?', value.toUpperCase());
    if (customer === undefined) throw dialog('The "customerNumber" does not match to a Customer.');
    if (named.has('customerId') && draft.account_number !== customer['number']) throw dialog('The customer values do not match to a specific Customer.');
    setCustomer(book, draft, customer);
  },
  appliesToInvoiceId: (book, draft, value, named) => {
    const invoice = book.one('SELECT * FROM sales_invoice WHERE id = ? AND posted = 1', value.toLowerCase());
    if (invoice === undefined) throw dialog(UNKNOWN_INVOICE);
    if (named.has('appliesToInvoiceNumber') && draft.applies_to_number !== invoice['number']) throw dialog(DISAGREEING_INVOICES);
    draft.applies_to_number = String(invoice['number']);
    // Set before the customer it fills the customer in, from the bill-to.
    if (draft.account_number === '') setCustomer(book, draft, book.existing('customer', 'number', String(invoice['bill_to_number'])));
  },
  // Stored as it comes: a wrong or closed invoice fails only at posting.
  appliesToInvoiceNumber: (_book, draft, value, named) => {
    if (named.has('appliesToInvoiceId') && draft.applies_to_number !== value.toUpperCase()) throw dialog(DISAGREEING_INVOICES);
    draft.applies_to_number = value.toUpperCase();
  },
};

function setCustomer(book: CompanyBook, draft: Draft, customer: Row): void {
  draft.account_number = String(customer['number']);
  draft.currency_code = tableCurrency(book, String(customer['currency_code']));
}

/** A balancing bank account in a currency fixes the line's (2.8.2). */
function bankCurrency(book: CompanyBook, batch: Row): string | null {
  if (batch['balancing_type'] !== 'Bank Account') return null;
  const currency = String(book.existing('bank_account', 'number', String(batch['balancing_number']))['currency_code']);
  return currency === '' ? null : tableCurrency(book, currency);
}
