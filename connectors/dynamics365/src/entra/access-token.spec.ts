import { createPublicKey, createVerify, constants, verify, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { ConnectorError, type Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { accessToken, forgetToken } from './access-token.js';
import { expiryWarnings, loginExpiries } from './expiries.js';
import { loginProblems, type EntraLogin, type EntraSettings } from './login.js';
import { CERTIFICATE_PEM, OTHER_KEY_PEM, PRIVATE_KEY_PEM } from './testing/certificate.js';

const NOW = new Date('2026-03-10T12:00:00Z');
const SECRET = 'S3cr~et/value+that=never&shows';
const login: EntraLogin = {
  tenantId: 'contoso.onmicrosoft.com', clientId: '11111111-2222-3333-4444-555555555555', scope: 'https://api.businesscentral.dynamics.com/.default',
  loginUrl: 'https://login.test', proof: { by: 'secret', clientSecret: SECRET },
};

interface Asked { readonly url: string; readonly form: URLSearchParams }

function entra(answers: readonly ({ status: number; body: unknown; headers?: Record<string, string> } | 'reset')[]): { context: Context; asked: Asked[]; clock: { now: Date } } {
  const asked: Asked[] = [];
  const clock = { now: NOW };
  const left = [...answers];
  const context: Context = {
    ...testContext({ connectionId: 'c', config: {}, secrets: {}, probe: null, now: () => clock.now, log: [] }),
    fetch: async (input, init) => {
      asked.push({ url: String(input), form: new URLSearchParams(String(init?.body)) });
      await new Promise((resolve) => { setTimeout(resolve, 1); });
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer === undefined || answer === 'reset') throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      return new Response(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body), { status: answer.status, headers: answer.headers ?? {} });
    },
  };
  return { context, asked, clock };
}

const granted = (text: string) => ({ status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: text } });

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (error instanceof ConnectorError) return error;
  throw new Error(`no ConnectorError but ${String(error)}`);
}

describe('a token of Microsoft Entra', () => {
  it('is asked for at the tenant, by client credentials, for the scope', async () => {
    const { context, asked } = entra([granted('t1')]);
    expect(await accessToken(context, login)).toBe('t1');
    expect(asked[0]?.url).toBe('https://login.test/contoso.onmicrosoft.com/oauth2/v2.0/token');
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials', client_id: login.clientId, client_secret: SECRET, scope: 'https://api.businesscentral.dynamics.com/.default',
    });
  });

  it('is asked for once by many callers, kept while fresh, and asked for anew before it ends', async () => {
    const { context, asked, clock } = entra([granted('t1'), granted('t2')]);
    expect(await Promise.all([1, 2, 3].map(() => accessToken(context, login)))).toEqual(['t1', 't1', 't1']);
    clock.now = new Date(NOW.getTime() + 54 * 60_000);
    expect(await accessToken(context, login)).toBe('t1');
    clock.now = new Date(NOW.getTime() + 56 * 60_000);
    expect(await Promise.all([1, 2, 3].map(() => accessToken(context, login)))).toEqual(['t2', 't2', 't2']);
    expect(asked).toHaveLength(2);
  });

  it('is asked for anew once it was forgotten, and for another secret at once', async () => {
    const { context, asked } = entra([granted('t1')]);
    await accessToken(context, login);
    expect(forgetToken(context, login)).toBe(true);
    expect(forgetToken(context, login)).toBe(false);
    await accessToken(context, login);
    await accessToken(context, { ...login, proof: { by: 'secret', clientSecret: 'another one' } });
    expect(asked).toHaveLength(3);
  });

  it('does not fail for a caller because another one gave up waiting', async () => {
    const { context, asked } = entra([granted('t1')]);
    const abort = new AbortController();
    const first = accessToken({ ...context, signal: abort.signal, fetch: (_input, init) => new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => { reject(new DOMException('aborted', 'AbortError')); });
    }) }, login);
    const second = accessToken(context, login);
    abort.abort();
    expect((await failureOf(first)).failure.kind).toBe('transient');
    expect(await second).toBe('t1');
    expect(asked).toHaveLength(1);
  });

  it('lets a caller that waits for the request of another go when it is aborted', async () => {
    const { context } = entra([granted('t1')]);
    const never = { ...context, fetch: () => new Promise<Response>(() => undefined) };
    void accessToken(never, login).catch(() => undefined);
    const abort = new AbortController();
    const waiting = failureOf(accessToken({ ...context, signal: abort.signal }, login));
    abort.abort();
    expect((await waiting).failure.kind).toBe('transient');
  });

  it.each([
    [401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.', /secret's value, not its id/],
    [401, 'invalid_client', 'AADSTS7000222: The provided client secret keys are expired.', /expired/],
    [400, 'unauthorized_client', 'AADSTS700016: Application was not found in the directory.', /client id and tenant id/],
    [400, 'invalid_request', 'AADSTS90002: Tenant not found.', /no such tenant/],
    [400, 'invalid_scope', 'AADSTS70011: The provided value for scope is not valid.', /scope/],
  ])('refused with %i %s is `auth` with a cure', async (status, error, description, hint) => {
    const { context } = entra([{ status, body: { error, error_description: `${description} Trace ID: 1 Correlation ID: 2 Timestamp: 3`, error_codes: [1] } }]);
    const refused = await failureOf(accessToken(context, login));
    expect(refused.failure).toEqual({ kind: 'auth', hint: expect.stringMatching(hint) as string });
    expect(refused.message).toContain(description);
    expect(refused.message).not.toContain('Trace ID');
  });

  it('never shows the secret, not even when the answer repeats it', async () => {
    const { context } = entra([{ status: 401, body: { error: 'invalid_client', error_description: `AADSTS7000215: wrong: ${SECRET} or ${encodeURIComponent(SECRET)}` } }]);
    const refused = await failureOf(accessToken(context, login));
    expect(inspect(refused, { depth: null, showHidden: true })).not.toContain(SECRET);
    expect(inspect(refused, { depth: null, showHidden: true })).not.toContain(encodeURIComponent(SECRET));
  });

  it.each([
    [{ status: 429, body: '', headers: { 'retry-after': '7' } }, { kind: 'rateLimited', retryAfterMs: 7000 }],
    [{ status: 503, body: '<html>' }, { kind: 'transient' }],
    [{ status: 200, body: '<html>' }, { kind: 'transient' }],
    [{ status: 200, body: { token_type: 'Bearer' } }, { kind: 'transient' }],
    ['reset' as const, { kind: 'transient' }],
  ])('that cannot be had now is no question of credentials (%#), and the next call asks again', async (answer, failure) => {
    const { context } = entra([answer, granted('t2')]);
    expect((await failureOf(accessToken(context, login))).failure).toEqual(failure);
    expect(await accessToken(context, login)).toBe('t2');
  });
});

