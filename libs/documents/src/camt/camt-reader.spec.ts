import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatMoney, type StatementTransaction } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';

const FIXTURES = resolve('libs', 'documents', 'fixtures', 'camt');

function fixture(name: string): string {
  return readFileSync(resolve(FIXTURES, name), 'utf8');
}

function read(text: string | Uint8Array): Promise<ReadDocument> {
  return parseDocument(Buffer.from(text as Uint8Array), {});
}

/** A statement of version 08 around entries, in euros. */
function statement(entries: string, parts = '', version = '08'): string {
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id><CreDtTm>2026-03-02T10:00:00Z</CreDtTm>`
    + `<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>${parts}\n${entries}\n</Stmt></BkToCstmrStmt></Document>`;
}

function entry(details: string, { amount = '<Amt Ccy="EUR">10.00</Amt>', direction = 'CRDT', status = '<Sts><Cd>BOOK</Cd></Sts>', day = '<BookgDt><Dt>2026-03-02</Dt></BookgDt>', more = '' } = {}): string {
  return `<Ntry>${amount}<CdtDbtInd>${direction}</CdtDbtInd>${more}${status}${day}${details === '' ? '' : `<NtryDtls>${details}</NtryDtls>`}</Ntry>`;
}

function detail(amount: string, more = ''): string {
  return `<TxDtls>${amount === '' ? '' : `<Amt Ccy="EUR">${amount}</Amt>`}${more}</TxDtls>`;
}

async function transactions(text: string): Promise<readonly StatementTransaction[]> {
  const document = await read(text);
  expect(document.findings).toEqual([]);
  return document.statements.flatMap((each) => each.transactions);
}

async function complaints(text: string): Promise<string[]> {
  const { findings } = await read(text);
  return findings.map(({ severity, where, value, problem }) => `${severity} ${where.line}:${where.column} ${where.record} "${value}" ${problem}`);
}

function money(list: readonly StatementTransaction[]): string[] {
  return list.map(({ amount }) => formatMoney(amount));
}

describe('camt', () => {
  it('reads a statement whose balances, counts and sums agree without a finding, batches exploded', async () => {
    const list = await transactions(fixture('statement-08.xml'));
    expect(money(list)).toEqual(['199.50', '470.00', '0.00', '100.00', '75.00', '-88.00', '-8.95']);
    expect(list.map(({ kind, pending, reversal }) => `${kind}${pending ? ' pending' : ''}${reversal ? ' reversal' : ''}`)).toEqual(['transfer', 'transfer', 'transfer', 'wire', 'transfer pending', 'ach reversal', 'fee']);
    expect(list[0]).toMatchObject({ payer: { name: 'Müller & Söhne', account: 'CH5604835012345678009' }, structuredReferences: ['210000000003139471430009017'], endToEndId: null, bankReference: 'BANK-1-1' });
    expect(list[6]?.memo).toBe('charges <return>');
  });

  it('takes the ultimate debtor for the payer, and says who paid for him', async () => {
    const [, second] = await transactions(fixture('statement-08.xml'));
    expect(second).toMatchObject({ payer: { name: 'Real Customer AG', account: null, id: '529900T8BM49AURSDO55' }, memo: 'paid by Paying Agent Ltd' });
  });

  it('reads structured remittance: gross, discount, adjustment with its reason, paid', async () => {
    const [, second] = await transactions(fixture('statement-08.xml'));
    const [line] = second?.lines ?? [];
    expect(line).toMatchObject({ reference: 'INV-0007', kind: 'invoice', paid: { minor: 47000n }, gross: { minor: 50000n }, discount: { minor: 1000n }, adjustments: [{ amount: { minor: -2000n, currency: 'CHF' }, code: 'FRGT', text: 'freight claim 55' }] });
  });

  it('keeps original amount, rate, charges and the numbers a payment was given on its way', async () => {
    const list = await transactions(fixture('statement-08.xml'));
    expect(list[3]?.particulars).toEqual({
      references: [{ kind: 'instruction', value: 'INSTR-9' }, { kind: 'transaction', value: 'TX-9' }, { kind: 'mandate', value: 'MANDATE-9' }],
      charges: [{ amount: { minor: -200n, currency: 'CHF' }, included: true }], original: { amount: { minor: 11325n, currency: 'USD' }, exchangeRate: '0.9006' }, returned: null,
    });
    expect(list[5]).toMatchObject({ particulars: { returned: { code: 'AM04', text: 'insufficient funds' } }, payer: { name: 'Short of Funds GmbH' }, memo: 'Returned AM04 insufficient funds' });
  });

  it('reads prefixed namespaces and Latin-1, and lets identical twins live', async () => {
    const document = await read(fixture('report-02.xml'));
    expect([document.format, document.statements[0]?.status, money(document.statements[0]?.transactions ?? [])]).toEqual(['camt.052', 'interim', ['7.00', '7.00', '7.00']]);
    expect(document.statements[0]?.transactions.map(({ pending }) => pending)).toEqual([true, false, false]);
  });

  it('adds the pages of a statement up before it asks whether the balances foot', async () => {
    expect((await read(fixture('pages-04.xml'))).findings).toEqual([]);
    expect(await complaints(fixture('pages-04.xml').replace('>35<', '>36<'))).toEqual([expect.stringContaining('opening balance 100 and booked entries give 94 JPY, the closing balance is 95: the gap is 1')]);
    expect(await complaints(fixture('pages-04.xml').replace('<LastPgInd>true', '<LastPgInd>false'))).toEqual([expect.stringContaining('the last page of this statement (LastPgInd) is not in the file')]);
  });

  it('is the same in UTF-16 and whatever line ends it has', async () => {
    const text = fixture('statement-08.xml').replace('encoding="UTF-8"', '');
    const plain = await read(text);
    expect(await read(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual(plain);
    expect(await read(text.replaceAll('\n', '\r\n'))).toEqual(plain);
  });

  it.each([['99', 'version 001.99 is newer'], ['13', null], ['01', null]])('reads version %s', async (version, problem) => {
    const found = await complaints(statement(entry(''), '', version));
    expect(found.length).toBe(problem === null ? 0 : 1);
    expect(found.join('')).toContain(problem ?? '');
  });

  it('reads a file without a namespace by its elements, and says so', async () => {
    const document = await read(statement(entry('')).replace(/ xmlns="[^"]*"/, ''));
    expect([document.format, document.version, document.statements.length, document.findings[0]?.severity]).toEqual(['camt.053', null, 1, 'warning']);
  });

  it('is recognised behind a byte order mark also where other bytes are broken', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff'), Buffer.from(statement(entry('', { more: '' })).replace('<Id>S</Id>', '<Id>\xfc</Id>'), 'latin1')]);
    const document = await read(bytes);
    expect([document.format, document.statements[0]?.sequence, document.findings.length]).toEqual(['camt.053', '\xfc', 1]);
  });

  it('is not a mail that has a statement in it', async () => {
    expect((await read(`From: a@b.example\n\n${statement(entry(''))}`)).format).not.toBe('camt.053');
  });
});

describe('the status and the sign of an entry', () => {
  it.each([['<Sts>BOOK</Sts>', false, 0], ['<Sts><Cd>BOOK</Cd></Sts>', false, 0], ['<Sts>PDNG</Sts>', true, 0], ['<Sts><Cd>FUTR</Cd></Sts>', true, 0], ['<Sts>INFO</Sts>', true, 1], ['<Sts><Prtry>X</Prtry></Sts>', true, 1], ['', true, 1]])('%s', async (status, pending, findings) => {
    const document = await read(statement(entry('', { status })));
    expect([document.statements[0]?.transactions[0]?.pending, document.findings.length]).toEqual([pending, findings]);
  });

  it.each([['CRDT', '10.00'], ['DBIT', '-10.00']])('a reversal marked %s moves %s: the indicator is the direction of the reversal itself', async (direction, expected) => {
    const [reversal] = await transactions(statement(entry('', { direction, more: '<RvslInd>true</RvslInd>' })));
    expect([reversal?.reversal, money(reversal === undefined ? [] : [reversal])]).toEqual([true, [expected]]);
  });

  it('names no payer of a debit, and the other side where a bank turns the parties of a return', async () => {
    const parties = (debtorAccount: string): string => `<RltdPties><Dbtr><Nm>D</Nm></Dbtr><DbtrAcct><Id><IBAN>${debtorAccount}</IBAN></Id></DbtrAcct><Cdtr><Nm>C</Nm></Cdtr></RltdPties>`;
    const payer = async (direction: string, more: string): Promise<string | null | undefined> => (await transactions(statement(entry(detail('10.00', more), { direction }))))[0]?.payer.name;
    expect(await payer('DBIT', parties('DE1'))).toBeNull();
    expect(await payer('CRDT', parties('DE1'))).toBe('D');
    expect(await payer('CRDT', `${parties('DE1')}<RtrInf/>`)).toBeNull();
    expect(await payer('DBIT', `${parties('DE1')}<RtrInf/>`)).toBe('D');
    expect(await payer('DBIT', `${parties('DE89370400440532013000')}<RtrInf/>`)).toBe('C');
  });
});

describe('an entry with several transactions', () => {
  it('explodes when they give the entry, debits inside a credit included', async () => {
    expect(money(await transactions(statement(entry(detail('7.50') + detail('5.00') + detail('2.50', '<CdtDbtInd>DBIT</CdtDbtInd>')))))).toEqual(['7.50', '5.00', '-2.50']);
  });

  it('finds the amount in the currency of the entry, in older and newer versions', async () => {
    const older = (amount: string): string => `<TxDtls><AmtDtls><InstdAmt><Amt Ccy="USD">9</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">${amount}</Amt></TxAmt></AmtDtls></TxDtls>`;
    const newer = `<TxDtls><Amt Ccy="USD">5.40</Amt><AmtDtls><CntrValAmt><Amt Ccy="EUR">6.00</Amt></CntrValAmt></AmtDtls></TxDtls>`;
    expect(money(await transactions(statement(entry(older('4.00') + newer))))).toEqual(['4.00', '6.00']);
  });

  it('stays one when they do not, and shows the remainder', async () => {
    const text = statement(entry(detail('7.00', '<Refs><EndToEndId>A</EndToEndId></Refs>') + detail('2.00')));
    expect(await complaints(text)).toEqual(['warning 2:1 Ntry "10.00" the 2 transactions of this entry come to 9.00, the entry to 10.00 EUR: 1.00 is unexplained; it was kept as one, with the transactions as its lines']);
    const [whole, ...others] = (await read(text)).statements[0]?.transactions ?? [];
    expect([others, money(whole === undefined ? [] : [whole]), whole?.lines.map(({ reference, paid }) => [reference, paid?.minor])]).toEqual([[], ['10.00'], [['A', 700n], ['', 200n]]]);
    expect((await complaints(text.replace('</CdtDbtInd>', '</CdtDbtInd><Chrgs><Rcrd><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>')))[0]).toContain('1.00 is unexplained, which is what the bank charged');
  });

  it('trusts the entry where its only transaction says otherwise, and reports it', async () => {
    const text = statement(entry(detail('9.00')));
    expect(money((await read(text)).statements[0]?.transactions ?? [])).toEqual(['10.00']);
    expect(await complaints(text)).toEqual([expect.stringContaining("the entry's only transaction is of 9.00, the entry of 10.00 EUR")]);
  });

  it('reports a batch that holds another number than it says', async () => {
    expect(await complaints(statement(entry(`<Btch><NbOfTxs>3</NbOfTxs></Btch>${detail('4')}${detail('6')}`)))).toEqual([expect.stringContaining('declared 3, found 2')]);
  });
});

