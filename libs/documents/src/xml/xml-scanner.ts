import { type ByteDecoder, declaredEncoding, decoderOf } from './byte-decoder.js';
import { XML_NESTING_MAX, XML_NUMERIC_REFERENCES_MAX, XML_TAG_LENGTH_MAX, XML_TEXT_LENGTH_MAX } from './limits.js';
import { resolveReferences } from './references.js';
import { endOfTag, parseStartTag, type StartTag, type XmlAttributes } from './start-tag.js';
import { XmlError } from './xml-error.js';

/** Bytes worked on at once. Smaller pieces are gathered, larger ones divided, so that nothing depends on where a piece ends. */
const BLOCK_BYTES = 65_536;
/** Tags remembered by their text: a bank file has a few hundred different ones. */
const KNOWN_TAGS_MAX = 2_000;
const KNOWN_TAG_LENGTH_MAX = 64;
const SLASH = 47;
const EXCLAMATION = 33;
const QUESTION = 63;
const BLANK_ONLY = /^[ \t\n]*$/;

/** Hears a file. Names are local: without prefix. */
export interface XmlHandler {
  start(name: string, attributes: XmlAttributes): void;
  /** All characters between two tags, once, references replaced. Blanks that only indent are left out; those between a start and its end tag are not. */
  text(text: string): void;
  end(name: string): void;
}

/**
 * Reads XML as it arrives and calls the handler; `line` and `column` are those of the tag, or of the text, it is called for. A document
 * type, other entities than the five of XML, and what breaks a limit (`limits.ts`) raise an {@link XmlError}, as does what is not
 * well-formed; the scanner is then of no further use. Processing instructions and comments are passed over.
 */
export class XmlScanner {
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #blockLength = 0;
  #decoder: ByteDecoder | null = null;
  #buffer = '';
  /** Everything before it has been told. */
  #at = 0;
  /** Of what the handler is called for. */
  #eventAt = 0;
  #line = 1;
  #lineStart = 0;
  #nextLineEnd = Number.POSITIVE_INFINITY;
  #text = '';
  #afterStart = false;
  #rootSeen = false;
  #numericReferences = 0;
  readonly #open: StartTag[] = [];
  readonly #known = new Map<string, StartTag>();

  constructor(private readonly handler: XmlHandler) {}

  get line(): number {
    this.#countTo(this.#eventAt);
    return this.#line;
  }

  get column(): number {
    this.#countTo(this.#eventAt);
    // A text that began in a block before is placed where this block begins.
    return Math.max(1, this.#eventAt - this.#lineStart + 1);
  }

  /** True when bytes did not fit the encoding, or characters are not allowed in XML; others stand in their place. */
  get damaged(): boolean {
    return this.#decoder?.damaged ?? false;
  }

  /** @throws XmlError */
  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const length = Math.min(BLOCK_BYTES - this.#blockLength, bytes.length - from);
      this.#block.set(bytes.subarray(from, from + length), this.#blockLength);
      this.#blockLength += length;
      from += length;
      if (this.#blockLength === BLOCK_BYTES) this.#flush(false);
    }
  }

  /** @throws XmlError also when the file ends inside an element or has none */
  end(): void {
    this.#flush(true);
    this.#eventAt = this.#buffer.length;
    const unfinished = !BLANK_ONLY.test(this.#text + this.#buffer.slice(this.#at));
    const last = this.#open.at(-1);
    if (last !== undefined || unfinished) throw this.#error(`the file ends inside ${last === undefined ? 'a tag or behind the root element' : `<${last.qualified}>`}: its end is missing; ask for it to be sent again`);
    if (!this.#rootSeen) throw this.#error('the file holds no element: it is no XML');
  }

  #flush(last: boolean): void {
    const bytes = this.#block.subarray(0, this.#blockLength);
    this.#decoder ??= decoderOf(bytes);
    if (this.#decoder === null) throw this.#error(`the encoding "${declaredEncoding(bytes) ?? ''}" is not read; UTF-8, UTF-16, ISO 8859 and windows-125x are`);
    const text = this.#decoder.decode(bytes, last);
    this.#blockLength = 0;
    this.#countTo(this.#at);
    this.#buffer = this.#at === this.#buffer.length ? text : this.#buffer.slice(this.#at) + text;
    this.#lineStart -= this.#at;
    this.#eventAt = Math.max(0, this.#eventAt - this.#at);
    this.#at = 0;
    this.#findLineEnd(0);
    this.#read();
  }

  #read(): void {
    const buffer = this.#buffer;
    for (;;) {
      const open = buffer.indexOf('<', this.#at);
      if (open === -1) break;
      const next = this.#markup(buffer, open);
      if (next === -1) break;
      this.#at = next;
    }
    const waiting = buffer.length - this.#at;
    if (waiting <= XML_TEXT_LENGTH_MAX) return;
    this.#eventAt = this.#at;
    throw this.#error(`a text, a comment or a CDATA section has more than ${XML_TEXT_LENGTH_MAX} characters`);
  }

  /** Reads the text before `open` and the markup that begins there. Answers where to go on; -1 when its end is not here yet. */
  #markup(buffer: string, open: number): number {
    const second = buffer.charCodeAt(open + 1);
    if (second === EXCLAMATION) return this.#declaration(buffer, open);
    if (second === QUESTION) return this.#skip(buffer, open, '?>', 'a processing instruction');
    const end = second === SLASH ? buffer.indexOf('>', open) : endOfTag(buffer, open + 1);
    if ((end === -1 ? buffer.length : end) - open > XML_TAG_LENGTH_MAX) {
      this.#eventAt = open;
      throw this.#error(`a tag has more than ${XML_TAG_LENGTH_MAX} characters`);
    }
    if (end === -1) return -1;
    this.#takeText(buffer, open);
    this.#tellText(second === SLASH);
    this.#eventAt = open;
    if (second === SLASH) this.#endTag(buffer.slice(open + 2, end));
    else this.#startTag(buffer.slice(open + 1, end));
    return end + 1;
  }

  #declaration(buffer: string, open: number): number {
    if (buffer.startsWith('<!--', open)) return this.#skip(buffer, open, '-->', 'a comment');
    if (buffer.startsWith('<![CDATA[', open)) return this.#characterData(buffer, open);
    // Not yet all of the two markers.
    if (buffer.length - open < 9 && ('<![CDATA['.startsWith(buffer.slice(open)) || '<!--'.startsWith(buffer.slice(open)))) return -1;
    this.#eventAt = open;
    throw this.#error(`"${buffer.slice(open, open + 20)}": files with a document type or entities are refused, because such declarations can be used to attack whoever reads them`);
  }

  #skip(buffer: string, open: number, mark: string, what: string): number {
    const end = buffer.indexOf(mark, open + 2);
    if ((end === -1 ? buffer.length : end) - open > XML_TEXT_LENGTH_MAX) {
      this.#eventAt = open;
      throw this.#error(`${what} has more than ${XML_TEXT_LENGTH_MAX} characters`);
    }
    if (end === -1) return -1;
    this.#takeText(buffer, open);
    return end + mark.length;
  }

