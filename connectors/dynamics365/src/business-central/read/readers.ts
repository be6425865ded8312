import type { EntityReader } from '#connector-kit';
import { CREDIT_MEMO_READER, INVOICE_READER } from './documents.js';
import { COMPANY_READER, LEDGER_ACCOUNT_READER, plainly, plainReader, withCustomers } from './lists.js';
import { PAYMENT_READER } from './payments.js';

export const READERS = {
  company: COMPANY_READER,
  ledgerAccount: LEDGER_ACCOUNT_READER,
  customer: plainReader('customers', plainly),
  contact: plainReader('contacts', withCustomers),
  invoice: INVOICE_READER,
  creditMemo: CREDIT_MEMO_READER,
  payment: PAYMENT_READER,
} as const satisfies Record<string, EntityReader>;
