import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_ONLY, tenantTable } from './tenant-table.js';

/** Postings that travel in files, and what a retry by a person must not forget. */
export class PostingFiles1764000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Sends before a person's last "try again": forgiven by the limit of tries, remembered by the reversal that must not come too early.
      ALTER TABLE posting_step ADD COLUMN attempts_before_retry integer NOT NULL DEFAULT 0;
      ALTER TABLE posting ADD COLUMN by_file boolean NOT NULL DEFAULT false;
    `);
    await runner.query(tenantTable('posting_file_lane', `
      connection_id bigint PRIMARY KEY REFERENCES connection (id),
      -- Counts up by one per batch, in the transaction that stores the batch: no holes.
      next_sequence integer NOT NULL DEFAULT 1,
      -- ClosingPolicy; null is the default.
      closing json,
      confirm_within_minutes integer,
      -- Where the payments are read whose appearance confirms a posting; null is this connection itself.
      confirm_by_connection_id bigint REFERENCES connection (id),
      updated_at timestamptz NOT NULL DEFAULT now()`));
    await runner.query(tenantTable('posting_batch', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id),
      sequence integer NOT NULL,
      key text NOT NULL,
      name text NOT NULL,
      sha256 text NOT NULL,
      byte_count integer NOT NULL,
      postings integer NOT NULL,
      currency char(3) NOT NULL,
      total_minor bigint NOT NULL,
      closed_at timestamptz NOT NULL,
      closed_on date NOT NULL,
      state text NOT NULL,
      state_because text,
      due_at timestamptz,
      lease_token bigint,
      lease_expires_at timestamptz,
      attempts integer NOT NULL DEFAULT 0,
      attempts_before_retry integer NOT NULL DEFAULT 0,
      look_ups integer NOT NULL DEFAULT 0,
      -- Questions for an answer since the last news.
      polls integer NOT NULL DEFAULT 0,
      resend_after timestamptz,
      delivered_at timestamptz,
      -- What nobody confirmed by then goes to a person.
      confirm_by timestamptz,
      move_count integer NOT NULL DEFAULT 0,
      chain_hash text NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (connection_id, sequence),
      UNIQUE (connection_id, name)`));
    await runner.query(`
      CREATE INDEX posting_batch_due ON posting_batch (connection_id, due_at) WHERE due_at IS NOT NULL;
      -- The file an exported posting stands in now; an earlier one that refused it is among the members only.
      ALTER TABLE posting ADD COLUMN posting_batch_id bigint REFERENCES posting_batch (id);
      CREATE INDEX posting_waits_for_file ON posting (connection_id, id) WHERE by_file AND state = 'planned';
      CREATE INDEX payment_by_reference ON payment (reference, connection_id) WHERE reference IS NOT NULL;
    `);
    // The bytes as they leave, however often they leave: the application role cannot change them.
    await runner.query(tenantTable('posting_batch_file', `
      posting_batch_id bigint PRIMARY KEY REFERENCES posting_batch (id),
      bytes bytea NOT NULL`, { grants: APPEND_ONLY }));
    await runner.query(tenantTable('posting_batch_member', `
      posting_batch_id bigint NOT NULL REFERENCES posting_batch (id),
      position integer NOT NULL,
      posting_id bigint NOT NULL REFERENCES posting (id),
      PRIMARY KEY (posting_batch_id, position),
      UNIQUE (posting_batch_id, posting_id)`, { grants: APPEND_ONLY }));
    await runner.query(`CREATE INDEX posting_batch_member_by_posting ON posting_batch_member (posting_id)`);
    await runner.query(tenantTable('posting_batch_move', `
      posting_batch_id bigint NOT NULL REFERENCES posting_batch (id),
      sequence integer NOT NULL,
      from_state text,
      to_state text NOT NULL,
      because text NOT NULL,
      by_whom text NOT NULL,
      evidence json NOT NULL,
      at timestamptz NOT NULL,
      hash text NOT NULL,
      PRIMARY KEY (posting_batch_id, sequence)`, { grants: APPEND_ONLY }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE posting_batch_move; DROP TABLE posting_batch_member; DROP TABLE posting_batch_file;
      DROP INDEX payment_by_reference; DROP INDEX posting_waits_for_file;
      ALTER TABLE posting DROP COLUMN posting_batch_id, DROP COLUMN by_file;
      DROP TABLE posting_batch; DROP TABLE posting_file_lane;
      ALTER TABLE posting_step DROP COLUMN attempts_before_retry;
    `);
  }
}
