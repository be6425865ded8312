import { CHART } from './chart.js';
import type { CompanyBook } from './company-book.js';

/** Raised when the book does not add up; a write that would leave it so is undone. */
export class BookInvariantError extends Error {
  override readonly name = 'BookInvariantError';
}

interface Check {
  readonly says: string;
  /** Rows that break the rule, within the scope. */
  readonly sql: string;
}

const ENTRIES = 'e.entry_no IN (SELECT n.cust_ledger_entry_no FROM detailed_cust_ledger_entry n WHERE n.entry_no > (SELECT detailed FROM check_scope))';
const TRANSACTIONS = `(SELECT n.transaction_no FROM gl_entry n WHERE n.entry_no > (SELECT general FROM check_scope)
  UNION SELECT m.transaction_no FROM detailed_cust_ledger_entry m WHERE m.entry_no > (SELECT detailed FROM check_scope))`;

const CHECKS: readonly Check[] = [
  {
    says: 'remaining amount of a customer ledger entry = sum of its detailed rows',
    sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${ENTRIES} AND (e.remaining, e.remaining_lcy) <> (SELECT coalesce(sum(d.amount), 0), coalesce(sum(d.amount_lcy), 0) FROM detailed_cust_ledger_entry d WHERE d.cust_ledger_entry_no = e.entry_no)`,
  },
  {
    says: 'an entry is open while something remains, and closed entries are worth nothing in local currency',
    sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${ENTRIES} AND (e.is_open <> (e.remaining <> 0) OR (e.remaining = 0 AND e.remaining_lcy <> 0))`,
  },
  {
    says: 'the original amount of an entry is its initial row',
    sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${ENTRIES} AND (e.amount, e.amount_lcy) <> (SELECT sum(d.amount), sum(d.amount_lcy) FROM detailed_cust_ledger_entry d WHERE d.cust_ledger_entry_no = e.entry_no AND d.entry_type = 'Initial Entry')`,
  },
  { says: 'an entry is never applied beyond its amount', sql: `SELECT e.entry_no AS what FROM cust_ledger_entry e WHERE ${ENTRIES} AND (e.remaining * e.amount < 0 OR abs(e.remaining) > abs(e.amount))` },
  { says: 'the general ledger balances in every transaction', sql: `SELECT g.transaction_no AS what FROM gl_entry g WHERE g.transaction_no IN ${TRANSACTIONS} GROUP BY g.transaction_no HAVING sum(g.amount) <> 0` },
  {
    says: 'application rows cancel out in every application',
    sql: `SELECT d.application_no AS what FROM detailed_cust_ledger_entry d WHERE d.transaction_no IN ${TRANSACTIONS} AND d.entry_type = 'Application' GROUP BY d.application_no, d.transaction_no HAVING sum(d.amount) <> 0 OR sum(d.amount_lcy) <> 0`,
  },
  {
    says: 'a posted invoice is Paid exactly when its entry is closed',
    sql: `SELECT i.number AS what FROM cust_ledger_entry e JOIN sales_invoice i ON i.entry_no = e.entry_no WHERE ${ENTRIES} AND i.posted = 1 AND i.status IN ('Open', 'Paid') AND (i.status = 'Open') <> (e.is_open = 1)`,
  },
];

/** The whole book. @throws BookInvariantError */
export function assertBook(book: CompanyBook): void {
  assertAfter(book, { detailed: 0, general: 0 });
}

/** Last numbers of the two ledgers. */
export interface LedgerPosition {
  readonly detailed: number;
  readonly general: number;
}

export function ledgerPosition(book: CompanyBook): LedgerPosition {
  return { detailed: book.nextEntryNumber('detailed_cust_ledger_entry') - 1, general: book.nextEntryNumber('gl_entry') - 1 };
}

/** What was written after a position: cheap enough for every write. @throws BookInvariantError */
export function assertAfter(book: CompanyBook, position: LedgerPosition): void {
  book.run('UPDATE check_scope SET detailed = ?, general = ?', position.detailed, position.general);
  for (const check of CHECKS) {
    const broken = book.one<{ what: string | number }>(`${check.sql} LIMIT 1`);
    if (broken !== undefined) throw new BookInvariantError(`${book.company.name}: ${check.says}; not so for ${broken.what}`);
  }
  assertReceivables(book);
}

/** The receivables account is worth what the customers owe. */
function assertReceivables(book: CompanyBook): void {
  const row = book.one<{ general: number; customers: number }>(
    'SELECT (SELECT coalesce(sum(amount), 0) FROM gl_entry WHERE account_number = ?) AS general, (SELECT coalesce(sum(remaining_lcy), 0) FROM cust_ledger_entry) AS customers', CHART.receivables,
  );
  if (row !== undefined && row.general !== row.customers) throw new BookInvariantError(`${book.company.name}: receivables in the general ledger are ${row.general}, in the customer ledger ${row.customers} (units of 10^-4)`);
}
