import { addDays, parseLocalDate } from '#canonical';
import type { Book } from '../book/book.js';

/** A subsidiary of the simulated company and the accounts its currency uses. */
export interface Unit {
  readonly subsidiary: number;
  readonly name: string;
  readonly country: string;
  readonly currency: number;
  readonly symbol: string;
  readonly rate: string;
  readonly bank: number;
  readonly receivable: number;
}

const CURRENCIES: Readonly<Record<string, { name: string; decimals: number; rate: string }>> = {
  USD: { name: 'US Dollar', decimals: 2, rate: '1' }, GBP: { name: 'British Pound', decimals: 2, rate: '1.2715' }, EUR: { name: 'Euro', decimals: 2, rate: '1.0842' },
  CAD: { name: 'Canadian Dollar', decimals: 2, rate: '0.7311' }, KWD: { name: 'Kuwaiti Dinar', decimals: 3, rate: '3.2541' }, JPY: { name: 'Japanese Yen', decimals: 0, rate: '0.00664' },
};

export interface UnitPlan {
  readonly name: string;
  readonly country: string;
  readonly symbol: string;
}

/** General ledger accounts every subsidiary shares; bank and receivables are per currency. */
const SHARED_ACCOUNTS: readonly [number, string, string, string][] = [
  [3, '1099', 'Undeposited Funds', 'UnDep'], [4, '2200', 'Sales Taxes Payable', 'OthCurrLiab'], [5, '2300', 'Customer Deposits', 'OthCurrLiab'], [6, '4000', 'Sales', 'Income'],
  [7, '6100', 'Bad Debt Expense', 'Expense'], [8, '4900', 'Early Payment Discounts', 'Income'], [9, '6900', 'Bank Charges', 'Expense'], [10, '7000', 'Realized Gain/Loss', 'OthExpense'],
];
export const SALES_ACCOUNT = 6;
export const UNDEPOSITED_ACCOUNT = 3;
export const DEPOSITS_ACCOUNT = 5;
export const BAD_DEBT_ACCOUNT = 7;

const TERMS: readonly [number, string, number, number, number][] = [
  [1, 'Net 30', 30, 0, 0], [2, 'Net 15', 15, 0, 0], [3, 'Net 45', 45, 0, 0], [4, 'Net 60', 60, 0, 0], [5, '2% 10, Net 30', 30, 2, 10], [6, 'Due on receipt', 0, 0, 0],
];
export const TERM_DAYS: ReadonlyMap<number, number> = new Map(TERMS.map(([id, , days]) => [id, days]));

const LABELS: Readonly<Record<string, string>> = {
  'CustInvc:A': 'Invoice : Open', 'CustInvc:B': 'Invoice : Paid In Full', 'CustInvc:D': 'Invoice : Pending Approval', 'CustInvc:E': 'Invoice : Rejected', 'CustInvc:V': 'Invoice : Voided',
  'CustCred:A': 'Credit Memo : Open', 'CustCred:B': 'Credit Memo : Fully Applied', 'CustCred:V': 'Credit Memo : Voided',
  'CustPymt:A': 'Payment : Unapproved Payment', 'CustPymt:B': 'Payment : Not Deposited', 'CustPymt:C': 'Payment : Deposited', 'CustPymt:R': 'Payment : Rejected',
  'CustDep:A': 'Customer Deposit : Not Deposited', 'CustDep:B': 'Customer Deposit : Fully Applied', 'DepAppl:Y': 'Deposit Application', 'CustRfnd:Y': 'Customer Refund',
  'Journal:A': 'Journal : Pending Approval', 'Journal:B': 'Journal : Approved for Posting',
  'type:CustInvc': 'Invoice', 'type:CustCred': 'Credit Memo', 'type:CustPymt': 'Payment', 'type:CustDep': 'Customer Deposit', 'type:DepAppl': 'Deposit Application', 'type:CustRfnd': 'Customer Refund', 'type:Journal': 'Journal',
  'approvalstatus:1': 'Pending Approval', 'approvalstatus:2': 'Approved',
};

export interface FoundationPlan {
  readonly units: readonly UnitPlan[];
  /** The first unit's currency is the base. */
  readonly asOf: string;
  /** First day with postings. */
  readonly from: string;
  /** Periods that end before it are closed. */
  readonly closedBefore: string;
}

/** Currencies, subsidiaries, accounts, terms, departments, periods and labels: what a ledger needs before its first document. */
export function layFoundation(book: Book, plan: FoundationPlan): Unit[] {
  book.run("INSERT INTO dual (dummy) VALUES ('X')");
  book.run("INSERT INTO accountingbook (id, name, isprimary) VALUES (1, 'Primary Accounting Book', 'T')");
  for (const [code, label] of Object.entries(LABELS)) book.run('INSERT INTO x_label VALUES (?, ?)', code, label);
  for (const [id, number, name, type] of SHARED_ACCOUNTS) insertAccount(book, id, number, name, type, null);
  for (const [id, name, days, discount, discountDays] of TERMS) {
    book.run("INSERT INTO term (id, name, daysuntilnetdue, discountpercent, daysuntilexpiry, isinactive) VALUES (?,?,?,?,?,'F')", id, name, String(days), discount === 0 ? null : String(discount), discountDays === 0 ? null : String(discountDays));
  }
  ['Sales', 'Services', 'Support'].forEach((name, index) => { book.run("INSERT INTO department (id, name, fullname, isinactive) VALUES (?,?,?,'F')", index + 1, name, name); });
  ['Cash', 'Check', 'ACH', 'Wire'].forEach((name, index) => { book.run("INSERT INTO paymentmethod (id, name, isinactive) VALUES (?,?,'F')", index + 1, name); });
  layPeriods(book, plan);
  return layUnits(book, plan);
}

