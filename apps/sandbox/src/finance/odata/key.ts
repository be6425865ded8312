import { cellOf, literalOf } from './literal.js';
import type { Cell, Column } from './columns.js';
import { badRequest } from './odata-error.js';

/** `CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')` taken apart; `key` is null for the collection itself, `rest` what follows (`/$count`). */
export interface Resource {
  readonly collection: string;
  readonly key: string | null;
  readonly rest: string;
}

const RESOURCE = /^([A-Za-z_]\w*)(?:\(((?:[^()']|'(?:[^']|'')*')*)\))?(\/.*)?$/;

/** @returns null when the path is no resource */
export function resourceOf(path: string): Resource | null {
  const match = RESOURCE.exec(path);
  return match === null ? null : { collection: match[1] ?? '', key: match[2] ?? null, rest: match[3] ?? '' };
}

const PART = /\s*([A-Za-z_]\w*)\s*=\s*([A-Za-z_][\w.]*'(?:[^']|'')*'|'(?:[^']|'')*'|[^,']+)\s*(?:,|$)/y;

/**
 * The values of a key. Every part must be named, and none may be missing (reference 3.1); a key of one part may stand without its name.
 * @throws ODataError
 */
export function keyOf(text: string, keyColumns: readonly Column[], typeName: string): ReadonlyMap<string, Cell> {
  const given = new Map<string, string>();
  PART.lastIndex = 0;
  const [only] = keyColumns;
  if (only !== undefined && literalOf(text.trim()) !== null) given.set(only.name, text.trim());
  else {
    while (PART.lastIndex < text.length) {
      const match = PART.exec(text);
      if (match === null) throw badRequest(`The key in the request URI is not valid: (${text}).`);
      given.set(match[1] ?? '', (match[2] ?? '').trim());
    }
  }
  if (given.size !== keyColumns.length) throw badRequest(`The number of keys specified in the URI does not match number of key properties for the resource '${typeName}'.`);
  return new Map(keyColumns.map((column) => {
    const literal = literalOf(given.get(column.name) ?? '');
    if (literal === null) throw badRequest(`The key property '${column.name}' of type '${typeName}' is missing or has no valid value.`);
    const cell = cellOf(column, literal, 'Equal', true);
    return [column.name, column.type === 'date' && typeof cell === 'string' ? dayOf(cell) : cell ?? ''];
  }));
}

function dayOf(instant: string): string {
  const day = instant.slice(0, 10);
  return day === '1900-01-01' ? '' : day;
}
