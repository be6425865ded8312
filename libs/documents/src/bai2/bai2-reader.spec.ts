import { type Finding, type ParsedDocument, type StatementTransaction } from '#canonical';
import { readCollected } from '../testing/read-collected.js';
import { Bai2Document } from './bai2-reader.js';

function readBai2(text: string, pieceBytes?: number): ParsedDocument {
  return readCollected('bai2', (sink) => new Bai2Document(sink), Buffer.from(text), pieceBytes);
}

const HEAD = ['01,BANK,US,260301,0800,7,,,2/', '02,US,021000021,1,260228,,USD,2/', '03,123456,,010,100000,,/'];

/** A file around 16 records, with totals that agree. */
function file(details: readonly string[], amount = 0n, group = HEAD[1] ?? ''): string {
  const records = details.length + 2;
  const total = 100000n + amount;
  return [HEAD[0], group, HEAD[2], ...details, `49,${total},${records}/`, `98,${total},1,${records + 2}/`, `99,${total},1,${records + 4}/`].join('\n');
}

function transactions(parsed: ParsedDocument): readonly StatementTransaction[] {
  return parsed.statements.flatMap((statement) => statement.transactions);
}

function problems(findings: readonly Finding[]): string[] {
  return findings.map(({ problem }) => problem);
}

