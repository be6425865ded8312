import type { Json } from '#canonical';

/** What the memory target answers, in the manner of an HTTP API: a status, a body, and a delay with 429. */
export interface TargetAnswer {
  readonly status: number;
  readonly body: Json;
  /** With status 429; null when the target names no delay. */
  readonly retryAfterMs: number | null;
}

/** The connection broke. `sent`: the request had left, so the target may have acted on it. */
export class TargetUnreachable extends Error {
  override readonly name = 'TargetUnreachable';
  constructor(readonly sent: boolean) {
    super(sent ? 'the connection broke before the answer came' : 'the connection could not be made');
  }
}

/** The target refuses a request. Its words are the target's, not ours. */
export class TargetRefusal extends Error {
  override readonly name = 'TargetRefusal';
  constructor(readonly status: number, readonly code: string, readonly field: string, readonly value: string, problem: string) {
    super(problem);
  }
}

export function answered(body: Json): TargetAnswer {
  return { status: 200, body, retryAfterMs: null };
}
