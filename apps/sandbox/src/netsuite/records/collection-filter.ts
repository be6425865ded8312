import { parseAccountDate } from '../book/account-time.js';
import { TABLES } from '../book/tables.js';
import type { Account } from './account.js';
import { RecordError } from './record-error.js';
import type { RecordType } from './record-types.js';

export interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

const REST_TO_COLUMN: Readonly<Record<string, string>> = { customer: 'entity', name: 'entityid' };
const OPERATORS: Readonly<Record<string, string>> = {
  IS: '=', IS_NOT: '<>', EQUAL: '=', EQUAL_NOT: '<>', ON: '=', AFTER: '>', ON_OR_AFTER: '>=', BEFORE: '<', ON_OR_BEFORE: '<=', GREATER: '>', GREATER_OR_EQUAL: '>=', LESS: '<', LESS_OR_EQUAL: '<=',
  CONTAIN: 'LIKE', START_WITH: 'LIKE',
};

function invalid(detail: string): RecordError {
  return new RecordError(400, 'INVALID_PARAMETER', detail, 'q');
}

/**
 * The `q` of a record collection: `field OPERATOR "value"`, joined by AND or OR. Dates are read in the account's own format.
 * @throws RecordError INVALID_PARAMETER, "Unparseable date: ..." for a date in another format (reference A2 "Error body")
 */
export function parseCondition(account: Account, type: RecordType, text: string | null): Condition {
  if (text === null || text.trim() === '') return { sql: '1 = 1', parameters: [] };
  const parameters: (string | number)[] = [];
  const parts = text.split(/\s+(AND|OR)\s+/);
  const sql = parts.map((part, index) => (index % 2 === 1 ? part : clause(account, type, part, parameters)));
  return { sql: sql.join(' '), parameters };
}

function clause(account: Account, type: RecordType, text: string, parameters: (string | number)[]): string {
  const match = /^\s*([A-Za-z_]+)\s+([A-Z_]+)\s*(?:"([^"]*)"|(\S+))?\s*$/.exec(text);
  const field = match?.[1]?.toLowerCase() ?? '';
  const column = REST_TO_COLUMN[field] ?? field;
  const columnType = TABLES[type.table]?.columns[column];
  if (match === null || columnType === undefined) throw invalid(`Invalid search query: ${text}`);
  const operator = match[2] ?? '';
  if (operator === 'EMPTY') return `"${column}" IS NULL`;
  if (operator === 'EMPTY_NOT') return `"${column}" IS NOT NULL`;
  const sqlOperator = OPERATORS[operator];
  const value = match[3] ?? match[4];
  if (sqlOperator === undefined || value === undefined) throw invalid(`Invalid search query: ${text}`);
  if (columnType === 'date' || columnType === 'datetime') {
    const day = parseAccountDate(value, account.settings.dateFormat);
    if (day === null) throw invalid(`Unparseable date: ${value}`);
    parameters.push(day);
    return `substr("${column}", 1, 10) ${sqlOperator} ?`;
  }
  parameters.push(sqlOperator === 'LIKE' ? `${operator === 'CONTAIN' ? '%' : ''}${value}%` : value);
  return `"${column}" ${sqlOperator} ?`;
}
