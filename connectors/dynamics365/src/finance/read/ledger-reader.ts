import { addDays, localDateOfInstant } from '#canonical';
import { ConnectorError, type Checkpoint, type Context, type EntityReader, type Page } from '#connector-kit';
import { listAddress, listPage } from '../service.js';
import { financeSettings } from '../settings.js';
import { allOf, companyOf, externalIdOf, field, noonOf, type Row } from '../words.js';
import { columnsOf } from './columns.js';
import { ledgerCheckpoint, ledgerState, type LedgerState } from './checkpoint.js';
import { KIND_FILTERS, type LedgerKind } from './kinds.js';
import { LEDGER_COLUMNS, LEDGER_ENTITY, ledgerRecords, OPEN_ENTITY, OPEN_ROWS, transactionsByIds } from './ledger.js';
import { companiesFilter } from './lists.js';
import { SETTLEMENT_COLUMNS, SETTLEMENT_ENTITY } from './settlements.js';

/**
 * A reader of one kind of customer transaction. No column says when a transaction changed (reference 3.4), so a run reads two things: new ones,
 * by record id and by the last days; and those whose balance moved, by the settlements created since. What neither shows (a due date that
 * was edited) comes with the sweep of open items.
 */
export function ledgerReader(kind: LedgerKind): EntityReader & Required<Pick<EntityReader, 'byIds' | 'ids' | 'openItems'>> {
  return {
    changes: (context, from) => changesOf(kind, context, from),
    byIds: (context, externalIds) => pagesByIds(kind, context, externalIds),
    openItems: (context) => openPages(kind, context),
    ids: (context) => idsOf(kind, context),
  };
}

/** A transaction that is new and settled shows in both halves of a run; what was told already in the same state is left out. */
async function* changesOf(kind: LedgerKind, context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const told = new Set<string>();
  for await (const page of statesOf(kind, context, from)) {
    const records = page.records.filter(({ externalId, revision }) => !told.has(`${externalId}@${revision}`));
    for (const { externalId, revision } of records) told.add(`${externalId}@${revision}`);
    yield { ...page, records };
  }
}

async function* statesOf(kind: LedgerKind, context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const state = from === null ? firstRead(context) : ledgerState(from);
  const begun = state.at === 'rest' ? nextRead(context, state) : state;
  if (begun.at === 'rows') yield* rowPages(kind, context, begun);
  else if (begun.at === 'settlements') yield* settlementPages(kind, context, begun);
}

function firstRead(context: Context): LedgerState {
  return { at: 'rows', cursor: '', highWater: '0', last: '0', max: '0', until: context.now().toISOString() };
}

/** A run ends, for the next cursor, at the moment it begins: what is settled while it reads belongs to the next one too. */
function nextRead(context: Context, { cursor, highWater }: Extract<LedgerState, { at: 'rest' }>): LedgerState {
  const now = context.now().toISOString();
  // Our clock may have been set back since: the cursor never falls.
  return { at: 'rows', cursor, highWater, last: '0', max: highWater, until: now > cursor ? now : cursor };
}

async function* rowPages(kind: LedgerKind, context: Context, state: Extract<LedgerState, { at: 'rows' }>): AsyncGenerator<Page> {
  const { cursor, until } = state;
  let { max } = state;
  let settled: Extract<LedgerState, { at: 'settlements' }> | null = null;
  for await (const page of walkById(context, { entity: LEDGER_ENTITY, key: 'SysRecId', select: columnsOf(context, LEDGER_ENTITY, LEDGER_COLUMNS), expand: OPEN_ROWS }, newRows(kind, context, state), state.last)) {
    max = greater(max, page.last);
    settled = { at: 'settlements', cursor, max, last: '0', until };
    const after: LedgerState = !page.done ? { ...state, last: page.last, max } : cursor === '' ? { at: 'rest', cursor: until, highWater: max } : settled;
    yield { records: await ledgerRecords(context, page.rows), checkpoint: ledgerCheckpoint(after) };
  }
  // A first read owes no settlements: it has just read what they left open.
  if (cursor !== '' && settled !== null) yield* settlementPages(kind, context, settled);
}

/** New by id, or of the last days: ids are handed out in blocks, so a younger transaction may have a lower one (reference 3.7). */
function newRows(kind: LedgerKind, context: Context, { cursor, highWater }: Extract<LedgerState, { at: 'rows' }>): string | null {
  const { transactionWindowDays, timeZone } = financeSettings(context);
  const since = cursor === '' ? null : addDays(localDateOfInstant(new Date(cursor), timeZone), -transactionWindowDays);
  return allOf([companiesFilter(context, 'dataAreaId'), KIND_FILTERS[kind], since === null ? null : `(SysRecId gt ${highWater} or TransDate ge ${noonOf(since)})`]);
}

