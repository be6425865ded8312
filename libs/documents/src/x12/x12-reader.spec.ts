import { type Finding, formatMoney, type Remittance } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { CollectingSink } from '../document-sink.js';
import { parseDocument } from '../parse-document.js';
import { interchange, PAYMENT, type Writing } from './testing/interchange.js';
import { X12Document } from './x12-reader.js';

function read(text: string, encoding: BufferEncoding = 'latin1'): Promise<ReadDocument> {
  return parseDocument(Buffer.from(text, encoding));
}

/** What of a payment must not depend on how its file is written. */
function content({ remittances }: Pick<ReadDocument, 'remittances'>): unknown {
  return remittances.map(({ payer, payee, reference, total, paidOn, lines }) => ({ payer, payee, reference, total, paidOn, lines: lines.map(({ where: _where, ...line }) => line) }));
}

async function only(segments: readonly string[], set = '820'): Promise<[Remittance, readonly Finding[]]> {
  const { remittances, findings } = await read(interchange(segments, {}, set));
  const [remittance] = remittances;
  if (remittance === undefined) throw new Error(findings.map(({ problem }) => problem).join('; '));
  return [remittance, findings];
}

const paid = ({ lines }: Remittance): (string | null)[] => lines.map((line) => (line.paid === null ? null : formatMoney(line.paid)));
const problems = (findings: readonly Finding[]): string[] => findings.map(({ severity, where, problem }) => `${severity} ${where.record ?? ''}: ${problem}`);

describe('how X12 is written', () => {
  const WRITINGS: readonly [string, Writing][] = [
    ['a line for every segment', { after: '\n' }], ['CRLF behind the terminator', { after: '\r\n' }], ['a newline as terminator', { terminator: '\n' }], ['CRLF as terminator', { terminator: '\r\n' }],
    ['a carriage return as terminator', { terminator: '\r' }], ['a backslash as terminator', { terminator: '\\' }], ['a pipe as separator', { element: '|' }], ['byte A6 as separator', { element: '\xa6', terminator: '\\' }],
    ['U+00A6 in UTF-8 as separator', { element: '\xc2\xa6' }], ['an ISA nobody padded', { padded: false }], ['blanks before the terminator', { before: '  ' }], ['indentation', { after: '\n    ' }],
    ['no last terminator', { lastTerminator: false }], ['no component separator', { component: '' }], ['a blank before the terminator and an unpadded ISA', { before: ' ', padded: false, after: '\r\n' }],
  ];

  it.each(WRITINGS)('%s changes nothing', async (_name, writing) => {
    const plain = await read(interchange(PAYMENT));
    const written = await read(interchange(PAYMENT, writing));
    expect([written.refused, written.findings]).toEqual([null, []]);
    expect(content(written)).toEqual(content(plain));
  });

  it('a byte order mark, UTF-16 and lines broken after 80 characters change nothing', async () => {
    const text = interchange(PAYMENT);
    const plain = content(await read(text));
    expect(content(await parseDocument(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])))).toEqual(plain);
    expect(content(await parseDocument(Buffer.from(`\ufeff${text}`, 'utf16le')))).toEqual(plain);
    expect(content(await read(text.replace(/(.{80})/g, '$1\r\n')))).toEqual(plain);
  });

  it('the pieces a file arrives in change nothing', async () => {
    const bytes = Buffer.from(interchange(Array.from({ length: 3_000 }, () => PAYMENT).flat(), { after: '\r\n' }));
    const whole = new CollectingSink();
    const cut = new CollectingSink();
    for (const [sink, size] of [[whole, bytes.length], [cut, 977]] as const) {
      const document = new X12Document(sink);
      for (let start = 0; start < bytes.length; start += size) document.push(bytes.subarray(start, start + size));
      expect(document.end().refused).toBeNull();
    }
    expect(whole.remittances).toHaveLength(3_000);
    expect([cut.remittances, cut.findings]).toEqual([whole.remittances, whole.findings]);
  });

  it('several interchanges in one file each bring their own delimiters', async () => {
    const second = interchange(PAYMENT.map((segment) => segment.replace('TRACE9', 'TRACE10')), { element: '|', terminator: '\n', control: '000000018' });
    const { remittances, findings } = await read(interchange(PAYMENT, { after: '\r\n' }) + second);
    expect([remittances.map(({ reference }) => reference), findings]).toEqual([['TRACE9', 'TRACE10'], []]);
    expect(remittances[1]?.where).toEqual({ line: 15 + 4, column: 1, record: 'segment 19 BPR', page: null });
  });

  it('values are UTF-8 where they are valid UTF-8, else windows-1252, and columns count characters', async () => {
    const segments = [...PAYMENT.slice(0, 2), 'N1*PR*Müller & Söhne', ...PAYMENT.slice(4)];
    const [utf8, latin] = [await read(interchange(segments), 'utf8'), await read(interchange(segments), 'latin1')];
    expect([utf8.remittances[0]?.payer.name, latin.remittances[0]?.payer.name]).toEqual(['Müller & Söhne', 'Müller & Söhne']);
    expect(utf8.remittances[0]?.lines.map(({ where }) => where)).toEqual(latin.remittances[0]?.lines.map(({ where }) => where));
  });
});

