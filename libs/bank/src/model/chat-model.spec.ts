import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatModel } from './chat-model.js';

/** A double of an OpenAI-compatible interface on a port of its own. */
async function asking(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => { body += piece.toString(); });
    request.on('end', () => answer(request, body, response));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  try {
    return await chatModel({ baseUrl: `http://127.0.0.1:${port}/v1/`, model: 'double', apiKey: 'secret', timeoutMs: 5_000 }).ask('the prompt');
  } finally {
    await new Promise((resolve) => { server.close(resolve); });
  }
}

describe('a language model over HTTP', () => {
  it('is asked as an OpenAI-compatible interface wants it', async () => {
    let seen: unknown = null;
    const answer = await asking(({ url, headers }, body, response) => {
      seen = [url, headers.authorization, JSON.parse(body)];
      response.end(JSON.stringify({ choices: [{ message: { content: '{"lines":[]}' } }] }));
    });
    expect(answer).toBe('{"lines":[]}');
    expect(seen).toEqual(['/v1/chat/completions', 'Bearer secret', { model: 'double', temperature: 0, response_format: { type: 'json_object' }, messages: [{ role: 'user', content: 'the prompt' }] }]);
  });

  it('raises a sentence on refusals, other answers, redirects and floods', async () => {
    await expect(asking((_request, _body, response) => { response.writeHead(401).end('{}'); })).rejects.toThrow('answered 401');
    await expect(asking((_request, _body, response) => { response.end('<html>'); })).rejects.toThrow('no JSON');
    await expect(asking((_request, _body, response) => { response.end('{"choices":[]}'); })).rejects.toThrow('choices[0]');
    await expect(asking((_request, _body, response) => { response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(); })).rejects.toThrow();
    await expect(asking((_request, _body, response) => { response.end('x'.repeat(1_100_000)); })).rejects.toThrow('more than');
  });
});
