import type { Json, JsonObject } from '#canonical';
import type { SourceRecord } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { momentOf } from '../ledger/entry.js';

/** Business Central's words for "nothing" (reference, 2.2). */
const NOTHING = new Set(['0001-01-01', '0001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000']);

/** A row as content: without the protocol's own fields (an etag changes with things a reader does not see), and empty days and ids as null. */
export function contentOf(row: JsonObject): JsonObject {
  const entries = Object.entries(row).filter(([name]) => !name.startsWith('@odata.'));
  return Object.fromEntries(entries.map(([name, value]): [string, Json] => [name, typeof value === 'string' && NOTHING.has(value) ? null : value]));
}

/** A record of its own row. `later`: moments beside the row's own that count as its change. */
export function recordOf(row: JsonObject, added: JsonObject = {}, later: readonly string[] = []): SourceRecord {
  const own = momentOf(row['lastModifiedDateTime']) ?? '';
  return { externalId: idOf(row), revision: [own, ...later].toSorted().at(-1) ?? own, deleted: false, payload: { ...contentOf(row), ...added } };
}

export function idOf(row: JsonObject): string {
  return textOf(row['id']) ?? '';
}

export function numberOf(row: JsonObject): string {
  return textOf(row['number']) ?? '';
}
