import type { Filter, ListDefinition, Sort } from './list.js';

const COMMON_FILTERS = (alias: string): Record<string, Filter> => ({
  connectionId: { sql: `${alias}.connection_id = $::bigint`, kind: 'id', says: 'Of this connection' },
  externalId: { sql: `${alias}.external_id = $`, kind: 'text', says: 'The source\'s id' },
  updatedAfter: { sql: `${alias}.updated_at > $`, kind: 'instant', says: 'Changed in the hub after this instant' },
});
const COMMON_SORTS = (alias: string): Record<string, Sort> => ({
  id: { sql: `${alias}.id`, type: 'bigint' },
  updatedAt: { sql: `${alias}.updated_at`, type: 'timestamptz' },
});
const DOCUMENT_FILTERS = (alias: string): Record<string, Filter> => ({
  ...COMMON_FILTERS(alias),
  number: { sql: `${alias}.number = $`, kind: 'text', says: 'The document\'s number, exactly' },
  search: { sql: `${alias}.number ILIKE $ OR customer.name ILIKE $`, kind: 'contains', says: 'Part of the number or of the customer\'s name' },
  customerId: { sql: 'customer.id = $::bigint', kind: 'id', says: 'Of this customer' },
  companyExternalId: { sql: `${alias}.company_external_id = $`, kind: 'text', says: 'Of this legal entity, by the source\'s id' },
  currency: { sql: `${alias}.currency = $`, kind: 'text', says: 'ISO 4217 code' },
  status: { sql: `${alias}.status = $`, kind: 'text', says: 'Status of the document' },
});
const CUSTOMER_JOIN = (alias: string): string => `LEFT JOIN customer ON customer.connection_id = ${alias}.connection_id AND customer.external_id = ${alias}.customer_external_id`;
/** What finalized postings take from a document and the ERP does not show yet. */
const RESERVED = (alias: string, document: string): string => `(
  SELECT coalesce(sum(share.amount_minor), 0) FROM posting_share share
  WHERE share.connection_id = ${alias}.connection_id AND share.document = '${document}' AND share.external_id = ${alias}.external_id AND share.released_at IS NULL)`;
const LINEAGE = (alias: string): string => `${alias}.id, ${alias}.connection_id, ${alias}.external_id, ${alias}.raw_record_id, ${alias}.mapping_name, ${alias}.mapping_version,
  ${alias}.sync_run_id, ${alias}.extras, ${alias}.updated_at, ${alias}.deleted_at`;
const OPEN_FILTERS = (alias: string): Record<string, Filter> => ({
  open: { sql: `(${alias}.open_minor <> 0) = $`, kind: 'boolean', says: 'Whether anything is still open' },
  openMin: { sql: `${alias}.open_minor >= $::bigint`, kind: 'amount', says: 'Open amount at least; needs `currency`' },
  openMax: { sql: `${alias}.open_minor <= $::bigint`, kind: 'amount', says: 'Open amount at most; needs `currency`' },
});

export const INVOICES: ListDefinition = {
  select: `${LINEAGE('invoice')}, invoice.number, invoice.customer_external_id, customer.id AS customer_id, customer.name AS customer_name, invoice.company_external_id,
    invoice.currency, invoice.issued_on, invoice.due_on, invoice.total_minor, invoice.open_minor, ${RESERVED('invoice', 'invoice')} AS reserved_minor,
    invoice.status, invoice.purchase_order, invoice.memo, invoice.instalments`,
  from: `invoice ${CUSTOMER_JOIN('invoice')}`,
  where: 'invoice.deleted_at IS NULL',
  id: 'invoice.id',
  sorts: {
    ...COMMON_SORTS('invoice'),
    number: { sql: 'invoice.number', type: 'text' },
    dueOn: { sql: `coalesce(invoice.due_on, 'infinity')`, type: 'date' },
    issuedOn: { sql: 'invoice.issued_on', type: 'date' },
    open: { sql: 'invoice.open_minor', type: 'bigint' },
    total: { sql: 'invoice.total_minor', type: 'bigint' },
  },
  defaultSort: 'id',
  filters: {
    ...DOCUMENT_FILTERS('invoice'), ...OPEN_FILTERS('invoice'),
    dueBefore: { sql: 'invoice.due_on < $', kind: 'day', says: 'Due before this day' },
    dueAfter: { sql: 'invoice.due_on > $', kind: 'day', says: 'Due after this day' },
    purchaseOrder: { sql: 'invoice.purchase_order = $', kind: 'text', says: 'The customer\'s purchase order' },
  },
};

export const CREDIT_MEMOS: ListDefinition = {
  select: `${LINEAGE('credit_memo')}, credit_memo.number, credit_memo.customer_external_id, customer.id AS customer_id, customer.name AS customer_name,
    credit_memo.company_external_id, credit_memo.currency, credit_memo.issued_on, credit_memo.total_minor, credit_memo.open_minor,
    ${RESERVED('credit_memo', 'creditMemo')} AS reserved_minor, credit_memo.status, credit_memo.memo`,
  from: `credit_memo ${CUSTOMER_JOIN('credit_memo')}`,
  where: 'credit_memo.deleted_at IS NULL',
  id: 'credit_memo.id',
  sorts: { ...COMMON_SORTS('credit_memo'), number: { sql: 'credit_memo.number', type: 'text' }, issuedOn: { sql: 'credit_memo.issued_on', type: 'date' }, open: { sql: 'credit_memo.open_minor', type: 'bigint' } },
  defaultSort: 'id',
  filters: { ...DOCUMENT_FILTERS('credit_memo'), ...OPEN_FILTERS('credit_memo') },
};

