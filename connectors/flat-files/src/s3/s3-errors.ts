import { ConnectorError } from '#connector-kit';

/** Waited when the service names no delay. */
const RETRY_AFTER_MS = 5_000;
const RETRY_AFTER_MS_MAX = 3_600_000;
/** Codes that ask for fewer requests (AWS, "Error responses"; the compatible services use the same). */
const THROTTLED: ReadonlySet<string> = new Set(['SlowDown', 'TooManyRequests', 'ThrottlingException', 'RequestLimitExceeded', 'Throttling']);

export interface S3Refusal {
  readonly code: string;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly message: string;
}

/** What the service, or the way to it, said. */
export function refusalOf(error: unknown): S3Refusal {
  const { name, message, $metadata } = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
  return { code: name ?? 'Error', message: message ?? String(error), status: $metadata?.httpStatusCode ?? null };
}

/** A failure of the S3 library in the contract's words. The cause is a copy: the library hangs whole requests on its errors. */
export function s3Error(error: unknown, doing: string, retryAfter: string | null): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { code, status, message } = refusalOf(error);
  const cause = new Error(`${code}: ${message}`);
  const said = status === null ? message : `${code} (${status})`;
  if (status === 429 || THROTTLED.has(code)) return new ConnectorError(`${doing}: ${said}`, { kind: 'rateLimited', retryAfterMs: delayOf(retryAfter) }, { cause });
  if (status === 401 || status === 403) {
    return new ConnectorError(`${doing}: ${said}`, { kind: 'auth', hint: 'check the access key, and that it may list, read, write and delete under the folders of this connection' }, { cause });
  }
  if (code === 'NoSuchBucket') return new ConnectorError(`${doing}: there is no such bucket`, { kind: 'invalid', issues: [{ path: 'config.bucket', value: doing, problem: 'does not exist' }] }, { cause });
  if (status !== null && status >= 400 && status < 500 && code !== 'RequestTimeout') {
    return new ConnectorError(`${doing}: ${said}`, { kind: 'invalid', issues: [{ path: 'config', value: doing, problem: said }] }, { cause });
  }
  return new ConnectorError(`${doing}: ${said}`, { kind: 'transient' }, { cause });
}

function delayOf(retryAfter: string | null): number {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, RETRY_AFTER_MS_MAX) : RETRY_AFTER_MS;
}
