import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { Request } from 'express';
import { AuditTrail, type Caller } from '#access';
import { ENTITY_NAMES, type EntityName } from '#canonical';
import { Database } from '#storage';
import { SyncService } from '#sync';
import { CallerOf, Needs } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { conflict, notFound } from '../../http/problem.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { decideHeldDeletion, lockHeldDeletion, type DeletionDecision, type HeldDeletionRow } from '../reads/deletion-decision.js';
import { HELD_DELETIONS } from '../reads/sync-lists.js';
import { actorOf, WAKE, type Wake } from '../tokens.js';
import { IdField, InstantField, IntegerField, OneOfField, OR_NULL, TextField, TextsField } from '../wire/fields.js';
import { IdPipe, Problems } from '../wire/problems.js';

const DECISIONS = ['delete', 'keep'] as const;
/** Ids shown of a deletion; the count says how many there are. */
const IDS_SHOWN_MAX = 1_000;

/** Records that vanished from a source all at once: too many to be believed without a person (capability 210). */
export class HeldDeletionBody {
  @IdField('Id of the held deletion')
  id!: string;

  @IdField('The connection')
  connectionId!: string;

  @OneOfField(ENTITY_NAMES, 'The record type')
  entity!: EntityName;

  @IntegerField('How many records')
  count!: number;

  @TextsField(`The source's ids, the first ${IDS_SHOWN_MAX}`)
  externalIds!: string[];

  @TextField('Why it is held')
  because!: string;

  @IdField('The run that found them gone')
  syncRunId!: string;

  @InstantField('Since when')
  heldAt!: string;

  @OneOfField(DECISIONS, 'What was decided', OR_NULL)
  decision!: DeletionDecision | null;

  @TextField('Who decided', OR_NULL)
  decidedBy!: string | null;

  @InstantField('When', OR_NULL)
  decidedAt!: string | null;
}

export class DeletionDecisionBody {
  @OneOfField(DECISIONS, 'delete: they are gone, delete them here too; keep: the source was wrong')
  @IsIn(DECISIONS)
  decision!: DeletionDecision;
}

function heldDeletionBody(row: HeldDeletionRow): HeldDeletionBody {
  return {
    id: row.id, connectionId: row.connection_id, entity: row.entity, count: row.external_ids.length, externalIds: row.external_ids.slice(0, IDS_SHOWN_MAX), because: row.because,
    syncRunId: row.sync_run_id, heldAt: row.held_at.toISOString(), decision: row.decision, decidedBy: row.decided_by, decidedAt: row.decided_at?.toISOString() ?? null,
  };
}

@ApiTags('Syncs')
@Controller('v1/held-deletions')
export class HeldDeletionsController {
  constructor(
    private readonly reads: CanonicalReads, private readonly database: Database, private readonly audit: AuditTrail, private readonly sync: SyncService,
    @Inject(WAKE) private readonly wake: Wake,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listHeldDeletions', summary: 'Deletions that wait for a person' })
  @ApiList(HELD_DELETIONS, HeldDeletionBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<HeldDeletionBody>> {
    return this.reads.list(caller, HELD_DELETIONS, listRequest(request), heldDeletionBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getHeldDeletion', summary: 'One held deletion' })
  @ApiOkResponse({ type: HeldDeletionBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<HeldDeletionBody> {
    return this.reads.get(caller, HELD_DELETIONS, id, 'held deletion', heldDeletionBody);
  }

  @Post(':id/decision')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ operationId: 'decideHeldDeletion', summary: 'Delete the records here too, or keep them', description: 'Decided once. After a deletion the connection is read, so that balances the deleted documents moved are right again.' })
  @ApiOkResponse({ type: HeldDeletionBody })
  @Problems(409)
  async decide(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: DeletionDecisionBody): Promise<HeldDeletionBody> {
    const actor = actorOf(caller);
    const held = await this.database.inTenant(caller.tenantId, async (transaction) => {
      const row = await lockHeldDeletion(transaction, id);
      if (row === null) throw notFound('held deletion', id);
      if (row.decision !== null) throw conflict(`${row.decided_by ?? 'somebody'} decided already to ${row.decision}`);
      const deleted = await decideHeldDeletion(transaction, row, body.decision, actor);
      await this.audit.append(transaction, { actor, action: 'deletion.decided', subject: `held-deletion/${id}`, detail: { decision: body.decision, deleted } });
      return row;
    });
    if (body.decision === 'delete') {
      await this.sync.request(caller.tenantId, held.connection_id, 'incremental', actor);
      await this.wake.wakeSync(caller.tenantId, held.connection_id);
    }
    return this.get(caller, id);
  }
}
