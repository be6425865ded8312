import { addDays, currencyExponent, formatMinorUnits, localDateOfInstant, parseMinorUnits, type EntityName, type LocalDate, type Money } from '#canonical';
import type { BusinessCentralSandbox } from '../../apps/sandbox/src/index.js';

const SEEDED_OPEN = '100';
const TABLE_OF = {
  ledgerAccount: 'account', customer: 'customer', contact: 'contact', invoice: 'sales_invoice', creditMemo: 'sales_credit_memo', payment: 'cust_ledger_entry',
} as const satisfies Partial<Record<EntityName, string>>;
/** A column a person edits and the read yields. */
const EDITED_COLUMN = { ledgerAccount: 'name', customer: 'phone', contact: 'phone', invoice: 'your_reference', creditMemo: 'external_document_number', payment: 'description' } as const;
const ENTRY_DECIMALS = 4;
export const JOURNAL = 'TRIBUTARY';
export const TIME_ZONE = 'America/New_York';

type Kept = keyof typeof TABLE_OF;

/** The hands of somebody at work in the simulated company: what people do there beside the connector. Nothing here goes over HTTP. */
export class BusinessCentralBook {
  readonly customer: { readonly id: string; readonly number: string };
  readonly companyId: string;
  readonly bankId: string;
  private clock: Date;
  private names = 0;

  constructor(private readonly sandbox: BusinessCentralSandbox, readonly currency: string, instant: Date) {
    this.clock = instant;
    this.setClock(instant);
    this.companyId = sandbox.companies[0]?.id ?? '';
    const { book } = this;
    book.insert('journal_batch', { template: 'CASHRCPT', code: JOURNAL, name: 'The hub', balancing_type: 'Bank Account', balancing_number: currency === 'EUR' ? 'EURBANK' : 'CHECKING' });
    this.bankId = String(book.existing('bank_account', 'number', 'CHECKING')['id']);
    this.customer = sandbox.elsewhere.addCustomer({ name: this.name('Customer'), currency });
  }

  private get book(): ReturnType<BusinessCentralSandbox['book']> {
    return this.sandbox.book(this.companyId);
  }

  now(): Date {
    return this.clock;
  }

  setClock(instant: Date): void {
    this.clock = instant;
    this.sandbox.setClock(instant, true);
  }

  today(): LocalDate {
    return localDateOfInstant(this.clock, 'UTC');
  }

  seed(entity: EntityName, stampedAgoMs: number): string {
    if (entity === 'company') throw new Error('the tenant has two companies and makes no others');
    const { book } = this;
    book.modifiedAt = stampedAgoMs === 0 ? null : new Date(this.clock.getTime() - stampedAgoMs).toISOString();
    try {
      return this.create(entity);
    } finally {
      book.modifiedAt = null;
    }
  }

  private create(entity: Kept): string {
    const { elsewhere } = this.sandbox;
    const wish = { customerNumber: this.customer.number, amount: SEEDED_OPEN };
    switch (entity) {
      case 'ledgerAccount': return this.book.insert('account', { number: String(900_000 + this.nextName()), name: this.name('Account'), category: 'Expense', direct_posting: 1 });
      case 'customer': return elsewhere.addCustomer({ name: this.name('Customer') }).id;
      case 'contact': return this.book.insert('contact', { number: `CT${this.nextName()}`, name: this.name('Contact'), email: 'ap@customer.example' });
      case 'invoice': return elsewhere.addInvoice(wish).id;
      case 'creditMemo': return elsewhere.addCreditMemo(wish).id;
      case 'payment': return this.entryNumber(elsewhere.receivePayment({ ...wish, documentNumber: `MAN-${this.nextName()}` }));
    }
  }

  /** An invoice or a credit memo over an amount, all of it open. */
  document(entity: 'invoice' | 'creditMemo', amount: string, customerNumber = this.customer.number): { readonly id: string; readonly number: string; readonly open: Money } {
    const { elsewhere } = this.sandbox;
    const wish = { customerNumber, amount, currency: this.currency };
    const made = entity === 'invoice' ? elsewhere.addInvoice(wish) : elsewhere.addCreditMemo(wish);
    return { ...made, open: { minor: parseMinorUnits(amount, currencyExponent(this.currency)), currency: this.currency } };
  }

