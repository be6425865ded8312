import type { z } from 'zod';
import { parseJsonKeepingNumberText, type Json } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { errorOf, noAnswer, PLAID_ERROR } from './errors.js';
import { ANSWER_BYTES_MAX, RATE_LIMITS, type LimitedPath } from './limits.js';
import { paced } from './pacing.js';
import type { PlaidSettings } from './settings.js';

/** The version of the API this connector is written for. */
export const PLAID_VERSION = '2020-09-14';

export type PlaidPath = LimitedPath | '/item/public_token/exchange' | '/item/webhook/update' | '/link/token/create' | '/webhook_verification_key/get';

/**
 * One call: JSON in, JSON out with every number as the text it was sent as. Credentials go in headers, so that no body that is kept or logged
 * holds them. Nothing is retried.
 * @param shape what the answer must have; what is there beside it stays (Plaid adds fields without notice).
 * @throws ConnectorError by errors.ts; `transient` for no answer, or one that is not what was promised.
 */
export async function call<T>(context: Context, settings: PlaidSettings, path: PlaidPath, body: Readonly<Record<string, Json>>, shape: z.ZodType<T>): Promise<T> {
  const answer = await ask(context, settings, path, body);
  if (answer.status < 200 || answer.status > 299) throw refusal(path, answer);
  const parsed = shape.safeParse(jsonOrNull(answer.text));
  if (parsed.success) return parsed.data;
  // Paths and problems only: an answer may hold a token.
  const problems = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.map(String).join('.') || 'the answer'}: ${issue.message}`);
  throw noAnswer(path, `the answer is not what Plaid documents (${problems.join('; ')})`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

async function ask(context: Context, settings: PlaidSettings, path: PlaidPath, body: Readonly<Record<string, Json>>): Promise<Answer> {
  try {
    if (isLimited(path)) await paced(context, settings.environment, path);
    const response = await context.fetch(`${settings.baseUrl}${path}`, {
      method: 'POST', redirect: 'error', body: JSON.stringify(body),
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(settings.requestTimeoutMs)]),
      headers: {
        'content-type': 'application/json', accept: 'application/json',
        'PLAID-CLIENT-ID': settings.clientId, 'PLAID-SECRET': settings.secret, 'Plaid-Version': PLAID_VERSION,
      },
    });
    return { status: response.status, text: await boundedText(response, path), retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw noAnswer(path, `no answer (${reasonOf(error)})`, error);
  }
}

function isLimited(path: PlaidPath): path is LimitedPath {
  return path in RATE_LIMITS.production;
}

/** @throws ConnectorError `transient` beyond {@link ANSWER_BYTES_MAX}. */
async function boundedText(response: Response, path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    if (length > ANSWER_BYTES_MAX) throw noAnswer(path, `the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusal(path: string, { status, text, retryAfter }: Answer): ConnectorError {
  const parsed = PLAID_ERROR.safeParse(jsonOrNull(text));
  const error = parsed.success ? parsed.data : { error_type: '', error_code: `HTTP_${status}`, error_message: 'no readable error body' };
  return errorOf(path, error, status, retryAfter);
}

function jsonOrNull(text: string): unknown {
  try {
    return parseJsonKeepingNumberText(text);
  } catch {
    return null;
  }
}

/** `fetch failed` hides why in its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return error instanceof Error ? error.name : 'unknown';
}
