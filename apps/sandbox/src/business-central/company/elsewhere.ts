import { amountText, parseAmount } from '../../simulation/book-amounts.js';
import type { Cell, CompanyBook, Row } from '../ledger/company-book.js';
import { insertPayment } from '../ledger/journal-lines.js';
import { postBatch, type PostedLine } from '../ledger/journal-posting.js';
import { CHART } from '../ledger/chart.js';
import { postOpeningBalance, type OpeningBalanceWish } from '../ledger/opening-balance.js';
import { addFormula, cancelInvoice, postSalesDocument, type SalesTable } from '../ledger/sales-posting.js';
import { tableCurrency } from '../ledger/exchange.js';
import { reverseTransaction, unapplyLast } from '../ledger/unapplying.js';
import { CASH_RECEIPT_TEMPLATE } from '../pages/names.js';
import type { TenantSettings } from '../settings.js';

export interface DocumentWish {
  /** Sell-to; its bill-to owes. */
  readonly customerNumber: string;
  /** Decimal text. */
  readonly amount: string;
  readonly postingDate?: string;
  readonly dueDate?: string;
  readonly currency?: string;
  readonly externalDocumentNumber?: string;
  /** Credit memos: the invoice it is applied to. */
  readonly appliesTo?: string;
  /** Leaves it unposted; `released` also shows status Open. */
  readonly state?: 'posted' | 'draft' | 'released';
}

export interface PaymentWish {
  readonly customerNumber: string;
  readonly amount: string;
  readonly invoiceNumber?: string;
  readonly postingDate?: string;
  readonly documentNumber?: string;
  readonly externalDocumentNumber?: string;
}

/** What another person in the company does while a client looks on: documents, receipts, edits, deletions. All of it obeys the ledger's rules. */
export class Elsewhere {
  constructor(private readonly book: CompanyBook, private readonly settings: TenantSettings) {}

  addCustomer(values: { name: string; number?: string; currency?: string; billToNumber?: string; applicationMethod?: string; paymentTerms?: string; email?: string }): { id: string; number: string } {
    const number = values.number ?? this.book.nextNumber('CUST', 'C', 90_001);
    const terms = this.book.existing('payment_terms', 'code', values.paymentTerms ?? 'NET30');
    const id = this.book.transaction(() => this.book.insert('customer', {
      number, name: values.name, currency_code: tableCurrency(this.book, values.currency ?? this.book.company.currency), bill_to_number: values.billToNumber ?? '', application_method: values.applicationMethod ?? 'Manual',
      payment_terms_id: String(terms['id']), email: values.email ?? '', country: this.book.company.country,
    }));
    return { id, number };
  }

  addInvoice(wish: DocumentWish): { id: string; number: string } {
    return this.book.transaction(() => this.document('sales_invoice', 'S-INV', wish));
  }

  addCreditMemo(wish: DocumentWish): { id: string; number: string } {
    return this.book.transaction(() => this.document('sales_credit_memo', 'S-CR', wish));
  }

