import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './tenant-table.js';

/** Cash at the bank, the explanation of it, and what the matcher makes of both. */
export class Cash1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('bank_account', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      account_number text NOT NULL,
      currency char(3) NOT NULL,
      connection_id bigint REFERENCES connection (id),
      ledger_account_external_id text,
      receivables_account_external_id text,
      company_external_id text,
      csv_layout jsonb,
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, account_number, currency)`));
    await runner.query(tenantTable('received_document', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      content bytea NOT NULL,
      content_hash bytea NOT NULL,
      format text,
      source text NOT NULL,
      bank_account_id bigint REFERENCES bank_account (id),
      status text NOT NULL CHECK (status IN ('processing', 'invalid', 'processed')),
      findings jsonb NOT NULL DEFAULT '[]',
      counts jsonb NOT NULL DEFAULT '{}',
      layout jsonb,
      channel text NOT NULL DEFAULT 'Manual Upload' CHECK (channel IN ('Call', 'Email', 'Lockbox', 'EDI', 'Manual Upload', 'Portal', 'API')),
      sender text,
      uploaded_by text NOT NULL,
      uploaded_at timestamptz NOT NULL DEFAULT now(),
      attempts integer NOT NULL DEFAULT 0,
      tried_at timestamptz,
      finished_at timestamptz,
      UNIQUE (tenant_id, content_hash)`));
    await runner.query(tenantTable('remittance_layout', `
      source_key text NOT NULL,
      layout jsonb NOT NULL,
      confirmed_by text NOT NULL,
      confirmed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, source_key)`));
    await runner.query(tenantTable('bank_statement', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      received_document_id bigint NOT NULL REFERENCES received_document (id),
      bank_account_id bigint NOT NULL REFERENCES bank_account (id),
      position integer NOT NULL DEFAULT 1,
      as_of date NOT NULL,
      sequence text,
      status text NOT NULL CHECK (status IN ('add', 'replace', 'delete', 'interim')),
      balances jsonb NOT NULL,
      UNIQUE (received_document_id, position)`));
    await runner.query(tenantTable('bank_transaction', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      bank_account_id bigint NOT NULL REFERENCES bank_account (id),
      bank_statement_id bigint NOT NULL REFERENCES bank_statement (id),
      identity text NOT NULL,
      booked_on date NOT NULL,
      value_on date,
      amount_minor bigint NOT NULL,
      currency char(3) NOT NULL,
      code text,
      kind text NOT NULL,
      reversal boolean NOT NULL,
      pending boolean NOT NULL,
      bank_reference text,
      customer_reference text,
      end_to_end_id text,
      check_number text,
      payer_name text,
      payer_account text,
      payer_id text,
      memo text NOT NULL,
      structured_references text[] NOT NULL DEFAULT '{}',
      place jsonb NOT NULL,
      status text NOT NULL CHECK (status IN ('potentialPayment', 'needsAllocation', 'readyToPost', 'posting', 'posted', 'attention', 'notPayment')),
      status_because text,
      decided_by text,
      withdrawn_by_statement_id bigint REFERENCES bank_statement (id),
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (bank_account_id, identity)`));
    await runner.query(`
      CREATE INDEX bank_transaction_by_status ON bank_transaction (tenant_id, status, id);
      CREATE INDEX bank_transaction_by_day ON bank_transaction (bank_account_id, booked_on);
      CREATE INDEX bank_transaction_by_statement ON bank_transaction (bank_statement_id);
    `);
    await runner.query(tenantTable('remittance', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      source text NOT NULL CHECK (source IN ('Call', 'Email', 'Lockbox', 'EDI', 'Manual Upload', 'Portal', 'API')),
      received_document_id bigint REFERENCES received_document (id),
      -- Key of the content: the same remittance in another file is the same one.
      identity text,
      payer_name text,
      payer_id text,
      payee text,
      method text,
      reference text,
      total_minor bigint,
      currency char(3) NOT NULL,
      paid_on date,
      body text,
      bank_transaction_id bigint REFERENCES bank_transaction (id),
      status text NOT NULL DEFAULT 'processed' CHECK (status IN ('processing', 'invalid', 'processed')),
      findings jsonb NOT NULL DEFAULT '[]',
      created_by text NOT NULL DEFAULT 'hub',
      place jsonb,
      version integer NOT NULL DEFAULT 1,
      received_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, identity)`));
    await runner.query(`
      CREATE INDEX remittance_by_transaction ON remittance (bank_transaction_id);
      CREATE INDEX remittance_by_document ON remittance (received_document_id);
    `);
    await runner.query(tenantTable('remittance_line', `
      remittance_id bigint NOT NULL REFERENCES remittance (id) ON DELETE CASCADE,
      position integer NOT NULL,
      reference text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('invoice', 'credit', 'debit', 'purchaseOrder', 'onAccount', 'adjustment', 'other')),
      paid_minor bigint,
      gross_minor bigint,
      discount_minor bigint,
      adjustments jsonb NOT NULL DEFAULT '[]',
      memo text,
      place jsonb,
      PRIMARY KEY (remittance_id, position)`));
    await runner.query(tenantTable('ach_entry', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      received_document_id bigint NOT NULL REFERENCES received_document (id),
      identity text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('return', 'dishonoredReturn', 'contestedReturn', 'notificationOfChange')),
      code text NOT NULL,
      title text,
      amount_minor bigint NOT NULL,
      currency char(3) NOT NULL,
      standard_entry_class text,
      trace text NOT NULL,
      original_trace text,
      receiver jsonb NOT NULL,
      corrected_data text,
      information text,
      settled_on date,
      place jsonb NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, identity)`));
    await runner.query(tenantTable('match_proposal', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id),
      bank_transaction_id bigint NOT NULL REFERENCES bank_transaction (id),
      status text NOT NULL CHECK (status IN ('current', 'superseded', 'confirmed', 'dismissed')),
      is_payment double precision NOT NULL,
      payment_verdict text NOT NULL CHECK (payment_verdict IN ('yes', 'no', 'unsure')),
      customer_id bigint,
      payer_customer_id bigint,
      customer_probability double precision NOT NULL,
      probability double precision NOT NULL,
      family text NOT NULL,
      is_unique boolean NOT NULL,
      is_exact boolean NOT NULL,
      alternatives integer NOT NULL,
      alternatives_counted text NOT NULL CHECK (alternatives_counted IN ('exactly', 'atLeast')),
      distinguishing_fact text,
      on_account_minor bigint NOT NULL,
      short_by_minor bigint NOT NULL,
      currency char(3) NOT NULL,
      remittance_id bigint,
      signals jsonb NOT NULL,
      auto_apply jsonb NOT NULL,
      rationale text NOT NULL,
      -- Equal hash: the same proposal again, nothing to write. Equal allocation: the same answer, whatever it rests on.
      content_hash bytea NOT NULL,
      allocation_key text NOT NULL,
      decided_by text,
      decided_at timestamptz,
      decision_reason text,
      created_at timestamptz NOT NULL DEFAULT now()`));
    await runner.query(`
      CREATE INDEX match_proposal_by_transaction ON match_proposal (bank_transaction_id, id DESC);
      CREATE UNIQUE INDEX match_proposal_current ON match_proposal (bank_transaction_id) WHERE status = 'current';
    `);
    await runner.query(tenantTable('match_proposal_line', `
      match_proposal_id bigint NOT NULL REFERENCES match_proposal (id) ON DELETE CASCADE,
      position integer NOT NULL,
      document text NOT NULL CHECK (document IN ('invoice', 'creditMemo', 'payment')),
      document_id bigint NOT NULL,
      customer_id bigint NOT NULL,
      number text NOT NULL,
      amount_minor bigint NOT NULL,
      open_before_minor bigint NOT NULL,
      discount_minor bigint,
      write_off_minor bigint,
      PRIMARY KEY (match_proposal_id, position)`));
    await runner.query(tenantTable('payer_alias', `
      kind text NOT NULL CHECK (kind IN ('account', 'payerId', 'name')),
      value text NOT NULL,
      customer_id bigint NOT NULL REFERENCES customer (id),
      confirmed integer NOT NULL DEFAULT 0,
      contradicted integer NOT NULL DEFAULT 0,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, kind, value, customer_id)`));
    await runner.query(tenantTable('non_payment_rule', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      field text NOT NULL CHECK (field IN ('memo', 'payerName', 'payerId', 'code')),
      operator text NOT NULL CHECK (operator IN ('contains', 'equals')),
      value text NOT NULL,
      because text NOT NULL,
      created_by text NOT NULL DEFAULT 'hub',
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (tenant_id, field, operator, value)`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE non_payment_rule; DROP TABLE payer_alias; DROP TABLE match_proposal_line; DROP TABLE match_proposal;
      DROP TABLE ach_entry; DROP TABLE remittance_line; DROP TABLE remittance; DROP TABLE bank_transaction; DROP TABLE bank_statement;
      DROP TABLE remittance_layout; DROP TABLE received_document; DROP TABLE bank_account;
    `);
  }
}
