import { addDays, parseLocalDate, type Money } from '#canonical';
import {
  DEFAULT_SETTINGS, EMPTY_MEMORY, type LearnedPayer, type MatchCustomer, type MatchingFacts, type MatchTransaction, type OpenInvoice, type OpenItems, type RemittanceAdvice,
} from '#matching';

/**
 * A small generator after performance-and-reliability section 8: 1,000 customers, 20,000 open invoices, 5,000 bank lines by default. It has the
 * payment behaviour and the noise of 8.5 and 8.6 in short form; it is not the ground-truth generator of the quality gate. Same seed, same bytes.
 */
export interface BenchSizes {
  readonly customers: number;
  readonly invoices: number;
  readonly lines: number;
  readonly seed: number;
}

/** What a line really is. `documents` empty: prepayment, or no customer payment when `customerId` is null. */
export interface Truth {
  readonly customerId: string | null;
  readonly documents: readonly { readonly id: string; readonly minor: bigint }[];
  readonly kind: string;
  readonly written: 'all' | 'some' | 'none' | 'advice';
}

export interface BenchSet {
  readonly facts: MatchingFacts;
  readonly transactions: readonly MatchTransaction[];
  readonly truths: readonly Truth[];
}

class Chance {
  private state: number;
  constructor(seed: number) { this.state = (seed * 7_919 + 17) % 2_147_483_647; }
  /** Park and Miller's minimal standard. */
  next(): number { this.state = (this.state * 48_271) % 2_147_483_647; return this.state / 2_147_483_647; }
  below(limit: number): number { return Math.floor(this.next() * limit); }
  is(share: number): boolean { return this.next() < share; }
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
  /** Box and Muller. */
  normal(): number { return Math.sqrt(-2 * Math.log(this.next())) * Math.cos(2 * Math.PI * this.next()); }
}

const WORDS = ('NATIONAL AMERICAN SUPPLY UNITED GENERAL PACIFIC SUMMIT PIONEER LIBERTY GLOBAL MIDWEST COASTAL PREMIER APEX CASCADE EVERGREEN HARBOR GRANITE FALCON '
  + 'STERLING ORCHARD PRAIRIE CRESCENT TIMBER ANCHOR BEACON CEDAR DELTA EMBER FOUNDRY GLACIER HORIZON IRON JUNIPER KEYSTONE LARK MERIDIAN NORTHERN OAK PALISADE '
  + 'QUARRY RIVER SIERRA TIDAL UNION VALLEY WILLOW YUKON ZENITH FOODS LOGISTICS MANUFACTURING DISTRIBUTION SERVICES MEDICAL ELECTRIC PLASTICS PAPER STEEL TOOLS '
  + 'TEXTILES MOTORS DENTAL DAIRY PACKAGING CHEMICAL OPTICS MARINE AVIATION LUMBER FASTENERS COATINGS VALVES CERAMICS').split(' ');
const FORMS = ['Inc', 'LLC', 'Corp', 'Co', 'Ltd'];
const FIRST_DAY = parseLocalDate('2026-01-05');
const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });

/** Zipf's law, s about 0.8: a few words are in many names. */
function wordFor(chance: Chance): string {
  return WORDS[Math.floor(WORDS.length * chance.next() ** 2.2)] ?? 'DELTA';
}

function customerNames(count: number, chance: Chance): string[] {
  const names: string[] = [];
  while (names.length < count) {
    const twinOf = names.length > 50 && chance.is(0.02) ? chance.pick(names) : null;
    const words = Array.from({ length: 2 + chance.below(3) }, () => wordFor(chance));
    names.push(twinOf === null ? `${[...new Set(words)].join(' ')} ${chance.pick(FORMS)}` : twinOf.replace(/\w+$/, chance.pick(FORMS)));
  }
  return names;
}

