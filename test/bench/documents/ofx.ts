import { parse } from 'ofx-js';
import { atLeast, atMost, type BenchFigure, expectEqual, reported } from '../figure.js';
import { measureStream } from './counting-sink.js';

const ROWS = 2_000;
const REPEATS = 50;
/** The rival reads whole files; a tenth of the rows shows its speed without filling the memory. */
const RIVAL_REPEATS = 5;
const HEAD = 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>021000021<ACCTID>77</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n';
const TAIL = '</BANKTRANLIST><LEDGERBAL><BALAMT>1.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n';

/** P9: 20 MB of OFX 1, beside the npm reader that reads most of the public samples. */
export async function run(): Promise<BenchFigure[]> {
  // A row of every block has the same id in each repetition: the ids are not what is measured, so each block is a statement of its own.
  const statement = `${HEAD.slice(HEAD.indexOf('<STMTRS>'))}${rows()}${TAIL.slice(0, TAIL.indexOf('</STMTTRNRS>'))}\n`;
  const head = HEAD.slice(0, HEAD.indexOf('<STMTRS>'));
  const tail = TAIL.slice(TAIL.indexOf('</STMTTRNRS>'));
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, head, statement, REPEATS, tail);
  expectEqual('transactions read', sink.transactions, ROWS * REPEATS);
  const rivalText = head + statement.repeat(RIVAL_REPEATS) + tail;
  const start = process.cpuUsage();
  await parse(rivalText);
  const { user, system } = process.cpuUsage(start);
  return [
    atLeast('P9 OFX, streamed', bytes / cpuSeconds / 1_000_000, 'MB/s of processor time', 30, `${Math.round(bytes / 1_000_000)} MB, ${sink.transactions} rows`),
    atMost('P9 OFX, peak memory', peakMb, 'MB', 150),
    reported('ofx-js 1.1.1, whole file to an object', rivalText.length / ((user + system) / 1e6) / 1_000_000, 'MB/s of processor time', `${(rivalText.length / 1_000_000).toFixed(1)} MB; amounts stay text`),
  ];
}

function rows(): string {
  const lines: string[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const cents = 1000 + ((row * 7919) % 90_000);
    lines.push(
      `<STMTTRN>\n<TRNTYPE>CREDIT\n<DTPOSTED>202603${String(1 + (row % 28)).padStart(2, '0')}120000.000[-5:EST]\n<TRNAMT>${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}\n<FITID>2026030${row}\n<NAME>CUSTOMER ${row % 997} INC`
      + `\n<MEMO>PAYMENT OF INVOICE 10${row} AND 10${row + 1}\n</STMTTRN>`,
    );
  }
  return `${lines.join('\n')}\n`;
}
