import type { EntityReader } from '#connector-kit';
import { ledgerReader } from './ledger-reader.js';
import { listReader } from './list-reader.js';
import { COMPANIES, CUSTOMERS } from './lists.js';

export const READERS = {
  company: listReader(COMPANIES),
  customer: listReader(CUSTOMERS),
  invoice: ledgerReader('invoice'),
  creditMemo: ledgerReader('creditMemo'),
  payment: ledgerReader('payment'),
} as const satisfies Record<string, EntityReader>;
