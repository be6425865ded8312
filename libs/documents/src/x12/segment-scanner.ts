import { crc32 } from 'node:zlib';
import type { Where } from '#canonical';
import { whereAt } from '../finding-list.js';
import { ByteText, decodeValue } from './byte-text.js';
import { type Delimiters, isAlphanumeric, readBareDelimiters, readDelimiters } from './delimiters.js';
import { PIECE_BYTES, SEGMENT_LENGTH_MAX } from './limits.js';
import { Segment } from './segment.js';

/** Raised for a file that is beyond a named limit; the reader turns it into a refusal. */
export class X12LimitError extends Error {
  override readonly name = 'X12LimitError';
  constructor(message: string, readonly where: Where) {
    super(message);
  }
}

/** Takes what the scanner finds. */
export interface SegmentTaker {
  /** The object is filled again for the next segment. */
  segment(segment: Segment): void;
  /** Text that belongs to no interchange. */
  stray(text: string, where: Where): void;
}

const BLANK = 32;
const LINE_FEED = 10;
const INTERCHANGE_START = /ISA[^A-Za-z0-9 \t\r\n]/g;
/** Beginnings of interchanges that are none; more of them is no X12 file. */
const BROKEN_HEADERS_MAX = 1_000;
/** Characters of stray text a finding is given. */
const STRAY_QUOTED_MAX = 200;
/** Pieces smaller than this wait for the next one. */
const PIECE_BYTES_MIN = 16 * 1024;

/**
 * Cuts an X12 file into segments as its bytes arrive (reference 4.1). Each interchange brings its own delimiters; line breaks, indentation
 * and blanks around segments mean nothing unless the line break is the terminator; the last terminator may be missing.
 */
export class SegmentScanner {
  readonly #segment = new Segment();
  readonly #bytes = new ByteText();
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #text = '';
  #position = 0;
  #delimiters: Delimiters | null = null;
  #line = 1;
  /** Index in the text at hand where the line starts; negative when it started in an earlier piece. */
  #lineStart = 0;
  #number = 0;
  /** A line break between here and this index has been looked for: there is none. */
  #noBreakBefore = 0;
  #checksum = 0;
  #summedTo = 0;
  #passingStray = false;
  #brokenHeaders = 0;

  constructor(private readonly taker: SegmentTaker) {}

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingLength += bytes.length;
    if (this.#waitingLength >= PIECE_BYTES_MIN) this.#read();
  }

  end(): void {
    this.#read();
    this.#scan(true);
  }

  /** Checksum of the interchange from its ISA to the segment at hand, that included. */
  checksum(): number {
    this.#sum(this.#position);
    return this.#checksum;
  }

