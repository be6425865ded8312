import type { Where } from '#canonical';
import { decodeValue } from './byte-text.js';

/** Elements of a segment that can be asked for; no segment read here has more than 25. */
const ELEMENTS_INDEXED = 64;

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
/** Digits a double holds exactly, and a point. */
const EXACT_LENGTH_MAX = 15;

/** Ids met often, as constants of the program: comparing one with another constant is comparing two pointers. */
const ids = new Map<number, string>(['ISA', 'GS', 'ST', 'BPR', 'BPS', 'TRN', 'CUR', 'REF', 'DTM', 'N1', 'N2', 'N3', 'N4', 'PER', 'NTE', 'ENT', 'NM1', 'ADX', 'RMR', 'RMT', 'IT1', 'SAC', 'SLN', 'SE', 'GE', 'IEA', 'DEP', 'BAT', 'AMT', 'QTY', 'AVA']
  .map((id) => [keyOf(id.charCodeAt(0), id.charCodeAt(1), id.length === 3 ? id.charCodeAt(2) : 0), id]));

/**
 * One segment. The scanner fills the same object again for the next one, and elements are looked for only when they are asked for, so that
 * millions of segments need no objects of their own; whoever keeps something takes it out with {@link at}.
 */
export class Segment {
  id = '';
  /** Of the file, counted from 1. */
  number = 0;
  line = 1;
  column = 1;
  /** False when values may need decoding. */
  plain = true;
  #text = '';
  #start = 0;
  #end = 0;
  #separator = '*';
  #separatorCode = 42;
  /** Where each element starts; one more than there are elements, so that the next start less the separator is the end. */
  readonly #starts = new Int32Array(ELEMENTS_INDEXED + 1);
  #count = 0;

  /** @param text holds the segment from `start` to before `end`, its terminator left out */
  fill(text: string, start: number, end: number, separator: string): void {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#separator = separator;
    this.#separatorCode = separator.length === 1 ? separator.charCodeAt(0) : -1;
    this.#count = 0;
    this.id = this.#readId();
  }

  /** An element as its sender meant it, blanks around it dropped; empty when it is not there. */
  at(index: number): string {
    if (this.#count === 0) this.#index();
    if (index >= this.#count) return '';
    const start = this.#starts[index] ?? 0;
    const end = (this.#starts[index + 1] ?? 0) - this.#separator.length;
    if (end <= start) return '';
    const written = this.#text.slice(start, end);
    const value = this.plain ? written : decodeValue(written);
    return value.charCodeAt(0) <= 32 || value.charCodeAt(value.length - 1) <= 32 ? value.trim() : value;
  }

  /**
   * An amount of at most 15 digits, read where it stands: half of what an 820 is made of is amounts, and none of them becomes a text.
   * @returns null when the element is anything else, empty included; the long way says what it is.
   */
  minorAt(index: number, exponent: number): bigint | null {
    if (this.#count === 0) this.#index();
    if (index >= this.#count) return null;
    const text = this.#text;
    const end = (this.#starts[index + 1] ?? 0) - this.#separator.length;
    const start = this.#starts[index] ?? 0;
    const isNegative = text.charCodeAt(start) === MINUS;
    const first = isNegative ? start + 1 : start;
    if (end <= first || end - first > EXACT_LENGTH_MAX) return null;
    let units = 0;
    let decimals = -1;
    for (let position = first; position < end; position += 1) {
      const code = text.charCodeAt(position);
      if (code >= ZERO && code <= NINE) {
        units = units * 10 + (code - ZERO);
        if (decimals !== -1) decimals += 1;
      } else if (code === POINT && decimals === -1 && position > first) decimals = 0;
      else return null;
    }
    let missing = exponent - Math.max(decimals, 0);
    if (missing < 0) return null;
    for (; missing > 0; missing -= 1) units *= 10;
    return units > Number.MAX_SAFE_INTEGER ? null : BigInt(isNegative ? -units : units);
  }

  /** Elements there are, the id counted. */
  get length(): number {
    if (this.#count === 0) this.#index();
    return this.#count;
  }

  /** Place of the segment, or of one of its elements: `segment 17 RMR04`. */
  where(element = 0): Where {
    if (element === 0) return { line: this.line, column: this.column, record: `segment ${this.number} ${this.id}`, page: null };
    const column = this.column + (element < this.length ? (this.#starts[element] ?? 0) - this.#start : this.#end - this.#start);
    return { line: this.line, column, record: `segment ${this.number} ${this.id}${String(element).padStart(2, '0')}`, page: null };
  }

  /** The whole, with `*` between the elements whatever the file uses. */
  text(): string {
    const written = this.#text.slice(this.#start, this.#end);
    const text = this.#separator === '*' ? written : written.replaceAll(this.#separator, '*');
    return (this.plain ? text : decodeValue(text)).trim();
  }

  /** Letters before the first separator. */
  #readId(): string {
    const text = this.#text;
    const third = text.charCodeAt(this.#start + 2);
    const length = third === this.#separatorCode ? 2 : 3;
    const known = this.#separatorCode !== -1 && this.#end - this.#start >= length && (text.charCodeAt(this.#start + length) === this.#separatorCode || this.#end - this.#start === length);
    if (!known) return this.at(0);
    return ids.get(keyOf(text.charCodeAt(this.#start), text.charCodeAt(this.#start + 1), length === 3 ? third : 0)) ?? this.at(0);
  }

  #index(): void {
    const text = this.#text;
    const separator = this.#separator;
    const starts = this.#starts;
    starts[0] = this.#start;
    let count = 1;
    if (this.#separatorCode === -1) {
      for (let next = text.indexOf(separator, this.#start); next !== -1 && next < this.#end && count < ELEMENTS_INDEXED; next = text.indexOf(separator, next + separator.length)) starts[count++] = next + separator.length;
    } else {
      for (let position = this.#start; position < this.#end && count < ELEMENTS_INDEXED; position += 1) {
        if (text.charCodeAt(position) === this.#separatorCode) starts[count++] = position + 1;
      }
    }
    starts[count] = this.#end + separator.length;
    this.#count = count;
  }
}

function keyOf(first: number, second: number, third: number): number {
  return (first << 16) | (second << 8) | third;
}
