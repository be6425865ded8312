import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AuditTrail, type Caller } from '#access';
import { PostingBatches } from '#posting';
import { Database, POSTING_BATCHES } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { notFound } from '../../http/problem.js';
import { actorOf } from '../tokens.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { AcknowledgementBody, answersOf, postingBatchBody, PostingBatchBody, postingBatchDetailBody, PostingBatchDetailBody } from './batch-body.js';
import { ReasonBody } from './decision-body.js';

const CONTENT_TYPE = 'application/octet-stream';
/** Characters of a name that stand in a header as they are; everything else is percent-encoded (RFC 8187, section 3.2.1). */
const HEADER_SAFE = /[^\w.-]/g;

@ApiTags('Posting files')
@Controller('v1/posting-batches')
export class PostingBatchesController {
  constructor(private readonly batches: PostingBatches, private readonly audit: AuditTrail, private readonly database: Database) {}

  @Get()
  @ApiOperation({ operationId: 'listPostingBatches', summary: 'Files of postings' })
  @ApiList(POSTING_BATCHES, PostingBatchBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<PostingBatchBody>> {
    const page = await this.batches.list(caller.tenantId, listRequest(request));
    return { items: page.rows.map(postingBatchBody), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getPostingBatch', summary: 'One file with its postings and every move' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404)
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PostingBatchDetailBody> {
    const detail = await this.batches.get(caller.tenantId, id);
    if (detail === null) throw notFound('posting batch', id);
    return postingBatchDetailBody(detail);
  }

  @Get(':id/content')
  @Needs('post')
  @ApiOperation({ operationId: 'getPostingBatchContent', summary: 'The file as it is delivered', description: 'For a target a person carries files to. Every download is noted in the audit trail.' })
  @ApiProduces(CONTENT_TYPE)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' }, headers: { Digest: { schema: { type: 'string' }, description: '`sha-256=` and the digest of the bytes, base64' } } })
  @Problems(404)
  async content(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Res({ passthrough: true }) response: Response): Promise<StreamableFile> {
    const file = await this.batches.content(caller.tenantId, id);
    await this.#trace(caller, 'postingBatch.downloaded', id, { name: file.name });
    // Whatever the bytes are, a browser must save them and not run them.
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Digest', `sha-256=${Buffer.from(file.sha256, 'hex').toString('base64')}`);
    const exact = encodeURIComponent(file.name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
    return new StreamableFile(file.bytes, { type: CONTENT_TYPE, length: file.bytes.byteLength, disposition: `attachment; filename="${file.name.replace(HEADER_SAFE, '_')}"; filename*=UTF-8''${exact}` });
  }

  @Post(':id/delivered')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'markPostingBatchDelivered', summary: 'Say that the target has the file', description: 'For a file that a person carries, and for one that was stopped and turns out to be there.' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404, 409)
  async delivered(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PostingBatchDetailBody> {
    await this.batches.markDelivered(caller.tenantId, id, actorOf(caller));
    await this.#trace(caller, 'postingBatch.delivered', id, {});
    return this.get(caller, id);
  }

  @Post(':id/acknowledgement')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'acknowledgePostingBatch', summary: 'Hand in what the target answered', description: 'Compared with the plan like any answer: as planned is verified, else it differs; what was refused goes to a person. Postings it says nothing about stay open.' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404, 409, 422)
  async acknowledge(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: AcknowledgementBody): Promise<PostingBatchDetailBody> {
    await this.batches.acknowledge(caller.tenantId, id, actorOf(caller), `${body.source}, handed in by ${actorOf(caller)}`, answersOf(body));
    await this.#trace(caller, 'postingBatch.acknowledged', id, { source: body.source, answers: String(body.answers.length) });
    return this.get(caller, id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'retryPostingBatch', summary: 'Deliver a stopped file again, or wait once more for an answer', description: 'Same name, same bytes; what may have left is looked up first.' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404, 409)
  async retry(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PostingBatchDetailBody> {
    await this.batches.retry(caller.tenantId, id, actorOf(caller));
    await this.#trace(caller, 'postingBatch.retried', id, {});
    return this.get(caller, id);
  }

  @Post(':id/reissue')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'reissuePostingBatch', summary: 'Deliver a file again that the target lost', description: 'Same name, same bytes. Refused once the target has answered anything in it.' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404, 409, 422)
  async reissue(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReasonBody): Promise<PostingBatchDetailBody> {
    await this.batches.reissue(caller.tenantId, id, actorOf(caller), body.reason);
    await this.#trace(caller, 'postingBatch.reissued', id, { reason: body.reason });
    return this.get(caller, id);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Needs('post')
  @ApiOperation({ operationId: 'withdrawPostingBatch', summary: 'Give up a file the target never took', description: 'Its postings go into a later file. Its number stays used: a target that counts will miss it.' })
  @ApiOkResponse({ type: PostingBatchDetailBody })
  @Problems(404, 409, 422)
  async withdraw(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ReasonBody): Promise<PostingBatchDetailBody> {
    await this.batches.withdraw(caller.tenantId, id, actorOf(caller), body.reason);
    await this.#trace(caller, 'postingBatch.withdrawn', id, { reason: body.reason });
    return this.get(caller, id);
  }

  #trace(caller: Caller, action: string, id: string, detail: Readonly<Record<string, string>>): Promise<void> {
    return this.database.inTenant(caller.tenantId, (transaction) => this.audit.append(transaction, { actor: actorOf(caller), action, subject: `posting-batch/${id}`, detail }));
  }
}
