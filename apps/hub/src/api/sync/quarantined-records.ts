import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { Request } from 'express';
import type { Caller } from '#access';
import { ENTITY_NAMES, parseJsonKeepingNumberText, type EntityName, type JsonObject } from '#canonical';
import type { MappingProblem } from '#mapping';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { QUARANTINED_RECORDS } from '../reads/sync-lists.js';
import { IdField, InstantField, IntegerField, OneOfField, OpenObjectField, PartsField, TextField } from '../wire/fields.js';
import { MappingProblemBody, mappingProblemBody } from '../wire/mapping-body.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { SyncRequests } from './sync-requests.js';
import { SyncRunBody, syncRunBody } from './sync-run-body.js';

/** A record the mapping could not take (capability 209). The stream went on; the last good state of the record, if any, stays in use. */
export class QuarantinedRecordBody {
  @IdField('Id of the raw record')
  id!: string;

  @IdField('The connection it came from')
  connectionId!: string;

  @OneOfField(ENTITY_NAMES, 'The record type')
  entity!: EntityName;

  @TextField('The source\'s own id')
  externalId!: string;

  @TextField('The source\'s mark of this state')
  revision!: string;

  @PartsField(() => MappingProblemBody, 'What is wrong: file, line, field, value')
  problems!: MappingProblemBody[];

  @IntegerField('How often it was tried')
  attempts!: number;

  @InstantField('When it was first refused')
  firstSeenAt!: string;

  @InstantField('When it was last refused')
  lastSeenAt!: string;

  @OpenObjectField('The record as received; numbers as the text they were sent as')
  payload!: JsonObject;
}

export class QuarantineRetryBody {
  @IdField('The connection whose quarantined records are to be mapped again')
  @Matches(/^\d{1,18}$/, { message: 'must be an id of this API' })
  connectionId!: string;
}

interface QuarantinedRow extends Record<string, unknown> {
  id: string; connection_id: string; entity: EntityName; external_id: string; revision: string; problems: MappingProblem[]; attempts: number;
  first_seen_at: Date; last_seen_at: Date; payload: string;
}

function quarantinedBody(row: QuarantinedRow): QuarantinedRecordBody {
  return {
    id: row.id, connectionId: row.connection_id, entity: row.entity, externalId: row.external_id, revision: row.revision, problems: row.problems.map(mappingProblemBody),
    attempts: row.attempts, firstSeenAt: row.first_seen_at.toISOString(), lastSeenAt: row.last_seen_at.toISOString(),
    payload: parseJsonKeepingNumberText(row.payload) as JsonObject,
  };
}

@ApiTags('Syncs')
@Controller('v1/quarantined-records')
export class QuarantinedRecordsController {
  constructor(private readonly reads: CanonicalReads, private readonly requests: SyncRequests) {}

  @Get()
  @ApiOperation({ operationId: 'listQuarantinedRecords', summary: 'Records the mapping could not take, each with its problems' })
  @ApiList(QUARANTINED_RECORDS, QuarantinedRecordBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<QuarantinedRecordBody>> {
    return this.reads.list(caller, QUARANTINED_RECORDS, listRequest(request), quarantinedBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getQuarantinedRecord', summary: 'One quarantined record' })
  @ApiOkResponse({ type: QuarantinedRecordBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<QuarantinedRecordBody> {
    return this.reads.get(caller, QUARANTINED_RECORDS, id, 'quarantined record', quarantinedBody);
  }

  @Post('retry')
  @HttpCode(202)
  @Needs('configure')
  @ApiOperation({ operationId: 'retryQuarantine', summary: 'Map them again, from what was received', description: 'Asks the source nothing. What still has problems stays, with today\'s problems.' })
  @ApiResponse({ status: 202, type: SyncRunBody, description: 'In line' })
  @Problems(404, 409)
  async retry(@CallerOf() caller: Caller, @Body() body: QuarantineRetryBody): Promise<SyncRunBody> {
    return syncRunBody(await this.requests.request(caller, body.connectionId, 'retryQuarantine'));
  }
}