  #characterData(buffer: string, open: number): number {
    const end = buffer.indexOf(']]>', open + 9);
    if (end === -1) return -1;
    this.#takeText(buffer, open);
    this.#addText(buffer.slice(open + 9, end), open);
    return end + 3;
  }

  /** Keeps the characters before a piece of markup, references replaced. */
  #takeText(buffer: string, open: number): void {
    if (open === this.#at) return;
    const raw = buffer.slice(this.#at, open);
    if (!raw.includes('&')) return this.#addText(raw, this.#at);
    const { text, numeric, problem } = resolveReferences(raw);
    this.#eventAt = this.#at;
    if (problem !== null) throw this.#error(problem);
    this.#countReferences(numeric);
    this.#addText(text, this.#at);
  }

  #addText(text: string, at: number): void {
    if (this.#text === '') {
      this.#text = text;
      this.#eventAt = at;
      return;
    }
    this.#text += text;
    if (this.#text.length > XML_TEXT_LENGTH_MAX) throw this.#error(`a text has more than ${XML_TEXT_LENGTH_MAX} characters`);
  }

  #countReferences(numeric: number): void {
    this.#numericReferences += numeric;
    if (this.#numericReferences > XML_NUMERIC_REFERENCES_MAX) throw this.#error(`the file has more than ${XML_NUMERIC_REFERENCES_MAX} numeric references`);
  }

  #tellText(beforeEnd: boolean): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    if (!(this.#afterStart && beforeEnd) && BLANK_ONLY.test(text)) return;
    if (this.#open.length === 0) throw this.#error(`"${text.trim().slice(0, 40)}" stands outside of the root element`);
    this.handler.text(text);
  }

  #startTag(raw: string): void {
    const tag = this.#known.get(raw) ?? this.#learn(raw);
    if (this.#open.length === 0 && this.#rootSeen) throw this.#error(`a second root element <${tag.qualified}> follows the first; divide the file`);
    this.#rootSeen = true;
    this.#afterStart = !tag.selfClosing;
    if (this.#open.length >= XML_NESTING_MAX) throw this.#error(`more than ${XML_NESTING_MAX} elements stand in one another`);
    this.handler.start(tag.name, tag.attributes);
    if (tag.selfClosing) this.handler.end(tag.name);
    else this.#open.push(tag);
  }

  #learn(raw: string): StartTag {
    const short = raw.length <= KNOWN_TAG_LENGTH_MAX && this.#known.size < KNOWN_TAGS_MAX;
    // A copy: a part of a string keeps all of it in memory, here a block for each tag.
    const tag = parseStartTag(short ? Buffer.from(raw).toString() : raw);
    if (typeof tag === 'string') throw this.#error(tag);
    this.#countReferences(tag.numericReferences);
    if (short && tag.numericReferences === 0) this.#known.set(Buffer.from(raw).toString(), tag);
    return tag;
  }

  #endTag(raw: string): void {
    const tag = this.#open.pop();
    if (tag === undefined || (tag.qualified !== raw && tag.qualified !== raw.trimEnd())) {
      throw this.#error(`</${raw.slice(0, 40)}> closes nothing; ${tag === undefined ? 'no element is open' : `<${tag.qualified}> is open`}`);
    }
    this.#afterStart = false;
    this.handler.end(tag.name);
  }

  /** Every line end is looked at once in the whole file. */
  #countTo(index: number): void {
    while (this.#nextLineEnd < index) {
      this.#line += 1;
      this.#lineStart = this.#nextLineEnd + 1;
      this.#findLineEnd(this.#lineStart);
    }
  }

  #findLineEnd(from: number): void {
    const end = this.#buffer.indexOf('\n', from);
    this.#nextLineEnd = end === -1 ? Number.POSITIVE_INFINITY : end;
  }

  #error(problem: string): XmlError {
    return new XmlError(problem, this.line, this.column);
  }
}
