import type { JsonObject } from '#canonical';
import type { Context, SourceRecord } from '#connector-kit';
import { listOf, objectOf } from '../../odata/json.js';
import { rowsOf } from '../service.js';
import { allOf, anyOf, companyOf, externalIdOf, field, recordIdOf, slices, sumText, type Row } from '../words.js';
import { columnsOf } from './columns.js';
import { KIND_FILTERS, type LedgerKind } from './kinds.js';
import { companiesFilter, withoutAnnotations } from './lists.js';
import { allocationPayload, settlementsOf, type SettlementsOf } from './settlements.js';

export const LEDGER_ENTITY = 'CustTransactions';
export const OPEN_ENTITY = 'CustTransOpens';
/** The open rows of a transaction, one for each instalment; first level, as Finance expands no deeper (reference 3.1). */
export const OPEN_ROWS = 'CustTransOpen';

export const LEDGER_COLUMNS = [
  'dataAreaId', 'SysRecId', 'AccountNum', 'TransType', 'TransDate', 'DocumentDate', 'DueDate', 'Invoice', 'Voucher', 'CurrencyCode', 'AmountCur', 'SettleAmountCur', 'Closed',
  'LastSettleDate', 'PaymReference', 'PaymId', 'PaymMode', 'CancelledPayment', 'Txt',
] as const;

/** A transaction's revision before anything settled it: less than every moment. */
const UNSETTLED = '0';

/** Everything a page of transactions needs beside itself: what settles them. */
export async function ledgerRecords(context: Context, rows: readonly Row[]): Promise<readonly SourceRecord[]> {
  const settlements = await settlementsOf(context, rows.map((row) => field(row, 'SysRecId')));
  return rows.map((row) => ledgerRecord(row, settlements.get(field(row, 'SysRecId'))));
}

/** The record as received, with what is open summed over its open rows and what it settles. */
export function ledgerRecord(row: Row, settled: SettlementsOf | undefined): SourceRecord {
  const company = companyOf(row);
  const id = externalIdOf(company, field(row, 'SysRecId'));
  const payload: JsonObject = {
    ...withoutAnnotations(row), id, company, customer: externalIdOf(company, field(row, 'AccountNum')), open: openOf(row), status: statusOf(row),
    allocations: (settled?.allocations ?? []).map(allocationPayload),
  };
  return { externalId: id, revision: settled?.revision ?? UNSETTLED, deleted: false, payload };
}

/** Still open, with the sign the ledger has: invoices positive, money and credit notes negative. */
export function openOf(row: Row): string {
  return sumText(openRowsOf(row).map((open) => field(open, 'AmountCur')));
}

export function openRowsOf(row: Row): readonly Row[] {
  return listOf(row[OPEN_ROWS]).map(objectOf);
}

function statusOf(row: Row): string {
  if (field(row, 'CancelledPayment') === 'Yes') return 'void';
  return openOf(row) === '0' ? 'settled' : 'open';
}

/** Transactions by external id, those of one kind or of any; ids that are gone do not come. */
export async function transactionsByIds(context: Context, externalIds: readonly string[], kind: LedgerKind | null): Promise<readonly Row[]> {
  const ids = [...new Set(externalIds.map(recordIdOf).filter((id) => id !== null))];
  const wanted = new Set(externalIds);
  const rows: Row[] = [];
  for (const slice of slices(ids)) {
    const filter = allOf([companiesFilter(context, 'dataAreaId'), kind === null ? null : KIND_FILTERS[kind], anyOf(slice.map((id) => `SysRecId eq ${id}`))]);
    rows.push(...await rowsOf(context, { entity: LEDGER_ENTITY, filter, select: columnsOf(context, LEDGER_ENTITY, LEDGER_COLUMNS), expand: OPEN_ROWS, order: ['SysRecId'] }));
  }
  return rows.filter((row) => wanted.has(externalIdOf(companyOf(row), field(row, 'SysRecId'))));
}
