import { addDays, type CurrencyCode, type LocalDate } from '#canonical';
import { type BankPayment, type Book, type BookCredit, type BookCustomer, BookError, type BookInvoice, type PaymentKind, type TruthRow } from './book.js';
import { writeLine } from './channel-text.js';
import { habitsOf, type PayerHabits } from './habits.js';
import { Randomness } from './randomness.js';
import { writeReferences } from './references.js';
import { chooseInvoices, onAccount, settle, type Settlement } from './settlement.js';

export interface GenerateOptions {
  readonly seed: number | string;
  /** Lines wanted; fewer come when the book runs dry. */
  readonly count: number;
  /** Our own name, as payers' banks print it. */
  readonly receiver?: string;
  /** Lines in a thousand that are no customer's money. */
  readonly otherMoneyPerMille?: number;
}

export interface GeneratedPayments {
  /** By day; within a day in an order that tells nothing. */
  readonly payments: readonly BankPayment[];
  /** In the order of `payments`. */
  readonly truth: readonly TruthRow[];
}

interface Line {
  readonly payment: BankPayment;
  readonly truth: TruthRow;
  readonly shuffled: number;
}

const KEY_DIGITS = 12;

interface OtherMoney {
  readonly kind: PaymentKind;
  readonly typeCode: string;
  readonly sign: 1n | -1n;
  readonly texts: readonly string[];
}

/** Credits and debits that belong to no customer (specification: 3-7 % of lines). */
const OTHER_MONEY: readonly OtherMoney[] = [
  { kind: 'interest', typeCode: '354', sign: 1n, texts: ['INTEREST PAYMENT', 'INTEREST CREDIT'] },
  { kind: 'sweep', typeCode: '277', sign: 1n, texts: ['ZBA TRANSFER FROM INVESTMENT ACCT', 'SWEEP FROM INVESTMENT'] },
  { kind: 'taxRefund', typeCode: '142', sign: 1n, texts: ['IRS TREAS 310 TAX REF', 'STATE TAX REFUND'] },
  { kind: 'transfer', typeCode: '206', sign: 1n, texts: ['BOOK TRANSFER CREDIT FROM OPERATING', 'ONLINE TRANSFER FROM SAVINGS'] },
  { kind: 'bankFee', typeCode: '698', sign: -1n, texts: ['ACCOUNT ANALYSIS FEE', 'WIRE TRANSFER FEE'] },
];

/**
 * A period of bank lines for a book, and what each of them really is. The same book and seed give the same bytes. Behaviour and noise are
 * those of the generator specification (reference, sections 8.5 and 8.6); nothing here knows how anybody will match it.
 * @throws BookError when the book names customers it does not hold, or has none.
 */
export function generatePayments(book: Book, options: GenerateOptions): GeneratedPayments {
  const world = new PaymentWorld(book, options);
  const lines: Line[] = [];
  while (lines.length < options.count) {
    const line = world.next(lines);
    if (line === null) break;
    lines.push(line);
  }
  lines.sort((left, right) => (left.payment.bookedOn === right.payment.bookedOn ? left.shuffled - right.shuffled : left.payment.bookedOn < right.payment.bookedOn ? -1 : 1));
  return { payments: lines.map(({ payment }) => payment), truth: lines.map(({ truth }) => truth) };
}

class PaymentWorld {
  readonly #random: Randomness;
  readonly #customers: ReadonlyMap<string, BookCustomer>;
  readonly #open = new Map<string, bigint>();
  readonly #byCustomer = new Map<string, BookInvoice[]>();
  readonly #credits = new Map<string, BookCredit[]>();
  readonly #children = new Map<string, BookCustomer[]>();
  readonly #pool: BookInvoice[];
  readonly #habits = new Map<string, PayerHabits>();
  readonly #keys = new Set<string>();

