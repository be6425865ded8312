import { parseLocalDate } from '#canonical';
import { identifyTransactions, parseDocument, type ReadDocument } from '#documents';
import { generatePayments, renderBai2, renderCsv } from '../../apps/sandbox/src/bank/index.js';
import { smallBook } from '../../apps/sandbox/src/bank/testing/small-book.js';

const { payments } = generatePayments(smallBook(100, 20), { seed: 5, count: 400 });
const expected = payments.map(({ key, bookedOn, amountMinor, currency }) => [key, bookedOn, { minor: amountMinor, currency }]);

function read(text: string): Promise<ReadDocument> {
  return parseDocument(new TextEncoder().encode(text));
}

function rows(parsed: ReadDocument): unknown[] {
  return parsed.statements.flatMap(({ transactions }) => transactions.map(({ bankReference, bookedOn, amount }) => [bankReference, bookedOn, amount]));
}

describe('files of the simulated bank, read by the hub', () => {
  it.each([false, true])('BAI2 comes back line by line, no total off (text closed by "/": %s)', async (slashAfterText) => {
    const parsed = await read(renderBai2(payments, { account: '1234', bank: '021000021', receiver: 'US', createdOn: parseLocalDate('2026-12-31'), fileId: '1', openingMinor: 7n, slashAfterText }));
    expect(parsed.findings).toEqual([]);
    expect(rows(parsed)).toEqual(expected);
    expect(parsed.statements.flatMap(({ transactions }) => transactions.map(({ memo }) => memo))).toEqual(payments.map(({ text }) => text.map((line) => line.trim()).join('\n')));
  });

  it.each([
    {}, { language: 'german', delimiter: ';', decimalMark: ',', dates: 'dots' }, { split: true, dates: 'slashes', openingMinor: 100n }, { delimiter: '\t', preamble: ['My Bank', 'Export of today', ''] },
    { language: 'german', split: true, delimiter: ';', decimalMark: ',', openingMinor: -5n },
  ] as const)('CSV comes back line by line (%j)', async (options) => {
    const parsed = await read(renderCsv(payments, { account: '1234', ...options }));
    expect(parsed.findings).toEqual([]);
    expect(rows(parsed)).toEqual(expected);
  });

  it('gives every line a key of its own, the same in every reading', async () => {
    const text = renderCsv(payments, { account: '1234' });
    const keys = identifyTransactions((await read(text)).statements).map(({ identity }) => identity);
    expect(new Set(keys).size).toBe(payments.length);
    expect(identifyTransactions((await read(text)).statements).map(({ identity }) => identity)).toEqual(keys);
  });
});
