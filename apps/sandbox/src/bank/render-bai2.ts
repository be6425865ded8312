import type { CurrencyCode, LocalDate } from '#canonical';
import type { BankPayment } from './book.js';

export interface Bai2Options {
  /** Our account; of each currency its own number may be given in `accountOf`. */
  readonly account: string;
  readonly accountOf?: Readonly<Partial<Record<CurrencyCode, string>>>;
  /** Originator of the groups, a bank's routing number. */
  readonly bank: string;
  readonly receiver: string;
  readonly createdOn: LocalDate;
  readonly fileId: string;
  /** Ledger balance before the first day, in minor units. */
  readonly openingMinor?: bigint;
  /** Some banks close text with "/" although the manual ends text by the next record. */
  readonly slashAfterText?: boolean;
  /** 1 update, 2 deletion, 3 correction, 4 test. */
  readonly groupStatus?: '1' | '2' | '3' | '4';
}

/** An account's records and the sums its trailers state. */
interface Part {
  readonly lines: readonly string[];
  readonly total: bigint;
}

/**
 * BAI2 as the manual of 10/2005 has it: a group per day and currency, one account in each, opening and closing ledger (010, 015), totals
 * (100, 400), a 16 with 88s per line, and trailers with control totals and counts of physical records.
 */
export function renderBai2(payments: readonly BankPayment[], options: Bai2Options): string {
  const lines = [`01,${options.bank},${options.receiver},${baiDay(options.createdOn)},0600,${options.fileId},,,2/`];
  let total = 0n;
  let groups = 0;
  const balances = new Map<CurrencyCode, bigint>();
  for (const [bookedOn, currency, members] of byDayAndCurrency(payments)) {
    const opening = balances.get(currency) ?? options.openingMinor ?? 0n;
    const part = accountPart(members, currency, opening, options);
    balances.set(currency, members.reduce((sum, { amountMinor }) => sum + amountMinor, opening));
    const group = [`02,${options.receiver},${options.bank},${options.groupStatus ?? '1'},${baiDay(bookedOn)},2359,${currency},2/`, ...part.lines];
    lines.push(...group, `98,${part.total},1,${group.length + 1}/`);
    total += part.total;
    groups += 1;
  }
  lines.push(`99,${total},${groups},${lines.length + 1}/`);
  return `${lines.join('\n')}\n`;
}

function accountPart(members: readonly BankPayment[], currency: CurrencyCode, opening: bigint, options: Bai2Options): Part {
  const credits = members.filter(({ amountMinor }) => amountMinor >= 0n);
  const debits = members.filter(({ amountMinor }) => amountMinor < 0n);
  const creditTotal = sum(credits);
  const debitTotal = -sum(debits);
  const closing = opening + creditTotal - debitTotal;
  const account = options.accountOf?.[currency] ?? options.account;
  const lines = [
    `03,${account},${currency},010,${opening},,,015,${closing},,/`,
    `88,100,${creditTotal},${credits.length},,400,${debitTotal},${debits.length},/`,
    ...members.flatMap((payment) => detailLines(payment, options.slashAfterText === true)),
  ];
  const total = opening + closing + creditTotal + debitTotal + creditTotal + debitTotal;
  return { lines: [...lines, `49,${total},${lines.length + 1}/`], total };
}

function detailLines({ key, amountMinor, typeCode, customerReference, text }: BankPayment, slash: boolean): string[] {
  const magnitude = amountMinor < 0n ? -amountMinor : amountMinor;
  const head = `16,${typeCode},${magnitude},0,${key},${customerReference},`;
  const [first, ...more] = text;
  if (first === undefined) return [`${head}/`];
  const end = slash ? '/' : '';
  return [`${head}${first}${end}`, ...more.map((line) => `88,${line}${end}`)];
}

function byDayAndCurrency(payments: readonly BankPayment[]): [LocalDate, CurrencyCode, BankPayment[]][] {
  const groups = new Map<string, [LocalDate, CurrencyCode, BankPayment[]]>();
  for (const payment of payments) {
    const key = `${payment.bookedOn} ${payment.currency}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [payment.bookedOn, payment.currency, [payment]]);
    else group[2].push(payment);
  }
  return [...groups.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
}

function sum(payments: readonly BankPayment[]): bigint {
  return payments.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}

function baiDay(day: LocalDate): string {
  return day.slice(2).replaceAll('-', '');
}
