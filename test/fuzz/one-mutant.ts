import { isDeepStrictEqual } from 'node:util';
import { CollectingSink, readDocument, type ReadDocument } from '#documents';
import { mutateBytes } from './byte-mutants.js';
import type { FuzzFormat } from './fuzz-format.js';
import { broken } from './invariants.js';
import { type Random, randomOf } from './random.js';

/** Pieces of one file at most: one byte a piece is tried on small files, more would only measure the loop. */
const PIECES_MAX = 2_000;
const PIECE_LENGTHS: readonly number[] = [1, 2, 3, 7, 64, 1_000, 65_536];
/** Of the mutants of a format with a grammar, one in so many is cut by bytes alone. */
const BYTES_ONCE_IN = 3;

/** The mutant of a seed number: always the same. */
export function mutantOf(fuzzed: FuzzFormat, seeds: readonly Uint8Array[], number: number): Uint8Array {
  const random = randomOf(number);
  const seed = random.pick(seeds);
  const other = random.pick(seeds);
  if (fuzzed.mutate === undefined || random.once(BYTES_ONCE_IN)) return mutateBytes(random, seed, other);
  const mutant = fuzzed.mutate(random, seed);
  return random.once(4) ? mutateBytes(random, mutant, other) : mutant;
}

/** Reads one mutant whole and in pieces. The sentences say what it breaks. */
export async function readMutant(fuzzed: FuzzFormat, bytes: Uint8Array, number: number): Promise<readonly string[]> {
  // A choice of its own, so that a change of the mutators does not change how their mutants are read.
  const random = randomOf(~number);
  const byName = fuzzed.format !== null && random.once(2);
  const whole = await read(fuzzed, [bytes], byName);
  const pieces = piecesOf(random, bytes);
  const divided = await read(fuzzed, pieces, byName);
  const same = isDeepStrictEqual(whole, divided) ? [] : [`read in ${pieces.length} pieces it is not what it is in one: ${firstDifference(whole, divided)}`];
  return [...broken(whole), ...fuzzed.checks?.(whole, bytes) ?? [], ...same];
}

/** What is wrong with a seed file: it must be taken whole, or its mutants would meet its first complaint and nothing behind it. */
export async function seedProblems(fuzzed: FuzzFormat, bytes: Uint8Array): Promise<readonly string[]> {
  const { refused, findings } = await read(fuzzed, [bytes], false);
  const complaint = refused ?? findings.find(({ severity }) => severity === 'error');
  return [...complaint === undefined ? [] : [`it is not taken whole: ${complaint.problem}`], ...await readMutant(fuzzed, bytes, 0)];
}

async function read(fuzzed: FuzzFormat, pieces: readonly Uint8Array[], byName: boolean): Promise<ReadDocument> {
  if (fuzzed.read !== undefined) return fuzzed.read(pieces);
  const sink = new CollectingSink();
  const { format, ...end } = await readDocument(pieces, sink, byName && fuzzed.format !== null ? { format: fuzzed.format } : {});
  const { statements, remittances, entries, findings } = sink;
  const taken = end.refused === null ? { statements, remittances, entries } : { statements: [], remittances: [], entries: [] };
  return { format, ...end, ...taken, findings };
}

function piecesOf(random: Random, bytes: Uint8Array): Uint8Array[] {
  const length = Math.max(random.pick(PIECE_LENGTHS), Math.ceil(bytes.length / PIECES_MAX));
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += length) pieces.push(bytes.subarray(from, from + length));
  return pieces;
}

function firstDifference(left: ReadDocument, right: ReadDocument): string {
  const name = (Object.keys(left) as (keyof ReadDocument)[]).find((key) => !isDeepStrictEqual(left[key], right[key]));
  if (name === undefined) return 'another set of parts';
  const [whole, divided] = [left[name], right[name]].map((part) => JSON.stringify(part, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? '');
  let at = 0;
  while (whole?.[at] === divided?.[at] && at < (whole?.length ?? 0)) at += 1;
  const from = Math.max(0, at - 60);
  return `${name}: ...${whole?.slice(from, at + 60)} against ...${divided?.slice(from, at + 60)}`;
}
