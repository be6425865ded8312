import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#access';
import { Database } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { countBankTransactions, countPostings, readConnectionHealth, type ConnectionHealthRow } from '../reads/overview.js';
import { IdField, InstantField, IntegerField, OneOfField, OR_NULL, PartsField, TextField, TextsField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';

/** How much is where: one line per status and currency. */
export class StatusCountBody {
  @TextField('The status')
  status!: string;

  @IntegerField('How many')
  count!: number;

  @MoneyField('Their sum')
  total!: MoneyBody;
}

/** A connection at a glance. */
export class ConnectionHealthBody {
  @IdField('The connection')
  id!: string;

  @TextField('Its name')
  name!: string;

  @TextField('Id of its connector')
  connector!: string;

  @OneOfField(['active', 'paused'], 'Paused connections neither read nor post')
  status!: 'active' | 'paused';

  @TextField('Status of the newest run', OR_NULL)
  lastRunStatus!: string | null;

  @InstantField('When a run last succeeded', OR_NULL)
  lastSuccessAt!: string | null;

  @InstantField('The least fresh record type is complete up to this instant', OR_NULL)
  oldestFreshAt!: string | null;

  @IntegerField('Records the mapping could not take')
  quarantined!: number;

  @IntegerField('Deletions that wait for a decision')
  heldDeletions!: number;

  @IntegerField('Lines of the last tie-out that differ')
  tieOutGaps!: number;

  @TextsField('What a person should do something about, in words; empty means well')
  needs!: string[];
}

/** What needs me. */
export class OverviewBody {
  @PartsField(() => StatusCountBody, 'Bank transactions by status')
  bankTransactions!: StatusCountBody[];

  @PartsField(() => StatusCountBody, 'Postings by state')
  postings!: StatusCountBody[];

  @PartsField(() => ConnectionHealthBody, 'Connections')
  connections!: ConnectionHealthBody[];
}

@ApiTags('Overview')
@Controller('v1/overview')
export class OverviewController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ operationId: 'getOverview', summary: 'What needs me: money by status, postings by state, connections by health' })
  @ApiOkResponse({ type: OverviewBody })
  get(@CallerOf() caller: Caller): Promise<OverviewBody> {
    return this.database.inTenant(caller.tenantId, async (transaction) => ({
      bankTransactions: (await countBankTransactions(transaction)).map(countBody),
      postings: (await countPostings(transaction)).map(countBody),
      connections: (await readConnectionHealth(transaction)).map(healthBody),
    }));
  }
}

function countBody(row: { status: string; currency: string; count: string; amount_minor: string }): StatusCountBody {
  return { status: row.status, count: Number(row.count), total: moneyBody(row.amount_minor, row.currency) };
}

function healthBody(row: ConnectionHealthRow): ConnectionHealthBody {
  const [quarantined, heldDeletions, tieOutGaps] = [Number(row.quarantined), Number(row.held), Number(row.gaps)];
  const needs: string[] = [];
  if (row.status === 'paused') needs.push(`it is paused: ${row.paused_because ?? 'no reason was given'}`);
  if (row.last_run_status === 'failed') needs.push(`the last run failed: ${row.last_run_problem?.message ?? 'no reason was kept'}`);
  needs.push(...row.missing ?? []);
  if (row.tie_out_problem !== null) needs.push(`the source's totals could not be had, so nothing is proven: ${row.tie_out_problem}`);
  if (tieOutGaps > 0) needs.push(`${tieOutGaps} lines of the tie-out differ from the source`);
  if (heldDeletions > 0) needs.push(`${heldDeletions} deletions wait for a decision`);
  if (quarantined > 0) needs.push(`${quarantined} records could not be mapped`);
  return {
    id: row.id, name: row.name, connector: row.connector, status: row.status, lastRunStatus: row.last_run_status, lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    oldestFreshAt: row.oldest_fresh_at?.toISOString() ?? null, quarantined, heldDeletions, tieOutGaps, needs,
  };
}
