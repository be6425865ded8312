import type { Finding, ParsedDocument } from '#canonical';
import { CollectingSink } from '../document-sink.js';
import { LINE_LENGTH_MAX } from '../limits.js';
import { readCollected } from '../testing/read-collected.js';
import { Bai2Document } from './bai2-reader.js';
import { CONTINUATIONS_MAX } from './limits.js';

function read(file: string | Uint8Array, pieceBytes?: number): ParsedDocument {
  return readCollected('bai2', (sink) => new Bai2Document(sink), Buffer.from(file), pieceBytes);
}

const GROUP = (status: string, amount: number): string[] => [`02,US,021000021,${status},260228,,USD,2/`, `03,${status}00,,/`, `16,142,${amount},,,,PAID ${status}`, '88,MORE', `49,${amount},4/`, `98,${amount},1,6/`];
const STATUSES = ['01,BANK,US,260301,0800,7,,,2/', ...GROUP('1', 5), ...GROUP('2', 6), ...GROUP('3', 7), ...GROUP('4', 8), '99,26,4,26/'];
/** Records behind one another on lines, with an 88 that begins a line and text that ends one. */
const PACKED = ['01,BANK,US,260301,0800,7,,,2/02,US,B,1,260228,,EUR,2/03,9,,010,7,,/16,142,5,V,260302,,B,C,MÜLLER GMBH/', '88,PART/16,195,6,,,,X/88,SLASH A/B/49,18,6/98,18,1,8/', '99,18,1,10/'];

describe('BAI2 that arrives in pieces', () => {
  it.each([
    ['several records on a line', PACKED.join('\n')], ['one line', PACKED.join('')], ['CRLF', STATUSES.join('\r\n')], ['CR', STATUSES.join('\r')], ['padding', STATUSES.map((line) => line.padEnd(40)).join('\n')],
    ['UTF-16', Buffer.from(`\ufeff${PACKED.join('\r\n')}`, 'utf16le')], ['windows-1252', Buffer.from(PACKED.join('\n'), 'latin1')],
  ])('%s: reads the same wherever it is cut', (_name, file) => {
    const whole = read(file);
    expect([whole.refused, whole.findings]).toEqual([null, []]);
    for (let pieceBytes = 1; pieceBytes <= 60; pieceBytes += 1) expect(read(file, pieceBytes)).toEqual(whole);
  });

  it('reads the records of a line as those of lines of their own', () => {
    const money = ({ statements }: ParsedDocument): unknown[] => statements.flatMap(({ transactions }) => transactions.map(({ amount, memo, valueOn }) => [amount.minor, memo, valueOn]));
    expect(money(read(PACKED.join('\n')))).toEqual([[5n, 'MÜLLER GMBH\nPART', '2026-03-02'], [6n, 'X\nSLASH A/B', null]]);
    expect(money(read(PACKED.join('')))).toEqual(money(read(PACKED.join('\n'))));
  });

  it('says the column on the line of a record that is not its first', () => {
    const line = PACKED[0] ?? '';
    const { statements, findings } = read([line.replace('260302', '260230'), ...PACKED.slice(1)].join('\n'), 7);
    const column = line.indexOf('16,142') + 1;
    expect([statements[0]?.transactions[0]?.where, findings]).toMatchObject([{ line: 1, column, record: '16' }, [{ severity: 'warning', value: '260230', where: { line: 1, column } }]]);
  });

  it('hands each transaction on before its account is complete', () => {
    const sink = new CollectingSink();
    const heads: unknown[] = [];
    const amounts: bigint[] = [];
    sink.openStatement = (head) => { heads.push(head); };
    sink.transaction = ({ amount }) => { amounts.push(amount.minor); };
    const document = new Bai2Document(sink);
    document.push(Buffer.from(`${STATUSES.slice(0, 3).join('\n')}\n16,142,1,,,,A\n16,142,2,,,,B\n88,C\n16,142,3,,,,D\n`));
    expect([heads, amounts]).toEqual([[{ account: '100', bank: '021000021', currency: 'USD', asOf: '2026-02-28', sequence: '7', status: 'add' }], [1n, 2n]]);
  });

  it('keeps each account under the status of its group, however the groups follow one another', () => {
    const { statements, findings } = read(STATUSES.join('\n'), 9);
    expect([statements.map(({ status, account, transactions }) => [status, account, transactions.map(({ amount }) => amount.minor)]), findings]).toEqual([[['add', '100', [5n]], ['delete', '200', [6n]], ['replace', '300', [7n]], ['test', '400', [8n]]], []]);
  });
});

