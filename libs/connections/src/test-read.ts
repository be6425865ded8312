import type { EntityName, Json, JsonObject } from '#canonical';
import { ConnectorError, type Context, type SourceRecord } from '#connector-kit';
import type { OpenConnection } from './open-connection.js';
import { inferFields, type InferredField } from './rules/inferred-fields.js';
import { secretTexts, shownBody, withoutSecrets, type ShownCall } from './rules/shown-call.js';

/** Records a test read shows. */
export const TEST_READ_RECORDS_MAX = 50;
/** Calls it shows; a source that needs more for one page has its first ones shown. */
export const TEST_READ_CALLS_MAX = 20;

/** One page of a source, with how it was asked for and what it looks like. */
export interface TestRead {
  readonly calls: readonly ShownCall[];
  readonly records: readonly SourceRecord[];
  /** Records of the page, of which the first {@link TEST_READ_RECORDS_MAX} are shown. */
  readonly pageRecords: number;
  readonly checkpoint: Json;
  readonly fields: readonly InferredField[];
  /** Why the read failed; the calls up to there are shown all the same. */
  readonly problem: string | null;
}

/**
 * Reads the first page of an entity as a sync would and keeps nothing of it. A failure of the source is part of the answer.
 * @throws whatever is no {@link ConnectorError}.
 */
export async function testRead(connection: OpenConnection, entity: EntityName, signal: AbortSignal): Promise<TestRead> {
  const calls: ShownCall[] = [];
  const given = connection.context(signal);
  // A memory of its own: a token that is kept would hide how it is got.
  const context: Context = { ...given, memory: new Map(), fetch: shownFetch(given, calls) };
  const nothing = { calls, records: [], pageRecords: 0, checkpoint: null, fields: [] };
  const reader = connection.connector.read[entity];
  if (reader === undefined) return { ...nothing, problem: `${connection.connector.title} does not read ${entity}` };
  try {
    for await (const page of reader.changes(context, null)) {
      return {
        calls, records: page.records.slice(0, TEST_READ_RECORDS_MAX), pageRecords: page.records.length, checkpoint: page.checkpoint as Json,
        fields: inferFields(page.records.map(({ payload }) => payload)), problem: null,
      };
    }
    return { ...nothing, problem: null };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ...nothing, problem: withoutSecrets(error.message, secretTexts(given.secrets as JsonObject)) };
  }
}

function shownFetch({ fetch, secrets }: Context, calls: ShownCall[]): typeof globalThis.fetch {
  const hidden = secretTexts(secrets as JsonObject);
  return async (input, init) => {
    const startedAt = performance.now();
    const request = typeof init?.body === 'string' ? init.body : init?.body instanceof URLSearchParams ? init.body.toString() : '';
    const show = (status: number, response: string): void => {
      if (calls.length >= TEST_READ_CALLS_MAX) return;
      const url = withoutSecrets(typeof input === 'string' || input instanceof URL ? String(input) : input.url, hidden);
      calls.push({ method: init?.method ?? 'GET', url, status, durationMs: Math.round(performance.now() - startedAt), request: shownBody(request, hidden), response: shownBody(response, hidden) });
    };
    try {
      const response = await fetch(input, init);
      show(response.status, await response.clone().text());
      return response;
    } catch (error) {
      show(0, error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}