async function* settlementPages(kind: LedgerKind, context: Context, state: Extract<LedgerState, { at: 'settlements' }>): AsyncGenerator<Page> {
  const { until, max } = state;
  const since = new Date(Date.parse(state.cursor) - financeSettings(context).overlapSeconds * 1000);
  // Settlements name companies of their own; which transactions are ours is decided when those are read.
  const filter = `CreatedOn ge ${since.toISOString().replace(/\.\d+Z$/, 'Z')}`;
  for await (const page of walkById(context, { entity: SETTLEMENT_ENTITY, key: 'SourceKey', select: SETTLEMENT_COLUMNS }, filter, state.last)) {
    const rows = await transactionsByIds(context, page.rows.flatMap(bothSides), kind);
    const after: LedgerState = page.done ? { at: 'rest', cursor: until, highWater: max } : { ...state, last: page.last };
    yield { records: await ledgerRecords(context, rows), checkpoint: ledgerCheckpoint(after) };
  }
}

function bothSides(row: Row): readonly string[] {
  return [
    externalIdOf(companyOf(row, 'TransCompany') || companyOf(row), field(row, 'TransRecId')),
    externalIdOf(companyOf(row, 'OffsetCompany') || companyOf(row), field(row, 'OffsetRecid')),
  ];
}

async function* pagesByIds(kind: LedgerKind, context: Context, externalIds: readonly string[]): AsyncGenerator<Page> {
  const { pageSize } = financeSettings(context);
  const rows = await transactionsByIds(context, externalIds, kind);
  for (let start = 0; start < rows.length; start += pageSize) yield await sidePage(context, rows.slice(start, start + pageSize));
}

/** Everything open, by its open rows; those of the other sign are none of this kind. */
async function* openPages(kind: LedgerKind, context: Context): AsyncGenerator<Page> {
  const filter = allOf([companiesFilter(context, 'dataAreaId'), `AmountCur ${kind === 'invoice' ? 'gt' : 'lt'} 0`]);
  const seen = new Set<string>();
  for await (const page of walkById(context, { entity: OPEN_ENTITY, key: 'SysRecId', select: ['dataAreaId', 'SysRecId', 'RefRecId'] }, filter, '0')) {
    const ids = page.rows.map((row) => externalIdOf(companyOf(row), field(row, 'RefRecId'))).filter((id) => !seen.has(id));
    for (const id of ids) seen.add(id);
    const rows = await transactionsByIds(context, ids, kind);
    if (rows.length > 0) yield await sidePage(context, rows);
  }
}

/** A page outside the change order; its checkpoint starts nothing. */
async function sidePage(context: Context, rows: readonly Row[]): Promise<Page> {
  return { records: await ledgerRecords(context, rows), checkpoint: ledgerCheckpoint({ at: 'rest', cursor: context.now().toISOString(), highWater: '0' }) };
}

async function* idsOf(kind: LedgerKind, context: Context): AsyncGenerator<readonly string[]> {
  const filter = allOf([companiesFilter(context, 'dataAreaId'), KIND_FILTERS[kind]]);
  for await (const page of walkById(context, { entity: LEDGER_ENTITY, key: 'SysRecId', select: ['dataAreaId', 'SysRecId'] }, filter, '0')) {
    if (page.rows.length > 0) yield page.rows.map((row) => externalIdOf(companyOf(row), field(row, 'SysRecId')));
  }
}

interface WalkedEntity {
  readonly entity: string;
  /** Its Int64 key. */
  readonly key: string;
  readonly select: readonly string[];
  readonly expand?: string;
}

/** Times a page that brings nothing beyond the last id is asked for again before the walk gives up. */
const REPEATS_MAX = 3;

/**
 * Rows in ascending id order, always the first page of what is left: offsets shift when rows change meanwhile, ids do not.
 * The last page says it is done, also when it is empty.
 */
export async function* walkById(
  context: Context, { entity, key, select, expand }: WalkedEntity, filter: string | null, after: string,
): AsyncGenerator<{ readonly rows: readonly Row[]; readonly last: string; readonly done: boolean }> {
  const { pageSize } = financeSettings(context);
  let last = after;
  for (let repeats = 0; repeats <= REPEATS_MAX;) {
    const at = listAddress({ entity, filter: allOf([filter, `${key} gt ${last}`]), select, order: [key], top: pageSize, ...(expand === undefined ? {} : { expand }) });
    const page = await listPage(context, at, entity);
    const rows = page.rows.filter((row) => isAfter(field(row, key), last, entity));
    repeats = page.rows.length > 0 && rows.length === 0 ? repeats + 1 : 0;
    if (repeats > 0) continue;
    last = rows.reduce((max, row) => greater(max, field(row, key)), last);
    // A service that gives fewer rows than asked for says so by a link; there is more either way.
    const done = page.rows.length < pageSize && page.nextLink === null;
    yield { rows, last, done };
    if (done) return;
  }
  throw new ConnectorError(`Finance repeats the page of ${entity} after ${key} ${last}`, { kind: 'transient' });
}

/** @throws ConnectorError `transient` for a row without the number that the walk goes by: the answer is not what was promised. */
function isAfter(id: string, last: string, entity: string): boolean {
  if (!/^\d{1,19}$/.test(id)) throw new ConnectorError(`Finance: a row of ${entity} has no record id`, { kind: 'transient' });
  return BigInt(id) > BigInt(last);
}

function greater(left: string, right: string): string {
  return BigInt(left) >= BigInt(right) ? left : right;
}
