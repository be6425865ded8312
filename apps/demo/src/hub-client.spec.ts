import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HubClient } from './hub-client.js';

/** A hub that knows a list of three pages and a list without pages. */
function startLists(asked: string[]): Promise<Server> {
  const pages: Record<string, object> = {
    '/paged?limit=500': { items: [1, 2], nextCursor: 'a&b' }, '/paged?limit=500&cursor=a%26b': { items: [3], nextCursor: 'c' }, '/paged?limit=500&cursor=c': { items: [], nextCursor: null },
    '/whole?limit=500': { items: [1, 2] },
  };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 422 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(page ?? { title: 'unknown cursor' }));
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(server); }); });
}

describe('the demo\'s way to the hub', () => {
  const asked: string[] = [];
  let server: Server;
  let client: HubClient;
  beforeAll(async () => {
    server = await startLists(asked);
    client = new HubClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'trb_key');
  });
  afterAll(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  beforeEach(() => { asked.length = 0; });

  it('reads a list page by page to its end', async () => {
    expect(await client.all('/paged')).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(3);
  });

  it('reads a list that has no pages once', async () => {
    expect(await client.all('/whole')).toEqual([1, 2]);
    expect(asked).toEqual(['/whole?limit=500']);
  });
});
