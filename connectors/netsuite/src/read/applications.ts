import type { JsonObject } from '#canonical';
import type { Context, Page, SourceRecord } from '#connector-kit';
import { netsuiteSettings } from '../settings.js';
import { idList, queryAll, slices, type Row } from '../suiteql.js';
import { recordOf, type Enrich } from './changes.js';
import { rowsByIds } from './id-walk.js';
import { PAYMENTS } from './sources.js';

/** One share of a payment or credit that settles an invoice, as the link tables state it. */
export interface Application {
  /** The payment, credit memo or deposit it comes from. */
  readonly source: string;
  readonly invoice: string;
  /** Line of the invoice; kept only in accounts with instalments, where it names the instalment. */
  readonly line: string | null;
  readonly amount: string;
}

/** Ids in one link query: their links fit below the row limit with room to spare. */
const LINK_IDS_MAX = 500;

/**
 * What the given documents settle. NetSuite keeps one link row per pair of lines, so rows are summed per pair of documents:
 * a plain join was measured at three times the truth (reference A3).
 */
export async function applicationsOf(context: Context, ids: readonly string[]): Promise<readonly Application[]> {
  const line = netsuiteSettings(context).instalments ? ', l.previousline' : '';
  const found: Application[] = [];
  for (const slice of slices(ids, LINK_IDS_MAX)) {
    const rows = await queryAll(context, `SELECT l.nextdoc, l.previousdoc${line}, SUM(l.foreignamount) AS applied FROM NextTransactionLineLink l `
      + `JOIN transaction p ON p.id = l.previousdoc WHERE p.type = 'CustInvc' AND l.nextdoc IN (${idList(slice)}) `
      + `GROUP BY l.nextdoc, l.previousdoc${line} ORDER BY l.nextdoc, l.previousdoc${line}`);
    found.push(...rows.map(applicationOf).filter((application) => /[1-9]/.test(application.amount)));
  }
  return found;
}

function applicationOf(row: Row): Application {
  return {
    source: row['nextdoc'] ?? '', invoice: row['previousdoc'] ?? '', line: row['previousline'] ?? null, amount: (row['applied'] ?? '0').replace(/^-/, ''),
  };
}

/** Application documents of deposits (`DepAppl`) and the deposit each takes from. */
async function depositApplications(context: Context, side: 'nextdoc' | 'previousdoc', ids: readonly string[]): Promise<readonly { readonly application: string; readonly deposit: string; readonly modified: string }[]> {
  const found: { application: string; deposit: string; modified: string }[] = [];
  for (const slice of slices(ids, LINK_IDS_MAX)) {
    const rows = await queryAll(context, 'SELECT DISTINCT l.nextdoc, l.previousdoc, TO_CHAR(n.lastmodifieddate,\'YYYY-MM-DD HH24:MI:SS\') AS modified '
      + 'FROM NextTransactionLineLink l JOIN transaction n ON n.id = l.nextdoc JOIN transaction p ON p.id = l.previousdoc '
      + `WHERE n.type = 'DepAppl' AND p.type = 'CustDep' AND l.${side} IN (${idList(slice)}) ORDER BY l.nextdoc, l.previousdoc`);
    found.push(...rows.map((row) => ({ application: row['nextdoc'] ?? '', deposit: row['previousdoc'] ?? '', modified: row['modified'] ?? '' })));
  }
  return found;
}

/** Credit memos with what they settle. */
export const withApplications: Enrich = async (context, rows) => {
  const applications = groupBySource(await applicationsOf(context, rows.map(idOf)));
  return settled(rows.map((row) => withOwn(recordOf(row), applications.get(idOf(row)) ?? [])));
};

/**
 * Payments and deposits with what they settle. A deposit settles through application documents of its own: a changed one
 * brings its deposit again, and a deposit's revision is the youngest of its own and theirs.
 */
export const withDepositsFolded: Enrich = async (context, rows) => {
  const changedApplications = rows.filter((row) => row['type'] === 'DepAppl').map(idOf);
  const documents = rows.filter((row) => row['type'] !== 'DepAppl');
  const known = new Set(documents.map(idOf));
  const depositIds = new Set((await depositApplications(context, 'nextdoc', changedApplications)).map((entry) => entry.deposit).filter((id) => !known.has(id)));
  for await (const more of rowsByIds(context, PAYMENTS, [...depositIds], netsuiteSettings(context).pageSize)) documents.push(...more);
  const deposits = documents.filter((row) => row['type'] === 'CustDep').map(idOf);
  const through = await depositApplications(context, 'previousdoc', deposits);
  const depositOf = new Map(through.map((entry) => [entry.application, entry.deposit]));
  const payments = documents.filter((row) => row['type'] !== 'CustDep').map(idOf);
  const found = await applicationsOf(context, [...payments, ...depositOf.keys()]);
  const applications = groupBySource(found.map((entry) => ({ ...entry, source: depositOf.get(entry.source) ?? entry.source })));
  const youngest = new Map<string, string>();
  for (const { deposit, modified } of through) if (modified > (youngest.get(deposit) ?? '')) youngest.set(deposit, modified);
  return settled(documents.map((row) => {
    const record = withOwn(recordOf(row), applications.get(idOf(row)) ?? []);
    const later = youngest.get(record.externalId) ?? '';
    return later > record.revision ? { ...record, revision: later } : record;
  }));
};

function settled(records: readonly (SourceRecord & { readonly invoices: readonly string[] })[]): Pick<Page, 'records' | 'touched'> {
  const invoices = [...new Set(records.flatMap((record) => record.invoices))];
  const plain = records.map(({ invoices: _invoices, ...record }): SourceRecord => record);
  return invoices.length === 0 ? { records: plain } : { records: plain, touched: { invoice: invoices } };
}

/** The list is put into the row that was just parsed and belongs to nobody else, so nothing is copied. */
function withOwn(record: SourceRecord, applications: readonly Application[]): SourceRecord & { readonly invoices: readonly string[] } {
  const shares = applications.map(({ invoice, line, amount }) => ({ invoice, amount, ...(line === null ? {} : { line }) }));
  (record.payload as { applications?: readonly JsonObject[] }).applications = shares;
  return { ...record, invoices: applications.map((application) => application.invoice) };
}

function groupBySource(applications: readonly Application[]): ReadonlyMap<string, readonly Application[]> {
  const groups = new Map<string, Application[]>();
  for (const application of applications) {
    const group = groups.get(application.source);
    if (group === undefined) groups.set(application.source, [application]);
    else group.push(application);
  }
  return groups;
}

function idOf(row: Row): string {
  return row['id'] ?? '';
}
