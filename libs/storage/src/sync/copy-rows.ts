import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import type { Transaction } from '../database.js';

/** Signature, flags and length of the header's extension, as "COPY" of the Postgres manual has them. */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);
const BYTES_AT_FIRST = 2 ** 12;
/** UTF-8 bytes a UTF-16 unit becomes at most. */
const BYTES_PER_UNIT_MAX = 3;
/** Up to here a loop over the units is faster than a call out of JavaScript. */
const SHORT_TEXT = 24;
const TEXT_OID = 25;
const BYTEA_OID = 17;
/** Days from 1970-01-01 to 2000-01-01, Postgres' day 0. */
const DAY_ZERO = 10_957;
const DAY_MS = 86_400_000;
/** jsonb's only binary form: a version, then the text. */
const JSONB_VERSION = 1;

/** One row of {@link CopyRows}: a part of its bytes. */
export interface CopyRow {
  readonly rows: CopyRows;
  readonly start: number;
  readonly end: number;
}

/**
 * Rows in COPY's binary form, written into one growing buffer: no escapes to look for, no text for Postgres to take apart, and nothing
 * for the garbage collector to carry until the rows are sent. Values must have their column's type to the bit.
 */
export class CopyRows {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #start = 0;

  /** @param bytesExpected what is taken at the first value. Growing from little leaves as much again behind until memory is swept. */
  constructor(private readonly bytesExpected = BYTES_AT_FIRST) {}

  /** @param fields how many values follow. */
  beginRow(fields: number): void {
    this.#start = this.#length;
    this.#room(2);
    this.#length = this.#bytes.writeInt16BE(fields, this.#length);
  }

  endRow(): CopyRow {
    return { rows: this, start: this.#start, end: this.#length };
  }

  null(): void {
    this.#room(4);
    this.#length = this.#bytes.writeInt32BE(-1, this.#length);
  }

  /** `text`, `char(n)` and `json`, all the same on the wire. */
  text(value: string): void {
    this.#room(4 + value.length * BYTES_PER_UNIT_MAX);
    const at = this.#length + 4;
    const end = this.#utf8(value, at);
    this.#bytes.writeInt32BE(end - at, this.#length);
    this.#length = end;
  }

  jsonb(value: string): void {
    this.#room(5 + value.length * BYTES_PER_UNIT_MAX);
    const at = this.#length + 4;
    this.#bytes[at] = JSONB_VERSION;
    const end = this.#utf8(value, at + 1);
    this.#bytes.writeInt32BE(end - at, this.#length);
    this.#length = end;
  }

  /** `bytea` from hex digits. */
  hex(value: string): void {
    const size = value.length / 2;
    this.#room(4 + size);
    this.#bytes.writeInt32BE(size, this.#length);
    this.#bytes.write(value, this.#length + 4, 'hex');
    this.#length += 4 + size;
  }

  bigint(value: bigint): void {
    this.#room(12);
    this.#bytes.writeInt32BE(8, this.#length);
    this.#length = this.#bytes.writeBigInt64BE(value, this.#length + 4);
  }

  boolean(value: boolean): void {
    this.#room(5);
    this.#bytes.writeInt32BE(1, this.#length);
    this.#length = this.#bytes.writeInt8(value ? 1 : 0, this.#length + 4);
  }

  /** @param value a day that exists, `YYYY-MM-DD`. */
  date(value: string): void {
    this.#room(8);
    this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(Date.parse(value) / DAY_MS - DAY_ZERO, this.#length + 4);
  }

  /** `text[]`: one dimension, counted from 1, no nulls. */
  texts(values: readonly string[]): void {
    this.#array(TEXT_OID, values, (value) => { this.text(value); });
  }

  /** `bytea[]`, as {@link texts}, from hex digits. */
  hexes(values: readonly string[]): void {
    this.#array(BYTEA_OID, values, (value) => { this.hex(value); });
  }

  #array(oid: number, values: readonly string[], write: (value: string) => void): void {
    this.#room(24);
    const at = this.#length;
    let end = at + 4;
    for (const word of values.length === 0 ? [0, 0, oid] : [1, 0, oid, values.length, 1]) end = this.#bytes.writeInt32BE(word, end);
    this.#length = end;
    for (const value of values) write(value);
    this.#bytes.writeInt32BE(this.#length - at - 4, at);
  }

  /** What was written so far. */
  bytes(): Buffer {
    return this.slice(0, this.#length);
  }

  slice(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  #utf8(value: string, at: number): number {
    if (value.length > SHORT_TEXT) return at + this.#bytes.write(value, at);
    const bytes = this.#bytes;
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) return at + bytes.write(value, at);
      bytes[at + index] = unit;
    }
    return at + value.length;
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytesExpected, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const LENGTH_BYTES = 4;

/** A statement's `text[]` value in binary form: the driver's own text form looks at every character of every element, and Postgres again. */
export function textArray(values: readonly string[]): Buffer {
  const rows = new CopyRows();
  rows.texts(values);
  return rows.bytes().subarray(LENGTH_BYTES);
}

/** The same for `bytea[]`, from hex digits. */
export function hexArray(values: readonly string[]): Buffer {
  const rows = new CopyRows();
  rows.hexes(values);
  return rows.bytes().subarray(LENGTH_BYTES);
}

/** Sends rows, in the order given, and waits until the server has them all. Neighbours in one buffer go as one piece. */
export async function copyRows(transaction: Transaction, target: string, rows: readonly CopyRow[]): Promise<void> {
  if (rows.length === 0) return;
  const sink = transaction.copyInto(`COPY ${target} FROM STDIN WITH (FORMAT binary)`);
  const done = finished(sink);
  const send = async (piece: Buffer): Promise<void> => {
    if (!sink.write(piece)) await Promise.race([once(sink, 'drain'), done]);
  };
  await send(HEADER);
  for (const piece of pieces(rows)) await send(piece);
  await send(TRAILER);
  sink.end();
  await done;
}

function* pieces(rows: readonly CopyRow[]): Generator<Buffer> {
  let piece: CopyRow | null = null;
  for (const row of rows) {
    if (piece?.rows === row.rows && piece.end === row.start) {
      piece = { rows: piece.rows, start: piece.start, end: row.end };
      continue;
    }
    if (piece !== null) yield piece.rows.slice(piece.start, piece.end);
    piece = row;
  }
  if (piece !== null) yield piece.rows.slice(piece.start, piece.end);
}
