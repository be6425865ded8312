import { loadArguments, Section } from './load-arguments.js';
import { NO_ARGUMENTS, type Arguments, type FieldRule, type ListRule, type Reason, type Rule } from './mapping.js';
import { isInheritedName, parsePath } from './path.js';
import { naturalReader, READ_TRANSFORMS } from './read-transforms.js';
import { EXTRA_TARGET, JSON_TARGET, type Target, type Targets } from './target.js';
import { CUSTOM_PREFIX, type TransformWords } from './transform.js';
import { WRITE_TRANSFORMS } from './write-transforms.js';

/** Against what the rules of one level are checked. `targets` is null where the target system alone knows the fields. */
export interface RuleScope {
  readonly targets: Targets | null;
  /** Word for messages: the entity, or the list. */
  readonly title: string;
  /** True where `extras.<name>` may be added. */
  readonly extras: boolean;
}

const FIELD_WORDS = ['from', 'via', 'value', 'optional', 'default', 'absentWhen', 'each', 'fields', 'only', 'options', 'omitWhenNull'];

/** Custom transforms take a map of texts, handed on as they are. */
const CUSTOM_WORDS: TransformWords = {
  says: '', gives: ['text', 'texts', 'money', 'date', 'currency', 'boolean', 'oneOf', 'json'], from: 'one',
  takes: { options: { kind: 'map', required: false } },
};

/** Every rule under `fields`. Mistakes go to the section's list; what is mistaken is left out of the answer. */
export function loadRules(section: Section, scope: RuleScope): readonly Rule[] {
  const rules: Rule[] = [];
  for (const field of section.map.entries.keys()) {
    const body = section.takeMap(field, 'write { from: <source path> }');
    const target = targetFor(section, field, scope);
    if (body === null || target === null) continue;
    const rule = loadRule(body, field, target, scope);
    if (rule !== null) rules.push(rule);
  }
  return rules;
}

function targetFor(section: Section, field: string, scope: RuleScope): Target | null {
  const line = section.map.entries.get(field)?.line ?? section.line;
  if (scope.targets === null) return outputTarget(section, field, line);
  const extra = /^extras\.([A-Za-z][A-Za-z0-9_]*)$/.exec(field);
  if (extra !== null && scope.extras && !isInheritedName(extra[1] ?? '')) return EXTRA_TARGET;
  const target = scope.targets.get(field);
  if (target !== undefined && target.kind !== 'extras') return target;
  const cure = target === undefined
    ? `there are ${[...scope.targets.keys()].join(', ')}${scope.extras ? ' and extras.<name>' : ''}`
    : 'write "rest: extras" at the end, or extras.<name> for one of them';
  section.list.add(line, section.at(field), target === undefined ? `${scope.title} has no field "${field}"` : 'cannot be filled by a rule', cure);
  return null;
}

function outputTarget(section: Section, field: string, line: number): Target | null {
  const path = parsePath(field);
  if (typeof path !== 'string' && !path.fromRecord && path.steps.every((step) => typeof step === 'string')) return JSON_TARGET;
  section.list.add(line, section.at(field), typeof path === 'string' ? path : 'an output path has names only', 'write names joined by dots: customer.id');
  return null;
}

function loadRule(body: Section, field: string, target: Target, scope: RuleScope): Rule | null {
  if (body.has('each')) return loadListRule(body, field, target, scope);
  if (target.kind === 'rows') {
    body.list.add(body.line, body.path, 'is a list of rows', 'write "each: <path of the list>" and "fields:"');
    return null;
  }
  return loadFieldRule(body, field, target);
}

function loadListRule(body: Section, field: string, target: Target, scope: RuleScope): ListRule | null {
  if (target.kind !== 'rows' && target.kind !== 'texts' && target.kind !== 'json') {
    body.list.add(body.line, body.path, `the target is ${target.kind}, not a list`, 'write { from: <source path> }');
    return null;
  }
  const each = body.takePath('each');
  const only = loadOnly(body);
  const whenMissing = loadWhenMissing(body, { ...target, nullable: true });
  const omitWhenEmpty = scope.targets === null && body.takeFlag('omitWhenEmpty');
  const ofRows = body.has('fields') || target.kind === 'rows';
  const rows = ofRows ? loadRows(body, field, target, scope) : loadRowText(body, target);
  if (ofRows) body.refuseUnknown(['each', 'only', 'fields', 'absent', 'optional', 'omitWhenNull', 'omitWhenEmpty']);
  if (each === null || rows === null) return null;
  return { kind: 'list', field, target, file: body.list.file, line: body.line, whenMissing, each, only, rows, omitWhenEmpty };
}

