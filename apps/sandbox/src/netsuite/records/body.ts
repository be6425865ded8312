import { isLocalDate } from '#canonical';
import { AmountError, parseAmount } from '../../simulation/book-amounts.js';
import { invalidContent, invalidValue, userError } from './record-error.js';

/** A request body after parsing: numbers are kept as the text they were sent as, so no amount passes through a binary float. */
export type Body = Readonly<Record<string, unknown>>;

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textField(body: Body, name: string, path = name): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalidContent(`Invalid value for the field ${name}. String expected.`, path);
}

export function flagField(body: Body, name: string, path = name): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'T' || value === 'true') return true;
  if (value === 'F' || value === 'false') return false;
  throw invalidContent(`Invalid value for the field ${name}. Boolean expected.`, path);
}

/** `YYYY-MM-DD`; anything else is refused as the real service refuses a date it cannot read. */
export function dateField(body: Body, name: string): string | undefined {
  const text = textField(body, name);
  if (text === undefined) return undefined;
  const day = text.slice(0, 10);
  if (!isLocalDate(day)) throw invalidContent(`Invalid value for the field ${name}. Provide a date in the YYYY-MM-DD format.`, name);
  return day;
}

/** An amount in book units; more places than the currency has are refused, never rounded. */
export function amountField(body: Body, name: string, decimals: number, path = name): bigint | undefined {
  const text = textField(body, name, path);
  if (text === undefined) return undefined;
  try {
    return parseAmount(text, decimals);
  } catch (error) {
    if (error instanceof AmountError) throw invalidValue(text, name, path);
    throw error;
  }
}

/** What a reference names: an internal id or an external id. */
export type Reference = { readonly id: string } | { readonly externalId: string };

/** `{ "id": "4" }`, `{ "externalId": "x" }`; a bare id is accepted too. `null` clears. */
export function referenceField(body: Body, name: string, path = name): Reference | null | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (value === null) return null;
  if (typeof value === 'string') return { id: value };
  if (isBody(value)) {
    const id = value['id'];
    if (typeof id === 'string') return { id };
    const externalId = value['externalId'];
    if (typeof externalId === 'string') return { externalId };
  }
  throw invalidContent(`Invalid reference for the field ${name}. Provide an id or an externalId.`, path);
}

export interface SublistBody {
  /** null: `{"items": null}` clears the list. */
  readonly items: readonly Body[] | null;
}

export function sublistField(body: Body, name: string): SublistBody | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!isBody(value)) throw invalidContent(`Invalid value for the sublist ${name}.`, name);
  const items = value['items'];
  if (items === null) return { items: null };
  if (!Array.isArray(items) || !items.every(isBody)) throw invalidContent(`Invalid value for the sublist ${name}. Provide items.`, `${name}.items`);
  return { items };
}

const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,255}$/;

/** Letters, digits, `_` and `-` only: anything else could not be addressed by `eid:` (reference A2 "External ids"). */
export function externalIdField(body: Body): string | undefined {
  const externalId = textField(body, 'externalId');
  if (externalId !== undefined && !EXTERNAL_ID.test(externalId)) throw userError(`Invalid externalId ${externalId}.`, 'externalId');
  return externalId;
}
