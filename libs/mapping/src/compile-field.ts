import type { CurrencyCode, Json, JsonObject } from '#canonical';
import type { FieldRule, ListRule } from './mapping.js';
import { MappingFileError } from './mistakes.js';
import { compilePath, type Path, type PathReader } from './path.js';
import { quoteValue, ValueRefused, type MappingProblem } from './problem.js';
import { naturalReader, READ_TRANSFORMS, type ReadTransform, type ValueReader } from './read-transforms.js';
import { PROBLEMS_MAX } from './limits.js';
import { CUSTOM_PREFIX, type CustomTransform, type CustomTransforms, type Surroundings } from './transform.js';

/** One record on its way through a mapping. */
export interface Run extends Surroundings {
  /** Set once the record's currency is read, before any amount is. */
  currency: CurrencyCode | null;
  readonly problems: MappingProblem[];
  problemCount: number;
  /** Where in the lists the current row stands, outermost first. */
  readonly rows: RowPlace[];
}

export interface RowPlace {
  readonly field: string;
  readonly source: string;
  index: number;
}

export function newRun(record: Json): Run {
  return { record, currency: null, problems: [], problemCount: 0, rows: [] };
}

/** Gives a field's value for a row, or reports to the run and gives null. */
export type FieldReader = (row: Json, run: Run) => unknown;

/** `lines[1].` for the field side, `item.items[1].` for the source side. */
export function placeOf(run: Run): { readonly field: string; readonly source: string } {
  const { rows } = run;
  return {
    field: rows.map((row) => `${row.field}[${row.index}].`).join(''),
    source: rows.map((row) => `${row.source}[${row.index}].`).join(''),
  };
}

/** Where a rule takes its value from, for people: `tranDate`, `item.items[1].amount`, `(constant)`. */
export function sourceText(rule: FieldRule, prefix: string): string {
  if ('constant' in rule.source) return '(constant)';
  return rule.source.paths.map((path) => pathInRecord(path, prefix)).join(', ');
}

/** Where a list begins: the row's place while its rows are read. */
export function startRows(rule: ListRule): RowPlace {
  return { field: rule.field, source: pathInRecord(rule.each, ''), index: 0 };
}

function pathInRecord(path: Path, prefix: string): string {
  if (path.fromRecord) return path.text.slice(1);
  return path.steps.length === 0 ? prefix.slice(0, -1) : prefix + path.text;
}

export function report(run: Run, rule: FieldRule, value: Json | undefined, problem: string): void {
  run.problemCount += 1;
  if (run.problems.length >= PROBLEMS_MAX) return;
  const { field, source } = placeOf(run);
  const ownField = rule.field === '' ? field.slice(0, -1) : field + rule.field;
  run.problems.push({ file: rule.file, line: rule.line, field: ownField, from: sourceText(rule, source), value: quoteValue(value), via: rule.via, problem });
}

/** The whole work of one rule as one function. @throws MappingFileError when it names a custom transform nobody gave. */
export function compileField(rule: FieldRule, transforms: CustomTransforms): FieldReader {
  const read = compileReader(rule, transforms);
  const get = compileSource(rule);
  const onMissing = compileMissing(rule);
  const meaningless = rule.absentWhen.length === 0 ? null : new Set(rule.absentWhen);
  return (row, run) => {
    const raw = get(row, run.record);
    const text = typeof raw === 'string' ? raw : scalarText(raw);
    if (text === null) {
      report(run, rule, raw, typeof raw === 'number' ? `${raw} is a binary number; read the answer with parseJsonKeepingNumberText` : 'is not a single value');
      return null;
    }
    try {
      if (text === '' || meaningless?.has(text) === true) return onMissing(row, run, raw);
      const value = read(text, run, row);
      return value === '' ? onMissing(row, run, raw) : value;
    } catch (error) {
      report(run, rule, raw, error instanceof Error ? error.message : String(error));
      return null;
    }
  };
}

/** A scalar as text, `''` for nothing, null for what is no scalar or not exact. */
export function scalarText(raw: Json | undefined): string | null {
  if (raw === undefined || raw === null) return '';
  if (typeof raw === 'string') return raw;
  return typeof raw === 'boolean' ? String(raw) : null;
}

