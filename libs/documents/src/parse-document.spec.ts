import { parseDocument, readDocument } from './parse-document.js';
import { CollectingSink } from './document-sink.js';

const CSV = Buffer.from('Date,Description,Amount,Currency,Account\n2026-03-20,ACME INV-7,125.50,USD,991\n');

describe('a file of any format', () => {
  it('is recognised by content and read the same in one piece and in pieces of one byte', async () => {
    const whole = await parseDocument(CSV);
    expect([whole.format, whole.refused, whole.statements.length]).toEqual(['csv', null, 1]);
    const sink = new CollectingSink();
    const end = await readDocument(Array.from(CSV, (byte) => Uint8Array.of(byte)), sink);
    expect([end.format, sink.statements]).toEqual(['csv', whole.statements]);
  });

  it('is refused with a sentence when it is empty or of no known format', async () => {
    await expect(parseDocument(new Uint8Array())).resolves.toMatchObject({ format: 'text', refused: { problem: 'the file is empty' }, statements: [] });
    await expect(parseDocument(Buffer.from([0, 1, 2, 3]))).resolves.toMatchObject({ refused: { problem: expect.stringContaining('none of the formats known') as string } });
  });
});
