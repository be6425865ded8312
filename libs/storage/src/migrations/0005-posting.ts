import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_ONLY, tenantTable } from './tenant-table.js';

/** Postings on their way into a target: written down before anything is sent, every move kept. */
export class Posting1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('posting', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id),
      kind text NOT NULL CHECK (kind IN ('payment', 'reversal')),
      reverses_posting_id bigint REFERENCES posting (id),
      reversal_reason text,
      bank_transaction_id bigint REFERENCES bank_transaction (id),
      customer_id bigint REFERENCES customer (id),
      idempotency_key text NOT NULL,
      intent json NOT NULL,
      currency char(3) NOT NULL,
      amount_minor bigint NOT NULL,
      state text NOT NULL,
      state_because text,
      refusals jsonb NOT NULL DEFAULT '[]',
      differences jsonb NOT NULL DEFAULT '[]',
      -- When the lane looks at it next; null when it is a person's turn or nobody's.
      due_at timestamptz,
      lease_token bigint,
      lease_expires_at timestamptz,
      -- Number and hash of the last move: the chain's head, so that a cut-off tail shows.
      move_count integer NOT NULL DEFAULT 0,
      chain_hash text NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      verified_at timestamptz,
      UNIQUE (tenant_id, idempotency_key)`));
    // A posting's row is written about five times in a few seconds: room on its page keeps most of that out of the indexes.
    await runner.query(`
      ALTER TABLE posting SET (fillfactor = 60);
      CREATE INDEX posting_due ON posting (connection_id, due_at, id) WHERE due_at IS NOT NULL;
      CREATE INDEX posting_by_state ON posting (tenant_id, state, id);
      CREATE INDEX posting_by_transaction ON posting (bank_transaction_id) WHERE bank_transaction_id IS NOT NULL;
      CREATE UNIQUE INDEX posting_reversed_once ON posting (reverses_posting_id) WHERE reverses_posting_id IS NOT NULL AND state <> 'cancelled';
    `);
    await runner.query(tenantTable('posting_step', `
      posting_id bigint NOT NULL REFERENCES posting (id),
      position integer NOT NULL,
      step_key text NOT NULL,
      step json NOT NULL,
      state text NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      look_ups integer NOT NULL DEFAULT 0,
      sent_at timestamptz,
      -- Whatever was sent has committed by then or never will; not sent again before.
      resend_after timestamptz,
      answered_at timestamptz,
      external_id text,
      problem text,
      booked json,
      PRIMARY KEY (posting_id, position),
      UNIQUE (tenant_id, step_key)`));
    // What postings take from documents: the hub's knowledge ahead of the ERP, shown beside the ERP's open amount, never mixed in.
    await runner.query(tenantTable('posting_share', `
      posting_id bigint NOT NULL REFERENCES posting (id),
      position integer NOT NULL,
      connection_id bigint NOT NULL,
      document text NOT NULL CHECK (document IN ('invoice', 'creditMemo', 'payment')),
      role text NOT NULL CHECK (role IN ('settles', 'gives', 'writesOff')),
      external_id text NOT NULL,
      line_external_id text,
      currency char(3) NOT NULL,
      amount_minor bigint NOT NULL,
      -- Until the target confirmed and the next sync saw it, the share still reserves the open amount.
      released_at timestamptz,
      PRIMARY KEY (posting_id, position)`));
    await runner.query(`CREATE INDEX posting_share_reserved ON posting_share (connection_id, document, external_id) WHERE released_at IS NULL`);
    await runner.query(tenantTable('posting_move', `
      posting_id bigint NOT NULL REFERENCES posting (id),
      sequence integer NOT NULL,
      step_key text,
      from_state text,
      to_state text NOT NULL,
      because text NOT NULL,
      by_whom text NOT NULL,
      evidence json NOT NULL,
      at timestamptz NOT NULL,
      hash text NOT NULL,
      -- Two writers of one chain cannot both succeed.
      PRIMARY KEY (posting_id, sequence)`, { grants: APPEND_ONLY }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE posting_move; DROP TABLE posting_share; DROP TABLE posting_step; DROP TABLE posting;`);
  }
}
