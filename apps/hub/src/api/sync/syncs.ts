import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { Request } from 'express';
import type { Caller } from '#access';
import { asSyncRun, type SyncKind } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { SYNC_RUNS } from '../reads/sync-lists.js';
import { OneOfField } from '../wire/fields.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { SyncRequests } from './sync-requests.js';
import { SYNC_KINDS, SyncRunBody, syncRunBody } from './sync-run-body.js';

export class NewSyncBody {
  @OneOfField(SYNC_KINDS, 'incremental: what is new since the last; full: everything again; sweep: open items whose balance moved unseen; deletions: what the source no longer has; retryQuarantine: map again what was refused; tieOut: only compare totals')
  @IsIn(SYNC_KINDS)
  kind!: SyncKind;
}

@ApiTags('Syncs')
@Controller('v1')
export class SyncsController {
  constructor(private readonly requests: SyncRequests, private readonly reads: CanonicalReads) {}

  @Post('connections/:id/syncs')
  @HttpCode(202)
  @Needs('configure')
  @ApiOperation({ operationId: 'requestSync', summary: 'Put a read in line', description: 'One of its kind that waits already is joined. Follow it under /v1/syncs/{id}.' })
  @ApiResponse({ status: 202, type: SyncRunBody, description: 'In line' })
  @Problems(409)
  async request(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: NewSyncBody): Promise<SyncRunBody> {
    return syncRunBody(await this.requests.request(caller, id, body.kind));
  }

  @Get('syncs')
  @ApiOperation({ operationId: 'listSyncs', summary: 'Runs, newest first' })
  @ApiList(SYNC_RUNS, SyncRunBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<SyncRunBody>> {
    return this.reads.list(caller, SYNC_RUNS, listRequest(request), (row) => syncRunBody(asSyncRun(row)));
  }

  @Get('syncs/:id')
  @ApiOperation({ operationId: 'getSync', summary: 'One run with its progress' })
  @ApiOkResponse({ type: SyncRunBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<SyncRunBody> {
    return this.reads.get(caller, SYNC_RUNS, id, 'sync run', (row) => syncRunBody(asSyncRun(row)));
  }
}