  constructor(book: Book, readonly options: GenerateOptions) {
    this.#random = new Randomness(options.seed);
    this.#customers = new Map(book.customers.map((customer) => [customer.id, customer]));
    if (this.#customers.size === 0) throw new BookError('the book has no customers');
    for (const { id, customerId } of [...book.invoices, ...book.credits]) {
      if (!this.#customers.has(customerId)) throw new BookError(`document ${id} names customer ${customerId}, which the book does not hold`);
    }
    this.#pool = book.invoices.filter(({ openMinor }) => openMinor > 0n);
    for (const invoice of this.#pool.toSorted(byDueDay)) {
      this.#open.set(invoice.id, invoice.openMinor);
      append(this.#byCustomer, invoice.customerId, invoice);
    }
    for (const credit of book.credits) append(this.#credits, credit.customerId, credit);
    for (const customer of book.customers) {
      if (customer.parentId !== undefined && customer.parentId !== null) append(this.#children, customer.parentId, customer);
    }
  }

  /** One more line; null when nothing is open any more. */
  next(earlier: readonly Line[]): Line | null {
    const drawn = this.#drawOpen();
    if (drawn === null) return null;
    const random = this.#random;
    if (random.chance(this.options.otherMoneyPerMille ?? 50)) return this.#otherMoney(drawn.currency, drawn.dueOn);
    if (random.chance(7)) {
      const again = earlier.filter(({ truth }) => truth.kind === 'payment');
      if (again.length > 0) return this.#duplicate(random.pick(again));
    }
    return this.#payment(drawn);
  }

  /** An open invoice, each equally likely: customers with many pay often. */
  #drawOpen(): BookInvoice | null {
    while (this.#pool.length > 0) {
      const at = this.#random.below(this.#pool.length);
      const invoice = this.#pool[at];
      if (invoice !== undefined && (this.#open.get(invoice.id) ?? 0n) > 0n) return invoice;
      const last = this.#pool.pop();
      if (last !== undefined && at < this.#pool.length) this.#pool[at] = last;
    }
    return null;
  }

  #habitsOf(customer: BookCustomer): PayerHabits {
    const known = this.#habits.get(customer.id) ?? habitsOf(customer, this.options.seed);
    this.#habits.set(customer.id, known);
    return known;
  }

  #payment(drawn: BookInvoice): Line {
    const random = this.#random;
    const customer = this.#customer(drawn.customerId);
    const parent = customer.parentId === undefined || customer.parentId === null ? null : this.#customers.get(customer.parentId) ?? null;
    const payer = parent !== null && this.#habitsOf(parent).paysForChildren ? parent : customer;
    const habits = this.#habitsOf(payer);
    const tags: string[] = payer === customer ? [] : ['parentPays'];
    const several = payer !== customer && random.chance(300);
    const payers = several ? this.#siblingsOf(customer) : [customer];
    const open = payers.flatMap(({ id }) => this.#openOf(id, drawn.currency));
    const { invoices, order } = chooseInvoices(several ? open.toSorted(byDueDay) : open, drawn, random);
    const credits = payers.length === 1 ? this.#creditsOf(customer.id, drawn.currency) : [];
    const settlement = random.chance(20) ? onAccount(random) : settle(invoices, credits, habits, ({ id }) => this.#open.get(id) ?? 0n, random);
    this.#take(settlement);
    tags.push(...settlement.tags, ...(settlement.invoices.length > 0 ? [`order:${order}`] : []));
    const customers = new Set(settlement.invoices.map(({ invoice }) => invoice.customerId));
    const customerId = customers.size > 1 ? payer.id : [...customers][0] ?? customer.id;
    if (customers.size > 1) tags.push('severalChildren');
    return this.#line(settlement, payer, customerId, this.#payDay(drawn, settlement), drawn.currency, tags);
  }

  #line(settlement: Settlement, payer: BookCustomer, customerId: string, bookedOn: LocalDate, currency: CurrencyCode, tags: string[]): Line {
    const random = this.#random;
    const habits = this.#habitsOf(payer);
    const settled = settlement.invoices.map(({ invoice }) => invoice);
    const reason = settlement.tags.find((tag) => tag.startsWith('reason:'))?.slice('reason:'.length);
    const references = `${writeReferences(settled, habits.reference, bookedOn, random, tags)}${reason === undefined ? '' : ` LESS ${reason}`}`.trim();
    const written = writeLine(habits.channel, { payer, habits, references, bookedOn, receiver: this.options.receiver ?? 'OUR COMPANY INC' }, random, tags);
    const key = this.#key();
    const { amountMinor, unallocatedMinor, kind } = settlement;
    return {
      payment: { key, bookedOn, amountMinor, currency, channel: habits.channel, ...written },
      truth: {
        bankLineKey: key, customerId, payerId: payer.id, unallocatedMinor, kind, tags,
        allocations: settlement.invoices.map(({ invoice, amountMinor: share }) => ({ invoiceId: invoice.id, amountMinor: share })),
        credits: settlement.credits.map(({ id, openMinor }) => ({ creditId: id, amountMinor: openMinor })),
      },
      shuffled: random.below(1_000_000_000),
    };
  }

  /** The same money once more, 1 to 10 days later: nothing is left that it could settle. */
  #duplicate(line: Line): Line {
    const key = this.#key();
    const { payment, truth } = line;
    const bookedOn = onBankDay(addDays(payment.bookedOn, this.#random.between(1, 10)));
    return {
      payment: { ...payment, key, bookedOn },
      truth: { ...truth, bankLineKey: key, allocations: [], credits: [], unallocatedMinor: payment.amountMinor, kind: 'duplicate', tags: [...truth.tags, `duplicateOf:${payment.key}`] },
      shuffled: this.#random.below(1_000_000_000),
    };
  }

  #otherMoney(currency: CurrencyCode, day: LocalDate): Line {
    const random = this.#random;
    const { kind, typeCode, sign, texts } = random.pick(OTHER_MONEY);
    const key = this.#key();
    const amountMinor = sign * BigInt(random.between(100, kind === 'sweep' || kind === 'transfer' ? 50_000_000 : 500_000));
    return {
      payment: { key, bookedOn: onBankDay(day), amountMinor, currency, channel: 'internal', typeCode, customerReference: '', checkNumber: null, text: [random.pick(texts)] },
      truth: { bankLineKey: key, customerId: null, payerId: null, allocations: [], credits: [], unallocatedMinor: amountMinor, kind, tags: [] },
      shuffled: random.below(1_000_000_000),
    };
  }

  #take(settlement: Settlement): void {
    // What a short payer or a bank kept back stays unpaid in this period: days are drawn per line, so the rest could else be paid first.
    for (const { invoice } of settlement.invoices) this.#open.set(invoice.id, 0n);
    const used = new Set(settlement.credits);
    for (const { customerId } of settlement.credits.slice(0, 1)) this.#credits.set(customerId, (this.#credits.get(customerId) ?? []).filter((credit) => !used.has(credit)));
  }

  /** Children of the same parent, whose invoices a central payer may settle in one line. */
  #siblingsOf(customer: BookCustomer): readonly BookCustomer[] {
    return (this.#children.get(customer.parentId ?? '') ?? []).filter(({ currency }) => currency === customer.currency);
  }

  #openOf(customerId: string, currency: CurrencyCode): BookInvoice[] {
    return (this.#byCustomer.get(customerId) ?? []).filter((invoice) => invoice.currency === currency && (this.#open.get(invoice.id) ?? 0n) > 0n);
  }

  #creditsOf(customerId: string, currency: CurrencyCode): BookCredit[] {
    return (this.#credits.get(customerId) ?? []).filter((credit) => credit.currency === currency);
  }

  /** Due day and a skewed delay: some early, most within two weeks, a tail of six. Never before the newest settled invoice was issued. */
  #payDay(drawn: BookInvoice, settlement: Settlement): LocalDate {
    const random = this.#random;
    const [least, most] = random.weighted<readonly [number, number]>([[[-10, -1], 20], [[0, 3], 30], [[1, 14], 40], [[15, 45], 10]]);
    const day = addDays(drawn.dueOn, random.between(least, most));
    const issued = settlement.invoices.reduce((latest, { invoice }) => (invoice.issuedOn > latest ? invoice.issuedOn : latest), drawn.issuedOn);
    return onBankDay(day < issued ? issued : day);
  }

  #key(): string {
    let key = this.#random.digits(KEY_DIGITS);
    while (this.#keys.has(key)) key = this.#random.digits(KEY_DIGITS);
    this.#keys.add(key);
    return key;
  }

  #customer(id: string): BookCustomer {
    const customer = this.#customers.get(id);
    if (customer === undefined) throw new BookError(`the book holds no customer ${id}`);
    return customer;
  }
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function byDueDay(left: BookInvoice, right: BookInvoice): number {
  if (left.dueOn !== right.dueOn) return left.dueOn < right.dueOn ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}

/** Banks book on weekdays: Saturday and Sunday become Monday. */
function onBankDay(day: LocalDate): LocalDate {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 6) return addDays(day, 2);
  return weekday === 0 ? addDays(day, 1) : day;
}
