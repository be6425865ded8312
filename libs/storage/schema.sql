-- The schema after all migrations. Generated: do not edit; `npm run schema` rewrites it.

CREATE TABLE ach_entry (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  received_document_id bigint NOT NULL,
  identity text NOT NULL,
  kind text NOT NULL,
  code text NOT NULL,
  title text,
  amount_minor bigint NOT NULL,
  currency character(3) NOT NULL,
  standard_entry_class text,
  trace text NOT NULL,
  original_trace text,
  receiver jsonb NOT NULL,
  corrected_data text,
  information text,
  settled_on date,
  place jsonb NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT ach_entry_kind_check CHECK ((kind = ANY (ARRAY['return'::text, 'dishonoredReturn'::text, 'contestedReturn'::text, 'notificationOfChange'::text]))),
  CONSTRAINT ach_entry_received_document_id_fkey FOREIGN KEY (received_document_id) REFERENCES received_document(id),
  CONSTRAINT ach_entry_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT ach_entry_pkey PRIMARY KEY (id),
  CONSTRAINT ach_entry_tenant_id_identity_key UNIQUE (tenant_id, identity)
); -- row-level security, forced

CREATE POLICY ach_entry_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE allocation (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  source_entity text NOT NULL,
  source_external_id text NOT NULL,
  position integer NOT NULL,
  invoice_external_id text NOT NULL,
  line_external_id text,
  currency character(3) NOT NULL,
  amount_minor bigint NOT NULL,
  discount_minor bigint,
  applied_on date,
  raw_record_id bigint NOT NULL,
  CONSTRAINT allocation_source_entity_check CHECK ((source_entity = ANY (ARRAY['payment'::text, 'creditMemo'::text]))),
  CONSTRAINT allocation_pkey PRIMARY KEY (id),
  CONSTRAINT allocation_connection_id_source_entity_source_external_id_p_key UNIQUE (connection_id, source_entity, source_external_id, "position")
); -- row-level security, forced

CREATE INDEX allocation_by_invoice ON allocation USING btree (invoice_external_id, connection_id);
CREATE POLICY allocation_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE api_key (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  key_hash bytea NOT NULL,
  prefix text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  CONSTRAINT api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT api_key_pkey PRIMARY KEY (id),
  CONSTRAINT api_key_key_hash_key UNIQUE (key_hash)
); -- row-level security, forced

CREATE POLICY api_key_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
CREATE POLICY api_key_presented FOR r USING (encode(key_hash, 'hex'::text) = NULLIF(current_setting('tributary.api_key_hash'::text, true), ''::text));
GRANT INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE audit_entry (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  sequence bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT audit_entry_pkey PRIMARY KEY (tenant_id, sequence)
); -- row-level security, forced

CREATE POLICY audit_entry_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE bank_account (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  account_number text NOT NULL,
  currency character(3) NOT NULL,
  connection_id bigint,
  ledger_account_external_id text,
  receivables_account_external_id text,
  company_external_id text,
  csv_layout jsonb,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT bank_account_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT bank_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_account_pkey PRIMARY KEY (id),
  CONSTRAINT bank_account_tenant_id_account_number_currency_key UNIQUE (tenant_id, account_number, currency)
); -- row-level security, forced

CREATE POLICY bank_account_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE bank_feed (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  checkpoint jsonb,
  health text NOT NULL DEFAULT 'unread'::text,
  health_because text,
  health_since timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone,
  CONSTRAINT bank_feed_health_check CHECK ((health = ANY (ARRAY['unread'::text, 'ok'::text, 'signInAgain'::text, 'linkAnew'::text, 'settings'::text, 'failing'::text]))),
  CONSTRAINT bank_feed_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT bank_feed_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_feed_pkey PRIMARY KEY (connection_id)
); -- row-level security, forced

