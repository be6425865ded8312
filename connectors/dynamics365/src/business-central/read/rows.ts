import { isCurrencyCode, MoneyError, parseMoney, type DecimalText, type Json, type JsonObject, type Money } from '#canonical';
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

/** An amount without its sign. @returns null for what is no amount of that currency: the mapping says so of the record, and the page goes on. */
export function magnitudeOrNull(text: DecimalText, currency: string): Money | null {
  if (!isCurrencyCode(currency)) return null;
  try {
    const { minor } = parseMoney(text, currency);
    return { minor: minor < 0n ? -minor : minor, currency };
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}
