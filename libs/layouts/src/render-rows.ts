import { canonicalToJson, currencyExponent, type Json, type JsonObject } from '#canonical';
import { LayoutError, type LayoutContent } from '#connector-kit';
import { ControlTotals, isTotal, wantedTotals } from './control-totals.js';
import { encodingOf, type Encoding } from './encodings.js';
import type { Condition, FieldTable, LayoutTable, RecordTable, ValuePath } from './layout-table.js';
import { shown, ValueProblem } from './value-problem.js';
import { valueAt, type ValueScope } from './value-path.js';

/** One record on its way into a file. `texts` are by the record's fields, as the file wants them. */
export interface RenderedRow {
  readonly record: RecordTable;
  readonly texts: readonly string[];
  /** How many groups it is in; zero for headers, details and trailers. */
  readonly depth: number;
}

/** A record whose values are taken and whose computed fields still wait for the totals. */
interface Draft {
  readonly record: RecordTable;
  readonly depth: number;
  /** The hub's texts; null for computed fields. */
  readonly values: readonly (string | null)[];
  readonly exponents: readonly (number | null)[];
  /** 1-based. */
  readonly sibling: number;
  readonly siblings: number;
  readonly detail: number;
  readonly totals: ControlTotals;
}

/** Takes a content apart into records, in the order of the file. @throws LayoutError naming record, field and value. */
export function renderRows(table: LayoutTable, content: LayoutContent): readonly RenderedRow[] {
  return new RowRenderer(table, content).all();
}

class RowRenderer {
  readonly #drafts: Draft[] = [];
  readonly #wanted;
  readonly #fileTotals: ControlTotals;
  readonly #encoding: Encoding;
  #groupTotals: ControlTotals;
  #detail = 0;

  constructor(private readonly table: LayoutTable, private readonly content: LayoutContent) {
    this.#wanted = wantedTotals(table.records);
    this.#fileTotals = new ControlTotals(this.#wanted);
    this.#groupTotals = this.#fileTotals;
    this.#encoding = encodingOf(table.encoding);
  }

  all(): readonly RenderedRow[] {
    const { file, details } = this.content;
    const max = this.table.detailsMax;
    if (max !== null && details.length > max) throw new LayoutError(`layout ${this.table.name}: ${details.length} details, more than the ${max} one file takes; split the batch`);
    const fileScope: ValueScope = { item: file, parent: file, detail: file, file };
    for (const record of this.table.records) if (record.place === 'header') this.#draft(record, fileScope, 0, 1, 1);
    for (const detail of details) this.#group(detail, file);
    this.#groupTotals = this.#fileTotals;
    for (const record of this.table.records) if (record.place === 'trailer') this.#draft(record, fileScope, 0, 1, 1);
    return this.#drafts.map((draft, index) => this.#row(draft, index + 1));
  }

  #group(detail: JsonObject, file: JsonObject): void {
    this.#detail += 1;
    this.#groupTotals = this.#wanted.size === 0 ? this.#fileTotals : new ControlTotals(this.#wanted);
    const scope: ValueScope = { item: detail, parent: file, detail, file };
    const before = this.#drafts.length;
    for (const record of this.table.records) if (record.place === 'detail') this.#records(record, scope, 0);
    if (this.#drafts.length === before && this.table.records.some((record) => record.place === 'detail' && !record.optional)) throw new LayoutError(`layout ${this.table.name}: detail ${this.#detail} would not be in the file: no record is for ${shown(JSON.stringify(detail))}`);
  }

