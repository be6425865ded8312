import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ConnectionChecks, Connections } from '#connections';
import { ConnectorError, type WakeUp, type Webhook, type WebhookAnswer } from '#connector-kit';
import { connectionOfDelivery, Database, listConnectionIds } from '#storage';
import { SyncService } from '#sync';
import { Public } from '../../http/authentication.js';
import { notFound, ProblemError } from '../../http/problem.js';
import { CLOCK, WAKE, type Wake } from '../tokens.js';
import { TextsField } from '../wire/fields.js';
import { IdPipe, NoIdempotencyKey, Problems } from '../wire/problems.js';
import { DeliveryPace } from './delivery-pace.js';
import { KnownConnections } from './known-connections.js';

/** Vendors wait some ten seconds; a proof that takes longer is answered as not taken, and comes again. */
export const DELIVERY_ANSWER_MS_MAX = 8_000;

/** Longest answer to a vendor's question about this address. No vendor states a bound; tokens seen are shorter by far, and whoever asks without proof is not given back more. */
export const HANDSHAKE_BYTES_MAX = 4_096;

export class WokenBody {
  @TextsField('What will be read or checked sooner: record types, `bankFeed`, `health`')
  woken!: string[];
}

/** What vendors tell us. A delivery carries no data into the model: it starts a read or a check sooner. */
@ApiTags('Webhooks')
@Controller('v1/webhooks')
export class WebhooksController {
  readonly #pace = new DeliveryPace();
  readonly #known = new KnownConnections(() => connectionIds(this.database));

  constructor(
    private readonly database: Database, private readonly connections: Connections, private readonly checks: ConnectionChecks, private readonly sync: SyncService,
    @Inject(WAKE) private readonly wake: Wake, @Inject(CLOCK) private readonly now: () => Date,
  ) {}

  @Post(':connectionId')
  @HttpCode(200)
  @Public()
  @NoIdempotencyKey()
  @ApiOperation({
    operationId: 'receiveWebhook', summary: 'Where a connected system delivers', description: 'Needs no key: each delivery proves itself, on its bytes, as its vendor does. It only wakes a read; a repeated one does nothing more.',
    security: [],
  })
  @ApiBody({ description: 'As the vendor sends it', schema: { type: 'object', additionalProperties: true } })
  @ApiResponse({ status: 200, type: WokenBody, description: 'Taken; or, to the vendor\'s question about this address, the answer it expects' })
  @Problems(404, 413, 429, 502)
  async receive(@Param('connectionId', IdPipe) connectionId: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const named = await this.#admit(connectionId);
    const connection = await this.connections.open(named.tenantId, connectionId);
    const { webhook } = connection.connector;
    if (webhook === undefined) throw notFound('webhook of connection', connectionId);
    const answer = webhook.handshake?.(new URL(request.originalUrl, 'http://hub.invalid')) ?? null;
    if (answer !== null) {
      answerHandshake(response, answer);
      return;
    }
    const wakes = await prove(webhook, request, () => connection.context(AbortSignal.timeout(DELIVERY_ANSWER_MS_MAX)));
    await this.#wakeUp(named.tenantId, connectionId, named.status === 'active', wakes);
    response.status(200).json({ woken: [...wakes] });
  }

  /** Whose connection it is. Made-up ids have a count of their own, so that they hold up nobody. @throws ProblemError 404 where there is none, 429 for too many */
  async #admit(connectionId: string): Promise<NonNullable<Awaited<ReturnType<typeof connectionOfDelivery>>>> {
    const nowMs = this.now().getTime();
    const known = await this.#known.has(connectionId, nowMs);
    if (!(known ? this.#pace.admits(connectionId, nowMs) : this.#pace.admitsUnknown(nowMs))) throw tooMany();
    const named = await this.database.withDelivery(connectionId, (transaction) => connectionOfDelivery(transaction, connectionId));
    if (named === null) throw notFound('webhook of connection', connectionId);
    if (!known) {
      // The first one counts for the connection too, whichever count let it in.
      this.#known.note(connectionId);
      this.#pace.admits(connectionId, nowMs);
    }
    return named;
  }

  /** Work is written down before the vendor is answered: it delivers once. A paused connection is looked at, not read. */
  async #wakeUp(tenantId: string, connectionId: string, active: boolean, wakes: readonly WakeUp[]): Promise<void> {
    const health = wakes.includes('health');
    const reads = active && wakes.some((wake) => wake !== 'health');
    if (health) await this.checks.want(tenantId, connectionId);
    if (reads) await this.sync.request(tenantId, connectionId, 'incremental', 'webhook');
    if (health || reads) await this.wake.wakeSync(tenantId, connectionId);
  }
}

async function connectionIds(database: Database): Promise<string[]> {
  const ids: string[] = [];
  for (const tenantId of await database.listTenantIds()) ids.push(...await database.inTenant(tenantId, listConnectionIds));
  return ids;
}

/**
 * Gives a vendor's question about this address its answer, which holds text of whoever asked: plain text whatever the connector says of it, not sniffed, not long.
 * @throws ProblemError 401 for one that is longer than any vendor's
 */
function answerHandshake(response: Response, { status, body }: WebhookAnswer): void {
  if (Buffer.byteLength(body) > HANDSHAKE_BYTES_MAX) {
    throw new ProblemError({ type: '/problems/webhook-refused', title: 'Not taken', status: 401, detail: `the answer this question wants is longer than ${HANDSHAKE_BYTES_MAX} bytes: no vendor asks for that` });
  }
  response.status(status).set({ 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'" }).send(body);
}

type ReceiveContext = Parameters<Webhook['receive']>[0];

/** @throws ProblemError 401 for a delivery that is not the vendor's, 429 for too many; ConnectorError when it could not be proven now. */
async function prove(webhook: Webhook, request: Request, context: () => ReceiveContext): Promise<readonly WakeUp[]> {
  const body: unknown = request.body;
  try {
    return await webhook.receive(context(), { headers: headersOf(request), body: Buffer.isBuffer(body) ? body : new Uint8Array() });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.failure.kind === 'auth') throw new ProblemError({ type: '/problems/webhook-refused', title: 'Not taken', status: 401, detail: error.message });
    if (error.failure.kind === 'rateLimited') throw tooMany();
    throw error;
  }
}

function headersOf({ headers }: Request): Headers {
  return new Headers(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]])));
}

function tooMany(): ProblemError {
  return new ProblemError({ type: '/problems/too-many', title: 'Too many', status: 429, detail: 'too many deliveries in a minute: deliver again in the next' });
}
