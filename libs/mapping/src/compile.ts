import type { EntityName, EntityRecords, Json, JsonObject } from '#canonical';
import { compileField, compileTexts, newRun, startRows, type FieldReader, type Run } from './compile-field.js';
import { claimTree, collectExtras, storableExtra, type ClaimedTree } from './extras.js';
import { LIST_ROWS_MAX, PROBLEMS_MAX } from './limits.js';
import type { FieldRule, ListRule, ReadMapping, Rule } from './mapping.js';
import { MappingFileError } from './mistakes.js';
import { compilePath, type Path } from './path.js';
import { quoteValue, type MappingProblem } from './problem.js';
import { ENTITY_TARGETS, type Target, type Targets } from './target.js';
import type { CustomTransforms } from './transform.js';

export interface CompileOptions {
  /** What the connector exports for `via: custom.<name>`. */
  readonly transforms?: CustomTransforms;
  /** This connection's own rules; each replaces the mapping's rule for the same field or adds one. */
  readonly overlay?: ReadMapping | null;
}

export type Mapped<E extends EntityName = EntityName> =
  | { readonly ok: true; readonly value: EntityRecords[E] }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** A mapping ready to run. Holds no state between records. */
export interface CompiledMapping {
  readonly mapping: ReadMapping;
  readonly overlay: ReadMapping | null;
  /** The rules in force, overlay applied, in the order of the model. */
  readonly fields: readonly CompiledRule[];
  readonly extras: CompiledExtras;
  /**
   * One source record, numbers kept as text, to one canonical entity.
   * Never throws for data: a record that cannot be mapped gives every one of its problems.
   */
  apply(record: JsonObject): Mapped;
}

export type CompiledRule = CompiledField | CompiledList;
export interface CompiledField {
  readonly name: string;
  readonly rule: FieldRule;
  readonly read: FieldReader;
}
export interface CompiledList {
  readonly name: string;
  readonly rule: ListRule;
  readonly read: FieldReader;
  /** Goes through the rows that `only` lets pass; used by the reader and by the lineage. */
  readonly walk: (row: Json, run: Run, visit: (row: Json) => void) => void;
  readonly fields: readonly CompiledRule[];
}

export interface CompiledExtras {
  readonly named: readonly CompiledField[];
  /** Where `rest: extras` stands. */
  readonly restAt: { readonly file: string; readonly line: number };
  /** Null when the mapping has no `rest: extras`. */
  readonly claimed: ClaimedTree | null;
}

/**
 * Joins a mapping with its overlay and turns it into closures: no user text is ever run as code.
 * @throws MappingFileError when the overlay is of another mapping, or a custom transform is not there.
 */
export function compileMapping(mapping: ReadMapping, options: CompileOptions = {}): CompiledMapping {
  const overlay = options.overlay ?? null;
  checkOverlay(mapping, overlay);
  const transforms = options.transforms ?? {};
  const rules = mergeRules(mapping.rules, overlay?.rules ?? []);
  const targets = ENTITY_TARGETS.get(mapping.entity) ?? new Map<string, Target>();
  const fields = compileRules(rules, targets, transforms);
  const named = rules.flatMap((rule) => (rule.kind === 'field' && rule.field.startsWith(EXTRAS_PREFIX)
    ? [{ name: rule.field.slice(EXTRAS_PREFIX.length), rule, read: compileField(rule, transforms) }] : []));
  const ignored = [...mapping.ignore, ...overlay?.ignore ?? []].map((entry) => entry.path);
  const rest = overlay !== null && overlay.rest !== null ? overlay : mapping;
  const extras: CompiledExtras = { named, restAt: { file: rest.file, line: rest.rest?.line ?? 1 }, claimed: rest.rest !== null ? claimTree([...ignored, ...rules.flatMap(sourcePaths)]) : null };
  const plan = recordPlan(fields, targets);
  return { mapping, overlay, fields, extras, apply: (record) => applyPlan(plan, extras, mapping, record) };
}

