import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { catchError, from, type Observable, of, switchMap, throwError } from 'rxjs';
import type { Caller } from '#access';
import { canonicalJson, type Json } from '#canonical';
import { Database } from '#storage';
import { invalid, ProblemError } from './problem.js';

/** As long as the longest keys seen in the field; more is a mistake. */
const KEY_LENGTH_MAX = 255;
/** Keys are kept this long: finance retries late. */
export const REQUEST_KEY_DAYS = 30;

interface StoredAnswer extends Record<string, unknown> {
  route: string; body_hash: Buffer; status: number | null; response: Json; stale: boolean;
}
/** A request that began this long ago and left no answer died with its process; its key may be used again. */
const ABANDONED_AFTER_MINUTES = 10;

/**
 * `Idempotency-Key` on POST: the first answer is kept and repeated word for word; another body or route under the same key is refused
 * (422), a repeat while the first still runs too (409). An error is not kept, unlike with Stripe: every effect of a failed request was
 * rolled back with its transaction, so the same key may be used again. What calls a source before it answers (a change of an invoice) keeps
 * the key itself and goes on where it stood.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly database: Database) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & { caller?: Caller }>();
    const key = request.headers['idempotency-key'];
    const { caller } = request;
    if (request.method !== 'POST' || typeof key !== 'string' || caller === undefined) return next.handle();
    if (key.length === 0 || key.length > KEY_LENGTH_MAX) throw invalid([{ field: 'Idempotency-Key', problem: `must be 1 to ${KEY_LENGTH_MAX} characters` }]);
    const response = http.getResponse<Response>();
    const body = Buffer.isBuffer(request.body) ? request.body : canonicalJson(request.body ?? null);
    const route = `${request.method} ${request.originalUrl}`;
    const bodyHash = createHash('sha256').update(body).digest();
    return from(this.#claim(caller.tenantId, key, route, bodyHash)).pipe(switchMap((known) => {
      if (known !== null) {
        response.status(known.status).setHeader('Idempotent-Replayed', 'true');
        return of(known.response);
      }
      return next.handle().pipe(
        switchMap((answer) => from(this.#keep(caller.tenantId, key, response.statusCode, answer).then(() => answer))),
        catchError((error: unknown) => from(this.#forget(caller.tenantId, key)).pipe(switchMap(() => throwError(() => error)))),
      );
    }));
  }

  /** Null when this request is the first; the stored answer when it is a repeat. */
  async #claim(tenantId: string, key: string, route: string, bodyHash: Buffer): Promise<{ status: number; response: unknown } | null> {
    return this.database.inTenant(tenantId, async (transaction) => {
      await transaction.execute(`DELETE FROM request_key WHERE key = $1 AND status IS NULL AND created_at < now() - $2 * interval '1 minute'`, [key, ABANDONED_AFTER_MINUTES]);
      const claimed = await transaction.execute('INSERT INTO request_key (key, route, body_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [key, route, bodyHash]);
      if (claimed === 1) return null;
      const known = await transaction.one<StoredAnswer>('SELECT * FROM request_key WHERE key = $1', [key]);
      if (known === null) return null;
      if (known.route !== route || Buffer.compare(known.body_hash, bodyHash) !== 0) {
        throw invalid([{ field: 'Idempotency-Key', value: key, problem: `was used for another request (${known.route}): use a new key for a new request` }]);
      }
      if (known.status === null) throw new ProblemError({ type: '/problems/in-progress', title: 'In progress', status: 409, detail: `the first request with the key ${key} is still being worked on: ask again in a moment` });
      return { status: known.status, response: known.response };
    });
  }

  async #keep(tenantId: string, key: string, status: number, answer: unknown): Promise<void> {
    await this.database.inTenant(tenantId, (transaction) => transaction.execute('UPDATE request_key SET status = $2, response = $3 WHERE key = $1', [key, status, JSON.stringify(answer ?? null)]));
  }

  /** Every effect of a failed request was rolled back with its transaction, so the key is free again. */
  async #forget(tenantId: string, key: string): Promise<void> {
    await this.database.inTenant(tenantId, (transaction) => transaction.execute('DELETE FROM request_key WHERE key = $1 AND status IS NULL', [key]));
  }
}
