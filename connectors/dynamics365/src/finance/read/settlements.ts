import type { JsonObject } from '#canonical';
import type { Context } from '#connector-kit';
import { rowsOf } from '../service.js';
import { ALTERNATIVES_MAX, anyOf, companyOf, externalIdOf, field, negated, slices, sumText, type Row } from '../words.js';

export const SETTLEMENT_ENTITY = 'CustSettlementBiEntities';
export const SETTLEMENT_COLUMNS = [
  'dataAreaId', 'SourceKey', 'TransRecId', 'TransCompany', 'OffsetRecid', 'OffsetCompany', 'SettleAmountCur', 'UtilizedCashDisc', 'TransDate', 'CreatedOn',
] as const;

/** Net of everything that settles one pair of transactions, seen from the one that is asked about. Positive. */
export interface Allocation {
  readonly invoice: string;
  readonly amount: string;
  readonly discount: string;
  readonly appliedOn: string;
}

/** What is known of one transaction's settlements. */
export interface SettlementsOf {
  readonly allocations: readonly Allocation[];
  /** Grows with every settlement and every undoing of one, which adds rows: the youngest moment, and how many. */
  readonly revision: string;
}

/** Half as many alternatives as elsewhere: each record is named twice. */
const RECORDS_MAX = ALTERNATIVES_MAX / 2;

/** Settlements of these transactions, by record id; those without any are absent. */
export async function settlementsOf(context: Context, recordIds: readonly string[]): Promise<ReadonlyMap<string, SettlementsOf>> {
  const rows: Row[] = [];
  for (const slice of slices([...new Set(recordIds)], RECORDS_MAX)) {
    const filter = anyOf(slice.flatMap((id) => [`TransRecId eq ${id}`, `OffsetRecid eq ${id}`]));
    rows.push(...await rowsOf(context, { entity: SETTLEMENT_ENTITY, filter, select: SETTLEMENT_COLUMNS, order: ['SourceKey'] }));
  }
  return grouped(distinct(rows), recordIds);
}

/** A pair whose both sides were asked for comes with either. */
function distinct(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [`${companyOf(row)}/${field(row, 'SourceKey')}`, row])).values()];
}

/** Pure part of {@link settlementsOf}. */
export function grouped(rows: readonly Row[], recordIds: readonly string[]): ReadonlyMap<string, SettlementsOf> {
  const found = new Map<string, SettlementsOf>();
  for (const id of new Set(recordIds)) {
    const mine = rows.filter((row) => field(row, 'TransRecId') === id || field(row, 'OffsetRecid') === id);
    if (mine.length > 0) found.set(id, { allocations: allocationsOf(id, mine), revision: revisionOf(mine) });
  }
  return found;
}

/**
 * Finance writes a row for each side of a pair (reference 3.4, unconfirmed), so the rows of our side are the whole truth where there are any;
 * where an environment writes one row alone, the other side's is taken with its sign turned. Undoing adds opposite rows: the sum is what holds.
 */
function allocationsOf(id: string, rows: readonly Row[]): readonly Allocation[] {
  const byOther = new Map<string, { own: Row[]; other: Row[] }>();
  for (const row of rows) {
    const isOwn = field(row, 'TransRecId') === id;
    const other = isOwn
      ? externalIdOf(companyOf(row, 'OffsetCompany') || companyOf(row), field(row, 'OffsetRecid'))
      : externalIdOf(companyOf(row, 'TransCompany') || companyOf(row), field(row, 'TransRecId'));
    const pair = byOther.get(other) ?? { own: [], other: [] };
    (isOwn ? pair.own : pair.other).push(row);
    byOther.set(other, pair);
  }
  return [...byOther].map(([invoice, pair]) => allocationOf(invoice, pair)).filter(({ amount }) => amount !== '0');
}

function allocationOf(invoice: string, { own, other }: { readonly own: readonly Row[]; readonly other: readonly Row[] }): Allocation {
  const counted = own.length > 0 ? own : other;
  const sum = sumText(counted.map((row) => field(row, 'SettleAmountCur')));
  const discount = sumText([...own, ...other].map((row) => field(row, 'UtilizedCashDisc')));
  const days = counted.map((row) => field(row, 'TransDate')).toSorted();
  return { invoice, amount: magnitude(sum), discount: magnitude(discount), appliedOn: days.at(-1) ?? '' };
}

function magnitude(amount: string): string {
  return amount.startsWith('-') ? negated(amount) : amount;
}

const COUNT_DIGITS = 6;

function revisionOf(rows: readonly Row[]): string {
  const youngest = rows.map((row) => field(row, 'CreatedOn')).toSorted().at(-1) ?? '';
  return `${youngest}#${String(rows.length).padStart(COUNT_DIGITS, '0')}`;
}

export function allocationPayload({ invoice, amount, discount, appliedOn }: Allocation): JsonObject {
  return { invoice, amount, appliedOn, discount: discount === '0' ? '' : discount };
}
