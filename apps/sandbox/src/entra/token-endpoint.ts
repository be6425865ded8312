import { constants, randomUUID, verify, type KeyObject } from 'node:crypto';
import type { Answer } from '../simulation/message.js';

/** `/{tenant}/oauth2/v2.0/token` */
export const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A part of a JWT as the object it holds; null when it holds none. */
export function jwtPart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

/** Whether a client assertion was signed with the key's other half: RS256 or PS256 (RFC 7518 3.3, 3.5); false for another algorithm. */
export function signatureHolds(algorithm: unknown, signed: string, signature: Buffer, publicKey: KeyObject): boolean {
  if (algorithm === 'RS256') return verify('sha256', Buffer.from(signed), publicKey, signature);
  return algorithm === 'PS256' && verify('sha256', Buffer.from(signed), { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}

/** What the token endpoint refuses with (Dynamics sheet, 1). `code` is the number after AADSTS. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly code: number;
  readonly description: string;
}

/** A refusal in Entra's shape, whatever the product behind it. */
export function refusalAnswer({ status, error, code, description }: Refusal, now: Date): Answer {
  const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return {
    status, headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      error, error_description: `AADSTS${code}: ${description} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`, error_codes: [code], timestamp, trace_id: traceId, correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    }),
  };
}
