import fc from 'fast-check';
import { formatMoney, type Money, type Remittance } from '#canonical';
import type { ReadDocument, ReadOptions } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';

function read(text: string, options: ReadOptions = {}): Promise<ReadDocument> {
  return parseDocument(Buffer.from(text), { format: 'text', currency: 'USD', ...options });
}

function money(amount: Money | null): string | null {
  return amount === null ? null : `${formatMoney(amount)} ${amount.currency}`;
}

/** `reference: paid` of every line, adjustments in brackets. */
function told({ remittances }: ReadDocument): string[] {
  return remittances.flatMap((remittance: Remittance) => remittance.lines.map(({ kind, reference, paid, discount, adjustments, memo }) => [
    kind === 'invoice' ? reference : `${kind} ${reference}`.trim(), money(paid) ?? '-',
    ...(discount === null ? [] : [`discount ${money(discount) ?? ''}`]), ...adjustments.map(({ amount, text }) => `(${money(amount) ?? ''} ${text ?? ''})`), ...(memo === null ? [] : [memo]),
  ].join(' ')));
}

describe('sentences that explain a payment', () => {
  it.each([
    ['payment of $4,500.00 for INV-1001 (4,000.00) and INV-1002 (500.00)', ['INV-1001 4000.00 USD', 'INV-1002 500.00 USD'], '4500.00 USD'],
    ['We paid invoices 1001: 40.00, 1002: 50.00 and 1003: 60.00. Total 150.00', ['1001 40.00 USD', '1002 50.00 USD', '1003 60.00 USD'], '150.00 USD'],
    ['100.00 for INV-1, 200.00 for INV-2', ['INV-1 100.00 USD', 'INV-2 200.00 USD'], null],
    ['Wir haben Rechnung RE-2026/15 (1.234,56 €) und 4711 (65,44 €) überwiesen, Gesamtbetrag 1.300,00 €.', ['RE-2026/15 1234.56 EUR', '4711 65.44 EUR'], '1300.00 EUR'],
    ['Nous avons réglé la facture n° F2026-001 de 1 234,50 EUR; facture 77 500,00 EUR', ['F2026-001 1234.50 EUR', '77 500.00 EUR'], null],
    ['Hemos pagado la factura 2026-55 por importe de 1.500,00 EUR menos 50,00 EUR de descuento.', ['2026-55 1450.00 EUR discount 50.00 EUR'], null],
    ['Hierbij betaling van € 250,- voor factuur 88.', ['88 250.00 EUR'], '250.00 EUR'],
    ['We paid $480.00 for invoice 77 less $20.00 damage', ['77 480.00 USD (-20.00 USD damage)'], '480.00 USD'],
    ['Payment of 780.00: invoice 1001 (500.00), short paid by 20.00 for damage, and invoice 1002 (300.00)', ['1001 480.00 USD (-20.00 USD damage)', '1002 300.00 USD'], '780.00 USD'],
    ['INV-1 500.00\nINV-2 300.00\nless freight -20.00\nless credit note CN-5 (80.00)\nTotal 700.00', ['INV-1 500.00 USD', 'INV-2 300.00 USD', 'credit CN-5 -80.00 USD', 'adjustment -20.00 USD freight'], '700.00 USD'],
    ['payment of 4,500.00 EUR on account', ['onAccount 4500.00 EUR'], '4500.00 EUR'],
  ])('%s', async (text, lines, total) => {
    const parsed = await read(text);
    expect(told(parsed).toSorted()).toEqual([...lines].toSorted());
    expect(money(parsed.remittances[0]?.total ?? null)).toBe(total);
    expect(parsed.findings).toEqual([]);
  });

  it('names items and a deduction without amounts: nothing is made up, and the deduction is said', async () => {
    const parsed = await read('Hello,\nthis covers invoices 1002 and 1007 less the freight claim.\nRegards\nJo');
    expect(told(parsed)).toEqual(['1002 -', '1007 -', 'adjustment - freight claim']);
    expect(parsed.remittances[0]?.lines[0]?.where).toEqual({ line: 2, column: 22, record: null, page: null });
    expect(parsed.findings).toMatchObject([{ severity: 'warning', where: { line: 2, column: 36 }, problem: expect.stringContaining('without an amount') as string }]);
  });

  it.each([
    ['we short paid inv 77 by 20 EUR due to damage', '(-20.00 EUR damage)'],
    ['Von Rechnung 77 haben wir 20 EUR wegen Beschädigung gekürzt.', '(-20.00 EUR Beschädigung)'],
    ['Nous avons déduit 20,00 € de la facture 77 en raison de marchandises abîmées', '(-20.00 EUR marchandises abîmées)'],
  ])('a short payment with its reason, of an item whose paid amount is not stated: %s', async (text, adjustment) => {
    expect(told(await read(text))).toEqual([`77 - ${adjustment}`]);
  });

  it('takes the number of a cheque as the reference and its day as the day of payment', async () => {
    const [remittance] = (await read('Check no. 4455 dated 03/14/2026 for USD 900.00 covers invoices 12 and 14')).remittances;
    expect(remittance).toMatchObject({ reference: '4455', method: 'CHK', paidOn: '2026-03-14', lines: [{ reference: '12' }, { reference: '14' }] });
  });

  it('tells references from phone numbers, days, IBANs, postcodes and customer numbers', async () => {
    const parsed = await read([
      'Payment of 90.00 EUR for invoice 4711 dated 3 March 2026, customer no. 99887.', 'Call 555-123-4567 or +49 30 1234567 before 10:30.',
      'IBAN DE89 3704 0044 0532 0130 00', 'Main Street 12345', '94105 San Francisco',
    ].join('\n'));
    expect([told(parsed), parsed.findings]).toEqual([['4711 90.00 EUR'], []]);
  });

  it('says when the items do not come to the total', async () => {
    const parsed = await read('payment of $5,000.00 for INV-1001 (4,000.00) and INV-1002 (500.00)');
    expect(money(parsed.remittances[0]?.sums.difference ?? null)).toBe('500.00 USD');
    expect(parsed.findings.map(({ problem }) => problem)).toEqual(['out of balance: 5000.00 is stated, the items come to 4500.00, the gap is 500.00']);
  });

  it.each([
    ['Could you send a copy of invoice 1005?', '1005'],
    ['We have not paid invoice 1003 yet.', '1003'],
    ['invoices 100,101,102', '100,101,102'],
    ['We paid 1,000.00 for 1001', '1001'],
    ['Payment 1.234 and 5,00 and 6.00 for invoice 7', '1.234'],
  ])('does not guess: %s', async (text, value) => {
    const parsed = await read(text);
    expect(parsed.findings.map((finding) => finding.value)).toContain(value);
    expect(parsed.remittances.flatMap(({ lines }) => lines.map(({ reference }) => reference))).not.toContain(value);
  });

  it('keeps two different amounts of one number only when the total says so', async () => {
    expect(told(await read('INV-1 100.00\nINV-1 50.00\nTotal 150.00'))).toEqual(['INV-1 100.00 USD', 'INV-1 50.00 USD']);
    const torn = await read('INV-1 100.00\nINV-1 50.00');
    expect(told(torn)).toEqual(['INV-1 100.00 USD']);
    expect(torn.findings).toMatchObject([{ severity: 'error', value: '50.00', where: { line: 2 } }]);
  });

  it('assumes a currency only aloud, and never a known one that the signs contradict', async () => {
    const unknown = await parseDocument(Buffer.from('payment of 10.00 for invoice 7'), { format: 'text' });
    expect(unknown.findings.map(({ problem }) => problem)).toEqual(['the text names no currency; USD was assumed. State the currency of this source']);
    expect((await read('payment of $10.00 for invoice 7', { currency: 'EUR' })).remittances[0]?.currency).toBe('USD');
    expect((await read('payment of $10.00 for invoice 7', { currency: 'CAD' })).remittances[0]?.currency).toBe('CAD');
  });
});

