import type { DocumentFormat } from '#canonical';
import type { ReadDocument } from '#documents';
import type { Random } from './random.js';

/**
 * A format under fuzz: one file of `formats/`, exported as `fuzzFormat`. The runner does the rest; README.md has the invariants it holds
 * every format to.
 */
export interface FuzzFormat {
  /** What the file is said to be; half of the mutants are read under this name, half must be recognised. Null: only recognised. */
  readonly format: DocumentFormat | null;
  /** Files that are read without an error finding; small ones, so that a mutation hits something. */
  seeds(): readonly Uint8Array[];
  /** A mutant that knows the grammar: a record left out, an amount changed, a nesting broken. */
  mutate?(random: Random, seed: Uint8Array): Uint8Array;
  /** What is wrong with what was read, beyond the invariants of every format: one sentence each. */
  checks?(document: ReadDocument, source: Uint8Array): readonly string[];
  /** Reads the pieces of one file where this is no format of `parseDocument`. */
  read?(pieces: readonly Uint8Array[]): ReadDocument;
}

/** What a file of `formats/` exports. */
export interface FuzzFormatModule {
  readonly fuzzFormat: FuzzFormat;
}