  /** One record, or one for each item of its list, with what they hold. */
  #records(record: RecordTable, scope: ValueScope, depth: number): void {
    const items = record.each === null ? [scope.item] : this.#items(record, record.each, scope);
    for (const [index, item] of items.entries()) {
      const own: ValueScope = record.each === null ? scope : { ...scope, item, parent: scope.item };
      if (!fits(record, own)) continue;
      this.#draft(record, own, depth, index + 1, items.length);
      for (const nested of record.nested) this.#records(nested, own, depth + 1);
    }
  }

  #items(record: RecordTable, each: ValuePath, scope: ValueScope): readonly Json[] {
    const list = valueAt(each, scope);
    if (list !== null && !Array.isArray(list)) throw new LayoutError(`layout ${this.table.name}, record ${record.name}, detail ${this.#detail}: "${each.text}" is ${shown(JSON.stringify(list))}, not a list`);
    const items = list as readonly Json[] | null ?? [];
    return items.length === 0 && record.orOnce ? [{}] : items;
  }

  #draft(record: RecordTable, scope: ValueScope, depth: number, sibling: number, siblings: number): void {
    const values: (string | null)[] = [];
    const exponents: (number | null)[] = [];
    this.#fileTotals.count(record.name);
    if (this.#groupTotals !== this.#fileTotals) this.#groupTotals.count(record.name);
    for (const field of record.fields) {
      const value = this.#valueOf(record, field, scope);
      values.push(value);
      exponents.push(field.form.needsCurrency && value !== '' ? this.#exponentOf(record, field, scope) : null);
      if (value !== null && this.#wanted.has(field)) this.#addUp(record, field, value);
    }
    this.#drafts.push({ record, depth, values, exponents, sibling, siblings, detail: this.#detail, totals: depth > 0 ? this.#groupTotals : this.#fileTotals });
  }

  #addUp(record: RecordTable, field: FieldTable, value: string): void {
    this.#attempt(record, field, value, () => {
      this.#fileTotals.add(field, value);
      if (this.#groupTotals !== this.#fileTotals) this.#groupTotals.add(field, value);
    });
  }

  #valueOf(record: RecordTable, field: FieldTable, scope: ValueScope): string | null {
    if (field.source.kind === 'constant') return field.source.text;
    if (field.source.kind !== 'value') return null;
    const value = plain(valueAt(field.source.path, scope));
    if (typeof value === 'string') return value;
    throw this.#error(record, field, JSON.stringify(value), 'is no text: hand in text, an amount or a number kept as text');
  }

  #exponentOf(record: RecordTable, field: FieldTable, scope: ValueScope): number {
    const code = field.currency === null ? null : valueAt(field.currency, scope);
    if (typeof code !== 'string' || code === '') throw this.#error(record, field, '', `has no currency at "${field.currency?.text ?? ''}"`);
    return this.#attempt(record, field, code, () => {
      try {
        return currencyExponent(code);
      } catch {
        throw new ValueProblem(`${shown(code)} is no currency`);
      }
    });
  }

  #row(draft: Draft, line: number): RenderedRow {
    const texts = draft.record.fields.map((field, index) => this.#text(draft, field, draft.values[index] ?? null, draft.exponents[index] ?? null, line));
    return { record: draft.record, texts, depth: draft.depth };
  }

  #text(draft: Draft, field: FieldTable, given: string | null, exponent: number | null, line: number): string {
    const value = given ?? computed(field, draft, line);
    if (value === '') {
      if (field.optional) return '';
      throw this.#error(draft.record, field, '', 'is empty, and the layout needs it', draft.detail);
    }
    if (field.source.kind === 'constant' || field.source.kind === 'last') return value;
    return this.#attempt(draft.record, field, value, () => this.#encodable(field.form.write(value, exponent)), draft.detail);
  }

  #encodable(text: string): string {
    const lacking = this.#encoding.lacks(text);
    if (lacking === null) return text;
    const { replacement } = this.table;
    if (replacement === null) throw new ValueProblem(`${shown(text)} holds ${shown(lacking)}, which ${this.table.encoding} lacks`);
    return [...text].map((character) => (this.#encoding.lacks(character) === null ? character : replacement)).join('');
  }

  #attempt<Result>(record: RecordTable, field: FieldTable, value: string, act: () => Result, detail = this.#detail): Result {
    try {
      return act();
    } catch (error) {
      if (error instanceof ValueProblem) throw this.#error(record, field, value, error.message, detail);
      throw error;
    }
  }

  #error(record: RecordTable, field: FieldTable, value: string, problem: string, detail = this.#detail): LayoutError {
    const place = record.place === 'header' || record.place === 'trailer' ? '' : `, detail ${detail}`;
    return new LayoutError(`layout ${this.table.name}, record ${record.name}, field ${field.name}${place}: ${problem}`, { record: record.name, field: field.name, value, detail });
  }
}

function computed(field: FieldTable, draft: Draft, line: number): string {
  const { source } = field;
  if (isTotal(source)) return draft.totals.valueOf(source);
  if (source.kind === 'last') return draft.sibling === draft.siblings ? source.yes : source.no;
  if (source.kind !== 'number') return '';
  return String(source.of === 'siblings' ? draft.sibling : source.of === 'details' ? draft.detail : line);
}

function fits(record: RecordTable, scope: ValueScope): boolean {
  const holds = ({ path, values }: Condition): boolean => {
    const value = plain(valueAt(path, scope));
    return typeof value === 'string' && values.includes(value);
  };
  return record.only.every(holds) && !record.unless.some(holds);
}

/** Texts stay; money and numbers kept as text give their digits; nothing is the empty text. Other values have no place in a field. */
function plain(value: Json): unknown {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const json = canonicalToJson(value);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return value;
  const { amount, $number } = json as JsonObject;
  return typeof amount === 'string' && 'currency' in json ? amount : typeof $number === 'string' ? $number : value;
}
