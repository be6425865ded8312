import { formatMoney, type StatementTransaction } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { interchange, PAYMENT } from '../x12/testing/interchange.js';
import { achFile, type TestEntry } from './testing/ach-file.js';

const read = (text: string, encoding: BufferEncoding = 'utf8'): Promise<ReadDocument> => parseDocument(Buffer.from(text, encoding));
const transactions = ({ statements }: ReadDocument): StatementTransaction[] => statements.flatMap((statement) => statement.transactions);
const CREDIT: TestEntry = { code: '22', cents: 520_000, payloads: ['RMR*IV*INV-1**5000\\RMR*IV*0012*PP*250*400\\ADX*-50*ZZ\\REF*PO*9\\RMR*CM*C1**-50\\'] };

describe('an ACH file', () => {
  it('lists what was credited and debited to the accounts it names', async () => {
    const parsed = await read(achFile([{ code: '22', cents: 12_345 }, { code: '27', cents: 500, account: '55' }, { code: '32', cents: 1 }, { code: '23', cents: 0 }]));
    expect([parsed.format, parsed.refused]).toEqual(['nacha', null]);
    expect(parsed.statements.map(({ account, asOf, bank, transactions: lines }) => [account, asOf, bank, lines.map(({ amount }) => formatMoney(amount))])).toEqual([
      ['987654321', '2026-11-05', '121042882', ['123.45', '0.01']], ['55', '2026-11-05', '121042882', ['-5.00']],
    ]);
    expect(transactions(parsed).map(({ payer }) => payer.name)).toEqual(['Acme Retail', 'Acme Retail', null]);
    expect(parsed.findings.map(({ severity, problem }) => [severity, problem])).toEqual([['warning', 'a prenotification: it tests an account and moves no money']]);
  });

  it.each([
    ['one line without breaks', (text: string) => text.replaceAll('\n', '')], ['CRLF and blanks at the ends lost', (text: string) => text.split('\n').map((line) => line.trimEnd()).join('\r\n')],
    ['no padding', (text: string) => text.replace(/(\n9{94})+$/, '')], ['no file header', (text: string) => text.slice(95)],
  ])('is read the same with %s', async (_name, change) => {
    const text = achFile([CREDIT, { code: '27', cents: 100 }]);
    const shape = (parsed: ReadDocument): unknown => [parsed.refused, parsed.findings, transactions(parsed).map(({ where: _where, lines, ...rest }) => [rest, lines.map(({ where: _line, ...line }) => line)])];
    expect(shape(await read(change(text)))).toEqual(shape(await read(text)));
  });

  it('counts characters, not bytes', async () => {
    const parsed = await read(achFile([{ code: '22', cents: 100, name: 'Müller & Söhne' }]));
    expect([parsed.findings, transactions(parsed)[0]?.bankReference]).toEqual([[], '121042880000001']);
  });

  it('reads the items of a CCD+ addenda, with their adjustments', async () => {
    const parsed = await read(achFile([CREDIT]));
    expect(parsed.findings).toEqual([]);
    expect(transactions(parsed)[0]?.lines).toMatchObject([
      { reference: 'INV-1', kind: 'invoice', paid: { minor: 500_000n }, where: { line: 4, record: '7 addenda RMR' } },
      { reference: '0012', kind: 'invoice', paid: { minor: 25_000n }, gross: { minor: 40_000n }, memo: 'REF*PO*9', adjustments: [{ code: 'ZZ', amount: { minor: -5_000n } }] },
      { reference: 'C1', kind: 'credit', paid: { minor: -5_000n } },
    ]);
  });

  it('says when the addenda explain another amount than was paid', async () => {
    const { findings } = await read(achFile([{ ...CREDIT, cents: 520_100 }]));
    expect(findings.map(({ value, problem }) => [value, problem])).toEqual([['0000520100', 'the entry is 5201.00, its addenda explain 5200.00: a gap of 1.00']]);
  });

  it.each([['*', '~'], ['\xa6', '\\'], ['|', '~']])('reads the complete 820 of a CTX, written with %s and %s, and says where it stands in the addenda', async (element, terminator) => {
    const text = interchange(PAYMENT, { element, terminator });
    const payloads = text.match(/[^]{1,80}/g) ?? [];
    const parsed = await read(achFile([{ code: '22', cents: 100_000, payloads }], 'CTX'));
    expect(parsed.findings).toEqual([]);
    expect(parsed.remittances).toMatchObject([{ reference: 'TRACE9', total: { minor: 100_000n }, sums: { difference: { minor: 0n } }, lines: [{ reference: '0001001' }, { reference: '1002' }, { reference: 'CR-7' }] }]);
    const [transaction] = transactions(parsed);
    expect([transaction?.endToEndId, transaction?.lines]).toEqual(['TRACE9', parsed.remittances[0]?.lines]);
    const offset = text.indexOf(`RMR${element}IV${element}1002`);
    expect(transaction?.lines[1]?.where).toEqual({ line: 4 + Math.floor(offset / 80), column: 4 + (offset % 80), record: '7 addenda, segment 11 RMR', page: null });
  });

  it('reads the 820 of a CTX that has no envelope', async () => {
    const inner = ['ST*820*1', ...PAYMENT, 'SE*11*1'].map((segment) => `${segment}\\`).join('');
    const parsed = await read(achFile([{ code: '22', cents: 100_000, payloads: inner.match(/[^]{1,80}/g) ?? [] }], 'CTX'));
    expect(parsed.remittances).toMatchObject([{ reference: 'TRACE9', lines: [{}, {}, {}] }]);
    expect(parsed.findings.map(({ problem }) => problem)).toEqual(['there is no envelope (ISA, GS), so nothing says who sent this and whether it is whole']);
  });

  it('gives returns, dishonored and contested ones with title and what they answer', async () => {
    const original = '121042880000009';
    const parsed = await read(achFile([
      { code: '26', cents: 700, exception: `99R02${original}      12104288` }, { code: '26', cents: 800, exception: `99R68${original}      12104288   091000010000001309 02too late` },
      { code: '26', cents: 900, exception: `99R73${original}261101  12104288309091000010000001310 02091000010000077` }, { code: '21', cents: 5, exception: `99R99${original}      12104288` },
    ], 'PPD'));
    expect(parsed.statements).toEqual([]);
    expect(parsed.entries.map(({ kind, code, title, amount, originalTrace }) => [kind, code, title, amount.minor, originalTrace])).toEqual([
      ['return', 'R02', 'Account Closed', -700n, original], ['dishonoredReturn', 'R68', 'Untimely Return', -800n, original],
      ['contestedReturn', 'R73', 'Timely Original Return', -900n, original], ['return', 'R99', null, 5n, original],
    ]);
    expect(parsed.findings.map(({ value }) => value)).toEqual(['R99']);
  });

  it('every wrong count, hash and total is a finding with both figures', async () => {
    const text = achFile([CREDIT]).replace('820000000200121042880000000000000000005200', '820000000300121042890000000001000000005201');
    expect((await read(text)).findings.map(({ problem }) => problem)).toEqual([
      'number of entries and addenda in the batch control: declared 3, computed 2', 'hash of receiving banks in the batch control: declared 12104289, computed 12104288',
      'total of debits in the batch control: declared 1.00, computed 0.00', 'total of credits in the batch control: declared 5201.00, computed 5200.00',
    ]);
  });

  it('never takes what it cannot read, and says what is missing', async () => {
    const text = achFile([{ code: '22', cents: 100 }, { code: '26', cents: 1 }, { code: '29', cents: 3 }]).replace('62212104288', '6X212104288');
    const parsed = await read(text);
    expect(parsed.findings.filter(({ severity }) => severity === 'error').map(({ value, where }) => [value, where.line, where.column])).toEqual([['X2', 3, 2], ['26', 4, 2]]);
    const cut = await read(achFile([CREDIT]).split('\n').slice(0, 4).join('\n'));
    expect([transactions(cut).length, cut.findings.map(({ severity, problem }) => [severity, problem.slice(0, 43)])]).toEqual([1, [['error', 'the last batch has no control record (8); t']]]);
    expect((await read(achFile([]))).refused?.problem).toBe('the file holds no entry (record 6)');
  });
});
