import fc from 'fast-check';
import { addDays, currencyExponent, formatMinorUnits, parseLocalDate } from '#canonical';
import type { ReadDocument, ReadOptions } from '../document-reader.js';
import { readCollected } from '../testing/read-collected.js';
import { CsvDocument } from './csv-document.js';

interface Row {
  readonly day: number;
  readonly minor: bigint;
  readonly memo: string;
}

const FIRST_DAY = parseLocalDate('2026-01-01');
const row: fc.Arbitrary<Row> = fc.record({ day: fc.integer({ min: 0, max: 360 }), minor: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), memo: fc.string({ maxLength: 30 }).map((text) => text.trim()) });
const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'), decimal: fc.constantFrom('.', ','), grouped: fc.boolean(), currency: fc.constantFrom('USD', 'KWD', 'JPY'), split: fc.boolean(), date: fc.constantFrom('iso', 'dmy', 'mdy', 'dots'), balance: fc.boolean(), newline: fc.constantFrom('\n', '\r\n'),
});
type Style = typeof style extends fc.Arbitrary<infer Value> ? Value : never;

function quote(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function amountText(minor: bigint, { currency, decimal, grouped }: Style): string {
  const [whole = '', fraction] = formatMinorUnits(minor, currencyExponent(currency)).split('.');
  const separator = decimal === '.' ? ',' : '.';
  const text = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, separator) : whole;
  return fraction === undefined ? text : text + decimal + fraction;
}

function dayText(day: number, date: Style['date']): string {
  const [year = '', month = '', dayOfMonth = ''] = addDays(FIRST_DAY, day).split('-');
  if (date === 'iso') return `${year}-${month}-${dayOfMonth}`;
  if (date === 'mdy') return `${month}/${dayOfMonth}/${year}`;
  return [dayOfMonth, month, year].join(date === 'dmy' ? '/' : '.');
}

function render(rows: readonly Row[], chosen: Style): string {
  const { delimiter, split, balance, newline } = chosen;
  const header = ['Booking date', 'Details', ...(split ? ['Credit', 'Debit'] : ['Amount']), ...(balance ? ['Balance'] : []), 'Currency', 'Account'];
  let running = 0n;
  const lines = rows.map(({ day, minor, memo }) => {
    running += minor;
    const money = split ? [minor >= 0n ? amountText(minor, chosen) : '', minor < 0n ? amountText(-minor, chosen) : ''] : [amountText(minor, chosen)];
    return [dayText(day, chosen.date), memo, ...money, ...(balance ? [amountText(running, chosen)] : []), chosen.currency, 'A-1'];
  });
  return [header, ...lines].map((cells) => cells.map((cell) => quote(cell, delimiter)).join(delimiter)).join(newline);
}

function read(text: string, options: ReadOptions = {}): ReadDocument {
  return readCollected('csv', (sink) => new CsvDocument(sink, { table: 'statement', ...options }), Buffer.from(text));
}

describe('CSV, for every file', () => {
  it('reads back exactly what was written, or asks', () => {
    let asked = 0;
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), style, (rows, chosen) => {
      const parsed = read(render(rows, chosen));
      if ((parsed.layout?.questions.length ?? 0) > 0) {
        asked += 1;
        expect([parsed.statements, parsed.findings.length > 0]).toEqual([[], true]);
        return;
      }
      expect(parsed.findings).toEqual([]);
      expect(parsed.statements[0]?.transactions.map(({ bookedOn, amount, memo }) => [bookedOn, amount.minor, amount.currency, memo])).toEqual(
        rows.map(({ day, minor, memo }) => [addDays(FIRST_DAY, day), minor, chosen.currency, memo.replaceAll('\r\n', '\n').replaceAll('\r', '\n')]),
      );
    }), { numRuns: 600, seed: 222 });
    expect(asked).toBeLessThan(200);
  });

  it('never crashes on a mutant, and accounts for every row', () => {
    const source = render(Array.from({ length: 8 }, (_, index) => ({ day: index * 13, minor: BigInt(index) * 98_765n - 300_000n, memo: `INV ${index}` })), {
      delimiter: ';', decimal: ',', grouped: true, currency: 'USD', split: false, date: 'dmy', balance: true, newline: '\n',
    });
    for (let seed = 1; seed <= 4_000; seed += 1) {
      const at = (seed * 7_919) % source.length;
      const mutant = seed % 3 === 0 ? source.slice(0, at) + source.slice(at + 1 + (seed % 4)) : source.slice(0, at) + '"; ,.-\n0x'.charAt(seed % 9) + source.slice(at + (seed % 2));
      const parsed = read(mutant);
      const taken = parsed.statements.flatMap(({ transactions }) => transactions).length;
      if (parsed.findings.length === 0 && taken < 8) throw new Error(`mutant ${seed} loses ${8 - taken} rows in silence`);
    }
  });
});

describe('CSV made to hurt', () => {
  it.each([
    ['quotes that are never closed', `Date,Text,Amount\n${'2026-03-01,"A,1.00\n'.repeat(1_001)}`],
    ['doubled quotes without end', `Date,Text,Amount\n2026-03-01,"${'""'.repeat(500_000)}\n2026-03-01,A,1.00`],
    ['a row of delimiters', `Date,Text,Amount\n${','.repeat(1_000_000)}\n2026-03-01,A,1.00`],
  ])('%s: read in time, nothing lost in silence', (_, text) => {
    const parsed = read(text, { currency: 'USD', account: '1' });
    expect(parsed.findings.length).toBeGreaterThan(0);
  });
});
