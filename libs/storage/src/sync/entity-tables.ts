import type { Allocation, EntityName, EntityRecords, Money } from '#canonical';

/** A column of a canonical table and how a record's value becomes its COPY text. Null is SQL null. */
interface Column<R> {
  readonly name: string;
  readonly type: string;
  readonly text: (record: R) => string | null;
}

export interface EntityTable<R> {
  readonly table: string;
  readonly columns: readonly Column<R>[];
  /** The applications a document carries; null for records that carry none. */
  readonly allocations: ((record: R) => readonly Allocation[]) | null;
}

const minor = (money: Money): string => money.minor.toString();
const flag = (value: boolean): string => (value ? 't' : 'f');
/** A Postgres array literal; every element quoted, so that braces and commas in names stay text. */
const textArray = (values: readonly string[]): string => `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;

function column<R>(name: string, type: string, text: (record: R) => string | null): Column<R> {
  return { name, type, text };
}

const company: EntityTable<EntityRecords['company']> = {
  table: 'company',
  columns: [
    column('name', 'text', (record) => record.name),
    column('parent_external_id', 'text', (record) => record.parentExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('active', 'boolean', (record) => flag(record.active)),
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
    column('active', 'boolean', (record) => flag(record.active)),
  ],
  allocations: null,
};

const customer: EntityTable<EntityRecords['customer']> = {
  table: 'customer',
  columns: [
    column('number', 'text', (record) => record.number),
    column('name', 'text', (record) => record.name),
    column('other_names', 'text[]', (record) => textArray(record.otherNames)),
    column('parent_external_id', 'text', (record) => record.parentExternalId),
    column('company_external_id', 'text', (record) => record.companyExternalId),
    column('currency', 'char(3)', (record) => record.currency),
    column('email', 'text', (record) => record.email),
    column('phone', 'text', (record) => record.phone),
    column('active', 'boolean', (record) => flag(record.active)),
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
    column('is_primary', 'boolean', (record) => flag(record.primary)),
    column('active', 'boolean', (record) => flag(record.active)),
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
    column('total_minor', 'bigint', (record) => minor(record.total)),
    column('open_minor', 'bigint', (record) => minor(record.open)),
    column('status', 'text', (record) => record.status),
    column('purchase_order', 'text', (record) => record.purchaseOrder),
    column('memo', 'text', (record) => record.memo),
    column('instalments', 'jsonb', (record) => (record.instalments.length === 0 ? '[]' : JSON.stringify(record.instalments.map((instalment) => (
      { number: instalment.number, dueOn: instalment.dueOn, totalMinor: minor(instalment.total), openMinor: minor(instalment.open) }))))),
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
    column('total_minor', 'bigint', (record) => minor(record.total)),
    column('open_minor', 'bigint', (record) => minor(record.open)),
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
    column('total_minor', 'bigint', (record) => minor(record.total)),
    column('unapplied_minor', 'bigint', (record) => minor(record.unapplied)),
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
