import { MistakeList, parseYamlTree, Section, type MappingMistake, type YamlMap } from '#mapping';
import { COLUMNS_MAX, RECORD_LENGTH_MAX } from './limits.js';
import { LayoutFileError } from './layout-file-error.js';
import { ENCODINGS, type DelimitedWords, type LayoutTable, type TagPlace } from './layout-table.js';
import { loadRecords } from './load-records.js';
import { lineOfMerged, mergeOverlay } from './overlay.js';
import { takeCount, takeOneOf } from './section-words.js';

const NAME = /^[a-z][A-Za-z0-9-]*(\.[a-z][A-Za-z0-9-]*){1,3}$/;
const WORDS = ['layout', 'version', 'direction', 'says', 'source', 'assumed', 'kind', 'encoding', 'replacement', 'lineEnd', 'lastLineEnd', 'recordLength', 'tag', 'detailsMax', 'formulas', 'records'];
const DELIMITED_WORDS = ['delimiter', 'quote', 'quoting', 'header', 'extraColumns'];

/** A layout's file, before and after its words were checked. */
export interface LayoutSource {
  readonly tree: YamlMap;
  readonly table: LayoutTable;
}

/**
 * Reads and checks one layout file. `file` is only used in messages.
 * @throws LayoutFileError with every mistake of the file at once.
 */
export function loadLayoutTable(text: string, file: string): LayoutSource {
  const tree = parse(text, file);
  return { tree, table: checked(tree, file, null) };
}

/** Which layout an overlay changes; null when the text is a layout of its own. @throws LayoutFileError when it is neither. */
export function overlaid(text: string, file: string): string | null {
  const tree = parse(text, file);
  const entry = tree.entries.get('overlays');
  return entry?.value.kind === 'text' ? entry.value.text : null;
}

/** The base with the overlay's words in place of its own. @throws LayoutFileError naming the file each mistake stands in. */
export function loadOverlaidTable(base: LayoutSource, text: string, file: string): LayoutSource {
  const overlay = parse(text, file);
  const entries = new Map(overlay.entries);
  entries.delete('overlays');
  const tree = mergeOverlay(base.tree, { ...overlay, entries });
  return { tree, table: checked(tree, base.table.file, file) };
}

function parse(text: string, file: string): YamlMap {
  const list = new MistakeList(file);
  const tree = parseYamlTree(text, list);
  if (tree === null || list.mistakes.length > 0) throw new LayoutFileError(list.mistakes);
  return tree;
}

function checked(tree: YamlMap, file: string, overlayFile: string | null): LayoutTable {
  const list = new MistakeList(file);
  const table = loadTree(new Section(tree, '', list));
  if (list.mistakes.length === 0) return table;
  const placed = list.mistakes.toSorted((left, right) => left.line - right.line).map((mistake): MappingMistake => {
    const { overlay, line } = lineOfMerged(mistake.line);
    return overlay && overlayFile !== null ? { ...mistake, file: overlayFile, line } : { ...mistake, line };
  });
  throw new LayoutFileError(placed);
}

function loadTree(section: Section): LayoutTable {
  const name = section.needText('layout', 'write "layout: <target>.<what>"');
  if (name !== null && !NAME.test(name.text)) section.list.add(name.line, 'layout', `"${name.text}" is not a layout name`, 'write <target>.<what>, or <target>.<what>.post');
  section.needText('says', 'say in a sentence what the file is for');
  section.needText('source', 'say where the rule comes from: a document, an address, a person');
  const kind = takeOneOf(section, 'kind', ['delimited', 'fixed', 'jsonLines', 'jsonArray'], 'delimited');
  const delimited = loadDelimited(section, kind === 'delimited');
  const tag = loadTag(section, kind);
  const recordLength = takeCount(section, 'recordLength');
  const formulas = takeOneOf(section, 'formulas', ['harmless', 'asIs'], kind === 'delimited' ? 'harmless' : 'asIs');
  const direction = takeOneOf(section, 'direction', ['read', 'write', 'both'], 'both');
  const table: LayoutTable = {
    direction, name: name?.text ?? '', version: loadVersion(section), file: section.list.file, kind, delimited, tag, recordLength,
    assumed: section.has('assumed') ? section.takeTexts('assumed', 'say what nobody has confirmed').map((entry) => entry.text) : [],
    encoding: takeOneOf(section, 'encoding', ENCODINGS, 'utf-8'),
    replacement: section.takeText('replacement', 'write the character that stands in')?.text ?? null,
    lineEnd: { lf: '\n', crlf: '\r\n', none: '' }[takeOneOf(section, 'lineEnd', ['lf', 'crlf', 'none'], 'lf')] as LayoutTable['lineEnd'],
    lastLineEnd: takeOneOf(section, 'lastLineEnd', ['required', 'optional'], 'required'),
    detailsMax: takeCount(section, 'detailsMax'),
    records: loadRecords(section, { kind, quoting: delimited.quoting, formulas, tag, recordLength, direction }),
  };
  checkHead(section, table);
  section.refuseUnknown([...WORDS, ...kind === 'delimited' ? DELIMITED_WORDS : []]);
  return table;
}

