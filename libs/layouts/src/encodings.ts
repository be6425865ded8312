import { isAscii, isUtf8 } from 'node:buffer';
import type { EncodingName } from './layout-table.js';

/** How bytes become text and back. Decoding never replaces a byte: what means nothing is told with its place. */
export interface Encoding {
  readonly name: EncodingName;
  /** Null when some byte means nothing; ask {@link Encoding.firstWrong} for which. */
  decode(bytes: Buffer): string | null;
  /** Index of the first byte that means nothing, or -1. */
  firstWrong(bytes: Buffer): number;
  /** A character of the text that the encoding lacks, or null. */
  lacks(text: string): string | null;
  /** Every character must be one the encoding has. */
  encode(text: string): Buffer;
  readonly mark: Buffer;
}

/** What windows-1252 has at 0x80 to 0x9F (WHATWG index); blanks are the five bytes that mean nothing. */
const WINDOWS_1252 = '\u20AC \u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152 \u017D  \u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153 \u017E\u0178';
const WINDOWS_BYTES = new Map([...WINDOWS_1252].flatMap((character, index) => (character === ' ' ? [] : [[character, String.fromCharCode(0x80 + index)] as const])));
/** Half of a surrogate pair: no character, so no encoding has it. */
const HALF_PAIR = /\p{Surrogate}/u;
const NO_MARK = Buffer.alloc(0);
const UTF_8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export function encodingOf(name: EncodingName): Encoding {
  return ALL[name];
}

/** What a byte order mark says the file is, where that is not UTF-8. */
export function foreignMark(bytes: Buffer): string | null {
  if (bytes.length < 2) return null;
  const first = bytes.readUInt16BE(0);
  return first === 0xfffe ? 'UTF-16 (little endian)' : first === 0xfeff ? 'UTF-16 (big endian)' : null;
}

export function startsWithUtf8Mark(bytes: Buffer): boolean {
  return bytes.subarray(0, UTF_8_MARK.length).equals(UTF_8_MARK);
}

function utf8(name: EncodingName, mark: Buffer): Encoding {
  return {
    name, mark,
    decode: (bytes) => (isAscii(bytes) ? bytes.toString('latin1') : isUtf8(bytes) ? bytes.toString('utf8') : null),
    firstWrong: firstWrongUtf8,
    lacks: (text) => HALF_PAIR.exec(text)?.[0] ?? null,
    encode: (text) => Buffer.from(text, 'utf8'),
  };
}

/** One byte a character; `wrong` and `lacking` say which do not count. */
function singleByte(name: EncodingName, wrong: (byte: number) => boolean, lacking: RegExp): Encoding {
  const firstWrong = (bytes: Buffer): number => (isAscii(bytes) ? -1 : bytes.findIndex(wrong));
  return {
    name, firstWrong, mark: NO_MARK,
    decode: (bytes) => (firstWrong(bytes) >= 0 ? null : bytes.toString('latin1')),
    lacks: (text) => lacking.exec(text)?.[0] ?? null,
    encode: (text) => Buffer.from(text, 'latin1'),
  };
}

const windows1252Plain = singleByte('windows-1252', (byte) => byte >= 0x80 && byte <= 0x9f && WINDOWS_1252[byte - 0x80] === ' ', /(?:)/);
const windows1252: Encoding = {
  ...windows1252Plain,
  decode: (bytes) => windows1252Plain.decode(bytes)?.replace(/[\u0080-\u009f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '') ?? null,
  lacks: (text) => text.match(/[\u0080-\u009f\u0100-\u{10ffff}]/gu)?.find((character) => !WINDOWS_BYTES.has(character)) ?? null,
  encode: (text) => Buffer.from(text.replace(/[\u0100-\uffff]/g, (character) => WINDOWS_BYTES.get(character) ?? character), 'latin1'),
};

const ALL: Readonly<Record<EncodingName, Encoding>> = {
  'utf-8': utf8('utf-8', NO_MARK),
  'utf-8-bom': utf8('utf-8-bom', UTF_8_MARK),
  'windows-1252': windows1252,
  // 0x80 to 0x9F are control characters nobody writes into a ledger: such a file is windows-1252.
  'iso-8859-1': singleByte('iso-8859-1', (byte) => byte >= 0x80 && byte <= 0x9f, /[\u0080-\u009f\u0100-\u{10ffff}]/u),
  'ascii': singleByte('ascii', (byte) => byte >= 0x80, /[\u0080-\u{10ffff}]/u),
};

/** By the table of well-formed sequences in the Unicode standard (table 3-7). */
function firstWrongUtf8(bytes: Buffer): number {
  for (let index = 0; index < bytes.length;) {
    const lead = bytes[index] ?? 0;
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0 || !isUtf8(bytes.subarray(index, index + length))) return index;
    index += length;
  }
  return -1;
}
