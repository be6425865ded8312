import { type CurrencyCode, type Money, negateMoney } from '#canonical';
import { CsvAmountError, parseCsvAmount } from '../csv/csv-amounts.js';
import type { DecimalMark } from '../csv/csv-layout.js';
import type { TableRow } from '../table/table-row.js';

/** Raised for a cell that spoils its row. */
export class UnreadableRemittanceCell extends Error {
  override readonly name = 'UnreadableRemittanceCell';

  constructor(readonly index: number, readonly value: string, message: string) {
    super(message);
  }
}

/** What people type where there is nothing. */
const NOTHING = /^[-–—]*$/u;
const SIDE = /\s*(CR|DR)\.?$/i;

/**
 * An amount as a payer writes it; null where there is none. `CR` behind it marks a credit he takes, so that it is negative here, the other
 * way round than on a bank's statement.
 * @throws UnreadableRemittanceCell when it is no amount in this style and currency
 */
export function cellAmount(row: TableRow, index: number, decimalMark: DecimalMark, currency: CurrencyCode): Money | null {
  const text = row.cell(index);
  if (NOTHING.test(text)) return null;
  const side = SIDE.exec(text);
  try {
    const amount = parseCsvAmount(side === null ? text : text.slice(0, side.index), row.isNumber(index) ? '.' : decimalMark, currency);
    return side?.[1]?.toUpperCase() === 'CR' ? negateMoney(amount) : amount;
  } catch (error) {
    if (error instanceof CsvAmountError) throw new UnreadableRemittanceCell(index, text, `the amount "${text}" cannot be read: ${error.message}`);
    throw error;
  }
}
