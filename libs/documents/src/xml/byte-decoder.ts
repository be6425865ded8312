import { isUtf8 } from 'node:buffer';

/** Windows-1252 where it differs from Latin-1: 0x80 to 0x9f; what it leaves open stays the control character it is. */
const WINDOWS_1252 = '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
/** Characters XML does not allow, NUL among them. */
// oxlint-disable-next-line no-control-regex -- exactly these are looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
// oxlint-disable-next-line no-control-regex -- exactly these are looked for
const ALL_FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
/** Encodings that an XML declaration of a bank file names. UTF-7 and the like are not among them. */
const KNOWN_ENCODINGS = /^(?:us-ascii|ascii|iso-?8859-?(?:[1-9]|1[03-6])|latin-?[1-9]|windows-?125\d|cp-?125\d)$/i;

/** Bytes of one file to characters, piece by piece; the result does not depend on where the pieces end. */
export interface ByteDecoder {
  /** @param last true when no byte follows */
  decode(bytes: Uint8Array, last: boolean): string;
  /** True once a byte or a character was no legal one and another stands in its place. */
  readonly damaged: boolean;
}

/**
 * The decoder of an XML file by its first bytes: byte order mark, then the zeros of UTF-16, then the encoding its declaration names, then
 * UTF-8. Null when the declaration names an encoding this room does not read.
 * @param start the first bytes, the whole declaration among them
 */
export function decoderOf(start: Uint8Array): ByteDecoder | null {
  if (start[0] === 0xff && start[1] === 0xfe) return new LabelDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return new LabelDecoder('utf-16be');
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return new Utf8Decoder();
  if (start[0] === 0x3c && start[1] === 0) return new LabelDecoder('utf-16le');
  if (start[0] === 0 && start[1] === 0x3c) return new LabelDecoder('utf-16be');
  const declared = declaredEncoding(start);
  if (declared === null || /^utf-?8$/i.test(declared)) return new Utf8Decoder();
  if (!KNOWN_ENCODINGS.test(declared)) return null;
  return new LabelDecoder(declared.toLowerCase().replace(/^(windows|cp)-?(\d+)$/, 'windows-$2').replace(/^latin-?(\d)$/, 'latin$1').replace(/^iso-?8859-?(\d+)$/, 'iso-8859-$1'));
}

/** The encoding an XML declaration at the very beginning names. */
export function declaredEncoding(start: Uint8Array): string | null {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 512)).toString('latin1');
  return /^\s*<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']{1,40})["']/.exec(text)?.[1] ?? null;
}

/** Line ends as XML has them, forbidden characters replaced. */
class Cleaner {
  damaged = false;
  #endsInReturn = false;

  clean(piece: string, last: boolean): string {
    let text = this.#endsInReturn ? `\r${piece}` : piece;
    this.#endsInReturn = !last && text.endsWith('\r');
    if (this.#endsInReturn) text = text.slice(0, -1);
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    if (!FORBIDDEN.test(text)) return text;
    this.damaged = true;
    return text.replace(ALL_FORBIDDEN, '\ufffd');
  }
}

class LabelDecoder implements ByteDecoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #cleaner = new Cleaner();
  damaged = false;

  constructor(label: string) {
    this.#decoder = new TextDecoder(label);
  }

  decode(bytes: Uint8Array, last: boolean): string {
    const text = this.#decoder.decode(bytes, { stream: !last });
    const clean = this.#cleaner.clean(text, last);
    this.damaged ||= this.#cleaner.damaged || text.includes('\ufffd');
    return clean;
  }
}

/** UTF-8 in which a byte that is none is read as windows-1252: files that say UTF-8 and are not are common. */
class Utf8Decoder implements ByteDecoder {
  readonly #cleaner = new Cleaner();
  #rest: Buffer = Buffer.alloc(0);
  #first = true;
  #mixed = false;

  get damaged(): boolean {
    return this.#mixed || this.#cleaner.damaged;
  }

  decode(piece: Uint8Array, last: boolean): string {
    let bytes = this.#rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([this.#rest, piece]);
    const whole = last ? bytes.length : bytes.length - unfinishedLength(bytes);
    this.#rest = Buffer.from(bytes.subarray(whole));
    bytes = bytes.subarray(0, whole);
    const text = isUtf8(bytes) ? bytes.toString('utf8') : this.#decodeMixed(bytes);
    const marked = this.#first && text.startsWith('\ufeff');
    if (text !== '') this.#first = false;
    return this.#cleaner.clean(marked ? text.slice(1) : text, last);
  }

  #decodeMixed(bytes: Buffer): string {
    this.#mixed = true;
    const parts: string[] = [];
    let good = 0;
    for (let at = 0; at < bytes.length;) {
      const length = sequenceLength(bytes, at);
      if (length > 0) {
        at += length;
        continue;
      }
      const byte = bytes[at] ?? 0;
      parts.push(bytes.toString('utf8', good, at), byte < 0xa0 ? WINDOWS_1252.charAt(byte - 0x80) : String.fromCharCode(byte));
      at += 1;
      good = at;
    }
    parts.push(bytes.toString('utf8', good));
    return parts.join('');
  }
}

/** Bytes of the well-formed character at `at` (RFC 3629, table 3-7 of Unicode); 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = leadLength(lead);
  if (length === 0) return 0;
  const [low, high] = secondRange(lead);
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let index = 2; index < length; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function leadLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

function secondRange(lead: number): readonly [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  return lead === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}

/** Bytes at the end that may be the beginning of a character. */
function unfinishedLength(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return leadLength(byte) > back ? back : 0;
  }
  return 0;
}
