import { formatMoney, type StatementTransaction } from '#canonical';
import type { ReadDocument, ReadOptions } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { readCollected } from '../testing/read-collected.js';
import { CsvDocument } from './csv-document.js';

function read(text: string, options: ReadOptions = {}): ReadDocument {
  return readCollected('csv', (sink) => new CsvDocument(sink, { table: 'statement', ...options }), Buffer.from(text));
}

function rows(parsed: ReadDocument): readonly StatementTransaction[] {
  return parsed.statements.flatMap(({ transactions }) => transactions);
}

function amounts(parsed: ReadDocument): string[] {
  return rows(parsed).map(({ amount }) => formatMoney(amount));
}

describe('CSV of any bank', () => {
  it.each([',', ';', '\t', '|'])('finds the delimiter %j and the header below a preamble', (delimiter) => {
    const lines = ['My Bank', '', ['Account:', '12345'], ['Date', 'Description', 'Amount'], ['2026-03-01', 'INVOICE 1', '12.50'], ['2026-03-02', 'FEE', '-3.00']];
    const text = lines.map((line) => (typeof line === 'string' ? line : line.join(delimiter))).join('\n');
    const parsed = read(text, { currency: 'USD', account: '12345' });
    expect([parsed.findings, amounts(parsed), parsed.layout?.layout.delimiter]).toEqual([[], ['12.50', '-3.00'], delimiter]);
    expect(rows(parsed)[0]?.where).toEqual({ line: text.split('\n').length - 1, column: 1, record: 'row', page: null });
  });

  it.each([
    ['Datum;Naam / Omschrijving;Bedrag;Af Bij;Mededelingen;Munt', '01-03-2026;Jansen BV;1.250,00;Bij;factuur 7;EUR', '31-03-2026;KPN;12,50;Af;abonnement;EUR', 'Jansen BV'],
    ['Date;Libellé;Débit;Crédit;Devise', '01/03/2026;VIR DUPONT;;1 250,00;EUR', '31/03/2026;FRAIS;12,50;;EUR', null],
    ['Buchungstag;Valutadatum;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Währung', '01.03.26;02.03.26;Müller GmbH;RE 7;1.250,00;EUR', '31.03.26;31.03.26;;Entgelt;-12,50;EUR', 'Müller GmbH'],
    ['Buchungsdatum;Umsatz (EUR);Soll/Haben;Verwendungszweck', '2026-03-01;1250,00;H;RE 7', '2026-03-31;12,50;S;Entgelt', null],
  ])('reads the header %s', (header, first, second, payer) => {
    const parsed = read([header, first, second].join('\n'), { account: '1' });
    expect([parsed.findings, amounts(parsed)]).toEqual([[], ['1250.00', '-12.50']]);
    expect(rows(parsed).map(({ bookedOn }) => bookedOn)).toEqual(['2026-03-01', '2026-03-31']);
    expect(rows(parsed)[0]?.payer.name).toBe(payer);
  });

  it('asks for the date order when no day is beyond the twelfth, and takes it from the layout', () => {
    const text = 'Date,Description,Amount\n03/04/2026,A,1.00\n05/06/2026,B,2.00\n';
    const asked = read(text, { currency: 'USD', account: '1' });
    expect([asked.statements, asked.layout?.questions]).toEqual([[], ['dateOrder']]);
    expect(asked.findings).toMatchObject([{ severity: 'error', value: 'dateOrder', problem: expect.stringContaining('state dateOrder in the layout') }]);
    const layout = asked.layout?.layout;
    if (layout === undefined) throw new Error('no layout');
    const days = (dateOrder: 'dayMonthYear' | 'monthDayYear'): string[] => rows(read(text, { layout: { ...layout, dateOrder } })).map(({ bookedOn }) => bookedOn);
    expect([days('dayMonthYear'), days('monthDayYear')]).toEqual([['2026-04-03', '2026-06-05'], ['2026-03-04', '2026-05-06']]);
    const settled = read(`${text}13/06/2026,C,3.00\n`, { currency: 'USD', account: '1' });
    expect(rows(settled).map(({ bookedOn }) => bookedOn)).toEqual(['2026-04-03', '2026-06-05', '2026-06-13']);
  });

  it('asks for the decimal mark when 1.234 is all there is', () => {
    const asked = read('Date;Text;Amount\n2026-03-01;A;1.234\n2026-03-02;B;12\n', { currency: 'EUR', account: '1' });
    expect([asked.statements, asked.layout?.questions]).toEqual([[], ['decimalMark']]);
    expect(amounts(read('Date;Text;Amount\n2026-03-01;A;1.234\n2026-03-02;B;12,5\n', { currency: 'EUR', account: '1' }))).toEqual(['1234.00', '12.50']);
  });

  it('asks for the currency when nothing names it', () => {
    expect(read('Date,Text,Amount\n2026-03-01,A,$1.25\n').layout?.questions).toEqual(['currency']);
    expect(amounts(read('Date,Text,Amount\n2026-03-01,A,"€ 1.25"\n', { account: '1' }))).toEqual(['1.25']);
  });

  it('asks for the signs when the running balance fits only turned', () => {
    const text = 'Date,Text,Amount,Balance\n2026-03-01,A,10.00,90.00\n2026-03-02,B,-5.00,95.00\n2026-03-03,C,1.00,94.00\n';
    const asked = read(text, { currency: 'USD', account: '1' });
    expect([asked.statements, asked.layout?.questions]).toEqual([[], ['signs']]);
    const layout = asked.layout?.layout;
    if (layout === undefined) throw new Error('no layout');
    expect(amounts(read(text, { layout: { ...layout, signs: 'inverted' } }))).toEqual(['-10.00', '5.00', '-1.00']);
  });

  it('checks the running balance in the order of the file and names both figures', () => {
    const newestFirst = 'Date,Text,Amount,Balance\n2026-03-03,C,1.00,106.00\n2026-03-02,B,-5.00,105.00\n2026-03-01,A,10.00,110.00\n';
    const parsed = read(newestFirst, { currency: 'USD', account: '1' });
    expect(parsed.findings).toEqual([]);
    expect(parsed.statements[0]?.balances).toMatchObject([{ kind: 'opening', amount: { minor: 10_000n } }, { kind: 'closing', amount: { minor: 10_600n } }]);
    const broken = read(newestFirst.replace('-5.00', '-5.01'), { currency: 'USD', account: '1' });
    expect(broken.findings).toMatchObject([{ severity: 'warning', where: { line: 4 }, problem: 'the running balance does not follow: declared 110.00, computed 110.01' }]);
  });

  it('keeps delimiters, doubled quotes and line breaks of quoted cells, and the line numbers behind them', () => {
    const parsed = read('Date,Text,Amount\n2026-03-01,"A, ""B""\nsecond line",1.00\n2026-03-02,C,x\n', { currency: 'USD', account: '1' });
    expect(rows(parsed)[0]?.memo).toBe('A, "B"\nsecond line');
    expect(parsed.findings).toMatchObject([{ severity: 'error', where: { line: 4, column: 14 }, value: 'x' }]);
  });

  it('does not take two rows that a stray quote makes one', () => {
    const parsed = read('Date,Text,Amount\n2026-03-01,"A,1.00\n2026-03-01,"B,2.00\n2026-03-01,C,3.00\n', { currency: 'USD', account: '1' });
    expect([amounts(parsed), parsed.findings]).toMatchObject([['3.00'], [{ severity: 'error', where: { line: 2 }, problem: expect.stringContaining('several lines') }]]);
  });

  it.each([
    ['2026-03-01,A', 'the row has 2 cells'], ['2026-03-01,A,1.00,9', 'the row has 4 cells'], ['2026-02-30,A,1.00', 'no day'], ['2026-03-01,A,1.005', 'no amount in USD'],
    ['2026-03-01,A,', 'there is no amount'], [',A,1.00', 'no booking day'], ['2026-03-01,A,1,2.00', 'the row has 4 cells'], ['2026-03-01,A,--1.00', 'more than one sign'], ['2026-03-01,A,"12,34.00"', 'no number'],
  ])('reports the row %s and takes the others', (row, problem) => {
    const parsed = read(`Date,Text,Amount\n2026-03-01,GOOD,7.77\n${row}\n`, { currency: 'USD', account: '1' });
    expect(amounts(parsed)).toEqual(['7.77']);
    expect(parsed.findings).toMatchObject([{ severity: 'error', where: { line: 3 } }]);
    expect(parsed.findings[0]?.problem).toContain(problem);
  });

  it('reads signs before, behind and as parentheses', () => {
    const written = ['-1.00', '1.00-', '(1.00)', '\u22121.00', '1.00 DR', '+1.00', '1.00 CR', 'USD 1.00', '$1.00', '.5', "1'000.00", '1,000,000.00'];
    const parsed = read(`Date;Text;Amount\n${written.map((amount) => `2026-03-01;A;${amount}`).join('\n')}`, { currency: 'USD', account: '1' });
    expect([parsed.findings, amounts(parsed)]).toEqual([[], ['-1.00', '-1.00', '-1.00', '-1.00', '-1.00', '1.00', '1.00', '1.00', '1.00', '0.50', '1000.00', '1000000.00']]);
  });

  it('makes one statement per account and currency', () => {
    const parsed = read('Date,Account,Currency,Text,Amount\n2026-03-01,1,USD,A,1.00\n2026-03-01,2,USD,B,2.00\n2026-03-01,1,EUR,C,3.00\n2026-03-02,1,USD,D,4.00\n');
    expect(parsed.statements.map(({ account, currency, transactions }) => [account, currency, transactions.length])).toEqual([['1', 'USD', 2], ['2', 'USD', 1], ['1', 'EUR', 1]]);
  });

  it('reads a file without header by positions of a stated layout', () => {
    const none = { valueOn: null, credit: null, debit: null, direction: null, currency: null, balance: null, account: null, payerName: null, payerAccount: null, reference: null, customerReference: null, checkNumber: null, type: null };
    const parsed = read('01/02/2026;PAID;"1,50"\n', {
      layout: { delimiter: ';', hasHeader: false, decimalMark: ',', dateOrder: 'dayMonthYear', signs: 'asWritten', currency: 'EUR', account: '9', columns: { ...none, bookedOn: '#1', memo: ['#2'], amount: '#3' } },
    });
    expect([parsed.findings, parsed.statements[0]?.account, rows(parsed)]).toMatchObject([[], '9', [{ bookedOn: '2026-02-01', memo: 'PAID', amount: { minor: 150n } }]]);
  });

  it('finds remembered columns again when the bank moved them, and refuses a file that lost one', () => {
    const first = read('Date,Text,Amount\n2026-03-01,A,1.00\n', { currency: 'USD', account: '1' });
    const layout = first.layout?.layout;
    if (layout === undefined) throw new Error('no layout');
    expect(amounts(read('Amount,New,Text,Date\n1.00,,A,2026-03-01\n', { layout }))).toEqual(['1.00']);
    expect(read('Sum,New,Text,Date\n1.00,,A,2026-03-01\n', { layout }).refused?.problem).toContain('columns');
  });

  it.each(['utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be', 'utf-16le without mark', 'windows-1252'])('reads %s', async (encoding) => {
    const text = 'Buchungstag;Verwendungszweck;Betrag\r\n01.03.2026;Müller für Größe;1,00\r\n';
    const utf16 = Buffer.from(text, 'utf16le');
    const bytes: Record<string, Uint8Array> = {
      'utf-8': Buffer.from(text), 'utf-8 with mark': Buffer.from(`\ufeff${text}`), 'utf-16le': Buffer.from(`\ufeff${text}`, 'utf16le'),
      'utf-16be': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'utf-16le without mark': utf16, 'windows-1252': Buffer.from(text, 'latin1'),
    };
    const parsed = await parseDocument(bytes[encoding] ?? Buffer.alloc(0), { currency: 'EUR', account: '1' });
    expect([parsed.findings, rows(parsed)[0]?.memo]).toEqual([[], 'Müller für Größe']);
  });

  it('refuses what is no table', () => {
    expect(read('%PDF-1.7 hello').refused?.problem).toContain('no CSV header');
  });
});
