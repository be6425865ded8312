import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { hmacSignature, signatureBase } from './auth/tba.js';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './sandbox.js';
import { assertion, codeOf, TestClient, type Reply } from './testing/client.js';

const RECORD = '/services/rest/record/v1/customer/1';

describe('OAuth 2.0 client credentials', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;
  beforeAll(async () => { sandbox = await startNetSuiteSandbox({ settings: { accessTokenLifetimeSeconds: 600 } }); client = new TestClient(sandbox); });
  afterAll(async () => { await sandbox.stop(); });

  it('gives a token for a good assertion, whatever form the scope has', async () => {
    for (const scope of [['rest_webservices'], 'restlets,rest_webservices', 'restlets rest_webservices']) {
      const reply = await client.requestToken(client.assertion({ scope }));
      expect(reply.body).toMatchObject({ token_type: 'bearer', expires_in: '600' });
    }
  });

  it('accepts an assertion made by jose, the library a client would use', async () => {
    const { m2m } = sandbox.credentials;
    const script = `import { SignJWT, importPKCS8 } from 'jose'; const [pem, kid, iss, aud] = JSON.parse(process.argv[1]);
      process.stdout.write(await new SignJWT({ scope: ['rest_webservices'] }).setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' }).setIssuer(iss).setAudience(aud).setIssuedAt().setExpirationTime('50m').sign(await importPKCS8(pem, 'ES256')));`;
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify([m2m.privateKeyPem, m2m.certificateId, m2m.clientId, `${sandbox.url}/services/rest/auth/oauth2/v1/token`])], { encoding: 'utf8' });
    expect((await client.requestToken(made)).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, number, string]>([
    ['an unknown certificate', {}, { kid: 'other' }, 401, 'invalid_client'],
    ['the algorithm none', {}, { alg: 'none' }, 401, 'invalid_client'],
    ['another issuer', { iss: 'somebody' }, {}, 401, 'invalid_client'],
    ['another audience', { aud: 'https://elsewhere/token' }, {}, 400, 'invalid_grant'],
    ['an hour or more between iat and exp', { exp: Math.floor(Date.now() / 1000) + 3700 }, {}, 400, 'invalid_grant'],
    ['a past exp', { iat: 1, exp: 1000 }, {}, 400, 'invalid_grant'],
    ['a scope without rest_webservices', { scope: ['restlets'] }, {}, 400, 'invalid_scope'],
  ])('refuses %s', async (_, claims, header, status, error) => {
    const { m2m } = sandbox.credentials;
    const now = Math.floor(Date.now() / 1000);
    const full = { iss: m2m.clientId, scope: ['rest_webservices'], aud: `${sandbox.url}/services/rest/auth/oauth2/v1/token`, iat: now, exp: now + 3000, ...claims };
    const good = assertion(full, { alg: 'ES256', kid: m2m.certificateId, ...(header['alg'] === 'none' ? {} : header) }, m2m.privateKeyPem).split('.');
    const forged = header['alg'] === 'none' ? [Buffer.from(JSON.stringify({ alg: 'none', kid: m2m.certificateId })).toString('base64url'), good[1], ''] : good;
    const reply = await client.requestToken(forged.join('.'));
    expect([reply.status, reply.body]).toEqual([status, { error }]);
    if (status === 401) expect(reply.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  it('refuses RS256 and a signature by another key', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { m2m } = sandbox.credentials;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: m2m.clientId, scope: 'rest_webservices', aud: `${sandbox.url}/services/rest/auth/oauth2/v1/token`, iat: now, exp: now + 100 };
    for (const [alg, key] of [['RS256', rsa], ['ES256', other]] as const) {
      expect((await client.requestToken(assertion(claims, { alg, kid: m2m.certificateId }, key))).body).toEqual({ error: 'invalid_client' });
    }
  });

  it('refuses another grant type and a missing assertion', async () => {
    expect((await client.requestToken('x', { grant_type: 'password' })).body).toEqual({ error: 'unsupported_grant_type' });
    expect((await client.requestToken('not-a-jwt')).body).toEqual({ error: 'invalid_request' });
  });

  it('lets access tokens expire and says so without saying why', async () => {
    const fresh = new TestClient(sandbox);
    expect((await fresh.call('GET', RECORD)).status).toBe(200);
    sandbox.setAuthenticationClock(new Date(Date.now() + 601_000));
    const reply = await fresh.call('GET', RECORD);
    expect([reply.status, codeOf(reply)]).toEqual([401, 'INVALID_LOGIN']);
    expect(reply.headers.get('www-authenticate')).toBe(`Bearer realm="${sandbox.credentials.tba.realm}", error="invalid_token", error_description="Invalid login attempt."`);
    sandbox.setAuthenticationClock(new Date());
  });

  it('refuses an expired certificate and accepts the one it is rotated to', async () => {
    sandbox.expireCertificates();
    expect((await client.requestToken(client.assertion())).body).toEqual({ error: 'invalid_client' });
    const rotated = sandbox.rotateCertificate();
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: rotated.clientId, scope: 'rest_webservices', aud: `${sandbox.url}/services/rest/auth/oauth2/v1/token`, iat: now, exp: now + 100 };
    expect((await client.requestToken(assertion(claims, { alg: rotated.algorithm, kid: rotated.certificateId }, rotated.privateKeyPem))).status).toBe(200);
  });

  it('works with RSA-PSS', async () => {
    const other = await startNetSuiteSandbox({ algorithm: 'PS256' });
    expect((await new TestClient(other).call('GET', RECORD)).status).toBe(200);
    await other.stop();
  });
});

