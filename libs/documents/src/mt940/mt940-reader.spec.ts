import { formatMoney, type ParsedDocument, type StatementTransaction } from '#canonical';
import { CollectingSink } from '../document-sink.js';
import { HELD_TRANSACTIONS_MAX } from '../held-statement.js';
import { parseDocument, readDocument } from '../parse-document.js';
import { entryDay } from './statement-line.js';

const HEAD = [':20:S1', ':25:DE02500105170137075030', ':28C:5/1', ':60F:C251230EUR100,'];

async function read(lines: readonly string[], format?: 'mt940'): Promise<ParsedDocument> {
  return parseDocument(Buffer.from(lines.join('\r\n')), format === undefined ? {} : { format });
}

async function statement(rows: readonly string[], closing: string): Promise<ParsedDocument> {
  return read([...HEAD, ...rows, `:62F:C260102EUR${closing}`, '-']);
}

async function onlyRow(rows: readonly string[], closing: string): Promise<StatementTransaction> {
  const parsed = await statement(rows, closing);
  expect(parsed.findings).toEqual([]);
  const [row] = parsed.statements[0]?.transactions ?? [];
  if (row === undefined) throw new Error('the row was not read');
  return row;
}

describe('marks and amounts of a :61:', () => {
  it.each([
    ['C', '9,', '9.00', false, '109,'], ['D', '500', '-500.00', false, '-400,'], ['RC', '9,', '-9.00', true, '91,'], ['RD', '9,5', '9.50', true, '109,5'],
    ['CR', '9,', '9.00', false, '109,'], ['DR', '9,', '-9.00', false, '91,'], ['RCR', '000000000009,00', '-9.00', true, '91,00'],
  ])('%s%s is %s', async (mark, written, amount, reversal, closing) => {
    const end = closing.startsWith('-') ? `:62F:D260102EUR${closing.slice(1)}` : `:62F:C260102EUR${closing}`;
    const { statements, findings } = await read([...HEAD, `:61:251231${mark}${written}NTRFNONREF//B1`, end]);
    const [row] = statements[0]?.transactions ?? [];
    expect([findings, row === undefined ? null : formatMoney(row.amount), row?.reversal, row?.bankReference, row?.customerReference]).toEqual([[], amount, reversal, 'B1', null]);
  });

  it('EC and ED of an interim report are expected, not booked', async () => {
    const { statements } = await read([':20:I', ':25:1', ':28C:1', ':34F:EUR0,', ':13D:2601021200+0100', ':61:260102EC5,NTRFX', ':61:260102ED2,NTRFY']);
    expect(statements[0]?.transactions.map(({ amount, pending }) => [formatMoney(amount), pending])).toEqual([['5.00', true], ['-2.00', true]]);
    expect(statements[0]).toMatchObject({ status: 'interim', asOf: '2026-01-02' });
  });

  it('takes the year of the entry date that is nearest to the value date', () => {
    const day = (text: string): never => text as never;
    expect([entryDay('0102', day('2025-12-31')), entryDay('1231', day('2026-01-02')), entryDay('0229', day('2024-02-28')), entryDay('0229', day('2026-02-28')), entryDay('1332', day('2026-01-01'))])
      .toEqual(['2026-01-02', '2025-12-31', '2024-02-29', null, null]);
  });

  it.each([
    ['an amount finer than the currency', ':61:251231C9,125NTRFX', /has more than 2 decimal places/],
    ['an amount with a dot', ':61:251231C9.12NTRFX', /it is not value date, entry date, C or D mark/],
    ['a day that does not exist', ':61:250230C9,NTRFX', /the value date "250230" is no day/],
    ['no mark', ':61:2512319,NTRFX', /it is not value date/],
  ])('%s is an error with its place, and the gap says that a row is missing', async (_what, row, problem) => {
    const { statements, findings } = await statement([row], '109,');
    expect(statements[0]?.transactions).toEqual([]);
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'error', where: { line: 5, column: 1, record: ':61:', page: null }, problem: expect.stringMatching(problem) as string }),
      expect.objectContaining({ severity: 'warning', problem: expect.stringContaining('a gap of 9.00; a row above could not be read') as string }),
    ]);
  });
});

