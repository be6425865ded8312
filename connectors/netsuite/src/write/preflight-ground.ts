import type { PlannedStep } from '#canonical';
import type { Context } from '#connector-kit';
import type { Application } from '../read/applications.js';
import { hasSubsidiaries } from '../read/readers.js';
import { dayLiteral, idList, isTableInvisible, queryAll, slices, type Row } from '../suiteql.js';
import { applicationsBySource, isId, transactionsById } from './books.js';
import { applicationLines, appliedIds, CREDIT_MEMO, journalLines, referenceId, targetId, textOf, unappliedShare } from './words.js';

/** Everything the steps touch, as NetSuite has it now. */
export interface Ground {
  readonly transactions: ReadonlyMap<string, Row>;
  /** Subsidiary of a document; empty outside OneWorld. */
  readonly subsidiaries: ReadonlyMap<string, string>;
  /** Parent of a customer. */
  readonly parents: ReadonlyMap<string, string>;
  readonly accounts: ReadonlyMap<string, Row>;
  /** Posting periods around the days in question; null when the role does not see them. */
  readonly periods: readonly Row[] | null;
  /** What the credits of the plan settle already, and the payments it counters. */
  readonly applications: ReadonlyMap<string, readonly Application[]>;
}

/** At most seven queries, however many steps there are. */
export async function gatherGround(context: Context, steps: readonly PlannedStep[]): Promise<Ground> {
  const targets = steps.flatMap((step) => targetId(step) ?? unappliedShare(step.body)?.paymentId ?? []);
  const documents = steps.flatMap((step) => [...appliedIds(step.body), ...applicationLines(step.body, 'credit').flatMap((line) => line.documentId ?? [])]);
  const transactions = await transactionsById(context, [...new Set([...targets, ...documents])]);
  const payers = steps.flatMap((step) => referenceId(step.body, 'customer') ?? []);
  const owners = [...transactions.values()].flatMap((row) => row['entity'] ?? []);
  const days = steps.flatMap((step) => (step.action === 'create' ? textOf(step.body['tranDate']) : transactions.get(targetId(step) ?? '')?.['trandate']) ?? []);
  const credits = steps.flatMap((step) => unappliedShare(step.body)?.paymentId ?? (step.recordType === CREDIT_MEMO && step.operation === 'apply' ? targetId(step) : null) ?? []);
  return {
    transactions,
    subsidiaries: await subsidiariesOf(context, documents),
    parents: new Set([...payers, ...owners]).size > 1 ? await parentsOf(context, [...payers, ...owners]) : new Map(),
    accounts: await accountsOf(context, steps),
    periods: await periodsOf(context, days),
    applications: credits.length === 0 ? new Map() : await applicationsBySource(context, credits),
  };
}

async function subsidiariesOf(context: Context, documents: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = unique(documents);
  if (ids.length === 0 || !await hasSubsidiaries(context)) return new Map();
  const rows = await allRows(context, ids, (list) => `SELECT tl.transaction, tl.subsidiary FROM transactionline tl WHERE tl.mainline = 'T' AND tl.transaction IN (${list}) ORDER BY tl.transaction`);
  return new Map(rows.map((row) => [row['transaction'] ?? '', row['subsidiary'] ?? '']));
}

async function parentsOf(context: Context, customers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await allRows(context, unique(customers), (list) => `SELECT c.id, c.parent FROM customer c WHERE c.id IN (${list}) ORDER BY c.id`);
  return new Map(rows.flatMap((row): [string, string][] => (row['parent'] === undefined ? [] : [[row['id'] ?? '', row['parent']]])));
}

async function accountsOf(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, Row>> {
  const named = steps.flatMap((step) => [
    ...journalLines(step.body).map((line) => line.accountId), ...['account', 'arAcct'].flatMap((name) => referenceId(step.body, name) ?? []),
  ]);
  const rows = await allRows(context, unique(named), (list) => `SELECT a.id, a.isinactive FROM account a WHERE a.id IN (${list}) ORDER BY a.id`);
  return new Map(rows.map((row) => [row['id'] ?? '', row]));
}

/** Months only: a quarter or a year holds the same days and is never closed alone. */
async function periodsOf(context: Context, days: readonly string[]): Promise<readonly Row[] | null> {
  const [first, last] = [days.toSorted()[0], days.toSorted().at(-1)];
  if (first === undefined || last === undefined) return [];
  try {
    return await queryAll(context, 'SELECT p.id, p.periodname, p.closed, p.arlocked, p.alllocked, p.allownonglchanges, TO_CHAR(p.startdate,\'YYYY-MM-DD\') AS startdate, TO_CHAR(p.enddate,\'YYYY-MM-DD\') AS enddate '
      + `FROM accountingperiod p WHERE p.isquarter = 'F' AND p.isyear = 'F' AND p.isadjust = 'F' AND p.startdate <= ${dayLiteral(last)} AND p.enddate >= ${dayLiteral(first)} ORDER BY p.id`);
  } catch (error) {
    // The probe names the missing permission; a closed period is then found out when NetSuite refuses.
    if (isTableInvisible(error)) return null;
    throw error;
  }
}

async function allRows(context: Context, ids: readonly string[], sql: (list: string) => string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const slice of slices(ids)) rows.push(...await queryAll(context, sql(idList(slice))));
  return rows;
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].filter(isId);
}
