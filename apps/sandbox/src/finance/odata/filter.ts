import { cellOf, literalOf, type Literal } from './literal.js';
import type { Cell, Column, Row } from './columns.js';
import type { EnvironmentSettings } from '../settings.js';
import { badRequest } from './odata-error.js';
import { instantCell } from './wire.js';

/** Of the settings, how dates are compared. */
export type DateSettings = Pick<EnvironmentSettings, 'plainDatesInFilters' | 'dateFilters'>;
/** `YYYY-MM-DD` of an ISO instant. */
const DAY_LENGTH = 10;

export type Predicate = (row: Row) => boolean;

const OPERATORS: Readonly<Record<string, string>> = { eq: 'Equal', ne: 'NotEqual', gt: 'GreaterThan', ge: 'GreaterThanOrEqual', lt: 'LessThan', le: 'LessThanOrEqual' };
const TOKEN = /\s*([A-Za-z_][\w.]*'(?:[^']|'')*'|'(?:[^']|'')*'|[()]|,|[A-Za-z_@][\w./]*|-?\d[\w.:+-]*)/y;

/** @throws ODataError for what is no token */
function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw badRequest(`Syntax error at position ${at} in '${text}'.`);
    found.push(match[1] ?? '');
  }
  return found;
}

/**
 * The part of $filter the product answers: and, or, not, brackets, the six comparisons, `*` in a text as wildcard. No functions, no `in`, no `has`,
 * enums by eq and ne alone (reference 3.1).
 * @param dates how dates are compared, see settings.ts
 * @throws ODataError
 */
export function parseFilter(text: string, definition: readonly Column[], typeName: string, dates: DateSettings): Predicate {
  return new FilterParser(text, new Map(definition.map((column) => [column.name, column])), typeName, dates).parse();
}

class FilterParser {
  private readonly queue: string[];
  private position = 0;

  constructor(private readonly text: string, private readonly definition: ReadonlyMap<string, Column>, private readonly typeName: string, private readonly dates: DateSettings) {
    this.queue = tokens(text);
  }

  parse(): Predicate {
    const predicate = this.disjunction();
    if (this.position < this.queue.length) throw badRequest(`Syntax error at '${this.peek()}' in '${this.text}'.`);
    return predicate;
  }

  private peek(): string {
    return this.queue[this.position] ?? '';
  }

  private take(): string {
    const token = this.queue[this.position];
    if (token === undefined) throw badRequest(`Expression expected at position ${this.text.length} in '${this.text}'.`);
    this.position += 1;
    return token;
  }

  private disjunction(): Predicate {
    let left = this.conjunction();
    while (this.peek() === 'or') {
      this.take();
      const [first, second] = [left, this.conjunction()];
      left = (row) => first(row) || second(row);
    }
    return left;
  }

  private conjunction(): Predicate {
    let left = this.negation();
    while (this.peek() === 'and') {
      this.take();
      const [first, second] = [left, this.negation()];
      left = (row) => first(row) && second(row);
    }
    return left;
  }

  private negation(): Predicate {
    if (this.peek() === 'not') {
      this.take();
      const inner = this.negation();
      return (row) => !inner(row);
    }
    if (this.peek() !== '(') return this.comparison();
    this.take();
    const inner = this.disjunction();
    if (this.take() !== ')') throw badRequest(`')' or operator expected in '${this.text}'.`);
    return inner;
  }

  private comparison(): Predicate {
    const first = this.take();
    if (this.peek() === '(') throw badRequest(`An unknown function with name '${first}' was found. This may also be a function that is not supported.`);
    const operator = this.take();
    const kind = OPERATORS[operator];
    if (kind === undefined) throw badRequest(operator === 'in' || operator === 'has' ? `The operator '${operator}' is not supported.` : `Syntax error at '${operator}' in '${this.text}'.`);
    const second = this.take();
    const [leftLiteral, rightLiteral] = [literalOf(first), literalOf(second)];
    if (leftLiteral === null && rightLiteral !== null) return this.compare(this.column(first), operator, kind, rightLiteral);
    if (leftLiteral !== null && rightLiteral === null) return this.compare(this.column(second), MIRRORED[operator] ?? operator, kind, leftLiteral);
    throw badRequest(`A comparison needs one property and one value: '${first} ${operator} ${second}'.`);
  }

  private column(name: string): Column {
    const column = this.definition.get(name);
    if (column === undefined) throw badRequest(`Could not find a property named '${name}' on type '${this.typeName}'.`);
    return column;
  }

  private compare(column: Column, operator: string, kind: string, literal: Literal): Predicate {
    if (column.type === 'enum' && operator !== 'eq' && operator !== 'ne') throw badRequest(`The operator '${kind}' is not supported for the enumeration property '${column.name}'.`);
    const value = cellOf(column, literal, kind, this.dates.plainDatesInFilters);
    if (column.type === 'string' && typeof value === 'string' && (operator === 'eq' || operator === 'ne')) return textPredicate(column, value, operator === 'eq');
    const byDay = column.type === 'date' && this.dates.dateFilters === 'byDay';
    const wanted = byDay && typeof value === 'string' ? value.slice(0, DAY_LENGTH) : value;
    return (row) => {
      const cell = comparable(column, row[column.name] ?? '');
      return holds(orderOf(byDay ? String(cell).slice(0, DAY_LENGTH) : cell, wanted), operator);
    };
  }
}

const MIRRORED: Readonly<Record<string, string>> = { gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' };

/** Texts are compared without case, as the database behind the product does; company ids as they stand (reference 3.1: lower case). */
function textPredicate(column: Column, value: string, wanted: boolean): Predicate {
  const exact = column.name === 'dataAreaId';
  if (!exact && value.includes('*')) {
    const pattern = new RegExp(`^${value.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'is');
    return (row) => pattern.test(String(row[column.name] ?? '')) === wanted;
  }
  const folded = value.toLowerCase();
  return (row) => {
    const text = String(row[column.name] ?? '');
    return (exact ? text === value : text.toLowerCase() === folded) === wanted;
  };
}

/** A cell in the form literals have: dates as instants, texts folded. */
function comparable(column: Column, cell: Cell): Cell {
  if (column.type === 'date' || column.type === 'instant') return new Date(instantCell(column, String(cell))).toISOString();
  return cell;
}

function orderOf(cell: Cell, value: Cell | null): number {
  if (value === null) return Number.NaN;
  const [left, right] = typeof cell === 'string' && typeof value === 'string' ? [cell.toLowerCase(), value.toLowerCase()] : [cell, value];
  return left === right ? 0 : left < right ? -1 : 1;
}

function holds(order: number, operator: string): boolean {
  switch (operator) {
    case 'eq': return order === 0;
    case 'ne': return order !== 0;
    case 'gt': return order > 0;
    case 'ge': return order >= 0;
    case 'lt': return order < 0;
    default: return order <= 0;
  }
}
