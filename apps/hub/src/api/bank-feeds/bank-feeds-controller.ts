import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AuditTrail, type Caller } from '#access';
import { BankFeeds, UNPLACED_ROWS_LISTED_MAX } from '#bank';
import { Connections, webhookPath, type Catalogue, type ConnectionRecord } from '#connections';
import { Database } from '#storage';
import { BankFeedCare } from '../../bank-feed-care.js';
import { CallerOf, Needs } from '../../http/authentication.js';
import { invalid, notFound } from '../../http/problem.js';
import { SyncRequests } from '../sync/sync-requests.js';
import { SyncRunBody, syncRunBody } from '../sync/sync-run-body.js';
import { actorOf, CATALOGUE, PUBLIC_URL } from '../tokens.js';
import { IdPipe, NoIdempotencyKey, Problems } from '../wire/problems.js';
import {
  BankFeedBody, bankFeedBody, BankFeedsBody, feedAccountBody, FeedAccountsBody, LinkFinishBody, LinkStartBody, LinkTicketBody, linkTicketBody, unplacedRowBody, UnplacedRowsBody,
} from './bank-feed-bodies.js';

/** The vendor is asked once or twice; longer than this is refused rather than waited for. */
const LINK_TIMEOUT_MS = 60_000;

/** Bank accounts read from an aggregator: their health, and the sign-in that keeps them alive (capability 58). */
@ApiTags('Bank feeds')
@Controller('v1/bank-feeds')
export class BankFeedsController {
  constructor(
    @Inject(BankFeeds) private readonly feeds: BankFeeds, @Inject(Connections) private readonly connections: Connections, @Inject(SyncRequests) private readonly syncs: SyncRequests,
    @Inject(BankFeedCare) private readonly care: BankFeedCare, @Inject(AuditTrail) private readonly audit: AuditTrail, @Inject(Database) private readonly database: Database,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue, @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listBankFeeds', summary: 'Bank feeds and their health' })
  @ApiOkResponse({ type: BankFeedsBody })
  async list(@CallerOf() caller: Caller): Promise<BankFeedsBody> {
    const connections = (await this.connections.list(caller.tenantId)).filter((connection) => this.#hasFeed(connection));
    return { items: await Promise.all(connections.map((connection) => this.#body(caller, connection))) };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getBankFeed', summary: 'One bank feed', description: 'By the id of its connection.' })
  @ApiOkResponse({ type: BankFeedBody })
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<BankFeedBody> {
    return this.#body(caller, await this.#connection(caller, id));
  }

  @Get(':id/accounts')
  @ApiOperation({ operationId: 'listBankFeedAccounts', summary: 'Accounts of a bank feed, with our bank accounts' })
  @ApiOkResponse({ type: FeedAccountsBody })
  async accounts(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<FeedAccountsBody> {
    const { accounts } = await this.feeds.get(caller.tenantId, (await this.#connection(caller, id)).id);
    return { items: accounts.map(feedAccountBody) };
  }

  @Get(':id/unplaced')
  @ApiOperation({ operationId: 'listUnplacedBankRows', summary: 'Rows that are kept and are no bank transactions', description: 'In a currency that is none of ISO 4217, or with an amount its currency cannot have.' })
  @ApiQuery({ name: 'cursor', required: false, type: String, description: '`nextCursor` of the page before' })
  @ApiOkResponse({ type: UnplacedRowsBody })
  async unplaced(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Query('cursor') cursor?: string): Promise<UnplacedRowsBody> {
    if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) throw invalid([{ field: 'cursor', value: cursor.slice(0, 40), problem: 'is not a cursor of this list: take it unchanged from the page before' }]);
    const rows = await this.feeds.unplaced(caller.tenantId, (await this.#connection(caller, id)).id, cursor);
    return { items: rows.map(unplacedRowBody), nextCursor: rows.length < UNPLACED_ROWS_LISTED_MAX ? null : rows.at(-1)?.id ?? null };
  }

  @Post(':id/syncs')
  @HttpCode(202)
  @Needs('configure')
  @ApiOperation({ operationId: 'syncBankFeed', summary: 'Read a bank feed now', description: 'Follow the run under /v1/syncs/{id}.' })
  @ApiResponse({ status: 202, type: SyncRunBody, description: 'In line' })
  @Problems(409)
  async sync(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<SyncRunBody> {
    return syncRunBody(await this.syncs.request(caller, (await this.#connection(caller, id)).id, 'incremental'));
  }

  @Post(':id/link')
  @HttpCode(200)
  @Needs('configure')
  @NoIdempotencyKey()
  @ApiOperation({ operationId: 'startBankLink', summary: 'A ticket for the bank\'s sign-in dialog', description: 'Open the vendor\'s dialog with it in a browser, then finish with what it hands out.' })
  @ApiOkResponse({ type: LinkTicketBody })
  @Problems(502)
  async startLink(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() { update = false }: LinkStartBody): Promise<LinkTicketBody> {
    const connection = await this.#connection(caller, id);
    const webhookUrl = this.publicUrl === null ? null : `${this.publicUrl}${webhookPath(id)}`;
    const ticket = await this.connections.startLink(caller.tenantId, id, { update, webhookUrl, userReference: `tributary-${caller.tenantId}-${caller.keyId}` }, AbortSignal.timeout(LINK_TIMEOUT_MS));
    await this.#note(caller, 'bankFeed.linkStarted', connection, update);
    return linkTicketBody(ticket);
  }

  @Post(':id/link/finish')
  @HttpCode(200)
  @Needs('configure')
  @NoIdempotencyKey()
  @ApiOperation({ operationId: 'finishBankLink', summary: 'Take over a login', description: 'With the public token of a new login; without one after a repair. The login is checked, the connection resumed, and the feed read.' })
  @ApiOkResponse({ type: BankFeedBody })
  @Problems(502)
  async finishLink(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() { publicToken }: LinkFinishBody): Promise<BankFeedBody> {
    const connection = await this.#connection(caller, id);
    const signal = AbortSignal.timeout(LINK_TIMEOUT_MS);
    if (publicToken !== undefined) await this.connections.finishLink(caller.tenantId, id, publicToken, signal);
    await this.connections.check(caller.tenantId, id, signal);
    await this.care.repaired(caller.tenantId, id, actorOf(caller));
    await this.#note(caller, 'bankFeed.linked', connection, publicToken === undefined);
    return this.#body(caller, await this.#connection(caller, id));
  }

  #hasFeed({ connector }: ConnectionRecord): boolean {
    return this.catalogue.connectors.get(connector)?.bankFeed !== undefined;
  }

  async #connection(caller: Caller, id: string): Promise<ConnectionRecord> {
    const connection = await this.connections.get(caller.tenantId, id);
    if (connection === null || !this.#hasFeed(connection)) throw notFound('bank feed', id);
    return connection;
  }

  async #body(caller: Caller, connection: ConnectionRecord): Promise<BankFeedBody> {
    return bankFeedBody(connection, await this.feeds.get(caller.tenantId, connection.id));
  }

  /** The services commit their own transactions, so the trace follows in the next one. */
  #note(caller: Caller, action: string, { id, name }: ConnectionRecord, update: boolean): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, { actor: actorOf(caller), action, subject: `connection/${id}`, detail: { name, update } }));
  }
}
