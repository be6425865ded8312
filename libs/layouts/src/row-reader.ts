import { currencyExponent } from '#canonical';
import type { LayoutPart } from '#connector-kit';
import { ControlTotals, gapOf, isTotal, wantedTotals } from './control-totals.js';
import { recordsOf, type FieldTable, type LayoutTable, type RecordTable } from './layout-table.js';
import { QUOTED_VALUE_MAX, ROWS_MAX } from './limits.js';
import { RecordOrder } from './record-order.js';
import { shown, ValueProblem } from './value-problem.js';

/** One field that could not be read. */
interface BadField {
  readonly column: number | null;
  readonly value: string;
  readonly problem: string;
}

/** A total the file states, to be held against the rows. */
interface Stated {
  readonly field: FieldTable;
  readonly record: RecordTable;
  readonly text: string;
  readonly line: number;
  readonly column: number | null;
}

export type ColumnOf = (fieldIndex: number) => number | null;

/**
 * Turns raw rows into parts: checks every field, the order of records, counters and control totals. Each row of the file gives exactly
 * one part, in its place; what is wrong with the file as a whole gives further problems, and then there is no end.
 */
export class RowReader {
  readonly #order: RecordOrder;
  readonly #fileTotals: ControlTotals;
  readonly #groupTotals: ControlTotals;
  /** Nothing but independent rows: order, counters and totals need no look. */
  readonly #plain: boolean;
  readonly #stated: Stated[] = [];
  readonly #statedOfGroup: Stated[] = [];
  readonly #counters = new Map<string, number>();
  readonly #flags = new Map<string, { readonly line: number; readonly column: number | null; readonly text: string }>();
  readonly #latest = new Map<string, string>();
  readonly #hasCurrencies: boolean;
  #details = 0;
  #lines = 0;
  #rows = 0;
  #whole = true;
  #found: LayoutPart[] = [];
  /** True when no further row is taken. */
  stopped = false;

  constructor(private readonly table: LayoutTable, private readonly skipRows: number) {
    const all = recordsOf(table.records);
    this.#order = new RecordOrder(table.records, ({ line, problem }) => { this.fileProblem(line, null, '', problem); });
    const wanted = wantedTotals(table.records);
    this.#fileTotals = new ControlTotals(wanted);
    this.#groupTotals = new ControlTotals(wanted);
    this.#plain = all.every((record) => record.place === 'detail' && record.fields.every(({ source }) => source.kind === 'value' || source.kind === 'constant'));
    this.#hasCurrencies = all.some((record) => record.fields.some((field) => field.form.needsCurrency));
  }