function loadRows(body: Section, field: string, target: Target, scope: RuleScope): ListRule['rows'] | null {
  const fields = body.takeFields();
  const absent = body.takeReasons('absent');
  if (fields === null) return null;
  const inner: RuleScope = { targets: scope.targets === null ? null : target.fields, title: field, extras: false };
  const rules = loadRules(fields, inner);
  if (inner.targets !== null) checkComplete(body, inner, new Set(fields.map.entries.keys()), absent);
  return { rules };
}

function loadRowText(body: Section, target: Target): ListRule['rows'] | null {
  const text = loadFieldRule(body, '', target.kind === 'texts' ? { ...target, kind: 'text', nullable: true } : target, ['each', 'only', 'omitWhenEmpty']);
  return text === null ? null : { text };
}

function loadOnly(body: Section): ListRule['only'] {
  const section = body.takeMap('only', 'write { <path in the row>: <text or list of texts> }');
  return [...section?.map.entries.keys() ?? []].flatMap((key) => {
    const values = section?.takeTexts(key, 'write the text the row must have') ?? [];
    const path = section?.readPath(key, section.line, key) ?? null;
    return path === null ? [] : [{ path, values: values.map((value) => value.text) }];
  });
}

function loadFieldRule(body: Section, field: string, target: Target, alsoKnown: readonly string[] = []): FieldRule | null {
  const before = body.list.mistakes.length;
  const via = body.takeText('via', 'name a transform');
  const constant = body.has('value') && target.kind !== 'json';
  if (constant && via !== null) body.list.add(via.line, body.path, 'a constant has no transform', 'drop "via" and write the canonical value');
  const words = constant ? CONSTANT_WORDS : transformWords(body, via, target);
  const source = loadSource(body, words);
  const given = words === null ? NO_ARGUMENTS : checkedArguments(body, words, via?.text ?? 'text', target);
  const fallback = loadDefault(body, target);
  const whenMissing = loadWhenMissing(body, target);
  const absentWhen = body.takeTexts('absentWhen', 'list the texts that mean "nothing"').map((entry) => entry.text);
  if (source !== null && 'constant' in source) checkConstant(body, 'value', source.constant, target);
  if (words !== null) body.refuseUnknown([...FIELD_WORDS, ...alsoKnown, ...Object.keys(words.takes)]);
  if (body.list.mistakes.length > before || source === null) return null;
  const name = words === CONSTANT_WORDS ? 'value' : via?.text ?? 'text';
  return { kind: 'field', field, target, file: body.list.file, line: body.line, whenMissing, source, via: name, arguments: given, absentWhen, fallback };
}

const CONSTANT_WORDS: TransformWords = { says: '', gives: [], from: 'one', takes: {} };

function transformWords(body: Section, via: { readonly text: string; readonly line: number } | null, target: Target): TransformWords | null {
  const table: Readonly<Record<string, TransformWords>> = target.kind === 'json' ? WRITE_TRANSFORMS : READ_TRANSFORMS;
  const name = via?.text ?? 'text';
  const line = via?.line ?? body.line;
  const words = name.startsWith(CUSTOM_PREFIX) ? CUSTOM_WORDS : Object.hasOwn(table, name) ? table[name] ?? null : null;
  if (words === null) {
    body.list.add(line, body.path, `no transform is called "${name}"`, `there are ${Object.keys(table).join(', ')} and custom.<name>`);
    return null;
  }
  if (words.gives.includes(target.kind)) return words;
  const fitting = Object.entries(table).filter(([, entry]) => entry.gives.includes(target.kind)).map(([word]) => word);
  body.list.add(line, body.path, `the target is ${target.kind}, ${name} does not give that`, `use via: ${fitting.join(' or ')}`);
  return null;
}

