import type { EntityReader } from '#connector-kit';
import { ledgerReader } from './ledger-reader.js';
import { listReader } from './list-reader.js';
import { COMPANIES, CUSTOMERS, PAYMENT_ACCOUNTS } from './lists.js';

export const READERS = {
  company: listReader(COMPANIES),
  ledgerAccount: listReader(PAYMENT_ACCOUNTS),
  customer: listReader(CUSTOMERS),
  invoice: ledgerReader('invoice'),
  creditMemo: ledgerReader('creditMemo'),
  payment: ledgerReader('payment'),
} as const satisfies Record<string, EntityReader>;
