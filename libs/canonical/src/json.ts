import { formatMoney, type Money } from './money.js';

/** What survives a JSON round trip. Amounts inside are decimal text, never numbers. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Parses JSON and keeps every number as the text it was sent as, so money never passes through a binary float.
 * Rests on the reviver's source text (Node 22 and later).
 */
export function parseJsonKeepingNumberText(text: string): unknown {
  return JSON.parse(text, keepNumberText as (key: string, value: unknown) => unknown);
}

function keepNumberText(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? context.source : value;
}

/**
 * JSON with sorted keys and no blanks: equal content gives equal text, whatever order a vendor sends it in.
 * The base of content hashes and of the audit chain.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value.toString()}"`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, entry]) => entry !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}

/**
 * A number that leaves as a JSON number with exactly these digits: `{ "$number": "12.30" }`.
 * How a request body says "number" although no amount may pass through a binary float.
 */
export interface NumberText {
  readonly $number: string;
}

/** The grammar of a JSON number (RFC 8259, section 6), without exponent. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The way back of {@link parseJsonKeepingNumberText}: JSON in which every {@link NumberText} stands as its digits.
 * An object that only looks like one (more keys, or no text) is refused, never written as an object.
 * @throws RangeError when the text is no JSON number.
 */
export function stringifyKeepingNumberText(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(stringifyKeepingNumberText).join(',')}]`;
  const object = value as JsonObject;
  if (Object.hasOwn(object, '$number')) return numberTextOf(object);
  return `{${Object.entries(object).map(([key, entry]) => `${JSON.stringify(key)}:${stringifyKeepingNumberText(entry)}`).join(',')}}`;
}

function numberTextOf(value: JsonObject): string {
  const digits = value['$number'];
  if (typeof digits === 'string' && JSON_NUMBER.test(digits) && Object.keys(value).length === 1) return digits;
  throw new RangeError(`${canonicalJson(value)} is not a number: write { "$number": "12.30" } and nothing beside it`);
}

/**
 * A canonical value as JSON: money becomes `{ amount: "12.30", currency: "USD" }`, everything else stays.
 * The shape write mappings, golden cases and the API share.
 * @throws TypeError for what JSON cannot hold (functions, bigints outside money).
 */
export function canonicalToJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(canonicalToJson);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no place in JSON`);
  const { minor, currency } = value as Partial<Money>;
  if (typeof minor === 'bigint' && typeof currency === 'string') return { amount: formatMoney({ minor, currency }), currency };
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, canonicalToJson(entry)]));
}
