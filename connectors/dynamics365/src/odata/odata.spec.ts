import fc from 'fast-check';
import { parseJsonKeepingNumberText, type Json } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import type { EntraLogin } from '../entra/login.js';
import { throttleDelayMs } from './backoff.js';
import { call, type ODataAnswer, type ODataService } from './client.js';
import { batchAnswers, batchBody, NOT_DONE } from './json-batch.js';
import { address, memberName, quoted, wireMember } from './literal.js';
import { changesetBatch, multipartAnswers } from './multipart-batch.js';
import { statedDelayMs } from './no-answer.js';
import { listPages, listRows } from './pages.js';
import { problemOf } from './problem.js';

const login: EntraLogin = { tenantId: 't', clientId: 'c', scope: 's', loginUrl: 'https://login.test', proof: { by: 'secret', clientSecret: 'hush-hush' } };
const service: ODataService = { name: 'The service', baseUrl: 'https://erp.test/api', login, concurrency: 2, requestTimeoutMs: 1000 };
const read = { method: 'GET', lane: 'read', writes: false } as const;

function contextWith(answer: (url: URL, init: RequestInit) => Promise<Response> | Response): Context {
  return {
    ...testContext({ connectionId: 'c', config: {}, secrets: {}, probe: null, now: () => new Date('2026-03-10T12:00:00Z'), log: [] }),
    fetch: async (input, init = {}) => {
      const url = new URL(String(input));
      return url.hostname === 'login.test' ? new Response('{"access_token":"t","expires_in":3599}') : await answer(url, init);
    },
  };
}

const answerOf = (body: Json): ODataAnswer => ({ status: 200, contentType: 'application/json', etag: null, text: '', body, failed: null });

describe('one OData call', () => {
  it('keeps amounts as the text they were sent as', async () => {
    const answer = await call(contextWith(() => new Response('{"value":[{"remainingAmount":9007199254740993.10}]}')), service, { ...read, address: '/x' });
    expect(answer.body).toEqual({ value: [{ remainingAmount: '9007199254740993.10' }] });
  });

  it('replaces a token the service no longer takes, once', async () => {
    const statuses = [401, 401];
    let calls = 0;
    const answer = await call(contextWith(() => { calls += 1; return new Response('{}', { status: statuses.shift() ?? 200 }); }), service, { ...read, address: '/x' });
    expect([answer.status, calls]).toEqual([401, 2]);
  });

  it.each([['GET', 'read', false, 'transient'], ['POST', 'write', true, 'outcomeUnknown']] as const)('%s without an answer is %s', async (method, lane, writes, kind) => {
    const context = contextWith(() => { throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }); });
    await expect(call(context, service, { method, lane, writes, address: '/x' })).rejects.toMatchObject({ failure: { kind } });
  });

  it('a write that never left is transient', async () => {
    const context = contextWith(() => { throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }); });
    await expect(call(context, service, { method: 'POST', lane: 'write', writes: true, address: '/x' })).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it('does not carry the token to another host', async () => {
    const asked: string[] = [];
    const context = contextWith((url) => { asked.push(url.host); return new Response('{}'); });
    for (const elsewhere of ['https://evil.test/api/x', 'http://erp.test/api/x', 'no address']) {
      await expect(call(context, service, { ...read, address: elsewhere })).rejects.toMatchObject({ failure: { kind: 'invalid' } });
    }
    expect(asked).toEqual([]);
  });

  it('has no more in flight than there are places, and reads leave one to postings', async () => {
    let inFlight = 0;
    let most = 0;
    const context = contextWith(async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => { setTimeout(resolve, 2); });
      inFlight -= 1;
      return new Response('{}');
    });
    await Promise.all(Array.from({ length: 6 }, () => call(context, service, { ...read, address: '/x' })));
    expect(most).toBe(1);
    await Promise.all([0, 1, 2, 3].map((each) => call(context, service, each % 2 === 0 ? { ...read, address: '/x' } : { method: 'POST', lane: 'write', writes: true, address: '/x' })));
    expect(most).toBe(2);
  });

  it('leaves the queue at once when aborted, before anything was sent', async () => {
    const abort = new AbortController();
    const context = contextWith((_url, init) => new Promise((_resolve, reject) => { init.signal?.addEventListener('abort', () => { reject(new Error('aborted')); }); }));
    const aborted = { ...context, signal: abort.signal };
    const calls = [1, 2, 3].map(() => call(aborted, service, { method: 'POST', lane: 'write', writes: true, address: '/x' }).catch((error: unknown) => (error as ConnectorError).failure.kind));
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    abort.abort();
    expect((await Promise.all(calls)).toSorted()).toEqual(['outcomeUnknown', 'outcomeUnknown', 'transient']);
  });

  it('counts refusals in a row, those of one moment as one', async () => {
    let status = 429;
    const context = contextWith(async () => { await new Promise((resolve) => { setTimeout(resolve, 2); }); return new Response('{}', { status }); });
    const once = async (): Promise<number> => (await call(context, service, { method: 'POST', lane: 'write', writes: true, address: '/x' })).failed?.throttledInARow ?? 0;
    expect(await Promise.all([once(), once()])).toEqual([1, 1]);
    expect(await once()).toBe(2);
    status = 200;
    await once();
    status = 429;
    expect(await once()).toBe(1);
  });
});

