import { formatMinorUnits, MoneyError, parseMinorUnits, type Json, type JsonObject, type Refusal } from '#canonical';
import { textOf } from '../odata/json.js';
import { quoted } from '../odata/literal.js';

/** A row as sent: numbers are text. */
export type Row = JsonObject;

/** Days are sent as instants at noon; no day is the year 1900 (reference 3.1). */
const NO_DAY = '1900-01-01';
const NOON = 'T12:00:00Z';

/** `2026-03-10T12:00:00Z` -> `2026-03-10`; null for none. */
export function dayOf(value: Json | undefined): string | null {
  const day = textOf(value)?.slice(0, 10) ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && day !== NO_DAY ? day : null;
}

/** `2026-03-10` as Finance takes a day. */
export function noonOf(day: string): string {
  return `${day}${NOON}`;
}

/** A member of an enumeration in a `$filter`; only `eq` and `ne` take it. In bodies members are plain text. */
export function member(enumeration: string, name: string): string {
  return `Microsoft.Dynamics.DataEntities.${enumeration}'${name}'`;
}

/** `usmf` and `5637144576` -> `usmf/5637144576`: keys of Finance are unique within a legal entity. */
export function externalIdOf(company: string, key: string): string {
  return `${company.toLowerCase()}/${key}`;
}

/** The way back of {@link externalIdOf}. @returns null for what is none. */
export function keyOf(externalId: string): { readonly company: string; readonly key: string } | null {
  const slash = externalId.indexOf('/');
  return slash < 1 || slash === externalId.length - 1 ? null : { company: externalId.slice(0, slash), key: externalId.slice(slash + 1) };
}

/** The record id in an external id of a transaction; null when it is no number. */
export function recordIdOf(externalId: string): string | null {
  const key = keyOf(externalId)?.key ?? '';
  return /^\d{1,19}$/.test(key) ? key : null;
}

export function field(row: Row, name: string): string {
  return textOf(row[name]) ?? '';
}

/** A company's code in the lower case `dataAreaId` is sent and filtered in. */
export function companyOf(row: Row, name = 'dataAreaId'): string {
  return field(row, name).toLowerCase();
}

/** `(a or b)`; `in` is not supported (reference 3.1). */
export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? conditions[0] ?? '' : `(${conditions.join(' or ')})`;
}

export function allOf(conditions: readonly (string | null)[]): string | null {
  const given = conditions.filter((condition) => condition !== null && condition !== '');
  return given.length === 0 ? null : given.join(' and ');
}

export function equalsText(name: string, value: string): string {
  return `${name} eq ${quoted(value)}`;
}

/** Longest address, encoded, that every gateway on the way takes. */
export const ADDRESS_LENGTH_MAX = 2_000;
/** Record ids a filter asks for at once, so that its address stays under {@link ADDRESS_LENGTH_MAX}. */
export const ALTERNATIVES_MAX = 40;
/** The same for alternatives that name a company and a text of up to 60 characters. */
export const PAIRS_MAX = 10;

export function slices<T>(list: readonly T[], size: number = ALTERNATIVES_MAX): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_each, index) => list.slice(index * size, (index + 1) * size));
}

/** Decimals Finance keeps at most; sums are exact at this fineness. */
const SCALE = 16;

/** Exact sum of decimal texts: `["1.10", "-0.1"]` -> `1`. What is no amount stays visible in the result, so that the mapping refuses it. */
export function sumText(amounts: readonly string[]): string {
  const given = amounts.filter((amount) => amount !== '');
  try {
    return trimmed(formatMinorUnits(given.reduce((sum, amount) => sum + parseMinorUnits(amount, SCALE), 0n), SCALE));
  } catch (error) {
    if (error instanceof MoneyError) return given.join(' + ');
    throw error;
  }
}

function trimmed(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

export function negated(amount: string): string {
  if (amount.startsWith('-')) return amount.slice(1);
  return /^[0.]*$/.test(amount) ? amount : `-${amount}`;
}

export function refusal(code: Refusal['code'], path: string, value: string, problem: string, cure: string): Refusal {
  return { code, path, value, problem, cure };
}
