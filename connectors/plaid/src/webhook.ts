import { createHash, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError, type Context, type WakeUp, type Webhook, type WebhookDelivery } from '#connector-kit';
import { call } from './client.js';
import {
  DELIVERY_AGE_MS_MAX, DELIVERY_AHEAD_MS_MAX, KEY_AGE_MS_MAX, KEY_QUESTIONS_PER_MINUTE_MAX, KEYS_KEPT_MAX, RATE_WINDOW_MS, SUBSCRIPTION_RENEWED_AFTER_MS, TOKEN_LENGTH_MAX,
} from './limits.js';
import { linkedToken, plaidSettings } from './settings.js';
import { ANYTHING, KEY_ANSWER, WEBHOOK_BODY } from './shapes.js';

const HEADER = 'plaid-verification';
const PROTECTED_HEADER = z.looseObject({ alg: z.literal('ES256'), kid: z.string().min(1).max(200) });
const CLAIMS = z.looseObject({ iat: z.number(), request_body_sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** Codes that say something of the login; the legacy codes of TRANSACTIONS are sent beside SYNC_UPDATES_AVAILABLE and wake nothing. */
const WAKES: Readonly<Record<string, readonly WakeUp[]>> = {
  'TRANSACTIONS SYNC_UPDATES_AVAILABLE': ['bankFeed'],
  'ITEM LOGIN_REPAIRED': ['health', 'bankFeed'],
  'ITEM ERROR': ['health'],
  'ITEM PENDING_DISCONNECT': ['health'],
  'ITEM PENDING_EXPIRATION': ['health'],
  'ITEM USER_PERMISSION_REVOKED': ['health'],
  'ITEM USER_ACCOUNT_REVOKED': ['health'],
  'ITEM NEW_ACCOUNTS_AVAILABLE': ['health', 'bankFeed'],
};

export const webhook: Webhook = { receive, subscribe };

/**
 * Plaid's five checks, in its order: the algorithm is ES256 and no other; the key by its id, not expired; the signature; not older than five
 * minutes; the hash of the bytes as received, compared in constant time.
 */
async function receive(context: Context, { headers, body }: WebhookDelivery): Promise<readonly WakeUp[]> {
  const token = headers.get(HEADER) ?? '';
  const [head = '', payload = '', signature = '', ...more] = token.split('.');
  if (token === '' || token.length > TOKEN_LENGTH_MAX || more.length > 0) throw refused(`the header ${HEADER} is missing or holds no token`);
  const protectedHeader = PROTECTED_HEADER.safeParse(jsonPart(head));
  if (!protectedHeader.success) throw refused('the token is not signed by ES256 with a named key');
  const key = await keyOf(context, protectedHeader.data.kid);
  const signed = verify('sha256', Buffer.from(`${head}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  if (!signed) throw refused('the signature does not fit');
  const claims = CLAIMS.safeParse(jsonPart(payload));
  if (!claims.success) throw refused('the token does not name a time and the hash of a body');
  const ageMs = context.now().getTime() - claims.data.iat * 1_000;
  if (ageMs > DELIVERY_AGE_MS_MAX || ageMs < -DELIVERY_AHEAD_MS_MAX) throw refused(`it was signed ${Math.round(ageMs / 1_000)} s ago, ${DELIVERY_AGE_MS_MAX / 1_000} s are allowed`);
  const hash = createHash('sha256').update(body).digest();
  if (!timingSafeEqual(hash, Buffer.from(claims.data.request_body_sha256, 'hex'))) throw refused('the body is not the one that was signed');
  return wakesOf(context, body);
}

/** What a proven delivery wakes. Deliveries of another login of the same client, and words unknown here, wake nothing. */
function wakesOf(context: Context, body: Uint8Array): readonly WakeUp[] {
  const parsed = WEBHOOK_BODY.safeParse(jsonOf(Buffer.from(body).toString('utf8')));
  if (!parsed.success) return [];
  const { webhook_type: type, webhook_code: code, item_id: itemId } = parsed.data;
  const ours = plaidSettings(context).itemId;
  context.log('plaid.webhook', { type: type.slice(0, 60), code: code.slice(0, 60) });
  if (ours !== null && itemId !== null && itemId !== undefined && itemId !== ours) return [];
  const key = `${type} ${code}`;
  return Object.hasOwn(WAKES, key) ? WAKES[key] ?? [] : [];
}

interface KeptKey {
  readonly key: KeyObject;
  readonly askedAt: number;
}

const KEYS = 'plaid.webhookKeys';
const QUESTIONS = 'plaid.webhookKeyQuestions';

/** The key of an id: kept, or asked for. Plaid's own sample keeps one key whatever its id; after a rotation it refuses everything. */
async function keyOf(context: Context, kid: string): Promise<KeyObject> {
  const kept = keysKept(context).get(kid);
  const now = context.now().getTime();
  if (kept !== undefined && now - kept.askedAt < KEY_AGE_MS_MAX) return kept.key;
  noteQuestion(context, now);
  const { key } = await call(context, plaidSettings(context), '/webhook_verification_key/get', { key_id: kid }, KEY_ANSWER).catch((error: unknown) => { throw keyRefusal(error); });
  keysKept(context).delete(kid);
  if (key.expired_at !== null && key.expired_at !== undefined) throw refused('its key has expired');
  if (key.kid !== kid) throw refused('Plaid answered with another key');
  const made = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x, y: key.y }, format: 'jwk' });
  keep(context, kid, { key: made, askedAt: now });
  return made;
}

/** A key id Plaid does not know is a forgery; anything else is an answer that did not come. */
function keyRefusal(error: unknown): unknown {
  return error instanceof ConnectorError && error.failure.kind === 'invalid' ? refused('Plaid does not know its key') : error;
}

function keysKept(context: Context): Map<string, KeptKey> {
  const known = context.memory.get(KEYS);
  if (known instanceof Map) return known as Map<string, KeptKey>;
  const keys = new Map<string, KeptKey>();
  context.memory.set(KEYS, keys);
  return keys;
}

function keep(context: Context, kid: string, kept: KeptKey): void {
  const keys = keysKept(context);
  const [oldest] = keys.keys();
  if (keys.size >= KEYS_KEPT_MAX && oldest !== undefined) keys.delete(oldest);
  keys.set(kid, kept);
}

/** @throws ConnectorError `rateLimited` when key ids are made up faster than we may ask: the vendor delivers again, a forger is kept out. */
function noteQuestion(context: Context, now: number): void {
  const asked = ((context.memory.get(QUESTIONS) ?? []) as readonly number[]).filter((at) => now - at < RATE_WINDOW_MS);
  if (asked.length >= KEY_QUESTIONS_PER_MINUTE_MAX) {
    throw new ConnectorError('Plaid webhook: too many unknown keys; deliver again in a minute', { kind: 'rateLimited', retryAfterMs: RATE_WINDOW_MS });
  }
  context.memory.set(QUESTIONS, [...asked, now]);
}

/** Sets the address of the login's webhooks; in update mode of the dialog it would be ignored. */
async function subscribe(context: Context, url: string): Promise<{ readonly renewAt: string }> {
  const settings = plaidSettings(context);
  await call(context, settings, '/item/webhook/update', { access_token: linkedToken(settings), webhook: url }, ANYTHING);
  return { renewAt: new Date(context.now().getTime() + SUBSCRIPTION_RENEWED_AFTER_MS).toISOString() };
}

function refused(problem: string): ConnectorError {
  return new ConnectorError(`Plaid webhook: ${problem}`, { kind: 'auth', hint: 'The delivery was not taken. If Plaid sent it, check that nothing between changes its body, and the clock of this machine.' });
}

function jsonPart(base64url: string): unknown {
  return jsonOf(Buffer.from(base64url, 'base64url').toString('utf8'));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
