import { generateKeyPairSync, verify, constants } from 'node:crypto';
import { signedAssertion, tokenForm, tokenFrom } from './client-credentials.js';

const now = new Date('2026-03-10T12:00:00.000Z');
const audience = 'https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token';
const parts = (jwt: string): [header: unknown, claims: Record<string, unknown>, content: string, signature: Buffer] => {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const decoded = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  return [decoded(header), decoded(claims) as Record<string, unknown>, `${header}.${claims}`, Buffer.from(signature, 'base64url')];
};

describe('the client assertion', () => {
  it('is a PS256 JWT that names certificate, client, scopes and token address', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [header, claims, content, signature] = parts(signedAssertion({ clientId: 'c', certificateId: 'k', algorithm: 'PS256', privateKeyPem }, audience, now));
    expect(header).toEqual({ typ: 'JWT', alg: 'PS256', kid: 'k' });
    expect(claims).toMatchObject({ iss: 'c', scope: ['restlets', 'rest_webservices'], aud: audience, iat: now.getTime() / 1000 });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeLessThan(3600);
    expect(verify('sha256', Buffer.from(content), { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)).toBe(true);
  });

  it('is an ES256 JWT for an elliptic-curve key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [, , content, signature] = parts(signedAssertion({ clientId: 'c', certificateId: 'k', algorithm: 'ES256', privateKeyPem }, audience, now));
    expect(verify('sha256', Buffer.from(content), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it.each(['no key at all', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()])(
    'refuses a key of another kind without repeating it', (privateKeyPem) => {
      const sign = (): string => signedAssertion({ clientId: 'c', certificateId: 'k', algorithm: 'PS256', privateKeyPem }, audience, now);
      expect(sign).toThrow(/secrets.privateKeyPem is no RSA private key/);
      try { sign(); } catch (error) { expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(privateKeyPem.slice(30, 60) || privateKeyPem); }
    },
  );
});

describe('the token answer', () => {
  it('takes the life of a token as a number or as text, and ends it early', () => {
    for (const life of [3600, '3600']) {
      expect(tokenFrom({ access_token: 't', expires_in: life }, now)).toEqual({ text: 't', freshUntilMs: now.getTime() + 55 * 60_000 });
    }
    expect(tokenFrom({ access_token: 't', expires_in: 60 }, now)?.freshUntilMs).toBe(now.getTime() + 30_000);
  });

  it('is no token without a text or with a life that is no number', () => {
    expect([null, 'x', {}, { access_token: '' }, { access_token: 't', expires_in: 'soon' }].map((body) => tokenFrom(body, now))).toEqual([null, null, null, null, null]);
  });

  it('is asked for with a form', () => {
    expect(Object.fromEntries(new URLSearchParams(tokenForm('a.b.c')))).toEqual({
      grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: 'a.b.c',
    });
  });
});
