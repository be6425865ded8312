import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './tenant-table.js';

/** Bank transactions from aggregators; what is known of a connection between its syncs: checks that wait, consents that end, webhooks. */
export class BankFeeds1764000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- False for connections that bring cash or files and hold no ledger: nothing is posted to them.
      ALTER TABLE connection ADD COLUMN keeps_books boolean NOT NULL DEFAULT true,
        -- When somebody asked for a check that has not been made yet: a webhook, a sign-in.
        ADD COLUMN check_wanted_at timestamptz,
        -- When a worker last tried to make one.
        ADD COLUMN checked_at timestamptz,
        ADD COLUMN webhook_renew_at timestamptz;
      -- A delivery names the connection before its tenant is known: that row and no other.
      CREATE POLICY connection_of_delivery ON connection FOR SELECT USING (id = nullif(current_setting('tributary.delivery_connection_id', true), '')::bigint);
    `);
    await runner.query(tenantTable('connection_expiry', `
      connection_id bigint NOT NULL REFERENCES connection (id),
      what text NOT NULL,
      expires_at timestamptz NOT NULL,
      told_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (connection_id, what, expires_at)`));
    await runner.query(tenantTable('bank_feed', `
      connection_id bigint PRIMARY KEY REFERENCES connection (id),
      -- Where the next update begins; null: from the beginning.
      checkpoint jsonb,
      health text NOT NULL DEFAULT 'unread' CHECK (health IN ('unread', 'ok', 'signInAgain', 'linkAnew', 'settings', 'failing')),
      health_because text,
      health_since timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz`));
    await runner.query(tenantTable('bank_feed_account', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id),
      external_id text NOT NULL,
      former_external_ids text[] NOT NULL DEFAULT '{}',
      persistent_id text,
      name text NOT NULL,
      mask text,
      currency char(3),
      institution text,
      bank_account_id bigint REFERENCES bank_account (id),
      first_listed_at timestamptz NOT NULL DEFAULT now(),
      listed_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (connection_id, external_id)`));
    await runner.query(`
      ALTER TABLE bank_transaction ALTER COLUMN bank_statement_id DROP NOT NULL,
        ADD COLUMN bank_feed_account_id bigint REFERENCES bank_feed_account (id),
        ADD COLUMN withdrawn_by_feed_at timestamptz,
        ADD COLUMN withdrawn boolean NOT NULL GENERATED ALWAYS AS (withdrawn_by_statement_id IS NOT NULL OR withdrawn_by_feed_at IS NOT NULL) STORED,
        ADD CONSTRAINT bank_transaction_has_a_source CHECK (bank_statement_id IS NOT NULL OR bank_feed_account_id IS NOT NULL);
    `);
    // Every id a source ever gave, with the line it stood for: that is the line's history.
    await runner.query(tenantTable('bank_feed_row', `
      id bigint GENERATED ALWAYS AS IDENTITY,
      connection_id bigint NOT NULL REFERENCES connection (id),
      external_id text NOT NULL,
      bank_feed_account_id bigint NOT NULL REFERENCES bank_feed_account (id),
      account_external_id text NOT NULL,
      bank_transaction_id bigint REFERENCES bank_transaction (id),
      state text NOT NULL CHECK (state IN ('live', 'replaced', 'removed')),
      replaced_by text,
      pending boolean NOT NULL,
      content_hash text NOT NULL,
      likeness text NOT NULL,
      payload json NOT NULL,
      -- Why a live row is no line: it is kept and shown.
      problem text,
      first_seen_at timestamptz NOT NULL DEFAULT now(),
      changed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (connection_id, external_id)`));
    await runner.query(`
      CREATE INDEX bank_feed_row_by_transaction ON bank_feed_row (bank_transaction_id);
      CREATE INDEX bank_feed_row_by_account ON bank_feed_row (bank_feed_account_id, account_external_id) WHERE state = 'live';
      CREATE UNIQUE INDEX bank_feed_row_problem ON bank_feed_row (connection_id, id) WHERE problem IS NOT NULL AND state = 'live';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bank_feed_row;
      ALTER TABLE bank_transaction DROP CONSTRAINT bank_transaction_has_a_source, DROP COLUMN withdrawn, DROP COLUMN withdrawn_by_feed_at, DROP COLUMN bank_feed_account_id;
      -- Lines of feeds cannot stand without them.
      DELETE FROM bank_transaction WHERE bank_statement_id IS NULL;
      ALTER TABLE bank_transaction ALTER COLUMN bank_statement_id SET NOT NULL;
      DROP TABLE bank_feed_account; DROP TABLE bank_feed; DROP TABLE connection_expiry;
      DROP POLICY connection_of_delivery ON connection;
      ALTER TABLE connection DROP COLUMN webhook_renew_at, DROP COLUMN checked_at, DROP COLUMN check_wanted_at, DROP COLUMN keeps_books;
    `);
  }
}