describe('a list', () => {
  it('follows its links exactly as they come', async () => {
    const links = ['/customers?a=1', 'https://erp.test/api/customers?a=1&aid=FIN&$skiptoken=%27x%27%2C%20y', 'https://erp.test/api/customers?odd=%7B'];
    const asked: string[] = [];
    const rows = await listRows(async (link) => {
      asked.push(link);
      const next = links[links.indexOf(link) + 1];
      return answerOf({ value: [{ id: link }], ...(next === undefined ? {} : { '@odata.nextLink': next }) });
    }, links[0] ?? '');
    expect(asked).toEqual(links);
    expect(rows.map((row) => row['id'])).toEqual(links);
  });

  it.each([[null], [{}], [{ value: 'x' }], [{ value: ['x'] }], [[]]])('that is none (%j) fails, it is never an empty page', async (body) => {
    await expect(listRows(async () => answerOf(body), '/x')).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it('whose page comes twice goes on', async () => {
    let asked = 0;
    const rows = await listRows(async (link) => {
      asked += 1;
      return answerOf(link === '/b' && asked > 2 ? { value: [{ id: '2' }] } : { value: [{ id: '1' }], '@odata.nextLink': '/b' });
    }, '/a');
    expect(rows.map((row) => row['id'])).toEqual(['1', '1', '2']);
  });

  it('that leads in a circle ends', async () => {
    const walk = listPages(async (link) => answerOf({ value: [], '@odata.nextLink': link === '/a' ? 'https://erp.test/b' : '/a' }), '/a');
    await expect((async () => { for await (const page of walk) expect(page.rows).toEqual([]); })()).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });
});

describe('an error body', () => {
  it('gives its message without the correlation id', () => {
    expect(problemOf({ error: { code: 'Internal_RecordNotFound', message: 'The Customer does not exist.  CorrelationId:  d9d2b1f3-0000-4a3c-9d66-0123456789ab.' } }))
      .toEqual({ code: 'Internal_RecordNotFound', message: 'The Customer does not exist.', innerMessage: null, correlationId: 'd9d2b1f3-0000-4a3c-9d66-0123456789ab' });
  });

  it('gives the inner message of Finance and leaves the stack behind', () => {
    const problem = problemOf({ error: { code: '', message: 'An error has occurred.', innererror: { message: 'Write failed. Infolog: Warning: x', type: 't', stacktrace: 'at A.b' } } });
    expect(problem).toMatchObject({ message: 'An error has occurred.', innerMessage: 'Write failed. Infolog: Warning: x' });
    expect(JSON.stringify(problem)).not.toContain('at A.b');
  });

  it('is none for anything else', () => {
    expect([problemOf(null), problemOf({}), problemOf('<html>'), problemOf([])]).toEqual([null, null, null, null]);
    expect(problemOf({ code: 'EnvironmentNotFound', message: 'gone' })?.code).toBe('EnvironmentNotFound');
  });
});

describe('words of the wire', () => {
  it('go there and back', () => {
    expect([memberName('In_x0020_Review'), memberName('_x0020_'), memberName('G_x002F_L_x0020_Account'), memberName('Paid')]).toEqual(['In Review', ' ', 'G/L Account', 'Paid']);
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9 /().&-]{0,30}$/), (name) => { expect(memberName(wireMember(name))).toBe(name); }));
  });

  it('are quoted and encoded', () => {
    expect(address('/customers', { $filter: `displayName eq ${quoted('O\'Brien & Söhne')}`, $select: null })).toBe('/customers?$filter=displayName%20eq%20\'O\'\'Brien%20%26%20S%C3%B6hne\'');
  });
});

