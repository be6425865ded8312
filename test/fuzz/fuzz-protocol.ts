/** Processor time of one mutant, read whole and in pieces. */
export const MUTANT_LIMIT_MS = 2_000;
/** Resident memory of the worker, measured; its heap is held to less by a flag, so that a leak ends it. */
export const RESIDENT_LIMIT_MB = 512;
export const HEAP_LIMIT_MB = 320;

/** What a worker is to do: mutants `from` to `first + runs - 1`. */
export interface Order {
  readonly name: string;
  readonly first: number;
  readonly from: number;
  readonly runs: number;
}

/** What a worker tells. */
export type Told =
  | { readonly kind: 'begins'; readonly number: number }
  | { readonly kind: 'breaks'; readonly number: number; readonly problems: readonly string[] }
  | { readonly kind: 'fat'; readonly number: number; readonly peakMb: number }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'done'; readonly peakMb: number; readonly slowest: { readonly number: number; readonly milliseconds: number } };
