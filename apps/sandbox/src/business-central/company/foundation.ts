import { formatMinorUnits } from '#canonical';
import { CHART, CHART_NAMES } from '../ledger/chart.js';
import type { CompanyBook } from '../ledger/company-book.js';

const PERCENT = 10_000;
const RATE_DECIMALS = 6;
const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS);

/** Set-up of a company: currencies, accounts, terms, banks, people. @returns ids of the payment terms in common use */
export function layFoundation(book: CompanyBook, ratesFrom: string): string[] {
  const { company } = book;
  book.insert('company_information', { name: company.displayName, country: company.country });
  for (const [code, name, symbol, decimals] of [['USD', 'US dollar', '$', 2], ['EUR', 'Euro', '€', 2], ['GBP', 'Pound sterling', '£', 2], ['JPY', 'Yen', '¥', 0]] as const) book.insert('currency', { code, name, symbol, decimals });
  layRates(book, ratesFrom);
  for (const [number, name, category] of CHART_NAMES) book.insert('account', { number, name, category, direct_posting: number === CHART.receivables ? 0 : 1 });
  book.insert('bank_account', { number: 'CHECKING', name: 'Operating account', bank_account_number: '99-44-567', iban: 'GB12CPBK08929965044991', gl_account: CHART.bank });
  book.insert('bank_account', { number: 'EURBANK', name: 'Euro account', bank_account_number: '77-00-001', iban: 'DE89370400440532013000', gl_account: CHART.bank, currency_code: 'EUR' });
  for (const [code, name] of [['BANK', 'Bank transfer'], ['CHECK', 'Check payment'], ['CASH', 'Cash payment']]) book.insert('payment_method', { code: code ?? '', name: name ?? '' });
  for (const [code, name] of [['OPEN', 'Dispute opened'], ['PRICE', 'Price dispute'], ['QUALITY', 'Quality dispute']]) book.insert('dispute_status', { code: code ?? '', name: name ?? '' });
  for (const [code, name, email] of [['AB', 'Anna Beck', 'anna.beck@honeycomb.example'], ['KL', 'Karl Lind', 'karl.lind@honeycomb.example']]) book.insert('salesperson', { code: code ?? '', name: name ?? '', email: email ?? '' });
  for (const [code, name] of [['SALES', 'Sales department'], ['ADM', 'Administration']]) book.insert('dimension_value', { dimension_code: 'DEPARTMENT', dimension_name: 'Department', code: code ?? '', name: name ?? '' });
  book.insert('journal_batch', { template: CASH_DEFAULT.template, code: CASH_DEFAULT.code, name: 'Default journal', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
  const terms = [['NET15', 'Net 15 days', '15D', '', 0], ['NET30', 'Net 30 days', '30D', '', 0], ['2D10N30', '2 % in 10 days, net 30', '30D', '10D', 2 * PERCENT]] as const;
  return terms.map(([code, name, dueDate, discountDate, percent]) => book.insert('payment_terms', { code, name, due_date_calculation: dueDate, discount_date_calculation: discountDate, discount_percent: percent }));
}

/** The batch people work in: not the one a client should use (2.8.2). */
const CASH_DEFAULT = { template: 'CASHRCPT', code: 'DEFAULT' } as const;

/** Two rates a currency, so that applications across them realize a gain or a loss. */
function layRates(book: CompanyBook, from: string): void {
  const worth: Readonly<Record<string, bigint>> = { USD: 10_000n, EUR: 11_200n, GBP: 12_800n, JPY: 66n };
  const local = worth[book.company.currency] ?? 10_000n;
  const rateOf = (value: bigint, percent: bigint): string => formatMinorUnits((value * percent * RATE_SCALE) / (local * 100n), RATE_DECIMALS);
  for (const [code, value] of Object.entries(worth)) {
    if (code === book.company.currency) continue;
    const rate = rateOf(value, 100n);
    const later = rateOf(value, 102n);
    book.run('INSERT INTO exchange_rate (id, currency_code, starting_day, rate) VALUES (?, ?, ?, ?)', book.newGuid(), code, from, rate);
    book.run('INSERT INTO exchange_rate (id, currency_code, starting_day, rate) VALUES (?, ?, ?, ?)', book.newGuid(), code, '2026-10-01', later);
  }
}
