import { addDays, parseLocalDate } from '#canonical';
import { branchName, companyName, domainOf, personName, twinName } from '../../simulation/trade-names.js';
import { SeededRandom } from '../../simulation/random.js';
import { CHART } from '../ledger/chart.js';
import type { CompanyBook } from '../ledger/company-book.js';
import { postOpeningBalance } from '../ledger/opening-balance.js';
import { postBatch } from '../ledger/journal-posting.js';
import { insertPayment } from '../ledger/journal-lines.js';
import { amountsOf, postSalesDocument, type SalesTable } from '../ledger/sales-posting.js';
import { CASH_RECEIPT_TEMPLATE } from '../pages/names.js';
import type { TenantSettings } from '../settings.js';
import { layFoundation } from './foundation.js';

/** `bare`: set-up alone, no customer and no document. */
export type CompanyProfile = 'bare' | 'tiny' | 'demo';

interface ProfileSize {
  readonly customers: number;
  readonly openInvoices: number;
  readonly paidInvoices: number;
  readonly openCredits: number;
  readonly drafts: number;
  readonly openingBalances: number;
}

const SIZES: Readonly<Record<CompanyProfile, ProfileSize>> = {
  bare: { customers: 0, openInvoices: 0, paidInvoices: 0, openCredits: 0, drafts: 0, openingBalances: 0 },
  tiny: { customers: 12, openInvoices: 60, paidInvoices: 20, openCredits: 5, drafts: 4, openingBalances: 2 },
  demo: { customers: 200, openInvoices: 2000, paidInvoices: 800, openCredits: 80, drafts: 40, openingBalances: 12 },
};

export interface CompanyOptions {
  readonly seed: number;
  readonly profile: CompanyProfile;
  /** The company's today; fixed, so that a seed gives the same book on every day. */
  readonly asOf?: string;
  readonly customers?: number;
  readonly openInvoices?: number;
}

export const DEFAULT_AS_OF = '2026-11-20';
const HISTORY_DAYS = 300;
const TERM_DAYS = 30;
const CENT = 100n;
const TAX_PERCENT = 8n;

interface Party {
  readonly number: string;
  readonly billTo: string;
  readonly currency: string;
  readonly terms: string;
}

/** Fills an empty book with a company: everything is posted by the same rules a client's documents are. The same seed gives the same book. */
export function generateCompany(book: CompanyBook, settings: TenantSettings, options: CompanyOptions): void {
  book.transaction(() => { new Generator(book, settings, options).run(); });
  book.modifiedAt = null;
}

class Generator {
  private readonly random: SeededRandom;
  private readonly size: ProfileSize;
  private readonly asOf: string;
  private readonly parties: Party[] = [];
  private readonly terms: readonly string[];
  private batchId = '';

  constructor(private readonly book: CompanyBook, private readonly settings: TenantSettings, options: CompanyOptions) {
    this.random = new SeededRandom(options.seed);
    this.size = {
      ...SIZES[options.profile], ...(options.customers === undefined ? {} : { customers: options.customers }), ...(options.openInvoices === undefined ? {} : { openInvoices: options.openInvoices }),
    };
    this.asOf = options.asOf ?? DEFAULT_AS_OF;
    this.moveTo(this.day(-HISTORY_DAYS - 30));
    this.terms = layFoundation(book, this.day(-HISTORY_DAYS - 400));
  }

