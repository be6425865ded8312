import { CollectingSink } from '../document-sink.js';
import { parseDocument, readDocument, type StreamEnd } from '../parse-document.js';
import { SETTLE_BYTES } from './limits.js';

const HEADER = 'Date,Description,Amount,IBAN';
const LINE = `2026-03-14,${'PAYMENT '.repeat(20)},1.25,DE02120300000000202051`;
/** Enough rows that the last ones come after the layout was settled. */
const ROWS = Math.ceil(SETTLE_BYTES / LINE.length) + 2_000;

function file(...last: readonly string[]): Buffer {
  return Buffer.from([HEADER, ...Array.from({ length: ROWS }, () => LINE), ...last].join('\n'));
}

async function read(bytes: Buffer): Promise<{ readonly end: StreamEnd; readonly sink: CollectingSink }> {
  const sink = new CollectingSink();
  const pieces = Array.from({ length: Math.ceil(bytes.length / 100_001) }, (_, index) => bytes.subarray(index * 100_001, (index + 1) * 100_001));
  return { end: await readDocument(pieces, sink, { currency: 'EUR' }), sink };
}

describe('a CSV file larger than what settles its layout', () => {
  it('gives every row with its line, whatever the pieces', async () => {
    const { end, sink } = await read(file('2026-03-15,"two\nlines",2.50,DE02120300000000202051', '2026-03-16,Größe,x,DE02120300000000202051'));
    expect([end.refused, sink.statements.map(({ account, asOf, transactions }) => [account, asOf, transactions.length])]).toEqual([null, [['DE02120300000000202051', '2026-03-15', ROWS + 1]]]);
    expect(sink.statements[0]?.transactions.at(-1)).toMatchObject({ memo: 'two\nlines', where: { line: ROWS + 2 } });
    expect(sink.findings).toMatchObject([{ severity: 'error', where: { line: ROWS + 4 }, value: 'x' }]);
  });

  it('is refused with a question when its end proves another layout than its beginning', async () => {
    const bytes = file('2026-03-15,PAYMENT,2.50,DE75512108001245126199');
    const { end } = await read(bytes);
    expect([end.refused?.problem, end.layout?.questions]).toEqual([expect.stringContaining('written otherwise than its beginning (columns)'), ['columns']]);
    await expect(parseDocument(bytes, { currency: 'EUR' })).resolves.toMatchObject({ refused: end.refused, statements: [], layout: end.layout });
  });
});
