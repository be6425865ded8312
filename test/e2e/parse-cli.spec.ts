import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'tributary.js');
const BAI2 = '01,BANK,US,260320,0900,1,80,1,2/\n02,US,BANK,1,260319,,USD,2/\n03,991,USD,010,100000,,/\n16,142,12550,Z,REF-1,INV-7,ACME PAYS INV-7\n49,112550,3/\n98,112550,1,5/\n99,112551,1,7/\n';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tributary-parse-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

/** Without a hub, a key or an environment that names one. */
function parse(name: string, content: string | null, ...words: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  if (content !== null) writeFileSync(join(folder, name), content);
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, 'parse', name, ...words], { cwd: folder, env: {} }, (error, out, err) => { resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }); });
  });
}

describe('tributary parse', () => {
  it('prints a file in the documented shape, exact, and its findings, and says so by 0', async () => {
    const { code, out } = await parse('day.bai', BAI2, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: 'bai2', version: '2', refused: null, remittances: [], entries: [],
      statements: [{
        account: '991', bank: 'BANK', currency: 'USD', asOf: '2026-03-19', status: 'add', balances: [{ kind: 'opening', amount: '1000.00', currency: 'USD' }],
        transactions: [{ amount: '125.50', currency: 'USD', code: '142', bankReference: 'REF-1', customerReference: 'INV-7', memo: 'ACME PAYS INV-7', structuredReferences: [], lines: [], where: { line: 4, column: 1, record: '16', page: null } }],
      }],
      findings: [{ severity: 'warning', where: { line: 7, record: '99' }, problem: expect.stringContaining('declared 112551, computed 112550') as string }],
    });
  });

  it('says in words what it understood, and where it did not', async () => {
    const { code, out } = await parse('day.bai', BAI2);
    expect([code, out]).toEqual([0, expect.stringContaining('statement of 991 as of 2026-03-19: 1 transactions, together 125.50 USD')]);
    expect(out).toMatch(/warning +7:1 99/);
  });

  it('refuses by 2 a file of no known format, and a file that is not there, with the reason', async () => {
    const unknown = await parse('noise.bin', '\u0000\u0001\u0002');
    expect([unknown.code, unknown.out]).toEqual([2, expect.stringContaining('refused: ')]);
    const absent = await parse('absent.bai', null);
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('cannot read absent.bai')]);
    const wrong = await parse('day.bai', BAI2, '--currency', 'Dollar');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--currency Dollar')]);
  });
});
