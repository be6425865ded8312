import { randomUUID } from 'node:crypto';
import { json, type Answer } from '../http/message.js';

/** A refusal of the token endpoint, in the shape of reference 1. `code` is the number after AADSTS. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  constructor(readonly status: number, readonly error: string, readonly code: number, description: string) {
    super(description);
  }
}

export function entraRefusal(error: EntraError, now: Date): Answer {
  const timestamp = now.toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  const [trace, correlation] = [randomUUID(), randomUUID()];
  return json(error.status, {
    error: error.error, error_description: `AADSTS${error.code}: ${error.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`, error_codes: [error.code], timestamp, trace_id: trace,
    correlation_id: correlation, error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
  });
}
