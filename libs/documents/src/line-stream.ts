import { isAscii, isUtf8 } from 'node:buffer';
import { LINE_LENGTH_MAX } from './limits.js';
import { encodingOfStart } from './text-decoding.js';

/** Raised for a line beyond its limit, {@link LINE_LENGTH_MAX} unless the format sets another; readers turn it into a refusal. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  constructor(readonly line: number, lengthMax: number) {
    super(`the line is longer than ${lengthMax} characters`);
  }
}

/** Bytes decoded at a time, however large the piece: only this much text is in memory beside the bytes. */
const SLICE_BYTES = 256 * 1024;
/** Bytes awaited before the encoding is decided: fewer cannot show the zeros of UTF-16. */
const START_BYTES = 4;
const BYTE_ORDER_MARK = 0xfeff;
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/**
 * Cuts bytes that arrive in pieces into lines of text, the same lines however the pieces are cut. A line is UTF-8 when it is valid UTF-8
 * and windows-1252 otherwise: a stream cannot look ahead for the one broken byte that would change how the whole file reads.
 * UTF-16 is recognised by its byte order mark or its zeros. Lines end in LF, CRLF or CR.
 */
export class LineStream {
  /** Lines handed on so far. */
  lines = 0;
  readonly #onLine: (line: string, number: number) => void;
  readonly #lengthMax: number;
  #rest: Uint8Array[] = [];
  #restLength = 0;
  #wide: InstanceType<typeof TextDecoder> | null = null;
  #wideRest = '';
  #started = false;

  /** @param onLine takes a line without its end, and its number from 1 */
  constructor(onLine: (line: string, number: number) => void, lengthMax: number = LINE_LENGTH_MAX) {
    this.#onLine = onLine;
    this.#lengthMax = lengthMax;
  }

  /** @throws LineTooLongError */
  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += SLICE_BYTES) this.#pushSlice(bytes.subarray(from, from + SLICE_BYTES));
  }

  /** Hands on the last line when it has no end. @throws LineTooLongError */
  end(): void {
    const rest = this.#takeRest(new Uint8Array());
    if (this.#wide === null && !this.#started) this.#start(rest);
    if (this.#wide !== null) this.#cutWide(this.#wide.decode(rest), true);
    else this.#cut(rest);
  }

  #pushSlice(slice: Uint8Array): void {
    if (!this.#started) {
      if (this.#restLength + slice.length < START_BYTES) return this.#keep(slice);
      this.#start(this.#rest.length === 0 ? slice : Buffer.concat([...this.#rest, slice]));
    }
    if (this.#wide !== null) return this.#cutWide(this.#wide.decode(this.#takeRest(slice), { stream: true }), false);
    const cut = lastLineEnd(slice);
    if (cut === 0) return this.#keep(slice);
    this.#cut(this.#takeRest(slice.subarray(0, cut)));
    this.#keep(slice.subarray(cut));
  }

  #start(bytes: Uint8Array): void {
    this.#started = true;
    const encoding = encodingOfStart(bytes);
    if (encoding === 'utf-16le' || encoding === 'utf-16be') this.#wide = new TextDecoder(encoding);
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Copied: the caller may use its buffer again.
    this.#rest.push(bytes.slice());
    this.#restLength += bytes.length;
    if (this.#restLength > this.#lengthMax) throw new LineTooLongError(this.lines + 1, this.#lengthMax);
  }

  #takeRest(bytes: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return bytes;
    const whole = Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    this.#restLength = 0;
    return whole;
  }

  /** Whole lines; only the last may lack its end. */
  #cut(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isAscii(bytes)) return this.#cutText(buffer.toString('latin1'));
    if (isUtf8(bytes)) return this.#cutText(buffer.toString('utf8'));
    for (let from = 0; from < buffer.length;) {
      const end = buffer.indexOf(LINE_FEED, from);
      const to = end === -1 ? buffer.length : end + 1;
      const line = buffer.subarray(from, to);
      this.#cutText(isUtf8(line) ? line.toString('utf8') : new TextDecoder('windows-1252').decode(line));
      from = to;
    }
  }

  #cutText(text: string): void {
    let from = this.lines === 0 && text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    while (from < text.length) {
      const end = text.indexOf('\n', from);
      const to = end === -1 ? text.length : end;
      const last = text.charCodeAt(to - 1) === CARRIAGE_RETURN && to > from ? to - 1 : to;
      this.#hand(text.slice(from, last));
      from = to + 1;
    }
  }

  #hand(line: string): void {
    if (!line.includes('\r')) {
      this.lines += 1;
      this.#onLine(line, this.lines);
      return;
    }
    for (const part of line.split('\r')) {
      this.lines += 1;
      this.#onLine(part, this.lines);
    }
  }

  #cutWide(text: string, last: boolean): void {
    const whole = this.#wideRest + text;
    const cut = last ? whole.length : Math.max(whole.lastIndexOf('\n') + 1, whole.slice(0, -1).lastIndexOf('\r') + 1);
    this.#wideRest = whole.slice(cut);
    if (this.#wideRest.length > this.#lengthMax) throw new LineTooLongError(this.lines + 1, this.#lengthMax);
    this.#cutText(whole.slice(0, cut));
  }
}

/** How many bytes are whole lines. A CR at the very end may be half of a CRLF and waits. */
function lastLineEnd(bytes: Uint8Array): number {
  const feed = bytes.lastIndexOf(LINE_FEED) + 1;
  return feed > 0 ? feed : bytes.subarray(0, -1).lastIndexOf(CARRIAGE_RETURN) + 1;
}