CREATE POLICY bank_feed_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE bank_feed_account (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  former_external_ids text[] NOT NULL DEFAULT '{}'::text[],
  persistent_id text,
  name text NOT NULL,
  mask text,
  currency character(3),
  institution text,
  bank_account_id bigint,
  first_listed_at timestamp with time zone NOT NULL DEFAULT now(),
  listed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT bank_feed_account_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_account(id),
  CONSTRAINT bank_feed_account_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT bank_feed_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_feed_account_pkey PRIMARY KEY (id),
  CONSTRAINT bank_feed_account_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE POLICY bank_feed_account_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE bank_feed_row (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  bank_feed_account_id bigint NOT NULL,
  account_external_id text NOT NULL,
  bank_transaction_id bigint,
  state text NOT NULL,
  replaced_by text,
  pending boolean NOT NULL,
  content_hash text NOT NULL,
  likeness text NOT NULL,
  payload json NOT NULL,
  problem text,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  changed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT bank_feed_row_state_check CHECK ((state = ANY (ARRAY['live'::text, 'replaced'::text, 'removed'::text]))),
  CONSTRAINT bank_feed_row_bank_feed_account_id_fkey FOREIGN KEY (bank_feed_account_id) REFERENCES bank_feed_account(id),
  CONSTRAINT bank_feed_row_bank_transaction_id_fkey FOREIGN KEY (bank_transaction_id) REFERENCES bank_transaction(id),
  CONSTRAINT bank_feed_row_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT bank_feed_row_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_feed_row_pkey PRIMARY KEY (connection_id, external_id)
); -- row-level security, forced

CREATE INDEX bank_feed_row_by_account ON bank_feed_row USING btree (bank_feed_account_id, account_external_id) WHERE (state = 'live'::text);
CREATE INDEX bank_feed_row_by_transaction ON bank_feed_row USING btree (bank_transaction_id);
CREATE UNIQUE INDEX bank_feed_row_problem ON bank_feed_row USING btree (connection_id, id) WHERE ((problem IS NOT NULL) AND (state = 'live'::text));
CREATE POLICY bank_feed_row_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE bank_statement (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  received_document_id bigint NOT NULL,
  bank_account_id bigint NOT NULL,
  position integer NOT NULL DEFAULT 1,
  as_of date NOT NULL,
  sequence text,
  status text NOT NULL,
  balances jsonb NOT NULL,
  CONSTRAINT bank_statement_status_check CHECK ((status = ANY (ARRAY['add'::text, 'replace'::text, 'delete'::text, 'interim'::text]))),
  CONSTRAINT bank_statement_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_account(id),
  CONSTRAINT bank_statement_received_document_id_fkey FOREIGN KEY (received_document_id) REFERENCES received_document(id),
  CONSTRAINT bank_statement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_statement_pkey PRIMARY KEY (id),
  CONSTRAINT bank_statement_received_document_id_position_key UNIQUE (received_document_id, "position")
); -- row-level security, forced

CREATE POLICY bank_statement_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE bank_transaction (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_id bigint NOT NULL,
  bank_statement_id bigint,
  identity text NOT NULL,
  booked_on date NOT NULL,
  value_on date,
  amount_minor bigint NOT NULL,
  currency character(3) NOT NULL,
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
  structured_references text[] NOT NULL DEFAULT '{}'::text[],
  place jsonb NOT NULL,
  status text NOT NULL,
  status_because text,
  decided_by text,
  withdrawn_by_statement_id bigint,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  bank_feed_account_id bigint,
  withdrawn_by_feed_at timestamp with time zone,
  withdrawn boolean NOT NULL DEFAULT ((withdrawn_by_statement_id IS NOT NULL) OR (withdrawn_by_feed_at IS NOT NULL)),
  CONSTRAINT bank_transaction_has_a_source CHECK (((bank_statement_id IS NOT NULL) OR (bank_feed_account_id IS NOT NULL))),
  CONSTRAINT bank_transaction_status_check CHECK ((status = ANY (ARRAY['potentialPayment'::text, 'needsAllocation'::text, 'readyToPost'::text, 'posting'::text, 'posted'::text, 'attention'::text, 'notPayment'::text]))),
  CONSTRAINT bank_transaction_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_account(id),
  CONSTRAINT bank_transaction_bank_feed_account_id_fkey FOREIGN KEY (bank_feed_account_id) REFERENCES bank_feed_account(id),
  CONSTRAINT bank_transaction_bank_statement_id_fkey FOREIGN KEY (bank_statement_id) REFERENCES bank_statement(id),
  CONSTRAINT bank_transaction_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT bank_transaction_withdrawn_by_statement_id_fkey FOREIGN KEY (withdrawn_by_statement_id) REFERENCES bank_statement(id),
  CONSTRAINT bank_transaction_pkey PRIMARY KEY (id),
  CONSTRAINT bank_transaction_bank_account_id_identity_key UNIQUE (bank_account_id, identity)
); -- row-level security, forced

CREATE INDEX bank_transaction_by_day ON bank_transaction USING btree (bank_account_id, booked_on);
CREATE INDEX bank_transaction_by_statement ON bank_transaction USING btree (bank_statement_id);
CREATE INDEX bank_transaction_by_status ON bank_transaction USING btree (tenant_id, status, id);
CREATE POLICY bank_transaction_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE company (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  name text NOT NULL,
  parent_external_id text,
  currency character(3) NOT NULL,
  active boolean NOT NULL,
  CONSTRAINT company_pkey PRIMARY KEY (id),
  CONSTRAINT company_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE POLICY company_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE connection (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  connector text NOT NULL,
  config jsonb NOT NULL,
  secrets bytea,
  probe jsonb,
  mapping_overlays jsonb NOT NULL DEFAULT '{}'::jsonb,
  status text NOT NULL DEFAULT 'active'::text,
  paused_because text,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  sync_every_minutes integer,
  version integer NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  keeps_books boolean NOT NULL DEFAULT true,
  check_wanted_at timestamp with time zone,
  checked_at timestamp with time zone,
  webhook_renew_at timestamp with time zone,
  CONSTRAINT connection_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text]))),
  CONSTRAINT connection_sync_every_minutes_check CHECK ((sync_every_minutes > 0)),
  CONSTRAINT connection_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT connection_pkey PRIMARY KEY (id),
  CONSTRAINT connection_tenant_id_name_key UNIQUE (tenant_id, name)
); -- row-level security, forced

