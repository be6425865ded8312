import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#access';
import { ENTITY_NAMES, type EntityName } from '#canonical';
import { AGEING_BUCKETS } from '#connector-kit';
import { Connections } from '#connections';
import { Database } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { readFreshness, readLatestTieOut, readTieOutProblem, type TieOutRow } from '../reads/connection-state.js';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OR_NULL, PartField, PartsField, TextField, TextsField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';
import { SyncRequests } from './sync-requests.js';

export class TotalBody {
  @IntegerField('Open documents')
  count!: number;

  @MoneyField('Their open amount')
  open!: MoneyBody;
}

/** The source's figure beside the hub's, to the smallest unit. */
export class TieOutLineBody {
  @OneOfField(ENTITY_NAMES, 'The record type')
  entity!: EntityName;

  @TextField('The source\'s id of the legal entity', OR_NULL)
  companyExternalId!: string | null;

  @TextField('ISO 4217 code')
  currency!: string;

  @OneOfField(AGEING_BUCKETS, 'Days overdue; `all` where ageing makes no sense')
  bucket!: string;

  @PartField(() => TotalBody, 'What the source says')
  source!: TotalBody;

  @PartField(() => TotalBody, 'What the hub has')
  hub!: TotalBody;

  @PartField(() => TotalBody, 'Hub less source')
  difference!: TotalBody;

  @FlagField('Whether they differ')
  gap!: boolean;
}

/** The completeness proof of the last run (capability 208). */
export class TieOutBody {
  @IdField('The run that ended with it; null before the first, and where the source cannot be asked', OR_NULL)
  syncRunId!: string | null;

  @InstantField('When it was made', OR_NULL)
  at!: string | null;

  @FlagField('Whether the source can be asked for its totals at all')
  offered!: boolean;

  @FlagField('True when the source was asked, by the newest run too, and no line differs')
  proven!: boolean;

  @TextField('Why the source could not be asked since; null where it could', OR_NULL)
  problem!: string | null;

  @IntegerField('Lines that differ')
  gapCount!: number;

  @PartsField(() => TieOutLineBody, 'Every line')
  lines!: TieOutLineBody[];

  @TextsField('What the books hold and the source does not show us, so that neither side counts it; as the last test of the connection found it')
  unseen!: string[];
}

export class EntityFreshnessBody {
  @OneOfField(ENTITY_NAMES, 'The record type')
  entity!: EntityName;

  @InstantField('Everything the source had at this instant is here; null when it was never read to the end', OR_NULL)
  freshAt!: string | null;

  @IntegerField('Seconds since then', OR_NULL)
  ageSeconds!: number | null;

  @InstantField('When a page of it was last stored', OR_NULL)
  lastPageAt!: string | null;
}

export class FreshnessBody {
  @IdField('The connection')
  connectionId!: string;

  @PartsField(() => EntityFreshnessBody, 'One per record type this connection reads')
  entities!: EntityFreshnessBody[];
}

@ApiTags('Syncs')
@Controller('v1/connections')
export class TieOutController {
  constructor(private readonly requests: SyncRequests, private readonly connections: Connections, private readonly database: Database) {}

  @Get(':id/tie-out')
  @ApiOperation({ operationId: 'getTieOut', summary: 'Is everything here? The source\'s totals beside the hub\'s, from the last run' })
  @ApiOkResponse({ type: TieOutBody })
  async tieOut(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<TieOutBody> {
    await this.requests.connection(caller, id);
    const { connector, probe } = await this.connections.open(caller.tenantId, id);
    const offered = connector.totals !== undefined;
    const unseen = [...probe?.unseen ?? []];
    if (!offered) return { syncRunId: null, at: null, offered, proven: false, problem: null, gapCount: 0, lines: [], unseen };
    const { latest, problem } = await this.database.inTenant(caller.tenantId, async (transaction) => ({ latest: await readLatestTieOut(transaction, id), problem: await readTieOutProblem(transaction, id) }));
    if (latest === null) return { syncRunId: null, at: null, offered, proven: false, problem, gapCount: 0, lines: [], unseen };
    const lines = latest.lines.map(lineBody);
    const gapCount = lines.filter((line) => line.gap).length;
    return { syncRunId: latest.syncRunId, at: latest.at.toISOString(), offered, proven: gapCount === 0 && problem === null, problem, gapCount, lines, unseen };
  }

  @Get(':id/freshness')
  @ApiOperation({ operationId: 'getFreshness', summary: 'Up to when each record type is complete' })
  @ApiOkResponse({ type: FreshnessBody })
  async freshness(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<FreshnessBody> {
    await this.requests.connection(caller, id);
    const { capabilities } = await this.connections.open(caller.tenantId, id);
    const known = new Map((await this.database.inTenant(caller.tenantId, (transaction) => readFreshness(transaction, id))).map((row) => [row.entity, row]));
    const entities = ENTITY_NAMES.filter((entity) => capabilities.read[entity] !== undefined).map((entity) => {
      const row = known.get(entity);
      return { entity, freshAt: row?.freshAt?.toISOString() ?? null, ageSeconds: row?.ageSeconds ?? null, lastPageAt: row?.lastPageAt?.toISOString() ?? null };
    });
    return { connectionId: id, entities };
  }
}

function lineBody(row: TieOutRow): TieOutLineBody {
  const { entity, currency, bucket } = row;
  const source = { count: Number(row.source_count), minor: BigInt(row.source_open_minor) };
  const hub = { count: Number(row.hub_count), minor: BigInt(row.hub_open_minor) };
  const difference = { count: hub.count - source.count, minor: hub.minor - source.minor };
  const body = ({ count, minor }: { count: number; minor: bigint }): TotalBody => ({ count, open: moneyBody(minor, currency) });
  return {
    entity, companyExternalId: row.company_external_id === '' ? null : row.company_external_id, currency, bucket,
    source: body(source), hub: body(hub), difference: body(difference), gap: difference.count !== 0 || difference.minor !== 0n,
  };
}
