import type { JsonObject } from '#canonical';
import { ConnectorError } from '#connector-kit';
import { isObject, listOf, objectOf, textOf } from './json.js';
import type { ODataAnswer } from './client.js';

/** One answer of a list. */
export interface ListPage {
  readonly rows: readonly JsonObject[];
  /** Where the next page is, exactly as the service gave it; null on the last. */
  readonly nextLink: string | null;
}

/** The cause of a failure whose answer came and was not what the service promises: for a write, its outcome is unknown. */
export const UNREADABLE_ANSWER = new Error('the answer is not what the service promises');

/** Times one page may come before its list is called endless. Services under load repeat a page now and then. */
const REPEATS_MAX = 3;

/**
 * Pages of a list, following `@odata.nextLink` verbatim: it is opaque, and reading a `$skip` out of it ends lists early (reference, 3.1).
 * A page that comes again leads to the same link again; more than {@link REPEATS_MAX} times, and the read ends as a failure.
 * @param get one GET; throws for refusals.
 * @throws ConnectorError `transient` for an answer that is no list, and for links that go in a circle.
 */
export async function* listPages(get: (address: string) => Promise<ODataAnswer>, first: string): AsyncGenerator<ListPage> {
  const followed = new Map<string, number>();
  for (let next: string | null = first; next !== null;) {
    const times = followed.get(next) ?? 0;
    if (times >= REPEATS_MAX) throw new ConnectorError(`The list ${pathOf(first)} leads back to pages that were read`, { kind: 'transient' });
    followed.set(next, times + 1);
    const page = listPageOf(await get(next), first);
    yield page;
    next = page.nextLink;
  }
}

/** @throws ConnectorError `transient` when the answer is not what a list promises; it is never taken for an empty page. */
export function listPageOf(answer: Pick<ODataAnswer, 'body'>, asked: string): ListPage {
  const body = objectOf(answer.body);
  const rows = listOf(body['value']);
  if (!Array.isArray(body['value']) || !rows.every(isObject)) {
    throw new ConnectorError(`The answer to ${pathOf(asked)} is no list`, { kind: 'transient' }, { cause: UNREADABLE_ANSWER });
  }
  return { rows, nextLink: textOf(body['@odata.nextLink']) };
}

/** All rows of a list that is known to be short. */
export async function listRows(get: (address: string) => Promise<ODataAnswer>, first: string): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const page of listPages(get, first)) rows.push(...page.rows);
  return rows;
}

function pathOf(text: string): string {
  return text.split('?')[0] ?? '';
}