describe('envelopes of X12', () => {
  it('counts and numbers that do not agree are findings with both figures', async () => {
    const text = interchange(PAYMENT).replace('SE*11*0007', 'SE*12*0008').replace('GE*1*5', 'GE*2*05').replace('IEA*1*', 'IEA*3*');
    expect(problems((await read(text)).findings)).toEqual([
      'warning segment 13 SE01: SE01 declares 12 segments, there are 11', 'warning segment 13 SE02: control number 0008 is not the one at the beginning, 0007',
      'warning segment 14 GE01: GE01 declares 2 transaction sets, there are 1', 'warning segment 14 GE02: control number 05 is written otherwise at the beginning, 5',
      'warning segment 15 IEA01: IEA01 declares 3 functional groups, there are 1',
    ]);
  });

  it('a file that breaks off says so and keeps what was complete', async () => {
    const text = interchange(PAYMENT);
    const { remittances, findings } = await read(text.slice(0, text.indexOf('SE*')));
    expect(remittances).toHaveLength(1);
    expect(findings.map(({ severity, problem }) => [severity, /no (SE|GE|IEA)/.exec(problem)?.[1]])).toEqual([['error', 'SE'], ['error', 'GE'], ['error', 'IEA']]);
  });

  it('the same interchange twice is said, and another with its number too', async () => {
    const text = interchange(PAYMENT);
    const repeated = await read(text + text);
    expect(repeated.remittances).toHaveLength(2);
    expect(repeated.findings.map(({ problem }) => problem)).toEqual(['interchange 000000017 was in this file already, word for word; its payments are there twice (line 1)']);
    const other = await read(text + text.replace('TRACE9', 'TRACE8'));
    expect(other.findings.map(({ problem }) => problem)).toEqual(['interchange 000000017 was used in this file already, for other content (line 1)']);
  });

  it('text between interchanges is a finding, not silence', async () => {
    const text = interchange(PAYMENT);
    const { remittances, findings } = await read(`${text}-- end of file 1 --\n${text.replaceAll('000000017', '000000018')}`);
    expect([remittances.length, findings.map(({ value, where }) => [value, where.line])]).toEqual([2, [['-- end of file 1 --', 1]]]);
  });

  it('test data is marked, other sets are named, and a file of them is refused', async () => {
    expect(problems((await read(interchange(PAYMENT).replace('*0*P*', '*0*T*'))).findings)).toEqual(['warning segment 1 ISA15: the interchange is marked as test data (ISA15); nobody pays with it']);
    const other = await read(interchange(['BHT*1'], {}, '835'));
    expect(other.refused?.problem).toBe('the file holds no 820 and no 823, but 835 (1)');
  });
});

