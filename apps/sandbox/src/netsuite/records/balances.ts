import { toBase } from '../../simulation/book-amounts.js';
import type { Cell } from '../book/book.js';
import { insertLink, type TransactionType } from '../book/documents.js';
import { accountNow, type Account } from './account.js';

/** An open item: a document, or one line of it (an instalment, a journal line), that money can be moved to or from. */
export interface OpenItem {
  readonly document: number;
  readonly line: number;
  readonly type: TransactionType;
  /** `paid` side: invoices and journal debits. `used` side: credits, payments, deposits, journal credits. */
  readonly side: 'paid' | 'used';
  readonly grain: 'document' | 'installment' | 'journalLine';
  readonly entity: number | null;
  readonly currency: number;
  readonly receivableAccount: number | null;
  readonly subsidiary: number;
  readonly total: bigint;
  readonly open: bigint;
  readonly due: string | null;
  readonly tranId: string;
  readonly tranDate: string;
  readonly posting: boolean;
}

interface ItemRow {
  document: number; line: number; type: TransactionType; grain: OpenItem['grain']; side: OpenItem['side']; entity: number | null; currency: number;
  ar: number | null; subsidiary: number; total: number; open: number; due: string | null; tranid: string; trandate: string; posting: Cell;
}

const COMMON = 't.currency AS currency, t.x_subsidiary AS subsidiary, t.tranid AS tranid, t.trandate AS trandate, t.posting AS posting';
const DOCUMENT = `SELECT t.id AS document, 0 AS line, t.type AS type, 'document' AS grain,
  CASE t.type WHEN 'CustInvc' THEN 'paid' ELSE 'used' END AS side, t.entity AS entity, t.x_araccount AS ar, abs(t.foreigntotal) AS total,
  coalesce(t.foreignamountunpaid, t.foreignpaymentamountunused) AS open, t.duedate AS due, ${COMMON} FROM "transaction" t
  WHERE t.type IN ('CustInvc', 'CustCred', 'CustPymt', 'CustDep') AND NOT EXISTS (SELECT 1 FROM x_installment i WHERE i."transaction" = t.id)`;
const INSTALLMENT = `SELECT t.id AS document, i.line AS line, t.type AS type, 'installment' AS grain, 'paid' AS side, t.entity AS entity, t.x_araccount AS ar,
  i.amount AS total, i.unpaid AS open, i.duedate AS due, ${COMMON} FROM x_installment i JOIN "transaction" t ON t.id = i."transaction" WHERE 1 = 1`;
const JOURNAL_LINE = `SELECT t.id AS document, l.id AS line, t.type AS type, 'journalLine' AS grain,
  CASE WHEN l.foreignamountunpaid IS NULL THEN 'used' ELSE 'paid' END AS side, l.entity AS entity, l.x_account AS ar, abs(l.foreignamount) AS total,
  coalesce(l.foreignamountunpaid, l.foreignpaymentamountunused) AS open, NULL AS due, ${COMMON} FROM transactionline l JOIN "transaction" t ON t.id = l."transaction"
  WHERE (l.foreignamountunpaid IS NOT NULL OR l.foreignpaymentamountunused IS NOT NULL)`;

function itemOf(row: ItemRow): OpenItem {
  return {
    document: row.document, line: row.line, type: row.type, side: row.side, grain: row.grain, entity: row.entity, currency: row.currency,
    receivableAccount: row.ar, subsidiary: row.subsidiary, total: BigInt(row.total), open: BigInt(row.open), due: row.due,
    tranId: row.tranid, tranDate: row.trandate, posting: row.posting === 'T',
  };
}

/** Every open-item line of one document. */
export function itemsOf(account: Account, document: number): OpenItem[] {
  const rows = [
    ...account.book.all<ItemRow>(`${DOCUMENT} AND t.id = ?`, document),
    ...account.book.all<ItemRow>(`${INSTALLMENT} AND t.id = ? ORDER BY i.line`, document),
    ...account.book.all<ItemRow>(`${JOURNAL_LINE} AND t.id = ? ORDER BY l.id`, document),
  ];
  return rows.map(itemOf);
}

/** Open items of some customers, oldest first: what an "Accept Payment" page lists. */
export function openItemsOf(account: Account, customers: ReadonlySet<number>, side: OpenItem['side']): OpenItem[] {
  const rows = [...customers].flatMap((customer) => [
    ...account.book.all<ItemRow>(`${DOCUMENT} AND t.entity = ?`, customer),
    ...account.book.all<ItemRow>(`${INSTALLMENT} AND t.entity = ?`, customer),
    ...account.book.all<ItemRow>(`${JOURNAL_LINE} AND l.entity = ?`, customer),
  ]);
  return rows.map(itemOf)
    .filter((item) => item.side === side && item.open > 0n && item.posting && item.type !== 'CustDep' && item.type !== 'CustPymt')
    .sort((left, right) => left.tranDate.localeCompare(right.tranDate) || left.document - right.document || left.line - right.line);
}

/**
 * Moves `amount` between open and settled (negative gives back) on the document, its line and its accounting line.
 * The caller has checked that it fits; the invariants are checked again after the write, from the links alone.
 */