function checkedArguments(body: Section, words: TransformWords, via: string, target: Target): Arguments {
  const before = body.list.mistakes.length;
  const given = loadArguments(body, words, via);
  const mistake = body.list.mistakes.length === before ? words.mistake?.(given, target) ?? null : null;
  if (mistake !== null) body.list.add(body.line, body.path, mistake, 'correct the argument');
  return given;
}

function loadSource(body: Section, words: TransformWords | null): FieldRule['source'] | null {
  const constant = body.takeText('value', 'write the constant text');
  if (body.has('value') && body.has('from')) {
    body.list.add(body.line, body.path, 'has both "from" and "value"', 'keep one of the two');
  }
  if (body.has('value')) { body.take('from'); return constant === null ? null : { constant: constant.text }; }
  if (!body.has('from')) {
    body.list.add(body.line, body.path, 'has neither "from" nor "value"', 'write from: <source path>');
    return null;
  }
  const several = words?.from === 'several';
  const texts = several ? body.takeTexts('from', 'list the source paths') : [body.takeText('from', 'write one source path; firstOf, concat and list take several')];
  const paths = texts.flatMap((entry) => {
    const path = entry === null ? null : body.readPath(entry.text, entry.line, 'from');
    return path === null ? [] : [path];
  });
  return paths.length === 0 ? null : { paths };
}

function loadDefault(body: Section, target: Target): FieldRule['fallback'] {
  const section = body.takeMap('default', 'write { value: <text>, because: <reason> }');
  if (section === null) return null;
  const value = section.needText('value', 'write the value to take when the source has none');
  const because = section.needText('because', 'say in words why this value is right');
  section.refuseUnknown(['value', 'because']);
  if (value !== null) checkConstant(section, 'value', value.text, target);
  return value === null || because === null ? null : { value: value.text, because: because.text };
}

function checkConstant(section: Section, key: string, text: string, target: Target): void {
  if (target.kind === 'json') return;
  try {
    naturalReader(target)(text, { record: null, currency: null }, null);
  } catch (error) {
    section.list.add(section.map.entries.get(key)?.line ?? section.line, section.at(key), (error as Error).message, `write what ${target.kind} takes`);
  }
}

function loadWhenMissing(body: Section, target: Target): FieldRule['whenMissing'] {
  const optional = body.takeFlag('optional');
  const omit = body.takeFlag('omitWhenNull');
  if (omit && target.kind !== 'json') body.list.add(body.line, body.path, 'omitWhenNull is for write mappings', 'write optional: true');
  if (optional && !target.nullable && target.kind !== 'texts') {
    body.list.add(body.line, body.path, 'the field is required and cannot be optional', 'drop "optional", or give a default with its reason');
  }
  return omit ? 'omit' : optional ? 'null' : 'refuse';
}

/** Every canonical field is claimed or listed as absent with a reason; nothing is both. */
export function checkComplete(section: Section, scope: RuleScope, claimed: ReadonlySet<string>, absent: readonly Reason[]): void {
  const targets = scope.targets ?? new Map<string, Target>();
  const absentFields = new Set(absent.map((reason) => reason.field));
  for (const reason of absent) {
    const target = targets.get(reason.field);
    const at = section.at(`absent.${reason.field}`);
    if (target === undefined) section.list.add(reason.line, at, `${scope.title} has no field "${reason.field}"`, `there are ${[...targets.keys()].join(', ')}`);
    else if (claimed.has(reason.field)) section.list.add(reason.line, at, 'is both claimed and absent', 'keep one of the two');
    else if (!mayBeAbsent(target)) section.list.add(reason.line, at, `${scope.title} requires it`, 'claim it, with "value:" if the source knows only one');
  }
  for (const [field, target] of targets) {
    if (claimed.has(field) || absentFields.has(field)) continue;
    const cure = target.kind === 'extras' ? 'write "rest: extras", or list it under absent with a reason' : 'write a rule for it, or list it under absent with a reason';
    section.list.add(section.line, section.at(field), 'is neither claimed nor absent', cure);
  }
}

function mayBeAbsent(target: Target): boolean {
  return target.nullable || target.kind === 'rows' || target.kind === 'texts' || target.kind === 'extras';
}