const EXTRAS_PREFIX = 'extras.';

function checkOverlay(mapping: ReadMapping, overlay: ReadMapping | null): void {
  const refuse = (file: ReadMapping, problem: string, cure: string): never => {
    throw new MappingFileError([{ file: file.file, line: 1, path: '', problem, cure }]);
  };
  if (mapping.overlay) refuse(mapping, 'is an overlay and cannot stand alone', 'compile the mapping it overlays');
  if (overlay === null) return;
  if (!overlay.overlay) refuse(overlay, 'is a whole mapping, not an overlay', 'write "overlays:" instead of "mapping:"');
  if (overlay.name !== mapping.name) refuse(overlay, `overlays ${overlay.name}, not ${mapping.name}`, `write "overlays: ${mapping.name}"`);
  if (overlay.entity !== mapping.entity) refuse(overlay, `fills ${overlay.entity}, the mapping fills ${mapping.entity}`, `write "to: ${mapping.entity}"`);
}

export function mergeRules(base: readonly Rule[], overlay: readonly Rule[]): readonly Rule[] {
  const merged = new Map(base.map((rule) => [rule.field, rule]));
  for (const rule of overlay) merged.set(rule.field, rule);
  return [...merged.values()];
}

/** Record paths a rule reads. A list claims itself whole; `plusDays` and `money` also read what their arguments name. */
function sourcePaths(rule: Rule): readonly Path[] {
  if (rule.kind === 'list') return [rule.each];
  return [...'paths' in rule.source ? rule.source.paths : [], ...Object.values(rule.arguments.paths)];
}

/** In the order of the model, so that a canonical record always reads the same way. */
function compileRules(rules: readonly Rule[], targets: Targets, transforms: CustomTransforms): readonly CompiledRule[] {
  const byField = new Map(rules.map((rule) => [rule.field, rule]));
  return [...targets.keys()].flatMap((name): readonly CompiledRule[] => {
    const rule = byField.get(name);
    if (rule === undefined) return [];
    if (rule.kind === 'list') return [compileList(name, rule, transforms)];
    const read = rule.via === 'list' ? compileTexts(rule) : compileField(rule, transforms);
    return [{ name, rule, read }];
  });
}

function compileList(name: string, rule: ListRule, transforms: CustomTransforms): CompiledList {
  const walk = compileWalk(rule);
  if ('text' in rule.rows) {
    const inner: CompiledField = { name: '', rule: rule.rows.text, read: compileField(rule.rows.text, transforms) };
    const read: FieldReader = (row, run) => {
      const texts: unknown[] = [];
      walk(row, run, (item) => { const text = inner.read(item, run); if (text !== null) texts.push(text); });
      return texts;
    };
    return { name, rule, walk, read, fields: [inner] };
  }
  const fields = compileRules(rule.rows.rules, rule.target.fields, transforms);
  const plan = recordPlan(fields, rule.target.fields);
  const read: FieldReader = (row, run) => {
    const rows: unknown[] = [];
    walk(row, run, (item) => { rows.push(fillPlan(plan, item, run)); });
    return rows;
  };
  return { name, rule, walk, read, fields };
}

function compileWalk(rule: ListRule): CompiledList['walk'] {
  const get = compilePath(rule.each);
  const filters = rule.only.map((filter) => ({ read: compilePath(filter.path), values: new Set(filter.values) }));
  return (row, run, visit) => {
    const list = get(row, run.record);
    if (list === undefined || list === null || list === '') {
      if (rule.whenMissing === 'refuse') reportList(run, rule, list, list === undefined ? 'is missing' : list === null ? 'is null' : 'is empty');
      return;
    }
    if (!Array.isArray(list)) return reportList(run, rule, list, 'is not a list');
    if (list.length > LIST_ROWS_MAX) return reportList(run, rule, list, `has more than ${LIST_ROWS_MAX} rows`);
    const place = startRows(rule);
    run.rows.push(place);
    for (const item of list as readonly Json[]) {
      if (filters.every((filter) => filter.values.has(String(filter.read(item, run.record) ?? '')))) visit(item);
      place.index += 1;
    }
    run.rows.pop();
  };
}

