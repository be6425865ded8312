import type { Transaction } from '#storage';

interface StatusCount extends Record<string, unknown> {
  status: string; currency: string; count: string; amount_minor: string;
}

export interface ConnectionHealthRow extends Record<string, unknown> {
  id: string; name: string; connector: string; status: 'active' | 'paused'; paused_because: string | null; failures_in_a_row: number; missing: string[] | null;
  last_run_status: string | null; last_run_problem: { kind: string; message: string } | null; last_success_at: Date | null; quarantined: string; held: string;
  gaps: string; tie_out_problem: string | null; oldest_fresh_at: Date | null;
}

/** Bank transactions by status and currency. */
export function countBankTransactions(transaction: Transaction): Promise<StatusCount[]> {
  return transaction.query<StatusCount>(`
    SELECT status, currency, count(*) AS count, sum(amount_minor)::numeric(38, 0)::text AS amount_minor FROM bank_transaction GROUP BY 1, 2 ORDER BY 1, 2`);
}

/** Postings by state and currency. */
export function countPostings(transaction: Transaction): Promise<StatusCount[]> {
  return transaction.query<StatusCount>(`
    SELECT state AS status, currency, count(*) AS count, sum(amount_minor)::numeric(38, 0)::text AS amount_minor FROM posting GROUP BY 1, 2 ORDER BY 1, 2`);
}

/** Each connection with what a person should know of it. */
export function readConnectionHealth(transaction: Transaction): Promise<ConnectionHealthRow[]> {
  return transaction.query<ConnectionHealthRow>(`
    SELECT c.id, c.name, c.connector, c.status, c.paused_because, c.failures_in_a_row, c.probe -> 'missing' AS missing,
      last_run.status AS last_run_status, last_run.problem AS last_run_problem, success.finished_at AS last_success_at,
      (SELECT count(*) FROM quarantined_record q WHERE q.connection_id = c.id AND q.dismissed_at IS NULL) AS quarantined,
      (SELECT count(*) FROM held_deletion h WHERE h.connection_id = c.id AND h.decision IS NULL) AS held,
      (SELECT count(*) FROM tie_out_line t WHERE t.sync_run_id = compared.id AND (t.source_count <> t.hub_count OR t.source_open_minor <> t.hub_open_minor)) AS gaps,
      tied.tie_out_problem,
      (SELECT min(fresh_at) FROM sync_checkpoint k WHERE k.connection_id = c.id) AS oldest_fresh_at
    FROM connection c
    LEFT JOIN LATERAL (SELECT status, problem FROM sync_run r WHERE r.connection_id = c.id ORDER BY id DESC LIMIT 1) last_run ON true
    LEFT JOIN LATERAL (SELECT id, finished_at FROM sync_run r WHERE r.connection_id = c.id AND r.status = 'succeeded' ORDER BY id DESC LIMIT 1) success ON true
    LEFT JOIN LATERAL (SELECT id FROM sync_run r WHERE r.connection_id = c.id AND r.status = 'succeeded' AND coalesce(r.tie_out, 'compared') = 'compared' ORDER BY id DESC LIMIT 1) compared ON true
    LEFT JOIN LATERAL (SELECT tie_out_problem FROM sync_run r WHERE r.connection_id = c.id AND r.tie_out IS NOT NULL ORDER BY id DESC LIMIT 1) tied ON true
    ORDER BY c.id`);
}
