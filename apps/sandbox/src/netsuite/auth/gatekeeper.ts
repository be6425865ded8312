import { createHmac, randomBytes } from 'node:crypto';
import type { SandboxClock } from '../../simulation/clock.js';
import type { AccountSettings } from '../settings.js';
import { AssertionError, verifyAssertion } from './assertion.js';
import { issueCertificate, issueTbaCredentials, realmOf, type AssertionAlgorithm, type Certificate, type M2mCredentials, type TbaCredentials } from './credentials.js';
import { TbaVerifier } from './tba.js';

export interface AuthAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Who asked for what, before the request is worked on. */
export interface Presented {
  readonly method: string;
  /** Path of the request, without query. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

const INVALID_LOGIN = {
  type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2', title: 'Unauthorized', status: 401,
  'o:errorDetails': [{ detail: 'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.', 'o:errorCode': 'INVALID_LOGIN' }],
};

export const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const AUDIT_KEPT = 1000;

/** Issues and checks credentials: OAuth 2.0 client credentials and token-based authentication (reference A1). */
export class Gatekeeper {
  readonly tba: TbaCredentials;
  readonly m2m: M2mCredentials;
  /** What the Login Audit Trail would show; the answers never say why. */
  readonly auditTrail: string[] = [];
  private readonly certificates = new Map<string, Certificate>();
  private readonly tokens = new Map<string, number>();
  private readonly secret = randomBytes(32);
  private readonly tbaVerifier: TbaVerifier;

  constructor(private readonly settings: AccountSettings, private readonly clock: SandboxClock, algorithm: AssertionAlgorithm) {
    this.m2m = this.rotateCertificate(algorithm);
    this.tba = issueTbaCredentials(settings.accountId);
    this.tbaVerifier = new TbaVerifier(this.tba, () => clock.nowMs());
  }

  /** One certificate per integration, role and entity: a new one replaces the old (reference A1). */
  rotateCertificate(algorithm: AssertionAlgorithm, clientId?: string): M2mCredentials {
    const issued = issueCertificate(algorithm, this.clock.now(), clientId);
    for (const [id, certificate] of this.certificates) if (certificate.clientId === clientId) this.certificates.delete(id);
    this.certificates.set(issued.certificate.certificateId, issued.certificate);
    return issued.credentials;
  }

  /** Sets when the certificates run out; in the past = expired. */
  expireCertificates(at: Date): void {
    for (const certificate of this.certificates.values()) certificate.validUntil = at;
  }

  /** Access tokens in use stop working, as after a revocation. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  /** POST of the token endpoint. */
  token(form: URLSearchParams, hosts: readonly string[]): AuthAnswer {
    if (form.get('grant_type') !== 'client_credentials') return this.refuse(form.has('grant_type') ? 'unsupported_grant_type' : 'invalid_request', 400);
    const assertionType = form.get('client_assertion_type');
    const assertion = form.get('client_assertion');
    if (assertionType !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' || assertion === null) return this.refuse('invalid_request', 400);
    const accountHost = `${this.settings.accountId}.suitetalk.api.netsuite.com`;
    const urls = [`https://${accountHost}${TOKEN_PATH}`, ...hosts.map((host) => `http://${host}${TOKEN_PATH}`)];
    try {
      verifyAssertion(assertion, this.certificates, urls, this.clock.now());
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      this.audit(error.message);
      return this.refuse(error.code, error.code === 'invalid_client' ? 401 : 400);
    }
    const lifetime = this.settings.accessTokenLifetimeSeconds;
    const token = this.issueToken(lifetime);
    // Sources show expires_in as a number and as text; the text form is the harder one.
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ access_token: token, expires_in: String(lifetime), token_type: 'bearer' }) };
  }

  /** null when the request may pass. */
  refusal(presented: Presented): AuthAnswer | null {
    const { authorization } = presented;
    if (authorization === undefined) return this.unauthorized(null, 'no credentials');
    if (/^bearer\s/i.test(authorization)) {
      const expires = this.tokens.get(authorization.slice(7).trim());
      if (expires !== undefined && expires > this.clock.nowMs()) return null;
      return this.unauthorized('Bearer', expires === undefined ? 'unknown access token' : 'expired access token');
    }
    const host = presented.host ?? '';
    const accountHost = `${this.settings.accountId}.suitetalk.api.netsuite.com`;
    const origins = host === accountHost ? [`https://${host}`] : [`http://${host}`];
    for (const origin of origins) {
      const refusal = this.tbaVerifier.refusal({ method: presented.method, url: `${origin}${presented.path}`, query: presented.query, header: authorization });
      if (refusal === null) return null;
      return this.unauthorized('OAuth', refusal);
    }
    return this.unauthorized('OAuth', 'no host');
  }

  private issueToken(lifetimeSeconds: number): string {
    const now = this.clock.nowMs();
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ typ: 'JWT', alg: 'HS256' })}.${part({ iss: this.settings.accountId, iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) + lifetimeSeconds, jti: randomBytes(9).toString('base64url') })}`;
    const token = `${unsigned}.${createHmac('sha256', this.secret).update(unsigned).digest('base64url')}`;
    this.tokens.set(token, now + lifetimeSeconds * 1000);
    return token;
  }

  private refuse(code: string, status: number): AuthAnswer {
    const realm = realmOf(this.settings.accountId);
    return { status, headers: { 'content-type': 'application/json', ...(status === 401 ? { 'www-authenticate': `Basic realm="${realm}"` } : {}) }, body: JSON.stringify({ error: code }) };
  }

  private unauthorized(scheme: 'Bearer' | 'OAuth' | null, reason: string): AuthAnswer {
    this.audit(reason);
    const realm = realmOf(this.settings.accountId);
    const code = scheme === 'OAuth' ? 'token_rejected' : 'invalid_token';
    return {
      status: 401, body: JSON.stringify(INVALID_LOGIN),
      headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error', 'www-authenticate': `${scheme ?? 'Bearer'} realm="${realm}", error="${code}", error_description="Invalid login attempt."` },
    };
  }

  private audit(reason: string): void {
    this.auditTrail.push(reason);
    if (this.auditTrail.length > AUDIT_KEPT) this.auditTrail.shift();
  }
}
