import { formatMoney } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';

/** Nothing here is worded so that rules would see an item. */
const LETTER = 'Hello, the transfer for A-77 and B-78, four hundred and some, went out: 400.00 EUR and 50.00 EUR, so 450.00 EUR came in.';

async function read(answer: string | Error, letter = LETTER): Promise<{ parsed: ReadDocument; prompts: string[] }> {
  const prompts: string[] = [];
  const model = { name: 'double', ask: (prompt: string) => { prompts.push(prompt); return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer); } };
  return { parsed: await parseDocument(Buffer.from(letter), { format: 'text', model }), prompts };
}

const lines = (first: string, second: string): unknown[] => [{ reference: 'A-77', kind: 'invoice', amount: first }, { reference: 'B-78', kind: 'invoice', amount: second }];

describe('a language model asked about what rules could not read', () => {
  it('is believed where its items stand in the document and come to the total, and marked', async () => {
    const { parsed, prompts } = await read(`Sure: ${JSON.stringify({ total: '450.00', reference: null, lines: lines('400.00', 'EUR 50.00') })}`);
    expect(parsed.remittances[0]?.lines.map(({ reference, paid, where }) => [reference, paid === null ? null : formatMoney(paid), where.column])).toEqual([['A-77', '400.00', 25], ['B-78', '50.00', 34]]);
    expect(parsed.findings.map(({ problem }) => problem).at(-1)).toContain('read by the language model double');
    expect(prompts[0]).toContain(JSON.stringify(LETTER));
  });

  it.each([
    ['a number that does not stand in the document', { total: '450.00', lines: [{ reference: 'C-99', kind: 'invoice', amount: '450.00' }] }, 'C-99'],
    ['a part of a number', { total: '450.00', lines: [{ reference: '77', kind: 'invoice', amount: '450.00' }, { reference: '7', kind: 'invoice', amount: '0.00' }] }, '7'],
    ['an amount that does not', { total: '450.00', lines: lines('410.00', '50.00') }, '410.00'],
    ['items that do not come to the total', { total: '450.00', lines: lines('400.00', '400.00') }, 'A-77 400.00'],
    ['no total', { total: null, lines: lines('400.00', '50.00') }, 'B-78 50.00'],
  ])('is not believed: %s', async (_case, answer, value) => {
    const { parsed } = await read(JSON.stringify(answer));
    expect([parsed.remittances, parsed.refused === null]).toEqual([[], false]);
    expect(parsed.findings.filter(({ severity }) => severity === 'error').map((finding) => finding.value)).toContain(value);
  });

  it.each([['no JSON at all'], ['{"lines": "all"}'], [JSON.stringify({ total: 450, lines: [] })], [new Error('connection refused')]])('gives nothing when it answers otherwise: %s', async (answer) => {
    const { parsed } = await read(answer);
    expect([parsed.remittances, parsed.refused === null]).toEqual([[], false]);
    expect(parsed.findings.some(({ problem }) => problem.includes('was asked and gave nothing'))).toBe(true);
  });

  it('is not asked where rules read the text, nor where nobody switched it on', async () => {
    const { prompts } = await read('{}', 'payment of 10.00 EUR for invoice 7');
    expect(prompts).toEqual([]);
    await expect(parseDocument(Buffer.from(LETTER), { format: 'text' })).resolves.toMatchObject({ remittances: [], refused: { problem: expect.stringContaining('by hand') as string } });
  });
});
