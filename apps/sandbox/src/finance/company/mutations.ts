import { companyKey, type Book } from '../book/book.js';
import { enterTransaction, findMaster, periodKey, rateOf } from '../book/entry.js';
import { findJournal, linesOf, nextVoucher, PostingError, postJournal, removeJournal, runPostingJob, type PostingOutcome } from '../book/posting.js';
import type { Journal, Transaction } from '../book/records.js';
import { openOf, settlePair, undoSettlement } from '../book/settlement.js';
import { decimalOf, decimalText, lesser, magnitude } from '../decimals.js';
import { todayOf, type Environment } from '../environment.js';
import { enterCustomer, enterDraftInvoice, enterInvoice } from './company.js';

/** Raised when a change by "somebody else" names what does not exist or cannot be. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

export interface DocumentSeed {
  readonly company?: string;
  readonly account: string;
  readonly number: string;
  /** Decimal text; negative makes a credit note. */
  readonly amount: string;
  readonly currency?: string;
  readonly day?: string;
  readonly dueDate?: string;
  readonly kind?: 'sales' | 'freeText';
  readonly terms?: string;
  readonly tax?: string;
  readonly customerReference?: string;
  readonly orderAccount?: string;
  readonly instalments?: readonly { readonly amount: string; readonly dueDate: string }[];
  /** A free text invoice that is not posted. */
  readonly draft?: boolean;
}

export interface CustomerSeed {
  readonly company?: string;
  readonly account: string;
  readonly name: string;
  readonly currency?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly terms?: string;
  readonly group?: string;
  readonly invoiceAccount?: string;
}

/** What people and jobs in the environment do while a client is connected. Companies are the default company when absent. */
export class Mutations {
  constructor(private readonly environment: Environment) {}

  private get book(): Book {
    return this.environment.book;
  }

  private company(company: string | undefined): string {
    return company ?? this.environment.settings.defaultCompany;
  }

  private byPerson<T>(work: () => T): T {
    return this.book.write('person', work);
  }

  addCustomer(seed: CustomerSeed): { recId: string } {
    const company = this.company(seed.company);
    if (findMaster(this.environment, 'CustomersV3', { dataAreaId: company, CustomerAccount: seed.account }) !== undefined) throw new MutationError(`customer ${seed.account} exists in ${company}`);
    const currency = seed.currency ?? String(findMaster(this.environment, 'Ledgers', { LegalEntityId: company })?.row['AccountingCurrency'] ?? 'USD');
    return { recId: String(this.byPerson(() => enterCustomer(this.environment, { ...seed, dataAreaId: company, currency })).recId) };
  }

  /** An invoice, or with a negative amount a credit note. */
  addInvoice(seed: DocumentSeed): { recId: string; invoiceRecId: string; voucher: string; dueDate: string } {
    const company = this.company(seed.company);
    const customer = findMaster(this.environment, 'CustomersV3', { dataAreaId: company, CustomerAccount: seed.account });
    if (customer === undefined) throw new MutationError(`no customer ${seed.account} in ${company}`);
    const day = seed.day ?? todayOf(this.environment);
    const currency = seed.currency ?? String(customer.row['SalesCurrencyCode']);
    const rate = rateOf(this.environment, company, currency, day);
    if (rate === null) throw new MutationError(`no exchange rate for ${currency} on ${day}`);
    const draft = {
      dataAreaId: company, account: seed.account, number: seed.number, day, currency, rate, total: decimalOf(seed.amount), ...(seed.dueDate === undefined ? {} : { dueDate: seed.dueDate }), ...(seed.kind === undefined ? {} : { kind: seed.kind }),
      ...(seed.terms === undefined ? {} : { terms: seed.terms }), ...(seed.tax === undefined ? {} : { tax: decimalOf(seed.tax) }), ...(seed.customerReference === undefined ? {} : { customerReference: seed.customerReference }),
      ...(seed.orderAccount === undefined ? {} : { orderAccount: seed.orderAccount }), ...(seed.instalments === undefined ? {} : { instalments: seed.instalments.map((each) => ({ amount: decimalOf(each.amount), dueDate: each.dueDate })) }),
    };
    if (seed.draft === true) {
      const invoice = this.byPerson(() => enterDraftInvoice(this.environment, draft));
      return { recId: '', invoiceRecId: String(invoice.recId), voucher: '', dueDate: invoice.dueDate };
    }
    const { invoice, transaction } = this.byPerson(() => enterInvoice(this.environment, draft));
    return { recId: String(transaction.recId), invoiceRecId: String(invoice.recId), voucher: transaction.voucher, dueDate: transaction.dueDate };
  }