  #read(): void {
    const bytes = this.#waiting.length === 1 ? this.#waiting[0] ?? new Uint8Array() : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingLength = 0;
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      this.#sum(this.#position);
      const { text, plain } = this.#bytes.read(bytes.subarray(start, start + PIECE_BYTES), this.#text.length - this.#position);
      this.#lineStart -= this.#position;
      this.#summedTo = 0;
      this.#noBreakBefore = 0;
      this.#position = 0;
      this.#segment.plain = plain;
      this.#text = text;
      this.#scan(false);
    }
  }

  #scan(last: boolean): void {
    for (;;) {
      this.#skipBlanks();
      if (this.#position >= this.#text.length) return;
      if ((this.#delimiters === null || this.#atInterchange()) && !this.#openInterchange(last)) return;
      if (this.#delimiters === null) continue;
      const end = this.#text.indexOf(this.#delimiters.terminator, this.#position);
      if (end === -1) {
        this.#expectBounded(this.#text.length);
        if (!last) return;
        this.#emit(this.#delimiters, this.#text.length, this.#text.length);
        return;
      }
      // Whether CR is followed by LF is known with the next character only.
      if (this.#delimiters.terminator === '\r' && end + 1 === this.#text.length && !last) return;
      this.#expectBounded(end);
      // Two terminators in a row hold no segment between them.
      if (end === this.#position) this.#position = end + this.#delimiters.terminator.length;
      else this.#emit(this.#delimiters, end, end + this.#delimiters.terminator.length);
    }
  }

  #skipBlanks(): void {
    const text = this.#text;
    let position = this.#position;
    for (; position < text.length; position += 1) {
      const code = text.charCodeAt(position);
      if (code > BLANK) break;
      if (code === LINE_FEED) this.#beginLine(position + 1);
    }
    this.#position = position;
  }

  #beginLine(start: number): void {
    this.#line += 1;
    this.#lineStart = start;
  }

  #atInterchange(): boolean {
    const text = this.#text;
    const at = this.#position;
    return text.charCodeAt(at) === 73 && text.charCodeAt(at + 1) === 83 && text.charCodeAt(at + 2) === 65 && !isAlphanumeric(text[at + 3] ?? 'A');
  }

  /** False when more text is needed. Stray text is handed on and passed over. */
  #openInterchange(last: boolean): boolean {
    if (!last && this.#text.length - this.#position < 5) return false;
    const found = this.#atInterchange() ? readDelimiters(this.#text, this.#position) : this.#bareSet();
    if (found === 'incomplete' && !last) return false;
    if (found !== null && found !== 'incomplete') {
      this.#delimiters = found;
      this.#passingStray = false;
      this.#checksum = 0;
      this.#summedTo = this.#position;
      return true;
    }
    return this.#passStray(last);
  }

  /** A transaction set without an envelope, at the beginning of the file only. */
  #bareSet(): Delimiters | null {
    return this.#number === 0 && /ST[^A-Za-z0-9\s]8/y.test(this.#text.slice(this.#position, this.#position + 4)) ? readBareDelimiters(this.#text, this.#position) : null;
  }

  #passStray(last: boolean): boolean {
    INTERCHANGE_START.lastIndex = this.#position + 1;
    const found = INTERCHANGE_START.exec(this.#text);
    const end = found === null ? Math.max(this.#position + 1, last ? this.#text.length : this.#text.length - 3) : found.index;
    this.#delimiters = null;
    const where = whereAt(this.#line, this.#position - this.#lineStart + 1, null);
    this.#brokenHeaders += 1;
    if (this.#brokenHeaders > BROKEN_HEADERS_MAX) throw new X12LimitError(`more than ${BROKEN_HEADERS_MAX} pieces of text belong to no interchange; this is no X12 file`, where);
    const stray = this.#text.slice(this.#position, Math.min(end, this.#position + STRAY_QUOTED_MAX));
    if (!this.#passingStray) this.taker.stray(this.#segment.plain ? stray : decodeValue(stray), where);
    this.#passingStray = true;
    this.#countLines(end);
    this.#position = end;
    return true;
  }

  #countLines(end: number): void {
    for (let next = this.#text.indexOf('\n', this.#position); next !== -1 && next < end; next = this.#text.indexOf('\n', next + 1)) this.#beginLine(next + 1);
  }

  #expectBounded(end: number): void {
    if (end - this.#position <= SEGMENT_LENGTH_MAX) return;
    throw new X12LimitError(`a segment has more than ${SEGMENT_LENGTH_MAX} characters; the segment terminator may be another than the ISA says`, whereAt(this.#line, this.#position - this.#lineStart + 1, `segment ${this.#number + 1}`));
  }

  #emit(delimiters: Delimiters, end: number, next: number): void {
    const segment = this.#segment;
    this.#number += 1;
    segment.number = this.#number;
    segment.line = this.#line;
    segment.column = this.#position - this.#lineStart + 1;
    if (end > this.#noBreakBefore && this.#isBroken(end)) {
      const joined = this.#text.slice(this.#position, end).replace(/[\r\n]+/g, '');
      this.#countLines(end);
      segment.fill(joined, 0, joined.length, delimiters.element);
    } else segment.fill(this.#text, this.#position, end, delimiters.element);
    // Columns count characters, of which some have several bytes.
    if (!segment.plain) this.#lineStart += end - this.#position - decodeValue(this.#text.slice(this.#position, end)).length;
    this.#position = next;
    if (delimiters.terminator === '\n' || delimiters.terminator === '\r') this.#endLine(delimiters.terminator);
    this.taker.segment(segment);
    if (segment.id === 'IEA') this.#delimiters = null;
  }

  /** Files are met that break every line after 80 characters, wherever that is. */
  #isBroken(end: number): boolean {
    const next = this.#text.indexOf('\n', this.#position);
    this.#noBreakBefore = next === -1 ? this.#text.length : next;
    return next !== -1 && next < end;
  }

  #endLine(terminator: string): void {
    if (terminator === '\r' && this.#text.charCodeAt(this.#position) === LINE_FEED) this.#position += 1;
    this.#beginLine(this.#position);
  }

  #sum(end: number): void {
    if (end <= this.#summedTo) return;
    this.#checksum = crc32(Buffer.from(this.#text.slice(this.#summedTo, end), 'latin1'), this.#checksum);
    this.#summedTo = end;
  }
}
