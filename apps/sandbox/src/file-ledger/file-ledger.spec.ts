import { parseLocalDate } from '#canonical';
import type { Book } from '../bank/book.js';
import { csvRows } from '../simulation/csv-rows.js';
import { FileLedger, PostingFileError } from './file-ledger.js';

const csvLines = (text: string): (readonly string[])[] => [...csvRows(text)].map(({ cells }) => cells);
const day = parseLocalDate('2026-01-31');
const BOOK: Book = {
  customers: [{ id: 'K1', number: 'K1', name: 'Copper, "and" Sons', currency: 'USD' }],
  invoices: [{ id: 'I1', number: 'R-1', customerId: 'K1', currency: 'USD', openMinor: 1_000n, totalMinor: 1_000n, issuedOn: day, dueOn: day }],
  credits: [],
};
const file = (sequence: number, rows: readonly string[], totals: string): Buffer => Buffer.from([`H,${sequence},2026-02-01T00:00:00Z,2026-02-01,USD,`, ...rows, `T,${totals}`, ''].join('\r\n'));
const paying = (key: string, amount = '10.00'): string[] => [`P,1,${key},K1,,2026-02-01,USD,${amount},0.00,,,,`, `I,1,I1,R-1,,${amount}`];

describe('a ledger of files', () => {
  it('lists its customers and what is open, in the columns of the plain template', () => {
    const ledger = new FileLedger(BOOK);
    expect(csvLines(ledger.customersFile().toString())[1]).toEqual(['K1', 'K1', 'Copper, "and" Sons', 'USD', 'yes']);
    expect(csvLines(ledger.invoicesFile().toString())[1]).toEqual(['I1', 'R-1', 'K1', 'USD', '2026-01-31', '2026-01-31', '10.00', '10.00', 'open']);
  });

  it('books a posting, answers with its own document, and shows the invoice as paid', () => {
    const ledger = new FileLedger(BOOK);
    expect(csvLines(ledger.take(file(1, paying('a'), '1,2,10.00,10.00,0.00,0.00')).toString())[1]).toEqual(['a', 'OK', 'RCPT-1', '', '10.00', '2026-02-01']);
    expect(csvLines(ledger.invoicesFile().toString())[1]?.slice(-2)).toEqual(['0.00', 'paid']);
    ledger.check();
  });

  it('refuses what is not open and whom it has blocked, with the reason', () => {
    const ledger = new FileLedger(BOOK);
    expect(csvLines(ledger.take(file(1, paying('a', '11.00'), '1,2,11.00,11.00,0.00,0.00')).toString())[1]?.slice(1, 4)).toEqual(['ERROR', '', 'invoice I1 is not open with 11.00']);
    ledger.block('K1');
    expect(csvLines(ledger.take(file(2, paying('b'), '1,2,10.00,10.00,0.00,0.00')).toString())[1]?.slice(1, 4)).toEqual(['ERROR', '', 'customer K1 is blocked']);
    expect(ledger.bookedCount).toBe(0);
  });

  it('takes no file that is cut off, does not add up, or bears a number it has seen', () => {
    const ledger = new FileLedger(BOOK);
    const whole = file(1, paying('a'), '1,2,10.00,10.00,0.00,0.00');
    expect(() => ledger.take(whole.subarray(0, -30))).toThrow(PostingFileError);
    expect(() => ledger.take(file(1, paying('a'), '2,2,10.00,10.00,0.00,0.00'))).toThrow('not those of the rows');
    ledger.take(whole);
    expect(() => ledger.take(whole)).toThrow('taken before');
  });

  it('counts a key that was booked twice', () => {
    const ledger = new FileLedger(BOOK);
    ledger.take(file(1, paying('a', '5.00'), '1,2,5.00,5.00,0.00,0.00'));
    ledger.take(file(2, paying('a', '5.00'), '1,2,5.00,5.00,0.00,0.00'));
    expect(ledger.duplicates).toBe(1);
  });
});
