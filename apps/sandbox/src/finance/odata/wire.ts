import { stringifyKeepingNumberText, type Json } from '#canonical';
import { decimalOf, decimalText } from '../decimals.js';
import { ENUMS, edmType, type Cell, type Column, type Row } from './columns.js';
import { badRequest } from './odata-error.js';

const EMPTY_DATE = '1900-01-01T12:00:00Z';

/** Days leave at noon UTC and the empty one as 1900-01-01; instants to the second (reference 3.1). */
export function instantCell(column: Column, text: string): string {
  if (text === '') return EMPTY_DATE;
  return column.type === 'date' ? `${text}T12:00:00Z` : text.replace(/\.\d+Z$/, 'Z');
}

/** A cell as JSON: numbers as numbers with all their digits, everything else as text. */
export function wireCell(column: Column, cell: Cell): Json {
  switch (column.type) {
    case 'date': case 'instant': return instantCell(column, String(cell));
    case 'decimal': return { $number: decimalText(typeof cell === 'bigint' ? cell : 0n) };
    case 'int32': case 'int64': return { $number: String(cell) };
    default: return String(cell);
  }
}

/** A row as JSON, the columns in the order of the definition. */
export function wireRow(definition: readonly Column[], row: Row, selected: ReadonlySet<string> | null): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const column of definition) {
    if (selected === null || selected.has(column.name)) out[column.name] = wireCell(column, row[column.name] ?? '');
  }
  return out;
}

/** @see stringifyKeepingNumberText */
export function wireText(value: Json): string {
  return stringifyKeepingNumberText(value);
}

/** JSON with every number as `{ $number: text }`: a number and a text stay two things. */
export function parseBody(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text, markNumber as (key: string, value: unknown) => unknown);
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('The request body must be a JSON object.');
  return value as Record<string, unknown>;
}

function markNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? { $number: context?.source ?? String(value) } : value;
}

function mismatch(column: Column, value: unknown): never {
  throw badRequest(`Cannot convert the value ${JSON.stringify(value)} of property '${column.name}' to the expected type '${edmType(column)}'.`);
}

/** What a body says for a column. Numbers must be JSON numbers, enums plain texts, dates instants with an offset. @throws ODataError */
export function readCell(column: Column, value: unknown): Cell {
  const number = typeof value === 'object' && value !== null && '$number' in value ? String(value.$number) : null;
  switch (column.type) {
    case 'decimal': return number === null ? mismatch(column, value) : readDecimal(column, number);
    case 'int32': case 'int64': return number !== null && /^-?\d+$/.test(number) ? BigInt(number) : mismatch(column, value);
    case 'enum': return typeof value === 'string' && (ENUMS[column.enumeration] ?? []).includes(value) ? value : mismatch(column, value);
    case 'date': return readDay(column, value);
    case 'instant': return readInstant(column, value).toISOString();
    case 'string': return typeof value === 'string' ? value : mismatch(column, value);
  }
}

function readDecimal(column: Column, text: string): bigint {
  try {
    return decimalOf(text);
  } catch {
    return mismatch(column, text);
  }
}

function readInstant(column: Column, value: unknown): Date {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value)) return mismatch(column, value);
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? mismatch(column, value) : instant;
}

/** The day in UTC: midnight with an offset east of it is the day before. */
function readDay(column: Column, value: unknown): string {
  const day = readInstant(column, value).toISOString().slice(0, 10);
  return day === '1900-01-01' ? '' : day;
}