CREATE POLICY connection_of_delivery FOR r USING (id = (NULLIF(current_setting('tributary.delivery_connection_id'::text, true), ''::text))::bigint);
CREATE POLICY connection_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE connection_expiry (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  what text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  told_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT connection_expiry_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT connection_expiry_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT connection_expiry_pkey PRIMARY KEY (connection_id, what, expires_at)
); -- row-level security, forced

CREATE POLICY connection_expiry_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE contact (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  customer_external_id text,
  name text NOT NULL,
  role text,
  email text,
  phone text,
  is_primary boolean NOT NULL,
  active boolean NOT NULL,
  CONSTRAINT contact_pkey PRIMARY KEY (id),
  CONSTRAINT contact_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE POLICY contact_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE credit_memo (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  number text NOT NULL,
  customer_external_id text NOT NULL,
  company_external_id text,
  currency character(3) NOT NULL,
  issued_on date NOT NULL,
  total_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  status text NOT NULL,
  memo text,
  CONSTRAINT credit_memo_pkey PRIMARY KEY (id),
  CONSTRAINT credit_memo_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE INDEX credit_memo_open ON credit_memo USING btree (customer_external_id, connection_id) WHERE ((open_minor <> 0) AND (deleted_at IS NULL));
CREATE POLICY credit_memo_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE customer (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  number text,
  name text NOT NULL,
  other_names text[] NOT NULL,
  parent_external_id text,
  company_external_id text,
  currency character(3),
  email text,
  phone text,
  active boolean NOT NULL,
  CONSTRAINT customer_pkey PRIMARY KEY (id),
  CONSTRAINT customer_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE POLICY customer_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE event (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type text NOT NULL,
  subject text NOT NULL,
  subject_id bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  detail jsonb,
  CONSTRAINT event_pkey PRIMARY KEY (tenant_id, xid, id)
); -- row-level security, forced

CREATE POLICY event_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE held_deletion (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  external_ids text[] NOT NULL,
  because text NOT NULL,
  sync_run_id bigint NOT NULL,
  held_at timestamp with time zone NOT NULL DEFAULT now(),
  decision text,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT held_deletion_decision_check CHECK ((decision = ANY (ARRAY['delete'::text, 'keep'::text]))),
  CONSTRAINT held_deletion_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT held_deletion_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT held_deletion_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE POLICY held_deletion_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE inbound_address (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  local_part text NOT NULL,
  local_part_hash bytea NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_at timestamp with time zone,
  CONSTRAINT inbound_address_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT inbound_address_pkey PRIMARY KEY (id),
  CONSTRAINT inbound_address_local_part_hash_key UNIQUE (local_part_hash)
); -- row-level security, forced

CREATE POLICY inbound_address_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
CREATE POLICY inbound_address_presented FOR r USING (encode(local_part_hash, 'hex'::text) = NULLIF(current_setting('tributary.mail_address_hash'::text, true), ''::text));
GRANT INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE invoice (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  number text NOT NULL,
  customer_external_id text NOT NULL,
  company_external_id text,
  currency character(3) NOT NULL,
  issued_on date NOT NULL,
  due_on date,
  total_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  status text NOT NULL,
  purchase_order text,
  memo text,
  instalments jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT invoice_pkey PRIMARY KEY (id),
  CONSTRAINT invoice_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE INDEX invoice_by_number ON invoice USING btree (tenant_id, number);
CREATE INDEX invoice_open ON invoice USING btree (customer_external_id, connection_id) WHERE ((open_minor <> 0) AND (deleted_at IS NULL));
CREATE POLICY invoice_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE invoice_change (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  invoice_id bigint NOT NULL,
  request_key text,
  terms jsonb NOT NULL,
  seen jsonb NOT NULL,
  found jsonb,
  state text NOT NULL DEFAULT 'open'::text,
  problem text,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamp with time zone,
  CONSTRAINT invoice_change_check CHECK (((state = 'open'::text) = (settled_at IS NULL))),
  CONSTRAINT invoice_change_state_check CHECK ((state = ANY (ARRAY['open'::text, 'made'::text, 'conflicted'::text, 'refused'::text]))),
  CONSTRAINT invoice_change_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) ON DELETE CASCADE,
  CONSTRAINT invoice_change_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT invoice_change_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE INDEX invoice_change_of_invoice ON invoice_change USING btree (invoice_id, id);
CREATE UNIQUE INDEX invoice_change_once ON invoice_change USING btree (tenant_id, request_key) WHERE (request_key IS NOT NULL);
CREATE POLICY invoice_change_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE lease (
  name text NOT NULL,
  token bigint NOT NULL,
  holder text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name)
);

GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE ledger_account (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  number text,
  name text NOT NULL,
  kind text NOT NULL,
  currency character(3),
  company_external_id text,
  active boolean NOT NULL,
  CONSTRAINT ledger_account_pkey PRIMARY KEY (id),
  CONSTRAINT ledger_account_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE POLICY ledger_account_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE lockbox_profile (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  name text NOT NULL,
  profile jsonb NOT NULL,
  used_for text[] NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT lockbox_profile_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT lockbox_profile_pkey PRIMARY KEY (tenant_id, name)
); -- row-level security, forced

CREATE POLICY lockbox_profile_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE match_proposal (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  bank_transaction_id bigint NOT NULL,
  status text NOT NULL,
  is_payment double precision NOT NULL,
  payment_verdict text NOT NULL,
  customer_id bigint,
  payer_customer_id bigint,
  customer_probability double precision NOT NULL,
  probability double precision NOT NULL,
  family text NOT NULL,
  is_unique boolean NOT NULL,
  is_exact boolean NOT NULL,
  alternatives integer NOT NULL,
  alternatives_counted text NOT NULL,
  distinguishing_fact text,
  on_account_minor bigint NOT NULL,
  short_by_minor bigint NOT NULL,
  currency character(3) NOT NULL,
  remittance_id bigint,
  signals jsonb NOT NULL,
  auto_apply jsonb NOT NULL,
  rationale text NOT NULL,
  content_hash bytea NOT NULL,
  allocation_key text NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  decision_reason text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT match_proposal_alternatives_counted_check CHECK ((alternatives_counted = ANY (ARRAY['exactly'::text, 'atLeast'::text]))),
  CONSTRAINT match_proposal_payment_verdict_check CHECK ((payment_verdict = ANY (ARRAY['yes'::text, 'no'::text, 'unsure'::text]))),
  CONSTRAINT match_proposal_status_check CHECK ((status = ANY (ARRAY['current'::text, 'superseded'::text, 'confirmed'::text, 'dismissed'::text]))),
  CONSTRAINT match_proposal_bank_transaction_id_fkey FOREIGN KEY (bank_transaction_id) REFERENCES bank_transaction(id),
  CONSTRAINT match_proposal_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT match_proposal_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT match_proposal_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE INDEX match_proposal_by_transaction ON match_proposal USING btree (bank_transaction_id, id DESC);
CREATE UNIQUE INDEX match_proposal_current ON match_proposal USING btree (bank_transaction_id) WHERE (status = 'current'::text);
CREATE POLICY match_proposal_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE match_proposal_line (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  match_proposal_id bigint NOT NULL,
  position integer NOT NULL,
  document text NOT NULL,
  document_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  number text NOT NULL,
  amount_minor bigint NOT NULL,
  open_before_minor bigint NOT NULL,
  discount_minor bigint,
  write_off_minor bigint,
  CONSTRAINT match_proposal_line_document_check CHECK ((document = ANY (ARRAY['invoice'::text, 'creditMemo'::text, 'payment'::text]))),
  CONSTRAINT match_proposal_line_match_proposal_id_fkey FOREIGN KEY (match_proposal_id) REFERENCES match_proposal(id) ON DELETE CASCADE,
  CONSTRAINT match_proposal_line_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT match_proposal_line_pkey PRIMARY KEY (match_proposal_id, "position")
); -- row-level security, forced

CREATE POLICY match_proposal_line_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE non_payment_rule (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  field text NOT NULL,
  operator text NOT NULL,
  value text NOT NULL,
  because text NOT NULL,
  created_by text NOT NULL DEFAULT 'hub'::text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT non_payment_rule_field_check CHECK ((field = ANY (ARRAY['memo'::text, 'payerName'::text, 'payerId'::text, 'code'::text]))),
  CONSTRAINT non_payment_rule_operator_check CHECK ((operator = ANY (ARRAY['contains'::text, 'equals'::text]))),
  CONSTRAINT non_payment_rule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT non_payment_rule_pkey PRIMARY KEY (id),
  CONSTRAINT non_payment_rule_tenant_id_field_operator_value_key UNIQUE (tenant_id, field, operator, value)
); -- row-level security, forced

CREATE POLICY non_payment_rule_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE payer_alias (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  kind text NOT NULL,
  value text NOT NULL,
  customer_id bigint NOT NULL,
  confirmed integer NOT NULL DEFAULT 0,
  contradicted integer NOT NULL DEFAULT 0,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT payer_alias_kind_check CHECK ((kind = ANY (ARRAY['account'::text, 'payerId'::text, 'name'::text]))),
  CONSTRAINT payer_alias_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer(id),
  CONSTRAINT payer_alias_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT payer_alias_pkey PRIMARY KEY (tenant_id, kind, value, customer_id)
); -- row-level security, forced

CREATE POLICY payer_alias_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE payment (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  mapping_name text NOT NULL,
  mapping_version integer NOT NULL,
  sync_run_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  extras jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  number text NOT NULL,
  kind text NOT NULL,
  customer_external_id text NOT NULL,
  company_external_id text,
  currency character(3) NOT NULL,
  received_on date NOT NULL,
  total_minor bigint NOT NULL,
  unapplied_minor bigint NOT NULL,
  status text NOT NULL,
  reference text,
  idempotency_key text,
  memo text,
  CONSTRAINT payment_pkey PRIMARY KEY (id),
  CONSTRAINT payment_connection_id_external_id_key UNIQUE (connection_id, external_id)
); -- row-level security, forced

CREATE INDEX payment_by_customer ON payment USING btree (customer_external_id, connection_id);
CREATE INDEX payment_by_key ON payment USING btree (idempotency_key, connection_id) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX payment_by_reference ON payment USING btree (reference, connection_id) WHERE (reference IS NOT NULL);
CREATE POLICY payment_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE posting (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  kind text NOT NULL,
  reverses_posting_id bigint,
  reversal_reason text,
  bank_transaction_id bigint,
  customer_id bigint,
  idempotency_key text NOT NULL,
  intent json NOT NULL,
  currency character(3) NOT NULL,
  amount_minor bigint NOT NULL,
  state text NOT NULL,
  state_because text,
  refusals jsonb NOT NULL DEFAULT '[]'::jsonb,
  differences jsonb NOT NULL DEFAULT '[]'::jsonb,
  due_at timestamp with time zone,
  lease_token bigint,
  lease_expires_at timestamp with time zone,
  move_count integer NOT NULL DEFAULT 0,
  chain_hash text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  verified_at timestamp with time zone,
  by_file boolean NOT NULL DEFAULT false,
  posting_batch_id bigint,
  CONSTRAINT posting_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'reversal'::text]))),
  CONSTRAINT posting_bank_transaction_id_fkey FOREIGN KEY (bank_transaction_id) REFERENCES bank_transaction(id),
  CONSTRAINT posting_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT posting_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer(id),
  CONSTRAINT posting_posting_batch_id_fkey FOREIGN KEY (posting_batch_id) REFERENCES posting_batch(id),
  CONSTRAINT posting_reverses_posting_id_fkey FOREIGN KEY (reverses_posting_id) REFERENCES posting(id),
  CONSTRAINT posting_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_pkey PRIMARY KEY (id),
  CONSTRAINT posting_tenant_id_idempotency_key_key UNIQUE (tenant_id, idempotency_key)
); -- row-level security, forced

CREATE INDEX posting_by_state ON posting USING btree (tenant_id, state, id);
CREATE INDEX posting_by_transaction ON posting USING btree (bank_transaction_id) WHERE (bank_transaction_id IS NOT NULL);
CREATE INDEX posting_due ON posting USING btree (connection_id, due_at, id) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX posting_reversed_once ON posting USING btree (reverses_posting_id) WHERE ((reverses_posting_id IS NOT NULL) AND (state <> 'cancelled'::text));
CREATE INDEX posting_waits_for_file ON posting USING btree (connection_id, id) WHERE (by_file AND (state = 'planned'::text));
CREATE POLICY posting_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE posting_batch (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  sequence integer NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  byte_count integer NOT NULL,
  postings integer NOT NULL,
  currency character(3) NOT NULL,
  total_minor bigint NOT NULL,
  closed_at timestamp with time zone NOT NULL,
  closed_on date NOT NULL,
  state text NOT NULL,
  state_because text,
  due_at timestamp with time zone,
  lease_token bigint,
  lease_expires_at timestamp with time zone,
  attempts integer NOT NULL DEFAULT 0,
  attempts_before_retry integer NOT NULL DEFAULT 0,
  look_ups integer NOT NULL DEFAULT 0,
  polls integer NOT NULL DEFAULT 0,
  resend_after timestamp with time zone,
  delivered_at timestamp with time zone,
  confirm_by timestamp with time zone,
  move_count integer NOT NULL DEFAULT 0,
  chain_hash text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT posting_batch_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT posting_batch_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_batch_pkey PRIMARY KEY (id),
  CONSTRAINT posting_batch_connection_id_name_key UNIQUE (connection_id, name),
  CONSTRAINT posting_batch_connection_id_sequence_key UNIQUE (connection_id, sequence)
); -- row-level security, forced

CREATE INDEX posting_batch_due ON posting_batch USING btree (connection_id, due_at) WHERE (due_at IS NOT NULL);
CREATE POLICY posting_batch_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE posting_batch_file (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_batch_id bigint NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT posting_batch_file_posting_batch_id_fkey FOREIGN KEY (posting_batch_id) REFERENCES posting_batch(id),
  CONSTRAINT posting_batch_file_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_batch_file_pkey PRIMARY KEY (posting_batch_id)
); -- row-level security, forced

CREATE POLICY posting_batch_file_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE posting_batch_member (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_batch_id bigint NOT NULL,
  position integer NOT NULL,
  posting_id bigint NOT NULL,
  CONSTRAINT posting_batch_member_posting_batch_id_fkey FOREIGN KEY (posting_batch_id) REFERENCES posting_batch(id),
  CONSTRAINT posting_batch_member_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id),
  CONSTRAINT posting_batch_member_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_batch_member_pkey PRIMARY KEY (posting_batch_id, "position"),
  CONSTRAINT posting_batch_member_posting_batch_id_posting_id_key UNIQUE (posting_batch_id, posting_id)
); -- row-level security, forced

CREATE INDEX posting_batch_member_by_posting ON posting_batch_member USING btree (posting_id);
CREATE POLICY posting_batch_member_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE posting_batch_move (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_batch_id bigint NOT NULL,
  sequence integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  because text NOT NULL,
  by_whom text NOT NULL,
  evidence json NOT NULL,
  at timestamp with time zone NOT NULL,
  hash text NOT NULL,
  CONSTRAINT posting_batch_move_posting_batch_id_fkey FOREIGN KEY (posting_batch_id) REFERENCES posting_batch(id),
  CONSTRAINT posting_batch_move_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_batch_move_pkey PRIMARY KEY (posting_batch_id, sequence)
); -- row-level security, forced

CREATE POLICY posting_batch_move_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE posting_file_lane (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  next_sequence integer NOT NULL DEFAULT 1,
  closing json,
  confirm_within_minutes integer,
  confirm_by_connection_id bigint,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT posting_file_lane_confirm_by_connection_id_fkey FOREIGN KEY (confirm_by_connection_id) REFERENCES connection(id),
  CONSTRAINT posting_file_lane_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT posting_file_lane_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_file_lane_pkey PRIMARY KEY (connection_id)
); -- row-level security, forced

CREATE POLICY posting_file_lane_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE posting_move (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_id bigint NOT NULL,
  sequence integer NOT NULL,
  step_key text,
  from_state text,
  to_state text NOT NULL,
  because text NOT NULL,
  by_whom text NOT NULL,
  evidence json NOT NULL,
  at timestamp with time zone NOT NULL,
  hash text NOT NULL,
  CONSTRAINT posting_move_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id),
  CONSTRAINT posting_move_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_move_pkey PRIMARY KEY (posting_id, sequence)
); -- row-level security, forced

