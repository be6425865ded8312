import { OFX_TAG_LENGTH_MAX, OFX_VALUE_LENGTH_MAX } from './limits.js';
import { ownText } from '../table/table-row.js';
import { resolveOfxReferences } from './references.js';

/** What {@link OfxTokens} finds, in the file's order. Names are in capitals. */
export interface OfxTokenHandler {
  start(name: string, line: number, column: number): void;
  end(name: string, line: number, column: number): void;
  /** Characters between two tags, trimmed, with the place where they begin; `cut` when some were left out. Never empty. */
  text(value: string, line: number, column: number, cut: boolean): void;
  /** `<?OFX ... ?>` or another processing instruction. */
  instruction(content: string): void;
  /** `<!DOCTYPE`, `<!ENTITY` or another declaration. */
  declaration(line: number, column: number): void;
}

type Mode = 'content' | 'comment' | 'data' | 'instruction';
const ENDS: Readonly<Record<Exclude<Mode, 'content'>, string>> = { comment: '-->', data: ']]>', instruction: '?>' };
const NAME = /^\/?[A-Za-z][A-Za-z0-9._-]{0,63}(?=[\s/]|$)/;
/** Different plain tags remembered: a file repeats some forty of them in every row. */
const TAGS_REMEMBERED_MAX = 1_000;

/** A tag that is a name and no more. */
interface PlainTag {
  readonly name: string;
  readonly closing: boolean;
}

const PLAIN_TAG = /^\/?[A-Z][A-Z0-9.]{0,63}$/;

/**
 * One tolerant tokenizer for the SGML of OFX 1 and the XML of OFX 2: tags, texts, CDATA and comments, whatever stands on one line or runs
 * over several. A "<" that begins no tag is text, as banks write it.
 */
export class OfxTokens {
  readonly #handler: OfxTokenHandler;
  #mode: Mode = 'content';
  #text = '';
  #textLine = 0;
  #textColumn = 0;
  #textCut = false;
  /** Line ends behind the text, which count only when more text comes. */
  #lineEnds = 0;
  readonly #plainTags = new Map<string, PlainTag>();
  #closeLine = 0;
  #close = 0;
  /** A tag or instruction whose end is on a later line. */
  #unended = '';
  #unendedLine = 0;
  #unendedColumn = 0;

  constructor(handler: OfxTokenHandler) {
    this.#handler = handler;
  }

  line(text: string, number: number): void {
    if (this.#unended !== '') return this.#goOn(text, number);
    this.#read(text, number, 0);
    if (this.#text !== '') this.#lineEnds += 1;
  }

  /** Hands on what stands behind the last tag. */
  end(): void {
    if (this.#unended !== '') this.#append(this.#unended, this.#unendedLine, this.#unendedColumn);
    this.#unended = '';
    this.#flush();
  }

  /** True inside a comment, CDATA or instruction that does not end. */
  get unended(): boolean {
    return this.#mode !== 'content' || this.#unended !== '';
  }

  /** A tag over several lines: without its end within {@link OFX_TAG_LENGTH_MAX} it was text. */
  #goOn(text: string, number: number): void {
    const end = text.indexOf('>');
    const whole = `${this.#unended} ${end === -1 ? text : text.slice(0, end)}`;
    if (end === -1 && whole.length <= OFX_TAG_LENGTH_MAX) {
      this.#unended = whole;
      return;
    }
    this.#unended = '';
    if (end === -1 || !this.#tag(whole.slice(1), this.#unendedLine, this.#unendedColumn)) {
      this.#append(`${whole}${end === -1 ? '' : '>'}`, this.#unendedLine, this.#unendedColumn);
    }
    if (end !== -1) this.#read(text, number, end + 1);
    if (this.#text !== '') this.#lineEnds += 1;
  }

  #read(text: string, number: number, start: number): void {
    let from = start;
    while (from < text.length) {
      if (this.#mode !== 'content') {
        from = this.#readToEnd(text, number, from);
        continue;
      }
      const open = text.indexOf('<', from);
      if (open === -1) return this.#append(resolveOfxReferences(text.slice(from)), number, from);
      if (open > from) this.#append(resolveOfxReferences(text.slice(from, open)), number, from);
      from = this.#readMarkup(text, number, open);
    }
  }

  #readMarkup(text: string, number: number, open: number): number {
    const next = text.charCodeAt(open + 1);
    if (next === 33) return this.#readDeclaration(text, number, open);
    if (next === 63) {
      this.#flush();
      this.#mode = 'instruction';
      return open + 2;
    }
    const close = this.#nextClose(text, number, open);
    if (close !== text.length) {
      if (this.#tag(text.slice(open + 1, close), number, open)) return close + 1;
    } else if (text.length - open <= OFX_TAG_LENGTH_MAX && NAME.test(text.slice(open + 1))) {
      this.#unended = text.slice(open);
      this.#unendedLine = number;
      this.#unendedColumn = open;
      return text.length;
    }
    this.#append('<', number, open);
    return open + 1;
  }

  /** Index of the next ">", or the line's length. Remembered, so that a line of nothing but "<" is not searched once for each. */
  #nextClose(text: string, number: number, open: number): number {
    if (number !== this.#closeLine || this.#close <= open) {
      const close = text.indexOf('>', open + 1);
      this.#closeLine = number;
      this.#close = close === -1 ? text.length : close;
    }
    return this.#close;
  }

  #readDeclaration(text: string, number: number, open: number): number {
    if (text.startsWith('<!--', open)) {
      this.#mode = 'comment';
      return open + 4;
    }
    if (text.startsWith('<![CDATA[', open)) {
      this.#mode = 'data';
      return open + 9;
    }
    this.#handler.declaration(number, open + 1);
    return text.length;
  }

