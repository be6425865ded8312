import { decimalOf } from '../decimals.js';
import { ENUM_NAMESPACE, ENUMS, edmType, type Cell, type Column } from './columns.js';
import { badRequest } from './odata-error.js';

/** A literal of a URL: what it is, and its text without quotes. */
export interface Literal {
  readonly form: 'text' | 'number' | 'instant' | 'day' | 'enum' | 'null' | 'boolean';
  readonly text: string;
  /** Of an enum: the name in front of the quote. */
  readonly enumeration: string;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const ENUM = /^([A-Za-z_][\w.]*)'([^']*)'$/;

/** @returns null for what is no literal: a name */
export function literalOf(token: string): Literal | null {
  if (token.startsWith("'") && token.endsWith("'") && token.length >= 2) return { form: 'text', text: token.slice(1, -1).replaceAll("''", "'"), enumeration: '' };
  if (token === 'null') return { form: 'null', text: '', enumeration: '' };
  if (token === 'true' || token === 'false') return { form: 'boolean', text: token, enumeration: '' };
  if (INSTANT.test(token)) return { form: 'instant', text: token, enumeration: '' };
  if (DAY.test(token)) return { form: 'day', text: token, enumeration: '' };
  if (NUMBER.test(token)) return { form: 'number', text: token, enumeration: '' };
  const enumerated = ENUM.exec(token);
  return enumerated === null ? null : { form: 'enum', text: enumerated[2] ?? '', enumeration: enumerated[1] ?? '' };
}

const FORM_TYPES: Readonly<Record<Literal['form'], string>> = { text: 'Edm.String', number: 'Edm.Decimal', instant: 'Edm.DateTimeOffset', day: 'Edm.Date', enum: 'Edm.Enum', null: 'null', boolean: 'Edm.Boolean' };

function incompatible(column: Column, literal: Literal, operator: string): never {
  const found = literal.form === 'enum' ? literal.enumeration : FORM_TYPES[literal.form];
  throw badRequest(`A binary operator with incompatible types was detected. Found operand types '${edmType(column)}' and '${found}' for operator kind '${operator}'.`);
}

/**
 * The cell a literal stands for beside a column; null for the literal `null`, which equals nothing here.
 * @param plainDates whether a day is taken for a DateTimeOffset
 * @throws ODataError when the types do not go together
 */
export function cellOf(column: Column, literal: Literal, operator: string, plainDates: boolean): Cell | null {
  if (literal.form === 'null') return null;
  switch (column.type) {
    case 'string': return literal.form === 'text' ? literal.text : incompatible(column, literal, operator);
    case 'int32': case 'int64': return literal.form === 'number' && !literal.text.includes('.') ? BigInt(literal.text) : incompatible(column, literal, operator);
    case 'decimal': return literal.form === 'number' ? decimalOf(literal.text) : incompatible(column, literal, operator);
    case 'date': case 'instant':
      if (literal.form === 'instant') return new Date(literal.text).toISOString();
      return literal.form === 'day' && plainDates ? `${literal.text}T00:00:00.000Z` : incompatible(column, literal, operator);
    case 'enum': return enumCell(column, literal, operator);
  }
}

function enumCell(column: Column, literal: Literal, operator: string): string {
  if (literal.form !== 'enum' || literal.enumeration !== edmType(column)) return incompatible(column, literal, operator);
  const members = ENUMS[column.enumeration] ?? [];
  if (!members.includes(literal.text)) throw badRequest(`The string '${literal.text}' is not a valid enumeration type constant of '${ENUM_NAMESPACE}.${column.enumeration}'.`);
  return literal.text;
}
