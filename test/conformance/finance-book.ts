import { addDays, currencyExponent, formatMinorUnits, localDateOfInstant, parseMinorUnits, type EntityName, type LocalDate, type Money } from '#canonical';
import type { FinanceSandbox } from '../../apps/sandbox/src/index.js';

const SEEDED_OPEN = '100.00';
const COMPANY = 'usmf';
export const FINANCE_JOURNAL = 'ARPay';
export const FINANCE_BANK = 'USMF OPER';
/** Decimals of amounts in the sandbox's own book. */
const BOOK_DECIMALS = 4;

type Master = ReturnType<ReturnType<FinanceSandbox['book']['master']>['all']>[number];

/** The hands of somebody at work in the simulated environment: what people do there beside the connector. It never uses HTTP; its clock is the sandbox's. */
export class FinanceBook {
  readonly customer: string;
  private names = 0;

  constructor(private readonly sandbox: FinanceSandbox, readonly currency: string) {
    this.setClock(sandbox.now());
    this.customer = this.createCustomer();
  }

  now(): Date {
    return this.sandbox.now();
  }

  setClock(instant: Date): void {
    this.sandbox.setClock(instant, true);
    // Tokens and assertions are judged by a clock of their own; here it shows the same time.
    this.sandbox.setAuthenticationClock(instant);
  }

  today(): LocalDate {
    return localDateOfInstant(this.now(), 'UTC');
  }

  createCustomer(): string {
    const account = this.name('C-');
    this.sandbox.mutations.addCustomer({ account, name: `Customer ${account}`, currency: this.currency });
    return `${COMPANY}/${account}`;
  }

  /** An invoice or a credit note over an amount, all of it open. */
  document(entity: 'invoice' | 'creditMemo', amount: string, customer = this.customer): { readonly id: string; readonly number: string; readonly open: Money } {
    const number = this.name(entity === 'invoice' ? 'CIV-' : 'CN-');
    const { recId } = this.sandbox.mutations.addInvoice({ account: keyOf(customer), number, amount: entity === 'invoice' ? amount : `-${amount}`, currency: this.currency });
    return { id: `${COMPANY}/${recId}`, number, open: { minor: parseMinorUnits(amount, currencyExponent(this.currency)), currency: this.currency } };
  }

  /** An invoice that is due in parts, a month apart. */
  inInstalments(amounts: readonly string[]): { readonly externalId: string; readonly number: string; readonly dueOn: readonly string[] } {
    const number = this.name('CIV-');
    const dueOn = amounts.map((_amount, index) => addDays(this.today(), 30 * (index + 1)));
    const total = formatMinorUnits(amounts.reduce((sum, amount) => sum + parseMinorUnits(amount, 2), 0n), 2);
    const { recId } = this.sandbox.mutations.addInvoice({ account: keyOf(this.customer), number, amount: total, currency: this.currency, instalments: amounts.map((amount, index) => ({ amount, dueDate: dueOn[index] ?? this.today() })) });
    return { externalId: `${COMPANY}/${recId}`, number, dueOn };
  }

  seed(entity: EntityName): string {
    switch (entity) {
      case 'company': return this.createCompany();
      case 'customer': return this.createCustomer();
      case 'invoice': case 'creditMemo': return this.document(entity, SEEDED_OPEN).id;
      case 'payment': return `${COMPANY}/${this.sandbox.mutations.addPayment({ account: keyOf(this.customer), amount: SEEDED_OPEN, currency: this.currency, reference: this.name('REF-') }).recId}`;
      case 'ledgerAccount': return this.createAccount();
      case 'contact': throw new Error('Finance reads no contacts');
    }
  }

  /** For documents somebody settles a part: the one change of a balance Finance has a moment for. */
  change(entity: EntityName, externalId: string): void {
    const { mutations } = this.sandbox;
    switch (entity) {
      case 'company': this.rename(externalId); break;
      case 'customer': mutations.editCustomer({ account: keyOf(externalId), changes: { NameAlias: this.name('A') } }); break;
      case 'invoice': mutations.settle({ invoice: keyOf(externalId), amount: '1.00' }); break;
      case 'creditMemo': case 'payment': mutations.settle({ invoice: keyOf(this.document('invoice', '1.00').id), credit: keyOf(externalId) }); break;
      case 'ledgerAccount': for (const { recId, row } of this.methodsOf(externalId)) this.sandbox.book.master('CustomerPaymentMethods').change(recId, { row: { ...row, Description: this.name('Method ') } }); break;
      case 'contact': throw new Error('Finance reads no contacts');
    }
  }

