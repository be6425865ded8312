import type { Section } from '#mapping';
import { compileDayFormat, TIME_FORMATS } from './dates.js';
import { amountForm, codeForm, dateForm, integerForm, textForm, timeForm, type FieldForm, type TextStyle } from './forms.js';
import { FIELDS_MAX } from './limits.js';
import type { FieldSource, FieldTable, LayoutTable, ValuePath } from './layout-table.js';
import { takeCount, takeOneOf, takeTextMap } from './section-words.js';
import { parseValuePath } from './value-path.js';

/** What the fields of a layout need to know of its head. */
export interface FieldScope {
  readonly kind: LayoutTable['kind'];
  readonly quoting: 'asNeeded' | 'always' | 'never';
  readonly formulas: 'harmless' | 'asIs';
}

const NAME = /^[a-z][A-Za-z0-9]*$/;
const SOURCE_WORDS = ['from', 'value', 'count', 'sum', 'hash', 'number', 'last'] as const;
const FORM_WORDS: Readonly<Record<FieldForm['kind'], readonly string[]>> = {
  text: ['trim', 'breaks', 'length', 'tooLong', 'formulas', 'pad', 'justify'], amount: ['decimals', 'implied', 'point', 'sign', 'negate', 'currency', 'pad'],
  date: ['format'], time: ['format'], integer: ['pad'], code: ['of'],
};
const FORM_KINDS = Object.keys(FORM_WORDS) as readonly FieldForm['kind'][];

/** The fields of one record, in the order of the file. Mistakes go to the section's list. */
export function loadFields(record: Section, scope: FieldScope): readonly FieldTable[] {
  const fields = record.takeFields();
  const names = [...fields?.map.entries.keys() ?? []];
  if (names.length > FIELDS_MAX) record.list.add(record.line, record.path, `has ${names.length} fields, more than ${FIELDS_MAX}`, 'split the record');
  return names.flatMap((name) => {
    const section = fields?.takeMap(name, 'write { } with what the field has: column, at, type...');
    return section === null || section === undefined ? [] : [loadField(section, name, scope)];
  });
}

function loadField(section: Section, name: string, scope: FieldScope): FieldTable {
  if (!NAME.test(name)) section.list.add(section.line, section.path, `"${name}" is not a field name`, 'write letters and digits, a small letter first');
  const source = loadSource(section, name);
  const computed = source.kind !== 'value' && source.kind !== 'constant';
  const kind = takeOneOf(section, 'type', FORM_KINDS, source.kind === 'sum' ? 'amount' : computed && source.kind !== 'last' ? 'integer' : 'text');
  const { from, to } = scope.kind === 'fixed' ? loadPosition(section) : { from: 0, to: 0 };
  const field: FieldTable = {
    name, line: section.line, from, to, source,
    column: scope.kind === 'delimited' ? section.takeText('column', 'write the heading')?.text ?? name : name,
    path: scope.kind.startsWith('json') ? loadJsonPath(section, name) : [],
    optional: section.takeFlag('optional'),
    form: loadForm(section, kind, scope, from === 0 ? null : to - from + 1),
    currency: kind === 'amount' ? takeValuePath(section, 'currency') : null,
  };
  const places = scope.kind === 'fixed' ? ['at'] : scope.kind === 'delimited' ? ['column'] : ['path'];
  section.take('because');
  section.refuseUnknown(['type', 'optional', 'because', ...places, ...SOURCE_WORDS, ...FORM_WORDS[kind]]);
  if (field.form.needsCurrency && field.currency === null) section.list.add(section.line, section.at('currency'), 'is missing', 'say where the currency stands, or give a number of decimals');
  return field;
}

function loadPosition(section: Section): { readonly from: number; readonly to: number } {
  const at = section.needText('at', 'write the first and last position: at: 2-11');
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(at?.text ?? '') ?? [];
  const place = { from: Number(from ?? 0), to: Number(to ?? from ?? 0) };
  if (at !== null && (place.from === 0 || place.to < place.from)) section.list.add(at.line, section.at('at'), `"${at.text}" is no position`, 'count from 1 and write the first and last: at: 2-11');
  return place;
}

function loadJsonPath(section: Section, name: string): readonly string[] {
  const path = section.takeText('path', 'write the place in the record: customer.id');
  if (path === null) return [name];
  const steps = path.text.split('.');
  if (steps.some((step) => step === '' || step === '__proto__')) section.list.add(path.line, section.at('path'), `"${path.text}" is not a place`, 'write names joined by dots');
  return steps;
}

export function takeValuePath(section: Section, key: string): ValuePath | null {
  const text = section.takeText(key, 'write a path: amount, /customer, //currency');
  const path = text === null ? null : parseValuePath(text.text);
  if (text !== null && typeof path === 'string') section.list.add(text.line, section.at(key), path, 'correct the path');
  return typeof path === 'string' ? null : path;
}

function loadSource(section: Section, name: string): FieldSource {
  const given = SOURCE_WORDS.filter((word) => section.has(word));
  if (given.length > 1) section.list.add(section.line, section.path, `has ${given.map((word) => `"${word}"`).join(' and ')}`, 'keep one of them');
  switch (given[0]) {
    case 'value': return { kind: 'constant', text: section.takeText('value', 'write the constant')?.text ?? '' };
    case 'count': return loadCount(section);
    case 'sum': return { kind: 'sum', ...recordField(section, 'sum') };
    case 'hash': return { kind: 'hash', ...recordField(section, 'hash'), digits: loadHashDigits(section) };
    case 'number': return { kind: 'number', of: takeOneOf(section, 'number', ['siblings', 'details', 'lines'], 'siblings') };
    case 'last': return loadLast(section);
    default: return { kind: 'value', path: takeValuePath(section, 'from') ?? { root: 'item', steps: [name], text: name } };
  }
}

