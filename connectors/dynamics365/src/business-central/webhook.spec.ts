import type { Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { VALIDATION_TOKEN_LENGTH_MAX, webhook } from './webhook.js';

const CLIENT_STATE = 'q7Wd0uQ4nR2xL9sZ5kV8tB3m';
const COMPANY = 'c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de01';
const NOW = new Date('2026-03-10T12:00:00Z');
const URL_OF_HUB = 'https://hub.test/hooks/1';

interface Asked { readonly method: string; readonly path: string; readonly body: Record<string, string>; readonly etag: string | null }

function contextWith(known: readonly object[], webhookClientState: string | undefined = CLIENT_STATE): { context: Context; asked: Asked[] } {
  const asked: Asked[] = [];
  const config = { tenantId: 't', clientId: 'c', environment: 'Production', companyId: COMPANY, timeZone: 'UTC', serviceUrl: 'https://bc.test', loginUrl: 'https://login.test' };
  const context: Context = {
    ...testContext({ connectionId: 'c', config, secrets: { clientSecret: 'hush', ...(webhookClientState === undefined ? {} : { webhookClientState }) }, probe: null, now: () => NOW, log: [] }),
    fetch: async (input, init = {}) => {
      const url = new URL(String(input));
      if (url.hostname === 'login.test') return Response.json({ access_token: 't', expires_in: 3599 });
      const method = init.method ?? 'GET';
      if (method === 'GET') return Response.json({ value: known });
      asked.push({ method, path: decodeURIComponent(url.pathname.split('/api')[1] ?? ''), body: JSON.parse(String(init.body)) as Record<string, string>, etag: new Headers(init.headers).get('if-match') });
      return Response.json({ expirationDateTime: asked.length === 2 ? '2026-03-12T12:00:00Z' : '2026-03-13T12:00:00Z' }, { status: method === 'POST' ? 201 : 200 });
    },
  };
  return { context, asked };
}

const delivery = (...resources: readonly string[]) => ({ headers: new Headers(), body: new TextEncoder().encode(JSON.stringify({ value: resources.map((resource) => ({ clientState: CLIENT_STATE, resource, changeType: 'updated' })) })) });

describe('deliveries of Business Central', () => {
  it('are checked by giving the token back as text', () => {
    expect(webhook.handshake?.(new URL(`${URL_OF_HUB}?validationToken=a%20b%2Bc`))).toEqual({ status: 200, contentType: 'text/plain', body: 'a b+c' });
    expect(webhook.handshake?.(new URL(URL_OF_HUB))).toBeNull();
  });

  it('does not give back a token that is longer than any of the service', () => {
    const asked = (length: number) => webhook.handshake?.(new URL(`${URL_OF_HUB}?validationToken=${'x'.repeat(length)}`));
    expect(asked(VALIDATION_TOKEN_LENGTH_MAX)?.body).toHaveLength(VALIDATION_TOKEN_LENGTH_MAX);
    expect(asked(VALIDATION_TOKEN_LENGTH_MAX + 1)).toBeNull();
  });

  it.each([
    [[`api/v2.0/companies(${COMPANY})/customers(5d115c9c-44e3-ea11-bb43-000d3a2feca1)`], ['customer']],
    [[`https://api.businesscentral.dynamics.com/v2.0/t/Production/api/v2.0/companies(${COMPANY})/generalLedgerEntries?$filter=lastModifiedDateTime%20gt%202026`], ['payment', 'invoice', 'creditMemo']],
    [[`api/v2.0/companies(${COMPANY})/salesInvoices(1)`, `api/v2.0/companies(${COMPANY})/salesInvoices(2)`, `api/v2.0/companies(${COMPANY})/items(3)`], ['invoice']],
  ])('%j wake what changed', async (resources, wakes) => {
    expect(await webhook.receive(contextWith([]).context, delivery(...resources))).toEqual(wakes);
  });

  it('are refused as a whole when one notification is not ours, or no client state is stored', async () => {
    const mixed = { headers: new Headers(), body: new TextEncoder().encode(JSON.stringify({ value: [{ clientState: CLIENT_STATE, resource: 'x' }, { clientState: `${CLIENT_STATE} `, resource: 'y' }] })) };
    await expect(webhook.receive(contextWith([]).context, mixed)).rejects.toMatchObject({ failure: { kind: 'auth' } });
    const unset = testContext({ ...contextWith([]).context, config: contextWith([]).context.config, secrets: { clientSecret: 'hush' }, log: [] });
    await expect(webhook.receive(unset, delivery('x'))).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });
});

describe('a subscription', () => {
  it('is made for each list, and renewed a day before the first of them ends', async () => {
    const { context, asked } = contextWith([]);
    expect(await webhook.subscribe?.(context, URL_OF_HUB)).toEqual({ renewAt: '2026-03-11T12:00:00.000Z' });
    expect(asked.map(({ method, path, body }) => [method, path, body['resource']?.split('/').at(-1), body['clientState']])).toEqual(
      ['customers', 'salesInvoices', 'salesCreditMemos', 'generalLedgerEntries'].map((list) => ['POST', '/v2.0/subscriptions', list, CLIENT_STATE]),
    );
  });

  it('that is there is renewed under its quoted key, with its etag', async () => {
    const { context, asked } = contextWith([
      { '@odata.etag': 'W/"1"', subscriptionId: 'sub-1', notificationUrl: URL_OF_HUB, resource: `https://bc.test/api/v2.0/companies(${COMPANY.toUpperCase()})/customers` },
      { '@odata.etag': 'W/"2"', subscriptionId: 'sub-2', notificationUrl: 'https://other.test', resource: `/api/v2.0/companies(${COMPANY})/salesInvoices` },
    ]);
    await webhook.subscribe?.(context, URL_OF_HUB);
    expect(asked.map(({ method, path, etag }) => [method, path, etag])).toEqual([
      ['PATCH', '/v2.0/subscriptions(\'sub-1\')', 'W/"1"'], ['POST', '/v2.0/subscriptions', null], ['POST', '/v2.0/subscriptions', null], ['POST', '/v2.0/subscriptions', null],
    ]);
  });
});
