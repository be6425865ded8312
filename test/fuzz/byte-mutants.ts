import type { Random } from './random.js';

/** Bytes of the longest token a mutant gets: long enough to show a step per byte that costs more than a step. */
const HUGE_TOKEN_BYTES = 200_000;
const EDITS_MAX = 4;

/** Numbers and words that parsers stumble over, and the marks of the formats of this house. */
const TOKENS: readonly string[] = [
  '0', '-0', '-', '+', '1e9', '1E-2', '0x10', 'NaN', 'Infinity', 'null', 'undefined', '__proto__', 'constructor', '99999999999999999999999999999999999999', '0.000000000000001',
  '1,234.56', '1.234,56', '\u0661\u0662\u0663', '2026-02-30', '0000-00-00', '99999999', '\n', '\r', '\r\n', '\t', ' ', '\u00a0', '"', "'", ',', ';', '|', '/', ':', '*', '~', '\\', '<', '>', '&',
  '<![CDATA[', ']]>', '<!--', '-->', '<!DOCTYPE a>', '&#0;', '&amp;', '{', '}', '?', '\u2028', '\uffff', '\u{1f4a3}',
];
/** A lone continuation, an overlong slash, a surrogate, a start without its rest, bytes UTF-8 never has. */
const INVALID_UTF8: readonly (readonly number[])[] = [[0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xff, 0xfe], [0xf8, 0x88, 0x80, 0x80, 0x80]];

type Edit = (random: Random, bytes: Buffer, other: Uint8Array) => Buffer;

const EDITS: readonly Edit[] = [
  (random, bytes) => replaced(bytes, random.below(bytes.length), 1, [(bytes[0] ?? 0) ^ (1 << random.below(8))]),
  (random, bytes) => replaced(bytes, random.below(bytes.length), 1, [random.below(256)]),
  (random, bytes) => replaced(bytes, random.below(bytes.length), lengthOf(random, bytes), []),
  (random, bytes) => {
    const from = random.below(bytes.length);
    return replaced(bytes, random.below(bytes.length), 0, bytes.subarray(from, from + lengthOf(random, bytes)));
  },
  (random, bytes, other) => {
    const from = random.below(other.length);
    return replaced(bytes, random.below(bytes.length), random.below(40), other.subarray(from, from + lengthOf(random, bytes)));
  },
  (random, bytes) => bytes.subarray(0, random.below(bytes.length)),
  (random, bytes) => replaced(bytes, random.below(bytes.length), random.below(3), Buffer.from(random.pick(TOKENS))),
  (random, bytes) => replaced(bytes, random.below(bytes.length), 0, random.pick(INVALID_UTF8)),
  (random, bytes) => replaced(bytes, random.below(bytes.length), random.below(2), Buffer.alloc(1 + random.below(4))),
  (random, bytes) => swappedLines(random, bytes),
  (random, bytes) => changedDigit(random, bytes),
];
/** Costly or blunt: one mutant in {@link BLUNT_ONCE_IN}. */
const BLUNT_EDITS: readonly Edit[] = [
  (random, bytes) => replaced(bytes, random.below(bytes.length), 0, Buffer.alloc(1 + random.below(HUGE_TOKEN_BYTES), random.pick(['9', 'A', ' ', '<', '(', '&#', '\n', ',', '/', '"']))),
  (_random, bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le'),
  (_random, bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('latin1'), 'utf16le')]),
  (_random, bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  (_random, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  (_random, bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', ''), 'latin1'),
  (_random, bytes) => Buffer.concat([bytes, bytes]),
  () => Buffer.alloc(0),
];
const BLUNT_ONCE_IN = 40;

/** A mutant that knows nothing of the format: bits, bytes, ranges, pieces of another seed, bad UTF-8, NULs, huge tokens. */
export function mutateBytes(random: Random, seed: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes: Buffer = Buffer.from(seed);
  for (let edits = 1 + random.below(EDITS_MAX); edits > 0; edits -= 1) bytes = random.pick(random.once(BLUNT_ONCE_IN) ? BLUNT_EDITS : EDITS)(random, bytes, other);
  return bytes;
}

/** Mostly a few bytes, sometimes a good part of the file. */
function lengthOf(random: Random, bytes: Uint8Array): number {
  return 1 + random.below(random.once(4) ? bytes.length : 12);
}

function replaced(bytes: Buffer, at: number, length: number, by: Uint8Array | readonly number[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(by as Uint8Array), bytes.subarray(at + length)]);
}

function swappedLines(random: Random, bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const [one, two] = [random.below(lines.length), random.below(lines.length)];
  const line = lines[one] ?? '';
  lines[one] = lines[two] ?? '';
  lines[two] = line;
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** The mutant that control totals exist for. */
function changedDigit(random: Random, bytes: Buffer): Buffer {
  const start = random.below(bytes.length);
  const at = bytes.subarray(start).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
  return at === -1 ? bytes : replaced(bytes, start + at, 1, [0x30 + random.below(10)]);
}
