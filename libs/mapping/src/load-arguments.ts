import type { Arguments, Reason } from './mapping.js';
import type { MistakeList } from './mistakes.js';
import { parsePath, type Path } from './path.js';
import type { ArgumentKind, TransformWords } from './transform.js';
import type { YamlEntry, YamlMap, YamlTree } from './yaml-tree.js';

/** A map of the file that is being read, with the place it stands at. Every key must be taken, or it is an unknown word. */
export class Section {
  private readonly taken = new Set<string>();

  constructor(readonly map: YamlMap, readonly path: string, readonly list: MistakeList) {}

  get line(): number {
    return this.map.line;
  }

  /** The place of one of its keys: `lines.amount.via`. */
  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  has(key: string): boolean {
    return this.map.entries.has(key);
  }

  take(key: string): YamlEntry | null {
    this.taken.add(key);
    return this.map.entries.get(key) ?? null;
  }

  /** The text of a key; null and a mistake when it is something else, null alone when it is not there. */
  takeText(key: string, cure: string): { readonly text: string; readonly line: number } | null {
    const entry = this.take(key);
    if (entry === null) return null;
    if (entry.value.kind === 'text' && entry.value.text !== '') return { text: entry.value.text, line: entry.line };
    this.list.add(entry.line, this.at(key), entry.value.kind === 'text' ? 'is empty' : `is a ${entry.value.kind}, not a text`, cure);
    return null;
  }

  /** As {@link takeText}, and a key that is not there is a mistake too. */
  needText(key: string, cure: string): { readonly text: string; readonly line: number } | null {
    if (!this.has(key)) this.list.add(this.line, this.at(key), 'is missing', cure);
    return this.takeText(key, cure);
  }

  takeMap(key: string, cure: string): Section | null {
    const entry = this.take(key);
    if (entry === null) return null;
    if (entry.value.kind === 'map') return new Section({ ...entry.value, line: entry.line }, this.at(key), this.list);
    this.list.add(entry.line, this.at(key), `is a ${entry.value.kind}, not a map`, cure);
    return null;
  }

  /** The map of rules. Its keys are fields of the same place, so a message reads `lines.amount`, not `fields.lines.fields.amount`. */
  takeFields(): Section | null {
    const cure = 'write one line per target field';
    if (!this.has('fields')) this.list.add(this.line, this.at('fields'), 'is missing', cure);
    const section = this.takeMap('fields', cure);
    return section === null ? null : new Section(section.map, this.path, this.list);
  }

  takeFlag(key: string): boolean {
    const found = this.takeText(key, 'write true or false');
    if (found === null) return false;
    if (found.text !== 'true' && found.text !== 'false') this.list.add(found.line, this.at(key), `"${found.text}" is neither true nor false`, 'write true or false');
    return found.text === 'true';
  }

  takePath(key: string): Path | null {
    const found = this.takeText(key, 'write a source path');
    return found === null ? null : this.readPath(found.text, found.line, key);
  }

  readPath(text: string, line: number, key: string): Path | null {
    const path = parsePath(text);
    if (typeof path !== 'string') return path;
    this.list.add(line, this.at(key), path, 'write a path such as entity.id');
    return null;
  }

  /** Texts of a list; a single text counts as a list of one. */
  takeTexts(key: string, cure: string): readonly { readonly text: string; readonly line: number }[] {
    const entry = this.take(key);
    if (entry === null) return [];
    const items: readonly YamlTree[] = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    const texts = items.flatMap((item) => (item.kind === 'text' ? [{ text: item.text, line: item.line }] : []));
    if (texts.length !== items.length || texts.length === 0) this.list.add(entry.line, this.at(key), 'is not a list of texts', cure);
    return texts;
  }

  /** `name: reason` pairs. A reason is for the reader of the file; it may not be empty. */
  takeReasons(key: string): readonly Reason[] {
    const section = this.takeMap(key, 'write one line "field: reason" each');
    if (section === null) return [];
    return [...section.map.entries.keys()].flatMap((field) => {
      const because = section.takeText(field, 'say why in words, in quotes if they hold a comma or a colon');
      return because === null ? [] : [{ field, because: because.text, file: this.list.file, line: because.line }];
    });
  }

  /** Reports every key nobody took. `known` is what could stand here. */
  refuseUnknown(known: readonly string[]): void {
    for (const [key, entry] of this.map.entries) {
      if (!this.taken.has(key)) this.list.add(entry.line, this.at(key), `"${key}" means nothing here`, `there are ${known.join(', ')}`);
    }
  }
}

/** Reads what a transform takes beside `from` and `via`, and reports what it needs and has not got. */
export function loadArguments(section: Section, words: TransformWords, via: string): Arguments {
  const texts: Record<string, string> = {};
  const flags: Record<string, boolean> = {};
  const paths: Record<string, Path> = {};
  const maps: Record<string, ReadonlyMap<string, string>> = {};
  for (const [name, rule] of Object.entries(words.takes)) {
    if (!section.has(name)) {
      if (rule.required) section.list.add(section.line, section.path, `${via} needs "${name}"`, EXAMPLES[rule.kind].replace('<name>', name));
      continue;
    }
    if (rule.kind === 'flag') flags[name] = section.takeFlag(name);
    else if (rule.kind === 'map') maps[name] = loadTextMap(section, name);
    else if (rule.kind === 'path') { const path = section.takePath(name); if (path !== null) paths[name] = path; }
    else { const text = loadTextArgument(section, name, rule.kind); if (text !== null) texts[name] = text; }
  }
  return { texts, flags, paths, maps };
}

const EXAMPLES: Readonly<Record<ArgumentKind, string>> = {
  text: 'write <name>: <text>', flag: 'write <name>: true', path: 'write <name>: <source path>',
  map: 'write <name>: { <source code>: <value>, ... }', count: 'write <name>: <whole number>',
};

function loadTextArgument(section: Section, name: string, kind: 'text' | 'count'): string | null {
  const entry = section.take(name);
  if (entry === null || entry.value.kind !== 'text') {
    section.list.add(entry?.line ?? section.line, section.at(name), 'is not a text', EXAMPLES[kind].replace('<name>', name));
    return null;
  }
  if (kind === 'count' && !/^[1-9]\d{0,5}$/.test(entry.value.text)) {
    section.list.add(entry.line, section.at(name), `"${entry.value.text}" is not a whole number above zero`, EXAMPLES.count.replace('<name>', name));
    return null;
  }
  return entry.value.text;
}

/** A Map, not an object: its keys come from a file and may be called anything. */
export function loadTextMap(section: Section, name: string): ReadonlyMap<string, string> {
  const inner = section.takeMap(name, EXAMPLES.map.replace('<name>', name));
  const table = new Map<string, string>();
  for (const [code, entry] of inner?.map.entries ?? []) {
    if (entry.value.kind === 'text') table.set(code, entry.value.text);
    else section.list.add(entry.line, `${section.at(name)}.${code}`, `is a ${entry.value.kind}, not a text`, 'write one value');
  }
  if (inner !== null && table.size === 0) section.list.add(inner.line, inner.path, 'is empty', 'list every code the source sends');
  return table;
}
