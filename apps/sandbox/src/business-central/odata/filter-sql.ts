import { AmountError, parseAmount } from '../../simulation/book-amounts.js';
import type { Binding } from '../ledger/company-book.js';
import type { TenantSettings } from '../settings.js';
import type { Comparison, Filter, Literal } from './filter-parser.js';
import { unescapeEnum } from './json-text.js';
import { badRequest, ODataError } from './odata-error.js';
import type { Field, FieldKind, Page } from './page.js';

export interface SqlCondition {
  readonly sql: string;
  readonly bindings: readonly Binding[];
}

const OPERATORS: Readonly<Record<Comparison, string>> = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' };
export const EVERYTHING: SqlCondition = { sql: '1', bindings: [] };

/** @throws ODataError for a property the page does not have */
export function fieldNamed(page: Page, name: string): Field {
  const field = page.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw badRequest(`Could not find a property named '${name}' on type 'Microsoft.NAV.${page.entityName}'.`);
  return field;
}

/** Filter to SQL. @throws ODataError for what the product refuses (2.2) */
export function filterSql(page: Page, filter: Filter, settings: TenantSettings): SqlCondition {
  switch (filter.kind) {
    case 'ignored': return EVERYTHING;
    case 'not': {
      const inner = filterSql(page, filter.inner, settings);
      return { sql: `NOT (${inner.sql})`, bindings: inner.bindings };
    }
    case 'and': case 'or': {
      if (filter.kind === 'or' && fieldsOf(filter).size > 1) {
        throw badRequest("The 'OR' operator is not supported on distinct fields on an OData filter.", 'BadRequest_MethodNotImplemented');
      }
      const left = filterSql(page, filter.left, settings);
      const right = filterSql(page, filter.right, settings);
      return { sql: `(${left.sql} ${filter.kind.toUpperCase()} ${right.sql})`, bindings: [...left.bindings, ...right.bindings] };
    }
    default: return leafSql(page, filter, settings);
  }
}

type Leaf = Extract<Filter, { field: string }>;

function leafSql(page: Page, filter: Leaf, settings: TenantSettings): SqlCondition {
  const field = fieldNamed(page, filter.field);
  if (field.variable === true) {
    if (settings.variableFieldFilter === 'ignore') return EVERYTHING;
    throw variableField(page, field);
  }
  if (filter.kind === 'in') {
    return { sql: `${field.sql} IN (${filter.values.map(() => '?').join(', ')})`, bindings: filter.values.map((value) => literalOf(field, value)) };
  }
  if (filter.kind === 'compare') return { sql: `${field.sql} ${OPERATORS[filter.operator]} ?`, bindings: [literalOf(field, filter.value)] };
  const text = String(literalOf(field, filter.value));
  switch (filter.call) {
    case 'startswith': return { sql: `substr(${field.sql}, 1, ?) = ?`, bindings: [text.length, text] };
    case 'endswith': return { sql: `substr(${field.sql}, -?) = ?`, bindings: [text.length, text] };
    case 'contains': return { sql: `instr(${field.sql}, ?) > 0`, bindings: [text] };
  }
}

/** What a filter or an order on a page variable meets where the setting refuses it; the wording is assumed. */
export function variableField(page: Page, field: Field): ODataError {
  return new ODataError(400, 'Application_FilterErrorException', `The field '${field.name}' of '${page.entitySet}' is not a table field and cannot be used in a filter or an order.`);
}

function fieldsOf(filter: Filter): Set<string> {
  switch (filter.kind) {
    case 'and': case 'or': return new Set([...fieldsOf(filter.left), ...fieldsOf(filter.right)]);
    case 'not': return fieldsOf(filter.inner);
    case 'ignored': return new Set();
    default: return new Set([filter.field]);
  }
}

/** How a literal of each kind is written, and how its column holds it. */
interface LiteralForm {
  readonly quoted: boolean;
  readonly pattern: RegExp;
  readonly bind: (text: string) => Binding;
}

const ANY = /^[^]*$/;
const FORMS: Readonly<Record<Exclude<FieldKind, 'enum' | 'decimal'>, LiteralForm>> = {
  string: { quoted: true, pattern: ANY, bind: (text) => text },
  code: { quoted: true, pattern: ANY, bind: (text) => text.toUpperCase() },
  guid: { quoted: false, pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, bind: (text) => text.toLowerCase() },
  date: { quoted: false, pattern: /^\d{4}-\d{2}-\d{2}$/, bind: (text) => text },
  moment: { quoted: false, pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})$/, bind: (text) => new Date(text).toISOString() },
  boolean: { quoted: false, pattern: /^(true|false)$/, bind: (text) => (text === 'true' ? 1 : 0) },
  integer: { quoted: false, pattern: /^-?\d+$/, bind: Number },
};

/** The literal as the column holds it. @throws ODataError when the types do not meet */
export function literalOf(field: Field, literal: Literal): Binding {
  const { text } = literal;
  const quoted = literal.kind === 'string';
  const mismatch = (): ODataError => badRequest(`A binary operator with incompatible types was detected. Found '${text}' for the property '${field.name}'.`);
  if (field.kind === 'decimal') {
    if (quoted) throw mismatch();
    return decimalOf(text, mismatch);
  }
  if (field.kind === 'enum') {
    if (!quoted) throw mismatch();
    const member = unescapeEnum(text);
    if (!(field.members ?? []).includes(member)) throw badRequest(`The string '${text}' is not a valid enumeration type constant.`);
    return member;
  }
  const form = FORMS[field.kind];
  if (quoted !== form.quoted || !form.pattern.test(text)) throw mismatch();
  return form.bind(text);
}

function decimalOf(text: string, mismatch: () => ODataError): bigint {
  try {
    return parseAmount(text);
  } catch (error) {
    if (error instanceof AmountError) throw mismatch();
    throw error;
  }
}