describe('a remittance in a payment', () => {
  const remittance = (content: string): string => statement(entry(detail('10.00', `<RmtInf>${content}</RmtInf>`)));
  const invoice = (amounts: string, type = 'CINV'): string => `<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Nb>7</Nb></RfrdDocInf><RfrdDocAmt>${amounts}</RfrdDocAmt></Strd>`;

  it('joins lines the bank cut at 140 characters and no others', async () => {
    const [cut] = await transactions(remittance(`<Ustrd>${'x'.repeat(139)}1</Ustrd><Ustrd>002</Ustrd><Ustrd>next</Ustrd>`));
    expect(cut?.memo).toBe(`${'x'.repeat(139)}1002\nnext`);
  });

  it('takes a credit note off what is paid', async () => {
    const [payment] = await transactions(remittance(invoice('<RmtdAmt Ccy="EUR">12.00</RmtdAmt>') + invoice('<RmtdAmt Ccy="EUR">2.00</RmtdAmt>', 'CREN')));
    expect(payment?.lines.map(({ kind, paid }) => [kind, paid?.minor])).toEqual([['invoice', 1200n], ['credit', -200n]]);
  });

  it('reports lines that do not give the payment, amounts that do not add up, and documents that share one amount', async () => {
    expect(await complaints(remittance(invoice('<RmtdAmt Ccy="EUR">9.00</RmtdAmt>')))).toEqual([expect.stringContaining('comes to 9.00, the payment to 10.00 EUR')]);
    expect(await complaints(remittance(invoice('<DuePyblAmt Ccy="EUR">12.00</DuePyblAmt><DscntApldAmt Ccy="EUR">1.00</DscntApldAmt><RmtdAmt Ccy="EUR">10.00</RmtdAmt>')))).toEqual([expect.stringContaining('do not add up')]);
    expect(await complaints(remittance(`<Strd><RfrdDocInf><Nb>1</Nb></RfrdDocInf><RfrdDocInf><Nb>2</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy="EUR">10.00</RmtdAmt></RfrdDocAmt></Strd>`))).toEqual([expect.stringContaining('2 documents share one amount')]);
  });

  it.each([
    ['RF18 5390 0754 7034', true], ['210000000003139471430009017', true], ['+++090/9337/55493+++', true], ['RF19539007547034', false], ['210000000003139471430009018', false],
  ])('tests the check digits of %s', async (reference, good) => {
    const document = await read(remittance(`<Strd><CdtrRefInf><Ref>${reference}</Ref></CdtrRefInf></Strd>`));
    const [payment] = document.statements[0]?.transactions ?? [];
    expect([payment?.structuredReferences.length, document.findings.length]).toEqual(good ? [1, 0] : [0, 1]);
    expect(good || payment?.memo === reference).toBe(true);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['<Amt Ccy="EUR">1,50</Amt>', 'error 2:7 Ntry/Amt "1,50" this is no decimal number without sign; the entry was not taken'], ['<Amt Ccy="EUR">-5.00</Amt>', 'error 2:7 Ntry/Amt "-5.00" the amount has a sign, although CdtDbtInd gives the direction; the entry was not taken'],
    ['<Amt Ccy="EUR">5.001</Amt>', 'error 2:7 Ntry/Amt "5.001" "5.001" has more than 2 decimal places, the unit of EUR; the entry was not taken'], ['<Amt Ccy="QQQ">5.00</Amt>', 'error 2:7 Ntry/Amt "5.00" "QQQ" is no ISO 4217 currency; the entry was not taken'],
    ['<Amt>5.00</Amt>', 'error 2:7 Ntry/Amt "5.00" the amount names no currency (Ccy); the entry was not taken'], ['<Amt Ccy="EUR"></Amt>', 'error 2:7 Ntry/Amt "" this is no decimal number without sign; the entry was not taken'], ['', 'error 2:1 Ntry "" the entry has no amount; the entry was not taken'],
  ])('%s', async (amount, expected) => {
    const text = statement(entry('', { amount }) + entry(''));
    expect(await complaints(text)).toEqual([amount === '' ? expected.replace('Ntry "', 'Ntry/Amt "') : expected]);
    expect(money((await read(text)).statements[0]?.transactions ?? [])).toEqual(['10.00']);
  });

  it('takes more decimals than needed when they are zeros, and currencies without', async () => {
    expect(money(await transactions(statement(entry('', { amount: '<Amt Ccy="EUR">5.00000</Amt>' }))))).toEqual(['5.00']);
    expect((await read(statement(entry('', { amount: '<Amt Ccy="JPY">1234</Amt>' })))).statements[0]?.transactions[0]?.amount).toEqual({ minor: 1234n, currency: 'JPY' });
  });

  it('does not take an entry without direction or with a day that is none', async () => {
    expect(await complaints(statement(entry('', { direction: 'NONE' })))).toEqual([expect.stringContaining('does not say whether it is a credit (CRDT) or a debit (DBIT)')]);
    expect(await complaints(statement(entry('', { day: '<BookgDt><Dt>2026-02-30</Dt></BookgDt>' })))).toEqual(['error 2:84 Ntry/BookgDt "2026-02-30" the booking day is no day of the calendar (YYYY-MM-DD); the entry was not taken']);
  });

  it('says the gap of balances, counts and sums with both figures', async () => {
    const balance = (code: string, amount: string): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`;
    const summary = '<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>11.00</Sum><TtlNetNtryAmt>12</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries></TxsSummry>';
    const found = await complaints(statement(entry(''), balance('PRCD', '1.00') + balance('CLBD', '11.50') + summary));
    expect(found.map((each) => each.replace(/^\S+ \S+ \S+ "[^"]*" /, ''))).toEqual([
      'number of entries: declared 2, found 1', 'sum of entries: declared 11.00, computed 10.00 EUR', 'net sum of entries: declared 12, computed 10.00 EUR',
      'opening balance 1.00 and booked entries give 11.00 EUR, the closing balance is 11.50: the gap is 0.50',
    ]);
  });

  it('reports money in a wrong place as not taken', async () => {
    expect(await complaints(statement(`<Ntry>${entry('')}</Ntry>`))).toEqual([expect.stringMatching(/^error 2:7 Ntry\/Ntry "Ntry" this element does not belong here/), expect.stringContaining('the entry has no amount')]);
  });

  it.each([
    ['balances', statement('', '<Bal><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'.repeat(1_001)), 'a statement has more than 1000 elements beside its entries'],
    ['parts of an entry', statement(entry('', { more: '<NtryRef/>'.repeat(1_001) })), 'an entry has more than 1000 elements beside its transactions'],
    ['elements in a transaction', statement(entry(detail('', `<RmtInf>${'<Ustrd/>'.repeat(20_001)}</RmtInf>`))), '<TxDtls> holds more than 20000 elements'],
    ['transactions in an entry', statement(entry('<TxDtls/>'.repeat(100_001))), 'an entry has more than 100000 transactions'],
  ])('refuses too many %s', async (_name, text, problem) => {
    expect((await read(text)).refused?.problem).toBe(problem);
  });

  it('refuses what is no XML, is cut off, or has a document type', async () => {
    const text = statement(entry(''));
    expect((await read(text.slice(0, -20))).refused).toMatchObject({ problem: expect.stringContaining('the file ends inside <BkToCstmrStmt>') as string, where: { line: 3 } });
    expect((await read(`<!DOCTYPE a>${text}`)).refused?.problem).toContain('a document type or entities are refused');
    const hostile = await read(text.replace('<Id>S</Id>', `<Id>${'<a>'.repeat(200_000)}`));
    expect([hostile.refused?.problem, hostile.statements]).toEqual(['more than 100 elements stand in one another', []]);
  });
});
