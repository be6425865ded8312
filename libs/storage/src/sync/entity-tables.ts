import type { Allocation, EntityName, EntityRecords, LocalDate, Money } from '#canonical';
import type { CopyRows } from './copy-rows.js';

/** How a value of each column type is written. Null is SQL null. */
const WRITERS = {
  'text': (rows: CopyRows, value: string) => { rows.text(value); },
  'char(3)': (rows: CopyRows, value: string) => { rows.text(value); },
  'date': (rows: CopyRows, value: LocalDate) => { rows.date(value); },
  'bigint': (rows: CopyRows, value: Money) => { rows.bigint(value.minor); },
  'boolean': (rows: CopyRows, value: boolean) => { rows.boolean(value); },
  'text[]': (rows: CopyRows, value: readonly string[]) => { rows.texts(value); },
  'jsonb': (rows: CopyRows, value: string) => { rows.jsonb(value); },
} as const;

type ColumnType = keyof typeof WRITERS;
type ValueOf<T extends ColumnType> = Parameters<typeof WRITERS[T]>[1];

/** A column of a canonical table and how a record's value is written into a row of the staging COPY. */
interface Column<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly write: (rows: CopyRows, record: R) => void;
}

export interface EntityTable<R> {
  readonly table: string;
  readonly columns: readonly Column<R>[];
  /** The applications a document carries; null for records that carry none. */
  readonly allocations: ((record: R) => readonly Allocation[]) | null;
}

/** An amount is stored as its minor units; the currency stands in a column of its own. */
function column<R, T extends ColumnType>(name: string, type: T, value: (record: R) => ValueOf<T> | null): Column<R> {
  const write = WRITERS[type] as (rows: CopyRows, value: ValueOf<T>) => void;
  return {
    name, type,
    write: (rows, record) => {
      const given = value(record);
      if (given === null) rows.null();
      else write(rows, given);
    },
  };
}

const company: EntityTable<EntityRecords['company']> = {
  table: 'company',
  columns: [
    column('name', 'text', (record) => record.name),
    column('parent_external_id', 'text', (record) => record.parentExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('active', 'boolean', (record) => record.active),
  ],
  allocations: null,
};

const ledgerAccount: EntityTable<EntityRecords['ledgerAccount']> = {
  table: 'ledger_account',
  columns: [
    column('number', 'text', (record) => record.number),
    column('name', 'text', (record) => record.name),
    column('kind', 'text', (record) => record.kind),
    column('currency', 'char(3)', (record) => record.currency),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('active', 'boolean', (record) => record.active),
  ],
  allocations: null,
};

const customer: EntityTable<EntityRecords['customer']> = {
  table: 'customer',
  columns: [
    column('number', 'text', (record) => record.number),
    column('name', 'text', (record) => record.name),
    column('other_names', 'text[]', (record) => record.otherNames),
    column('parent_external_id', 'text', (record) => record.parentExternalId),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('email', 'text', (record) => record.email),
    column('phone', 'text', (record) => record.phone),
    column('active', 'boolean', (record) => record.active),
  ],
  allocations: null,
};

const contact: EntityTable<EntityRecords['contact']> = {
  table: 'contact',
  columns: [
    column('customer_external_id', 'text', (record) => record.customerExternalId),
    column('name', 'text', (record) => record.name),
    column('role', 'text', (record) => record.role),
    column('email', 'text', (record) => record.email),
    column('phone', 'text', (record) => record.phone),
    column('is_primary', 'boolean', (record) => record.primary),
    column('active', 'boolean', (record) => record.active),
  ],
  allocations: null,
};

const invoice: EntityTable<EntityRecords['invoice']> = {
  table: 'invoice',
  columns: [
    column('number', 'text', (record) => record.number),
    column('customer_external_id', 'text', (record) => record.customerExternalId),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('issued_on', 'date', (record) => record.issuedOn),
    column('due_on', 'date', (record) => record.dueOn),
    column('total_minor', 'bigint', (record) => record.total),
    column('open_minor', 'bigint', (record) => record.open),
    column('status', 'text', (record) => record.status),
    column('purchase_order', 'text', (record) => record.purchaseOrder),
    column('memo', 'text', (record) => record.memo),
    column('instalments', 'jsonb', (record) => (record.instalments.length === 0 ? '[]' : JSON.stringify(record.instalments.map((instalment) => (
      { number: instalment.number, dueOn: instalment.dueOn, totalMinor: instalment.total.minor.toString(), openMinor: instalment.open.minor.toString() }))))),
  ],
  allocations: null,
};

const creditMemo: EntityTable<EntityRecords['creditMemo']> = {
  table: 'credit_memo',
  columns: [
    column('number', 'text', (record) => record.number),
    column('customer_external_id', 'text', (record) => record.customerExternalId),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('issued_on', 'date', (record) => record.issuedOn),
    column('total_minor', 'bigint', (record) => record.total),
    column('open_minor', 'bigint', (record) => record.open),
    column('status', 'text', (record) => record.status),
    column('memo', 'text', (record) => record.memo),
  ],
  allocations: (record) => record.allocations,
};

const payment: EntityTable<EntityRecords['payment']> = {
  table: 'payment',
  columns: [
    column('number', 'text', (record) => record.number),
    column('kind', 'text', (record) => record.kind),
    column('customer_external_id', 'text', (record) => record.customerExternalId),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('received_on', 'date', (record) => record.receivedOn),
    column('total_minor', 'bigint', (record) => record.total),
    column('unapplied_minor', 'bigint', (record) => record.unapplied),
    column('status', 'text', (record) => record.status),
    column('reference', 'text', (record) => record.reference),
    column('idempotency_key', 'text', (record) => record.idempotencyKey),
    column('memo', 'text', (record) => record.memo),
  ],
  allocations: (record) => record.allocations,
};

const TABLES: { readonly [E in EntityName]: EntityTable<EntityRecords[E]> } = { company, ledgerAccount, customer, contact, invoice, creditMemo, payment };

export function entityTable<E extends EntityName>(entity: E): EntityTable<EntityRecords[E]> {
  return TABLES[entity];
}