function loadCount(section: Section): FieldSource {
  const records = section.takeTexts('count', 'name the records: count: [check, invoice], or count: all').map((entry) => entry.text);
  return { kind: 'count', records: records.length === 1 && records[0] === 'all' ? null : records };
}

/** `check.amount` */
function recordField(section: Section, key: string): { readonly record: string; readonly field: string } {
  const text = section.takeText(key, `write ${key}: check.amount`);
  const [record = '', field = '', ...rest] = text?.text.split('.') ?? [];
  if (text !== null && (field === '' || rest.length > 0)) section.list.add(text.line, section.at(key), `"${text.text}" names no field of a record`, `write ${key}: check.amount`);
  return { record, field };
}

const HASH_DIGITS_DEFAULT = 10;
/** A hash total keeps its last digits: the width of its field, where it has one. */
function loadHashDigits(section: Section): number {
  const at = section.map.entries.get('at')?.value;
  const [, from, to] = at?.kind === 'text' ? /^(\d+)-(\d+)$/.exec(at.text) ?? [] : [];
  return from === undefined ? HASH_DIGITS_DEFAULT : Math.max(1, Number(to) - Number(from) + 1);
}

function loadLast(section: Section): FieldSource {
  const words = takeTextMap(section, 'last', 'write last: { yes: "9", no: "0" }');
  for (const word of ['yes', 'no']) if (!words.has(word)) section.list.add(section.line, section.at('last'), `has no "${word}"`, 'write last: { yes: "9", no: "0" }');
  return { kind: 'last', yes: words.get('yes') ?? '', no: words.get('no') ?? '' };
}

/** `width`: characters of its place, in a fixed-width record. */
function loadForm(section: Section, kind: FieldForm['kind'], scope: FieldScope, width: number | null): FieldForm {
  switch (kind) {
    case 'text': return loadTextForm(section, scope, width);
    case 'amount': return loadAmountForm(section, scope);
    case 'date': {
      const text = section.takeText('format', 'write format: YYYY-MM-DD')?.text ?? 'YYYY-MM-DD';
      const format = compileDayFormat(text);
      if (typeof format !== 'string') return dateForm(format);
      section.list.add(section.line, section.at('format'), format, 'write format: YYYY-MM-DD');
      return dateForm({ pattern: text, read: (day) => day, write: (day) => day });
    }
    case 'time': return timeForm(takeOneOf(section, 'format', TIME_FORMATS, 'HHMM'));
    case 'integer': return integerForm(loadPadding(section, null));
    case 'code': return loadCodeForm(section);
  }
}

function loadTextForm(section: Section, scope: FieldScope, width: number | null): FieldForm {
  const delimited = scope.kind === 'delimited';
  const style: TextStyle = {
    formulas: takeOneOf(section, 'formulas', ['harmless', 'asIs'], scope.formulas),
    trim: section.takeFlag('trim'),
    breaks: takeOneOf(section, 'breaks', ['keep', 'blank', 'refuse'], scope.kind === 'fixed' || (delimited && scope.quoting === 'never') ? 'blank' : 'keep'),
    length: takeCount(section, 'length') ?? width,
    tooLong: takeOneOf(section, 'tooLong', ['cut', 'refuse'], 'refuse'),
  };
  if (style.breaks === 'keep' && scope.kind === 'fixed') section.list.add(section.line, section.at('breaks'), 'cannot be kept in a fixed-width record', 'write blank or refuse');
  return textForm(style, loadPadding(section, takeOneOf(section, 'justify', ['left', 'right'], 'left')) ?? undefined);
}

/** `justify` null: the kind's own, which is right for numbers. */
function loadPadding(section: Section, justify: 'left' | 'right' | null): FieldForm['padding'] | null {
  const entry = section.take('pad');
  const character = entry === null ? null : entry.value.kind === 'text' && entry.value.text.length === 1 ? entry.value.text : '';
  if (character === '') section.list.add(entry?.line ?? section.line, section.at('pad'), 'is not one character', 'write pad: "0" or pad: " "');
  if (character === null || character === '') return justify === null ? null : { character: ' ', justify };
  return { character, justify: justify ?? 'right' };
}

function loadAmountForm(section: Section, scope: FieldScope): FieldForm {
  const word = section.takeText('decimals', 'write a number, or currency')?.text ?? null;
  const decimals = word === null ? section.has('currency') ? 'currency' : 'asGiven' : word === 'currency' ? 'currency' : /^[0-4]$/.test(word) ? Number(word) : null;
  if (decimals === null) section.list.add(section.line, section.at('decimals'), `"${word}" is no number of decimals`, 'write 0 to 4, or currency');
  const implied = section.takeFlag('implied');
  if (implied && decimals === 'asGiven') section.list.add(section.line, section.at('implied'), 'needs the number of decimals', 'add decimals: 2');
  return amountForm({
    decimals: decimals ?? 'asGiven', implied, negate: section.takeFlag('negate'),
    point: takeOneOf(section, 'point', ['.', ','], '.'),
    sign: takeOneOf(section, 'sign', ['leading', 'trailing', 'none'], scope.kind === 'fixed' && implied ? 'none' : 'leading'),
  }, loadPadding(section, null));
}

function loadCodeForm(section: Section): FieldForm {
  const of = takeTextMap(section, 'of', 'write of: { <word of the hub>: <word of the file> }');
  if (of.size === 0) section.list.add(section.line, section.at('of'), 'is missing', 'list every word: of: { booked: OK, refused: ERR }');
  if (new Set(of.values()).size < of.size) section.list.add(section.line, section.at('of'), 'gives one word of the file twice', 'every word of the file may stand for one of the hub');
  return codeForm(of);
}
