import { addDays, currencyExponent, formatMinorUnits, localDateOfInstant, parseMinorUnits, type EntityName, type LocalDate, type Money } from '#canonical';
import type { NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import { accountTimeText } from '../../apps/sandbox/src/netsuite/book/account-time.js';
import { amountText } from '../../apps/sandbox/src/simulation/book-amounts.js';
import { SandboxClock } from '../../apps/sandbox/src/simulation/clock.js';
import type { Account } from '../../apps/sandbox/src/netsuite/records/account.js';
import type { Body } from '../../apps/sandbox/src/netsuite/records/body.js';
import { RecordService, type WriteOptions } from '../../apps/sandbox/src/netsuite/records/record-service.js';

const BY_HAND: WriteOptions = { validation: 'error', replace: new Set(), deletionReason: false };
const SEEDED_OPEN = '100';
const RECORD_OF = { customer: 'customer', contact: 'contact', invoice: 'invoice', creditMemo: 'creditMemo', payment: 'customerPayment' } as const;
const TABLE_OF: Readonly<Record<EntityName, string>> = {
  company: 'subsidiary', ledgerAccount: 'account', customer: 'customer', contact: 'contact', invoice: 'transaction', creditMemo: 'transaction', payment: 'transaction',
};
/** Kinds whose deletions the probe has to have seen once before it relies on `deletedrecord` (connector README, "Tombstones only where seen"). */
const ONCE_DELETED = ['customer', 'contact', 'invoice', 'creditMemo', 'payment'] as const;
const LONG_AGO = '2020-01-02 10:00:00';

/** Accounts of a bare company: one pair a currency, in the order of its units, and one bad-debt account for all. */
export interface Ledger {
  readonly subsidiary: string;
  readonly bank: string;
  readonly receivables: string;
  readonly writeOff: string;
  readonly undeposited: string;
}

/**
 * The hands of somebody at work in the simulated account: what people do there beside the connector. It writes through the sandbox's own
 * record service and mutations, never over HTTP, and its clock is the sandbox's.
 */
export class NetSuiteBook {
  readonly ledger: Ledger;
  readonly customer: string;
  private readonly clock = new SandboxClock();
  private readonly account: Account;
  private readonly records: RecordService;
  private readonly currencyId: string;
  private seeded = 0;
  private names = 0;

  /** @param currency of the customer; its subsidiary keeps its books in the first unit's */
  constructor(private readonly sandbox: NetSuiteSandbox, readonly currency: string, instant: Date) {
    this.account = { book: sandbox.book, settings: sandbox.settings, clock: this.clock };
    this.records = new RecordService(this.account);
    this.setClock(instant);
    this.currencyId = String(sandbox.book.one<{ id: number }>('SELECT id FROM currency WHERE symbol = ?', currency)?.id);
    const accountOf = (type: string): string => String(sandbox.book.one<{ id: number }>(
      "SELECT id FROM account WHERE accttype = ? AND (currency IS NULL OR currency = ?)", type, this.currencyId)?.id);
    this.ledger = { subsidiary: '1', bank: accountOf('Bank'), receivables: accountOf('AcctRec'), writeOff: accountOf('Expense'), undeposited: accountOf('UnDep') };
    this.customer = this.createCustomer(null);
    for (const entity of ONCE_DELETED) this.remove(entity, this.seed(entity, 0));
    sandbox.book.run('UPDATE deletedrecord SET deleteddate = ?, deleteddatetime = ?', LONG_AGO, LONG_AGO);
    this.seeded = 0;
  }

  now(): Date {
    return this.clock.now();
  }

  setClock(instant: Date): void {
    this.clock.set(instant, true);
    this.sandbox.setClock(instant, true);
    // Signatures are judged by a clock of their own; here it shows the same time.
    this.sandbox.setAuthenticationClock(instant);
  }

  today(): LocalDate {
    return localDateOfInstant(this.now(), this.sandbox.settings.timeZone);
  }

  createCustomer(parent: string | null): string {
    return this.create('customer', {
      companyName: this.name('Customer'), subsidiary: { id: '1' }, currency: { id: this.currencyId }, ...(parent === null ? {} : { parent: { id: parent } }),
    });
  }

  /** An invoice or a credit memo over an amount, all of it open. */
  document(entity: 'invoice' | 'creditMemo', amount: string, customer = this.customer): { readonly id: string; readonly number: string; readonly open: Money } {
    const id = this.create(RECORD_OF[entity], { entity: { id: customer }, tranDate: this.today(), item: { items: [{ item: { id: '1' }, amount }] } });
    const row = this.sandbox.book.one<{ tranid: string }>('SELECT tranid FROM "transaction" WHERE id = ?', id);
    return { id, number: row?.tranid ?? '', open: { minor: parseMinorUnits(amount, currencyExponent(this.currency)), currency: this.currency } };
  }

  /** Money of a customer that is no receivable yet. */
  deposit(payment: string): string {
    return this.create('customerDeposit', { customer: { id: this.customer }, payment, account: { id: this.ledger.bank }, tranDate: this.today() });
  }

  /** Applies a deposit to an invoice, which makes a document of its own. @returns its id */
  applyDeposit(deposit: string, invoice: string, amount: string): string {
    this.seeded += 1;
    const { id } = this.records.transform(this.records.type('customerDeposit'), { id: Number(deposit) }, 'depositApplication', { apply: { items: [{ doc: { id: invoice }, apply: true, amount }] } }, BY_HAND);
    return String(id);
  }

  withdrawDepositApplication(application: string): void {
    this.records.remove(this.records.type('depositApplication'), { id: Number(application) }, {}, BY_HAND);
  }

  /** An invoice that is due in parts, a month apart; its lines are 101, 102... */
  inInstalments(amounts: readonly string[]): { readonly externalId: string; readonly number: string } {
    const items = amounts.map((amount, index) => ({ amount, dueDate: addDays(this.today(), 30 * index) }));
    const lines = amounts.map((amount) => ({ item: { id: '1' }, amount }));
    const externalId = this.create('invoice', { entity: { id: this.customer }, tranDate: this.today(), item: { items: lines }, overrideInstallments: true, installment: { items } });
    return { externalId, number: `invoice ${externalId}` };
  }

  seed(entity: EntityName, stampedAgoMs: number): string {
    const id = this.seedOne(entity);
    if (stampedAgoMs > 0) {
      const stamp = accountTimeText(new Date(this.now().getTime() - stampedAgoMs), this.sandbox.settings.timeZone);
      if (entity !== 'company' && entity !== 'ledgerAccount') this.sandbox.book.run(`UPDATE "${TABLE_OF[entity]}" SET lastmodifieddate = ? WHERE id = ?`, stamp, id);
    }
    return id;
  }

  private seedOne(entity: EntityName): string {
    switch (entity) {
      case 'company': return this.insert('subsidiary', "name, currency, country, iselimination, isinactive) VALUES (?, ?, 1, 'US', 'F', 'F'", this.name('Unit'));
      case 'ledgerAccount': return this.insert('account', "fullname, accttype, isinactive) VALUES (?, ?, 'Expense', 'F'", this.name('Account'));
      case 'customer': return this.createCustomer(null);
      case 'contact': return this.create('contact', { firstName: 'Kim', lastName: this.name('Payer'), company: { id: this.customer } });
      case 'payment': return this.create('customerPayment', { customer: { id: this.customer }, payment: SEEDED_OPEN, account: { id: this.ledger.bank } });
      case 'invoice': case 'creditMemo': return this.document(entity, SEEDED_OPEN).id;
    }
  }

  change(entity: EntityName, externalId: string): void {
    const { book, mutations } = this.sandbox;
    switch (entity) {
      case 'company': book.run('UPDATE subsidiary SET name = ? WHERE id = ?', this.name('Renamed'), externalId); break;
      case 'ledgerAccount': book.run('UPDATE account SET fullname = ? WHERE id = ?', this.name('Renamed'), externalId); break;
      case 'customer': mutations.editCustomer(Number(externalId), this.name('Renamed')); break;
      case 'contact': this.update('contact', externalId, { title: this.name('Title') }); break;
      case 'invoice': case 'creditMemo': case 'payment': mutations.editTransaction(Number(externalId), this.name('changed')); break;
    }
  }

  remove(entity: EntityName, externalId: string): void {
    if (entity === 'company' || entity === 'ledgerAccount') this.sandbox.book.run(`DELETE FROM "${TABLE_OF[entity]}" WHERE id = ?`, externalId);
    else this.records.remove(this.records.type(RECORD_OF[entity]), { id: Number(externalId) }, {}, BY_HAND);
  }

  /** Pays an invoice in full, as a colleague would. */
  settle(invoice: string): void {
    this.create('customerPayment', {
      customer: { id: this.ownerOf(invoice) }, account: { id: this.ledger.bank }, tranDate: this.today(), apply: { items: [{ doc: { id: invoice }, apply: true }] },
    });
  }

  /** Dates a record a day back. */
  tamper(externalId: string): void {
    this.update('customerPayment', externalId, { tranDate: addDays(this.today(), -1) });
  }

  update(record: string, externalId: string, body: Body): void {
    this.records.update(this.records.type(record), { id: Number(externalId) }, body, BY_HAND);
  }

  /** Open on an invoice, not yet applied of anything else, in the document's currency. */
  openOf(externalId: string): string {
    const row = this.sandbox.book.one<{ open: number; symbol: string }>(
      `SELECT coalesce(t.foreignamountunpaid, t.foreignpaymentamountunused) AS open, c.symbol AS symbol FROM "transaction" t JOIN currency c ON c.id = t.currency WHERE t.id = ?`, externalId);
    if (row === undefined) throw new Error(`there is no transaction ${externalId}`);
    const exponent = currencyExponent(row.symbol);
    return formatMinorUnits(parseMinorUnits(amountText(BigInt(row.open)), exponent), exponent);
  }

  bookedCount(key: string): number {
    return this.count('SELECT count(*) AS count FROM "transaction" WHERE externalid = ?', key);
  }

  /** Transactions that came in over HTTP, deleted ones included. */
  writtenCount(): number {
    const deleted = this.count("SELECT count(*) AS count FROM deletedrecord WHERE scriptid NOT IN ('customer', 'contact') AND deleteddate > ?", LONG_AGO);
    return this.count('SELECT count(*) AS count FROM "transaction"') + deleted - this.seeded;
  }

  private ownerOf(document: string): string {
    return String(this.sandbox.book.one<{ entity: number }>('SELECT entity FROM "transaction" WHERE id = ?', document)?.entity);
  }

  private create(record: string, body: Body): string {
    const type = this.records.type(record);
    if (type.table === 'transaction') this.seeded += 1;
    return String(this.records.create(type, body, BY_HAND));
  }

  private insert(table: string, columns: string, name: string): string {
    const id = this.sandbox.book.nextId(table);
    this.sandbox.book.run(`INSERT INTO "${table}" (id, ${columns})`, id, name);
    return String(id);
  }

  private count(sql: string, ...parameters: string[]): number {
    return this.sandbox.book.one<{ count: number }>(sql, ...parameters)?.count ?? 0;
  }

  private name(what: string): string {
    this.names += 1;
    return `${what} ${this.names}`;
  }
}