  /**
   * A row of a known kind. `texts` are its cells, and `places` says which of them each field takes (-1: none; null: cells are by field).
   * `columnOf` gives the column a problem with that field names.
   */
  row(record: RecordTable, texts: readonly (string | undefined)[], places: readonly number[] | null, line: number, columnOf: ColumnOf, extra: Readonly<Record<string, string>> | null = null): LayoutPart[] {
    const fields: Record<string, string> = {};
    const bad: BadField[] = [];
    this.#lines += 1;
    const placeProblem = this.#plain ? null : this.#enter(record, line);
    for (let index = 0; index < record.fields.length; index += 1) {
      const field = record.fields[index] as FieldTable;
      if (!field.form.needsCurrency) this.#readField(field, texts[places === null ? index : places[index] ?? -1], columnOf, index, fields, bad);
    }
    // The currency of a row may stand behind its amounts.
    if (this.#hasCurrencies) {
      for (const [index, field] of record.fields.entries()) {
        if (field.form.needsCurrency) this.#readField(field, texts[places === null ? index : places[index] ?? -1], columnOf, index, fields, bad);
      }
    }
    if (extra !== null) Object.assign(fields, extra);
    if (!this.#plain) this.#follow(record, fields, line, columnOf);
    if (placeProblem !== null) bad.unshift({ column: null, value: texts.join(' ').slice(0, QUOTED_VALUE_MAX), problem: `${record.name}: ${placeProblem}` });
    const isData = record.place === 'detail' || record.place === 'nested';
    if (bad.length === 0) return this.#part({ kind: 'row', record: record.name, line, fields }, isData);
    // A row out of place opened nothing that could be spoilt.
    if (!this.#plain && placeProblem === null) this.#order.spoil();
    if (!isData) this.#whole = false;
    const [first] = bad as [BadField];
    return this.#part({ kind: 'problem', line, column: first.column, value: first.value, problem: bad.map((each) => each.problem).join('; ') }, isData);
  }

  /** A row that no record claims, or that cannot be taken apart. */
  badRow(line: number, column: number | null, text: string, problem: string): LayoutPart[] {
    this.#lines += 1;
    this.#fileTotals.count('');
    this.#order.loseTrack(line);
    return this.#part({ kind: 'problem', line, column, value: text.slice(0, QUOTED_VALUE_MAX), problem }, true);
  }

  /** Something that makes the file as a whole untrustworthy. Told with the next parts. */
  fileProblem(line: number, column: number | null, value: string, problem: string): void {
    this.#whole = false;
    this.#found.push({ kind: 'problem', line, column, value: value.slice(0, QUOTED_VALUE_MAX), problem });
  }

  /** Reading cannot go on: no row after this is taken. */
  stop(line: number, value: string, problem: string): LayoutPart[] {
    this.fileProblem(line, null, value, problem);
    this.stopped = true;
    return this.#taken();
  }

  /** After the last row. */
  end(line: number): LayoutPart[] {
    if (this.stopped) return this.#taken();
    if (!this.#plain || this.table.records.some((record) => record.place !== 'detail')) {
      this.#closeGroup(line);
      this.#order.end(line);
      for (const stated of this.#stated) this.#hold(stated, this.#fileTotals);
    }
    const parts = this.#taken();
    return this.#whole ? [...parts, { kind: 'end', rows: this.#rows }] : parts;
  }

  #part(part: LayoutPart, isData: boolean): LayoutPart[] {
    if (isData) this.#rows += 1;
    const parts = this.#found.length === 0 ? [] : this.#taken();
    if (!isData || this.#rows > this.skipRows) parts.push(part);
    if (this.#rows > ROWS_MAX) return [...parts, ...this.stop(part.kind === 'end' ? 0 : part.line, '', `the file has more than ${ROWS_MAX} rows: split it`)];
    return parts;
  }

  #taken(): LayoutPart[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #readField(field: FieldTable, text: string | undefined, columnOf: ColumnOf, index: number, fields: Record<string, string>, bad: BadField[]): void {
    if (text === undefined || text === '') {
      if (!field.optional) bad.push({ column: columnOf(index), value: '', problem: `${field.name}: is ${text === undefined ? 'missing' : 'empty'}` });
      else if (text === '') fields[field.name] = '';
      return;
    }
    try {
      const value = field.form.read(text, field.form.needsCurrency ? this.#exponentOf(field, fields) : null);
      if (field.source.kind === 'constant' && text !== field.source.text) throw new ValueProblem(`is ${shown(text)}, the layout says ${shown(field.source.text)}`);
      fields[field.name] = value;
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      bad.push({ column: columnOf(index), value: text.slice(0, QUOTED_VALUE_MAX), problem: `${field.name}: ${error.message}` });
    }
  }

  #exponentOf(field: FieldTable, fields: Readonly<Record<string, string>>): number | null {
    const name = field.currency?.steps.at(-1) ?? '';
    const code = field.currency?.root === 'item' ? fields[name] : this.#latest.get(name);
    if (code === undefined) return null;
    try {
      return currencyExponent(code);
    } catch {
      throw new ValueProblem(`has the currency ${shown(code)}, which is none`);
    }
  }

  #enter(record: RecordTable, line: number): string | null {
    if (record.place === 'detail' || record.place === 'trailer') this.#closeGroup(line);
    if (record.place === 'detail') this.#details += 1;
    const problem = this.#order.enter(record, line);
    this.#fileTotals.count(record.name);
    if (record.place === 'detail' || record.place === 'nested') this.#groupTotals.count(record.name);
    this.#closeFlags(record, line);
    return problem;
  }

  /** Counters, flags and totals of a row whose fields were read as far as they could be. */
  #follow(record: RecordTable, fields: Readonly<Record<string, string>>, line: number, columnOf: ColumnOf): void {
    for (const [index, field] of record.fields.entries()) {
      const text = fields[field.name];
      if (text === undefined) continue;
      if (this.#hasCurrencies && record.place !== 'nested') this.#latest.set(field.name, text);
      const column = columnOf(index);
      if (isTotal(field.source)) (record.place === 'nested' ? this.#statedOfGroup : this.#stated).push({ field, record, text, line, column });
      else if (field.source.kind === 'number') this.#checkNumber(record, field, field.source.of, text, line, column);
      else if (field.source.kind === 'last') this.#flags.set(record.name, { line, column, text });
      else if (text !== '' && (field.form.kind === 'amount' || field.form.kind === 'integer' || field.form.kind === 'text')) this.#addUp(record, field, text);
    }
    for (const held of recordsOf(record.nested)) for (const field of held.fields) this.#counters.delete(`${held.name}.${field.name}`);
  }

  #addUp(record: RecordTable, field: FieldTable, text: string): void {
    this.#fileTotals.add(field, text);
    if (record.place === 'detail' || record.place === 'nested') this.#groupTotals.add(field, text);
  }

  /** A counter that jumps: something is missing or stands twice, though this row is fine. Counting goes on from what it says. */
  #checkNumber(record: RecordTable, field: FieldTable, of: 'siblings' | 'details' | 'lines', text: string, line: number, column: number | null): void {
    const key = `${record.name}.${field.name}`;
    const expected = of === 'details' ? this.#details : of === 'lines' ? this.#lines : (this.#counters.get(key) ?? 0) + 1;
    const said = Number(text);
    if (of === 'siblings') this.#counters.set(key, said);
    if (said === expected) return;
    if (of === 'details' && record.place === 'detail') this.#details = said;
    if (of === 'lines') this.#lines = said;
    this.fileProblem(line, column, text, `${record.name}.${field.name}: is ${text}, the next is ${expected}: a row is missing, or stands twice`);
  }

  /** A flag says which row of its group is the last: held against what follows. */
  #closeFlags(next: RecordTable | null, line: number): void {
    for (const [name, flag] of this.#flags) {
      const field = recordsOf(this.table.records).find((record) => record.name === name)?.fields.find(({ source }) => source.kind === 'last');
      if (field?.source.kind !== 'last') continue;
      const follows = next?.name === name;
      if (!follows && recordsOf(recordsOf(this.table.records).find((record) => record.name === name)?.nested ?? []).some((held) => held === next)) continue;
      this.#flags.delete(name);
      if (flag.text === (follows ? field.source.no : field.source.yes)) continue;
      const problem = flag.text === field.source.yes ? `"${name}" says it is the last of its group, and line ${line} is another` : `"${name}" says more of its group follow, and none does: the file is cut, or a row is missing`;
      this.fileProblem(flag.line, flag.column, flag.text, problem);
    }
  }

  #closeGroup(line: number): void {
    this.#closeFlags(null, line);
    for (const stated of this.#statedOfGroup) this.#hold(stated, this.#groupTotals);
    this.#statedOfGroup.length = 0;
    this.#groupTotals.clear();
  }

  #hold({ field, record, text, line, column }: Stated, totals: ControlTotals): void {
    if (!isTotal(field.source)) return;
    const gap = gapOf(field.source, text, totals.valueOf(field.source));
    if (gap !== null) this.fileProblem(line, column, text, `${record.name}.${field.name}: ${gap}`);
  }
}
