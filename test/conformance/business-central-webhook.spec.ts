import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WakeUp } from '#connector-kit';
import { businessCentral } from '#connectors/dynamics365';
import { BusinessCentralHarness } from './business-central-harness.js';

/** Deliveries over real HTTP: the sandbox checks the address and calls it, the connector answers and says what to read. */
const DELAY_MS = 31_000;
const THREE_DAYS_MS = 3 * 86_400_000;

let harness: BusinessCentralHarness;
let hub: Server;
let address = '';
const woken: WakeUp[] = [];

beforeEach(async () => {
  harness = new BusinessCentralHarness();
  await harness.start();
  woken.length = 0;
  hub = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => { void answer(new URL(request.url ?? '/', address), Buffer.concat(parts)).then(({ status, body }) => { response.writeHead(status, { 'content-type': 'text/plain' }).end(body); }); });
  });
  await new Promise<void>((resolve) => { hub.listen(0, '127.0.0.1', resolve); });
  address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/hooks/1`;
});

afterEach(async () => {
  hub.closeAllConnections();
  await new Promise((resolve) => { hub.close(resolve); });
  await harness.stop();
});

async function answer(url: URL, body: Uint8Array): Promise<{ readonly status: number; readonly body: string }> {
  const { webhook } = businessCentral;
  const handshake = webhook.handshake?.(url) ?? null;
  if (handshake !== null) return handshake;
  try {
    woken.push(...await webhook.receive(harness.context(), { headers: new Headers(), body }));
    return { status: 200, body: '' };
  } catch {
    return { status: 401, body: '' };
  }
}

async function deliver(): Promise<void> {
  await harness.passTime(DELAY_MS);
  await harness.world.sandbox.deliverNotifications();
}

describe('deliveries of Business Central, over HTTP', () => {
  it('begin with a handshake, and wake what changed', async () => {
    const { renewAt } = await businessCentral.webhook.subscribe?.(harness.context(), address) ?? { renewAt: '' };
    expect(Date.parse(renewAt)).toBeGreaterThan(harness.now().getTime());
    expect(Date.parse(renewAt)).toBeLessThan(harness.now().getTime() + THREE_DAYS_MS);
    await harness.seed('customer', 1);
    await deliver();
    expect([...new Set(woken)]).toEqual(['customer']);
  });

  it('wake payments and invoices when something was posted, though a partly paid invoice itself tells nobody', async () => {
    const [id] = await harness.seed('invoice', 1);
    await businessCentral.webhook.subscribe?.(harness.context(), address);
    harness.world.sandbox.elsewhere.settleInvoice(harness.world.book.numberOf(id ?? ''), '40');
    await deliver();
    expect([...new Set(woken)].toSorted()).toEqual(['creditMemo', 'invoice', 'payment']);
  });

  it('go on after a renewal, which makes no second subscription', async () => {
    await businessCentral.webhook.subscribe?.(harness.context(), address);
    await harness.passTime(2 * 86_400_000);
    await businessCentral.webhook.subscribe?.(harness.context(), address);
    await harness.passTime(2 * 86_400_000);
    const before = woken.length;
    await harness.seed('customer', 1);
    await deliver();
    expect(woken.slice(before)).toEqual(['customer']);
  });
});