function insertAccount(book: Book, id: number, number: string, name: string, type: string, currency: number | null): void {
  book.run("INSERT INTO account (id, acctnumber, fullname, accttype, currency, isinactive) VALUES (?,?,?,?,?,'F')", id, number, name, type, currency);
}

function layUnits(book: Book, plan: FoundationPlan): Unit[] {
  const symbols = [...new Set(plan.units.map((unit) => unit.symbol))];
  symbols.forEach((symbol, index) => {
    const currency = CURRENCIES[symbol];
    if (currency === undefined) throw new RangeError(`no rate is kept for ${symbol}; known: ${Object.keys(CURRENCIES).join(', ')}`);
    book.run("INSERT INTO currency (id, name, symbol, currencyprecision, exchangerate, isbasecurrency, isinactive) VALUES (?,?,?,?,?,?,'F')", index + 1, currency.name, symbol, String(currency.decimals), currency.rate, index === 0 ? 'T' : 'F');
    insertAccount(book, 100 + 2 * index, `10${index}1`, `Bank ${symbol}`, 'Bank', index + 1);
    insertAccount(book, 101 + 2 * index, `11${index}0`, `Accounts Receivable ${symbol}`, 'AcctRec', index + 1);
  });
  return plan.units.map((unit, index) => {
    const currency = symbols.indexOf(unit.symbol) + 1;
    book.run("INSERT INTO subsidiary (id, name, parent, currency, country, iselimination, isinactive) VALUES (?,?,?,?,?,'F','F')", index + 1, unit.name, index === 0 ? null : 1, currency, unit.country);
    return { ...unit, subsidiary: index + 1, currency, rate: '1', bank: 98 + 2 * currency, receivable: 99 + 2 * currency };
  });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTHS_AHEAD = 24;

/** Calendar years with their months, from the first posting to two years after `asOf`. */
function layPeriods(book: Book, plan: FoundationPlan): void {
  const firstYear = Number(plan.from.slice(0, 4));
  const lastYear = Math.ceil((Number(plan.asOf.slice(0, 4)) * 12 + Number(plan.asOf.slice(5, 7)) + MONTHS_AHEAD) / 12);
  let id = 1;
  for (let year = firstYear; year <= lastYear; year += 1) {
    const yearId = id;
    insertPeriod(book, id, null, `FY ${year}`, `${year}-01-01`, `${year}-12-31`, `${year}-12-31` < plan.closedBefore, true);
    id += 1;
    MONTHS.forEach((month, index) => {
      const start = `${year}-${String(index + 1).padStart(2, '0')}-01`;
      const next = index === 11 ? `${year + 1}-01-01` : `${year}-${String(index + 2).padStart(2, '0')}-01`;
      const end = addDays(parseLocalDate(next), -1);
      insertPeriod(book, id, yearId, `${month} ${year}`, start, end, end < plan.closedBefore, false);
      id += 1;
    });
  }
}

function insertPeriod(book: Book, id: number, parent: number | null, name: string, start: string, end: string, closed: boolean, isYear: boolean): void {
  const flag = closed ? 'T' : 'F';
  book.run(
    `INSERT INTO accountingperiod (id, parent, periodname, startdate, enddate, closed, alllocked, arlocked, aplocked, allownonglchanges, isadjust, isquarter, isyear, isinactive)
     VALUES (?,?,?,?,?,?,?,?,?,'F','F','F',?,'F')`, id, parent, name, start, end, flag, flag, flag, flag, isYear ? 'T' : 'F',
  );
}

/** Period ids by month, `2026-11`. */
export function periodsByMonth(book: Book): ReadonlyMap<string, number> {
  return new Map(book.all<{ id: number; startdate: string }>("SELECT id, startdate FROM accountingperiod WHERE isyear = 'F'").map((row) => [row.startdate.slice(0, 7), row.id]));
}

export interface CustomerDraft {
  readonly id: number;
  readonly name: string;
  readonly unit: Unit;
  readonly terms: number;
  readonly parent?: number;
  readonly email?: string;
  readonly phone?: string;
  readonly modified: string;
  readonly externalId?: string;
  readonly entityId?: string;
}

const INSERT_CUSTOMER = `INSERT INTO customer (id, entityid, companyname, altname, isperson, email, phone, parent, externalid, currency, receivablesaccount, defaultbillingaddress, subsidiary, terms, isinactive, datecreated, lastmodifieddate)
  VALUES (?,?,?,?,'F',?,?,?,?,?,?,?,?,?,'F',?,?)`;

export function insertCustomer(book: Book, draft: CustomerDraft): void {
  book.run(
    INSERT_CUSTOMER, draft.id, draft.entityId ?? `CUST${String(draft.id).padStart(5, '0')} ${draft.name}`, draft.name, draft.name, draft.email ?? null, draft.phone ?? null, draft.parent ?? null, draft.externalId ?? null,
    draft.unit.currency, draft.unit.receivable, draft.id, draft.unit.subsidiary, draft.terms, draft.modified, draft.modified,
  );
  book.run("INSERT INTO customersubsidiaryrelationship (id, entity, subsidiary, isprimarysub) VALUES (?,?,?,'T')", draft.id, draft.id, draft.unit.subsidiary);
}
