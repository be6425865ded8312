import type { EntityName } from '#canonical';
import type { Checkpoint, Context, EntityReader, Page, SourceRecord } from '#connector-kit';
import { wallStart } from '../account-clock.js';
import { netsuiteSettings, type NetSuiteSettings } from '../settings.js';
import { asPayload, momentLiteral, type Row } from '../suiteql.js';
import { checkpointOf, stateOf, type ReadState } from './checkpoint.js';
import { deletedPages } from './deletions.js';
import { rowsByIds, walkById, walkIds } from './id-walk.js';
import type { Source } from './sources.js';
import { accountZone } from './time-zone.js';

/** What a page of rows becomes. The plain case is one record a row; payments and credit memos bring their applications along. */
export type Enrich = (context: Context, rows: readonly Row[]) => Promise<Pick<Page, 'records' | 'touched'>>;

export interface ReaderParts {
  readonly source: Source;
  /** Watched for changes in place of `source`, where more than the records themselves can change them. */
  readonly watched?: Source;
  readonly enrich: Enrich;
}

type IdReader = EntityReader & Required<Pick<EntityReader, 'byIds' | 'ids'>>;

/** A reader of records that carry a last-change moment. */
export function changingReader(parts: ReaderParts): IdReader {
  const { source, enrich } = parts;
  return {
    changes: (context, from) => changesOf(parts, context, from),
    byIds: (context, externalIds) => plainPages(context, enrich, rowsByIds(context, source, externalIds, netsuiteSettings(context).pageSize)),
    ids: (context) => walkIds(context, source, netsuiteSettings(context).pageSize),
  };
}

/** A reader of documents that are open until they are settled. `open` is the condition for that. */
export function openItemReader(parts: ReaderParts, open: string): IdReader & Required<Pick<EntityReader, 'openItems'>> {
  return { ...changingReader(parts), openItems: (context) => plainPages(context, parts.enrich, openRows(parts.source, open, context)) };
}

/** A reader of short lists without a last-change moment: every run reads the whole list. */
export function listReader(source: Source, enrich: Enrich = plainly): IdReader {
  return {
    changes: (context, from) => listPages(source, enrich, context, from),
    byIds: (context, externalIds) => plainPages(context, enrich, rowsByIds(context, source, externalIds, netsuiteSettings(context).pageSize)),
    ids: (context) => walkIds(context, source, netsuiteSettings(context).pageSize),
  };
}

/** One record a row, unchanged. */
export const plainly: Enrich = (_context, rows) => Promise.resolve({ records: rows.map(recordOf) });

export function recordOf(row: Row): SourceRecord {
  return { externalId: row['id'] ?? '', revision: row['modified'] ?? '', deleted: false, payload: asPayload(row) };
}

/**
 * Windows of change, one or two a run: an interrupted one is finished first. A window reaches back by the overlap, so that a row
 * which committed late with an old timestamp is still seen; the cursor moves only when the whole window is read.
 */
async function* changesOf(parts: ReaderParts, context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const settings = netsuiteSettings(context);
  let state = from === null ? openWindow(null, context, settings) : stateOf(from);
  const interrupted = from !== null && state.at !== 'rest';
  if (state.at === 'rest') state = openWindow(state.cursor, context, settings);
  yield* windowPages(parts, context, state);
  if (interrupted && state.at !== 'rest') yield* windowPages(parts, context, openWindow(state.until, context, settings));
}

async function* windowPages(parts: ReaderParts, context: Context, state: ReadState): AsyncGenerator<Page> {
  if (state.at === 'rest') return;
  if (state.at === 'rows') yield* rowPages(parts, context, state);
  if (state.since === null || !tellsDeletions(context, parts.source.entity)) return;
  const lastId = state.at === 'deletions' ? state.lastId : '';
  yield* deletedPages(context, parts.source, { since: state.since, until: state.until, lastId });
}

async function* rowPages(parts: ReaderParts, context: Context, window: Extract<ReadState, { at: 'rows' }>): AsyncGenerator<Page> {
  const source = parts.watched ?? parts.source;
  const { since, until } = window;
  const conditions = await windowConditions(context, source, since);
  const walk = walkById(context, source, conditions, { after: window.lastId, large: since === null, pageSize: netsuiteSettings(context).pageSize });
  for await (const page of walk) {
    const enriched = page.rows.length === 0 ? { records: [] } : await parts.enrich(context, page.rows);
    yield { ...enriched, checkpoint: checkpointOf(page.done ? afterRows(parts, context, since, until) : { at: 'rows', since, until, lastId: page.lastId }) };
  }
}

/** A first full read owes no deletions: what was deleted before was never seen. */
function afterRows(parts: ReaderParts, context: Context, since: string | null, until: string): ReadState {
  return since !== null && tellsDeletions(context, parts.source.entity) ? { at: 'deletions', since, until, lastId: '' } : { at: 'rest', cursor: until };
}

function tellsDeletions(context: Context, entity: EntityName): boolean {
  return context.probe?.capabilities.read[entity]?.deletions === 'tombstone';
}

/** A window ends, for the next cursor, at the moment it is opened: what changes while it is read belongs to the next one too. */
function openWindow(cursor: string | null, context: Context, settings: NetSuiteSettings): ReadState {
  const nowMs = Math.floor(context.now().getTime() / 1000) * 1000 - settings.safetySeconds * 1000;
  if (cursor === null) return { at: 'rows', since: null, until: new Date(nowMs).toISOString(), lastId: '' };
  const cursorMs = Date.parse(cursor);
  const since = new Date(cursorMs - settings.overlapSeconds * 1000).toISOString();
  // Our clock may have been set back since: a window never ends before the cursor it started from.
  return { at: 'rows', since, until: new Date(Math.max(nowMs, cursorMs)).toISOString(), lastId: '' };
}

/** There is no upper bound: a row beyond the present, by a clock of ours that is slow, is better read now and again than late. */
async function windowConditions(context: Context, { modified }: Source, since: string | null): Promise<string[]> {
  if (modified === null || since === null) return [];
  return [`${modified} >= ${momentLiteral(wallStart(new Date(since), await accountZone(context)))}`];
}

async function* listPages(source: Source, enrich: Enrich, context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const state = from === null ? null : stateOf(from);
  const until = new Date(Math.floor(context.now().getTime() / 1000) * 1000).toISOString();
  const after = state?.at === 'rows' ? state.lastId : '';
  for await (const page of walkById(context, source, [], { after, large: false, pageSize: netsuiteSettings(context).pageSize })) {
    const { records } = await enrich(context, page.rows);
    yield { records, checkpoint: checkpointOf(page.done ? { at: 'rest', cursor: until } : { at: 'rows', since: null, until, lastId: page.lastId }) };
  }
}

async function* openRows(source: Source, open: string, context: Context): AsyncGenerator<readonly Row[]> {
  for await (const page of walkById(context, source, [open], { after: '', large: true, pageSize: netsuiteSettings(context).pageSize })) yield page.rows;
}

/** Pages outside the change order. Their checkpoint says only how far they got; it starts nothing. */
async function* plainPages(context: Context, enrich: Enrich, source: AsyncIterable<readonly Row[]>): AsyncGenerator<Page> {
  const until = context.now().toISOString();
  for await (const rows of source) {
    if (rows.length === 0) continue;
    const enriched = await enrich(context, rows);
    yield { ...enriched, checkpoint: checkpointOf({ at: 'rows', since: null, until, lastId: rows.at(-1)?.['id'] ?? '' }) };
  }
}