CREATE POLICY posting_move_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE posting_share (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_id bigint NOT NULL,
  position integer NOT NULL,
  connection_id bigint NOT NULL,
  document text NOT NULL,
  role text NOT NULL,
  external_id text NOT NULL,
  line_external_id text,
  currency character(3) NOT NULL,
  amount_minor bigint NOT NULL,
  released_at timestamp with time zone,
  CONSTRAINT posting_share_document_check CHECK ((document = ANY (ARRAY['invoice'::text, 'creditMemo'::text, 'payment'::text]))),
  CONSTRAINT posting_share_role_check CHECK ((role = ANY (ARRAY['settles'::text, 'gives'::text, 'writesOff'::text]))),
  CONSTRAINT posting_share_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id),
  CONSTRAINT posting_share_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_share_pkey PRIMARY KEY (posting_id, "position")
); -- row-level security, forced

CREATE INDEX posting_share_reserved ON posting_share USING btree (connection_id, document, external_id) WHERE (released_at IS NULL);
CREATE POLICY posting_share_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE posting_step (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  posting_id bigint NOT NULL,
  position integer NOT NULL,
  step_key text NOT NULL,
  step json NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  look_ups integer NOT NULL DEFAULT 0,
  sent_at timestamp with time zone,
  resend_after timestamp with time zone,
  answered_at timestamp with time zone,
  external_id text,
  problem text,
  booked json,
  attempts_before_retry integer NOT NULL DEFAULT 0,
  CONSTRAINT posting_step_posting_id_fkey FOREIGN KEY (posting_id) REFERENCES posting(id),
  CONSTRAINT posting_step_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT posting_step_pkey PRIMARY KEY (posting_id, "position"),
  CONSTRAINT posting_step_tenant_id_step_key_key UNIQUE (tenant_id, step_key)
); -- row-level security, forced