  run(): void {
    for (let count = 1; count <= this.size.customers; count += 1) this.customer(count);
    if (this.parties.length === 0) return;
    this.batchId = this.book.insert('journal_batch', { template: CASH_RECEIPT_TEMPLATE, code: 'HISTORY', name: 'Receipts before today', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
    for (let count = 0; count < this.size.paidInvoices; count += 1) this.paidInvoice(count);
    for (let count = 0; count < this.size.openInvoices; count += 1) this.openInvoice(count);
    for (let count = 0; count < this.size.openCredits; count += 1) this.post('sales_credit_memo', this.draft('sales_credit_memo', this.random.between(5, 60)));
    for (let count = 0; count < this.size.drafts; count += 1) this.unposted(count);
    for (let count = 1; count <= this.size.openingBalances; count += 1) this.openingBalance(count);
    this.book.remove('journal_batch', this.batchId);
    this.book.run('DELETE FROM journal_line WHERE batch_id = ?', this.batchId);
  }

  private customer(count: number): void {
    const { random, book } = this;
    const head = count > 4 && random.chance(0.1) ? this.parties[random.skewed(this.parties.length)] : undefined;
    const headName = head === undefined ? '' : String(book.existing('customer', 'number', head.number)['name']);
    const twin = head === undefined && count > 4 && random.chance(0.05) ? String(book.existing('customer', 'number', random.pick(this.parties).number)['name']) : undefined;
    const name = (head !== undefined ? branchName(random, headName) : twin !== undefined ? twinName(random, twin) : companyName(random, book.company.country)).slice(0, 100);
    const currency = head?.currency ?? (random.chance(0.85) ? '' : book.company.currency === 'EUR' ? 'USD' : 'EUR');
    const number = `C${String(count * 10 + 10_000)}`;
    const person = personName(random);
    const email = `${person.first}.${person.last}@${domainOf(name)}`.toLowerCase();
    const terms = head?.terms ?? random.pick(this.terms);
    this.moveTo(this.day(-HISTORY_DAYS - random.between(1, 20)));
    book.insert('customer', {
      number, name, address: `${random.between(1, 400)} Market Street`, city: 'Portland', county: 'OR', country: book.company.country, post_code: String(random.between(10_000, 99_999)), phone: `+1 555 ${random.between(1_000_000, 9_999_999)}`,
      email, currency_code: currency, payment_terms_id: terms, bill_to_number: head?.number ?? '', salesperson: random.pick(['AB', 'KL']), credit_limit: random.between(5, 100) * 10_000_000,
      application_method: random.chance(0.05) ? 'Apply to Oldest' : 'Manual',
    });
    book.insert('contact', { number: `CT${String(count).padStart(6, '0')}`, name: `${person.first} ${person.last}`, job_title: random.pick(['Accounts Payable', 'Controller', 'Buyer']), company_number: number, company_name: name, email });
    this.parties.push({ number, billTo: head?.number ?? number, currency, terms });
  }

  private draft(table: SalesTable, age: number): string {
    const { random, book } = this;
    const party = this.parties[random.skewed(this.parties.length)] ?? this.parties[0];
    if (party === undefined) throw new RangeError('a company with documents needs customers');
    const day = this.day(-age);
    this.moveTo(day);
    const net = BigInt(random.between(2_000, 900_000)) * CENT;
    const tax = random.chance(0.4) ? ((net * TAX_PERCENT) / 100n / CENT) * CENT : 0n;
    const id = book.insert(table, {
      number: book.nextNumber(table === 'sales_invoice' ? 'S-INV' : 'S-CR', table === 'sales_invoice' ? 'S-INV' : 'S-CR', 1001), sell_to_number: party.number, bill_to_number: party.billTo, currency_code: party.currency,
      document_date: day, posting_date: day, due_date: addDays(parseLocalDate(day), random.pick([15, TERM_DAYS, TERM_DAYS, 45])), payment_terms_id: party.terms, amount_excluding_tax: net, tax_amount: tax,
      amount_including_tax: net + tax, salesperson: 'AB', external_document_number: random.chance(0.6) ? `PO-${random.between(10_000, 99_999)}` : '', status: 'Draft',
    });
    book.insert(`${table}_line`, { document_id: id, sequence: 10_000, line_type: 'Account', account_number: CHART.sales, description: 'Goods and services', quantity: 10_000, unit_price: net, amount_excluding_tax: net, tax_amount: tax });
    return id;
  }

  private post(table: SalesTable, id: string): string {
    return postSalesDocument(this.book, this.settings, table, id);
  }

  private openInvoice(count: number): void {
    const number = this.post('sales_invoice', this.draft('sales_invoice', this.random.between(1, 120)));
    if (count % 9 === 0) this.receive(number, 3);
  }

  private paidInvoice(count: number): void {
    const number = this.post('sales_invoice', this.draft('sales_invoice', this.random.between(60, HISTORY_DAYS - 30)));
    this.receive(number, 1);
    if (count % 40 === 39) this.canceled();
  }

  private canceled(): void {
    const id = this.draft('sales_invoice', this.random.between(40, 200));
    const number = this.post('sales_invoice', id);
    const creditId = this.draft('sales_credit_memo', 30);
    const invoice = this.book.existing('sales_invoice', 'id', id);
    const { sell_to_number: sellTo = '', bill_to_number: billTo = '', currency_code: currency = '' } = invoice;
    this.book.update('sales_credit_memo', creditId, { sell_to_number: sellTo, bill_to_number: billTo, currency_code: currency, ...amountsOf(invoice), applies_to_number: number });
    this.post('sales_credit_memo', creditId);
    this.book.update('sales_credit_memo', creditId, { status: 'Corrective' });
    this.book.update('sales_invoice', id, { status: 'Canceled', canceled: 1 });
  }

  /** A receipt of the n-th part of what is open. */
  private receive(invoiceNumber: string, part: number): void {
    const { book } = this;
    const entry = book.existing('cust_ledger_entry', 'document_number', invoiceNumber);
    const amount = (BigInt(entry['remaining'] ?? 0) / BigInt(part) / CENT) * CENT;
    const day = addDays(parseLocalDate(String(entry['posting_date'])), part === 1 ? this.random.between(12, 40) : 1);
    this.moveTo(day > this.asOf ? this.asOf : day);
    const document = book.nextNumber('RECEIPT', 'RC', 20_001);
    insertPayment(book, this.batchId, [
      ['customerNumber', String(entry['customer_number'])], ['postingDate', day > this.asOf ? this.asOf : day], ['documentNumber', document], ['externalDocumentNumber', `CHECK ${document}`],
      ['appliesToInvoiceNumber', invoiceNumber],
    ], -amount);
    postBatch(book, { ...this.settings, forcePostingReport: false }, this.batchId);
    book.run('DELETE FROM journal_line WHERE batch_id = ?', this.batchId);
  }

  /** Drafts, every second one released: it shows status Open and is not posted (2.4). */
  private unposted(count: number): void {
    const id = this.draft('sales_invoice', this.random.between(0, 10));
    if (count % 2 === 0) this.book.update('sales_invoice', id, { released: 1, status: 'Open' });
  }

  private openingBalance(count: number): void {
    const party = this.random.pick(this.parties);
    const day = this.day(-HISTORY_DAYS);
    this.moveTo(day);
    const amount = `${this.random.between(50, 900)}.${this.random.between(10, 99)}`;
    postOpeningBalance(this.book, { customerNumber: party.billTo, amount, documentNumber: `OB-${String(count).padStart(4, '0')}`, postingDate: day, dueDate: this.day(-HISTORY_DAYS + TERM_DAYS) });
  }

  private day(offset: number): string {
    return addDays(parseLocalDate(this.asOf), offset);
  }

  private moveTo(day: string): void {
    const [hour, minute, second, millisecond] = [this.random.between(8, 17), this.random.between(0, 59), this.random.between(0, 59), this.random.between(0, 999)];
    this.book.modifiedAt = new Date(Date.parse(`${day}T00:00:00Z`) + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond).toISOString();
  }
}
