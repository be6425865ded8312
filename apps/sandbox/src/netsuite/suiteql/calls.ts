import type { TypedSql, ValueType } from './scope.js';
import { SuiteQlError, unsupported } from './suiteql-error.js';

const dated = (type: ValueType): boolean => type === 'date' || type === 'datetime';

/** The one type several values share; a parameter or NULL takes the others' type. */
export function commonType(values: readonly TypedSql[]): ValueType {
  const known = values.map((value) => value.type).filter((type) => type !== 'unknown');
  const [first] = known;
  if (first === undefined) return 'unknown';
  if (known.every((type) => type === first)) return first;
  if (known.includes('amount')) return 'amount';
  if (known.some(dated)) return known.includes('datetime') || known.every(dated) ? 'datetime' : 'date';
  return known.includes('text') || known.includes('flag') ? 'text' : 'number';
}

/**
 * A value turned into another type: amounts are integers of 10^-4 inside, so a number or parameter that meets one is scaled; a day that meets a
 * moment becomes its midnight; a text that meets a date is read in the account's date format, as the real service does.
 */
export function coerce(value: TypedSql, type: ValueType): TypedSql {
  if (value.type === type || type === 'unknown') return value;
  if (type === 'amount') return { type, sql: `ns_units(${value.sql})` };
  if (type === 'datetime' && value.type === 'date') return { type, sql: `(${value.sql} || ' 00:00:00')` };
  if (dated(type) && (value.type === 'text' || value.type === 'unknown')) {
    return { type, sql: type === 'date' ? `substr(ns_read_date(${value.sql}), 1, 10)` : `ns_read_date(${value.sql})` };
  }
  if (type === 'text') return asText(value);
  if (value.type === 'unknown') return { type, sql: `CAST(${value.sql} AS NUMERIC)` };
  return value;
}

/** As the text a person would see: what `||` and TO_CHAR make of a value. */
export function asText(value: TypedSql): TypedSql {
  if (value.type === 'amount') return { type: 'text', sql: `ns_amount_text(${value.sql})` };
  if (dated(value.type)) return { type: 'text', sql: `ns_account_date(${value.sql})` };
  return { type: 'text', sql: value.type === 'text' || value.type === 'flag' ? value.sql : `CAST(${value.sql} AS TEXT)` };
}

/** Both sides of a comparison in one type. */
export function align(values: readonly TypedSql[]): TypedSql[] {
  const type = commonType(values);
  return values.map((value) => coerce(value, type));
}

function literalText(value: TypedSql): string | null {
  return /^'(?:[^']|'')*'$/.test(value.sql) ? value.sql.slice(1, -1).replaceAll("''", "'") : null;
}

function toChar(inputs: readonly TypedSql[]): TypedSql {
  const [value, format] = inputs;
  if (value === undefined) throw unsupported('TO_CHAR needs a value');
  if (format === undefined || !(dated(value.type) || value.type === 'unknown')) return asText(value);
  const text = literalText(format)?.toUpperCase();
  if (text === 'YYYY-MM-DD') return { type: 'text', sql: `substr(${value.sql}, 1, 10)` };
  if (text === 'YYYY-MM-DD HH24:MI:SS') return { type: 'text', sql: coerce(value, 'datetime').sql };
  return { type: 'text', sql: `ns_to_char(${value.sql}, ${format.sql})` };
}

function toDate(name: string, inputs: readonly TypedSql[]): TypedSql {
  const [value, format] = inputs;
  if (value === undefined) throw unsupported(`${name.toUpperCase()} needs a value`);
  if (format === undefined) return { type: 'datetime', sql: `ns_read_date(${value.sql})` };
  return { type: 'datetime', sql: `ns_to_date(${value.sql}, ${format.sql})` };
}

function decode(inputs: readonly TypedSql[]): TypedSql {
  const [subject, ...rest] = inputs;
  if (subject === undefined || rest.length < 2) throw unsupported('DECODE needs at least three values');
  const pairs = Math.floor(rest.length / 2);
  const results = rest.filter((_, index) => index % 2 === 1 || (index === rest.length - 1 && rest.length % 2 === 1));
  const type = commonType(results);
  let sql = 'CASE';
  for (let pair = 0; pair < pairs; pair += 1) {
    const when = rest[2 * pair];
    const then = rest[2 * pair + 1];
    if (when === undefined || then === undefined) continue;
    const [left, right] = align([subject, when]);
    sql += ` WHEN ${left?.sql} IS ${right?.sql} THEN ${coerce(then, type).sql}`;
  }
  const last = rest.at(-1);
  return { type, sql: `${sql}${rest.length % 2 === 1 && last !== undefined ? ` ELSE ${coerce(last, type).sql}` : ''} END` };
}

