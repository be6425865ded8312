import { addDays, parseLocalDate } from '#canonical';
import { companyName, domainOf, twinName } from '../../simulation/trade-names.js';
import { SeededRandom } from '../../simulation/random.js';
import { enterTransaction, rateOf } from '../book/entry.js';
import type { Transaction } from '../book/records.js';
import { settlePair } from '../book/settlement.js';
import { RATE_ONE } from '../decimals.js';
import type { Environment } from '../environment.js';
import { DEFAULT_COMPANIES, enterCustomer, enterDraftInvoice, enterInvoice, layFoundation, type CompanyPlan } from './company.js';

/** `bare`: legal entities with their set-up, no customer and no document. */
export type CompanyProfile = 'bare' | 'tiny' | 'demo';

interface ProfileSize {
  readonly customers: number;
  readonly openInvoices: number;
  readonly paidInvoices: number;
  readonly creditNotes: number;
  readonly onAccount: number;
  readonly drafts: number;
}

const SIZES: Readonly<Record<CompanyProfile, ProfileSize>> = {
  bare: { customers: 0, openInvoices: 0, paidInvoices: 0, creditNotes: 0, onAccount: 0, drafts: 0 },
  tiny: { customers: 12, openInvoices: 60, paidInvoices: 40, creditNotes: 5, onAccount: 3, drafts: 2 },
  demo: { customers: 400, openInvoices: 4000, paidInvoices: 6000, creditNotes: 160, onAccount: 40, drafts: 10 },
};

export interface GenerateOptions {
  readonly seed: number;
  readonly profile: CompanyProfile;
  /** The group's today; fixed, so that a seed gives the same book on every day. */
  readonly asOf?: string;
  readonly companies?: readonly CompanyPlan[];
}

export const DEFAULT_AS_OF = '2026-11-20';
const HISTORY_DAYS = 360;
const CENT = 10_000n;
/** One in so many open invoices is due in three instalments, one in so many is paid in part. */
const INSTALMENTS_EVERY = 12;
const PARTLY_PAID_EVERY = 7;

interface Party {
  readonly dataAreaId: string;
  readonly account: string;
  readonly currency: string;
  readonly terms: string;
  /** Who is billed. */
  readonly payer: string;
}

/** Fills an empty book. The same seed, profile and day give the same records; only the instants of settlements are the clock's. */
export function generateCompanies(environment: Environment, options: GenerateOptions): void {
  environment.book.write('installation', () => { new Generator(environment, options).run(); });
}

class Generator {
  private readonly random: SeededRandom;
  private readonly size: ProfileSize;
  private readonly companies: readonly CompanyPlan[];
  private readonly asOf: string;
  private readonly parties: Party[] = [];

  constructor(private readonly environment: Environment, options: GenerateOptions) {
    this.random = new SeededRandom(options.seed);
    this.size = SIZES[options.profile];
    this.companies = options.companies ?? DEFAULT_COMPANIES;
    this.asOf = options.asOf ?? DEFAULT_AS_OF;
  }

  run(): void {
    layFoundation(this.environment, this.companies);
    for (let index = 0; index < this.size.customers; index += 1) this.customer(index);
    for (let count = 0; count < this.size.paidInvoices; count += 1) this.paidInvoice();
    for (let count = 0; count < this.size.openInvoices; count += 1) this.openInvoice(count);
    for (let count = 0; count < this.size.creditNotes; count += 1) this.creditNote();
    for (let count = 0; count < this.size.onAccount; count += 1) this.payment(this.random.pick(this.parties), this.amount(), this.day(90));
    for (let count = 0; count < this.size.drafts; count += 1) this.draft();
  }

  /** A day in the past, at most so many days ago. */
  private day(daysAgoMax: number, daysAgoMin = 1): string {
    return addDays(parseLocalDate(this.asOf), -this.random.between(daysAgoMin, daysAgoMax));
  }

  private amount(): bigint {
    return BigInt(Math.floor(10 ** (2 + this.random.next() * 4))) * CENT + 100n * CENT;
  }