function reportList(run: Run, rule: ListRule, value: Json | undefined, problem: string): void {
  run.problemCount += 1;
  if (run.problems.length >= PROBLEMS_MAX) return;
  run.problems.push({ file: rule.file, line: rule.line, field: rule.field, from: rule.each.text, value: quoteValue(value), via: 'each', problem });
}

/** Names and readers side by side, so the loop per record touches two flat arrays and nothing else. */
interface RecordPlan {
  readonly names: readonly string[];
  readonly readers: readonly FieldReader[];
  /** Position of the currency, which is read first because amounts need it; -1 when there is none. */
  readonly currencyAt: number;
}

const EMPTY_NULL: FieldReader = () => null;
const EMPTY_LIST: FieldReader = () => [];

function recordPlan(fields: readonly CompiledRule[], targets: Targets): RecordPlan {
  const readers = new Map(fields.map((field) => [field.name, field.read]));
  const names = [...targets.keys()].filter((name) => targets.get(name)?.kind !== 'extras');
  const isList = (name: string): boolean => ['rows', 'texts'].includes(targets.get(name)?.kind ?? '');
  return {
    names,
    readers: names.map((name) => readers.get(name) ?? (isList(name) ? EMPTY_LIST : EMPTY_NULL)),
    currencyAt: names.findIndex((name) => name === 'currency' && targets.get(name)?.kind === 'currency'),
  };
}

function fillPlan(plan: RecordPlan, row: Json, run: Run, known?: unknown): Record<string, unknown> {
  const { names, readers, currencyAt } = plan;
  const value: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) {
    value[names[index] as string] = index === currencyAt ? known : (readers[index] as FieldReader)(row, run);
  }
  return value;
}

/** A run that has read the record's currency, which every amount needs. */
function startRun(plan: RecordPlan, record: JsonObject): Run {
  const run = newRun(record);
  const currency = plan.currencyAt < 0 ? null : (plan.readers[plan.currencyAt] as FieldReader)(record, run);
  run.currency = typeof currency === 'string' ? currency : null;
  return run;
}

function applyPlan(plan: RecordPlan, extras: CompiledExtras, mapping: ReadMapping, record: JsonObject): Mapped {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return refuseRecord(mapping, record);
  const run = startRun(plan, record);
  const value = fillPlan(plan, record, run, run.currency);
  value['extras'] = readExtras(extras, record, run);
  if (run.problemCount > 0) return { ok: false, problems: sortedProblems(run, mapping) };
  // Every field was checked against its schema at load, and every reader gives what its field's kind takes.
  return { ok: true, value: value as unknown as EntityRecords[EntityName] };
}

export function readExtras(extras: CompiledExtras, record: JsonObject, run: Run): Record<string, string> {
  const collected = extras.claimed === null ? {} : collectExtras(record, extras.claimed);
  for (const field of extras.named) {
    const text = field.read(record, run);
    if (typeof text === 'string') collected[field.name] = storableExtra(text);
  }
  return collected;
}

function refuseRecord(mapping: ReadMapping, record: Json): Mapped {
  return { ok: false, problems: [{ file: mapping.file, line: 1, field: mapping.entity, from: mapping.record, value: quoteValue(record), via: 'record', problem: 'is not a record' }] };
}

/** In the order of the file; what the bound left out is said, not dropped. */
function sortedProblems(run: Run, mapping: ReadMapping): readonly MappingProblem[] {
  const problems = [...run.problems].sort((left, right) => (left.file === right.file ? left.line - right.line : left.file < right.file ? -1 : 1));
  const more = run.problemCount - problems.length;
  if (more > 0) {
    problems.push({ file: mapping.file, line: 1, field: mapping.entity, from: mapping.record, value: null, via: 'record', problem: `has ${more} more problems` });
  }
  return problems;
}
