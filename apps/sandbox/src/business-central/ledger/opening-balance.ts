import { parseAmount } from '../../simulation/book-amounts.js';
import { CHART } from './chart.js';
import type { CompanyBook } from './company-book.js';
import { addGeneral, insertLedgerEntry, nextTransactionNumber } from './entries.js';
import { toLocal } from './exchange.js';

export interface OpeningBalanceWish {
  readonly customerNumber: string;
  /** Decimal text; positive: an invoice, negative: a credit memo. */
  readonly amount: string;
  readonly documentNumber: string;
  readonly postingDate?: string;
  readonly dueDate?: string;
}

/** A document posted from a general journal: a ledger entry and nothing else. The caller wraps it in a transaction. @returns its entry number */
export function postOpeningBalance(book: CompanyBook, wish: OpeningBalanceWish): number {
  const customer = book.existing('customer', 'number', wish.customerNumber);
  const amount = parseAmount(wish.amount);
  const postingDate = wish.postingDate ?? book.today();
  const currencyCode = String(customer['currency_code']);
  const amountLocal = toLocal(book, amount, currencyCode, postingDate);
  const documentType = amount < 0n ? 'Credit Memo' : 'Invoice';
  const transactionNumber = nextTransactionNumber(book);
  const entryNumber = insertLedgerEntry(book, transactionNumber, {
    documentType, documentNumber: wish.documentNumber, externalDocumentNumber: '', customerNumber: wish.customerNumber, description: 'Opening balance', currencyCode, postingDate, documentDate: postingDate,
    dueDate: wish.dueDate ?? postingDate, amount, amountLocal, sourceCode: 'GENJNL',
  });
  const document = { transactionNumber, postingDate, documentType, documentNumber: wish.documentNumber } as const;
  addGeneral(book, document, CHART.receivables, amountLocal, 'Opening balance');
  addGeneral(book, document, CHART.sales, -amountLocal, 'Opening balance');
  return entryNumber;
}