CREATE POLICY posting_step_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE quarantined_record (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  external_id text NOT NULL,
  raw_record_id bigint NOT NULL,
  content_hash bytea NOT NULL,
  problems jsonb NOT NULL,
  mapping_fingerprint text NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  dismissed_at timestamp with time zone,
  dismissed_by text,
  dismissed_because text,
  CONSTRAINT quarantined_record_dismissed_whole CHECK ((num_nonnulls(dismissed_at, dismissed_by, dismissed_because) = ANY (ARRAY[0, 3]))),
  CONSTRAINT quarantined_record_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT quarantined_record_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT quarantined_record_pkey PRIMARY KEY (connection_id, entity, external_id)
); -- row-level security, forced

CREATE POLICY quarantined_record_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE raw_record (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  external_id text NOT NULL,
  revision text NOT NULL,
  deleted boolean NOT NULL,
  content_hash bytea NOT NULL,
  payload json NOT NULL,
  sync_run_id bigint NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT raw_record_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE INDEX raw_record_history ON raw_record USING btree (connection_id, entity, external_id);
CREATE POLICY raw_record_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE received_document (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  content bytea NOT NULL,
  content_hash bytea NOT NULL,
  format text,
  source text NOT NULL,
  bank_account_id bigint,
  status text NOT NULL,
  findings jsonb NOT NULL DEFAULT '[]'::jsonb,
  counts jsonb NOT NULL DEFAULT '{}'::jsonb,
  layout jsonb,
  channel text NOT NULL DEFAULT 'Manual Upload'::text,
  sender text,
  uploaded_by text NOT NULL,
  uploaded_at timestamp with time zone NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  tried_at timestamp with time zone,
  finished_at timestamp with time zone,
  CONSTRAINT received_document_channel_check CHECK ((channel = ANY (ARRAY['Call'::text, 'Email'::text, 'Lockbox'::text, 'EDI'::text, 'Manual Upload'::text, 'Portal'::text, 'API'::text]))),
  CONSTRAINT received_document_status_check CHECK ((status = ANY (ARRAY['processing'::text, 'invalid'::text, 'processed'::text]))),
  CONSTRAINT received_document_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_account(id),
  CONSTRAINT received_document_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT received_document_pkey PRIMARY KEY (id),
  CONSTRAINT received_document_tenant_id_content_hash_key UNIQUE (tenant_id, content_hash)
); -- row-level security, forced

CREATE POLICY received_document_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE remittance (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  source text NOT NULL,
  received_document_id bigint,
  identity text,
  payer_name text,
  payer_id text,
  payee text,
  method text,
  reference text,
  total_minor bigint,
  currency character(3) NOT NULL,
  paid_on date,
  body text,
  bank_transaction_id bigint,
  status text NOT NULL DEFAULT 'processed'::text,
  findings jsonb NOT NULL DEFAULT '[]'::jsonb,
  created_by text NOT NULL DEFAULT 'hub'::text,
  place jsonb,
  version integer NOT NULL DEFAULT 1,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT remittance_source_check CHECK ((source = ANY (ARRAY['Call'::text, 'Email'::text, 'Lockbox'::text, 'EDI'::text, 'Manual Upload'::text, 'Portal'::text, 'API'::text]))),
  CONSTRAINT remittance_status_check CHECK ((status = ANY (ARRAY['processing'::text, 'invalid'::text, 'processed'::text]))),
  CONSTRAINT remittance_bank_transaction_id_fkey FOREIGN KEY (bank_transaction_id) REFERENCES bank_transaction(id),
  CONSTRAINT remittance_received_document_id_fkey FOREIGN KEY (received_document_id) REFERENCES received_document(id),
  CONSTRAINT remittance_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT remittance_pkey PRIMARY KEY (id),
  CONSTRAINT remittance_tenant_id_identity_key UNIQUE (tenant_id, identity)
); -- row-level security, forced

CREATE INDEX remittance_by_document ON remittance USING btree (received_document_id);
CREATE INDEX remittance_by_transaction ON remittance USING btree (bank_transaction_id);
CREATE POLICY remittance_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE remittance_layout (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  source_key text NOT NULL,
  layout jsonb NOT NULL,
  confirmed_by text NOT NULL,
  confirmed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT remittance_layout_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT remittance_layout_pkey PRIMARY KEY (tenant_id, source_key)
); -- row-level security, forced

CREATE POLICY remittance_layout_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE remittance_line (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  remittance_id bigint NOT NULL,
  position integer NOT NULL,
  reference text NOT NULL,
  kind text NOT NULL,
  paid_minor bigint,
  gross_minor bigint,
  discount_minor bigint,
  adjustments jsonb NOT NULL DEFAULT '[]'::jsonb,
  memo text,
  place jsonb,
  CONSTRAINT remittance_line_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit'::text, 'debit'::text, 'purchaseOrder'::text, 'onAccount'::text, 'adjustment'::text, 'other'::text]))),
  CONSTRAINT remittance_line_remittance_id_fkey FOREIGN KEY (remittance_id) REFERENCES remittance(id) ON DELETE CASCADE,
  CONSTRAINT remittance_line_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT remittance_line_pkey PRIMARY KEY (remittance_id, "position")
); -- row-level security, forced

CREATE POLICY remittance_line_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE request_key (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  key text NOT NULL,
  route text NOT NULL,
  body_hash bytea NOT NULL,
  status integer,
  response json,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT request_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT request_key_pkey PRIMARY KEY (tenant_id, key)
); -- row-level security, forced

CREATE POLICY request_key_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE sync_checkpoint (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  checkpoint jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  fresh_at timestamp with time zone,
  CONSTRAINT sync_checkpoint_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT sync_checkpoint_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT sync_checkpoint_pkey PRIMARY KEY (connection_id, entity)
); -- row-level security, forced

CREATE POLICY sync_checkpoint_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE sync_run (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  kind text NOT NULL,
  status text NOT NULL DEFAULT 'queued'::text,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  counts jsonb NOT NULL DEFAULT '{}'::jsonb,
  problem jsonb,
  tie_out text,
  tie_out_problem text,
  CONSTRAINT sync_run_kind_check CHECK ((kind = ANY (ARRAY['full'::text, 'incremental'::text, 'sweep'::text, 'deletions'::text, 'retryQuarantine'::text, 'tieOut'::text]))),
  CONSTRAINT sync_run_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'interrupted'::text]))),
  CONSTRAINT sync_run_tie_out_check CHECK ((tie_out = ANY (ARRAY['compared'::text, 'notOffered'::text, 'failed'::text]))),
  CONSTRAINT sync_run_tie_out_problem CHECK (((tie_out_problem IS NOT NULL) = (NOT (tie_out IS DISTINCT FROM 'failed'::text)))),
  CONSTRAINT sync_run_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id),
  CONSTRAINT sync_run_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT sync_run_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE INDEX sync_run_by_connection ON sync_run USING btree (connection_id, id DESC);