/** Several paths become one value here, so that one reader signature serves every rule. */
function compileSource(rule: FieldRule): PathReader {
  const { source } = rule;
  if ('constant' in source) return () => source.constant;
  const readers = source.paths.map(compilePath);
  const [only = () => undefined] = readers;
  if (rule.via === 'firstOf') return (row, record) => firstPresent(readers, row, record, rule.absentWhen);
  if (rule.via === 'concat') {
    const separator = rule.arguments.texts['separator'] ?? ' ';
    return (row, record) => joined(readers, row, record, separator);
  }
  return only;
}

function isPresent(value: Json | undefined, absentWhen: readonly string[]): boolean {
  return value !== undefined && value !== null && value !== '' && !(typeof value === 'string' && absentWhen.includes(value));
}

export function firstPresent(readers: readonly PathReader[], row: Json, record: Json, absentWhen: readonly string[]): Json | undefined {
  for (const read of readers) {
    const value = read(row, record);
    if (isPresent(value, absentWhen)) return value;
  }
  return undefined;
}

/** The present texts in one; the first part that is no text is handed on as it is, to be refused with its value. */
export function joined(readers: readonly PathReader[], row: Json, record: Json, separator: string): Json {
  const parts: string[] = [];
  for (const read of readers) {
    const value = read(row, record);
    const text = scalarText(value);
    if (text === null) return value ?? null;
    if (text.trim() !== '') parts.push(text.trim());
  }
  return parts.join(separator);
}

function compileReader(rule: FieldRule, transforms: CustomTransforms): ValueReader {
  const natural = naturalReader(rule.target);
  if (rule.via.startsWith(CUSTOM_PREFIX)) {
    const custom = customTransform(rule, transforms);
    const options = customOptions(rule);
    return (text, around, row) => {
      const answer: unknown = custom(text, options);
      if (typeof answer !== 'string') throw new ValueRefused(`${rule.via} gave no text`);
      return answer === '' ? '' : natural(answer, around, row);
    };
  }
  const table: Readonly<Record<string, ReadTransform>> = READ_TRANSFORMS;
  return table[rule.via]?.compile(rule.arguments, rule.target) ?? natural;
}

/** @throws MappingFileError naming the transforms there are. */
export function customTransform(rule: FieldRule, transforms: CustomTransforms): CustomTransform {
  const name = rule.via.slice(CUSTOM_PREFIX.length);
  const custom = Object.hasOwn(transforms, name) ? transforms[name] : undefined;
  if (custom !== undefined) return custom;
  const names = Object.keys(transforms);
  const cure = names.length === 0 ? 'the connector exports no transforms' : `the connector exports ${names.join(', ')}`;
  throw new MappingFileError([{ file: rule.file, line: rule.line, path: rule.field, problem: `the connector has no transform "${name}"`, cure }]);
}

export function customOptions(rule: FieldRule): JsonObject {
  return Object.freeze(Object.fromEntries(rule.arguments.maps['options'] ?? []));
}

function compileMissing(rule: FieldRule): (row: Json, run: Run, raw: Json | undefined) => unknown {
  const { fallback } = rule;
  if (fallback !== null) {
    const read = naturalReader(rule.target);
    return (row, run) => read(fallback.value, run, row);
  }
  if (rule.whenMissing !== 'refuse') return () => null;
  return (_row, run, raw) => {
    report(run, rule, raw, raw === undefined ? 'is missing' : raw === null ? 'is null' : raw === '' ? 'is empty' : 'says "nothing"');
    return null;
  };
}

/** `via: list`: the texts at several paths, trimmed, each once. */
export function compileTexts(rule: FieldRule): FieldReader {
  if ('constant' in rule.source) { const { constant } = rule.source; return () => [constant]; }
  const readers = rule.source.paths.map(compilePath);
  const read = naturalReader(rule.target);
  return (row, run) => {
    const texts = new Set<string>();
    for (const get of readers) {
      const raw = get(row, run.record);
      const text = scalarText(raw);
      if (text === null) report(run, rule, raw, 'is not a single value');
      else if (text.trim() !== '' && !rule.absentWhen.includes(text)) texts.add(text.trim());
    }
    try {
      return [...texts].map((text) => read(text, run, row));
    } catch (error) {
      report(run, rule, undefined, (error as Error).message);
      return null;
    }
  };
}
