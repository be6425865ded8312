import type { Book } from '../book/book.js';

/** The sandbox's own book does not add up: a fault of the sandbox, never of its client. Thrown after a write and counted in the stats. */
export class BookInvariantError extends Error {
  override readonly name = 'BookInvariantError';
}

interface Finding { what: string; id: number; line: number; expected: number; found: number }

/** Links whose money is a document's: to it when it is paid or refunded, from it when it pays. Summed afresh, never from the balance columns. */
const TO = '(SELECT coalesce(sum(foreignamount), 0) FROM transactionlink WHERE previousdoc = t.id)';
const FROM = "(SELECT coalesce(sum(foreignamount), 0) FROM transactionlink WHERE nextdoc = t.id AND previoustype <> 'CustDep')";

const checks = (where: string): readonly string[] => [
  `SELECT 'invoice open = total - applications' AS what, t.id AS id, 0 AS line, t.foreigntotal - ${TO} AS expected, t.foreignamountunpaid AS found
   FROM "transaction" t WHERE t.type = 'CustInvc' AND ${where} AND (found <> expected OR found < 0)`,
  `SELECT 'unapplied = total - applied' AS what, t.id AS id, 0 AS line, abs(t.foreigntotal) - ${TO} - ${FROM} AS expected, t.foreignpaymentamountunused AS found
   FROM "transaction" t WHERE t.type IN ('CustCred', 'CustPymt', 'CustDep') AND ${where} AND (found <> expected OR found < 0)`,
  `SELECT 'deposit application is fully applied' AS what, t.id AS id, 0 AS line, t.foreigntotal AS expected, ${FROM} AS found
   FROM "transaction" t WHERE t.type = 'DepAppl' AND ${where} AND found <> expected`,
  `SELECT 'journal line open = amount - applications' AS what, t.id AS id, l.id AS line,
     abs(l.foreignamount) - (SELECT coalesce(sum(foreignamount), 0) FROM transactionlink WHERE (previousdoc = t.id AND previousline = l.id) OR (nextdoc = t.id AND nextline = l.id)) AS expected,
     coalesce(l.foreignamountunpaid, l.foreignpaymentamountunused) AS found
   FROM "transaction" t JOIN transactionline l ON l."transaction" = t.id WHERE t.type = 'Journal' AND ${where} AND found IS NOT NULL AND (found <> expected OR found < 0)`,
  `SELECT 'instalment open = amount - applications' AS what, t.id AS id, i.line AS line,
     i.amount - (SELECT coalesce(sum(foreignamount), 0) FROM transactionlink WHERE previousdoc = t.id AND previousline = i.line) AS expected, i.unpaid AS found
   FROM "transaction" t JOIN x_installment i ON i."transaction" = t.id WHERE ${where} AND (found <> expected OR found < 0)`,
  `SELECT 'lines balance' AS what, t.id AS id, 0 AS line, 0 AS expected, (SELECT sum(foreignamount) FROM transactionline l WHERE l."transaction" = t.id) AS found
   FROM "transaction" t WHERE ${where} AND found <> 0`,
];

const whole = checks('1 = 1');
const single = checks('t.id = ?');

/** @throws BookInvariantError naming document, line, expected and found */
export function assertDocument(book: Book, document: number): void {
  for (const sql of single) report(book.one<Finding>(sql, document));
}

/** Every document of the book. Meant for tests and the control endpoint; a million invoices take some seconds. */
export function assertBook(book: Book): void {
  for (const sql of whole) report(book.one<Finding>(sql));
}

function report(finding: Finding | undefined): void {
  if (finding === undefined) return;
  throw new BookInvariantError(`${finding.what}: transaction ${finding.id}, line ${finding.line}: expected ${finding.expected}, found ${finding.found} (units of 0.0001)`);
}

/** The documents a write touched: itself and everything it is linked with. */
export function neighbours(book: Book, document: number): number[] {
  const rows = book.all<{ id: number }>(
    'SELECT ? AS id UNION SELECT previousdoc FROM transactionlink WHERE nextdoc = ? OR x_via = ? UNION SELECT nextdoc FROM transactionlink WHERE previousdoc = ? OR x_via = ?',
    document, document, document, document, document,
  );
  return rows.map((row) => row.id);
}