describe('a login by certificate', () => {
  const byCertificate: EntraLogin = { ...login, proof: { by: 'certificate', certificatePem: CERTIFICATE_PEM, privateKeyPem: PRIVATE_KEY_PEM } };

  it('signs an assertion that the certificate proves', async () => {
    const { context, asked } = entra([granted('t1')]);
    await accessToken(context, byCertificate);
    const form = asked[0]?.form;
    expect(form?.get('client_secret')).toBeNull();
    expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form?.get('client_assertion') ?? '').split('.');
    const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
    const certificate = new X509Certificate(CERTIFICATE_PEM);
    expect(decoded(header)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url') });
    expect(decoded(claims)).toMatchObject({ aud: asked[0]?.url, iss: login.clientId, sub: login.clientId, nbf: NOW.getTime() / 1000, exp: NOW.getTime() / 1000 + 300 });
    const key = { key: createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(createVerify('sha256').update('something else').verify(key, Buffer.from(signature, 'base64url'))).toBe(false);
  });

  it.each([
    ['no key at all', CERTIFICATE_PEM, 'nonsense'],
    ['another key', CERTIFICATE_PEM, OTHER_KEY_PEM],
    ['no certificate', 'nonsense', PRIVATE_KEY_PEM],
  ])('with %s is `auth`, and quotes neither', async (_what, certificatePem, privateKeyPem) => {
    const { context, asked } = entra([granted('t1')]);
    const refused = await failureOf(accessToken(context, { ...login, proof: { by: 'certificate', certificatePem, privateKeyPem } }));
    expect(refused.failure.kind).toBe('auth');
    expect(inspect(refused, { depth: null })).not.toContain(PRIVATE_KEY_PEM.split('\n')[1]);
    expect(asked).toHaveLength(0);
  });

  it('says which of its two halves is missing', () => {
    const settings = { authentication: 'certificate' } as EntraSettings;
    expect(loginProblems(settings, {})).toEqual(['config.certificatePem: is missing', 'secrets.privateKeyPem: is missing']);
    expect(loginProblems({ ...settings, authentication: 'secret' }, {})).toEqual(['secrets.clientSecret: is missing']);
    expect(loginProblems({ ...settings, certificatePem: CERTIFICATE_PEM }, { privateKeyPem: PRIVATE_KEY_PEM })).toEqual([]);
  });
});

describe('the end of a login', () => {
  const settings = { authentication: 'secret', secretExpiresOn: '2026-03-20' } as EntraSettings;

  it('is known where a setting or the certificate tells it', () => {
    expect(loginExpiries(settings).map(({ what, at }) => [what, at])).toEqual([['client secret', '2026-03-20T00:00:00.000Z']]);
    expect(loginExpiries({ authentication: 'secret' } as EntraSettings)).toEqual([]);
    expect(loginExpiries({ authentication: 'certificate', certificatePem: CERTIFICATE_PEM } as EntraSettings)[0]?.at).toBe(new Date(new X509Certificate(CERTIFICATE_PEM).validTo).toISOString());
  });

  it('is warned of two weeks before, and after', () => {
    expect(expiryWarnings(loginExpiries(settings), new Date('2026-03-01T00:00:00Z'))).toEqual([]);
    expect(expiryWarnings(loginExpiries(settings), NOW)[0]).toMatch(/^The client secret of the app ends on 2026-03-20\. Create/);
    expect(expiryWarnings(loginExpiries(settings), new Date('2026-03-21T00:00:00Z'))[0]).toMatch(/ended on 2026-03-20/);
  });
});
