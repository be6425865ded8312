import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { refusalAnswer, TOKEN_PATH } from '../../entra/token-endpoint.js';
import type { SandboxClock } from '../../simulation/clock.js';
import { json, type Answer } from '../http/message.js';
import type { EnvironmentSettings } from '../settings.js';
import { verifyClientAssertion } from './assertion.js';
import { issueCredentials, type FinanceCredentials } from './credentials.js';
import { EntraError } from './entra-error.js';

interface Registration {
  credentials: FinanceCredentials;
  secretExpired: boolean;
}

/** The directory the environment trusts: app registrations, and the tokens they were given. */
export class Directory {
  readonly tenantId = randomUUID();
  private readonly registrations = new Map<string, Registration>();
  private readonly tokens = new Map<string, { readonly clientId: string; readonly expiresMs: number }>();

  constructor(private readonly settings: EnvironmentSettings, private readonly clock: SandboxClock) {}

  static isTokenPath(path: string): boolean {
    return TOKEN_PATH.test(path);
  }

  /** One more app registration, registered in the environment too. */
  register(): FinanceCredentials {
    const credentials = issueCredentials(this.tenantId, this.clock.now());
    this.registrations.set(credentials.clientId, { credentials, secretExpired: false });
    return credentials;
  }

  /** From now on the client's secret is refused as run out. */
  expireSecret(clientId: string): void {
    const registration = this.registrations.get(clientId);
    if (registration !== undefined) registration.secretExpired = true;
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  /** The client a bearer token belongs to; null when it is none, has run out, or the client is not registered in the environment (reference 1: 401). */
  clientOf(authorization: string | undefined): string | null {
    const found = this.tokens.get(hashOf(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''));
    return found === undefined || found.expiresMs <= this.clock.nowMs() || !this.settings.applicationRegistered ? null : found.clientId;
  }

  /** `POST /{tenant}/oauth2/v2.0/token`. @param resources the environment's roots, as it was addressed */
  token(path: string, form: URLSearchParams, resources: readonly string[]): Answer {
    try {
      const clientId = this.authenticate(path, form, resources);
      return this.grant(clientId);
    } catch (error) {
      if (error instanceof EntraError) return refusalAnswer(error, this.clock.now());
      throw error;
    }
  }

  private authenticate(path: string, form: URLSearchParams, resources: readonly string[]): string {
    const tenant = TOKEN_PATH.exec(path)?.[1] ?? '';
    if (tenant !== this.tenantId) throw new EntraError(400, 'invalid_request', 90_002, `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`);
    for (const name of ['grant_type', 'client_id', 'scope']) {
      if ((form.get(name) ?? '') === '') throw new EntraError(400, 'invalid_request', 900_144, `The request body must contain the following parameter: '${name}'.`);
    }
    if (form.get('grant_type') !== 'client_credentials') throw new EntraError(400, 'unsupported_grant_type', 70_003, `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`);
    const clientId = form.get('client_id') ?? '';
    const registration = this.registrations.get(clientId);
    if (registration === undefined) throw new EntraError(400, 'unauthorized_client', 700_016, `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`);
    this.proveClient(registration, form, path, resources);
    const scope = form.get('scope') ?? '';
    if (!resources.some((resource) => scope === `${resource}/.default`)) throw new EntraError(400, 'invalid_scope', 70_011, `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`);
    return clientId;
  }

  private proveClient({ credentials, secretExpired }: Registration, form: URLSearchParams, path: string, resources: readonly string[]): void {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      verifyClientAssertion(form.get('client_assertion_type'), assertion, credentials, resources.map((resource) => `${resource}${path}`), this.clock.now());
      return;
    }
    const secret = form.get('client_secret');
    if (secret === null) throw new EntraError(401, 'invalid_client', 7_000_218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    if (secret !== credentials.clientSecret) throw new EntraError(401, 'invalid_client', 7_000_215, `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${credentials.clientId}'.`);
    if (secretExpired) throw new EntraError(401, 'invalid_client', 7_000_222, `The provided client secret keys for app '${credentials.clientId}' are expired.`);
  }

  private grant(clientId: string): Answer {
    const part = (): string => randomBytes(48).toString('base64url');
    const token = `eyJ0eXAiOiJKV1QifQ.${part()}.${part()}`;
    const seconds = this.settings.accessTokenLifetimeSeconds;
    this.tokens.set(hashOf(token), { clientId, expiresMs: this.clock.nowMs() + seconds * 1000 });
    return json(200, { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token });
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
