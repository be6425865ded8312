import { CHART } from './chart.js';
import type { CompanyBook } from './company-book.js';

/** Raised when the book does not add up; a write that would leave it so is undone. */
export class BookInvariantError extends Error {
  override readonly name = 'BookInvariantError';
}

interface Check {
  readonly says: string;
  /** Rows that break the rule; `scope` narrows it to what a write touched. */
  readonly sql: string;
}

function checksOf(entries: string, transactions: string): readonly Check[] {
  return [
    {
      says: 'remaining amount of a customer ledger entry = sum of its detailed rows',
      sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${entries} AND (e.remaining, e.remaining_lcy) <> (SELECT coalesce(sum(d.amount), 0), coalesce(sum(d.amount_lcy), 0) FROM detailed_cust_ledger_entry d WHERE d.cust_ledger_entry_no = e.entry_no)`,
    },
    { says: 'an entry is open while something remains, and closed entries are worth nothing in local currency', sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${entries} AND (e.is_open <> (e.remaining <> 0) OR (e.remaining = 0 AND e.remaining_lcy <> 0))` },
    { says: 'the original amount of an entry is its initial row', sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${entries} AND (e.amount, e.amount_lcy) <> (SELECT sum(d.amount), sum(d.amount_lcy) FROM detailed_cust_ledger_entry d WHERE d.cust_ledger_entry_no = e.entry_no AND d.entry_type = 'Initial Entry')` },
    { says: 'an entry is never applied beyond its amount', sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${entries} AND (e.remaining * e.amount < 0 OR abs(e.remaining) > abs(e.amount))` },
    { says: 'the general ledger balances in every transaction', sql: `SELECT g.transaction_no AS what FROM gl_entry g WHERE ${transactions} GROUP BY g.transaction_no HAVING sum(g.amount) <> 0` },
    { says: 'application rows cancel out in every application', sql: `SELECT d.application_no AS what FROM detailed_cust_ledger_entry d WHERE d.entry_type = 'Application' AND ${transactions.replaceAll('g.', 'd.')} GROUP BY d.application_no, d.transaction_no HAVING sum(d.amount) <> 0 OR sum(d.amount_lcy) <> 0` },
    { says: 'a posted invoice is Paid exactly when its entry is closed', sql: `SELECT i.number AS what FROM sales_invoice i JOIN cust_ledger_entry e ON e.entry_no = i.entry_no WHERE ${entries} AND i.posted = 1 AND i.status IN ('Open', 'Paid') AND (i.status = 'Open') <> (e.is_open = 1)` },
  ];
}

/** The whole book. @throws BookInvariantError */
export function assertBook(book: CompanyBook): void {
  assertChecks(book, checksOf('1', '1'));
  assertReceivables(book);
}

/** What was written after the two entry numbers: cheap enough for every write. @throws BookInvariantError */
export function assertTouched(book: CompanyBook, detailedAfter: number, generalAfter: number): void {
  const entries = `e.entry_no IN (SELECT n.cust_ledger_entry_no FROM detailed_cust_ledger_entry n WHERE n.entry_no > ${detailedAfter})`;
  const transactions = `g.transaction_no IN (SELECT n.transaction_no FROM gl_entry n WHERE n.entry_no > ${generalAfter} UNION SELECT m.transaction_no FROM detailed_cust_ledger_entry m WHERE m.entry_no > ${detailedAfter})`;
  assertChecks(book, checksOf(entries, transactions));
  assertReceivables(book);
}

function assertChecks(book: CompanyBook, checks: readonly Check[]): void {
  for (const check of checks) {
    const broken = book.one<{ what: string | number }>(`${check.sql} LIMIT 1`);
    if (broken !== undefined) throw new BookInvariantError(`${book.company.name}: ${check.says}; not so for ${broken.what}`);
  }
}

/** The receivables account is worth what the customers owe. */
function assertReceivables(book: CompanyBook): void {
  const row = book.one<{ general: number; customers: number }>(
    'SELECT (SELECT coalesce(sum(amount), 0) FROM gl_entry WHERE account_number = ?) AS general, (SELECT coalesce(sum(remaining_lcy), 0) FROM cust_ledger_entry) AS customers', CHART.receivables,
  );
  if (row !== undefined && row.general !== row.customers) throw new BookInvariantError(`${book.company.name}: receivables in the general ledger are ${row.general}, in the customer ledger ${row.customers} (units of 10^-4)`);
}
