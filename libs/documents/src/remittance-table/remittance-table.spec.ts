import { formatMoney, type Remittance, type RemittanceLine } from '#canonical';
import type { ReadDocument, ReadOptions } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';

function read(text: string, options: ReadOptions = {}): Promise<ReadDocument> {
  return parseDocument(new TextEncoder().encode(text), options);
}

function written({ reference, kind, paid, gross, discount, adjustments }: RemittanceLine): unknown[] {
  const [money, whole, off] = [paid, gross, discount].map((amount) => (amount === null ? null : formatMoney(amount)));
  return [reference, kind, money, whole, off, adjustments.map(({ amount, code, text }) => [formatMoney(amount), code, text])];
}

function lines(parsed: ReadDocument): unknown[][] {
  return parsed.remittances.flatMap((remittance) => remittance.lines.map(written));
}

function sums(remittance: Remittance | undefined): (string | null)[] {
  if (remittance === undefined) return [];
  const { lines: items, adjustments, difference } = remittance.sums;
  return [items, adjustments, difference].map((amount) => (amount === null ? null : formatMoney(amount)));
}

describe('a payer\'s table', () => {
  it('gives its items with discount and deduction, and a total that agrees', async () => {
    const parsed = await read('Invoice No.,Gross Amount,Discount,Deduction,Reason,Amount Paid,Currency\n00012,100.00,2.00,,,98.00,USD\nINV-13,50.00,,-5.00,Freight,45.00,USD\nCM-1,-10.00,,,,-10.00,USD\nTotal,,,,,133.00,\n');
    expect([parsed.findings, parsed.statements, parsed.format]).toEqual([[], [], 'csv']);
    expect(lines(parsed)).toEqual([
      ['00012', 'invoice', '98.00', '100.00', '2.00', []], ['INV-13', 'invoice', '45.00', '50.00', null, [['-5.00', null, 'Freight']]], ['CM-1', 'credit', '-10.00', '-10.00', null, []],
    ]);
    expect([sums(parsed.remittances[0]), parsed.remittances[0]?.lines[1]?.where]).toEqual([['133.00', '0.00', '0.00'], { line: 3, column: 1, record: 'row', page: null }]);
  });

  it.each([
    ['Rechnungsnummer;Bruttobetrag;Skonto;Zahlbetrag EUR', 'R-1;1.000,00;20,00;980,00', 'Summe;;;980,00'],
    ['N° facture;Montant brut;Escompte;Montant payé (EUR)', 'R-1;1 000,00;20,00;980,00', 'Total général;;;980,00'],
    ['Factura;Importe bruto;Descuento;Importe pagado EUR', 'R-1;1.000,00;-20,00;980,00', 'Total;;;980,00'],
    ['Factuurnummer;Brutobedrag;Korting;Betaald bedrag EUR', 'R-1;1.000,00;20,00;980,00', 'Totaal;;;980,00'],
    ['Numero fattura;Importo lordo;Sconto;Importo pagato EUR', 'R-1;1.000,00;20,00;980,00', 'Totale;;;980,00'],
    ['Número da fatura;Valor bruto;Desconto;Valor pago EUR', 'R-1;1.000,00;20,00;980,00', 'Total;;;980,00'],
  ])('is read under the header %s', async (...rows) => {
    const parsed = await read(rows.join('\n'));
    expect([parsed.findings, lines(parsed), sums(parsed.remittances[0])]).toEqual([[], [['R-1', 'invoice', '980.00', '1000.00', '20.00', []]], ['980.00', '0.00', '0.00']]);
  });

  it('keeps each cheque a remittance of its own, with its total', async () => {
    const parsed = await read('Check Number,Check Date,Check Amount,Invoice,Amount Paid,Currency\n501,2026-03-01,30.00,A1,10.00,USD\n501,2026-03-01,30.00,A2,20.00,USD\n502,2026-03-02,7.00,A3,5.00,USD\n');
    expect(parsed.remittances.map(({ reference, total, paidOn, lines: items }) => [reference, total?.minor, paidOn, items.length])).toEqual([['501', 3000n, '2026-03-01', 2], ['502', 700n, '2026-03-02', 1]]);
    expect(parsed.findings).toMatchObject([{ severity: 'warning', problem: 'the payment\'s total is 7.00, its lines come to 5.00: a gap of 2.00' }]);
  });

  it('keeps each payer a remittance of his own, with and without cheque numbers; a cell left empty says what the row above says', async () => {
    const told = async (text: string): Promise<unknown[]> => (await read(text, { currency: 'USD' })).remittances.map(({ payer, paidOn, lines: items }) => [payer.name, paidOn, items.map(({ reference }) => reference)]);
    const nameless = 'Payment Date,Payer,Invoice Number,Amount Paid\n2026-01-13,ACME,A1,1.00\n,,A2,2.00\n2026-01-13,BETA,B1,3.00\n2026-01-14,BETA,B2,4.00\n2026-01-13,"Acme.",A3,5.00\n';
    expect(await told(nameless)).toEqual([['ACME', '2026-01-13', ['A1', 'A2', 'A3']], ['BETA', '2026-01-13', ['B1']], ['BETA', '2026-01-14', ['B2']]]);
    expect(await told('Check Number,Payer,Invoice,Amount Paid\n501,ACME,A1,1.00\n501,,A2,2.00\n501,BETA,B1,3.00\n')).toEqual([['ACME', null, ['A1', 'A2']], ['BETA', null, ['B1']]]);
  });

  it('compares the total below the rows of two payers with the sum of both', async () => {
    const table = 'Payer,Invoice,Amount Paid\nACME,A1,1.00\nBETA,B1,3.00\nTotal,,';
    expect((await read(`${table}4.00\n`, { currency: 'USD' })).findings).toEqual([]);
    const { remittances, findings } = await read(`${table}5.00\n`, { currency: 'USD' });
    expect([remittances.map(({ total }) => total), findings.map(({ problem }) => problem)]).toEqual([[null, null], ['the total of all payments does not agree: declared 5.00, computed 4.00']]);
  });

  it('takes none of several customers for the payer of one payment, and says so', async () => {
    const { remittances, findings } = await read('Check Number,Customer No,Invoice,Amount Paid\n501,C1,A1,1.00\n501,C2,A2,2.00\n', { currency: 'USD' });
    expect([remittances.map(({ payer, lines: items }) => [payer.id, items.length]), findings.map(({ severity, value }) => [severity, value])]).toEqual([[[null, 2]], [['warning', 'C1']]]);
  });

  it('takes what stands above the table for the payment: number, day, amount, payer', async () => {
    const parsed = await read('Remittance advice,,\nCheck number: 4711,,\nPayment date,2026-03-04,\nPayer,ACME Inc,\nPayment amount,USD 30.00,\n\nInvoice,Description,Amount\nA1,x,10.00\n,,\nA2,y,20.00\n');
    expect([parsed.findings, parsed.remittances]).toMatchObject([[], [{ reference: '4711', paidOn: '2026-03-04', payer: { name: 'ACME Inc' }, total: { minor: 3000n }, sums: { difference: { minor: 0n } } }]]);
  });

  it('reads amounts with parentheses, trailing minus and CR as what he takes off', async () => {
    const parsed = await read('Invoice,Net Amount\nA1,100.00\nC1,(10.00)\nC2,5.00-\nC3,1.00 CR\n', { currency: 'USD' });
    expect(lines(parsed).map(([reference, kind, paid]) => [reference, kind, paid])).toEqual([['A1', 'invoice', '100.00'], ['C1', 'credit', '-10.00'], ['C2', 'credit', '-5.00'], ['C3', 'credit', '-1.00']]);
  });

  it('knows headings of sections, subtotals, totals without a word, and checks them', async () => {
    const parsed = await read('Invoice,Reason,Amount Paid\nInvoices,,\nA1,,10.00\nA2,,20.00\nSubtotal,,31.00\nDeductions,,\nD9,Freight,-3.00\n,,27.00\n', { currency: 'USD' });
    expect(lines(parsed).map(([reference, kind]) => [reference, kind])).toEqual([['A1', 'invoice'], ['A2', 'invoice'], ['D9', 'adjustment']]);
    expect(sums(parsed.remittances[0])).toEqual(['30.00', '-3.00', '0.00']);
    expect(parsed.findings).toMatchObject([{ severity: 'warning', where: { line: 5 }, problem: 'the subtotal does not agree: declared 31.00, computed 30.00' }]);
  });

  it('says a row that does not add up, and a total that does not agree, with both figures', async () => {
    const parsed = await read('Invoice,Gross,Discount,Paid\nA1,100.00,2.00,97.00\nTotal,100.00,2.00,99.00\n', { currency: 'USD' });
    expect([lines(parsed), sums(parsed.remittances[0])]).toEqual([[['A1', 'invoice', '97.00', '100.00', '2.00', []]], ['97.00', '0.00', '2.00']]);
    expect(parsed.findings.map(({ problem }) => problem)).toEqual([
      'the row does not add up: paid 97.00, its gross, discount and deduction come to 98.00', 'the payment\'s total is 99.00, its lines come to 97.00: a gap of 2.00',
    ]);
  });

  it('takes a smaller paid amount for a part payment, and says where more is paid than the gross', async () => {
    const parsed = await read('Invoice,Gross,Paid\nA1,10.00,9.00\nA2,10.00,11.00\n', { currency: 'USD' });
    expect([lines(parsed).map(([, , paid]) => paid), parsed.findings.map(({ where }) => where.line)]).toEqual([['9.00', '11.00'], [3]]);
  });

  it.each([['A2,1.005', 'no amount in USD'], ['A2,abc9', 'cannot be read'], ['A2,abc', 'cannot be read'], ['A2,"1,00.00"', 'no number']])('reports the row %s and takes the others', async (row, problem) => {
    const parsed = await read(`Invoice,Amount Paid\nA1,1.00\n${row}\n`, { currency: 'USD' });
    expect([lines(parsed).length, parsed.findings.map(({ severity, where }) => [severity, where.line, where.column])]).toEqual([1, [['error', 3, 4]]]);
    expect(parsed.findings[0]?.problem).toContain(problem);
  });

  it('asks what the file does not settle, takes no row before, and remembers the answer as plain JSON', async () => {
    const text = 'Invoice;Amount Paid\nA1;1.234\nA2;12\n';
    const asked = await read(text, { currency: 'EUR' });
    expect([asked.remittances, asked.remittanceLayout?.questions]).toEqual([[], ['decimalMark']]);
    const layout = JSON.parse(JSON.stringify({ ...asked.remittanceLayout?.layout, decimalMark: ',' }));
    expect(lines(await read(text, { remittanceLayout: layout })).map(([, , paid]) => paid)).toEqual(['1234.00', '12.00']);
    expect((await read('Invoice;Amount Paid\nA1;1,00\n')).remittanceLayout?.questions).toEqual(['currency']);
  });

  it('is understood without a header by its content, or asked about', async () => {
    const sure = await read('INV-1001;100,00;2,00;98,00\nINV-1002;50,00;0,00;50,00\n', { currency: 'EUR' });
    expect([sure.findings, lines(sure)]).toEqual([[], [['INV-1001', 'invoice', '98.00', '100.00', '2.00', []], ['INV-1002', 'invoice', '50.00', '50.00', '0.00', []]]]);
    const unsure = await read('1001,01/02/2026,100.00\n1002,13/02/2026,50.00\n', { currency: 'EUR', table: 'remittance' });
    expect([unsure.remittances, unsure.remittanceLayout?.questions]).toEqual([[], ['columns']]);
    const layout = unsure.remittanceLayout?.layout;
    if (layout === undefined) throw new Error('no layout');
    expect(lines(await read('1001,01/02/2026,100.00\n', { remittanceLayout: layout })).map(([reference, , paid]) => [reference, paid])).toEqual([['1001', '100.00']]);
  });

  it('is told from a bank\'s statement by its words', async () => {
    const statement = await read('Date,Invoice,Amount,Balance\n2026-03-01,A1,1.00,1.00\n2026-03-02,A2,1.00,2.00\n', { currency: 'USD', account: '1' });
    expect([statement.statements.length, statement.remittances.length, statement.layout?.questions]).toEqual([1, 0, []]);
    const remittance = await read('Date,Invoice,Amount\n2026-03-01,A1,1.00\n', { currency: 'USD' });
    expect([remittance.statements.length, remittance.remittances.length, remittance.layout]).toEqual([0, 1, null]);
    const told = await read('Date,Invoice,Amount\n2026-03-01,A1,1.00\n', { currency: 'USD', account: '1', table: 'statement' });
    expect([told.statements.length, told.remittances.length]).toEqual([1, 0]);
  });

  it('keeps identical twins', async () => {
    expect(lines(await read('Invoice,Paid\nA1,1.00\nA1,1.00\n', { currency: 'USD' }))).toHaveLength(2);
  });
});
