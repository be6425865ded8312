import type { ListDefinition } from '../lists/list.js';
import { RECEIVED_DOCUMENT_COLUMNS } from './received-document-records.js';
import { BANK_TRANSACTION_FROM, BANK_TRANSACTION_SELECT } from './bank-transaction-records.js';
import { REMITTANCE_FROM, REMITTANCE_SELECT } from './remittance-records.js';

export const RECEIVED_DOCUMENTS: ListDefinition = {
  select: RECEIVED_DOCUMENT_COLUMNS,
  from: 'received_document',
  id: 'received_document.id',
  sorts: { id: { sql: 'received_document.id', type: 'bigint' }, name: { sql: 'received_document.name', type: 'text' }, uploadedAt: { sql: 'received_document.uploaded_at', type: 'timestamptz' } },
  defaultSort: '-id',
  filters: {
    status: { sql: 'received_document.status = $', kind: 'text', says: 'processing, invalid or processed' },
    source: { sql: 'received_document.source = $', kind: 'text', says: 'Where it came from, exactly' },
    search: { sql: 'received_document.name ILIKE $', kind: 'contains', says: 'Part of the name' },
    bankAccountId: {
      sql: 'received_document.bank_account_id = $::bigint OR EXISTS (SELECT FROM bank_statement WHERE bank_statement.received_document_id = received_document.id AND bank_statement.bank_account_id = $::bigint)',
      kind: 'id', says: 'With a statement of this bank account',
    },
    uploadedAfter: { sql: 'received_document.uploaded_at > $', kind: 'instant', says: 'Handed in after this instant' },
  },
};

export const BANK_ACCOUNTS: ListDefinition = {
  select: 'bank_account.*',
  from: 'bank_account',
  id: 'bank_account.id',
  sorts: { id: { sql: 'bank_account.id', type: 'bigint' }, name: { sql: 'bank_account.name', type: 'text' }, accountNumber: { sql: 'bank_account.account_number', type: 'text' } },
  defaultSort: 'id',
  filters: {
    search: { sql: 'bank_account.name ILIKE $ OR bank_account.account_number ILIKE $', kind: 'contains', says: 'Part of the name or number' },
    currency: { sql: 'bank_account.currency = $', kind: 'text', says: 'ISO 4217 code' },
    connectionId: { sql: 'bank_account.connection_id = $::bigint', kind: 'id', says: 'Linked to this connection' },
    linked: { sql: '(bank_account.connection_id IS NOT NULL) = $', kind: 'boolean', says: 'Whether it is linked to a connection' },
  },
};

export const BANK_TRANSACTIONS: ListDefinition = {
  select: BANK_TRANSACTION_SELECT,
  from: BANK_TRANSACTION_FROM,
  id: 'bank_transaction.id',
  sorts: {
    id: { sql: 'bank_transaction.id', type: 'bigint' },
    bookedOn: { sql: 'bank_transaction.booked_on', type: 'date' },
    amount: { sql: 'bank_transaction.amount_minor', type: 'bigint' },
    payerName: { sql: `coalesce(bank_transaction.payer_name, '')`, type: 'text' },
    updatedAt: { sql: 'bank_transaction.updated_at', type: 'timestamptz' },
  },
  defaultSort: '-id',
  filters: {
    status: { sql: 'bank_transaction.status = $', kind: 'text', says: 'potentialPayment, needsAllocation, readyToPost, posting, posted, attention or notPayment' },
    bankAccountId: { sql: 'bank_transaction.bank_account_id = $::bigint', kind: 'id', says: 'Of this bank account' },
    receivedDocumentId: { sql: 'bank_statement.received_document_id = $::bigint', kind: 'id', says: 'First brought by this file' },
    feedConnectionId: {
      sql: 'bank_transaction.bank_feed_account_id IN (SELECT id FROM bank_feed_account WHERE connection_id = $::bigint)', kind: 'id', says: 'Brought by the bank feed of this connection',
    },
    kind: { sql: 'bank_transaction.kind = $', kind: 'text', says: 'ach, wire, check, lockbox, card, transfer, fee, interest or other' },
    currency: { sql: 'bank_transaction.currency = $', kind: 'text', says: 'ISO 4217 code' },
    amountMin: { sql: 'bank_transaction.amount_minor >= $::bigint', kind: 'amount', says: 'Amount at least, money in positive; needs `currency`' },
    amountMax: { sql: 'bank_transaction.amount_minor <= $::bigint', kind: 'amount', says: 'Amount at most; needs `currency`' },
    bookedFrom: { sql: 'bank_transaction.booked_on >= $', kind: 'day', says: 'Booked on this day or later' },
    bookedTo: { sql: 'bank_transaction.booked_on <= $', kind: 'day', says: 'Booked on this day or earlier' },
    search: {
      sql: `bank_transaction.memo ILIKE $ OR bank_transaction.payer_name ILIKE $ OR bank_transaction.bank_reference ILIKE $ OR bank_transaction.customer_reference ILIKE $
        OR bank_transaction.check_number ILIKE $`,
      kind: 'contains', says: 'Part of the text, the payer or a reference',
    },
    pending: { sql: 'bank_transaction.pending = $', kind: 'boolean', says: 'Whether the bank has not booked it yet' },
    withdrawn: { sql: 'bank_transaction.withdrawn = $', kind: 'boolean', says: 'Whether the bank took it back' },
    updatedAfter: { sql: 'bank_transaction.updated_at > $', kind: 'instant', says: 'Changed after this instant' },
  },
};

