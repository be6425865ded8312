import type { EntityName, JsonObject } from '#canonical';
import type { SourceRecord } from '#connector-kit';

/** How consecutive rows of one id become one record with a list: a payment, and a row for each invoice it is applied to. */
export interface RepeatedRows {
  /** Name of the list in the payload. */
  readonly list: string;
  /** Fields that belong to the list's entries. The first one says whether a row has an entry at all. */
  readonly fields: readonly [string, ...string[]];
}

const APPLICATION_ROWS: RepeatedRows = { list: 'applications', fields: ['invoiceExternalId', 'lineExternalId', 'appliedAmount', 'discount', 'appliedOn'] };

/** As the plain CSV template repeats payments and credit memos; null where a row is a record. */
export function repeatedRowsOf(entity: EntityName): RepeatedRows | null {
  return entity === 'payment' || entity === 'creditMemo' ? APPLICATION_ROWS : null;
}

interface Gathered {
  readonly record: SourceRecord;
  /** Last line of the record. */
  readonly line: number;
}

/** Gathers rows into records. A record is handed out once a row of another id, or the end, shows that it is whole. */
export class RecordRows {
  #pending: { readonly first: SourceRecord; readonly entries: JsonObject[]; line: number } | null = null;

  constructor(private readonly repeated: RepeatedRows | null) {}

  /** The record that this row ends; null while none does. */
  add(row: SourceRecord, line: number): Gathered | null {
    const { repeated } = this;
    if (repeated === null) return { record: row, line };
    const entry = entryOf(row.payload, repeated);
    if (this.#pending !== null && this.#pending.first.externalId === row.externalId) {
      if (entry !== null) this.#pending.entries.push(entry);
      this.#pending.line = line;
      return null;
    }
    const ended = this.end();
    this.#pending = { first: row, entries: entry === null ? [] : [entry], line };
    return ended;
  }

  /** The record that waits for its end, if one does. */
  end(): Gathered | null {
    const { repeated } = this;
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null || repeated === null) return null;
    const { first, entries, line } = pending;
    const own = Object.fromEntries(Object.entries(first.payload).filter(([field]) => !repeated.fields.includes(field)));
    return { record: { ...first, payload: { ...own, [repeated.list]: entries } }, line };
  }
}

function entryOf(payload: JsonObject, { fields }: RepeatedRows): JsonObject | null {
  const [first] = fields;
  const value = payload[first];
  if (typeof value !== 'string' || value.trim() === '') return null;
  return Object.fromEntries(fields.flatMap((field) => (payload[field] === undefined ? [] : [[field, payload[field]]])));
}
