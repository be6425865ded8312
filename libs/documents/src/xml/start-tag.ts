import { XML_ATTRIBUTES_MAX, XML_NAME_LENGTH_MAX } from './limits.js';
import { resolveReferences } from './references.js';

/** Attributes by local name; declarations of namespaces by their whole name (`xmlns`, `xmlns:p`). */
export type XmlAttributes = ReadonlyMap<string, string>;

export interface StartTag {
  /** As written, prefix included: the end tag must say the same. */
  readonly qualified: string;
  readonly name: string;
  readonly attributes: XmlAttributes;
  readonly selfClosing: boolean;
  readonly numericReferences: number;
}

/** A name, blanks before the rest; letters outside ASCII are taken as they are. */
const NAME = /[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*(?::[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*)?/y;
const BLANKS = /[ \t\n]*/y;
const NONE: XmlAttributes = new Map();

/**
 * Where the tag that begins at `from` ends: the index of its `>`, which may also stand in a quoted value; -1 when it is not here yet.
 */
export function endOfTag(text: string, from: number): number {
  const end = text.indexOf('>', from);
  if (end === -1 || !hasQuote(text, from, end)) return end;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at;
  }
  return -1;
}

function hasQuote(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 39) return true;
  }
  return false;
}

/** The content of a start tag, without its brackets; a sentence when it is none. */
export function parseStartTag(raw: string): StartTag | string {
  const selfClosing = raw.endsWith('/');
  const content = selfClosing ? raw.slice(0, -1) : raw;
  const qualified = match(NAME, content, 0);
  if (qualified === '') return `"<${raw.slice(0, 40)}>" does not begin with a name; a "<" in a text must be written "&lt;"`;
  if (qualified.length > XML_NAME_LENGTH_MAX) return `a name has more than ${XML_NAME_LENGTH_MAX} characters`;
  const name = localName(qualified);
  if (qualified.length === content.length) return { qualified, name, attributes: NONE, selfClosing, numericReferences: 0 };
  const attributes = parseAttributes(content, qualified.length);
  return typeof attributes === 'string' ? attributes : { qualified, name, ...attributes, selfClosing };
}

function parseAttributes(content: string, from: number): Pick<StartTag, 'attributes' | 'numericReferences'> | string {
  const attributes = new Map<string, string>();
  let numericReferences = 0;
  for (let at = from; at < content.length;) {
    const blanks = match(BLANKS, content, at);
    at += blanks.length;
    if (at === content.length) break;
    const qualified = match(NAME, content, at);
    const equals = at + qualified.length + match(BLANKS, content, at + qualified.length).length;
    const opening = equals + 1 + match(BLANKS, content, equals + 1).length;
    const quote = content.charAt(opening);
    const closing = quote === '"' || quote === "'" ? content.indexOf(quote, opening + 1) : -1;
    if (blanks === '' || qualified === '' || content.charAt(equals) !== '=' || closing === -1) return `"${content.slice(at, at + 40)}" is no attribute (name="value")`;
    if (qualified.length > XML_NAME_LENGTH_MAX) return `a name has more than ${XML_NAME_LENGTH_MAX} characters`;
    const raw = content.slice(opening + 1, closing);
    if (raw.includes('<')) return `the attribute ${qualified} holds a "<", which must be written "&lt;"`;
    const value = resolveReferences(raw);
    if (value.problem !== null) return value.problem;
    numericReferences += value.numeric;
    const name = /^xmlns(?::|$)/.test(qualified) ? qualified : localName(qualified);
    if (attributes.has(name)) return `the attribute ${name} stands twice in one tag`;
    attributes.set(name, value.text);
    if (attributes.size > XML_ATTRIBUTES_MAX) return `a tag has more than ${XML_ATTRIBUTES_MAX} attributes`;
    at = closing + 1;
  }
  return { attributes, numericReferences };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(':') + 1);
}
