import { Body, Controller, Get, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditTrail, type Caller } from '#access';
import { Connections } from '#connections';
import { PostingBatches } from '#posting';
import { Database } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { notFound } from '../../http/problem.js';
import { actorOf } from '../tokens.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { ClosedBatchesBody, FileSettingsBody, fileSettingsBody, fileSettingsOf } from './batch-body.js';

/** The file lane of a connection: when its files are made, and how they are confirmed. */
@ApiTags('Posting files')
@Controller('v1/connections')
export class FileLanesController {
  constructor(private readonly batches: PostingBatches, private readonly connections: Connections, private readonly audit: AuditTrail, private readonly database: Database) {}

  @Post(':id/posting-batches')
  @Needs('post')
  @ApiOperation({ operationId: 'closePostingBatches', summary: 'Make files of what waits, now', description: 'Whatever the policy says. The files are stored with their postings\' moves before anything leaves; delivery follows.' })
  @ApiCreatedResponse({ type: ClosedBatchesBody })
  @Problems(404, 409)
  async close(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<ClosedBatchesBody> {
    await this.#known(caller, id);
    const closed = await this.batches.close(caller.tenantId, id, actorOf(caller));
    await this.#trace(caller, 'postingBatch.closed', id, { batches: closed.map(({ name }) => name) });
    return { items: closed.map((batch) => ({ ...batch })) };
  }

  @Get(':id/posting-file-settings')
  @ApiOperation({ operationId: 'getPostingFileSettings', summary: 'When files are made and how they are confirmed' })
  @ApiOkResponse({ type: FileSettingsBody })
  @Problems(404, 409)
  async settings(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<FileSettingsBody> {
    await this.#known(caller, id);
    return fileSettingsBody(await this.batches.settings(caller.tenantId, id));
  }

  @Put(':id/posting-file-settings')
  @Needs('configure')
  @ApiOperation({ operationId: 'putPostingFileSettings', summary: 'Replace them; what waits is looked at again at once' })
  @ApiOkResponse({ type: FileSettingsBody })
  @Problems(404, 409, 422)
  async configure(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: FileSettingsBody): Promise<FileSettingsBody> {
    await this.#known(caller, id);
    const wanted = fileSettingsOf(body, id);
    await this.#known(caller, wanted.confirmByConnectionId);
    const settings = fileSettingsBody(await this.batches.configure(caller.tenantId, id, wanted));
    await this.#trace(caller, 'connection.postingFilesConfigured', id, { settings: JSON.stringify(settings) });
    return settings;
  }

  /** @throws ProblemError 404 */
  async #known(caller: Caller, id: string): Promise<void> {
    if (await this.connections.get(caller.tenantId, id) === null) throw notFound('connection', id);
  }

  #trace(caller: Caller, action: string, id: string, detail: Readonly<Record<string, string | string[]>>): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, { actor: actorOf(caller), action, subject: `connection/${id}`, detail }));
  }
}