describe('BAI2', () => {
  it.each([
    ['0', '2026-02-28'], ['1', null], ['2', null], ['Z', null], ['', null], ['V,260303,1200', '2026-03-03'], ['V,260303,', '2026-03-03'],
    ['V,260101,0000', '2026-02-28'], ['S,100,200,0', null], ['D,2,0,100,1,200', null], ['D,0', null],
  ])('reads the fields after funds type %s where they stand', (funds, valueOn) => {
    const parsed = readBai2(file([`16,195,300,${funds},BREF,CREF,PAID, IN FULL 1/2/`], 300n));
    expect(parsed.findings).toEqual([]);
    expect(transactions(parsed)).toMatchObject([{ valueOn, bankReference: 'BREF', customerReference: 'CREF', memo: 'PAID, IN FULL 1/2', amount: { minor: 300n, currency: 'USD' } }]);
  });

  it.each([['1', 'add'], ['2', 'delete'], ['3', 'replace'], ['4', 'test']])('reads group status %s as %s', (status, expected) => {
    expect(readBai2(file([], 0n, `02,US,021000021,${status},260228,,,2/`)).statements[0]?.status).toBe(expected);
  });

  it('reads an unknown group status as a test, so that nothing is booked', () => {
    const parsed = readBai2(file([], 0n, '02,US,021000021,9,260228,,,2/'));
    expect([parsed.statements[0]?.status, parsed.findings[0]?.value]).toEqual(['test', '9']);
  });

  it.each([['JPY', 12345n, 'JPY'], ['KWD', 12345n, 'KWD'], ['', 12345n, 'USD']])('takes amounts in the smallest unit of %p', (currency, minor, expected) => {
    const parsed = readBai2(file(['16,142,12345,,,,X'], 12345n, `02,US,021000021,1,260228,,${currency},2/`));
    expect(transactions(parsed)[0]?.amount).toEqual({ minor, currency: expected });
  });

  it('lets the account overrule the currency of its group', () => {
    const text = file(['16,142,5,,,,X'], 5n).replace('03,123456,,', '03,123456,EUR,');
    expect(readBai2(text).statements[0]?.currency).toBe('EUR');
  });

  it('takes no money in a currency that does not exist', () => {
    const parsed = readBai2(file(['16,142,5,,,,X'], 5n).replace('03,123456,,', '03,123456,ZZZ,'));
    expect([parsed.statements, parsed.findings.map(({ severity, where }) => [severity, where.line, where.column])]).toEqual([[], [['error', 3, 11], ['error', 4, 1]]]);
  });

  it('reads several records on one line, and a whole file that is one line', () => {
    const plain = readBai2(file(['16,142,5,,B,C,HELLO/', '88,WORLD/'], 5n));
    const packed = readBai2(file(['16,142,5,,B,C,HELLO/', '88,WORLD/'], 5n).replaceAll('\n', ''));
    expect(packed.findings).toEqual([]);
    expect(transactions(packed).map(({ memo, amount }) => [memo, amount.minor])).toEqual(transactions(plain).map(({ memo, amount }) => [memo, amount.minor]));
    const mixed = readBai2(file([], 0n).replace('/\n49', '/49'));
    expect([mixed.findings, mixed.statements.length]).toEqual([[], 1]);
  });

  it('does not let a payer write transactions into a memo', () => {
    const parsed = readBai2(file(['16,142,5,,B,C,THANK YOU/16,195,99999900,,X,Y,FORGED/'], 5n));
    expect(transactions(parsed).map(({ amount }) => amount.minor)).toEqual([5n]);
    expect(parsed.findings).toMatchObject([{ severity: 'warning', where: { line: 4 } }]);
  });

  it('reads padded lines, CRLF and lone CR', () => {
    const text = file(['16,142,5,,B,C,HELLO'], 5n);
    for (const written of [text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r'), text.split('\n').map((line) => line.padEnd(80)).join('\n')]) {
      const parsed = readBai2(written.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
      expect([parsed.findings, transactions(parsed)[0]?.memo]).toEqual([[], 'HELLO']);
    }
  });

  it('continues fields in an 88, and text in an 88 behind a record that was closed early', () => {
    const fields = readBai2(file(['16,142,5/', '88,V,260302,,B,C,TEXT'], 5n));
    expect([fields.findings, transactions(fields)]).toMatchObject([[], [{ valueOn: '2026-03-02', bankReference: 'B', customerReference: 'C', memo: 'TEXT' }]]);
    const text = readBai2(file(['16,142,5,,B/', '88,ORIG CO NAME:ACME INC  CO ID:1234567890'], 5n));
    expect([text.findings, transactions(text)]).toMatchObject([[], [{ bankReference: 'B', customerReference: null, payer: { name: 'ACME INC', id: '1234567890' } }]]);
  });

  it('keeps a line that lost its 88 as text and says so', () => {
    const parsed = readBai2(file(['16,142,5,,B,C,PART ONE', 'PART TWO'], 5n));
    expect(transactions(parsed)[0]?.memo).toBe('PART ONE\nPART TWO');
    expect(parsed.findings[0]).toMatchObject({ severity: 'warning', value: 'PART TWO', where: { line: 5, column: 1 } });
  });

  it('gives debit codes a minus and marks what takes money back', () => {
    const parsed = readBai2(file(['16,475,5,,,,', '16,555,6,,,,', '16,115,7,,,,', '16,920,8,,,,', '16,960,9,,,,'], 35n));
    expect(transactions(parsed).map(({ amount, kind, reversal }) => [amount.minor, kind, reversal])).toEqual([
      [-5n, 'check', false], [-6n, 'check', true], [7n, 'lockbox', false], [8n, 'other', false], [-9n, 'other', false],
    ]);
  });

  it.each([
    ['16,142,12.50,,,,X', 'no integer'], ['16,142,,,,,X', 'there is no amount'], ['16,100,500,,,,X', 'count money twice'], ['16,015,500,,,,X', 'count money twice'],
    ['16,1A2,500,,,,X', 'no type code'], ['16,142,1e9,,,,X', 'no integer'],
  ])('reports %s and takes nothing', (detail, problem) => {
    const parsed = readBai2(file([detail]));
    expect(transactions(parsed)).toEqual([]);
    expect(parsed.findings[0]).toMatchObject({ severity: 'error', where: { line: 4, column: 1, record: '16' } });
    expect(parsed.findings[0]?.problem).toContain(problem);
  });

  it('names declared and computed figures of every trailer that does not agree', () => {
    const parsed = readBai2(file(['16,142,5,,,,X'], 6n));
    expect(problems(parsed.findings)).toEqual([
      'control total of the 49 record: declared 100006, computed 100005',
      'control total of the 98 record: declared 100006, computed 100005',
      'control total of the 99 record: declared 100006, computed 100005',
    ]);
  });

  it('keeps what stands before a missing end and reports the end as an error', () => {
    const parsed = readBai2(file(['16,142,5,,,,X'], 5n).split('\n').slice(0, 4).join('\n'));
    expect(transactions(parsed)).toHaveLength(1);
    expect(parsed.findings.at(-1)).toMatchObject({ severity: 'error', problem: expect.stringContaining('without a 99 record') });
  });

  it('reports every transaction of a group without a day', () => {
    const parsed = readBai2(file(['16,142,5,,,,X', '16,142,6,,,,Y'], 11n, '02,US,021000021,1,260231,,USD,2/'));
    expect(parsed.statements).toEqual([]);
    expect(parsed.findings.map(({ where, severity }) => [where.line, severity])).toEqual([[2, 'error'], [4, 'error'], [5, 'error']]);
  });
});

describe('remittance in the text of a BAI2 file', () => {
  it('becomes lines of its transaction', () => {
    const records = ['01,A,B,260301,0000,1,,,2/', '02,A,B,1,260228,,,/', '03,1,,/', '16,142,520000,,,,ACH CREDIT', '88,RMR*IV*0012**5000\\RMR*IV*13**200\\', '49,520000,4/', '98,520000,1,6/', '99,520000,1,8/'];
    const { statements, findings } = readBai2(records.join('\n'));
    expect(findings).toEqual([]);
    expect(statements[0]?.transactions[0]?.lines).toMatchObject([{ reference: '0012', kind: 'invoice', paid: { minor: 500_000n } }, { reference: '13', paid: { minor: 20_000n } }]);
  });
});