  remove(entity: EntityName, externalId: string): void {
    const { mutations } = this.sandbox;
    if (entity === 'company') for (const collection of ['LegalEntities', 'Ledgers']) this.masters(collection, externalId).forEach(({ recId }) => { this.sandbox.book.master(collection).remove(recId); });
    else if (entity === 'ledgerAccount') for (const { recId } of this.methodsOf(externalId)) this.sandbox.book.master('CustomerPaymentMethods').remove(recId);
    else if (entity === 'customer') mutations.removeCustomer({ account: keyOf(externalId) });
    else mutations.removeTransaction({ recId: keyOf(externalId) });
  }

  /** Pays an invoice in full, as a colleague would. */
  settle(invoice: string): void {
    this.sandbox.mutations.settle({ invoice: keyOf(invoice) });
  }

  /** Open on a document, without its sign, in the document's currency. */
  openOf(externalId: string): string {
    const exponent = currencyExponent(this.currency);
    const minor = parseMinorUnits(this.sandbox.mutations.openAmount({ recId: keyOf(externalId) }).open, BOOK_DECIMALS);
    const scale = 10n ** BigInt(BOOK_DECIMALS - exponent);
    return formatMinorUnits((minor < 0n ? -minor : minor) / scale, exponent);
  }

  /** Journals with lines that bear a key. */
  bookedCount(key: string): number {
    return this.journalsOf(key).filter(({ lines }) => lines.length > 0).length;
  }

  /** Journals whose description is the key, empty ones included. */
  journalsOf(key: string): ReturnType<FinanceSandbox['mutations']['documents']> {
    return this.sandbox.mutations.documents({ text: key }).filter(({ description, lines }) => description === key || lines.some(({ paymentId }) => paymentId === key));
  }

  private createCompany(): string {
    this.names += 1;
    const code = `z${String(this.names).padStart(3, '0')}`;
    for (const collection of ['LegalEntities', 'Ledgers']) {
      const [model] = this.sandbox.book.master(collection).all();
      if (model === undefined) throw new Error(`the sandbox has no ${collection}`);
      this.sandbox.book.write('person', () => this.sandbox.book.master(collection).insert({ ...model, recId: this.sandbox.book.nextRecId(), row: { ...model.row, LegalEntityId: code, Name: `Company ${code}` } }));
    }
    return code;
  }

  /** A method of payment with an account of its own. */
  private createAccount(): string {
    const [model] = this.sandbox.book.master('CustomerPaymentMethods').all();
    if (model === undefined) throw new Error('the sandbox has no methods of payment');
    const name = this.name('M');
    this.sandbox.book.write('person', () => this.sandbox.book.master('CustomerPaymentMethods').insert({ ...model, recId: this.sandbox.book.nextRecId(), row: { ...model.row, Name: name, PaymentAccountDisplayValue: `BANK ${name}` } }));
    return `${String(model.row['dataAreaId'])}/Bank/BANK ${name}`;
  }

  private methodsOf(externalId: string): readonly Master[] {
    const display = externalId.split('/').slice(2).join('/');
    return this.sandbox.book.master('CustomerPaymentMethods').all().filter(({ row }) => row['PaymentAccountDisplayValue'] === display);
  }

  private rename(code: string): void {
    for (const { recId, row } of this.masters('LegalEntities', code)) this.sandbox.book.master('LegalEntities').change(recId, { row: { ...row, Name: this.name('Renamed ') } });
  }

  private masters(collection: string, code: string): readonly Master[] {
    return this.sandbox.book.master(collection).all().filter(({ row }) => String(row['LegalEntityId']).toLowerCase() === code);
  }

  private name(what: string): string {
    this.names += 1;
    return `${what}${String(this.names).padStart(4, '0')}`;
  }
}

export function keyOf(externalId: string): string {
  return externalId.slice(externalId.indexOf('/') + 1);
}