describe('token-based authentication', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;
  beforeEach(async () => { sandbox = await startNetSuiteSandbox(); client = new TestClient(sandbox); });
  afterEach(async () => { await sandbox.stop(); });
  const get = async (authorization: string, path = RECORD): Promise<Reply> => {
    const response = await fetch(`${sandbox.url}${path}`, { headers: { authorization } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Record<string, unknown> };
  };

  it('signs as the published example does', () => {
    const parameters = Object.entries({
      oauth_consumer_key: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4', oauth_token: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
      oauth_nonce: 'fjaLirsIcCGVZWzBX0pg', oauth_timestamp: '1508242306', oauth_signature_method: 'HMAC-SHA256', oauth_version: '1.0',
    });
    const base = signatureBase('GET', 'https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40', parameters);
    expect(hmacSignature(base, 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5', 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295')).toBe('B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=');
  });

  it('takes a signed request once; the same signature again is a used nonce', async () => {
    const header = client.tbaHeader('GET', RECORD);
    expect((await get(header)).status).toBe(200);
    const again = await get(header);
    expect([again.status, codeOf(again)]).toEqual([401, 'INVALID_LOGIN']);
    expect(again.headers.get('www-authenticate')).toMatch(/^OAuth realm=".*", error="token_rejected"/);
    expect(again.text).not.toContain('Nonce');
    expect(sandbox.auditTrail.at(-1)).toBe('NonceUsed');
  });

  it('signs the query parameters too', async () => {
    const query = [['fields', 'entityId, email'], ['expandSubResources', 'true']] as const;
    expect((await get(client.tbaHeader('GET', RECORD, query), `${RECORD}?fields=entityId%2C%20email&expandSubResources=true`)).status).toBe(200);
    expect((await get(client.tbaHeader('GET', RECORD), `${RECORD}?expandSubResources=true`)).status).toBe(401);
  });

  it('takes the realm in lower case with a hyphen as well', async () => {
    expect((await get(client.tbaHeader('GET', RECORD, [], { realm: sandbox.accountId }))).status).toBe(200);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['InvalidTimestamp', { oauth_timestamp: String(Math.floor(Date.now() / 1000) - 400) }], ['nonce_rejected', { oauth_nonce: 'abc' }], ['VersionRejected', { oauth_version: '2.0' }],
    ['UnknownAlgorithm', { oauth_signature_method: 'HMAC-SHA1' }], ['consumer_key_unknown', { oauth_consumer_key: 'x' }], ['token_rejected', { oauth_token: 'x' }],
    ['InvalidSignature', { oauth_signature: 'AAAA' }], ['MissingTokenPassportRequiredFields', { oauth_nonce: undefined }], ['parameter_rejected', { realm: 'OTHER' }],
  ])('refuses with %s in the audit trail only', async (reason, changes) => {
    expect((await get(client.tbaHeader('GET', RECORD, [], changes))).status).toBe(401);
    expect(sandbox.auditTrail.at(-1)).toBe(reason);
  });

  it('locks after five failures for half an hour', async () => {
    for (let time = 0; time < 5; time += 1) await get(client.tbaHeader('GET', RECORD, [], { oauth_signature: 'AAAA' }));
    expect((await get(client.tbaHeader('GET', RECORD))).status).toBe(401);
    expect(sandbox.auditTrail.at(-1)).toBe('temporary_locked');
    sandbox.setAuthenticationClock(new Date(Date.now() + 31 * 60_000));
    expect((await get(client.tbaHeader('GET', RECORD, [], { oauth_timestamp: String(Math.floor(Date.now() / 1000) + 31 * 60) }))).status).toBe(200);
  });
});
