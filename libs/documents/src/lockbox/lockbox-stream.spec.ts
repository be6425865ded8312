import { CollectingSink } from '../document-sink.js';
import { readCollected } from '../testing/read-collected.js';
import { LOCKBOX_COLUMNS_MAX } from './limits.js';
import { LockboxDocument } from './lockbox-reader.js';
import { LOCKBOX_PROFILES } from './shipped-profiles.js';

const HEAD = ['100DEST0000010ORIGIN00012603020800', '2DEST0000010ORIGIN00010000000000100008001', '50010000002222260302DEST000001ORIGIN0001'];
const LINES = [
  ...HEAD, '6001001000007000002100002100009876540000000180', '40010016010INV-1          0000030000', '40010016029INV-2          0000040000', '6001002000000100102100002100009876540000000009', '400100260197              0000001001',
  '700100000022222603020020000071001', '8000000000222226030200020000071001', '9000011',
];

describe('a lockbox file that arrives in pieces', () => {
  it.each([['LF', '\n'], ['CRLF', '\r\n']])('reads the same wherever it is cut (%s)', (_name, end) => {
    const file = Buffer.from(`${LINES.join(end)}${end}`);
    const whole = readCollected('lockbox.bai', (sink) => new LockboxDocument(sink, {}), file);
    expect([whole.version, whole.refused, whole.remittances.map(({ lines }) => lines.length)]).toEqual(['bai-80', null, [2, 1]]);
    for (let pieceBytes = 1; pieceBytes <= 50; pieceBytes += 1) expect(readCollected('lockbox.bai', (sink) => new LockboxDocument(sink, {}), file, pieceBytes)).toEqual(whole);
  });

  it('hands a cheque on when the next begins, where the profile is known', () => {
    const sink = new CollectingSink();
    const [lockboxProfile] = LOCKBOX_PROFILES;
    const document = new LockboxDocument(sink, lockboxProfile === undefined ? {} : { lockboxProfile });
    document.push(Buffer.from(`${LINES.slice(0, 7).join('\n')}\n`));
    expect(sink.remittances.map(({ reference }) => reference)).toEqual(['180']);
  });

  it('refuses a line of more columns than any profile has, with its number', () => {
    const { refused, version } = readCollected('lockbox.bai', (sink) => new LockboxDocument(sink, {}), Buffer.from([...LINES.slice(0, 4), '4'.padEnd(LOCKBOX_COLUMNS_MAX + 1, '0')].join('\n')), 100);
    expect([refused, version]).toMatchObject([{ problem: expect.stringContaining(`${LOCKBOX_COLUMNS_MAX + 1} columns`) as string, where: { line: 5 } }, null]);
  });
});
