import type { Section } from '#mapping';
import { loadFields, takeValuePath, type FieldScope } from './load-fields.js';
import { NESTING_MAX, RECORDS_MAX } from './limits.js';
import { recordsOf, type Condition, type FieldTable, type LayoutTable, type RecordTable, type TagPlace } from './layout-table.js';
import { takeOneOf } from './section-words.js';
import { parseValuePath } from './value-path.js';

export interface RecordScope extends FieldScope {
  readonly tag: TagPlace | null;
  readonly recordLength: number | null;
  readonly direction: LayoutTable['direction'];
}

const NAME = /^[a-z][A-Za-z0-9]*$/;
const WORDS = ['place', 'tag', 'optional', 'each', 'orOnce', 'only', 'unless', 'fields', 'records'];

/** Every kind of record of a layout, checked against each other. */
export function loadRecords(layout: Section, scope: RecordScope): readonly RecordTable[] {
  if (!layout.has('records')) layout.list.add(layout.line, 'records', 'is missing', 'name the kinds of record: records: { invoice: { fields: ... } }');
  const records = loadLevel(layout, scope, 0);
  const all = recordsOf(records);
  if (all.length > RECORDS_MAX) layout.list.add(layout.line, 'records', `are ${all.length}, more than ${RECORDS_MAX}`, 'split the layout');
  checkNames(layout, all, scope);
  checkComputed(layout, records);
  if (records.length > 0 && !records.some((record) => record.place === 'detail')) layout.list.add(layout.line, 'records', 'none is a detail', 'one kind of record holds the rows: place: detail');
  return records;
}

function loadLevel(parent: Section, scope: RecordScope, depth: number): readonly RecordTable[] {
  const section = parent.takeMap('records', 'write one entry for each kind of record');
  if (section === null) return [];
  if (depth >= NESTING_MAX) section.list.add(section.line, section.path, `is nested deeper than ${NESTING_MAX}`, 'flatten the groups');
  return depth >= NESTING_MAX ? [] : [...section.map.entries.keys()].flatMap((name) => {
    const record = section.takeMap(name, 'write { fields: ... }');
    return record === null ? [] : [loadRecord(record, name, scope, depth)];
  });
}

function loadRecord(section: Section, name: string, scope: RecordScope, depth: number): RecordTable {
  if (!NAME.test(name)) section.list.add(section.line, section.path, `"${name}" is not a record name`, 'write letters and digits, a small letter first');
  const tag = section.takeText('tag', 'write the text that tells this record: tag: "6"');
  if (scope.tag === null && tag !== null) section.list.add(tag.line, section.at('tag'), 'the layout does not say where tags stand', 'add tag: { column: 1 } or tag: { at: 1-1 } at the top');
  if (scope.tag !== null && tag === null) section.list.add(section.line, section.at('tag'), 'is missing', 'write the text that tells this record');
  const place = depth > 0 ? 'nested' as const : takeOneOf(section, 'place', ['header', 'detail', 'trailer'], 'detail');
  const fields = loadFields(section, scope);
  if (scope.kind === 'fixed') checkPositions(section, fields, scope, tag?.text ?? '');
  const record: RecordTable = {
    name, line: section.line, place, tag: tag?.text ?? null, fields,
    optional: section.takeFlag('optional'), each: takeValuePath(section, 'each'), orOnce: section.takeFlag('orOnce'),
    only: loadConditions(section, 'only'), unless: loadConditions(section, 'unless'), nested: loadLevel(section, scope, depth + 1),
  };
  checkGroup(section, record, scope);
  section.refuseUnknown(WORDS);
  return record;
}

/** Lists and groups stand where they mean something. */
function checkGroup(section: Section, record: RecordTable, scope: RecordScope): void {
  const { place } = record;
  if (record.orOnce && record.each === null) section.list.add(section.line, section.at('orOnce'), 'needs a list', 'add each: <path of the list>');
  if (record.each !== null && (place === 'header' || place === 'trailer')) section.list.add(section.line, section.at('each'), 'a header or trailer stands once', 'make it a detail, or leave "each" out');
  if (record.nested.length > 0 && place !== 'detail' && place !== 'nested') section.list.add(section.line, section.at('records'), 'only details hold other records', 'put them at the top');
  if (scope.kind.startsWith('json') && place === 'nested' && (record.each?.root !== 'item' || record.each.steps.length === 0 || record.orOnce)) {
    section.list.add(section.line, section.at('each'), 'a group inside a JSON record is a list of that record', 'write each: <path of the list>, without orOnce');
  }
}

