import { ConnectorError, type ConnectorFailure } from '../index.js';

/** A sentence of the contract does not hold. The message says what was expected and what happened. */
export class SentenceBroken extends Error {
  override readonly name = 'SentenceBroken';
}

/** @throws SentenceBroken unless the condition holds. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new SentenceBroken(otherwise);
}

/** Longest the kit waits for one answer before it calls it a hang. */
export const ANSWER_MS_MAX = 5_000;

/** The promise's value. @throws SentenceBroken when it takes longer than `limitMs`. The timer never outlives the call. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SentenceBroken(`${what} took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, alarm]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the work failed with, whatever it is. @throws SentenceBroken when it succeeds or hangs. */
export async function errorOf(what: string, work: () => Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('nothing');
  const outcome = await within(ANSWER_MS_MAX, what, work().then(() => nothing, (error: unknown) => ({ error })));
  if (typeof outcome === 'symbol') throw new SentenceBroken(`${what} should fail and did not`);
  if (outcome.error instanceof SentenceBroken) throw outcome.error;
  return outcome.error;
}

/** The failure a connector reported. @throws SentenceBroken for success and for any error that is no ConnectorError. */
export async function failureOf(what: string, work: () => Promise<unknown>): Promise<ConnectorFailure> {
  const error = await errorOf(what, work);
  holds(error instanceof ConnectorError, `${what} failed with ${String(error)}, which is no ConnectorError`);
  return error.failure;
}

/** A failure of exactly this kind. @throws SentenceBroken naming the kind that came instead. */
export async function failureOfKind<K extends ConnectorFailure['kind']>(
  kind: K, what: string, work: () => Promise<unknown>,
): Promise<Extract<ConnectorFailure, { kind: K }>> {
  const failure = await failureOf(what, work);
  holds(failure.kind === kind, `${what} should fail as ${kind} and failed as ${failure.kind}`);
  return failure as Extract<ConnectorFailure, { kind: K }>;
}

/** Values in a fixed order, for sentences that compare sets. */
export function sorted(values: Iterable<string>): readonly string[] {
  return [...values].toSorted();
}

/** @throws SentenceBroken listing what is missing and what is too much. */
export function holdsSameSet(what: string, found: Iterable<string>, expected: Iterable<string>): void {
  const foundSet = new Set(found);
  const expectedSet = new Set(expected);
  const missing = sorted([...expectedSet].filter((value) => !foundSet.has(value)));
  const extra = sorted([...foundSet].filter((value) => !expectedSet.has(value)));
  holds(missing.length === 0 && extra.length === 0, `${what}: missing [${missing.join(', ')}], too much [${extra.join(', ')}]`);
}
