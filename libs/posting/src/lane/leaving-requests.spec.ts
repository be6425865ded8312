import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leavingOnlyWhile } from './leaving-requests.js';

describe('a request on its way out', () => {
  let server: Server;
  let seen: number;
  let url: string;
  beforeEach(async () => {
    seen = 0;
    server = createServer((_request, response) => { seen += 1; response.end('ok'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });

  it('leaves while it may', async () => {
    expect(await (await leavingOnlyWhile(() => true, () => fetch(url, { method: 'POST', body: 'pay' }))).text()).toBe('ok');
    expect(seen).toBe(1);
  });

  it('does not leave when the permission ended while the connection was being made', async () => {
    let may = true;
    const sent = leavingOnlyWhile(() => may, () => fetch(url, { method: 'POST', body: 'pay' }));
    may = false;
    await expect(sent).rejects.toThrow();
    expect(seen).toBe(0);
  });

  it('says nothing about requests of others', async () => {
    await leavingOnlyWhile(() => false, () => Promise.resolve());
    expect(await (await fetch(url)).text()).toBe('ok');
  });
});