export function settle(account: Account, item: OpenItem, amount: bigint): void {
  const { book } = account;
  const [settled, open] = item.side === 'paid' ? ['foreignamountpaid', 'foreignamountunpaid'] : ['foreignpaymentamountused', 'foreignpaymentamountunused'];
  if (item.grain === 'journalLine') {
    book.run(`UPDATE transactionline SET ${settled} = ${settled} + ?, ${open} = ${open} - ? WHERE "transaction" = ? AND id = ?`, amount, amount, item.document, item.line);
  } else {
    book.run(`UPDATE "transaction" SET ${settled} = ${settled} + ?, ${open} = ${open} - ? WHERE id = ?`, amount, amount, item.document);
  }
  if (item.grain === 'installment') book.run('UPDATE x_installment SET unpaid = unpaid - ? WHERE "transaction" = ? AND line = ?', amount, item.document, item.line);
  settleBase(account, item);
  refreshStatus(account, item);
}

/** Accounting lines carry the same balance in the subsidiary's base currency. */
function settleBase(account: Account, item: OpenItem): void {
  const { book } = account;
  const header = book.one<{ rate: string; settled: number | null }>(
    'SELECT exchangerate AS rate, coalesce(foreignamountpaid, foreignpaymentamountused) AS settled FROM "transaction" WHERE id = ?', item.document,
  );
  const line = item.grain === 'journalLine'
    ? book.one<{ settled: number | null }>('SELECT coalesce(foreignamountpaid, foreignpaymentamountused) AS settled FROM transactionline WHERE "transaction" = ? AND id = ?', item.document, item.line)
    : undefined;
  const settled = toBase(BigInt(line?.settled ?? header?.settled ?? 0), header?.rate ?? '1');
  const where = `WHERE "transaction" = ? AND (amountunpaid IS NOT NULL OR paymentamountunused IS NOT NULL)${item.grain === 'journalLine' ? ' AND transactionline = ?' : ''}`;
  const keys = item.grain === 'journalLine' ? [item.document, item.line] : [item.document];
  const set = item.side === 'paid' ? 'amountpaid = ?, amountlinked = ?, amountunpaid = abs(amount) - ?' : 'paymentamountused = ?, amountlinked = ?, paymentamountunused = abs(amount) - ?';
  book.run(`UPDATE transactionaccountingline SET ${set} ${where}`, settled, settled, settled, ...keys);
}

/** A Open / B Paid In Full, Fully Applied; payments keep their own letters. Credits always count as modified, invoices only by preference. */
function refreshStatus(account: Account, item: OpenItem): void {
  const now = accountNow(account);
  if (item.type === 'CustInvc' || item.type === 'CustCred' || item.type === 'CustDep') {
    const open = item.type === 'CustInvc' ? 'foreignamountunpaid' : 'foreignpaymentamountunused';
    account.book.run(
      `UPDATE "transaction" SET status = CASE ${open} WHEN 0 THEN 'B' ELSE 'A' END, closedate = CASE WHEN ${open} = 0 AND type = 'CustInvc' THEN ? ELSE NULL END WHERE id = ?`,
      now.slice(0, 10), item.document,
    );
  }
  if (item.side === 'used' || account.settings.invoiceModifiedWhenPaid) touch(account, item.document);
}

export function touch(account: Account, document: number): void {
  account.book.run('UPDATE "transaction" SET lastmodifieddate = ? WHERE id = ?', accountNow(account), document);
}

export interface Application {
  readonly source: { readonly document: number; readonly line: number; readonly type: TransactionType };
  readonly target: OpenItem;
  readonly amount: bigint;
  readonly via?: number;
}

/** Records that `source` settles `target`: the link and the target's balance. The source's own balance is settled by the caller. */
export function link(account: Account, application: Application): void {
  insertLink(account.book, {
    previous: application.target.document, previousLine: application.target.line, previousType: application.target.type,
    next: application.source.document, nextLine: application.source.line, nextType: application.source.type,
    linkType: application.source.type === 'DepAppl' && application.target.type === 'CustDep' ? 'DepAppl' : 'Payment',
    amount: application.amount, appliedOn: accountNow(account).slice(0, 10), ...(application.via === undefined ? {} : { via: application.via }),
  });
  settle(account, application.target, application.amount);
}

export interface AppliedLine {
  readonly document: number;
  readonly line: number;
  readonly amount: bigint;
  readonly appliedOn: string;
}

interface AppliedRow { document: number; line: number; amount: number; applied_on: string }

/** What a document settles, one entry per settled item: the rows of a line pair are added up. */
export function appliedBy(account: Account, document: number, includeVia = false): AppliedLine[] {
  const rows = account.book.all<AppliedRow>(
    `SELECT previousdoc AS document, previousline AS line, sum(foreignamount) AS amount, max(x_applied_on) AS applied_on FROM transactionlink
     WHERE (nextdoc = ?${includeVia ? ' OR x_via = ?' : ''}) AND previoustype <> 'CustDep' GROUP BY previousdoc, previousline HAVING sum(foreignamount) <> 0 ORDER BY min(rowid)`,
    ...(includeVia ? [document, document] : [document]),
  );
  return rows.map((row) => ({ document: row.document, line: row.line, amount: BigInt(row.amount), appliedOn: row.applied_on }));
}

/** Credits that were ticked on a payment: the lines of its `credit` sublist. */
export function creditsVia(account: Account, payment: number): AppliedLine[] {
  const rows = account.book.all<AppliedRow & { type: TransactionType }>(
    `SELECT nextdoc AS document, CASE nexttype WHEN 'Journal' THEN nextline ELSE 0 END AS line, sum(foreignamount) AS amount, max(x_applied_on) AS applied_on
     FROM transactionlink WHERE x_via = ? GROUP BY 1, 2 ORDER BY min(rowid)`, payment,
  );
  return rows.map((row) => ({ document: row.document, line: row.line, amount: BigInt(row.amount), appliedOn: row.applied_on }));
}