  /** A receipt posted by somebody from a batch of their own. */
  receivePayment(wish: PaymentWish): PostedLine {
    return this.book.transaction(() => {
      const batchId = this.book.insert('journal_batch', { template: CASH_RECEIPT_TEMPLATE, code: this.book.nextNumber('PERSON', 'P', 1), name: 'Somebody else', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
      insertPayment(this.book, batchId, [
        ['customerNumber', wish.customerNumber], ['postingDate', wish.postingDate ?? this.book.today()], ['documentNumber', wish.documentNumber ?? this.book.nextNumber('MANUAL', 'MAN', 1001)],
        ['externalDocumentNumber', wish.externalDocumentNumber ?? ''], ...(wish.invoiceNumber === undefined ? [] : [['appliesToInvoiceNumber', wish.invoiceNumber] as const]),
      ], -parseAmount(wish.amount));
      const [posted] = postBatch(this.book, { ...this.settings, incrementBatchName: false, forcePostingReport: false }, batchId);
      this.book.run('DELETE FROM journal_line WHERE batch_id = ?', batchId);
      this.book.remove('journal_batch', batchId);
      if (posted === undefined) throw new RangeError('nothing was posted');
      return posted;
    });
  }

  /** Pays an invoice, whole or in part, somewhere a client does not see. */
  settleInvoice(number: string, amount?: string): PostedLine {
    const entry = this.entryOf(number);
    const whole = this.openAmount(number);
    return this.receivePayment({ customerNumber: String(entry['customer_number']), amount: amount ?? whole, invoiceNumber: number });
  }

  cancelInvoice(number: string): void {
    const invoice = this.book.existing('sales_invoice', 'number', number);
    this.book.transaction(() => { cancelInvoice(this.book, this.settings, String(invoice['id'])); });
  }

  /** Takes back the newest application of a posted document. */
  unapply(number: string): void {
    this.book.transaction(() => { unapplyLast(this.book, this.settings, Number(this.entryOf(number)['entry_no']), this.book.today()); });
  }

  /** Reverses the transaction a posted payment belongs to; it must not be applied. */
  reverse(number: string): void {
    this.book.transaction(() => { reverseTransaction(this.book, this.settings, Number(this.entryOf(number)['entry_no'])); });
  }

  /**
   * Changes columns of any record, as a person on its page would: `modified_at` and the ETag move.
   * @param modifiedAt another moment than now: a transaction that began before a client's last look and was committed after it
   */
  edit(table: string, number: string, changes: Readonly<Record<string, string | number>>, modifiedAt?: string): void {
    const row = this.book.existing(plainName(table), 'number', number);
    for (const name of Object.keys(changes)) plainName(name);
    this.book.modifiedAt = modifiedAt ?? null;
    try {
      this.book.transaction(() => { this.book.update(table, String(row['id']), changes); });
    } finally {
      this.book.modifiedAt = null;
    }
  }

  /** An open item entered straight in a general journal, as opening balances are: no sales invoice stands behind it (2.4). @returns its entry number */
  addOpeningBalance(wish: OpeningBalanceWish): number {
    return this.book.transaction(() => postOpeningBalance(this.book, wish));
  }

  /** Deletes a customer, a draft or a posted document with its closed ledger entry left alone: no tombstone (2.7). */
  remove(table: string, number: string): void {
    const row = this.book.existing(plainName(table), 'number', number);
    this.book.transaction(() => { this.book.remove(table, String(row['id'])); });
  }

  blockCustomer(number: string, blocked: ' ' | 'Ship' | 'Invoice' | 'All'): void {
    this.edit('customer', number, { blocked });
  }

  /** Nothing may be posted outside the two days; empty text opens the end. */
  setPostingRange(from: string, to: string): void {
    this.settings.postingAllowedFrom = from;
    this.settings.postingAllowedTo = to;
  }

  /** Puts a line into a batch by hand, one that `customerPayments` does not show (2.8.2). */
  addHiddenLine(batchId: string, values: { customerNumber: string; amount: string; documentNumber: string }): string {
    const batch = this.book.existing('journal_batch', 'id', batchId);
    return this.book.transaction(() => this.book.insert('journal_line', {
      batch_id: batchId, line_number: Number(this.book.one<{ last: number }>('SELECT coalesce(max(line_number), 0) AS last FROM journal_line WHERE batch_id = ?', batchId)?.last ?? 0) + 10_000, account_type: 'Customer',
      account_number: values.customerNumber, document_type: 'Payment', document_number: values.documentNumber, amount: parseAmount(values.amount), posting_date: this.book.today(), balancing_type: String(batch['balancing_type']),
      balancing_number: String(batch['balancing_number']),
    }));
  }

  /** A person sets a bank account as the batch's balancing account (2.8.1). */
  setBatchBank(batchId: string, bankNumber: string): void {
    this.book.existing('bank_account', 'number', bankNumber);
    this.book.transaction(() => { this.book.update('journal_batch', batchId, { balancing_type: 'Bank Account', balancing_number: bankNumber }); });
  }

  /** Decimal text of what is open of a posted document, signed as in the ledger. */
  openAmount(number: string): string {
    return unitsText(this.entryOf(number)['remaining']);
  }

  openAmounts(): { number: string; documentType: string; customerNumber: string; externalDocumentNumber: string; remaining: string }[] {
    return this.book.all('SELECT * FROM cust_ledger_entry WHERE is_open = 1 ORDER BY entry_no').map((row) => ({
      number: String(row['document_number']), documentType: String(row['document_type']), customerNumber: String(row['customer_number']), externalDocumentNumber: String(row['external_document_number']),
      remaining: unitsText(row['remaining']),
    }));
  }

  /** Posted payment entries that carry an external document number. */
  paymentsOf(externalDocumentNumber: string): { documentNumber: string; amount: string; remaining: string; entryNumber: number }[] {
    return this.book.all("SELECT * FROM cust_ledger_entry WHERE document_type = 'Payment' AND external_document_number = ? ORDER BY entry_no", externalDocumentNumber.toUpperCase())
      .map((row) => ({ documentNumber: String(row['document_number']), amount: unitsText(row['amount']), remaining: unitsText(row['remaining']), entryNumber: Number(row['entry_no']) }));
  }

  private entryOf(number: string): Row {
    return this.book.existing('cust_ledger_entry', 'document_number', number);
  }

  private document(table: SalesTable, series: string, wish: DocumentWish): { id: string; number: string } {
    const { book } = this;
    const customer = book.existing('customer', 'number', wish.customerNumber);
    const billTo = customer['bill_to_number'] === '' ? customer : book.existing('customer', 'number', String(customer['bill_to_number']));
    const amount = parseAmount(wish.amount);
    const postingDate = wish.postingDate ?? book.today();
    const terms = book.one('SELECT due_date_calculation FROM payment_terms WHERE id = ?', String(billTo['payment_terms_id']));
    const id = book.insert(table, {
      number: book.nextNumber(series, series, 1001), sell_to_number: wish.customerNumber, bill_to_number: String(billTo['number']),
      currency_code: wish.currency === undefined ? String(billTo['currency_code']) : tableCurrency(book, wish.currency),
      document_date: postingDate, posting_date: postingDate, due_date: wish.dueDate ?? addFormula(postingDate, String(terms?.['due_date_calculation'] ?? '')), payment_terms_id: String(billTo['payment_terms_id']),
      amount_excluding_tax: amount, amount_including_tax: amount, external_document_number: wish.externalDocumentNumber ?? '', status: wish.state === 'released' ? 'Open' : 'Draft', released: wish.state === 'released' ? 1 : 0,
      ...(table === 'sales_credit_memo' ? { applies_to_number: wish.appliesTo ?? '' } : {}),
    });
    book.insert(`${table}_line`, { document_id: id, sequence: 10_000, line_type: 'Account', account_number: CHART.sales, description: 'Goods and services', quantity: 10_000, unit_price: amount, amount_excluding_tax: amount });
    const number = (wish.state ?? 'posted') === 'posted' ? postSalesDocument(book, this.settings, table, id) : String(book.existing(table, 'id', id)['number']);
    return { id, number };
  }
}

/** Decimal text of a column of 10^-4 units. */
function unitsText(cell: Cell | undefined): string {
  return amountText(BigInt(cell ?? 0));
}

function plainName(text: string): string {
  if (!/^[a-z_]+$/.test(text)) throw new RangeError(`"${text}" is no table or column`);
  return text;
}