CREATE POLICY sync_run_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE tenant (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT tenant_pkey PRIMARY KEY (id),
  CONSTRAINT tenant_name_key UNIQUE (name)
); -- row-level security, forced

CREATE POLICY tenant_itself USING ((id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) OR (current_setting('tributary.all_tenants'::text, true) = 'on'::text)) WITH CHECK (current_setting('tributary.all_tenants'::text, true) = 'on'::text);
GRANT INSERT, SELECT TO tributary_app;

CREATE TABLE tenant_setting (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT tenant_setting_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT tenant_setting_pkey PRIMARY KEY (tenant_id, key)
); -- row-level security, forced

CREATE POLICY tenant_setting_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE tie_out_line (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  sync_run_id bigint NOT NULL,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  company_external_id text NOT NULL DEFAULT ''::text,
  currency character(3) NOT NULL,
  bucket text NOT NULL,
  source_count bigint NOT NULL,
  hub_count bigint NOT NULL,
  source_open_minor numeric(38,0) NOT NULL,
  hub_open_minor numeric(38,0) NOT NULL,
  CONSTRAINT tie_out_line_sync_run_id_fkey FOREIGN KEY (sync_run_id) REFERENCES sync_run(id),
  CONSTRAINT tie_out_line_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT tie_out_line_pkey PRIMARY KEY (sync_run_id, entity, company_external_id, currency, bucket)
); -- row-level security, forced

