import { z } from 'zod';
import { ConnectorError, type ConnectorFailure } from '#connector-kit';
import { TargetUnreachable, type TargetAnswer } from './target/answer.js';

/** Delay when the target names none. */
export const RETRY_AFTER_MS_DEFAULT = 30_000;

const REFUSAL = z.object({ code: z.string(), field: z.string(), value: z.string(), problem: z.string() });
type Refusal = z.infer<typeof REFUSAL>;

/** Whether a request can have changed the books: the same broken connection means "again" for one and "look first" for the other. */
export type RequestKind = 'read' | 'write';

/** What an answer other than 200 means. */
export function failureOfAnswer(kind: RequestKind, what: string, answer: TargetAnswer): ConnectorError {
  const parsed = REFUSAL.safeParse(answer.body);
  const refusal = parsed.success ? parsed.data : null;
  const problem = refusal?.problem ?? `status ${answer.status}`;
  return new ConnectorError(`${what}: ${problem}`, failureKind(kind, answer, refusal));
}

function failureKind(kind: RequestKind, { status, retryAfterMs }: TargetAnswer, refusal: Refusal | null): ConnectorFailure {
  if (status === 401) return { kind: 'auth', hint: 'enter the token of the target again' };
  if (status === 403) return { kind: 'auth', hint: 'use a token that may write' };
  if (status === 429) return { kind: 'rateLimited', retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS_DEFAULT };
  if (status === 409 && refusal !== null) return { kind: 'conflict', externalId: refusal.value, differsIn: refusal.field.split(',') };
  if (status >= 400 && status < 500 && refusal !== null) {
    return { kind: 'invalid', issues: [{ path: refusal.field, value: refusal.value, problem: refusal.problem }] };
  }
  // 503 is refused at the door; any other failure of a write may have come after the books moved.
  return kind === 'read' || status === 503 ? { kind: 'transient' } : { kind: 'outcomeUnknown' };
}

/** What it means that no answer came: a broken connection, an abort, a deadline. */
export function failureOfSilence(kind: RequestKind, what: string, cause: unknown): ConnectorError {
  const reason = cause instanceof TargetUnreachable ? cause.message : 'the request was given up';
  const sent = !(cause instanceof TargetUnreachable) || cause.sent;
  return new ConnectorError(`${what}: ${reason}`, kind === 'write' && sent ? { kind: 'outcomeUnknown' } : { kind: 'transient' }, { cause });
}

/** An answer that is not what was promised: nothing in it can be trusted. */
export function failureOfGarble(kind: RequestKind, what: string): ConnectorError {
  return new ConnectorError(`${what}: the answer is not what the target promises`, kind === 'write' ? { kind: 'outcomeUnknown' } : { kind: 'transient' });
}