describe('an 820', () => {
  it('becomes a remittance whose sums are checked', async () => {
    const [remittance, findings] = await only(PAYMENT);
    expect(findings).toEqual([]);
    expect(remittance).toMatchObject({
      payer: { name: 'Acme Retail', id: '1234567890' }, payee: 'Our House', reference: 'TRACE9', method: 'ACH', currency: 'USD', paidOn: '2026-11-05', total: { minor: 100_000n },
      sums: { lines: { minor: 100_000n }, adjustments: { minor: 0n }, difference: { minor: 0n } },
    });
    expect(remittance.lines).toMatchObject([
      { reference: '0001001', kind: 'invoice', paid: { minor: 60_000n }, gross: { minor: 62_000n }, discount: { minor: 2_000n }, memo: 'DTM*003*20261001' },
      { reference: '1002', kind: 'invoice', paid: { minor: 40_050n }, gross: null, discount: null, memo: null }, { reference: 'CR-7', kind: 'credit', paid: { minor: -50n } },
    ]);
  });

  it('keeps an ADX below an RMR inside the item, and one before the first RMR beside the items', async () => {
    const [remittance, findings] = await only(['BPR*C*840*C*ACH', 'ENT*1', 'ADX*-50*53*CM*DM-9', 'NTE*ADD*earlier claim', 'RMR*IV*1**890*1000', 'ADX*-100*01', 'ADX*-10*04*BM*77']);
    expect(findings).toEqual([]);
    expect(remittance.lines).toMatchObject([
      { kind: 'adjustment', reference: 'DM-9', paid: { minor: -5_000n }, adjustments: [{ amount: { minor: -5_000n }, code: '53', text: 'earlier claim', reference: 'DM-9' }] },
      { kind: 'invoice', paid: { minor: 89_000n }, adjustments: [{ amount: { minor: -10_000n }, code: '01' }, { amount: { minor: -1_000n }, code: '04', reference: '77' }] },
    ]);
    expect(remittance.sums).toMatchObject({ lines: { minor: 89_000n }, adjustments: { minor: -5_000n }, difference: { minor: 0n } });
  });

  it('shows a gap with its amount and corrects nothing', async () => {
    const [remittance, findings] = await only(['BPR*C*100*C*ACH', 'RMR*IV*1**90*95*3', 'RMR*IV*2*PP*5*50']);
    expect(paid(remittance)).toEqual(['90.00', '5.00']);
    expect(remittance.sums.difference).toMatchObject({ minor: 500n });
    expect(problems(findings)).toEqual([
      'warning segment 5 RMR: paid 90.00, but gross less discount plus adjustments is 92.00: a gap of -2.00 has no reason',
      'warning segment 4 BPR: out of balance: the payment is 100.00, its items 95.00 and its other adjustments 0.00, a gap of 5.00',
    ]);
  });

  it('never takes an amount it cannot read, and says where it stands', async () => {
    const segments = ['BPR*C*100*C*ACH', 'RMR*IV*1**1,000.00', 'ADX*-5*01', 'RMR*IV*2**10.005', 'RMR*IV*3**100', 'RMR*IV*4'];
    const [remittance, findings] = await only(segments);
    const columnOf = (value: string): number => interchange(segments).indexOf(value) + 1;
    expect(paid(remittance)).toEqual(['100.00', null]);
    expect(findings.map(({ severity, value, where }) => [severity, value, where.record, where.column])).toEqual([
      ['error', '1,000.00', 'segment 5 RMR04', columnOf('1,000.00')], ['error', '10.005', 'segment 7 RMR04', columnOf('10.005')],
    ]);
  });

  it('reads other currencies exactly and takes nothing in an unknown one', async () => {
    const [yen] = await only(['BPR*C*1500*C*FWT', 'CUR*PR*JPY', 'RMR*IV*1**1500']);
    expect(yen).toMatchObject({ currency: 'JPY', total: { minor: 1_500n, currency: 'JPY' } });
    const unknown = await read(interchange(['BPR*C*1500*C*FWT', 'CUR*PR*XXQ', 'RMR*IV*1**1500']));
    expect([unknown.remittances, unknown.findings.map(({ severity, value }) => [severity, value])]).toEqual([[], [['error', 'XXQ']]]);
  });

  it('says that a payment names no items, and that there is no payment', async () => {
    const [remittance, findings] = await only(['BPR*C*10*C*CHK', 'TRN*3*8801']);
    expect([remittance.reference, remittance.lines, problems(findings)]).toEqual(['8801', [], ['warning segment 4 BPR: the payment names no items']]);
    const none = await read(interchange(['RMR*IV*1**10']));
    expect(none.findings.map(({ severity, where }) => [severity, where.record])).toEqual([['error', 'segment 4 RMR'], ['error', 'segment 3 ST']]);
  });

  it('repeats what is said of an entity in the memo of its items, up to a limit it names', async () => {
    const [remittance, findings] = await only(['BPR*C*3*C*ACH', 'ENT*1*2J*34*99', 'NM1*EY*1*DOE*JO', 'RMR*CT*1**1', 'RMR*CT*2**1', 'ENT*2', `NTE*ADD*${'x'.repeat(600)}`, 'RMR*IV*3**1']);
    expect(remittance.lines.map(({ memo }) => memo?.slice(0, 45))).toEqual(['ENT*1*2J*34*99\nNM1*EY*1*DOE*JO\nRMR01 CT', 'ENT*1*2J*34*99\nNM1*EY*1*DOE*JO\nRMR01 CT', `NTE*ADD*${'x'.repeat(37)}`]);
    expect(findings.map(({ where, problem }) => [where.record, problem.slice(0, 30)])).toEqual([['segment 10 NTE', 'what is said of this entity ha']]);
  });

  it('reads BPS and RMT of versions before 003020', async () => {
    const [remittance, findings] = await only(['BPS*ACH*180*C*01*021000021*111*1234567890**01*011000015*222*931105', 'RMT*IV*1**100***2', 'RMT*IV*2*82*100****-18*04*two broken']);
    expect(findings).toEqual([]);
    expect(remittance).toMatchObject({
      method: 'ACH', paidOn: '1993-11-05', payer: { id: '1234567890' }, total: { minor: 18_000n }, sums: { difference: { minor: 0n } },
      lines: [{ paid: { minor: 9_800n }, discount: { minor: 200n } }, { paid: { minor: 8_200n }, memo: 'two broken', adjustments: [{ code: '04', amount: { minor: -1_800n } }] }],
    });
  });
});

