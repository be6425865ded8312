import { formatMoney, type Money, type RemittanceLine, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { settleAmounts } from '../remittance-table/line-arithmetic.js';
import { totalWord } from '../remittance-table/remittance-words.js';
import { kindOfPrefix } from '../text/reference-finder.js';
import type { AmountStyle } from '../text/prose-amounts.js';
import { adviceAmount, looksLikeAmount } from './advice-amounts.js';
import { type AdviceColumn, type AdviceHeader } from './advice-columns.js';
import { factOf } from './advice-labels.js';
import { type PageRow, underHeader, whereOf } from './page-rows.js';

/** Sums that only paper has, at the foot of a page: they count nothing. */
const PAGE_SUM = /^(?:page total|carried (?:forward|over)|brought forward|übertrag|report|à reporter|suma y sigue|transport)\b/i;
const MONEY: readonly AdviceColumn[] = ['gross', 'discount', 'deduction', 'paid'];

/** What a table's rows say. */
export interface ReadTable {
  readonly lines: readonly RemittanceLine[];
  readonly totals: readonly { readonly money: Money; readonly where: Where }[];
}

/** The amounts of one row as written. */
type RowAmounts = Partial<Record<AdviceColumn, Money>>;

/** Reads the rows below a header. A row of an item whose amounts cannot be read is an error finding and not taken. */
export function readTable(header: AdviceHeader, rows: readonly PageRow[], style: AmountStyle, findings: FindingList): ReadTable {
  const lines: RemittanceLine[] = [];
  const totals: { money: Money; where: Where }[] = [];
  for (const row of rows) {
    const cells = underHeader(header.row.cells, row.cells);
    const cell = (role: AdviceColumn): string => cells[header.roles.indexOf(role)]?.trim() ?? '';
    const first = row.cells[0]?.text ?? '';
    if (PAGE_SUM.test(first) || totalWord(first) === 'subtotal') continue;
    const amounts = rowAmounts(row, cell, style, findings);
    if (amounts === null) continue;
    const total = row.cells.some(({ text }) => factOf(text.replace(/[:：].*$/, '').replace(/\s[\p{Sc}A-Z]{0,4}\s?[\d.,'’ ()-]+$/u, '')) === 'total');
    const paid = amounts.paid ?? amounts.gross;
    if (total && paid !== undefined) totals.push({ money: paid, where: whereOf(row, row.cells.at(-1)) });
    else if (!total && paid !== undefined) lines.push(itemLine(row, cell, amounts, findings));
  }
  return { lines, totals };
}

/** Amounts of a row; null for a row without any, and for one of which one cannot be read: that is said. */
function rowAmounts(row: PageRow, cell: (role: AdviceColumn) => string, style: AmountStyle, findings: FindingList): RowAmounts | null {
  const amounts: RowAmounts = {};
  const named = cell('reference') !== '' && /\d/.test(cell('reference'));
  for (const role of MONEY) {
    const text = cell(role);
    if (text === '' || /^[-–—]+$/.test(text)) continue;
    const read = looksLikeAmount(text) || /^\d+$/.test(text) ? adviceAmount(text, style) : 'it is no amount; enter it by hand';
    if (typeof read !== 'string') amounts[role] = read;
    else if (!named && !looksLikeAmount(text)) return null;
    else {
      const shown = row.cells.find((one) => one.text === text) ?? row.cells[0];
      findings.error(whereOf(row, shown), text, `the row ${cell('reference')} was not taken: ${role} cannot be read: ${read}`);
      return null;
    }
  }
  if (named && amounts.paid === undefined && amounts.gross === undefined && row.cells.length > 1) {
    findings.warning(whereOf(row, row.cells[0]), row.cells.map(({ text }) => text).join(' '), 'a row without an amount; if it is an item, enter it by hand');
  }
  return amounts;
}

function itemLine(row: PageRow, cell: (role: AdviceColumn) => string, amounts: RowAmounts, findings: FindingList): RemittanceLine {
  const where = whereOf(row, row.cells[0]);
  const { paid, gross, discount, deduction: adjustment, computed } = settleAmounts({ paid: amounts.paid ?? null, gross: amounts.gross ?? null, discount: takenOff(amounts.discount), deduction: takenOff(amounts.deduction) });
  if (computed !== null && paid !== null && gross !== null) {
    findings.warning(where, formatMoney(paid), `the row does not add up: ${formatMoney(gross)} less what is taken off is ${formatMoney(computed)}, the row says ${formatMoney(paid)}; it was taken as written`);
  }
  const reference = cell('reference').replace(/\s+/g, ' ');
  const memo = cell('memo') === '' ? null : cell('memo');
  const kind = reference === '' ? 'adjustment' : kindOf(reference, paid !== null && paid.minor < 0n);
  return { reference, kind, paid, gross, discount, adjustments: adjustment === null ? [] : [{ amount: adjustment, code: null, text: memo, reference: null }], memo, where };
}

/** A printed zero takes nothing off. */
function takenOff(amount: Money | undefined): Money | null {
  return amount === undefined || amount.minor === 0n ? null : amount;
}

function kindOf(reference: string, negative: boolean): RemittanceLine['kind'] {
  return negative ? 'credit' : kindOfPrefix(reference) ?? 'invoice';
}
