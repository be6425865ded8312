import { FILE_BYTES_MAX, RECORD_LENGTH_MAX } from './limits.js';
import { foreignMark, startsWithUtf8Mark, type Encoding } from './encodings.js';

/** A stretch of a file as text. */
export type Piece =
  /** Whole lines; only the file's last piece may lack its line end. */
  | { readonly kind: 'text'; readonly text: string }
  /** One line with a byte that means nothing; `offset` is that byte's in the file, `column` its 1-based place in the line. */
  | { readonly kind: 'wrong'; readonly text: string; readonly offset: number; readonly column: number; readonly byte: number }
  /** One line longer than any record; `text` is its start. */
  | { readonly kind: 'long'; readonly text: string }
  /** Nothing more can be read. */
  | { readonly kind: 'stop'; readonly problem: string };

/** Where a file may be taken apart: behind a line end, behind a record of so many bytes, or behind any ASCII byte. */
export type Cut = 'lines' | 'anywhere' | { readonly recordBytes: number };

const LINE_FEED = 10;
/** Bytes turned into text at once, so that a caller's huge buffer needs no huge text. */
const STRETCH_BYTES = 1 << 18;
/** A line may be this long in bytes before the rest is passed over; no encoding here has more than four bytes a character. */
const LINE_BYTES_MAX = RECORD_LENGTH_MAX * 4;
const MARK_BYTES = 3;

/** Bytes to text in bounded memory, whatever the size of the file or of its chunks. */
export async function* decodedPieces(bytes: AsyncIterable<Uint8Array>, encoding: Encoding, cut: Cut): AsyncGenerator<Piece> {
  const cutter = new Cutter(encoding, cut);
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length; start += STRETCH_BYTES) {
      yield* cutter.take(Buffer.from(chunk.buffer, chunk.byteOffset + start, Math.min(STRETCH_BYTES, chunk.length - start)));
      if (cutter.stopped) return;
    }
  }
  yield* cutter.rest();
}

class Cutter {
  stopped = false;
  #carry: Buffer = Buffer.alloc(0);
  /** Of the carry's first byte in the file. */
  #offset = 0;
  #started = false;
  /** Start of a line that is too long, while the rest of it is passed over. */
  #long: string | null = null;

  constructor(private readonly encoding: Encoding, private readonly cut: Cut) {}

  *take(chunk: Buffer): Generator<Piece> {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    if (this.#offset + bytes.length > FILE_BYTES_MAX) { yield this.#stop(`the file has more than ${FILE_BYTES_MAX} bytes: split it`); return; }
    if (!this.#started && bytes.length < MARK_BYTES) { this.#carry = Buffer.from(bytes); return; }
    yield* this.#whole(this.#started ? bytes : this.#withoutMark(bytes));
  }

  *rest(): Generator<Piece> {
    const bytes = this.#started ? this.#carry : this.#withoutMark(this.#carry);
    if (this.#long !== null) yield { kind: 'long', text: this.#long };
    else if (bytes.length > 0) yield* this.#decode(bytes);
  }

  #withoutMark(bytes: Buffer): Buffer {
    this.#started = true;
    if (!startsWithUtf8Mark(bytes)) return bytes;
    if (!this.encoding.name.startsWith('utf-8')) return bytes;
    this.#offset += MARK_BYTES;
    return bytes.subarray(MARK_BYTES);
  }

  *#whole(bytes: Buffer): Generator<Piece> {
    if (this.#offset === 0) {
      const mark = startsWithUtf8Mark(bytes) ? 'UTF-8' : foreignMark(bytes);
      if (mark !== null) { yield this.#stop(`the byte order mark at offset 0 says the file is ${mark}, the layout says ${this.encoding.name}`); return; }
    }
    let rest = bytes;
    if (this.#long !== null) {
      const end = rest.indexOf(LINE_FEED);
      this.#offset += end < 0 ? rest.length : end + 1;
      rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1);
      if (end >= 0) { yield { kind: 'long', text: this.#long }; this.#long = null; }
    }
    const end = this.#endOfWhole(rest);
    if (end > 0) yield* this.#decode(rest.subarray(0, end));
    this.#offset += end;
    this.#carry = Buffer.from(rest.subarray(end));
    if (this.cut === 'lines' && this.#carry.length > LINE_BYTES_MAX) {
      this.#long = this.#carry.toString('latin1', 0, RECORD_LENGTH_MAX);
      this.#offset += this.#carry.length;
      this.#carry = Buffer.alloc(0);
    }
  }

  #endOfWhole(bytes: Buffer): number {
    if (this.cut === 'lines') return bytes.lastIndexOf(LINE_FEED) + 1;
    if (this.cut !== 'anywhere') return bytes.length - (bytes.length % this.cut.recordBytes);
    return bytes.findLastIndex((byte) => byte < 0x80) + 1;
  }

  *#decode(bytes: Buffer): Generator<Piece> {
    const text = this.encoding.decode(bytes);
    if (text === null) yield* this.#decodeByLine(bytes);
    else yield { kind: 'text', text };
  }

  /** Slow, and only for a stretch with a wrong byte: lines without one stay together. */
  *#decodeByLine(bytes: Buffer): Generator<Piece> {
    let good = 0;
    for (let start = 0; start < bytes.length;) {
      const end = this.#endOfLine(bytes, start);
      const line = bytes.subarray(start, end);
      if (this.encoding.decode(line) === null) {
        if (start > good) yield { kind: 'text', text: this.encoding.decode(bytes.subarray(good, start)) ?? '' };
        const wrong = this.encoding.firstWrong(line);
        yield { kind: 'wrong', text: line.toString('latin1').replace(/\r?\n$/, ''), offset: this.#offset + start + wrong, column: wrong + 1, byte: line[wrong] ?? 0 };
        good = end;
      }
      start = end;
    }
    if (good < bytes.length) yield { kind: 'text', text: this.encoding.decode(bytes.subarray(good)) ?? '' };
  }

  #endOfLine(bytes: Buffer, start: number): number {
    if (this.cut === 'anywhere') return bytes.length;
    if (this.cut !== 'lines') return Math.min(bytes.length, start + this.cut.recordBytes);
    const end = bytes.indexOf(LINE_FEED, start);
    return end < 0 ? bytes.length : end + 1;
  }

  #stop(problem: string): Piece {
    this.stopped = true;
    return { kind: 'stop', problem };
  }
}