CREATE POLICY tie_out_line_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE touched_document (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  external_id text NOT NULL,
  CONSTRAINT touched_document_pkey PRIMARY KEY (connection_id, entity, external_id)
); -- row-level security, forced

CREATE POLICY touched_document_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;

CREATE TABLE uploaded_file (
  tenant_id bigint NOT NULL DEFAULT (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint,
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  connection_id bigint NOT NULL,
  entity text NOT NULL,
  name text NOT NULL,
  content bytea NOT NULL,
  content_hash bytea NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  refused_because text,
  uploaded_by text NOT NULL,
  uploaded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamp with time zone,
  CONSTRAINT uploaded_file_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'taken'::text, 'refused'::text]))),
  CONSTRAINT uploaded_file_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) ON DELETE CASCADE,
  CONSTRAINT uploaded_file_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
  CONSTRAINT uploaded_file_pkey PRIMARY KEY (id)
); -- row-level security, forced

CREATE UNIQUE INDEX uploaded_file_once ON uploaded_file USING btree (connection_id, entity, content_hash) WHERE (state <> 'refused'::text);
CREATE POLICY uploaded_file_of_tenant USING (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint) WITH CHECK (tenant_id = (NULLIF(current_setting('tributary.tenant_id'::text, true), ''::text))::bigint);
GRANT DELETE, INSERT, SELECT, UPDATE TO tributary_app;
