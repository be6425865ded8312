import { ConnectorError, type Checkpoint, type Context, type EntityReader, type Page, type SourceRecord } from '#connector-kit';
import { listAddress, listPage, rowsOf, type ListQuery } from '../service.js';
import { allOf, anyOf, field, PAIRS_MAX, slices, type Row } from '../words.js';
import { listCheckpoint, listState } from './checkpoint.js';
import { columnsOf } from './columns.js';

/** A short list without change dates: every run reads it whole. */
export interface ListSource {
  readonly entity: string;
  readonly select: readonly string[];
  /** Columns of the key; lists are ordered by them, or pages would overlap. */
  readonly key: readonly string[];
  /** What this connection may see of it. */
  filter(context: Context): string | null;
  externalId(row: Row): string;
  /** Columns {@link externalId} needs, where they are not the key: several rows may then name one record, and the first of them counts. */
  readonly idColumns?: readonly string[];
  /** The condition that finds one record; null for an id that can be none of this list. */
  condition(externalId: string): string | null;
  /** What a page of rows becomes. */
  records(context: Context, rows: readonly Row[]): Promise<readonly SourceRecord[]>;
}

type ListReader = EntityReader & Required<Pick<EntityReader, 'byIds' | 'ids'>>;

export function listReader(source: ListSource): ListReader {
  return {
    changes: (context, from) => changesOf(source, context, from),
    byIds: (context, externalIds) => pagesByIds(source, context, externalIds),
    ids: (context) => idsOf(source, context),
  };
}

async function* changesOf(source: ListSource, context: Context, from: Checkpoint | null): AsyncGenerator<Page> {
  const state = from === null ? null : listState(from);
  const first = state?.at === 'list' ? state.link : listAddress(queryOf(source, context));
  for await (const { rows, nextLink } of walkRecords(source, context, first)) {
    yield { records: await source.records(context, rows), checkpoint: listCheckpoint(nextLink === null ? { at: 'rest' } : stateBefore(nextLink)) };
  }
}

/** A checkpoint has 4 KiB; from a longer link the list is begun again. */
const LINK_LENGTH_MAX = 3_500;

function stateBefore(link: string): ReturnType<typeof listState> {
  return link.length > LINK_LENGTH_MAX ? { at: 'rest' } : { at: 'list', link };
}

/** Times a page that was read already is asked for again before the read fails. */
const REPEATS_MAX = 3;

/**
 * Follows `@odata.nextLink` verbatim. Under change a list by offset repeats rows (reference 3.1), and a service may give one page twice:
 * what was seen in this walk is left out, and a page without anything new is asked for again.
 */
async function* walkLinks(source: ListSource, context: Context, first: string): AsyncGenerator<{ readonly rows: readonly Row[]; readonly nextLink: string | null }> {
  const keyOf = (row: Row): string => source.key.map((column) => field(row, column)).join('/');
  const seen = new Set<string>();
  let repeats = 0;
  for (let next: string | null = first; next !== null;) {
    const page = await listPage(context, next, source.entity);
    const rows = page.rows.filter((row) => !seen.has(keyOf(row)));
    repeats = page.rows.length > 0 && rows.length === 0 ? repeats + 1 : 0;
    if (repeats > REPEATS_MAX) throw new ConnectorError(`Finance repeats a page of ${source.entity}`, { kind: 'transient' });
    if (repeats > 0) continue;
    for (const row of rows) seen.add(keyOf(row));
    next = page.nextLink;
    yield { rows, nextLink: next };
  }
}

/** The same, without rows of a record that was told already. */
async function* walkRecords(source: ListSource, context: Context, first: string): ReturnType<typeof walkLinks> {
  const told = new Set<string>();
  for await (const page of walkLinks(source, context, first)) yield { ...page, rows: untold(source, page.rows, told) };
}

function untold(source: ListSource, rows: readonly Row[], told: Set<string>): readonly Row[] {
  return rows.filter((row) => {
    const known = told.has(source.externalId(row));
    told.add(source.externalId(row));
    return !known;
  });
}

async function* pagesByIds(source: ListSource, context: Context, externalIds: readonly string[]): AsyncGenerator<Page> {
  const conditions = [...new Set(externalIds)].map((id) => source.condition(id)).filter((condition) => condition !== null);
  for (const slice of slices(conditions, PAIRS_MAX)) {
    const rows = await rowsOf(context, { ...queryOf(source, context), filter: allOf([source.filter(context), anyOf(slice)]) });
    yield { records: await source.records(context, untold(source, rows, new Set())), checkpoint: listCheckpoint({ at: 'rest' }) };
  }
}

async function* idsOf(source: ListSource, context: Context): AsyncGenerator<readonly string[]> {
  const query = { ...queryOf(source, context), select: [...new Set([...source.key, ...source.idColumns ?? []])] };
  for await (const { rows } of walkRecords(source, context, listAddress(query))) {
    if (rows.length > 0) yield rows.map((row) => source.externalId(row));
  }
}

function queryOf(source: ListSource, context: Context): ListQuery {
  return { entity: source.entity, filter: source.filter(context), select: columnsOf(context, source.entity, source.select), order: source.key };
}