  /** A payment somebody booked in the product itself; on account. */
  addPayment({ company, account, amount, day, currency, reference = '' }: { company?: string; account: string; amount: string; day?: string; currency?: string; reference?: string }): { recId: string; voucher: string } {
    const dataAreaId = this.company(company);
    const customer = findMaster(this.environment, 'CustomersV3', { dataAreaId, CustomerAccount: account });
    if (customer === undefined) throw new MutationError(`no customer ${account} in ${dataAreaId}`);
    const on = day ?? todayOf(this.environment);
    const code = currency ?? String(customer.row['SalesCurrencyCode']);
    const payment = this.byPerson(() => enterTransaction(this.environment, {
      dataAreaId, account, kind: 'Payment', day: on, dueDate: on, voucher: nextVoucher(this.environment, dataAreaId), currency: code, rate: rateOf(this.environment, dataAreaId, code, on) ?? decimalOf('100'), amount: -decimalOf(amount), paymentReference: reference,
    }));
    return { recId: String(payment.recId), voucher: payment.voucher };
  }

  private transaction(recId: string): Transaction {
    const transaction = this.book.transactions.get(BigInt(recId));
    if (transaction === undefined) throw new MutationError(`no customer transaction ${recId}`);
    return transaction;
  }

  /** Somebody else settles: an invoice with a credit or payment, or when none is named with a new payment over the amount (all of it when absent). */
  settle({ invoice, credit, amount }: { invoice: string; credit?: string; amount?: string }): { group: string } {
    const debit = this.transaction(invoice);
    return this.byPerson(() => {
      const open = openOf(this.environment, debit.recId);
      const wanted = amount === undefined ? open : decimalOf(amount);
      const other = credit === undefined
        ? enterTransaction(this.environment, { dataAreaId: debit.dataAreaId, account: debit.account, kind: 'Payment', day: todayOf(this.environment), dueDate: todayOf(this.environment), voucher: nextVoucher(this.environment, debit.dataAreaId), currency: debit.currency, rate: debit.rate, amount: -wanted })
        : this.transaction(credit);
      const taken = credit === undefined ? wanted : lesser(wanted, magnitude(openOf(this.environment, other.recId)));
      const group = this.book.nextRecId();
      settlePair(this.environment, { debit: debit.recId, credit: other.recId, amount: taken }, { group, day: todayOf(this.environment), voucher: other.voucher });
      return { group: String(group) };
    });
  }

  /** Undoes the settlements of a transaction, the newest group first; all of them when no group is named. Documents stay posted. */
  undoSettlement({ transaction, group }: { transaction?: string; group?: string }): void {
    const groups = group === undefined ? [...new Set(this.book.settlements.group('transaction', transaction ?? '').filter((row) => row.reversible).map((row) => row.group))].reverse() : [BigInt(group)];
    if (groups.length === 0) throw new MutationError('nothing to undo');
    this.byPerson(() => { for (const each of groups) undoSettlement(this.environment, each); });
  }

  editCustomer({ company, account, changes }: { company?: string; account: string; changes: Readonly<Record<string, string>> }): void {
    const customer = findMaster(this.environment, 'CustomersV3', { dataAreaId: this.company(company), CustomerAccount: account });
    if (customer === undefined) throw new MutationError(`no customer ${account}`);
    for (const name of Object.keys(changes)) if (typeof customer.row[name] !== 'string') throw new MutationError(`${name} is no text column of CustomersV3`);
    this.byPerson(() => this.book.master('CustomersV3').change(customer.recId, { row: { ...customer.row, ...changes } }));
  }

  removeCustomer({ company, account }: { company?: string; account: string }): void {
    const customer = findMaster(this.environment, 'CustomersV3', { dataAreaId: this.company(company), CustomerAccount: account });
    if (customer === undefined) throw new MutationError(`no customer ${account}`);
    this.byPerson(() => { this.book.master('CustomersV3').remove(customer.recId); });
  }

  /** Another text, due date or payment reference on a transaction; the due date moves its open rows too. */
  editTransaction({ recId, changes }: { recId: string; changes: { dueDate?: string; text?: string; paymentReference?: string; paymentId?: string } }): void {
    const transaction = this.transaction(recId);
    this.byPerson(() => {
      this.book.transactions.change(transaction.recId, changes);
      const { dueDate } = changes;
      if (dueDate === undefined) return;
      for (const open of this.book.opens.group('transaction', recId)) this.book.opens.change(open.recId, { dueDate });
      for (const invoice of this.book.invoices.group('number', companyKey(transaction.dataAreaId, transaction.invoice))) this.book.invoices.change(invoice.recId, { dueDate });
    });
  }

  /** Takes a transaction with its open rows and its invoice header away, as data clean-up jobs do. Settled ones stay. */
  removeTransaction({ recId }: { recId: string }): void {
    const transaction = this.transaction(recId);
    if (this.book.settlements.group('transaction', recId).length > 0) throw new MutationError(`transaction ${recId} has settlements`);
    this.byPerson(() => {
      for (const open of this.book.opens.group('transaction', recId)) this.book.opens.remove(open.recId);
      if (transaction.invoice !== '') for (const invoice of this.book.invoices.group('number', companyKey(transaction.dataAreaId, transaction.invoice))) this.book.invoices.remove(invoice.recId);
      this.book.transactions.remove(transaction.recId);
    });
  }

