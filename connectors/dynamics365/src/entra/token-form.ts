import { constants, createHash, createPrivateKey, randomUUID, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { ConnectorError } from '#connector-kit';
import type { EntraLogin, EntraProof } from './login.js';

/** An assertion is used at once; Entra refuses those that live longer than a day. */
const ASSERTION_LIFE_SECONDS = 300;

/** Where a login's token is asked for (BCdocs: administration/automation-apis-using-s2s-authentication.md). */
export function tokenUrl({ loginUrl, tenantId }: EntraLogin): string {
  return `${loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
}

/**
 * The form of a client-credentials request.
 * @throws ConnectorError `auth` when certificate or private key cannot be read, or do not belong together.
 */
export function tokenForm(login: EntraLogin, now: Date): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: login.clientId, scope: login.scope });
  if (login.proof.by === 'secret') {
    form.set('client_secret', login.proof.clientSecret);
    return form;
  }
  form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  form.set('client_assertion', signedAssertion(login, login.proof, now));
  return form;
}

/** The JWT that stands for the secret: PS256, the certificate named by its SHA-256 thumbprint. */
function signedAssertion(login: EntraLogin, proof: Extract<EntraProof, { by: 'certificate' }>, now: Date): string {
  const { certificate, key } = pairOf(proof);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') };
  const claims = {
    aud: tokenUrl(login), iss: login.clientId, sub: login.clientId, jti: randomUUID(), iat: issuedAt, nbf: issuedAt, exp: issuedAt + ASSERTION_LIFE_SECONDS,
  };
  const content = `${base64url(header)}.${base64url(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  return `${content}.${signature.toString('base64url')}`;
}

function pairOf({ certificatePem, privateKeyPem }: Extract<EntraProof, { by: 'certificate' }>): { readonly certificate: X509Certificate; readonly key: KeyObject } {
  const certificate = readable(() => new X509Certificate(certificatePem), 'config.certificatePem is no certificate in PEM form');
  const key = readable(() => createPrivateKey(privateKeyPem), 'secrets.privateKeyPem is no private key in PEM form');
  if (key.asymmetricKeyType !== 'rsa') throw unusable('secrets.privateKeyPem is no RSA key; Entra takes RSA certificates here');
  if (!certificate.checkPrivateKey(key)) throw unusable('secrets.privateKeyPem does not belong to config.certificatePem');
  return { certificate, key };
}

/** The parser's own message may quote the key, so it is not carried on. */
function readable<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch {
    throw unusable(problem);
  }
}

function unusable(problem: string): ConnectorError {
  return new ConnectorError(`Microsoft Entra: ${problem}`, { kind: 'auth', hint: 'Store the certificate of the app registration and the private key that belongs to it, both as PEM.' });
}

/** Last moment a certificate is good. @returns null when the text is no certificate. */
export function certificateExpiry(certificatePem: string): Date | null {
  try {
    return new Date(new X509Certificate(certificatePem).validTo);
  } catch {
    return null;
  }
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
