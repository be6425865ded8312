import { TABLES } from '../book/tables.js';
import type { Scope, TypedSql } from './scope.js';
import { SuiteQlError, unsupported } from './suiteql-error.js';

/** Which table a reference column points at, and the column shown for it. */
const DISPLAY: Readonly<Record<string, { readonly table: string; readonly show: string }>> = {
  entity: { table: 'customer', show: 'altname' }, parent: { table: 'customer', show: 'altname' }, company: { table: 'customer', show: 'altname' },
  currency: { table: 'currency', show: 'name' }, subsidiary: { table: 'subsidiary', show: 'name' }, postingperiod: { table: 'accountingperiod', show: 'periodname' },
  account: { table: 'account', show: 'fullname' }, receivablesaccount: { table: 'account', show: 'fullname' }, terms: { table: 'term', show: 'name' },
  department: { table: 'department', show: 'name' }, accountingbook: { table: 'accountingbook', show: 'name' },
};

function typeColumn(value: TypedSql, scope: Scope): string {
  const alias = value.column?.alias ?? '';
  if (scope.entry(alias)?.columns.has('type') !== true) throw unsupported('BUILTIN on a status needs the type of its table');
  return `"${alias}"."type"`;
}

/** BUILTIN.DF: the text a person sees for a reference, a status or a type (reference A3 "Status"). */
export function displayField(value: TypedSql, scope: Scope): TypedSql {
  const column = value.column;
  if (column === undefined) throw unsupported('BUILTIN.DF takes a column');
  if (column.name === 'status') return { type: 'text', sql: `(SELECT label FROM x_label WHERE code = ${typeColumn(value, scope)} || ':' || ${value.sql})` };
  if (column.name === 'type' || column.name === 'approvalstatus') {
    return { type: 'text', sql: `coalesce((SELECT label FROM x_label WHERE code = '${column.name}:' || ${value.sql}), ${value.sql})` };
  }
  const target = column.table === 'subsidiary' && column.name === 'parent' ? { table: 'subsidiary', show: 'name' } : DISPLAY[column.name];
  if (target === undefined || TABLES[target.table] === undefined) return { ...value };
  return { type: 'text', sql: `(SELECT "${target.show}" FROM "${target.table}" WHERE id = ${value.sql})` };
}

/** BUILTIN.CF: the stored form; a status with its type (`CustInvc:A`). */
export function codeField(value: TypedSql, scope: Scope): TypedSql {
  if (value.column?.name === 'status') return { type: 'text', sql: `(${typeColumn(value, scope)} || ':' || ${value.sql})` };
  return value;
}

export function builtin(name: string, inputs: readonly TypedSql[], scope: Scope): TypedSql {
  const [first] = inputs;
  if (first === undefined) throw new SuiteQlError(`Invalid or unsupported search. (${name} needs a value)`);
  switch (name) {
    case 'builtin.df': return displayField(first, scope);
    case 'builtin.cf': return codeField(first, scope);
    default: throw unsupported(`${name} is not simulated`);
  }
}
