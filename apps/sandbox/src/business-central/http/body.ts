import { AmountError, parseAmount } from '../../simulation/book-amounts.js';
import { badRequest, ODataError } from '../odata/odata-error.js';
import { unescapeEnum } from '../odata/json-text.js';
import type { Field, Page } from '../odata/page.js';

/** A JSON number as the digits it was sent as: a quoted amount is something else, and refused. */
export class NumberLiteral {
  constructor(readonly text: string) {}
}

export type Body = Readonly<Record<string, unknown>>;

/** @throws ODataError when the text is no JSON object */
export function readBody(text: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text, keepNumber as (key: string, value: unknown) => unknown);
  } catch {
    throw badRequest('Invalid JSON. An unexpected token was found in the request body.', 'BadRequest_InvalidContent');
  }
  if (!isBody(value)) throw badRequest('The request body must be a JSON object.', 'BadRequest_InvalidContent');
  return value;
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}

function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? new NumberLiteral(context?.source ?? String(value)) : value;
}

/** A property as the column holds it. @throws ODataError when the type is another or the text too long */
export function columnValue(field: Field, value: unknown): string | bigint | number {
  const wrong = (type: string): ODataError => badRequest(`Cannot convert the literal '${value instanceof NumberLiteral ? value.text : String(value)}' to the expected type '${type}'.`);
  switch (field.kind) {
    case 'decimal': {
      if (!(value instanceof NumberLiteral)) throw wrong('Edm.Decimal');
      try {
        return parseAmount(value.text);
      } catch (error) {
        if (error instanceof AmountError) throw wrong('Edm.Decimal');
        throw error;
      }
    }
    case 'integer':
      if (!(value instanceof NumberLiteral) || !/^-?\d+$/.test(value.text)) throw wrong('Edm.Int32');
      return Number(value.text);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('Edm.Boolean');
      return value ? 1 : 0;
    default: return textValue(field, value, wrong);
  }
}

function textValue(field: Field, value: unknown, wrong: (type: string) => ODataError): string {
  if (typeof value !== 'string') throw wrong(field.kind === 'guid' ? 'Edm.Guid' : field.kind === 'date' ? 'Edm.Date' : 'Edm.String');
  switch (field.kind) {
    case 'guid':
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) throw wrong('Edm.Guid');
      return value.toLowerCase();
    case 'date':
      if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) throw wrong('Edm.Date');
      return value;
    case 'enum': {
      const member = unescapeEnum(value);
      if (!(field.members ?? []).includes(member)) throw new ODataError(400, 'Unknown', `'${value}' is not an option. The existing options are: ${(field.members ?? []).join(',')}`);
      return member;
    }
    default: {
      if (field.lengthMax !== undefined && value.length > field.lengthMax) {
        throw new ODataError(400, 'Application_StringExceededLength', `The length of the string is ${value.length}, but it must be less than or equal to ${field.lengthMax} characters. Value: ${value}`);
      }
      return field.kind === 'code' ? value.toUpperCase() : value;
    }
  }
}

/** The properties of a body that are fields of the page, in the order written. @throws ODataError for a name the page does not have */
export function fieldsIn(page: Page, body: Body): (readonly [field: Field, value: string | bigint | number])[] {
  const result: (readonly [Field, string | bigint | number])[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.') || page.navigations.some((navigation) => navigation.name === name)) continue;
    const field = page.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw badRequest(`The property '${name}' does not exist on type 'Microsoft.NAV.${page.entityName}'. Make sure to only use property names that are defined by the type.`);
    result.push([field, columnValue(field, value)]);
  }
  return result;
}
