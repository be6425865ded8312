import { currencyExponent, parseLocalDate, type CurrencyCode } from '#canonical';
import type { Book, BookCredit, BookInvoice } from '../../bank/book.js';
import { AMOUNT_DECIMALS } from '../../simulation/book-amounts.js';
import type { Cell, CompanyBook, Row } from '../ledger/company-book.js';

const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** What the customers of a company owe, as the simulated bank wants it: the ids are the ledger's document numbers and customer numbers. Documents from journals are in it too. */
export function bankBookOf(book: CompanyBook): Book {
  const currencyOf = (row: Row): CurrencyCode => (row['currency_code'] === '' ? book.company.currency : String(row['currency_code']));
  const minor = (units: Cell | undefined, currency: CurrencyCode): bigint => BigInt(units ?? 0) / 10n ** BigInt(AMOUNT_DECIMALS - currencyExponent(currency));
  const open = book.all('SELECT * FROM cust_ledger_entry WHERE is_open = 1 ORDER BY entry_no');
  const credit = (row: Row): BookCredit => ({
    id: String(row['document_number']), number: String(row['document_number']), customerId: String(row['customer_number']), currency: currencyOf(row), openMinor: magnitude(minor(row['remaining'], currencyOf(row))),
    issuedOn: parseLocalDate(String(row['document_date'])),
  });
  const invoice = (row: Row): BookInvoice => ({
    ...credit(row), totalMinor: minor(row['amount'], currencyOf(row)), dueOn: parseLocalDate(String(row['due_date'])), purchaseOrder: row['external_document_number'] === '' ? null : String(row['external_document_number']),
  });
  return {
    customers: book.all('SELECT * FROM customer ORDER BY number').map((row) => ({
      id: String(row['number']), number: String(row['number']), name: String(row['name']), parentId: row['bill_to_number'] === '' ? null : String(row['bill_to_number']), currency: currencyOf(row),
    })),
    invoices: open.filter((row) => row['document_type'] === 'Invoice').map(invoice),
    credits: open.filter((row) => row['document_type'] === 'Credit Memo').map(credit),
  };
}