const SAME_TYPE: Readonly<Record<string, string>> = { nvl: 'coalesce', coalesce: 'coalesce', greatest: 'max', least: 'min', nullif: 'nullif' };
const TEXT: Readonly<Record<string, string>> = { upper: 'upper', lower: 'lower', trim: 'trim', ltrim: 'ltrim', rtrim: 'rtrim', replace: 'replace', substr: 'substr', concat: 'concat' };
const AGGREGATES = new Set(['sum', 'min', 'max', 'avg', 'count']);

export function isAggregate(name: string): boolean {
  return AGGREGATES.has(name);
}

function aggregate(name: string, distinct: boolean, inputs: readonly TypedSql[]): TypedSql {
  const [value] = inputs;
  const inside = `${distinct ? 'DISTINCT ' : ''}${value?.sql ?? '*'}`;
  if (name === 'count') return { type: 'number', sql: `count(${inside})` };
  if (value === undefined) throw unsupported(`${name.toUpperCase()} needs a value`);
  if (name === 'min' || name === 'max') return { type: value.type, sql: `${name}(${inside})` };
  if (value.type === 'amount') return { type: 'amount', sql: name === 'sum' ? `sum(${inside})` : `CAST(round(avg(${inside})) AS INTEGER)` };
  return { type: 'number', sql: name === 'sum' ? `sum(CAST(${inside} AS NUMERIC))` : `avg(CAST(${inside} AS NUMERIC))` };
}

function numeric(name: string, inputs: readonly TypedSql[]): TypedSql | null {
  const [value, places] = inputs;
  if (value === undefined) return null;
  if (name === 'abs') return { type: value.type, sql: `abs(${value.sql})` };
  if (name === 'round' && value.type === 'amount') return { type: 'amount', sql: `ns_round_units(${value.sql}, ${places?.sql ?? '0'})` };
  if (name === 'round') return { type: 'number', sql: `round(${value.sql}, ${places?.sql ?? '0'})` };
  if (name === 'to_number') return { type: 'number', sql: `CAST(${asText(value).sql} AS NUMERIC)` };
  if (name === 'length') return { type: 'number', sql: `length(${asText(value).sql})` };
  if (name === 'instr' && places !== undefined) return { type: 'number', sql: `instr(${asText(value).sql}, ${places.sql})` };
  if (name === 'trunc' && dated(value.type)) return { type: 'date', sql: `substr(${value.sql}, 1, 10)` };
  if (name === 'trunc') return { type: 'number', sql: `CAST(${value.sql} AS INTEGER)` };
  return null;
}

/**
 * A function call in SQLite's words.
 * @throws SuiteQlError for a function the sandbox does not know: better refused than answered wrongly.
 */
export function callSql(name: string, distinct: boolean, inputs: readonly TypedSql[]): TypedSql {
  if (AGGREGATES.has(name)) return aggregate(name, distinct, inputs);
  const same = SAME_TYPE[name];
  if (same !== undefined) {
    const aligned = align(inputs);
    return { type: commonType(inputs), sql: `${same}(${aligned.map((input) => input.sql).join(', ')})` };
  }
  const text = TEXT[name];
  if (text !== undefined) {
    const [first, ...rest] = inputs;
    if (first === undefined) throw unsupported(`${name.toUpperCase()} needs a value`);
    return { type: 'text', sql: `${text}(${[asText(first), ...rest].map((input) => input.sql).join(', ')})` };
  }
  switch (name) {
    case 'to_char': return toChar(inputs);
    case 'to_date': case 'to_timestamp': return toDate(name, inputs);
    case 'decode': return decode(inputs);
    case 'nvl2': {
      const [test, present, absent] = inputs;
      if (test === undefined || present === undefined || absent === undefined) throw unsupported('NVL2 needs three values');
      const [left, right] = align([present, absent]);
      return { type: commonType([present, absent]), sql: `CASE WHEN ${test.sql} IS NOT NULL THEN ${left?.sql} ELSE ${right?.sql} END` };
    }
    default: {
      const number = numeric(name, inputs);
      if (number !== null) return number;
      throw new SuiteQlError(`Invalid or unsupported search. (unknown function ${name.toUpperCase()})`);
    }
  }
}
