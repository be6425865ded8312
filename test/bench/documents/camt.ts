import { XMLParser } from 'fast-xml-parser';
import { parseCamt053 } from 'camt-parser';
import { parseDocument } from '#documents';
import { atLeast, atMost, type BenchFigure, expectEqual, reported, WrongResult } from '../figure.js';
import { measureStream } from './counting-sink.js';

const ENTRIES = 300;
const BYTES = 100_000_000;
/** The rivals read whole files: a tenth is enough to see their rate, and all of it would be gigabytes. */
const RIVAL_REPEATS_SHARE = 10;

/** P9: a camt.053 of 100 MB, version 08, streamed: every fourth entry a batch of three, with structured remittance; balances and sums checked. S4: a bomb. */
export async function run(): Promise<BenchFigure[]> {
  const block = entries();
  const repeats = Math.ceil(BYTES / block.text.length);
  const cents = block.cents * BigInt(repeats);
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, head(cents, ENTRIES * repeats), block.text, repeats, TAIL);
  expectEqual('transactions read', sink.transactions, block.transactions * repeats);
  expectEqual('sum of the transactions', sink.minor, cents);
  const rate = bytes / cpuSeconds / 1_000_000;
  const rivalRepeats = Math.ceil(repeats / RIVAL_REPEATS_SHARE);
  const text = head(block.cents * BigInt(rivalRepeats), ENTRIES * rivalRepeats) + block.text.repeat(rivalRepeats) + TAIL;
  const [scanned, parsed] = [tree(text), await rival(text, ENTRIES * rivalRepeats)];
  return [
    atLeast('P9 camt.053, streamed, balances and sums checked', rate, 'MB/s of processor time', 30, `${Math.round(bytes / 1_000_000)} MB, ${sink.transactions} transactions`),
    atMost('P9 camt.053, peak memory', peakMb, 'MB', 150),
    reported('P9 fast-xml-parser, a tree of strings', scanned, 'MB/s of processor time', `${Math.round(text.length / 1_000_000)} MB in memory, nothing read from it`),
    reported('P9 camt-parser, transactions', parsed, 'MB/s of processor time', 'whole file, no remittance, no checks'),
    atLeast('P9 camt.053, beside the fastest npm reader', rate / Math.max(scanned, parsed), 'times', 2),
    atMost('S4 entity bomb, until refused', await bombMs(), 'ms of processor time', 50),
  ];
}

async function bombMs(): Promise<number> {
  const bomb = Buffer.from(`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "${'y'.repeat(50_000)}">${Array.from({ length: 20 }, (_none, index) => `<!ENTITY x${index + 1} "${`&x${index};`.repeat(10)}">`).join('')}]>${head(0n, 0)}&x20;${TAIL}`);
  const start = process.cpuUsage();
  const { refused } = await parseDocument(bomb, { format: 'camt.053' });
  const { user, system } = process.cpuUsage(start);
  if (refused === null) throw new WrongResult('an entity bomb was read');
  return (user + system) / 1_000;
}

function tree(text: string): number {
  return rateOf(text, () => new XMLParser({ ignoreAttributes: false, parseTagValue: false, removeNSPrefix: true }).parse(text));
}

async function rival(text: string, transactions: number): Promise<number> {
  const start = process.cpuUsage();
  const { statements } = await parseCamt053(text);
  const { user, system } = process.cpuUsage(start);
  expectEqual('transactions of camt-parser', statements[0]?.transactions?.length, transactions);
  return text.length / user / (1 + system / user);
}

function rateOf(text: string, work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return text.length / (user + system);
}

const TAIL = '</Stmt></BkToCstmrStmt></Document>\n';

function head(cents: bigint, count: number): string {
  const closing = decimal(1_000_000n + cents);
  const balance = (code: string, amount: string): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-03T05:00:00+01:00</CreDtTm></GrpHdr><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<CreDtTm>2026-03-03T05:00:00+01:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>${balance('OPBD', '10000.00')}${balance('CLBD', closing)}
<TxsSummry><TtlCdtNtries><NbOfNtries>${count}</NbOfNtries><Sum>${decimal(cents)}</Sum></TtlCdtNtries></TxsSummry>\n`;
}

function entries(): { readonly text: string; readonly cents: bigint; readonly transactions: number } {
  const parts: string[] = [];
  let [cents, transactions] = [0n, 0];
  for (let index = 0; index < ENTRIES; index += 1) {
    const details = index % 4 === 0 ? 3 : 1;
    const each = BigInt(1_000 + ((index * 7_919) % 90_000));
    cents += each * BigInt(details);
    transactions += details;
    parts.push(`      <Ntry>
        <NtryRef>${index}</NtryRef>
        <Amt Ccy="EUR">${decimal(each * BigInt(details))}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd>
        <Sts>
          <Cd>BOOK</Cd>
        </Sts>
        <BookgDt>
          <Dt>2026-03-02</Dt>
        </BookgDt>
        <ValDt>
          <Dt>2026-03-02</Dt>
        </ValDt>
        <AcctSvcrRef>BANK${index}</AcctSvcrRef>
        <BkTxCd>
          <Domn>
            <Cd>PMNT</Cd>
            <Fmly>
              <Cd>RCDT</Cd>
              <SubFmlyCd>ESCT</SubFmlyCd>
            </Fmly>
          </Domn>
        </BkTxCd>
        <NtryDtls>
${Array.from({ length: details }, (_none, number) => detail(index, number, decimal(each))).join('')}        </NtryDtls>
      </Ntry>\n`);
  }
  return { text: parts.join(''), cents, transactions };
}

function detail(entry: number, number: number, amount: string): string {
  const structured = `<Strd>
                <RfrdDocInf>
                  <Tp>
                    <CdOrPrtry>
                      <Cd>CINV</Cd>
                    </CdOrPrtry>
                  </Tp>
                  <Nb>INV-${entry}-${number}</Nb>
                </RfrdDocInf>
                <RfrdDocAmt>
                  <RmtdAmt Ccy="EUR">${amount}</RmtdAmt>
                </RfrdDocAmt>
              </Strd>`;
  return `          <TxDtls>
            <Refs>
              <AcctSvcrRef>BANK${entry}-${number}</AcctSvcrRef>
              <EndToEndId>E2E-${entry}-${number}</EndToEndId>
            </Refs>
            <Amt Ccy="EUR">${amount}</Amt>
            <CdtDbtInd>CRDT</CdtDbtInd>
            <RltdPties>
              <Dbtr>
                <Pty>
                  <Nm>Customer ${entry} &amp; Sons GmbH</Nm>
                </Pty>
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <IBAN>DE0250010517013${100_000 + entry}</IBAN>
                </Id>
              </DbtrAcct>
            </RltdPties>
            <RmtInf>
              ${entry % 3 === 0 ? structured : `<Ustrd>Invoice ${10_000 + entry} of 2026-02-${String(1 + (entry % 28)).padStart(2, '0')}, customer ${entry}</Ustrd>`}
            </RmtInf>
          </TxDtls>\n`;
}

function decimal(cents: bigint): string {
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}