  private journal(company: string | undefined, batch: string): Journal {
    const journal = findJournal(this.environment, this.company(company), batch);
    if (journal === undefined) throw new MutationError(`no journal ${batch} in ${this.company(company)}`);
    return journal;
  }

  /** A person posts; a journal that cannot be posted stays as it is and the infolog says why. */
  postJournal({ company, batch }: { company?: string; batch: string }): PostingOutcome {
    return postJournal(this.environment, this.journal(company, batch), 'person');
  }

  /** The batch job runs now: every journal with lines. */
  runPostingJob(): PostingOutcome[] {
    return runPostingJob(this.environment);
  }

  /** From now on the journal does not post; '' takes that back. */
  refuseJournal({ company, batch, because }: { company?: string; batch: string; because: string }): void {
    const journal = this.journal(company, batch);
    this.byPerson(() => this.book.journals.change(journal.recId, { refusal: because }));
  }

  deleteJournal({ company, batch }: { company?: string; batch: string }): void {
    const journal = this.journal(company, batch);
    try {
      this.byPerson(() => { removeJournal(this.environment, journal); });
    } catch (error) {
      if (error instanceof PostingError) throw new MutationError(error.message);
      throw error;
    }
  }

  /** Somebody edits a line: `CreditAmount`, `DebitAmount` as decimal text, any text column as it stands. A posted line's payment keeps its amount. */
  editLine({ company, batch, line = 1, changes }: { company?: string; batch: string; line?: number; changes: Readonly<Record<string, string>> }): void {
    const journal = this.journal(company, batch);
    const found = linesOf(this.environment, journal).find((each) => each.lineNumber === decimalOf(String(line)));
    if (found === undefined) throw new MutationError(`journal ${batch} has no line ${line}`);
    const cells = Object.fromEntries(Object.entries(changes).map(([name, text]) => {
      if (found.row[name] === undefined) throw new MutationError(`${name} is no column of CustomerPaymentJournalLines`);
      return [name, typeof found.row[name] === 'bigint' ? decimalOf(text) : text];
    }));
    this.byPerson(() => this.book.lines.change(found.recId, { row: { ...found.row, ...cells } }));
  }

  closePeriod({ company, day }: { company?: string; day: string }): void {
    this.book.closedPeriods.add(periodKey(this.company(company), day));
  }

  openPeriod({ company, day }: { company?: string; day: string }): void {
    this.book.closedPeriods.delete(periodKey(this.company(company), day));
  }

  /** What is open of a transaction, by RecId or by invoice number; decimal text, signed as the customer's account sees it. */
  openAmount({ recId, company, invoice, voucher }: { recId?: string; company?: string; invoice?: string; voucher?: string }): { recId: string; open: string; amount: string } {
    const dataAreaId = this.company(company);
    const found = recId !== undefined ? this.transaction(recId) : invoice !== undefined
      ? this.book.transactions.group('invoice', companyKey(dataAreaId, invoice))[0]
      : this.book.transactions.group('voucher', companyKey(dataAreaId, voucher ?? '')).find((each) => each.kind === 'Payment');
    if (found === undefined) throw new MutationError(`no transaction ${invoice ?? voucher ?? ''} in ${dataAreaId}`);
    return { recId: String(found.recId), open: decimalText(openOf(this.environment, found.recId)), amount: decimalText(found.amount) };
  }

  /** Journals whose description, or whose lines' references, contain a text; with what became of their lines. */
  documents({ text }: { text: string }): readonly { company: string; batch: string; posted: boolean; description: string; lines: readonly { line: string; voucher: string; reference: string; paymentId: string; amount: string }[] }[] {
    const found = this.book.journals.all().map((journal) => ({ journal, lines: linesOf(this.environment, journal) }));
    const holds = (value: unknown): boolean => String(value).includes(text);
    return found.map(({ journal, lines }) => ({ journal, lines: lines.filter(({ row }) => holds(journal.description) || holds(row['PaymentReference']) || holds(row['PaymentId']) || holds(row['TransactionText'])) }))
      .filter(({ journal, lines }) => lines.length > 0 || holds(journal.description))
      .map(({ journal, lines }) => ({
        company: journal.dataAreaId, batch: journal.batch, posted: journal.posted, description: journal.description,
        lines: lines.map(({ lineNumber, row }) => ({ line: decimalText(lineNumber), voucher: String(row['Voucher']), reference: String(row['PaymentReference']), paymentId: String(row['PaymentId']), amount: decimalText(BigInt(row['CreditAmount'] ?? 0n) - BigInt(row['DebitAmount'] ?? 0n)) })),
      }));
  }
}
