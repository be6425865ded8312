import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import type { Request } from 'express';
import { AuditTrail, type Caller } from '#access';
import { ENTITY_NAMES, parseJsonKeepingNumberText, type EntityName, type JsonObject } from '#canonical';
import type { MappingProblem } from '#mapping';
import { Database } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { conflict, notFound } from '../../http/problem.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { dismissQuarantined, lockQuarantined } from '../reads/dismissal.js';
import { QUARANTINED_RECORDS } from '../reads/sync-lists.js';
import { actorOf } from '../tokens.js';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OpenObjectField, OR_NULL, PartsField, TextField } from '../wire/fields.js';
import { MappingProblemBody, mappingProblemBody } from '../wire/mapping-body.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { SyncRequests } from './sync-requests.js';
import { SyncRunBody, syncRunBody } from './sync-run-body.js';

const BECAUSE_LENGTH_MAX = 1_000;

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

  @FlagField('It could not even be read, such as a broken line of a file: mapping it again is no cure')
  unreadable!: boolean;

  @InstantField('When somebody gave it up', OR_NULL)
  dismissedAt!: string | null;

  @TextField('Who', OR_NULL)
  dismissedBy!: string | null;

  @TextField('Why', OR_NULL)
  dismissedBecause!: string | null;

  @OpenObjectField('The record as received; numbers as the text they were sent as')
  payload!: JsonObject;
}

export class QuarantineRetryBody {
  @IdField('The connection whose quarantined records are to be mapped again')
  @Matches(/^\d{1,18}$/, { message: 'must be an id of this API' })
  connectionId!: string;
}

export class DismissalBody {
  @TextField('Why it is not needed; kept with it and in the audit trail')
  @IsString() @Matches(/\S/, { message: 'must say something' }) @MaxLength(BECAUSE_LENGTH_MAX)
  because!: string;
}

interface QuarantinedRow extends Record<string, unknown> {
  id: string; connection_id: string; entity: EntityName; external_id: string; revision: string; problems: MappingProblem[]; attempts: number;
  first_seen_at: Date; last_seen_at: Date; payload: string; unreadable: boolean; dismissed_at: Date | null; dismissed_by: string | null; dismissed_because: string | null;
}

function quarantinedBody(row: QuarantinedRow): QuarantinedRecordBody {
  return {
    id: row.id, connectionId: row.connection_id, entity: row.entity, externalId: row.external_id, revision: row.revision, problems: row.problems.map(mappingProblemBody),
    attempts: row.attempts, firstSeenAt: row.first_seen_at.toISOString(), lastSeenAt: row.last_seen_at.toISOString(),
    unreadable: row.unreadable, dismissedAt: row.dismissed_at?.toISOString() ?? null, dismissedBy: row.dismissed_by, dismissedBecause: row.dismissed_because,
    payload: parseJsonKeepingNumberText(row.payload) as JsonObject,
  };
}

@ApiTags('Syncs')
@Controller('v1/quarantined-records')
export class QuarantinedRecordsController {
  constructor(private readonly reads: CanonicalReads, private readonly requests: SyncRequests, private readonly audit: AuditTrail, private readonly database: Database) {}

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

  @Post(':id/dismiss')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({
    operationId: 'dismissQuarantinedRecord', summary: 'Give a quarantined record up, with a reason',
    description: 'It stays in the list with who and why, and counts no more as something to be done. Comes the source with other content under its id, it is open again.',
  })
  @ApiOkResponse({ type: QuarantinedRecordBody })
  @Problems(404, 409)
  async dismiss(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() { because }: DismissalBody): Promise<QuarantinedRecordBody> {
    await this.database.inTenant(caller.tenantId, async (transaction) => {
      const state = await lockQuarantined(transaction, id);
      if (state === null) throw notFound('quarantined record', id);
      if (state.dismissed_by !== null) throw conflict(`${state.dismissed_by} dismissed it already`);
      await dismissQuarantined(transaction, id, actorOf(caller), because);
      await this.audit.append(transaction, {
        actor: actorOf(caller), action: 'quarantine.dismissed', subject: `connection/${state.connection_id}`, detail: { entity: state.entity, externalId: state.external_id, because },
      });
    });
    return this.get(caller, id);
  }
}
