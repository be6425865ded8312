import { formatMoney, type Money } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { PDF_PAGES_MAX } from './limits.js';
import { lockedPdf, pdf, type PdfRun } from './testing/pdf-builder.js';

const HEAD: readonly PdfRun[] = [
  [50, 740, 'REMITTANCE ADVICE'], [50, 715, 'Payment number: 0004711'], [300, 715, 'Payment date'], [400, 715, '14.03.2026'], [50, 700, 'Payee: House Ltd'], [300, 700, 'Paid by'], [400, 700, 'Customer GmbH'], [300, 685, 'Currency'], [400, 685, 'EUR'],
];
const COLUMNS: readonly PdfRun[] = [[50, 650, 'Invoice'], [140, 650, 'Date'], [230, 650, 'Gross amount'], [330, 650, 'Discount'], [420, 650, 'Deduction'], [500, 650, 'Net paid']];

function item(y: number, cells: readonly (string | null)[]): PdfRun[] {
  return cells.flatMap((cell, index): PdfRun[] => (cell === null ? [] : [[[50, 140, 240, 335, 425, 502][index] ?? 0, y, cell]]));
}

function money(amount: Money | null | undefined): string | null {
  return amount === null || amount === undefined ? null : formatMoney(amount);
}

function told({ remittances }: ReadDocument): string[][] {
  return remittances.map(({ lines }) => lines.map(({ kind, reference, gross, discount, adjustments, paid }) => [kind, reference, money(gross), money(discount), money(adjustments[0]?.amount), money(paid)].join(' ')));
}