describe('a message', () => {
  it('leaves reply history, signature and disclaimer out', async () => {
    const parsed = await read([
      'Payment of $10.00 for invoice 7.', '', 'Kind regards,', 'Jo, invoice desk 4711 99', 'This e-mail is confidential. Invoice 13', '', 'On Mon, 2 Mar 2026 at 10:00, Max <max@example.com> wrote:', '> please pay invoice 8 (99.00)',
    ].join('\n'));
    expect([told(parsed), parsed.findings]).toEqual([['7 10.00 USD'], []]);
  });

  it('reads the history when the new part explains nothing, and says so', async () => {
    const parsed = await read('see below\n\n-----Original Message-----\nFrom: Jo\nSent: Monday\nSubject: advice\n\nPayment of $10.00 for invoice 7.');
    expect(told(parsed)).toEqual(['7 10.00 USD']);
    expect(parsed.findings).toMatchObject([{ severity: 'warning', problem: expect.stringContaining('quoted below') as string }]);
  });

  it('reads a forwarded message as content', async () => {
    expect(told(await read('FYI\n\n---------- Forwarded message ---------\nFrom: Jo <jo@example.com>\nDate: Mon, Mar 2, 2026\nSubject: advice\n\nPayment of $10.00 for invoice 7.'))).toEqual(['7 10.00 USD']);
  });

  it('joins a pasted table with the sentences around it', async () => {
    const parsed = await read('Hi,\nwe paid EUR 150.00 on 2026-03-14 for:\n\nInvoice   Date         Paid\nINV-1     2026-03-01   100.00\nINV-2     2026-03-02   50.00\n\nINV-2 is short paid by 5.00 EUR due to damage.\n');
    expect(told(parsed).map((line) => line.trim())).toEqual(['INV-1 100.00 EUR', 'INV-2 50.00 EUR (-5.00 EUR damage)']);
    expect([money(parsed.remittances[0]?.total ?? null), parsed.remittances[0]?.paidOn, parsed.remittances[0]?.lines[1]?.where.line, parsed.findings]).toEqual(['150.00 EUR', '2026-03-14', 6, []]);
  });

  it.each([
    ['payment of 10.00 for INV-1', 'EUR', ['INV-1 10.00 EUR'], 'EUR was assumed, because we say so.'],
    ['payment of $10.00 for INV-1', 'CAD', ['INV-1 10.00 CAD'], 'CAD was assumed, because we say so.'],
    ['payment of $10.00 for INV-1', 'EUR', ['INV-1 10.00 USD'], 'USD was assumed.'],
    ['payment of 10.00 USD for INV-1', 'EUR', ['INV-1 10.00 USD'], null],
    ['Invoice\tPaid\nINV-1\t10.00\nINV-2\t5.00\n', 'EUR', ['INV-1 10.00 EUR', 'INV-2 5.00 EUR'], 'EUR was assumed, because we say so.'],
  ])('%s: takes the assumed currency %s where nothing written speaks against it, and says so', async (text, currency, lines, said) => {
    const parsed = await parseDocument(Buffer.from(text), { format: 'text', assumedCurrency: { currency, because: 'we say so' } });
    expect(told(parsed)).toEqual(lines);
    const findings = parsed.findings.map(({ problem }) => problem).filter((problem) => problem.includes('assumed'));
    expect(findings).toEqual(said === null ? [] : [expect.stringContaining(said)]);
  });

  it('is refused when it explains no payment', async () => {
    await expect(read('Hello, how are you?')).resolves.toMatchObject({ refused: { problem: expect.stringContaining('enter the remittance by hand') as string }, remittances: [] });
  });

  it('never throws, and what it takes sums up', async () => {
    const piece = fc.constantFrom('invoice', 'invoices ', ' 1001', 'INV-7 ', '(', ')', ' 1.234,56 ', '$5', '-', ' less ', 'short paid ', ' and ', ', ', '\n', '\n\n', '. ', ' due to ', '> ', 'Total: ', '77 500,00', 'on account ', ' credit note ', 'CN-1', ' not ', '03/04/2026', '€', '%', ' dated ', 'paid ');
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }), async (pieces) => {
      const parsed = await read(pieces.join(''));
      for (const { lines, sums, total } of parsed.remittances) {
        const sum = lines.reduce((all, { paid }) => all + (paid?.minor ?? 0n), 0n);
        expect(sums.lines.minor + sums.adjustments.minor).toBe(sum);
        if (total !== null && lines.length > 0 && sum !== total.minor && lines.every(({ paid }) => paid !== null)) expect(parsed.findings.some(({ problem }) => problem.startsWith('out of balance'))).toBe(true);
      }
    }), { numRuns: 500 });
  });
});
