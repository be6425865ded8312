import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient } from './testing/client.js';

describe('The token endpoint', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
  });
  afterEach(async () => {
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  function assertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Record<string, string> {
    const { clientId, certificate } = sandbox.credentials;
    const seconds = Math.floor(Date.now() / 1000);
    const der = new X509Certificate(certificate.certificatePem).raw;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = { alg: 'RS256', typ: 'JWT', 'x5t#S256': createHash('sha256').update(der).digest('base64url'), ...header };
    const unsigned = `${part(head)}.${part({ aud: sandbox.tokenUrl, iss: clientId, sub: clientId, jti: randomUUID(), nbf: seconds, exp: seconds + 300, ...claims })}`;
    const signature = sign('sha256', Buffer.from(unsigned), createPrivateKey(certificate.privateKeyPem)).toString('base64url');
    return { client_secret: '', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: `${unsigned}.${signature}` };
  }

  it('gives a bearer token of 3599 seconds for a secret, and the token opens the tenant', async () => {
    expect((await client.requestToken()).body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
    expect((await client.call('GET', 'v2.0/companies')).rows.map((company) => company['name'])).toEqual(['Honeycomb US', 'Honeycomb UK']);
  });

  it('gives one for an assertion signed by the registered certificate, once', async () => {
    const form = assertion();
    expect((await client.requestToken(form)).status).toBe(200);
    expect((await client.requestToken(form)).body['error_codes']).toEqual([7000214]);
  });

  it.each([
    ['another audience', { aud: 'https://elsewhere.example' }, {}, 700023],
    ['another client', { iss: randomUUID() }, {}, 700021],
    ['a time long past', { exp: 1000 }, {}, 700024],
    ['an unknown thumbprint', {}, { 'x5t#S256': 'abc' }, 700027],
  ])('refuses an assertion with %s', async (_what, claims, header, code) => {
    const reply = await client.requestToken(assertion(claims, header));
    expect(reply.status).toBe(401);
    expect(reply.body).toMatchObject({ error: 'invalid_client', error_codes: [code] });
  });

  it.each([
    ['a wrong secret', { client_secret: 'no' }, 401, 'invalid_client', 7000215],
    ['no secret at all', { client_secret: '' }, 401, 'invalid_client', 7000216],
    ['an unknown application', { client_id: randomUUID() }, 400, 'unauthorized_client', 700016],
    ['another scope', { scope: 'https://graph.example/.default' }, 400, 'invalid_scope', 70011],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('refuses %s in Entra\'s shape', async (_what, form, status, error, code) => {
    const { body, status: seen } = await client.requestToken(form);
    expect(seen).toBe(status);
    expect(body).toMatchObject({ error, error_codes: [code], correlation_id: expect.any(String), trace_id: expect.any(String) });
    expect(String(body['error_description'])).toMatch(new RegExp(`^AADSTS${code}: .*Trace ID: .*Correlation ID: .*Timestamp: `));
  });

  it('refuses a tenant it does not know', async () => {
    const reply = await client.requestToken({}, sandbox.tokenUrl.replace(sandbox.settings.tenantId, 'nobody.example'));
    expect(reply).toMatchObject({ status: 400 });
    expect(reply.body['error_codes']).toEqual([90002]);
  });

  it('says that a secret has run out, and takes the next one', async () => {
    await client.control('POST', 'secret-expiry');
    expect((await client.requestToken()).body['error_codes']).toEqual([7000222]);
    await client.control('POST', 'secret');
    expect((await client.requestToken()).status).toBe(200);
  });

  it('refuses a token when its time is over, and every token when the application is disabled inside the product', async () => {
    await client.bearer();
    sandbox.setClock(new Date(Date.now() + 3_600_000));
    expect(await client.get('customers')).toMatchObject({ status: 401, code: 'Authentication_InvalidCredentials' });
    client.forgetToken();
    expect((await client.get('customers')).status).toBe(200);
    sandbox.settings.applicationEnabled = false;
    expect(await client.get('customers')).toMatchObject({ status: 401, code: 'Authentication_InvalidCredentials', message: 'The server has rejected the client credentials.' });
  });
});