describe('a remittance advice as PDF', () => {
  it('gives payment number, day, parties, and items by the columns they stand in', async () => {
    const parsed = await parseDocument(pdf([[
      ...HEAD, ...COLUMNS, ...item(630, ['INV-1001', '01.03.2026', '1.000,00', '20,00', null, '980,00']), ...item(615, ['INV-1002', '02.03.2026', '500,00', null, '-50,00', '450,00']), ...item(600, ['CN-7', null, '-30,00', null, null, '-30,00']),
      [50, 570, 'Total'], [500, 570, '1.400,00'], [50, 40, 'Page 1 of 1, Tel. +49 30 1234567'],
    ]]));
    expect([parsed.format, parsed.version, parsed.refused, parsed.findings]).toEqual(['pdf', '1.4', null, []]);
    expect(told(parsed)).toEqual([['invoice INV-1001 1000.00 20.00  980.00', 'invoice INV-1002 500.00  -50.00 450.00', 'credit CN-7 -30.00   -30.00']]);
    expect(parsed.remittances[0]).toMatchObject({ reference: '0004711', paidOn: '2026-03-14', payee: 'House Ltd', payer: { name: 'Customer GmbH' }, currency: 'EUR', sums: { difference: { minor: 0n } } });
    expect(parsed.remittances[0]?.lines[1]?.where).toEqual({ line: 7, column: 50, record: '50,177 pt', page: 1 });
  });

  it('goes on over pages, header repeated or not, subtotals left out', async () => {
    const parsed = await parseDocument(pdf([
      [...HEAD, ...COLUMNS, ...item(630, ['A1001', null, '10,00', null, null, '10,00']), [50, 600, 'Carried forward'], [500, 600, '10,00']],
      [[50, 740, 'REMITTANCE ADVICE'], ...COLUMNS, ...item(630, ['A1002', null, '20,00', null, null, '20,00'])],
      [...item(740, ['A1003', null, '30,00', null, null, '30,00']), [50, 700, 'Total EUR'], [500, 700, '60,00']],
    ]));
    expect(told(parsed)).toEqual([['invoice A1001 10.00   10.00', 'invoice A1002 20.00   20.00', 'invoice A1003 30.00   30.00']]);
    expect([parsed.findings, parsed.remittances[0]?.lines.map(({ where }) => where.page)]).toEqual([[], [1, 2, 3]]);
  });

  it('keeps the advices of several payments apart', async () => {
    const page = (number: string, invoice: string): PdfRun[] => [[50, 700, `Payment number: ${number}`], [50, 680, 'Currency: USD'], [50, 650, 'Invoice'], [300, 650, 'Amount paid'], [50, 630, invoice], [300, 630, '5.00'], [50, 600, 'Total: 5.00']];
    const parsed = await parseDocument(pdf([page('1', 'INV-1'), page('2', 'INV-2')]));
    expect(parsed.remittances.map(({ reference, total, lines }) => [reference, money(total), lines.map((line) => line.reference)])).toEqual([['1', '5.00', ['INV-1']], ['2', '5.00', ['INV-2']]]);
  });

  it('says what does not add up, what cannot be read, and that no total was found', async () => {
    const parsed = await parseDocument(pdf([[...HEAD, ...COLUMNS, ...item(630, ['INV-1', null, '10,00', null, null, '11,00']), ...item(615, ['INV-2', null, 'see note', null, null, '20,00']), [50, 570, 'Total'], [500, 570, '31,00']]]));
    expect(parsed.findings.map(({ severity, value, where: { page, line } }) => [severity, value, page, line])).toEqual([['warning', '11.00', 1, 6], ['error', 'see note', 1, 7], ['warning', '31.00', 1, 8]]);
    const open = await parseDocument(pdf([[...HEAD, ...COLUMNS, ...item(630, ['INV-1', null, '10,00', null, null, '10,00'])]]));
    expect(open.findings.map(({ problem }) => problem)).toEqual(['no printed total was found: whether every item was read cannot be checked']);
  });

  it('reads a letter without a table as sentences', async () => {
    const parsed = await parseDocument(pdf([[[50, 700, 'Dear Sirs,'], [50, 680, 'payment of EUR 4,500.00 for INV-1001 (4,000.00) and INV-1002 (500.00).']]]));
    expect(told(parsed)).toEqual([['invoice INV-1001    4000.00', 'invoice INV-1002    500.00']]);
    expect(parsed.remittances[0]?.lines[0]?.where.page).toBe(1);
  });

  it('is refused with a reason: damaged, too many pages, nothing of a payment; a script in it does not run', async () => {
    await expect(parseDocument(Buffer.from('%PDF-1.4 garbage'))).resolves.toMatchObject({ refused: { problem: 'the PDF is damaged; ask for it to be sent again' } });
    const blank = Array.from({ length: PDF_PAGES_MAX + 1 }, (): PdfRun[] => [[50, 700, 'x']]);
    await expect(parseDocument(pdf(blank))).resolves.toMatchObject({ refused: { problem: `the PDF has ${PDF_PAGES_MAX + 1} pages, ${PDF_PAGES_MAX} are read; split it` } });
    const script = await parseDocument(pdf([[[50, 700, 'hello']]], '/OpenAction << /S /JavaScript /JS (while(true){}) >>'));
    expect(script.refused?.problem).toContain('enter the remittance by hand');
  });

  it('is refused when it is protected by a password, with what to ask for', async () => {
    await expect(parseDocument(lockedPdf())).resolves.toMatchObject({ format: 'pdf', remittances: [], refused: { problem: 'the PDF is protected by a password; ask for one without' } });
  });

  it('loses nothing in silence when the file was cut: all of it, or a refusal, or a total that is missing', async () => {
    const whole = pdf([[...HEAD, ...COLUMNS, ...item(630, ['A1001', null, '10,00', null, null, '10,00']), ...item(615, ['A1002', null, '20,00', null, null, '20,00']), [50, 570, 'Total'], [500, 570, '30,00']]]);
    const text = whole.toString('latin1');
    // Where only the place of the table of objects is wrong, a PDF can be put together again.
    const mended = await parseDocument(Buffer.from(text.replace(/startxref\n\d+/, 'startxref\n7'), 'latin1'));
    expect([told(mended), mended.findings]).toEqual([[['invoice A1001 10.00   10.00', 'invoice A1002 20.00   20.00']], []]);
    for (const mark of ['A1002', 'Total', 'endstream', 'xref\n']) {
      const { remittances, refused, findings } = await parseDocument(whole.subarray(0, text.indexOf(mark)));
      const said = refused !== null || findings.some(({ problem }) => problem.includes('no printed total') || problem.includes('out of balance'));
      expect([mark, said || remittances[0]?.lines.length === 2]).toEqual([mark, true]);
    }
  });
});
