import { formatMoney } from '#canonical';
import { type PastedTable, type PastedTableOptions, readPastedTable } from './pasted-table.js';

function read(text: string, options: PastedTableOptions = { currency: 'USD' }): PastedTable | null {
  return readPastedTable(text.split('\n').map((line, index) => ({ text: line, line: index + 1 })), options);
}

function items(table: PastedTable | null): unknown[] {
  return table?.remittances.flatMap(({ lines }) => lines.map(({ reference, paid, where }) => [reference, paid === null ? null : formatMoney(paid), where.line])) ?? [];
}

describe('a table pasted into a text', () => {
  it.each([
    ['tabs', 'Hello,\nwe paid:\n\nInvoice\tGross\tDiscount\tPaid\nA-1\t100.00\t2.00\t98.00\nA-2\t50.00\t\t50.00\nTotal\t\t\t148.00\n\nBest regards\nJane 555-1234'],
    ['pipes', 'Hello,\nwe paid:\n\n| Invoice | Gross | Discount | Paid |\n| A-1 | 100.00 | 2.00 | 98.00 |\n| A-2 | 50.00 | | 50.00 |\n| Total | | | 148.00 |\n\nBest regards'],
    ['aligned blanks', 'Hello,\nwe paid:\n\nInvoice   Gross    Discount  Paid\nA-1       100.00      2.00   98.00\nA-2        50.00      0.00   50.00\nTotal     150.00      2.00  148.00\n\nBest regards'],
    ['quotation marks of a mail', '> Hello,\n> we paid:\n>\n> Invoice\tGross\tDiscount\tPaid\n> A-1\t100.00\t2.00\t98.00\n> A-2\t50.00\t\t50.00\n> Total\t\t\t148.00\n>'],
  ])('is read with %s', (_, text) => {
    const table = read(text);
    expect(items(table)).toEqual([['A-1', '98.00', 5], ['A-2', '50.00', 6]]);
    expect([table?.remittances[0]?.total?.minor, table?.remittances[0]?.sums.difference?.minor, table?.firstLine, table?.lastLine]).toEqual([14_800n, 0n, 4, 7]);
  });

  it('is read with one cell a line', () => {
    const table = read('Hi,\n\nInvoice\n\nAmount paid\n\nA-1\n\n98.00\n\nA-2\n\n50.00\n\nRegards\nJane');
    expect(items(table)).toEqual([['A-1', '98.00', 7], ['A-2', '50.00', 11]]);
  });

  it('puts a broken row together', () => {
    const table = read('Invoice\tGross\tDiscount\tPaid\nA-1\t100.00\n2.00\t98.00\nA-2\t50.00\t0.00\t50.00\nA-3\t10.00\t0.00\t10.00');
    expect(items(table)).toEqual([['A-1', '98.00', 2], ['A-2', '50.00', 4], ['A-3', '10.00', 5]]);
  });

  it('is understood without a header', () => {
    expect(items(read('Please apply:\nINV1001  98.00\nINV1002  50.00\nThanks'))).toEqual([['INV1001', '98.00', 2], ['INV1002', '50.00', 3]]);
  });

  it('asks instead of guessing a currency', () => {
    const table = read('Invoice\tPaid\nA-1\t98.00\n', {});
    expect([table?.remittances, table?.layout.questions]).toEqual([[], ['currency']]);
  });

  it('is not there in prose', () => {
    expect(read('Hello,\n\nthis covers invoices 1002 and 1007 less the freight claim of 12.00.\n\nRegards, Jane, Accounts, 2026')).toBeNull();
    expect(read('')).toBeNull();
  });
});