export const REMITTANCES: ListDefinition = {
  select: REMITTANCE_SELECT,
  from: REMITTANCE_FROM,
  id: 'remittance.id',
  sorts: {
    id: { sql: 'remittance.id', type: 'bigint' },
    receivedAt: { sql: 'remittance.received_at', type: 'timestamptz' },
    paidOn: { sql: `coalesce(remittance.paid_on, 'infinity')`, type: 'date' },
  },
  defaultSort: '-id',
  filters: {
    source: { sql: 'remittance.source = $', kind: 'text', says: 'Call, Email, Lockbox, EDI, Manual Upload, Portal or API' },
    status: { sql: 'remittance.status = $', kind: 'text', says: 'processing, invalid or processed' },
    currency: { sql: 'remittance.currency = $', kind: 'text', says: 'ISO 4217 code' },
    totalMin: { sql: 'remittance.total_minor >= $::bigint', kind: 'amount', says: 'Total at least; needs `currency`' },
    totalMax: { sql: 'remittance.total_minor <= $::bigint', kind: 'amount', says: 'Total at most; needs `currency`' },
    linked: { sql: '(remittance.bank_transaction_id IS NOT NULL) = $', kind: 'boolean', says: 'Whether it is linked to a bank transaction' },
    receivedDocumentId: { sql: 'remittance.received_document_id = $::bigint', kind: 'id', says: 'Read from this document' },
    bankTransactionId: { sql: 'remittance.bank_transaction_id = $::bigint', kind: 'id', says: 'Linked to this bank transaction' },
    search: {
      sql: `remittance.payer_name ILIKE $ OR remittance.reference ILIKE $ OR EXISTS (SELECT FROM remittance_line line WHERE line.remittance_id = remittance.id AND line.reference ILIKE $)`,
      kind: 'contains', says: 'Part of the payer, the reference or a line\'s reference',
    },
    receivedAfter: { sql: 'remittance.received_at > $', kind: 'instant', says: 'Received after this instant' },
  },
};

export const ACH_ENTRIES: ListDefinition = {
  select: 'ach_entry.*',
  from: 'ach_entry',
  id: 'ach_entry.id',
  sorts: { id: { sql: 'ach_entry.id', type: 'bigint' }, receivedAt: { sql: 'ach_entry.received_at', type: 'timestamptz' } },
  defaultSort: '-id',
  filters: {
    kind: { sql: 'ach_entry.kind = $', kind: 'text', says: 'return, dishonoredReturn, contestedReturn or notificationOfChange' },
    code: { sql: 'ach_entry.code = $', kind: 'text', says: 'R01, C01, ...' },
    receivedDocumentId: { sql: 'ach_entry.received_document_id = $::bigint', kind: 'id', says: 'Read from this document' },
    search: { sql: `ach_entry.trace ILIKE $ OR ach_entry.original_trace ILIKE $ OR ach_entry.receiver->>'name' ILIKE $`, kind: 'contains', says: 'Part of a trace number or of the receiver\'s name' },
    receivedAfter: { sql: 'ach_entry.received_at > $', kind: 'instant', says: 'Received after this instant' },
  },
};

export const NON_PAYMENT_RULES: ListDefinition = {
  select: 'non_payment_rule.*',
  from: 'non_payment_rule',
  id: 'non_payment_rule.id',
  sorts: { id: { sql: 'non_payment_rule.id', type: 'bigint' } },
  defaultSort: 'id',
  filters: {
    field: { sql: 'non_payment_rule.field = $', kind: 'text', says: 'memo, payerName, payerId or code' },
    search: { sql: 'non_payment_rule.value ILIKE $ OR non_payment_rule.because ILIKE $', kind: 'contains', says: 'Part of the value or the reason' },
  },
};