describe('a delay', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  it('is obeyed where it is stated and sensible', () => {
    expect([null, '', '7', '0', '-3', 'soon', 'Tue, 10 Mar 2026 12:00:30 GMT', 'Tue, 10 Mar 2026 11:00:00 GMT', '999999'].map((text) => statedDelayMs(text, now)))
      .toEqual([null, null, 7000, null, null, null, 30_000, null, 3_600_000]);
  });

  it('grows, is drawn at random, and has an end', () => {
    expect([1, 2, 3, 20].map((inARow) => throttleDelayMs(inARow, undefined, () => 0))).toEqual([250, 500, 1000, 30_000]);
    expect([1, 20].map((inARow) => throttleDelayMs(inARow, 10_000, () => 0))).toEqual([250, 5_000]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), (inARow) => { expect(throttleDelayMs(inARow)).toBeLessThanOrEqual(60_001); }));
  });
});

describe('a JSON batch', () => {
  it('numbers its operations and keeps amounts exact', () => {
    const body = batchBody([{ method: 'POST', url: 'companies(1)/x', body: { amount: { $number: '-12345678901234.50' } } }, { method: 'GET', url: 'companies(1)/y', headers: { 'If-Match': '*' } }]);
    expect(body).toContain('"amount":-12345678901234.50');
    expect(parseJsonKeepingNumberText(body)).toMatchObject({ requests: [{ id: '1', method: 'POST' }, { id: '2', method: 'GET', headers: { 'If-Match': '*' } }] });
  });

  it('puts answers in the order of its operations, failed parts beside good ones', () => {
    const answers = batchAnswers({ responses: [{ id: '2', status: '400', body: { error: { code: 'X', message: 'no' } } }, { id: '1', status: '201', body: { id: 'a' } }] }, 2, true);
    expect(answers).toEqual([{ status: 201, body: { id: 'a' }, problem: null }, { status: 400, body: { error: { code: 'X', message: 'no' } }, problem: { code: 'X', message: 'no', innerMessage: null, correlationId: null } }]);
  });

  it('that stopped at a failed part says what was not done', () => {
    const answers = batchAnswers({ responses: [{ id: '1', status: '201', body: {} }, { id: '2', status: '400', body: { error: { code: 'X', message: 'no' } } }] }, 4, true);
    expect(answers.map(({ status }) => status)).toEqual([201, 400, NOT_DONE, NOT_DONE]);
  });

  it.each([[null], [{ responses: [] }], [{ responses: [{ id: '1' }] }]])('without an answer to an operation (%j) leaves its outcome unknown', (body) => {
    expect(() => batchAnswers(body, 1, true)).toThrow(ConnectorError);
  });
});

describe('a multipart batch', () => {
  const operations = [{ method: 'POST', url: 'https://f.test/data/A', body: { Amount: { $number: '10.00' } } }, { method: 'PATCH', url: 'https://f.test/data/A(1)', body: {}, headers: { 'If-Match': '*' } }] as const;

  it('holds one changeset with its operations', () => {
    const { contentType, body } = changesetBatch(operations, 'p1');
    expect(contentType).toBe('multipart/mixed; boundary=batch_p1');
    expect(body.split('--changeset_p1\r\n')).toHaveLength(3);
    expect(body).toContain('POST https://f.test/data/A HTTP/1.1\r\nContent-Type: application/json;type=entry\r\nAccept: application/json\r\n\r\n{"Amount":10.00}');
    expect(body).toContain('--changeset_p1--\r\n\r\n--batch_p1--\r\n');
  });

  it('is answered part by part, whatever the line ends', () => {
    const text = [
      '--b1', 'Content-Type: multipart/mixed; boundary="c1"', '', '--c1', 'Content-Type: application/http', 'Content-Transfer-Encoding: binary', '', 'HTTP/1.1 201 Created', 'Content-Type: application/json', '',
      '{"Amount":10.00}', '--c1', 'Content-Type: application/http', '', 'HTTP/1.1 204 No Content', '', '', '--c1--', '--b1', 'Content-Type: application/http', '', 'HTTP/1.1 400 Bad Request', '', '{"error":{"code":"","message":"no"}}', '--b1--', '',
    ];
    for (const end of ['\r\n', '\n']) {
      const answers = multipartAnswers('multipart/mixed; boundary=b1', text.join(end));
      expect(answers.map(({ status, body, problem }) => [status, body, problem?.message ?? null])).toEqual([[201, { Amount: '10.00' }, null], [204, null, null], [400, { error: { code: '', message: 'no' } }, 'no']]);
    }
  });

  it.each([['text/html', '<html>'], ['multipart/mixed; boundary=b1', '--b1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 201 Created\r\n\r\n{'], ['multipart/mixed; boundary=b1', '--b1--']])(
    'that cannot be understood leaves its outcome unknown (%#)', (contentType, text) => {
      expect(() => multipartAnswers(contentType, text)).toThrow(expect.objectContaining({ failure: { kind: 'outcomeUnknown' } }) as Error);
    });
});