function loadConditions(section: Section, key: 'only' | 'unless'): readonly Condition[] {
  const only = section.takeMap(key, 'write { <path>: <text or list of texts> }');
  return [...only?.map.entries.keys() ?? []].flatMap((key) => {
    const values = only?.takeTexts(key, 'write the text the value must have').map((entry) => entry.text) ?? [];
    const path = parseValuePath(key);
    if (typeof path !== 'string') return [{ path, values }];
    only?.list.add(only.line, only.at(key), path, 'correct the path');
    return [];
  });
}

/** No two fields of a record share a position, none leaves the record. */
function checkPositions(section: Section, fields: readonly FieldTable[], scope: RecordScope, tag: string): void {
  const taken = fields.filter((field) => field.from > 0).map(({ name, line, from, to }) => ({ name, line, from, to }));
  if (scope.tag !== null && 'from' in scope.tag) {
    taken.unshift({ name: 'tag', line: section.line, from: scope.tag.from, to: scope.tag.to });
    if (tag.length > scope.tag.to - scope.tag.from + 1) section.list.add(section.line, section.at('tag'), `"${tag}" is longer than its place`, 'widen the place of tags');
  }
  let before = { name: '', to: 0 };
  for (const field of taken.toSorted((left, right) => left.from - right.from)) {
    if (before.to >= field.from) section.list.add(field.line, section.at(field.name), `begins at ${field.from}, where "${before.name}" has not ended`, 'correct the positions');
    if (scope.recordLength !== null && field.to > scope.recordLength) section.list.add(field.line, section.at(field.name), `ends at ${field.to}, behind the record's ${scope.recordLength} characters`, 'correct the positions or the record length');
    if (field.to > before.to) before = field;
  }
}

function checkNames(layout: Section, all: readonly RecordTable[], scope: RecordScope): void {
  const names = new Map<string, number>();
  const tags = new Map<string, string>();
  for (const record of all) {
    if (names.has(record.name)) layout.list.add(record.line, `records.${record.name}`, 'stands here a second time', 'give every kind of record a name of its own');
    names.set(record.name, record.line);
    const other = record.tag === null ? undefined : tags.get(record.tag);
    if (other !== undefined) layout.list.add(record.line, `records.${record.name}`, `has the tag of "${other}"`, 'tell them apart');
    if (record.tag !== null) tags.set(record.tag, record.name);
  }
  if (scope.tag !== null || all.length < 2) return;
  if (scope.kind.startsWith('json') && all.every((record) => record.place === 'nested' || record === all[0])) return;
  const same = all.every((record) => columnsOf(record) === columnsOf(all[0]));
  if (scope.kind === 'delimited' && scope.direction === 'write' && same) return;
  layout.list.add(all[1]?.line ?? layout.line, 'records', 'nothing tells the records apart',
    'add tag: { column: 1 } or tag: { at: 1-1 }; a delimited layout of direction "write" needs none when all records have the same columns');
}

function columnsOf(record: RecordTable | undefined): string {
  return JSON.stringify(record?.fields.map((field) => field.column));
}

/** Totals and counts name records and fields that exist. */
function checkComputed(layout: Section, records: readonly RecordTable[]): void {
  const all = recordsOf(records);
  for (const record of all) {
    for (const field of record.fields) {
      const at = `records.${record.name}.${field.name}`;
      const { source } = field;
      if (source.kind === 'count') for (const name of source.records ?? []) if (!all.some((known) => known.name === name)) layout.list.add(field.line, at, `no record is called "${name}"`, `there are ${all.map((known) => known.name).join(', ')}`);
      if (source.kind !== 'sum' && source.kind !== 'hash') continue;
      const summed = all.find((known) => known.name === source.record)?.fields.find((known) => known.name === source.field);
      if (summed === undefined) layout.list.add(field.line, at, `no record has a field "${source.record}.${source.field}"`, 'name a record and its field: check.amount');
      else if (source.kind === 'sum' && summed.form.kind !== 'amount' && summed.form.kind !== 'integer') layout.list.add(field.line, at, `"${source.record}.${source.field}" is a ${summed.form.kind}, not an amount`, 'sum an amount');
      else if (summed.source.kind !== 'value') layout.list.add(field.line, at, `"${source.record}.${source.field}" is computed itself`, 'name a field that holds a value');
    }
  }
}
