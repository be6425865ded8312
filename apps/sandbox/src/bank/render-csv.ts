import { type CurrencyCode, currencyExponent, formatMinorUnits, type LocalDate } from '#canonical';
import type { BankPayment } from './book.js';

export interface CsvOptions {
  readonly account: string;
  readonly language?: 'english' | 'german';
  readonly delimiter?: ',' | ';' | '\t';
  readonly decimalMark?: '.' | ',';
  /** `iso` 2026-03-31, `dots` 31.03.2026, `slashes` 03/31/2026 as in the United States. */
  readonly dates?: 'iso' | 'dots' | 'slashes';
  /** Credit and debit in two columns instead of one signed amount. */
  readonly split?: boolean;
  /** Balance before the first line; with it every line carries a running balance. One currency only. */
  readonly openingMinor?: bigint;
  /** Lines some banks put above the table. */
  readonly preamble?: readonly string[];
}

const HEADERS = {
  english: { day: 'Booking Date', text: 'Description', amount: 'Amount', credit: 'Credit', debit: 'Debit', balance: 'Balance', currency: 'Currency', account: 'Account', reference: 'Reference', check: 'Check Number' },
  german: { day: 'Buchungstag', text: 'Verwendungszweck', amount: 'Betrag', credit: 'Haben', debit: 'Soll', balance: 'Saldo', currency: 'Währung', account: 'Auftragskonto', reference: 'Referenz', check: 'Schecknummer' },
} as const;

/** A bank's CSV export of the same lines, oldest first, quoted by RFC 4180. */
export function renderCsv(payments: readonly BankPayment[], options: CsvOptions): string {
  const words = HEADERS[options.language ?? 'english'];
  const delimiter = options.delimiter ?? ',';
  const balanced = options.openingMinor !== undefined;
  const money = options.split === true ? [words.credit, words.debit] : [words.amount];
  const rows: string[][] = [[words.day, words.text, ...money, ...(balanced ? [words.balance] : []), words.currency, words.account, words.reference, words.check]];
  let balance = options.openingMinor ?? 0n;
  for (const payment of payments) {
    balance += payment.amountMinor;
    const { amountMinor, currency } = payment;
    const written = (minor: bigint): string => decimal(minor, currency, options.decimalMark ?? '.');
    const amounts = options.split === true ? [amountMinor >= 0n ? written(amountMinor) : '', amountMinor < 0n ? written(-amountMinor) : ''] : [written(amountMinor)];
    rows.push([csvDay(payment.bookedOn, options.dates ?? 'iso'), payment.text.join(' '), ...amounts, ...(balanced ? [written(balance)] : []), currency, options.account, payment.key, payment.checkNumber ?? '']);
  }
  const lines = rows.map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter));
  return `${[...(options.preamble ?? []), ...lines].join('\r\n')}\r\n`;
}

function decimal(minor: bigint, currency: CurrencyCode, mark: '.' | ','): string {
  return formatMinorUnits(minor, currencyExponent(currency)).replace('.', mark);
}

function csvDay(day: LocalDate, dates: 'iso' | 'dots' | 'slashes'): string {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  if (dates === 'iso') return day;
  return dates === 'dots' ? `${dayOfMonth}.${month}.${year}` : `${month}/${dayOfMonth}/${year}`;
}

function quoted(cell: string, delimiter: string): string {
  return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
