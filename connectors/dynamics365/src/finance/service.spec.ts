import { ConnectorError, type Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { action, listAddress, rowsOf, seesEntity } from './service.js';
import { ENVIRONMENT, SECRETS } from './testing/postings.js';

type Answer = { readonly status?: number; readonly body: unknown };

/** An environment that answers a list of things, one after the other. */
function environment(answers: readonly Answer[]): { readonly context: Context; readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  const context: Context = {
    ...testContext({ connectionId: 'c', config: ENVIRONMENT, secrets: SECRETS, probe: null, now: () => new Date('2026-03-10T00:00:00Z'), log: [] }),
    fetch: async (input) => {
      const url = String(input);
      if (url.includes('/oauth2/')) return Response.json({ token_type: 'Bearer', access_token: 'token', expires_in: 3599 });
      asked.push(url);
      const { status = 200, body } = left.shift() ?? { status: 500, body: 'nothing more' };
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    },
  };
  return { context, asked };
}

const query = { entity: 'CustomersV3', filter: "dataAreaId eq 'usmf'", order: ['CustomerAccount'] } as const;

describe('an address of the data service', () => {
  it('has cross-company, whatever else it has', () => {
    expect(listAddress({ ...query, select: ['CustomerAccount'], top: 5 })).toBe("/data/CustomersV3?cross-company=true&%24filter=dataAreaId%20eq%20'usmf'&%24select=CustomerAccount&%24orderby=CustomerAccount&%24top=5".replaceAll('%24', '$'));
  });
});

describe('a list', () => {
  const root = 'https://contoso.operations.dynamics.com/data/CustomersV3';

  it('follows links as they are, and mends one that forgot cross-company', async () => {
    const { context, asked } = environment([
      { body: { value: [{ a: 1 }], '@odata.nextLink': `${root}?$skiptoken=abc%3D&cross-company=true` } }, { body: { value: [], '@odata.nextLink': `${root}?$skip=2` } }, { body: { value: [{ a: 2.50 }] } },
    ]);
    expect(await rowsOf(context, query)).toEqual([{ a: '1' }, { a: '2.5' }]);
    expect(asked.slice(1)).toEqual([`${root}?$skiptoken=abc%3D&cross-company=true`, `${root}?$skip=2&cross-company=true`]);
  });

  it('asks again for what a page it has read already stood in for, and gives up in the end', async () => {
    const link = `${root}?$skip=1&cross-company=true`;
    const first = { body: { value: [{ a: '1' }], '@odata.nextLink': link } };
    expect(await rowsOf(environment([first, first, { body: { value: [{ a: '2' }] } }]).context, query)).toEqual([{ a: '1' }, { a: '2' }]);
    await expect(rowsOf(environment(Array.from({ length: 9 }, () => first)).context, query)).rejects.toThrow('leads back to a page');
  });

  it('is no list when the answer is something else, and its link is not followed to another host', async () => {
    await expect(rowsOf(environment([{ body: '<html>' }]).context, query)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    await expect(rowsOf(environment([{ body: { value: [], '@odata.nextLink': 'https://elsewhere.example/data/CustomersV3?$skip=1' } }]).context, query)).rejects.toBeInstanceOf(ConnectorError);
  });
});

describe('an entity', () => {
  it.each([
    [{ body: { value: [] } }, 'yes'], [{ status: 404, body: '' }, 'absent'], [{ status: 403, body: { error: { code: '', message: 'Forbidden' } } }, 'forbidden'],
    [{ status: 400, body: { error: { code: '', message: 'x', innererror: { message: 'Access denied: you do not have permission.' } } } }, 'forbidden'],
  ])('%# is seen, absent or forbidden', async (answer, expected) => { expect(await seesEntity(environment([answer]).context, 'Ledgers')).toBe(expected); });

  it('is not called absent because a server is in trouble', async () => { await expect(seesEntity(environment([{ status: 503, body: '' }]).context, 'Ledgers')).rejects.toMatchObject({ failure: { kind: 'transient' } }); });
});

describe('an action', () => {
  it('answers its value, wrapped once or twice', async () => {
    expect(await action(environment([{ body: { value: 'Succeeded' } }]).context, 'X/N.Status', {}, false)).toBe('Succeeded');
    expect(await action(environment([{ body: { value: { value: 'url' } } }]).context, 'X/N.Url', {}, false)).toBe('url');
  });

  it('that started something and answers nonsense has an unknown outcome', async () => {
    await expect(action(environment([{ body: '<html>' }]).context, 'X/N.Import', {}, true)).rejects.toMatchObject({ failure: { kind: 'outcomeUnknown' } });
  });
});
