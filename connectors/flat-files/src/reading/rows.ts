import type { JsonObject } from '#canonical';
import type { LayoutPart, SourceRecord, UnreadableRow } from '#connector-kit';
import type { StoredFile } from '../store/store.js';

/** How rows of a file become records of one entity. */
export interface RowSettings {
  /** The layout's name for the rows that are records. */
  readonly record: string;
  /** The field that names a record for good. */
  readonly idField: string;
}

const NAME_SHOWN_MAX = 100;
const DIGEST_SHOWN = 8;

/** A row as it goes into a page. */
export type ReadRow = { readonly record: SourceRecord } | { readonly unreadable: UnreadableRow };

/** Null for rows that are no records: headers, trailers, the end. */
export function rowOf(part: LayoutPart, file: StoredFile, digest: string, { record, idField }: RowSettings): ReadRow | null {
  if (part.kind === 'end') return null;
  if (part.kind === 'problem') {
    const where = part.column === null ? `line ${part.line}` : `line ${part.line}, column ${part.column}`;
    return { unreadable: unreadable(file, digest, part.line, { line: String(part.line), text: part.value }, `${where}: ${part.problem}`) };
  }
  if (part.record !== record) return null;
  const payload: JsonObject = part.fields;
  const externalId = part.fields[idField]?.trim() ?? '';
  if (externalId === '') return { unreadable: unreadable(file, digest, part.line, payload, `line ${part.line}: "${idField}" is empty, so the record has no name; fill it in and send the file again`) };
  return { record: { externalId, revision: file.modifiedAt.toISOString(), deleted: false, payload } };
}

/** Names a place in a file for good: a second file of that name has another content. */
export function unreadable({ name }: StoredFile, digest: string, line: number, payload: JsonObject, problem: string): UnreadableRow {
  return { externalId: `${name.slice(0, NAME_SHOWN_MAX)}:${line} (${digest.slice(0, DIGEST_SHOWN)})`, payload, problem };
}
