import { FIELD_LINES_MAX } from './limits.js';

/** The fields of MT940, MT942 and the German `:NS:` this room reads. A tag-shaped line of any other name is text. */
const TAGS: ReadonlySet<string> = new Set([
  '20', '21', '25', '25P', '28', '28C', '60F', '60M', '61', '62F', '62M', '64', '65', '86', '90C', '90D', '13', '13D', '34F', 'NS',
]);

/** One field: its tag, its lines without the tag, and the number of the first. */
export interface TaggedField {
  readonly tag: string;
  readonly lines: readonly string[];
  readonly line: number;
  /** Lines beyond {@link FIELD_LINES_MAX}, not kept. */
  readonly linesLeftOut: number;
}

/** What {@link FieldScanner} finds, in the file's order. */
export interface FieldHandler {
  field(field: TaggedField): void;
  /** A `{1:...}{2:...}{4:` line; `header` is the whole line. */
  block(header: string, line: number): void;
  /** `-` or `-}`. */
  messageEnd(line: number): void;
  /** A line shaped like a tag of no known field, kept as text. */
  unknownTag(content: string, line: number): void;
}

const COLON = 58;
const MINUS = 45;
const BRACE = 123;
const UNKNOWN_TAG = /^:\d\d[A-Z]?:/;
/** Below this are control characters: SOH and ETX frame a telex and are no part of any field. */
const BLANK = 32;
const TAB = 9;

/** Puts lines together to fields. Lines outside a field (telex preambles of banks) are passed over: no field of a statement can stand there. */
export class FieldScanner {
  readonly #handler: FieldHandler;
  #tag: string | null = null;
  #lines: string[] = [];
  #line = 0;
  #linesLeftOut = 0;

  constructor(handler: FieldHandler) {
    this.#handler = handler;
  }

  line(text: string, number: number): void {
    const first = text.charCodeAt(0);
    if (first === COLON) return this.#tagged(text, number);
    if (first === MINUS && endsMessage(text)) {
      this.flush();
      return this.#handler.messageEnd(number);
    }
    if (first === BRACE && /^\{[1-5]:/.test(text)) return this.#block(text, number);
    if (first < BLANK && first !== TAB) {
      const rest = withoutFrame(text);
      return rest === '' ? undefined : this.line(rest, number);
    }
    this.#text(text);
  }

  flush(): void {
    if (this.#tag === null) return;
    const field = { tag: this.#tag, lines: this.#lines, line: this.#line, linesLeftOut: this.#linesLeftOut };
    this.#tag = null;
    this.#lines = [];
    this.#linesLeftOut = 0;
    this.#handler.field(field);
  }

  #tagged(text: string, number: number): void {
    const end = text.indexOf(':', 1);
    const tag = end === -1 || end > 4 ? '' : text.slice(1, end);
    if (TAGS.has(tag)) {
      this.flush();
      this.#tag = tag;
      this.#line = number;
      this.#lines.push(text.slice(end + 1));
      return;
    }
    if (UNKNOWN_TAG.test(text)) this.#handler.unknownTag(text, number);
    this.#text(text);
  }

  #block(text: string, number: number): void {
    this.flush();
    const body = text.indexOf('{4:');
    this.#handler.block(text, number);
    const rest = body === -1 ? '' : text.slice(body + 3).trim();
    if (rest.startsWith(':')) this.#tagged(rest, number);
  }

  #text(text: string): void {
    if (this.#tag === null) return;
    if (this.#lines.length < FIELD_LINES_MAX) this.#lines.push(text);
    else this.#linesLeftOut += 1;
  }
}

/** `-`, `-}` and what stands behind it, or `-` before an ETX. */
function endsMessage(text: string): boolean {
  if (text.charAt(1) === '}') return true;
  for (let index = 1; index < text.length; index += 1) if (text.charCodeAt(index) > BLANK) return false;
  return true;
}

function withoutFrame(text: string): string {
  let from = 0;
  while (from < text.length && text.charCodeAt(from) < BLANK && text.charCodeAt(from) !== TAB) from += 1;
  return text.slice(from);
}
