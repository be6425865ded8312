import { ConnectorError } from '#connector-kit';

/** `fetch failed` hides why in its cause. These never left this machine, or were refused at the door: nothing can have been booked. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']);
const CAUSES_MAX = 5;

/** The error of a call that got no answer (reset, time-out, abort): for a write that may have left, its outcome is unknown. */
export function noAnswer(what: string, cause: unknown, writes: boolean): ConnectorError {
  const code = causeCode(cause);
  const sent = code === null || !NEVER_SENT.has(code);
  const reason = code ?? (cause instanceof Error ? cause.name : 'no answer');
  return new ConnectorError(`${what}: ${reason}`, writes && sent ? { kind: 'outcomeUnknown' } : { kind: 'transient' }, { cause });
}

function causeCode(error: unknown): string | null {
  for (let depth = 0, current = error; depth < CAUSES_MAX && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    current = cause;
  }
  return null;
}

const STATED_DELAY_MS_MAX = 3_600_000;

/** `Retry-After` in seconds or as an HTTP date. @returns null for none, nonsense and the past; nothing above an hour is obeyed. */
export function statedDelayMs(retryAfter: string | null, now: Date): number | null {
  if (retryAfter === null) return null;
  const text = retryAfter.trim();
  const delayMs = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return delayMs > 0 ? Math.min(delayMs, STATED_DELAY_MS_MAX) : null;
}
