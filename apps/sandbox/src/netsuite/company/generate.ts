import { addDays, parseLocalDate } from '#canonical';
import type { Book } from '../book/book.js';
import { insertDocument, insertLink } from '../book/documents.js';
import { insertInstallment } from '../records/invoices.js';
import { SeededRandom } from '../../simulation/random.js';
import { BAD_DEBT_ACCOUNT, DEPOSITS_ACCOUNT, insertCustomer, layFoundation, periodsByMonth, SALES_ACCOUNT, TERM_DAYS, type Unit, type UnitPlan } from './foundation.js';
import { branchName, companyName, domainOf, personName, twinName } from '../../simulation/trade-names.js';

/** `bare`: subsidiaries, accounts and periods, no customer and no document. */
export type CompanyProfile = 'bare' | 'tiny' | 'demo' | 'large';

interface ProfileSize {
  readonly customers: number;
  readonly openInvoices: number;
  readonly paidInvoices: number;
  readonly openCredits: number;
  readonly deposits: number;
  readonly journals: number;
  /** Contacts, addresses, instalments and other detail; left out where only volume counts. */
  readonly detailed: boolean;
}

const SIZES: Readonly<Record<CompanyProfile, ProfileSize>> = {
  bare: { customers: 0, openInvoices: 0, paidInvoices: 0, openCredits: 0, deposits: 0, journals: 0, detailed: false },
  tiny: { customers: 12, openInvoices: 60, paidInvoices: 40, openCredits: 5, deposits: 3, journals: 2, detailed: true },
  demo: { customers: 400, openInvoices: 4000, paidInvoices: 9000, openCredits: 160, deposits: 40, journals: 20, detailed: true },
  large: { customers: 50_000, openInvoices: 1_000_000, paidInvoices: 0, openCredits: 0, deposits: 0, journals: 0, detailed: false },
};

export interface CompanyOptions {
  readonly seed: number;
  readonly profile: CompanyProfile;
  /** The company's today; fixed, so that a seed gives the same book on every day. */
  readonly asOf?: string;
  /** Instead of the profile's numbers. */
  readonly customers?: number;
  readonly openInvoices?: number;
  readonly units?: readonly UnitPlan[];
}

export const DEFAULT_AS_OF = '2026-11-20';
const DEFAULT_UNITS: readonly UnitPlan[] = [{ name: 'Honeycomb Trading US', country: 'US', symbol: 'USD' }, { name: 'Honeycomb Trading UK', country: 'GB', symbol: 'GBP' }];
/** Days of history, and how long ago the books were closed. */
const HISTORY_DAYS = 400;
const CLOSED_DAYS = 75;
const PENNY = 100;

interface Party {
  readonly id: number;
  readonly unit: Unit;
  readonly terms: number;
}

/** Fills an empty book with a company. The same seed, profile and day give the same rows, byte for byte. */
export function generateCompany(book: Book, options: CompanyOptions): void {
  book.transaction(() => { new Generator(book, options).run(); });
  book.buildIndices();
}

class Generator {
  private readonly random: SeededRandom;
  private readonly size: ProfileSize;
  private readonly asOf: string;
  private readonly units: Unit[];
  private readonly periods: ReadonlyMap<string, number>;
  private readonly parties: Party[] = [];
  private readonly days = new Map<string, string>();
  private nextTransaction = 1;
  private nextNumber = 10_001;

  constructor(private readonly book: Book, options: CompanyOptions) {
    this.random = new SeededRandom(options.seed);
    const { customers = SIZES[options.profile].customers, openInvoices = SIZES[options.profile].openInvoices } = options;
    this.size = { ...SIZES[options.profile], customers, openInvoices };
    this.asOf = options.asOf ?? DEFAULT_AS_OF;
    this.units = layFoundation(book, {
      units: options.units ?? DEFAULT_UNITS, asOf: this.asOf, from: this.day(-HISTORY_DAYS), closedBefore: this.day(-CLOSED_DAYS),
    });
    this.periods = periodsByMonth(book);
  }

