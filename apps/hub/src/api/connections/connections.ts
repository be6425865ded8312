import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AuditTrail, type Caller } from '#access';
import type { JsonObject } from '#canonical';
import { CONNECTIONS, Connections, type Catalogue, type ConnectionRecord } from '#connections';
import { Database } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { notFound } from '../../http/problem.js';
import { actorOf, CATALOGUE, WAKE, type Wake } from '../tokens.js';
import { changedSince, etagOf, versionFrom } from '../wire/etag.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { ConnectionBody, ConnectionChangesBody, connectionBody, NewConnectionBody, PauseBody, ProbeBody, probeBody } from './connection-body.js';
import { untilGone } from './until-gone.js';

@ApiTags('Connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    private readonly connections: Connections, private readonly audit: AuditTrail, private readonly database: Database,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue, @Inject(WAKE) private readonly wake: Wake,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listConnections', summary: 'Installed connectors' })
  @ApiList(CONNECTIONS, ConnectionBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<ConnectionBody>> {
    const { rows, nextCursor } = await this.connections.page(caller.tenantId, listRequest(request));
    return { items: rows.map((record) => this.#body(record)), nextCursor };
  }

  @Post()
  @Needs('configure')
  @ApiOperation({ operationId: 'createConnection', summary: 'Connect a system', description: 'Every problem of the settings comes at once. Nothing is asked of the system yet: check it next.' })
  @ApiResponse({ status: 201, type: ConnectionBody, description: 'Made', headers: { ETag: { schema: { type: 'string' }, description: 'For If-Match' } } })
  async create(@CallerOf() caller: Caller, @Body() body: NewConnectionBody, @Res({ passthrough: true }) response: Response): Promise<ConnectionBody> {
    const { name, connector, config, secrets, mappingOverlays = {}, syncEveryMinutes = null } = body;
    const made = await this.connections.create(caller.tenantId, { name, connector, config, mappingOverlays, syncEveryMinutes }, secrets ?? null);
    await this.#note(caller, 'connection.created', made.id, { name, connector });
    return this.#tagged(await this.#get(caller, made.id), response);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getConnection', summary: 'One connection, with its ETag' })
  @ApiResponse({ status: 200, type: ConnectionBody, description: 'The connection', headers: { ETag: { schema: { type: 'string' }, description: 'For If-Match' } } })
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Res({ passthrough: true }) response: Response): Promise<ConnectionBody> {
    return this.#tagged(await this.#get(caller, id), response);
  }

  @Patch(':id')
  @Needs('configure')
  @ApiOperation({ operationId: 'updateConnection', summary: 'Change settings', description: 'What the body names is replaced, the rest stays. Needs If-Match with the ETag that was read.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag that was read' })
  @ApiResponse({ status: 200, type: ConnectionBody, description: 'Changed', headers: { ETag: { schema: { type: 'string' }, description: 'For the next If-Match' } } })
  @Problems(412, 428)
  async update(
    @CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() changes: ConnectionChangesBody, @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectionBody> {
    const version = versionFrom(ifMatch);
    const current = await this.#get(caller, id);
    const { secrets, ...rest } = changes;
    const given = {
      name: rest.name ?? current.name, config: rest.config ?? current.config, mappingOverlays: rest.mappingOverlays ?? current.mappingOverlays,
      syncEveryMinutes: rest.syncEveryMinutes === undefined ? current.syncEveryMinutes : rest.syncEveryMinutes,
    };
    const updated = await this.connections.update(caller.tenantId, id, version, given, secrets ?? null);
    if (updated === null) throw changedSince();
    await this.#note(caller, 'connection.changed', id, { changed: Object.keys(changes) });
    return this.#tagged(await this.#get(caller, id), response);
  }

  @Post(':id/check')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ operationId: 'checkConnection', summary: 'Prove the credentials and discover what the account has', description: 'Writes nothing in the account. `missing` is empty when the connection is sound.' })
  @ApiOkResponse({ type: ProbeBody })
  @Problems(502)
  async check(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Res({ passthrough: true }) response: Response): Promise<ProbeBody> {
    await this.#get(caller, id);
    const probe = await this.connections.check(caller.tenantId, id, untilGone(response));
    await this.#note(caller, 'connection.checked', id, { missing: [...probe.missing] });
    return probeBody(probe);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ operationId: 'pauseConnection', summary: 'Stop reading and posting, with a reason' })
  @ApiOkResponse({ type: ConnectionBody })
  async pause(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: PauseBody): Promise<ConnectionBody> {
    if (!await this.connections.pause(caller.tenantId, id, body.because)) throw notFound('connection', id);
    await this.#note(caller, 'connection.paused', id, { because: body.because });
    return this.#body(await this.#get(caller, id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ operationId: 'resumeConnection', summary: 'Read and post again', description: 'What waits in line goes on at once.' })
  @ApiOkResponse({ type: ConnectionBody })
  async resume(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<ConnectionBody> {
    if (!await this.connections.pause(caller.tenantId, id, null)) throw notFound('connection', id);
    await this.#note(caller, 'connection.resumed', id, {});
    await this.wake.wakeSync(caller.tenantId, id);
    await this.wake.wakePosting(caller.tenantId, id);
    return this.#body(await this.#get(caller, id));
  }

  async #get(caller: Caller, id: string): Promise<ConnectionRecord> {
    const record = await this.connections.get(caller.tenantId, id);
    if (record === null) throw notFound('connection', id);
    return record;
  }

  #body(record: ConnectionRecord): ConnectionBody {
    return connectionBody(record, this.catalogue.connectors.get(record.connector));
  }

  #tagged(record: ConnectionRecord, response: Response): ConnectionBody {
    response.setHeader('ETag', etagOf(record.version));
    return this.#body(record);
  }

  /** The service commits its own transaction, so the trace follows in the next one. */
  #note(caller: Caller, action: string, id: string, detail: JsonObject): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, { actor: actorOf(caller), action, subject: `connection/${id}`, detail }));
  }
}
