import { invalidField, PlaidError } from '../errors.js';

/** What one field of a request must be. */
export interface Field {
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'object' | 'anything';
  readonly required?: boolean;
  readonly nullable?: boolean;
  /** Numbers: range. Texts and lists: length. */
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
  /** Fields of an object, or of each object of a list; an object without takes any. */
  readonly fields?: Fields;
}
export type Fields = Readonly<Record<string, Field>>;
export type Input = Readonly<Record<string, unknown>>;

/** Credentials are allowed in every body (reference "Transport"). */
const CREDENTIALS: Fields = { client_id: { kind: 'text' }, secret: { kind: 'text' } };

/** @throws PlaidError UNKNOWN_FIELDS, MISSING_FIELDS, INVALID_FIELD, in that order */
export function checkInput(input: Input, fields: Fields): void {
  checkFields(input, { ...CREDENTIALS, ...fields }, '');
}

function checkFields(input: Input, fields: Fields, prefix: string): void {
  const unknown = Object.keys(input).filter((name) => fields[name] === undefined);
  if (unknown.length > 0) throw new PlaidError('UNKNOWN_FIELDS', `the following fields are not recognized by this endpoint: ${unknown.map((name) => prefix + name).join(', ')}`);
  const missing = Object.entries(fields).filter(([name, field]) => field.required === true && input[name] === undefined).map(([name]) => prefix + name);
  if (missing.length > 0) throw new PlaidError('MISSING_FIELDS', `the following required fields are missing: ${missing.join(', ')}`);
  for (const [name, field] of Object.entries(fields)) if (input[name] !== undefined) checkValue(input[name], field, prefix + name);
}

function checkValue(value: unknown, field: Field, name: string): void {
  if (value === null) {
    if (field.nullable !== true && field.kind !== 'anything') throw invalidField(name, 'must not be null');
    return;
  }
  const size = sizeOf(value, field.kind);
  if (size === null) throw invalidField(name, `must be ${field.kind === 'integer' || field.kind === 'object' ? 'an' : 'a'} ${field.kind}`);
  if (size < (field.min ?? Number.NEGATIVE_INFINITY) || size > (field.max ?? Number.POSITIVE_INFINITY)) throw invalidField(name, `must be between ${field.min ?? 0} and ${field.max ?? 'any'}${field.kind === 'text' ? ' characters long' : ''}`);
  if (field.oneOf !== undefined && !field.oneOf.includes(String(value))) throw invalidField(name, `must be one of ${field.oneOf.join(', ')}`);
  if (field.fields === undefined) return;
  const { fields } = field;
  if (field.kind === 'object') checkFields(value as Input, fields, `${name}.`);
  if (field.kind === 'list') (value as unknown[]).forEach((entry, index) => { checkEntry(entry, fields, `${name}.${index}`); });
}

function checkEntry(entry: unknown, fields: Fields, name: string): void {
  checkValue(entry, { kind: 'object', fields }, name);
}

/** The length or the number itself; null when the value is of another kind. */
function sizeOf(value: unknown, kind: Field['kind']): number | null {
  switch (kind) {
    case 'text': return typeof value === 'string' ? value.length : null;
    case 'integer': return Number.isInteger(value) ? value as number : null;
    case 'number': return typeof value === 'number' ? value : null;
    case 'boolean': return typeof value === 'boolean' ? 0 : null;
    case 'list': return Array.isArray(value) ? value.length : null;
    case 'object': return typeof value === 'object' && !Array.isArray(value) ? 0 : null;
    default: return 0;
  }
}

/** A text that was checked before. */
export function textIn(input: Input, name: string): string {
  return String(input[name]);
}

/** An object that may be left out. */
export function objectIn(input: Input, name: string): Input {
  const value = input[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Input : {};
}

/** The address webhooks go to; null when none is given. @throws PlaidError INVALID_FIELD */
export function addressIn(input: Input, name: string): string | null {
  const value = input[name];
  if (value === undefined || value === null || value === '') return null;
  const url = URL.canParse(String(value)) ? new URL(String(value)) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw invalidField(name, 'must be a valid URL');
  return String(value);
}
