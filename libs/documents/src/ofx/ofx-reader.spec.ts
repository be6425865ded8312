import { formatMoney, type ParsedDocument } from '#canonical';
import { CollectingSink } from '../document-sink.js';
import { parseDocument, readDocument } from '../parse-document.js';
import { openOfx } from './ofx-reader.js';

const SGML = 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n';

function row(amount: string, more = '', id = 'F1'): string {
  return `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260302120000.000[-5:EST]<TRNAMT>${amount}<FITID>${id}${more}</STMTTRN>`;
}

function file(rows: string, account = '<BANKACCTFROM><BANKID>021000021<ACCTID>77</BANKACCTFROM>', currency = '<CURDEF>USD'): string {
  return `${SGML}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>${currency}${account}<BANKTRANLIST><DTSTART>20260301<DTEND>20260303\n${rows}\n</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
}

async function read(text: string, encoding: BufferEncoding = 'utf8'): Promise<ParsedDocument> {
  return parseDocument(Buffer.from(text, encoding));
}

function amounts({ statements }: ParsedDocument): string[] {
  return statements.flatMap(({ transactions }) => transactions.map(({ amount }) => `${formatMoney(amount)} ${amount.currency}`));
}

describe('amounts and days', () => {
  it.each([['1250,5', '1250.50'], ['-80', '-80.00'], ['+ 12.00', '12.00'], ['$1,234.50', '1234.50'], ['-1.234,50', '-1234.50'], ['0.10000', '0.10']])('%s is %s', async (written, amount) => {
    const parsed = await read(file(row(written)));
    expect([parsed.findings, amounts(parsed)]).toEqual([[], [`${amount} USD`]]);
  });

  it.each(['1,234', '12.345', 'abc', '', '1.2.3', '1.234,5,6', '12-'])('%p is an error with its place, never zero', async (written) => {
    const parsed = await read(file(row(written)));
    expect([amounts(parsed), parsed.findings.map(({ severity, where: { line } }) => [severity, line])]).toEqual([[], [['error', 8]]]);
  });

  it('is in the currency of the row where the row has one, and what it was converted from changes nothing', async () => {
    expect(amounts(await read(file(`${row('5', '<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>')}${row('6', '<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY>', 'F2')}`)))).toEqual(['5.00 EUR', '6.00 USD']);
  });

  it('takes the day in its own zone; zeros are no day, and without any day the row is not taken', async () => {
    const parsed = await read(file(`${row('5').replace('20260302120000.000[-5:EST]', '20260302233000[-8:PST]')}${row('6', '<DTUSER>20260301', 'F2').replace('20260302120000.000[-5:EST]', '00000000')}${row('7', '', 'F3').replace(/<DTPOSTED>[^<]*/, '')}`));
    expect(parsed.statements[0]?.transactions.map(({ bookedOn }) => bookedOn)).toEqual(['2026-03-02', '2026-03-01']);
    expect(parsed.findings.map(({ severity }) => severity)).toEqual(['warning', 'error']);
  });
});

describe('the text of a file', () => {
  it('CDATA, references, a bare ampersand and a bare "<" are text', async () => {
    const parsed = await read(file(row('5', '<NAME>AT&T &amp; B&#246;hm <3<MEMO><![CDATA[a <b> &amp; c]]>')));
    expect(parsed.statements[0]?.transactions[0]).toMatchObject({ payer: { name: 'AT&T & Böhm <3' }, memo: 'AT&T & Böhm <3\na <b> &amp; c' });
  });

  it.each(['utf8', 'latin1', 'utf16le'] as const)('is read as the %s it is, whatever the header says', async (encoding) => {
    expect((await read(file(row('5', '<NAME>Müller')), encoding)).statements[0]?.transactions[0]?.payer.name).toBe('Müller');
  });

  it('is the same in pieces of one byte, over CRLF and over tags broken into lines', async () => {
    const text = file(row('5', '<NAME>A\n B')).replaceAll('\n', '\r\n').replace('<STMTTRN>', '<STMTTRN\r\n>');
    const whole = await read(text);
    const sink = new CollectingSink();
    await readDocument(Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte)), sink);
    expect([whole.findings, amounts(whole), sink.statements]).toEqual([[], ['5.00 USD'], whole.statements]);
  });

  it('gives a row to the sink when it ends, where the account and the day of the statement stand before it', () => {
    const sink = new CollectingSink();
    const amounts: bigint[] = [];
    sink.transaction = ({ amount }) => { amounts.push(amount.minor); };
    const document = openOfx(sink, {});
    const text = file(`${row('5')}${row('6', '', 'F2')}`);
    document.push(Buffer.from(`${text.slice(0, text.indexOf('</STMTTRN>') + '</STMTTRN>'.length)}\n`));
    expect(amounts).toEqual([500n]);
  });

  it('a document type is refused', async () => {
    await expect(read(`<?xml version="1.0"?><!DOCTYPE OFX [<!ENTITY a "b">]>${file(row('5')).slice(SGML.length)}`)).resolves.toMatchObject({ refused: { problem: expect.stringContaining('document type') as string, where: { line: 1, column: 22 } }, statements: [] });
  });
});

describe('rows and statements', () => {
  it('identical twins, and different rows under one FITID, are all taken and said', async () => {
    const parsed = await read(file(`${row('5')}${row('5')}${row('6')}`));
    expect([amounts(parsed), parsed.findings.map(({ severity }) => severity)]).toEqual([['5.00 USD', '5.00 USD', '6.00 USD'], ['warning', 'warning']]);
  });

  it('a row without end tag ends where the next begins; one the file was cut in is not taken', async () => {
    const parsed = await read(file(`${row('5').replace('</STMTTRN>', '')}${row('6', '', 'F2')}`));
    expect([amounts(parsed), parsed.findings.map(({ severity }) => severity)]).toEqual([['5.00 USD', '6.00 USD'], ['warning']]);
    const whole = file(`${row('5')}${row('650', '', 'F2')}`);
    const cut = await read(whole.slice(0, whole.indexOf('650') + 1));
    expect([amounts(cut), cut.findings]).toEqual([['5.00 USD'], [expect.objectContaining({ severity: 'error', problem: expect.stringContaining('the row it was cut in was not taken') as string })]]);
  });

  it('the sign is followed where the type says otherwise; pending rows and a deletion are told apart', async () => {
    const parsed = await read(file(`${row('5').replace('OTHER', 'DEBIT')}${row('6', '<CORRECTFITID>F0<CORRECTACTION>DELETE', 'F2')}</BANKTRANLIST><BANKTRANLISTP><DTASOF>20260303<STMTTRNP><TRNTYPE>OTHER<DTTRAN>20260303<TRNAMT>7<NAME>X</STMTTRNP></BANKTRANLISTP>`));
    expect(parsed.statements[0]?.transactions.map(({ amount, pending }) => [formatMoney(amount), pending])).toEqual([['5.00', false], ['7.00', true]]);
    expect(parsed.findings.map(({ severity }) => severity)).toEqual(['warning', 'error', 'warning']);
  });

  it('without account or currency nothing is taken unless the caller knows them', async () => {
    expect((await read(file(row('5'), ''))).findings).toEqual([expect.objectContaining({ severity: 'error', problem: expect.stringContaining('names no account (ACCTID)') as string })]);
    const known = await parseDocument(Buffer.from(file(row('5'), '', '')), { account: '9', currency: 'JPY' });
    expect([known.statements[0]?.account, amounts(known)]).toEqual(['9', ['5 JPY']]);
  });

  it('the bank\'s own refusal is an error, investments are refused with a sentence', async () => {
    const refused = await read(`${SGML}<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>2003<SEVERITY>ERROR<MESSAGE>Account not found</STATUS></STMTTRNRS></BANKMSGSRSV1></OFX>`);
    expect([refused.refused?.problem, refused.findings[0]?.problem]).toEqual(['the file holds no statement of a bank account or a card (STMTRS, CCSTMTRS)', 'the bank answered STMTTRNRS with error 2003: Account not found']);
    const investments = await read(`${SGML}<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><CURDEF>USD<INVTRANLIST><INVBANKTRAN>${row('5')}</INVBANKTRAN></INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>`);
    expect([investments.refused?.problem, investments.statements]).toEqual(['the file holds investment statements only, which are not read: they hold no lines of a bank account', []]);
  });
});