  private customer(index: number): void {
    const company = this.companies[index % 5 === 4 ? 1 % this.companies.length : 0] ?? DEFAULT_COMPANIES[0];
    if (company === undefined) return;
    const before = this.parties.at(-1);
    const country = company.country === 'GBR' ? 'GB' : 'US';
    const twinOf = index > 3 && this.random.chance(0.08) ? before : undefined;
    const name = twinOf === undefined ? companyName(this.random, country) : twinName(this.random, companyName(this.random, country));
    const account = `${country}-${String(index + 1).padStart(3, '0')}`;
    const child = before !== undefined && before.dataAreaId === company.dataAreaId && before.payer === before.account && this.random.chance(0.06);
    const currency = this.random.chance(0.05) ? 'EUR' : company.currency;
    const party = { dataAreaId: company.dataAreaId, account, currency: child ? before.currency : currency, terms: this.random.pick(['Net30', 'Net15', 'Net45', '2%10Net30']), payer: child ? before.account : account };
    this.parties.push(party);
    enterCustomer(this.environment, {
      ...party, name, group: this.random.chance(0.3) ? '10' : '30', paymentMethod: this.random.pick(['CHECK', 'WIRE', 'ACH']), ...(child ? { invoiceAccount: party.payer } : {}), email: `ap@${domainOf(name)}`,
      phone: `+1 555 01${String(index % 100).padStart(2, '0')}`, country: company.country, creditLimit: this.random.chance(0.5) ? 50_000_000_000n : 0n,
    });
  }

  private invoice(party: Party, total: bigint, day: string, thirds = false): Transaction {
    const kind = this.random.chance(0.25) ? 'freeText' : 'sales';
    const number = this.environment.book.nextNumber(`invoice ${party.dataAreaId} ${kind}`, kind === 'sales' ? 'CIV-' : 'FTI-', 6);
    const third = total / 3n / CENT * CENT;
    const instalments = [0, 30, 60].map((days, index) => ({ amount: index === 2 ? total - 2n * third : third, dueDate: addDays(parseLocalDate(day), 30 + days) }));
    return enterInvoice(this.environment, {
      dataAreaId: party.dataAreaId, account: party.payer, orderAccount: party.account, kind, number, day, terms: thirds ? 'Net30' : party.terms, currency: party.currency, rate: rateOf(this.environment, party.dataAreaId, party.currency, day) ?? RATE_ONE, total,
      tax: total / 11n / CENT * CENT, customerReference: this.random.chance(0.6) ? `PO${this.random.between(10_000, 99_999)}` : '', ...(thirds ? { instalments } : {}),
    }).transaction;
  }

  private payment(party: Party, amount: bigint, day: string): Transaction {
    return enterTransaction(this.environment, {
      dataAreaId: party.dataAreaId, account: party.payer, kind: 'Payment', day, dueDate: day, voucher: this.environment.book.nextNumber(`voucher ${party.dataAreaId}`, 'ARPM'), currency: party.currency,
      rate: rateOf(this.environment, party.dataAreaId, party.currency, day) ?? RATE_ONE, amount: -amount, paymentReference: `CHK ${this.random.between(1000, 9999)}`, paymentMethod: 'CHECK',
    });
  }

  private settle(invoice: Transaction, payment: Transaction, amount: bigint): void {
    settlePair(this.environment, { debit: invoice.recId, credit: payment.recId, amount }, { group: this.environment.book.nextRecId(), day: payment.day, voucher: payment.voucher });
  }

  private paidInvoice(): void {
    const party = this.random.pick(this.parties);
    const day = this.day(HISTORY_DAYS, 60);
    const invoice = this.invoice(party, this.amount(), day);
    this.settle(invoice, this.payment(party, invoice.amount, addDays(parseLocalDate(day), this.random.between(5, 50))), invoice.amount);
  }

  private openInvoice(count: number): void {
    const party = this.random.pick(this.parties);
    const day = this.day(120);
    const invoice = this.invoice(party, this.amount(), day, count % INSTALMENTS_EVERY === INSTALMENTS_EVERY - 1);
    if (count % PARTLY_PAID_EVERY !== PARTLY_PAID_EVERY - 1) return;
    const part = (invoice.amount / 3n / CENT) * CENT;
    this.settle(invoice, this.payment(party, part, this.asOf), part);
  }

  private creditNote(): void {
    this.invoice(this.random.pick(this.parties), -(this.amount() / 4n / CENT) * CENT, this.day(90));
  }

  private draft(): void {
    const party = this.random.pick(this.parties);
    enterDraftInvoice(this.environment, { dataAreaId: party.dataAreaId, account: party.payer, number: '', day: this.day(10), currency: party.currency, total: this.amount() });
  }
}
