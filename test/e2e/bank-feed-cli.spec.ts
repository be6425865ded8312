import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { plaid } from '#connectors/plaid';
import { ACCESS_TOKEN, CLIENT_ID, FakePlaid, SECRET } from '../../connectors/plaid/src/testing/index.js';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

/** The built program, as a person runs it: `npm test` builds before it runs these. */
const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'tributary.js');

describe('bank feeds on the command line', () => {
  const fake = new FakePlaid();
  let hub: TestHub;
  let client: Client;
  let id: string;
  beforeAll(async () => {
    await fake.start();
    hub = await startTestHub({ connectors: [plaid] });
    client = await hub.client(hub.test.tenantId);
    const made = await client.post('/v1/connections', { name: 'bank', connector: 'plaid', config: { clientId: CLIENT_ID, environment: 'sandbox', serviceUrl: fake.url }, secrets: { secret: SECRET } });
    id = (made.body as { id: string }).id;
  });
  afterAll(async () => { await hub.close(); await fake.stop(); });

  function tributary(...words: string[]): Promise<{ code: number; out: string }> {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, 'bank', ...words], { env: { ...inherited, TRIBUTARY_URL: hub.url, TRIBUTARY_API_KEY: client.key } }, (error, out) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out });
      });
    });
  }

  it('are linked, shown, and repaired when their owner has to sign in again', async () => {
    fake.item.add({ name: 'FIRST' });
    expect((await tributary('link', 'bank')).out).toMatch(/open the vendor's dialog with this token: link-.*\nit is good until .*; then: tributary bank link bank --public-token <token>/);
    fake.publicTokens.set('public-1', ACCESS_TOKEN);
    expect(await tributary('link', 'bank', '--public-token', 'public-1')).toEqual({ code: 0, out: 'bank is linked; its transactions are being read\n' });
    await hub.drain(hub.test.tenantId, id);
    expect(await tributary('feeds')).toMatchObject({ code: 0, out: expect.stringMatching(/bank +ok/) as string });
    fake.item.error = 'ITEM_LOGIN_REQUIRED';
    await client.post(`/v1/bank-feeds/${id}/syncs`);
    await hub.drain(hub.test.tenantId, id);
    expect(await tributary('feeds')).toMatchObject({ code: 1, out: expect.stringMatching(/signInAgain.*tributary bank link --update/s) as string });
    expect((await tributary('link', 'bank', '--update')).out).toContain('tributary bank link bank --finish');
    fake.item.error = null;
    expect(await tributary('link', 'bank', '--finish')).toMatchObject({ code: 0 });
  });
});
