import { UNREADABLE, type ListDefinition } from '#storage';

export const SYNC_RUNS: ListDefinition = {
  select: 'sync_run.*',
  from: 'sync_run',
  id: 'sync_run.id',
  sorts: { id: { sql: 'sync_run.id', type: 'bigint' } },
  defaultSort: '-id',
  filters: {
    connectionId: { sql: 'sync_run.connection_id = $::bigint', kind: 'id', says: 'Of this connection' },
    kind: { sql: 'sync_run.kind = $', kind: 'text', says: 'full, incremental, sweep, deletions, retryQuarantine or tieOut' },
    status: { sql: 'sync_run.status = $', kind: 'text', says: 'queued, running, succeeded, failed or interrupted' },
    requestedAfter: { sql: 'sync_run.requested_at > $', kind: 'instant', says: 'Asked for after this instant' },
  },
};

/** A quarantined record has no id of its own: it goes by the raw record it is about. */
export const QUARANTINED_RECORDS: ListDefinition = {
  select: `q.raw_record_id AS id, q.connection_id, q.entity, q.external_id, q.problems, q.attempts, q.first_seen_at, q.last_seen_at, q.mapping_fingerprint = '${UNREADABLE}' AS unreadable, q.dismissed_at, q.dismissed_by, q.dismissed_because, raw.revision, raw.payload::text AS payload`,
  from: 'quarantined_record q JOIN raw_record raw ON raw.id = q.raw_record_id',
  id: 'q.raw_record_id',
  sorts: { id: { sql: 'q.raw_record_id', type: 'bigint' }, lastSeenAt: { sql: 'q.last_seen_at', type: 'timestamptz' }, firstSeenAt: { sql: 'q.first_seen_at', type: 'timestamptz' } },
  defaultSort: 'id',
  filters: {
    connectionId: { sql: 'q.connection_id = $::bigint', kind: 'id', says: 'Of this connection' },
    entity: { sql: 'q.entity = $', kind: 'text', says: 'Of this record type' },
    externalId: { sql: 'q.external_id = $', kind: 'text', says: 'The source\'s id' },
    dismissed: { sql: '(q.dismissed_at IS NOT NULL) = $', kind: 'boolean', says: 'Whether somebody gave it up' },
    problem: { sql: 'q.problems::text ILIKE $', kind: 'contains', says: 'Part of a problem: a field, a value, a file' },
  },
};

export const HELD_DELETIONS: ListDefinition = {
  select: 'held_deletion.*',
  from: 'held_deletion',
  id: 'held_deletion.id',
  sorts: { id: { sql: 'held_deletion.id', type: 'bigint' } },
  defaultSort: '-id',
  filters: {
    connectionId: { sql: 'held_deletion.connection_id = $::bigint', kind: 'id', says: 'Of this connection' },
    entity: { sql: 'held_deletion.entity = $', kind: 'text', says: 'Of this record type' },
    decided: { sql: '(held_deletion.decision IS NOT NULL) = $', kind: 'boolean', says: 'Whether somebody decided' },
  },
};