describe('BAI2 with broken trailers', () => {
  const said = (findings: readonly Finding[]): unknown[] => findings.map(({ severity, where, problem }) => [severity, where.line, problem.split(':')[0]]);

  it.each([
    ['no 49', (lines: string[]) => lines.toSpliced(5, 1), [['warning', 6, 'the account 100 was not closed by a 49 record'], ['warning', 6, 'number of records in the 98 record'], ['warning', 25, 'number of records in the 99 record']]],
    ['no 98', (lines: string[]) => lines.toSpliced(6, 1), [['warning', 7, 'the group before was not closed by a 98 record'], ['warning', 25, 'number of records in the 99 record']]],
    ['two 49s', (lines: string[]) => lines.toSpliced(5, 0, '49,5,4/'), [['warning', 7, 'a 49 record closes no account'], ['warning', 8, 'number of records in the 98 record'], ['warning', 27, 'number of records in the 99 record']]],
    ['two 98s', (lines: string[]) => lines.toSpliced(6, 0, '98,5,1,6/'), [['warning', 8, 'a 98 record closes no group'], ['warning', 27, 'number of records in the 99 record']]],
    ['a 49 of words', (lines: string[]) => lines.toSpliced(5, 1, '49,FIVE,MANY/'), [['warning', 6, 'the control total of the 49 record is no number; computed 5'], ['warning', 6, 'number of records in the 49 record']]],
    ['a 49 cut short', (lines: string[]) => lines.toSpliced(5, 1, '49,5'), [['warning', 6, 'number of records in the 49 record']]],
    ['no 99', (lines: string[]) => lines.slice(0, -1), [['error', 25, 'the file ends without a 99 record']]],
    ['the end of the file missing', (lines: string[]) => lines.slice(0, 24), [['warning', 24, 'the group before was not closed by a 98 record'], ['error', 24, 'the file ends without a 99 record']]],
  ])('%s: every transaction is taken and every trailer that proves nothing is named', (_name, breaking, expected) => {
    const { statements, findings } = read(breaking([...STATUSES]).join('\n'), 11);
    expect(statements.flatMap(({ transactions }) => transactions.map(({ amount }) => amount.minor))).toEqual([5n, 6n, 7n, 8n]);
    expect(said(findings)).toEqual(expected);
  });
});

describe('BAI2 beyond its limits', () => {
  it.each([
    ['a line', `01,A/\n${'16,142,5,,,,X/'.padEnd(LINE_LENGTH_MAX + 1, 'Y')}`, 2, 'the line is longer'],
    ['the continuations of a record', `01,A,B,260301,0000,1,,,2/\n16,142,5,,,,X\n${'88,Y\n'.repeat(CONTINUATIONS_MAX)}`, CONTINUATIONS_MAX + 2, 'continuations'],
    ['the length of a record', `01,A/\n16,142,5,,,,X\n${`88,${'Y'.repeat(3_000_000)}\n`.repeat(3)}`, 5, 'stand on more than'],
  ])('%s: is refused with its line', (_name, file, line, problem) => {
    expect(read(file, 64 * 1024).refused).toMatchObject({ where: { line }, problem: expect.stringContaining(problem) });
  });
});