  run(): void {
    this.customers();
    for (let count = 0; count < this.size.paidInvoices; count += 1) this.paidInvoice();
    for (let count = 0; count < this.size.openInvoices; count += 1) this.openInvoice(count);
    for (let count = 0; count < this.size.openCredits; count += 1) this.credit();
    for (let count = 0; count < this.size.deposits; count += 1) this.deposit();
    for (let count = 0; count < this.size.journals; count += 1) this.writeOffJournal();
  }

  private day(offset: number): string {
    return this.later(this.asOf, offset);
  }

  /** Calendar arithmetic is slow beside everything else here and the same few days come up a million times. */
  private later(day: string, days: number): string {
    const key = `${day}${days}`;
    let result = this.days.get(key);
    if (result === undefined) {
      result = addDays(parseLocalDate(day), days);
      this.days.set(key, result);
    }
    return result;
  }

  /** A moment of business on a day, in account time. */
  private moment(day: string): string {
    const seconds = this.random.between(8 * 3600, 18 * 3600);
    const part = (value: number): string => String(value).padStart(2, '0');
    return `${day} ${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
  }

  private customers(): void {
    const names: string[] = [];
    for (let id = 1; id <= this.size.customers; id += 1) {
      const isBranch = id > 4 && this.random.chance(0.08);
      const parent = isBranch ? this.parties[this.random.skewed(this.parties.length)] : undefined;
      const unit = parent?.unit ?? (this.random.chance(0.7) ? this.units[0] : this.units[this.units.length - 1]);
      if (unit === undefined) throw new RangeError('a company needs a subsidiary');
      const twin = parent === undefined && id > 4 && this.random.chance(0.04) ? names[this.random.skewed(names.length)] : undefined;
      const name = parent !== undefined ? branchName(this.random, names[parent.id - 1] ?? '') : twin !== undefined ? twinName(this.random, twin) : companyName(this.random, unit.country);
      const terms = this.random.between(1, 6);
      const person = personName(this.random);
      const email = `${person.first}.${person.last}@${domainOf(name)}`.toLowerCase();
      insertCustomer(this.book, {
        id, name, unit, terms, email, phone: `+1 555 ${String(this.random.between(0, 9_999_999)).padStart(7, '0')}`, modified: this.moment(this.day(-this.random.between(1, 700))),
        ...(parent === undefined ? {} : { parent: parent.id }),
      });
      names.push(name);
      this.parties.push({ id, unit, terms });
      if (this.size.detailed) this.contactAndAddress(id, name, person, email, unit.country);
    }
  }

  private contactAndAddress(id: number, name: string, person: { first: string; last: string }, email: string, country: string): void {
    const modified = this.moment(this.day(-this.random.between(1, 300)));
    this.book.run(
      "INSERT INTO contact (id, entityid, firstname, lastname, email, phone, title, company, isinactive, lastmodifieddate) VALUES (?,?,?,?,?,NULL,?,?,'F',?)",
      id, `${person.first} ${person.last} ${id}`, person.first, person.last, email, this.random.pick(['Accounts Payable', 'Controller', 'Buyer']), id, modified,
    );
    this.book.run("INSERT INTO customeraddressbook (internalid, entity, addressbookaddress, label, defaultbilling, defaultshipping) VALUES (?,?,?,'Billing','T','T')", id, id, id);
    this.book.run(
      'INSERT INTO customeraddressbookentityaddress (nkey, addressee, addr1, addr2, city, state, zip, country) VALUES (?,?,?,NULL,?,NULL,?,?)',
      id, name, `${this.random.between(1, 990)} Market Street`, this.random.pick(['Portland', 'Leeds', 'Austin', 'Bristol']), String(this.random.between(10_000, 99_999)), country,
    );
  }

  /** A few customers have most of the invoices. */
  private party(): Party {
    const party = this.parties[this.random.skewed(this.parties.length)];
    if (party === undefined) throw new RangeError('a company needs customers');
    return party;
  }

  /** In book units. Round prices come up often, so equal amounts do too. */
  private amount(): number {
    if (this.random.chance(0.15)) return this.random.pick([250, 500, 1000, 1200, 2500, 5000]) * 10_000;
    return Math.max(100, Math.floor(Math.exp(4 + this.random.next() * 6) * 100)) * PENNY;
  }

  private invoice(party: Party, tranDate: string, total: number, settled: number, modified: string): { id: number; dueDate: string } {
    const id = this.nextTransaction;
    this.nextTransaction += 1;
    const dueDate = this.later(tranDate, TERM_DAYS.get(party.terms) ?? 30);
    const income = BigInt(total);
    insertDocument(this.book, {
      id, type: 'CustInvc', tranId: `INV${this.nextNumber}`, entity: party.id, subsidiary: party.unit.subsidiary, currency: party.unit.currency, exchangeRate: party.unit.rate,
      total: income, settled: BigInt(settled), tranDate, dueDate, period: this.periods.get(tranDate.slice(0, 7)) ?? null, terms: party.terms, modified, created: `${tranDate} 09:00:00`,
      receivableAccount: party.unit.receivable, lines: this.invoiceLines(party, income),
      ...(this.random.chance(0.6) ? { otherRefNum: `PO-${this.random.between(1000, 99_999)}` } : {}),
    });
    this.nextNumber += 1;
    return { id, dueDate };
  }

  private invoiceLines(party: Party, total: bigint): { account: number; amount: bigint; item?: number }[] {
    const receivable = { account: party.unit.receivable, amount: total };
    if (!this.size.detailed || total < 20_000n || this.random.chance(0.5)) return [receivable, { account: SALES_ACCOUNT, amount: -total, item: this.random.between(1, 40) }];
    const first = (total / 30_000n) * 10_000n;
    return [receivable, { account: SALES_ACCOUNT, amount: -first, item: 1 }, { account: SALES_ACCOUNT, amount: first - total, item: this.random.between(2, 40) }];
  }

  /** History: invoices paid one by one or several together, now and then in two parts. */
  private paidInvoice(): void {
    const party = this.party();
    const issued = this.day(-this.random.between(45, HISTORY_DAYS - 35));
    const count = this.random.chance(0.2) ? this.random.between(2, 5) : 1;
    const paidOn = this.later(issued, Math.min(this.random.between(5, 70), this.daysTo(issued)));
    const modified = this.moment(paidOn);
    const paid = Array.from({ length: count }, () => ({ total: this.amount() })).map(({ total }) => ({ total, invoice: this.invoice(party, issued, total, total, modified) }));
    const inTwo = count === 1 && this.random.chance(0.08) && (paid[0]?.total ?? 0) > 20_000;
    const parts = inTwo ? [0.4, 0.6] : [1];
    let given = 0;
    parts.forEach((_, index) => {
      const sum = paid.reduce((total, { total: amount }) => total + amount, 0);
      const part = parts.length === 1 ? sum : index === 0 ? Math.floor((sum * 4) / 10 / PENNY) * PENNY : sum - given;
      given += part;
      this.payment(party, paidOn, BigInt(part), parts.length === 1 ? paid.map(({ invoice, total }) => ({ id: invoice.id, amount: BigInt(total) })) : paid.map(({ invoice }) => ({ id: invoice.id, amount: BigInt(part) })));
    });
  }

  private daysTo(day: string): number {
    return Math.round((Date.parse(this.asOf) - Date.parse(day)) / 86_400_000);
  }

  private payment(party: Party, day: string, total: bigint, applied: readonly { id: number; amount: bigint; line?: number }[]): number {
    const id = this.nextTransaction;
    this.nextTransaction += 1;
    const deposited = day < this.day(-10) && this.random.chance(0.9);
    const settled = applied.reduce((sum, line) => sum + line.amount, 0n);
    insertDocument(this.book, {
      id, type: 'CustPymt', tranId: `PYMT${id}`, entity: party.id, subsidiary: party.unit.subsidiary, currency: party.unit.currency, exchangeRate: party.unit.rate, total, settled,
      tranDate: day, period: this.periods.get(day.slice(0, 7)) ?? null, modified: this.moment(day), receivableAccount: party.unit.receivable, account: party.unit.bank,
      status: deposited ? 'C' : 'B', ...(deposited ? { bankDeposit: `DEP-${day}` } : {}), checkNumber: String(this.random.between(1000, 999_999)),
      lines: [{ account: party.unit.bank, amount: total }, { account: party.unit.receivable, amount: -total }],
    });
    for (const line of applied) {
      insertLink(this.book, { previous: line.id, previousLine: line.line ?? 0, previousType: 'CustInvc', next: id, nextLine: 0, nextType: 'CustPymt', linkType: 'Payment', amount: line.amount, appliedOn: day });
    }
    if (this.random.chance(0.005) && applied[0] !== undefined) {
      insertLink(this.book, { previous: applied[0].id, previousLine: 0, previousType: 'CustInvc', next: id, nextLine: 9, nextType: 'CustPymt', linkType: 'Payment', amount: 0n, appliedOn: day });
    }
    return id;
  }

  private openInvoice(index: number): void {
    const party = this.party();
    const issued = this.day(-this.random.between(0, this.size.detailed ? 120 : 89));
    const total = this.amount();
    const partly = this.size.detailed && index % 25 === 7 && total > 50_000;
    const paid = partly ? Math.floor(total / 3 / PENNY) * PENNY : 0;
    const invoice = this.invoice(party, issued, total, paid, this.moment(issued));
    const inInstallments = this.size.detailed && index % 200 === 11;
    if (inInstallments) this.installments(invoice, total);
    if (partly) this.payment(party, this.later(issued, Math.min(10, this.daysTo(issued))), BigInt(paid), [{ id: invoice.id, amount: BigInt(paid) }]);
  }

  /** Three parts, a month apart. */
  private installments(invoice: { id: number; dueDate: string }, total: number): void {
    const part = Math.floor(total / 3 / PENNY) * PENNY;
    [part, part, total - 2 * part].forEach((amount, index) => {
      insertInstallment({ book: this.book }, invoice.id, index + 1, this.later(invoice.dueDate, 30 * index), BigInt(amount), BigInt(amount));
    });
  }

  private credit(): void {
    const party = this.party();
    const day = this.day(-this.random.between(0, 60));
    const id = this.nextTransaction;
    this.nextTransaction += 1;
    const total = BigInt(Math.max(PENNY, Math.floor(this.amount() / 5 / PENNY) * PENNY));
    insertDocument(this.book, {
      id, type: 'CustCred', tranId: `CM${id}`, entity: party.id, subsidiary: party.unit.subsidiary, currency: party.unit.currency, exchangeRate: party.unit.rate, total,
      tranDate: day, period: this.periods.get(day.slice(0, 7)) ?? null, modified: this.moment(day), receivableAccount: party.unit.receivable,
      lines: [{ account: party.unit.receivable, amount: -total }, { account: SALES_ACCOUNT, amount: total, item: 1 }],
    });
  }

  private deposit(): void {
    const party = this.party();
    const day = this.day(-this.random.between(0, 60));
    const id = this.nextTransaction;
    this.nextTransaction += 1;
    const total = BigInt(this.amount());
    insertDocument(this.book, {
      id, type: 'CustDep', tranId: `CD${id}`, entity: party.id, subsidiary: party.unit.subsidiary, currency: party.unit.currency, exchangeRate: party.unit.rate, total,
      tranDate: day, period: this.periods.get(day.slice(0, 7)) ?? null, modified: this.moment(day), receivableAccount: party.unit.receivable, account: party.unit.bank,
      lines: [{ account: party.unit.bank, amount: total }, { account: DEPOSITS_ACCOUNT, amount: -total }],
    });
  }

  /** Bad debt against receivables, not applied yet: an open credit on a journal line. */
  private writeOffJournal(): void {
    const party = this.party();
    const day = this.day(-this.random.between(0, 40));
    const id = this.nextTransaction;
    this.nextTransaction += 1;
    const amount = BigInt(this.random.between(1, 90) * 10_000);
    insertDocument(this.book, {
      id, type: 'Journal', tranId: `JE${id}`, entity: null, subsidiary: party.unit.subsidiary, currency: party.unit.currency, exchangeRate: party.unit.rate, total: amount,
      tranDate: day, period: this.periods.get(day.slice(0, 7)) ?? null, modified: this.moment(day), approvalStatus: 2,
      lines: [{ account: BAD_DEBT_ACCOUNT, amount }, { account: party.unit.receivable, amount: -amount, entity: party.id, open: true }],
    });
  }
}