function openInvoices(customerIds: readonly string[], count: number, chance: Chance): Map<string, OpenInvoice[]> {
  const weights = customerIds.map(() => Math.exp(1.3 * chance.normal()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const byCustomer = new Map<string, OpenInvoice[]>();
  let number = 100_000;
  customerIds.forEach((customerId, at) => {
    const invoices: OpenInvoice[] = [];
    const price = BigInt(Math.round(100 * 850 * Math.exp(chance.normal())));
    const recurring = chance.is(0.2);
    const size = Math.max(1, Math.round((count * (weights[at] ?? 0)) / total));
    for (let index = 0; index < size; index += 1) {
      number += 1 + chance.below(3);
      let minor = BigInt(Math.max(100, Math.round(100 * 850 * Math.exp(1.3 * chance.normal()))));
      if (chance.is(0.15)) minor = ((minor + 4_999n) / 5_000n) * 5_000n;
      if (recurring && chance.is(0.7)) minor = price;
      const issuedOn = addDays(FIRST_DAY, -chance.below(90));
      invoices.push({
        id: `i${chance.below(1e9)}-${number}`, number: `INV-${number}`, customerId, companyId: null, total: usd(minor), open: usd(minor), issuedOn,
        dueOn: addDays(issuedOn, 30), purchaseOrder: chance.is(0.3) ? `PO${200_000 + chance.below(700_000)}` : null, disputed: chance.is(0.02), discount: null,
      });
    }
    byCustomer.set(customerId, invoices.sort((a, b) => ((a.dueOn ?? '') < (b.dueOn ?? '') ? -1 : (a.dueOn ?? '') > (b.dueOn ?? '') ? 1 : a.number < b.number ? -1 : 1)));
  });
  return byCustomer;
}

/** 60 % one, 20 % two to four, 14 % five to fourteen, 6 % more; of groups 70 % the oldest, 5 % a block, 25 % any. */
function choose(open: readonly OpenInvoice[], chance: Chance): OpenInvoice[] {
  const draw = chance.next();
  const wanted = draw < 0.6 ? 1 : draw < 0.8 ? 2 + chance.below(3) : draw < 0.94 ? 5 + chance.below(10) : 15 + chance.below(46);
  const size = Math.min(wanted, open.length);
  if (size === 1) return [chance.is(0.5) ? open[0] ?? chance.pick(open) : chance.pick(open)];
  const order = chance.next();
  if (order < 0.7) return open.slice(0, size);
  const start = chance.below(open.length - size + 1);
  if (order < 0.75) return open.slice(start, start + size);
  const left = [...open];
  return Array.from({ length: size }, () => left.splice(chance.below(left.length), 1)[0]).filter((invoice) => invoice !== undefined);
}

function writtenNumber(number: string, chance: Chance): string {
  const digits = number.slice(4);
  const draw = chance.next();
  if (draw < 0.5) return number;
  if (draw < 0.75) return digits;
  if (draw < 0.85) return number.replace('-', '');
  if (draw < 0.95) return number.replace('-', ' ');
  return digits.slice(0, -1);
}

function payerNameOf(customer: MatchCustomer, chance: Chance): string {
  let name = customer.name.toUpperCase();
  if (chance.is(0.3)) name = name.replace(/ \w+$/, '');
  if (chance.is(0.06)) { const at = 1 + chance.below(name.length - 2); name = name.slice(0, at) + name.slice(at + 1); }
  if (chance.is(0.1)) name = name.replaceAll(' ', '');
  if (chance.is(0.03)) name = `${wordFor(chance)} ${wordFor(chance)} TREASURY`;
  return chance.is(0.35) ? name.slice(0, 16) : name;
}

export function makeBenchSet(sizes: BenchSizes): BenchSet {
  const chance = new Chance(sizes.seed);
  const names = customerNames(sizes.customers, chance);
  const customers: MatchCustomer[] = names.map((name, at) => ({
    id: `c${at}`, number: `C${40_000 + at}`, name, otherNames: [], parentId: at > 0 && chance.is(0.06) ? `c${chance.below(at)}` : null,
  }));
  const byCustomer = openInvoices(customers.map((customer) => customer.id), sizes.invoices, chance);
  const left = new Map([...byCustomer].map(([id, invoices]) => [id, [...invoices]]));
  const openItems = new Map<string, OpenItems>([...byCustomer].map(([id, invoices]) => [id, { invoices, credits: [] }]));
  const aliases: LearnedPayer[] = customers.flatMap((customer) => (chance.is(0.5) ? [{ trait: 'account' as const, value: `ACC${customer.id}`, customerId: customer.id, confirmed: 1 + chance.below(4), contradicted: 0 }] : []));
  const writer = new LineWriter(chance, new Map(customers.map((customer) => [customer.id, customer])), left);
  for (let at = 0; at < sizes.lines; at += 1) writer.line(at);
  const facts = { customers, openItems, remittances: writer.remittances, memory: { ...EMPTY_MEMORY, aliases }, rules: [], settings: DEFAULT_SETTINGS };
  return { facts, transactions: writer.transactions, truths: writer.truths };
}

class LineWriter {
  readonly transactions: MatchTransaction[] = [];
  readonly truths: Truth[] = [];
  readonly remittances: RemittanceAdvice[] = [];
  private readonly ids: string[];

  constructor(private readonly chance: Chance, private readonly customers: ReadonlyMap<string, MatchCustomer>, private readonly left: Map<string, OpenInvoice[]>) {
    this.ids = [...left].flatMap(([id, invoices]) => invoices.map(() => id));
  }

  line(at: number): void {
    const { chance } = this;
    const bookedOn = addDays(FIRST_DAY, chance.below(28));
    if (chance.is(0.05)) { this.foreign(at, bookedOn); return; }
    const customerId = chance.pick(this.ids);
    const open = this.left.get(customerId) ?? [];
    if (open.length === 0 || chance.is(0.02)) {
      this.add(at, bookedOn, customerId, BigInt(50_000 * (1 + chance.below(20))), 'PREPAYMENT', { customerId, documents: [], kind: 'prepayment', written: 'none' });
      return;
    }
    const chosen = choose(open, chance);
    this.left.set(customerId, open.filter((invoice) => !chosen.includes(invoice)));
    this.settling(at, bookedOn, customerId, chosen);
  }

  private foreign(at: number, bookedOn: MatchTransaction['bookedOn']): void {
    const memo = this.chance.pick(['INTEREST PAYMENT', 'SWEEP FROM INVESTMENT', 'IRS TREAS 310 TAX REF', 'BOOK TRANSFER CREDIT', 'REFUND CARD 5512', 'INSURANCE SETTLEMENT']);
    this.transactions.push({
      id: `t${at}`, bookedOn, amount: usd(BigInt(100 + this.chance.below(900_000))), kind: memo.startsWith('INTEREST') ? 'interest' : 'other', memo,
      payer: { name: null, account: null, id: null }, checkNumber: null, references: [], companyId: null,
    });
    this.truths.push({ customerId: null, documents: [], kind: 'foreign', written: 'none' });
  }

  private settling(at: number, bookedOn: MatchTransaction['bookedOn'], customerId: string, chosen: readonly OpenInvoice[]): void {
    const { chance } = this;
    const documents = chosen.map((invoice) => ({ id: invoice.id, minor: invoice.open.minor }));
    const { kind, over } = this.deviate(documents);
    const paid = documents.reduce((sum, document) => sum + document.minor, over);
    const style = chance.next();
    const written = style < 0.15 && kind !== 'overPay' ? 'advice' : style < 0.6 ? 'all' : style < 0.68 ? 'some' : 'none';
    if (written === 'advice') this.advise(at, bookedOn, chosen, documents);
    const shown = written === 'all' ? chosen : written === 'some' ? chosen.slice(0, Math.ceil(chosen.length / 2)) : [];
    const order = shown.length === 1 && chance.is(0.15) ? shown[0]?.purchaseOrder ?? null : null;
    const memo = `ACH CREDIT ${chance.is(0.2) ? `TRN ${7_000_000 + chance.below(999_999)} ` : ''}${order ?? shown.map((invoice) => writtenNumber(invoice.number, chance)).join(' ')}`.slice(0, 140);
    this.add(at, bookedOn, customerId, paid, memo, { customerId, documents, kind, written });
  }

  /** 4 % short pays up to 30 % of one document, 2 % bank fees, 0.5 % overpaid. */
  private deviate(documents: readonly { minor: bigint }[]): { kind: string; over: bigint } {
    const { chance } = this;
    const [first] = documents;
    const draw = chance.next();
    if (first !== undefined && draw < 0.04) { first.minor -= (first.minor * BigInt(1 + chance.below(30))) / 100n; return { kind: 'shortPay', over: 0n }; }
    if (first !== undefined && draw < 0.06 && first.minor > 5_000n) { first.minor -= chance.pick([1_500n, 2_500n, 3_000n, 3_500n]); return { kind: 'fee', over: 0n }; }
    if (draw < 0.065) return { kind: 'overPay', over: 2_500n };
    return { kind: documents.length === 1 ? 'single' : 'multi', over: 0n };
  }

  private advise(at: number, bookedOn: MatchTransaction['bookedOn'], chosen: readonly OpenInvoice[], documents: Truth['documents']): void {
    this.remittances.push({
      id: `r${at}`, transactionId: null, receivedOn: bookedOn, payerName: null, reference: `TRACE${at + 90_000}`, total: null, text: null,
      lines: chosen.map((invoice, index) => ({ reference: invoice.number, paid: usd(documents[index]?.minor ?? 0n), gross: invoice.open, discount: null, deduction: null, deductionCode: null })),
    });
  }

  private add(at: number, bookedOn: MatchTransaction['bookedOn'], customerId: string, minor: bigint, memo: string, truth: Truth): void {
    const { chance } = this;
    const owner = this.customers.get(customerId);
    const parent = owner?.parentId === null || owner?.parentId === undefined ? undefined : this.customers.get(owner.parentId);
    const payer = parent !== undefined && chance.is(0.4) ? parent : owner;
    if (payer === undefined) throw new Error(`no customer ${customerId}`);
    this.transactions.push({
      id: `t${at}`, bookedOn, amount: usd(minor), kind: 'ach', memo, companyId: null, checkNumber: null, references: truth.written === 'advice' ? [`TRACE${at + 90_000}`] : [],
      payer: { name: chance.is(0.95) ? payerNameOf(payer, chance) : null, account: chance.is(0.7) ? `ACC${payer.id}` : null, id: null },
    });
    this.truths.push(truth);
  }
}