function loadVersion(section: Section): number {
  section.needText('version', 'write "version: 1" and raise it with every change of meaning');
  return takeCount(section, 'version') ?? 0;
}

function loadDelimited(section: Section, taken: boolean): DelimitedWords {
  if (!taken) return { delimiter: ',', quote: '"', quoting: 'never', header: false, extraColumns: 'refuse' };
  const header = section.has('header') ? section.takeFlag('header') : !section.has('tag');
  return {
    delimiter: takeCharacter(section, 'delimiter', ','), quote: takeCharacter(section, 'quote', '"'), header,
    quoting: takeOneOf(section, 'quoting', ['asNeeded', 'always', 'never'], 'asNeeded'),
    extraColumns: takeOneOf(section, 'extraColumns', ['refuse', 'ignore', 'keep'], 'refuse'),
  };
}

function takeCharacter(section: Section, key: string, otherwise: string): string {
  const entry = section.take(key);
  if (entry === null) return otherwise;
  const character = entry.value.kind === 'text' ? entry.value.text : '';
  if (character.length === 1 && character !== '\n' && character !== '\r') return character;
  section.list.add(entry.line, section.at(key), 'is not one character', `write ${key}: "${otherwise}" or ${key}: "\\t"`);
  return otherwise;
}

function loadTag(section: Section, kind: LayoutTable['kind']): TagPlace | null {
  const tag = section.takeMap('tag', 'write { column: 1 } or { at: 1-1 } or { path: type }');
  if (tag === null) return null;
  const [key, cure] = kind === 'delimited' ? ['column', 'write tag: { column: 1 }'] as const : kind === 'fixed' ? ['at', 'write tag: { at: 1-1 }'] as const : ['path', 'write tag: { path: type }'] as const;
  const text = tag.needText(key, cure);
  tag.refuseUnknown([key]);
  if (text === null) return null;
  if (key === 'path') return { path: text.text };
  const [, from, to] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text.text) ?? [];
  if (from === undefined || (key === 'column' && (to !== undefined || Number(from) > COLUMNS_MAX))) {
    section.list.add(text.line, tag.at(key), `"${text.text}" is no place`, cure);
    return null;
  }
  return key === 'column' ? { column: Number(from) } : { from: Number(from), to: Number(to ?? from) };
}

function checkHead(section: Section, table: LayoutTable): void {
  const complain = (key: string, problem: string, cure: string): void => { section.list.add(section.map.entries.get(key)?.line ?? section.line, key, problem, cure); };
  if (table.replacement !== null && table.replacement.length !== 1) complain('replacement', 'is not one character', 'write replacement: "?"');
  if (table.lineEnd === '' && (table.kind !== 'fixed' || table.recordLength === null || table.encoding.startsWith('utf-8'))) {
    complain('lineEnd', 'only fixed-width records of one length and one byte a character can do without', 'write lf or crlf, or add recordLength and a single-byte encoding');
  }
  if ((table.recordLength ?? 0) > RECORD_LENGTH_MAX) complain('recordLength', `is more than ${RECORD_LENGTH_MAX}`, 'correct it');
  if (table.recordLength !== null && table.kind !== 'fixed') complain('recordLength', 'is a word of fixed-width layouts', 'take it out');
  if (table.delimited.header && table.tag !== null) complain('header', 'a file with tags has no header row', 'take one of the two out');
  if (table.kind === 'jsonArray' && table.tag !== null) complain('tag', 'the elements of an array are all alike', 'write kind: jsonLines');
  if (table.kind === 'delimited' && (table.delimited.delimiter === table.delimited.quote)) complain('quote', 'is the delimiter', 'take another character');
  if (!table.delimited.header && table.delimited.extraColumns === 'keep') complain('extraColumns', 'columns without a heading have no name to keep', 'write refuse or ignore');
}