  /** The rest of a comment, CDATA or instruction, which may go on over lines. */
  #readToEnd(text: string, number: number, from: number): number {
    const mode = this.#mode;
    if (mode === 'content') return from;
    const end = text.indexOf(ENDS[mode], from);
    const content = text.slice(from, end === -1 ? text.length : end);
    if (mode === 'data') this.#append(content, number, from);
    if (mode === 'instruction') this.#handler.instruction(content);
    if (end === -1) return text.length;
    this.#mode = 'content';
    return end + ENDS[mode].length;
  }

  /** @returns false when the content between "<" and ">" is no tag */
  #tag(content: string, line: number, index: number): boolean {
    const plain = this.#plainTag(content);
    if (plain !== null) {
      this.#flush();
      if (plain.closing) this.#handler.end(plain.name, line, index + 1);
      else this.#handler.start(plain.name, line, index + 1);
      return true;
    }
    const written = NAME.exec(content)?.[0];
    if (written === undefined) return false;
    this.#flush();
    const name = written.toUpperCase();
    if (name.startsWith('/')) {
      this.#handler.end(name.slice(1), line, index + 1);
      return true;
    }
    this.#handler.start(name, line, index + 1);
    if (content.endsWith('/')) this.#handler.end(name, line, index + 1);
    return true;
  }

  /** The same strings for the same tags: what compares or looks them up need not read them again. */
  #plainTag(content: string): PlainTag | null {
    const known = this.#plainTags.get(content);
    if (known !== undefined) return known;
    if (!PLAIN_TAG.test(content)) return null;
    const closing = content.startsWith('/');
    const tag = { name: closing ? content.slice(1) : content, closing };
    if (this.#plainTags.size < TAGS_REMEMBERED_MAX) this.#plainTags.set(ownText(content), { ...tag, name: ownText(tag.name) });
    return tag;
  }

  #append(text: string, line: number, index: number): void {
    if (this.#text === '') {
      if (text.trim() === '') return;
      this.#textLine = line;
      this.#textColumn = index + 1;
      this.#textCut = false;
      this.#lineEnds = 0;
    } else if (this.#lineEnds > 0) {
      this.#text += '\n'.repeat(Math.min(this.#lineEnds, OFX_VALUE_LENGTH_MAX - this.#text.length));
      this.#lineEnds = 0;
    }
    if (this.#text.length + text.length > OFX_VALUE_LENGTH_MAX) {
      this.#textCut = true;
      this.#text += text.slice(0, OFX_VALUE_LENGTH_MAX - this.#text.length);
    } else {
      this.#text += text;
    }
  }

  #flush(): void {
    if (this.#text === '') return;
    const value = this.#text.trim();
    this.#text = '';
    this.#handler.text(value, this.#textLine, this.#textColumn, this.#textCut);
  }
}
