import { createHash } from 'node:crypto';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AuditTrail, type Caller } from '#access';
import { Connections } from '#connections';
import { asUploadedFile, Database, keepUploadedFile, UPLOADED_FILES, type UploadedFileRow } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { invalid, ProblemError } from '../../http/problem.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { SyncRequests } from '../sync/sync-requests.js';
import { actorOf } from '../tokens.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { HandedInFileBody, UploadedFileBody, uploadedFileBody, UploadQuery } from './uploads-body.js';

const CONTENT_TYPE = 'application/octet-stream';

/** Master data and open items by hand: a file waits here until the connection's next sync reads it. */
@ApiTags('Connections')
@Controller('v1')
export class UploadsController {
  constructor(
    private readonly connections: Connections, private readonly requests: SyncRequests, private readonly reads: CanonicalReads,
    private readonly audit: AuditTrail, private readonly database: Database,
  ) {}

  @Post('connections/:id/uploads')
  @Needs('decide')
  @ApiOperation({ operationId: 'uploadFile', summary: 'Hand in a file of records', description: 'For connections whose files come by hand. It is read by the next sync; content handed in before changes nothing and answers 200 with `alreadyThere`.' })
  @ApiConsumes(CONTENT_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: HandedInFileBody })
  @ApiOkResponse({ type: HandedInFileBody, description: 'The content was known' })
  @ApiBadRequestResponse({ description: 'No file' })
  @Problems(404)
  async upload(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Query() { entity, name }: UploadQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<HandedInFileBody> {
    const content: unknown = request.body;
    if (!Buffer.isBuffer(content)) throw new ProblemError({ type: '/problems/no-file', title: 'No file', status: 400, detail: `send the file's bytes as the body, with Content-Type: ${CONTENT_TYPE}` });
    const { name: called } = await this.requests.connection(caller, id);
    const { capabilities, connector } = await this.connections.open(caller.tenantId, id);
    if (connector.handsIn !== true || capabilities.read[entity] === undefined) {
      throw invalid([{ field: 'entity', value: entity, problem: `is not read from files by hand by connection "${called}": add it to the connection's "reads", check the connection, and hand the file in again` }]);
    }
    const contentHash = createHash('sha256').update(content).digest();
    const { file, isNew } = await this.database.inTenant(caller.tenantId, async (transaction) => {
      const kept = await keepUploadedFile(transaction, { connectionId: id, entity, name, content, contentHash, uploadedBy: actorOf(caller) });
      if (kept.isNew) await this.audit.append(transaction, { actor: actorOf(caller), action: 'connection.upload', subject: `connection/${id}`, detail: { entity, name, contentHash: kept.file.contentHash } });
      return kept;
    });
    if (!isNew) response.status(200);
    return { ...uploadedFileBody(file), alreadyThere: !isNew };
  }

  @Get('uploads')
  @ApiOperation({ operationId: 'listUploads', summary: 'Files handed in, with what became of them' })
  @ApiList(UPLOADED_FILES, UploadedFileBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<UploadedFileBody>> {
    return this.reads.list(caller, UPLOADED_FILES, listRequest(request), (row: UploadedFileRow) => uploadedFileBody(asUploadedFile(row)));
  }
}
