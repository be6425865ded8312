import { randomBytes, randomUUID } from 'node:crypto';
import { issueCertificate, type IssuedCertificate } from '../../entra/certificate.js';
import { ASSERTION_TYPE, refusalAnswer } from '../../entra/token-endpoint.js';
import type { SandboxClock } from '../../simulation/clock.js';
import { plainJson, type Answer } from '../http/message.js';
import type { TenantSettings } from '../settings.js';
import { AssertionRefused, checkAssertion } from './assertion.js';

export interface ClientCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The same application's certificate: either proves who the client is. */
  readonly certificate: { readonly certificatePem: string; readonly privateKeyPem: string; readonly thumbprint: string };
}

interface Application {
  readonly clientId: string;
  secret: string;
  secretExpiresAtMs: number;
  certificate: IssuedCertificate;
}

interface Token {
  readonly clientId: string;
  readonly expiresAtMs: number;
}

export const SCOPE = 'https://api.businesscentral.dynamics.com/.default';
const SECRET_LIFETIME_MS = 180 * 86_400_000;

/** The directory: who may have a token, and whose token is good (1). Errors in Entra's shape, never in Business Central's. */
export class Entra {
  private readonly applications = new Map<string, Application>();
  private readonly tokens = new Map<string, Token>();
  private readonly usedAssertions = new Set<string>();
  readonly primary: Application;

  constructor(private readonly settings: TenantSettings, private readonly clock: SandboxClock) {
    this.primary = this.register();
  }

  /** Another application in the tenant: its own user, its own limits. */
  registerApplication(): ClientCredentials {
    return this.credentialsOf(this.register());
  }

  get credentials(): ClientCredentials {
    return this.credentialsOf(this.primary);
  }

  /** Makes the present secret worthless and issues another. */
  rotateSecret(): ClientCredentials {
    this.primary.secret = newSecret();
    this.primary.secretExpiresAtMs = this.clock.nowMs() + SECRET_LIFETIME_MS;
    return this.credentials;
  }

  expireSecret(): void {
    this.primary.secretExpiresAtMs = this.clock.nowMs() - 1;
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  /** The client of a bearer token, or null. */
  clientOf(authorization: string | undefined): string | null {
    const token = this.tokens.get(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
    return token === undefined || token.expiresAtMs <= this.clock.nowMs() ? null : token.clientId;
  }

  /** `POST /{tenant}/oauth2/v2.0/token` */
  token(tenant: string, form: URLSearchParams, tokenUrl: string): Answer {
    if (tenant.toLowerCase() !== this.settings.tenantId) return this.refuse(400, 'invalid_request', 90002, `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`);
    if (form.get('grant_type') !== 'client_credentials') return this.refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`);
    const application = this.applications.get(form.get('client_id') ?? '');
    if (application === undefined) {
      return this.refuse(400, 'unauthorized_client', 700016, `Application with identifier '${form.get('client_id') ?? ''}' was not found in the directory '${this.settings.tenantId}'.`);
    }
    const refused = this.unproven(application, form, tokenUrl);
    if (refused !== null) return refused;
    if (form.get('scope') !== SCOPE) return this.refuse(400, 'invalid_scope', 70011, `The provided value for the input parameter 'scope' is not valid. The scope ${form.get('scope') ?? ''} is not valid.`);
    const token = `eyJ0eXAiOiJKV1QifQ.${randomBytes(48).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
    const seconds = this.settings.tokenLifetimeSeconds;
    this.tokens.set(token, { clientId: application.clientId, expiresAtMs: this.clock.nowMs() + seconds * 1000 });
    return plainJson(200, { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token }, { 'cache-control': 'no-store' });
  }

  private unproven(application: Application, form: URLSearchParams, tokenUrl: string): Answer | null {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== ASSERTION_TYPE) return this.refuse(400, 'invalid_request', 50146, 'The client_assertion_type is not supported.');
      try {
        checkAssertion(assertion, { clientId: application.clientId, certificate: application.certificate, tokenUrl, nowMs: this.clock.nowMs(), used: this.usedAssertions });
        return null;
      } catch (error) {
        if (error instanceof AssertionRefused) return this.refuse(401, 'invalid_client', error.code, error.message);
        throw error;
      }
    }
    const secret = form.get('client_secret');
    if (secret === null || secret === '') return this.refuse(401, 'invalid_client', 7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.");
    if (secret !== application.secret) return this.wrongSecret(application);
    if (application.secretExpiresAtMs <= this.clock.nowMs()) return this.refuse(401, 'invalid_client', 7000222, `The provided client secret keys for app '${application.clientId}' are expired.`);
    return null;
  }

  private wrongSecret(application: Application): Answer {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.clientId}'.`;
    return this.refuse(401, 'invalid_client', 7000215, text);
  }

  private refuse(status: number, error: string, code: number, description: string): Answer {
    return refusalAnswer({ status, error, code, description }, this.clock.now());
  }

  private register(): Application {
    const clientId = randomUUID();
    const application = { clientId, secret: newSecret(), secretExpiresAtMs: this.clock.nowMs() + SECRET_LIFETIME_MS, certificate: issueCertificate(clientId, this.clock.now()) };
    this.applications.set(clientId, application);
    return application;
  }

  private credentialsOf(application: Application): ClientCredentials {
    const { certificatePem, privateKeyPem, thumbprint } = application.certificate;
    return { tenantId: this.settings.tenantId, clientId: application.clientId, clientSecret: application.secret, certificate: { certificatePem, privateKeyPem, thumbprint } };
  }
}

function newSecret(): string {
  return `${randomBytes(3).toString('base64url')}8Q~${randomBytes(24).toString('base64url')}`;
}
