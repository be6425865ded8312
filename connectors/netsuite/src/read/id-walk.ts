import { ConnectorError, type Context } from '#connector-kit';
import { idLiteral, QUERY_ROWS_MAX, queryAll, type Row } from '../suiteql.js';
import { selectPage, whereText } from './select.js';
import type { Source } from './sources.js';

/** A page of rows in ascending id order, and the last id it covers. */
export interface WalkedPage {
  readonly rows: readonly Row[];
  readonly lastId: string;
  readonly done: boolean;
}

/** Times a page that brings nothing beyond the last id is asked for again before the walk gives up. */
const REPEATS_MAX = 3;

/**
 * Walks a source by id: `id > last ORDER BY id`, always the first page, so records that change meanwhile cannot shift a page.
 * No query may match more than {@link QUERY_ROWS_MAX} rows. Ids are unique, so a span of that many ids cannot hold more:
 * once a query counts too many (or from the start, for a `large` walk) it is bounded to a span, and gaps are jumped by MIN(id).
 * A window of time could not be split that way: a mass update stamps a million rows with one second.
 */
export async function* walkById(
  context: Context, source: Source, conditions: readonly string[], options: { readonly after: string; readonly large: boolean; readonly pageSize: number },
): AsyncGenerator<WalkedPage> {
  const walk: Walk = { context, source, conditions, pageSize: options.pageSize, last: options.after === '' ? null : options.after };
  if (!options.large && (yield* walkStretch(walk, null)) === 'ended') return;
  for (;;) {
    const start = await nextId(walk);
    if (start === null) return yield { rows: [], lastId: walk.last ?? '', done: true };
    const upTo = String(BigInt(start) + BigInt(QUERY_ROWS_MAX) - 1n);
    yield* walkStretch(walk, upTo);
    walk.last = upTo;
  }
}

interface Walk {
  readonly context: Context;
  readonly source: Source;
  readonly conditions: readonly string[];
  readonly pageSize: number;
  /** Everything up to this id is read. */
  last: string | null;
}

/** Ids after `walk.last`, up to a bound or, without one, as far as they go: then the last page says it is done. */
async function* walkStretch(walk: Walk, upTo: string | null): AsyncGenerator<WalkedPage, 'ended' | 'tooMany'> {
  const { context, source, pageSize } = walk;
  for (let repeats = 0; repeats <= REPEATS_MAX;) {
    const page = await selectPage(context, source, { conditions: [...walk.conditions, ...bounds(source, walk.last, upTo)], rowsMax: pageSize });
    if (upTo === null && page.totalResults >= QUERY_ROWS_MAX) return 'tooMany';
    const fresh = page.rows.filter((row) => isAfter(row['id'], walk.last));
    repeats = page.rows.length > 0 && fresh.length === 0 ? repeats + 1 : 0;
    if (repeats > 0) continue;
    walk.last = fresh.at(-1)?.['id'] ?? walk.last;
    const more = page.hasMore || page.rows.length >= pageSize;
    const done = !more && upTo === null;
    if (fresh.length > 0 || done) yield { rows: fresh, lastId: walk.last ?? '', done };
    if (!more) return 'ended';
  }
  throw new ConnectorError(`NetSuite repeats the page of ${source.entity} after id ${walk.last ?? ''}`, { kind: 'transient' });
}

/** Every id, page by page. */
export async function* walkIds(context: Context, source: Source, pageSize: number): AsyncGenerator<readonly string[]> {
  const idsOnly: Source = { ...source, columns: [{ sql: source.id }] };
  for await (const page of walkById(context, idsOnly, [], { after: '', large: true, pageSize })) {
    if (page.rows.length > 0) yield page.rows.map((row) => row['id'] ?? '');
  }
}

async function nextId({ context, source, conditions, last }: Walk): Promise<string | null> {
  const [row] = await queryAll(context, `SELECT MIN(${source.id}) AS firstid FROM ${source.from}${whereText(source, [...conditions, ...bounds(source, last, null)])}`);
  const id = row?.['firstid'] ?? row?.['expr1'];
  return id === undefined || id === null || id === '' ? null : id;
}

function bounds(source: Source, last: string | null, upTo: string | null): string[] {
  return [...(last === null ? [] : [`${source.id} > ${idLiteral(last)}`]), ...(upTo === null ? [] : [`${source.id} <= ${idLiteral(upTo)}`])];
}

function isAfter(id: string | undefined, last: string | null): boolean {
  if (id === undefined) throw new ConnectorError('NetSuite SuiteQL: a row has no id', { kind: 'transient' });
  return last === null || BigInt(id) > BigInt(last);
}

/** Rows of the given ids, in slices that fit one query. */
export async function* rowsByIds(context: Context, source: Source, ids: readonly string[], pageSize: number): AsyncGenerator<readonly Row[]> {
  const sorted = [...new Set(ids)].map(idLiteral);
  for (let start = 0; start < sorted.length; start += pageSize) {
    const list = sorted.slice(start, start + pageSize);
    const page = await selectPage(context, source, { conditions: [`${source.id} IN (${list.join(', ')})`], rowsMax: Math.max(list.length, pageSize) });
    yield page.rows;
  }
}
