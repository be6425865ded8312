import { accountDateText, type AccountDateFormat } from '../book/account-time.js';
import { amountTextOfNumber } from '../../simulation/book-amounts.js';
import type { OutputColumn } from './translate.js';

type Cell = string | number | bigint | null | Uint8Array;
type CellWriter = (value: Cell) => string;

/** Text that is its own JSON: no quote, backslash, control character or half a surrogate pair. */
const PLAIN = /^[ !#-[\]-~\u00a0-\ud7ff]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function writerOf(column: OutputColumn, dateFormat: AccountDateFormat): CellWriter {
  switch (column.type) {
    case 'id': return (value) => `"${String(value)}"`;
    case 'amount': return (value) => `"${amountTextOfNumber(Number(value))}"`;
    case 'date': case 'datetime': return (value) => quoted(accountDateText(String(value), dateFormat));
    case 'flag': return (value) => (value === 1 || value === 'T' ? '"T"' : value === 0 || value === 'F' ? '"F"' : quoted(String(value)));
    default: return (value) => quoted(String(value));
  }
}

/**
 * Writes result rows as NetSuite does: `links` first, every value a string, absent when null, keys in lower case.
 * Text is put together by hand: one core writes several hundred thousand rows a second, where an object per row would halve it.
 */
export class RowWriter {
  private readonly keys: readonly string[];
  private readonly writers: readonly CellWriter[];
  private text = '';
  count = 0;

  constructor(columns: readonly OutputColumn[], dateFormat: AccountDateFormat) {
    this.keys = columns.map((column) => `,${JSON.stringify(column.name.toLowerCase())}:`);
    this.writers = columns.map((column) => writerOf(column, dateFormat));
  }

  add(row: readonly Cell[]): void {
    let line = this.count === 0 ? '{"links":[]' : ',{"links":[]';
    for (let index = 0; index < row.length; index += 1) {
      const value = row[index];
      const write = this.writers[index];
      if (value !== null && value !== undefined && write !== undefined) line += (this.keys[index] ?? '') + write(value);
    }
    this.text += `${line}}`;
    this.count += 1;
  }

  items(): string {
    return `[${this.text}]`;
  }
}