describe('text of a :86:', () => {
  it.each(['?', '<', '~'])('sub-fields behind %s', async (mark) => {
    const row = await onlyRow([':61:251231C9,NTRFKREF+//B1', `:86:166?00GUTSCHRIFT?20EREF+E-1?21KREF+K-7?22SVWZ+RE 1002?30COBADEFF?31DE1?32ACME GMBH`.replaceAll('?', mark)], '109,');
    expect(row).toMatchObject({ endToEndId: 'E-1', customerReference: 'K-7', payer: { name: 'ACME GMBH', account: 'DE1' }, memo: 'EREF+E-1\nKREF+K-7\nSVWZ+RE 1002\nGUTSCHRIFT' });
  });

  it('a number cut by the wrapping is whole again; a short line ended where it was meant to', async () => {
    const wrapped = `PAYMENT OF INVOICES 4711 4712 ${'X'.repeat(28)}INV-100`;
    expect(wrapped).toHaveLength(65);
    const row = await onlyRow([':61:251231C9,NTRFNONREF', `:86:${wrapped}`, '2345', 'THANK YOU'], '109,');
    expect(row.memo).toContain('INV-1002345\nTHANK YOU');
  });

  it('tags between slashes: payer, reference, structured reference', async () => {
    const row = await onlyRow([':61:251231C9,NTRFEREF', '/OCMT/USD10,//CHGS/EUR0,5/', ':86:/TRTP/SEPA/IBAN/NL91ABNA0417164300/NAME/ACME BV/REMI/STRD/CUR/RF18539007547034/EREF/E-2'], '109,');
    expect(row).toMatchObject({ endToEndId: 'E-2', payer: { name: 'ACME BV', account: 'NL91ABNA0417164300' }, structuredReferences: ['RF18539007547034'] });
    expect(row.memo).toContain('/OCMT/USD10,//CHGS/EUR0,5/');
  });

  it('a line shaped like a field this format does not have is kept as text and said', async () => {
    const { statements, findings } = await statement([':61:251231C9,NTRFNONREF', ':86:SEE', ':11:BELOW'], '109,');
    expect([statements[0]?.transactions[0]?.memo, findings.map(({ severity, where: { line } }) => [severity, line])]).toEqual(['SEE\n:11:BELOW', [['warning', 7]]]);
  });

  it('behind the closing balance it speaks of the statement, and a :61: there is refused', async () => {
    const { statements, findings } = await read([...HEAD, ':61:251231C9,NTRFNONREF', ':62F:C260102EUR109,', ':86:NOTE', ':61:251231C7,NTRFNONREF']);
    expect(statements[0]?.transactions.map(({ memo }) => memo)).toEqual(['']);
    expect(findings).toEqual([expect.objectContaining({ severity: 'error', problem: expect.stringContaining('behind the closing balance') as string })]);
  });
});

describe('statements', () => {
  it('one that goes on in the next message is checked against what that opens with', async () => {
    const part = (opening: string): string[] => [...HEAD, ':62M:C251231EUR100,', '-', ':20:S1', ':25:DE02500105170137075030', ':28C:5/2', `:60M:C251231EUR${opening}`, `:62F:C251231EUR${opening}`];
    expect((await read(part('100,'))).findings).toEqual([]);
    expect((await read(part('90,'))).findings.map(({ problem }) => problem)).toEqual([
      'this part opens with 90.00 EUR, the part before closed with 100.00 EUR: a part may be missing',
    ]);
  });

  it('identical twins both stay, in one piece and in pieces of one byte', async () => {
    const bytes = Buffer.from([...HEAD, ':61:251231C9,NTRFNONREF', ':61:251231C9,NTRFNONREF', ':86:Müller', ':62F:C260102EUR118,'].join('\n'));
    const whole = await parseDocument(bytes);
    const sink = new CollectingSink();
    await readDocument(Array.from(bytes, (byte) => Uint8Array.of(byte)), sink);
    expect([whole.findings, whole.statements[0]?.transactions.length, sink.statements]).toEqual([[], 2, whole.statements]);
  });

  it.each(['latin1', 'utf16le', 'utf8'] as const)('in %s', async (encoding) => {
    const parsed = await parseDocument(Buffer.from([...HEAD, ':61:251231C9,NTRFNONREF', ':86:Müller', ':62F:C260102EUR109,'].join('\r\n'), encoding));
    expect([parsed.findings, parsed.statements[0]?.transactions[0]?.memo]).toEqual([[], 'Müller']);
  });

  it('one without a closing balance is said to be unchecked, one without an account or currency is not taken', async () => {
    expect((await read([...HEAD, ':61:251231C9,NTRFNONREF'])).findings.map(({ problem }) => problem)).toEqual([expect.stringContaining('has no closing balance')]);
    const nameless = await read([':20:A', ':28C:1', ':60F:C251230EUR1,', ':61:251231C9,NTRFX', ':62F:C251231EUR10,']);
    expect([nameless.statements, nameless.findings.map(({ severity }) => severity)]).toEqual([[], ['error']]);
    expect((await parseDocument(Buffer.from(':20:A\n:28C:1\n:60F:C251230EUR1,\n:62F:C251231EUR1,'), { account: '77' })).statements[0]?.account).toBe('77');
  });

  it('a statement longer than is held back keeps its rows in order, and a later day is said', async () => {
    const count = HELD_TRANSACTIONS_MAX + 10;
    const rows = Array.from({ length: count }, (_, index) => `:61:251231C1,NTRFR${index}`);
    const { statements, findings } = await statement(rows, `${100 + count},`);
    expect(statements[0]?.transactions.map(({ customerReference }) => customerReference)).toEqual(Array.from({ length: count }, (_, index) => `R${index}`));
    expect([statements[0]?.asOf, findings.map(({ problem }) => problem)]).toEqual(['2025-12-31', [expect.stringContaining('before its closing balance said 2026-01-02')]]);
  });

  it('nothing in the file that is a message refuses it', async () => {
    await expect(read(['hello', ':86:text'], 'mt940')).resolves.toMatchObject({ refused: { problem: expect.stringContaining('no MT940 or MT942 message') as string } });
  });
});
