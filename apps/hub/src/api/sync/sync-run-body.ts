import type { SyncKind, SyncRun, SyncStatus } from '#storage';
import { IdField, InstantField, IntegerField, OneOfField, OR_NULL, PartField, PartsField, TextField } from '../wire/fields.js';

export const SYNC_KINDS = ['full', 'incremental', 'sweep', 'deletions', 'retryQuarantine', 'tieOut'] as const satisfies readonly SyncKind[];
export const SYNC_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'interrupted'] as const satisfies readonly SyncStatus[];

export const TIE_OUT_STATES = ['compared', 'notOffered', 'failed'] as const satisfies readonly SyncRun['tieOut'][];

/** What a run did to one record type so far: it grows with each page that was committed. */
export class EntityCountsBody {
  @TextField('The record type')
  entity!: string;

  @IntegerField('Records the source sent')
  read!: number;

  @IntegerField('Of them new or changed, and stored')
  changed!: number;

  @IntegerField('Of them refused by the mapping, and quarantined')
  quarantined!: number;

  @IntegerField('Records deleted')
  deleted!: number;

  @IntegerField('Deletions held for a person to decide')
  held!: number;
}

export class RunProblemBody {
  @TextField('auth, rateLimited, transient, invalid, conflict, notSupported, interrupted or internal')
  kind!: string;

  @TextField('What happened, and what to do')
  message!: string;
}

/** One read of a connection. */
export class SyncRunBody {
  @IdField('Id of the run')
  id!: string;

  @IdField('The connection it reads')
  connectionId!: string;

  @OneOfField(SYNC_KINDS, 'What is read')
  kind!: SyncKind;

  @OneOfField(SYNC_STATUSES, 'Where it stands')
  status!: SyncStatus;

  @TextField('Who asked for it')
  requestedBy!: string;

  @InstantField('When it was asked for')
  requestedAt!: string;

  @InstantField('When a worker began', OR_NULL)
  startedAt!: string | null;

  @InstantField('When it ended', OR_NULL)
  finishedAt!: string | null;

  @PartsField(() => EntityCountsBody, 'Progress, per record type that was reached')
  counts!: EntityCountsBody[];

  @PartField(() => RunProblemBody, 'Why it failed', OR_NULL)
  problem!: RunProblemBody | null;

  @OneOfField(TIE_OUT_STATES, 'What became of its tie-out: compared, not offered by the source, or failed; null where it made none', OR_NULL)
  tieOut!: SyncRun['tieOut'];

  @TextField('Why the source\'s totals could not be had; what the run read is stored all the same', OR_NULL)
  tieOutProblem!: string | null;
}

export function syncRunBody(run: SyncRun): SyncRunBody {
  const { id, connectionId, kind, status, requestedBy, problem } = run;
  return {
    id, connectionId, kind, status, requestedBy, requestedAt: run.requestedAt.toISOString(), startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null, problem, tieOut: run.tieOut, tieOutProblem: run.tieOutProblem,
    counts: Object.entries(run.counts).map(([entity, { read, changed, quarantined, deleted, held }]) => ({ entity, read, changed, quarantined, deleted, held })),
  };
}