export const PAYMENTS: ListDefinition = {
  select: `${LINEAGE('payment')}, payment.number, payment.kind, payment.customer_external_id, customer.id AS customer_id, customer.name AS customer_name,
    payment.company_external_id, payment.currency, payment.received_on, payment.total_minor, payment.unapplied_minor, payment.status, payment.reference,
    payment.idempotency_key, payment.memo`,
  from: `payment ${CUSTOMER_JOIN('payment')}`,
  where: 'payment.deleted_at IS NULL',
  id: 'payment.id',
  sorts: { ...COMMON_SORTS('payment'), receivedOn: { sql: 'payment.received_on', type: 'date' }, total: { sql: 'payment.total_minor', type: 'bigint' }, unapplied: { sql: 'payment.unapplied_minor', type: 'bigint' } },
  defaultSort: 'id',
  filters: {
    ...DOCUMENT_FILTERS('payment'),
    kind: { sql: 'payment.kind = $', kind: 'text', says: 'payment, deposit or journal' },
    onAccount: { sql: '(payment.unapplied_minor <> 0) = $', kind: 'boolean', says: 'Whether part of it is not applied yet' },
    reference: { sql: 'payment.reference = $', kind: 'text', says: 'Cheque number or bank reference' },
  },
};

export const CUSTOMERS: ListDefinition = {
  select: `${LINEAGE('customer')}, customer.number, customer.name, customer.other_names, customer.parent_external_id, customer.company_external_id,
    customer.currency, customer.email, customer.phone, customer.active`,
  from: 'customer',
  where: 'customer.deleted_at IS NULL',
  id: 'customer.id',
  sorts: { ...COMMON_SORTS('customer'), name: { sql: 'customer.name', type: 'text' }, number: { sql: `coalesce(customer.number, '')`, type: 'text' } },
  defaultSort: 'id',
  filters: {
    ...COMMON_FILTERS('customer'),
    search: { sql: 'customer.name ILIKE $ OR customer.number ILIKE $', kind: 'contains', says: 'Part of the name or number' },
    number: { sql: 'customer.number = $', kind: 'text', says: 'The customer\'s number, exactly' },
    active: { sql: 'customer.active = $', kind: 'boolean', says: 'Whether the source has it active' },
    parentExternalId: { sql: 'customer.parent_external_id = $', kind: 'text', says: 'Children of this customer, by the source\'s id' },
  },
};

export const CONTACTS: ListDefinition = {
  select: `${LINEAGE('contact')}, contact.customer_external_id, customer.id AS customer_id, contact.name, contact.role, contact.email, contact.phone, contact.is_primary, contact.active`,
  from: `contact ${CUSTOMER_JOIN('contact')}`,
  where: 'contact.deleted_at IS NULL',
  id: 'contact.id',
  sorts: { ...COMMON_SORTS('contact'), name: { sql: 'contact.name', type: 'text' } },
  defaultSort: 'id',
  filters: {
    ...COMMON_FILTERS('contact'),
    customerId: { sql: 'customer.id = $::bigint', kind: 'id', says: 'Of this customer' },
    search: { sql: 'contact.name ILIKE $ OR contact.email ILIKE $', kind: 'contains', says: 'Part of the name or address' },
  },
};

export const COMPANIES: ListDefinition = {
  select: `${LINEAGE('company')}, company.name, company.parent_external_id, company.currency, company.active`,
  from: 'company', where: 'company.deleted_at IS NULL', id: 'company.id',
  sorts: { ...COMMON_SORTS('company'), name: { sql: 'company.name', type: 'text' } },
  defaultSort: 'id',
  filters: COMMON_FILTERS('company'),
};

export const LEDGER_ACCOUNTS: ListDefinition = {
  select: `${LINEAGE('ledger_account')}, ledger_account.number, ledger_account.name, ledger_account.kind, ledger_account.currency, ledger_account.company_external_id, ledger_account.active`,
  from: 'ledger_account', where: 'ledger_account.deleted_at IS NULL', id: 'ledger_account.id',
  sorts: { ...COMMON_SORTS('ledger_account'), name: { sql: 'ledger_account.name', type: 'text' } },
  defaultSort: 'id',
  filters: {
    ...COMMON_FILTERS('ledger_account'),
    kind: { sql: 'ledger_account.kind = $', kind: 'text', says: 'bank, receivable, income, expense or other' },
    search: { sql: 'ledger_account.name ILIKE $ OR ledger_account.number ILIKE $', kind: 'contains', says: 'Part of the name or number' },
  },
};

export const ALLOCATIONS: ListDefinition = {
  select: `allocation.id, allocation.connection_id, allocation.source_entity, allocation.source_external_id, allocation.invoice_external_id, invoice.id AS invoice_id,
    invoice.number AS invoice_number, allocation.line_external_id, allocation.currency, allocation.amount_minor, allocation.discount_minor, allocation.applied_on`,
  from: 'allocation LEFT JOIN invoice ON invoice.connection_id = allocation.connection_id AND invoice.external_id = allocation.invoice_external_id',
  id: 'allocation.id',
  sorts: { id: { sql: 'allocation.id', type: 'bigint' } },
  defaultSort: 'id',
  filters: {
    connectionId: { sql: 'allocation.connection_id = $::bigint', kind: 'id', says: 'Of this connection' },
    invoiceId: { sql: 'invoice.id = $::bigint', kind: 'id', says: 'To this invoice' },
    sourceEntity: { sql: 'allocation.source_entity = $', kind: 'text', says: 'payment or creditMemo' },
    sourceExternalId: { sql: 'allocation.source_external_id = $', kind: 'text', says: 'Of this document, by the source\'s id' },
  },
};