describe('an 823', () => {
  const LOCKBOX = [
    'N1*PE*Our House', 'DEP*BOX77*20261102*1200*D1*01*021000021*DA*999', 'AMT*TP*350', 'QTY*41*2', 'QTY*42*3',
    'BAT*20261102**B1', 'AMT*TP*300', 'QTY*42*2', 'BPR*I*100*C*CHK', 'TRN*3*5001', 'N1*PR*Acme', 'RMR*IV*1**100', 'BPR*I*200*C*CHK', 'TRN*3*5002', 'RMR*IV*2**150', 'RMR*IV*3**50',
    'BAT*20261103**B2', 'BPR*I*50*C*CHK', 'TRN*3*5003',
  ];

  it('gives one remittance for every cheque, controls agreeing', async () => {
    const { format, remittances, findings } = await read(interchange(LOCKBOX, {}, '823'));
    expect(format).toBe('x12.823');
    expect(remittances.map(({ reference, payee, method, total, paidOn, lines }) => [reference, payee, method, total?.minor, paidOn, lines.length])).toEqual([
      ['5001', 'Our House', 'CHK', 10_000n, '2026-11-02', 1], ['5002', 'Our House', 'CHK', 20_000n, '2026-11-02', 2], ['5003', 'Our House', 'CHK', 5_000n, '2026-11-03', 0],
    ]);
    expect(findings.map(({ problem }) => problem)).toEqual(['the payment names no items']);
  });

  it('a total or count that does not agree is a finding with both figures', async () => {
    const { findings } = await read(interchange(LOCKBOX.map((segment) => segment.replace('AMT*TP*300', 'AMT*TP*301').replace('QTY*42*3', 'QTY*42*9')), {}, '823'));
    expect(problems(findings).slice(0, 1)).toEqual(['warning segment 10 AMT02: the batch declares 301, its cheques come to 300.00']);
    expect(problems(findings).at(-1)).toBe('warning segment 8 QTY02: the deposit declares 9, there are 3 cheques in 2 batches');
  });
});