  change(entity: EntityName, externalId: string): void {
    const kept = entity as Kept;
    this.book.update(TABLE_OF[kept], this.rowId(kept, externalId), { [EDITED_COLUMN[kept]]: `E${this.nextName()}` });
  }

  remove(entity: EntityName, externalId: string): void {
    const kept = entity as Kept;
    this.book.remove(TABLE_OF[kept], this.rowId(kept, externalId));
  }

  private rowId(entity: Kept, externalId: string): string {
    return entity === 'payment' ? String(this.book.existing('cust_ledger_entry', 'entry_no', Number(externalId))['id']) : externalId;
  }

  private entryNumber(posted: { readonly entryNumber?: number } | object): string {
    return String((posted as { entryNumber?: number }).entryNumber ?? this.book.one<{ last: number }>('SELECT max(entry_no) AS last FROM cust_ledger_entry')?.last);
  }

  numberOf(invoiceId: string): string {
    return String(this.book.existing('sales_invoice', 'id', invoiceId)['number']);
  }

  settle(invoiceId: string): void {
    this.sandbox.elsewhere.settleInvoice(this.numberOf(invoiceId));
  }

  closePeriod(day: LocalDate): void {
    this.sandbox.elsewhere.setPostingRange(addDays(day, 1), '');
  }

  tamper(entryNumber: string): void {
    this.change('payment', entryNumber);
  }

  /** Receipts that came over the API: the hub's description is on their entries. A line booked twice is two. */
  receipts(): ReadonlyMap<string, number> {
    const lines = this.book.all<{ mark: string; description: string; times: number }>(
      "SELECT external_document_number AS mark, description, count(*) AS times FROM cust_ledger_entry WHERE document_type = 'Payment' AND amount < 0 AND description LIKE 'Tributary %' GROUP BY external_document_number, description, amount");
    const receipts = new Map<string, number>();
    for (const { description, times } of lines) {
      const key = /^Tributary (\S+) /.exec(description)?.[1] ?? '';
      receipts.set(key, Math.max(receipts.get(key) ?? 0, Number(times)));
    }
    return receipts;
  }

  /** What is open of a document in the ledger; for a payment, of all entries of its receipt. */
  openOf(document: 'invoice' | 'creditMemo' | 'payment', externalId: string): string {
    const exponent = currencyExponent(this.currency);
    const units = document === 'payment' ? this.openOfReceipt(externalId) : this.openOfDocument(document, externalId);
    const minor = units / 10n ** BigInt(ENTRY_DECIMALS - exponent);
    return formatMinorUnits(minor < 0n ? -minor : minor, exponent);
  }

  private openOfDocument(document: 'invoice' | 'creditMemo', id: string): bigint {
    const number = String(this.book.existing(TABLE_OF[document], 'id', id)['number']);
    return BigInt(this.book.one<{ remaining: number }>('SELECT remaining FROM cust_ledger_entry WHERE document_number = ? AND document_type = ?', number, document === 'invoice' ? 'Invoice' : 'Credit Memo')?.remaining ?? 0);
  }

  private openOfReceipt(entryNumber: string): bigint {
    const mark = String(this.book.existing('cust_ledger_entry', 'entry_no', Number(entryNumber))['external_document_number']);
    return BigInt(this.book.one<{ remaining: number }>('SELECT sum(remaining) AS remaining FROM cust_ledger_entry WHERE external_document_number = ?', mark)?.remaining ?? 0);
  }

  /** Lines that stand in the hub's batch. */
  waitingLines(): number {
    return Number(this.book.one<{ lines: number }>("SELECT count(*) AS lines FROM journal_line WHERE account_number <> '' AND batch_id = (SELECT id FROM journal_batch WHERE code = ?)", JOURNAL)?.lines ?? 0);
  }

  batchId(): string {
    return String(this.book.existing('journal_batch', 'code', JOURNAL)['id']);
  }

  private name(kind: string): string {
    return `${kind} ${this.nextName()}`;
  }

  private nextName(): number {
    this.names += 1;
    return this.names;
  }
}
