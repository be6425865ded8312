import { ENTITY_NAMES, type EntityName } from '#canonical';
import { Section } from './load-arguments.js';
import { checkComplete, loadRules } from './load-rules.js';
import type { IgnoredPath, Mapping, ReadMapping, Rule, WriteMapping } from './mapping.js';
import { MistakeList } from './mistakes.js';
import { parsePath } from './path.js';
import { ENTITY_TARGETS } from './target.js';
import { parseYamlTree } from './yaml-tree.js';

const NAME = /^[a-z][A-Za-z0-9-]*(\.[a-z][A-Za-z0-9-]*){1,4}$/;
const HEAD_WORDS = ['mapping', 'overlays', 'version', 'from', 'to', 'fields'];

/**
 * Reads and checks one mapping file. `file` is only used in messages and lineage: give the path a person would open.
 * Read or write is told by which side names the connector.
 * @throws MappingFileError with every mistake of the file at once.
 */
export function loadMapping(text: string, file: string): Mapping {
  const list = new MistakeList(file);
  const tree = parseYamlTree(text, list);
  const mapping = tree === null ? null : loadTree(new Section(tree, '', list));
  list.throwIfAny();
  if (mapping === null) throw new Error(`${file} could not be loaded and no mistake was recorded`);
  return mapping;
}

/** As {@link loadMapping}, for callers that hold a read mapping's file. @throws MappingFileError also for a write mapping. */
export function loadReadMapping(text: string, file: string): ReadMapping {
  const mapping = loadMapping(text, file);
  if (mapping.direction === 'read') return mapping;
  return refuseDirection(file, 'is a write mapping', 'name the connector under "from" and the entity under "to"');
}

/** As {@link loadMapping}, for callers that hold a write mapping's file. @throws MappingFileError also for a read mapping. */
export function loadWriteMapping(text: string, file: string): WriteMapping {
  const mapping = loadMapping(text, file);
  if (mapping.direction === 'write') return mapping;
  return refuseDirection(file, 'is a read mapping', 'name the connector under "to"');
}

function refuseDirection(file: string, problem: string, cure: string): never {
  const list = new MistakeList(file);
  list.add(1, '', problem, cure);
  list.throwIfAny();
  throw new Error(`${file} ${problem}`);
}

function loadTree(section: Section): Mapping | null {
  const overlay = section.has('overlays');
  const name = section.needText(overlay ? 'overlays' : 'mapping', 'write "mapping: <connector>.<record>.read"');
  if (name !== null && !NAME.test(name.text)) section.list.add(name.line, section.at('mapping'), `"${name.text}" is not a mapping name`, 'write <connector>.<record>.read');
  const version = loadVersion(section);
  const from = section.take('from')?.value.kind;
  const to = section.take('to')?.value.kind;
  const head = { name: name?.text ?? '', version, file: section.list.file, overlay };
  if (from === 'map' && to === 'text') return loadRead(section, head);
  if (from === 'text' && to === 'map') return loadWrite(section, head);
  section.list.add(section.line, 'from', 'one of "from" and "to" names a connector and its record, the other a word of the hub',
    'write from: { connector: netsuite, record: invoice } and to: invoice (or the other way round to write)');
  return null;
}

type Head = Pick<Mapping, 'name' | 'version' | 'file' | 'overlay'>;

function loadVersion(section: Section): number {
  const version = section.needText('version', 'write "version: 1" and raise it with every change of meaning');
  if (version !== null && !/^[1-9]\d{0,5}$/.test(version.text)) {
    section.list.add(version.line, 'version', `"${version.text}" is not a whole number above zero`, 'write "version: 1"');
  }
  return Number(version?.text ?? '0');
}

function loadSystem(section: Section, key: 'from' | 'to'): { readonly connector: string; readonly record: string } {
  const system = section.takeMap(key, 'write { connector: <id>, record: <name> }');
  const connector = system?.needText('connector', 'write the id of the connector');
  const record = system?.needText('record', 'write the source\'s own word for the record');
  system?.refuseUnknown(['connector', 'record']);
  return { connector: connector?.text ?? '', record: record?.text ?? '' };
}

function loadRead(section: Section, head: Head): ReadMapping | null {
  const system = loadSystem(section, 'from');
  const entity = loadEntity(section);
  const fields = section.takeFields();
  const absent = section.takeReasons('absent');
  const rest = section.takeText('rest', 'write "rest: extras"');
  if (rest !== null && rest.text !== 'extras') section.list.add(rest.line, 'rest', `"${rest.text}" means nothing here`, 'write "rest: extras"');
  const ignore = loadIgnore(section);
  section.refuseUnknown([...HEAD_WORDS, 'absent', 'rest', 'ignore']);
  if (entity === null || fields === null) return null;
  const scope = { targets: ENTITY_TARGETS.get(entity) ?? new Map(), title: entity, extras: true };
  const rules = loadRules(fields, scope);
  const claimed = new Set(fields.map.entries.keys());
  if (rest !== null) claimed.add('extras');
  if (!head.overlay) checkComplete(section, scope, claimed, absent);
  else if (absent.length > 0) section.list.add(absent[0]?.line ?? 1, 'absent', 'an overlay only adds and replaces rules', 'write the rule it should have');
  return { direction: 'read', ...head, ...system, entity, rules, absent, rest: rest === null ? null : { line: rest.line }, ignore };
}

function loadEntity(section: Section): EntityName | null {
  const word = section.needText('to', 'write the canonical entity');
  const entity = ENTITY_NAMES.find((name) => name === word?.text) ?? null;
  if (word !== null && entity === null) section.list.add(word.line, 'to', `no entity is called "${word.text}"`, `there are ${ENTITY_NAMES.join(', ')}`);
  return entity;
}

function loadIgnore(section: Section): readonly IgnoredPath[] {
  return section.takeReasons('ignore').flatMap((reason) => {
    const path = parsePath(reason.field);
    if (typeof path !== 'string') return [{ path, because: reason.because }];
    section.list.add(reason.line, `ignore.${reason.field}`, path, 'write a source path');
    return [];
  });
}

function loadWrite(section: Section, head: Head): WriteMapping | null {
  const system = loadSystem(section, 'to');
  const value = section.needText('from', 'write what the connector hands in, such as postPayment');
  const fields = section.takeFields();
  section.refuseUnknown(HEAD_WORDS);
  if (fields === null) return null;
  const rules = loadRules(fields, { targets: null, title: system.record, extras: false });
  checkOutputPaths(rules, section);
  return { direction: 'write', ...head, ...system, value: value?.text ?? '', rules };
}

/** `customer` and `customer.id` cannot both be written: one is a value, the other needs it to be an object. */
function checkOutputPaths(rules: readonly Rule[], section: Section): void {
  for (const rule of rules) {
    const inside = rules.find((other) => other.field.startsWith(`${rule.field}.`));
    if (inside !== undefined) section.list.add(inside.line, inside.field, `"${rule.field}" is written as a value on line ${rule.line}`, 'keep one of the two');
    if (rule.kind === 'list' && 'rules' in rule.rows) checkOutputPaths(rule.rows.rules, section);
  }
}
