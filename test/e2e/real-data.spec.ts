import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

const ROOT = join(import.meta.dirname, '..', '..');
const LEDGER = join(ROOT, '..', 'shared', 'datasets', 'open-items-hrc', 'open-items.csv');
const SAMPLES = process.env['TRIBUTARY_SAMPLES'] ?? join(ROOT, '..', 'shared', 'samples');
const DEMO_LIMIT_MS = 240_000;

const noLedger = existsSync(LEDGER) ? '' : ` (skipped: no ledger at ${LEDGER})`;
(noLedger === '' ? describe : describe.skip)(`the demo on a real open-items ledger${noLedger}`, () => {
  const directory = join(ROOT, 'var', 'test', 'real-ledger');

  it('takes in 9,681 open items of 553 customers, ties out, posts, proves and reverses, and breaks no promise', async () => {
    rmSync(join(directory, 'report.json'), { force: true });
    const demo = spawn(process.execPath, [join(ROOT, 'dist', 'apps', 'demo', 'src', 'main.js'), '--book', LEDGER, '--directory', directory], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    demo.stdout.on('data', (chunk: Buffer) => { told += chunk.toString('utf8'); });
    demo.stderr.on('data', (chunk: Buffer) => { told += chunk.toString('utf8'); });
    const [code] = await once(demo, 'exit');
    if (code !== 0) throw new Error(`the demo ended with ${String(code)}:\n${told}`);
    const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ synced: { invoice: 9_681, customer: 553 }, tieOut: { gaps: 0 }, unverified: 0, duplicatesInErp: 0, quarantined: 0, reversed: 1, broken: [] });
    expect(report['verified']).toBeGreaterThan(50);
  }, DEMO_LIMIT_MS);
});

const noSamples = existsSync(SAMPLES) ? '' : ` (skipped: no sample files at ${SAMPLES}; set TRIBUTARY_SAMPLES)`;
(noSamples === '' ? describe : describe.skip)(`real bank files through a running hub${noSamples}`, () => {
  let hub: TestHub;
  let client: Client;
  beforeAll(async () => {
    hub = await startTestHub();
    client = await hub.client(hub.test.tenantId);
  });
  afterAll(async () => { await hub.close(); });

  it('come in by upload, every BAI2 and CSV sample, and a second upload of the same bytes changes nothing', async () => {
    for (const folder of ['bai2', 'csv']) {
      for (const name of readdirSync(join(SAMPLES, folder))) {
        const upload = async (): Promise<{ status: number; body: Record<string, unknown> }> => {
          const response = await fetch(`${hub.url}/v1/documents?name=${encodeURIComponent(name)}`, {
            method: 'POST', headers: { authorization: `Bearer ${client.key}`, 'content-type': 'application/octet-stream' }, body: readFileSync(join(SAMPLES, folder, name)),
          });
          return { status: response.status, body: await response.json() as Record<string, unknown> };
        };
        const first = await upload();
        expect([name, first.status, first.body['status']]).toEqual([name, 201, 'processed']);
        const before = (await client.get('/v1/bank-transactions?limit=500')).body as { items: unknown[] };
        const again = await upload();
        expect(again.status).toBeLessThan(300);
        expect(((await client.get('/v1/bank-transactions?limit=500')).body as { items: unknown[] }).items).toHaveLength(before.items.length);
      }
    }
    const { items } = (await client.get('/v1/bank-transactions?limit=500')).body as { items: unknown[] };
    expect(items).toHaveLength(17 + 17 + 1 + 2 + 2 + 2 + 3);
  });
});
