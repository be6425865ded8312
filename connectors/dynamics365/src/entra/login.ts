import { z } from 'zod';

/** Who signs in at Microsoft Entra ID, and how it proves that. One login asks for one scope. */
export interface EntraLogin {
  readonly tenantId: string;
  readonly clientId: string;
  /** The service asked for: `https://api.businesscentral.dynamics.com/.default`. */
  readonly scope: string;
  /** Authority, without a trailing slash. */
  readonly loginUrl: string;
  readonly proof: EntraProof;
}

export type EntraProof =
  | { readonly by: 'secret'; readonly clientSecret: string }
  | { readonly by: 'certificate'; readonly certificatePem: string; readonly privateKeyPem: string };

export const LOGIN_URL_DEFAULT = 'https://login.microsoftonline.com';

const filled = z.string().min(1);

/** Settings of a login that are no secret; both connectors spread them into their own. */
export const entraSettings = {
  tenantId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$/, 'must be a directory id or a domain').describe('Directory (tenant) id of Microsoft Entra, or a domain of it: `contoso.onmicrosoft.com`.'),
  clientId: filled.describe('Application (client) id of the app registration.'),
  authentication: z.enum(['secret', 'certificate']).default('secret').describe('How the app proves itself: a client secret, or a certificate whose private key signs an assertion.'),
  certificatePem: filled.optional().describe('With `certificate`: the public certificate as uploaded to the app registration, PEM.'),
  secretExpiresOn: z.iso.date().optional().describe('Day the client secret ends, as the app registration shows it. Entra does not tell; given here, its end is alarmed.'),
  loginUrl: z.url({ protocol: /^https?$/ }).default(LOGIN_URL_DEFAULT).describe('Authority that gives tokens; other only in national clouds.'),
};

const entraConfig = z.object(entraSettings);
export type EntraSettings = z.infer<typeof entraConfig>;

export const entraSecrets = z.strictObject({
  clientSecret: filled.optional().describe('With `secret`: the secret\'s value, not its id.'),
  privateKeyPem: filled.optional().describe('With `certificate`: the certificate\'s private key, PEM (PKCS 8).'),
});

/** The part of settings that says how the app proves itself, whatever else is wrong with them. */
const proofConfig = z.object({ authentication: entraSettings.authentication, certificatePem: z.unknown().optional() });
const proofSecrets = z.object({ clientSecret: z.unknown().optional(), privateKeyPem: z.unknown().optional() });

/** What the chosen way to prove oneself still lacks, one sentence each, with the setting's path: told together with every other problem, so that one try shows all that is missing. */
export function loginProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  const [settings, secrets] = [proofConfig.safeParse(givenConfig).data, proofSecrets.safeParse(givenSecrets ?? {}).data];
  if (settings === undefined || secrets === undefined) return [];
  if (settings.authentication === 'secret') return secrets.clientSecret === undefined ? ['secrets.clientSecret: is missing'] : [];
  return [
    ...(settings.certificatePem === undefined ? ['config.certificatePem: is missing'] : []),
    ...(secrets.privateKeyPem === undefined ? ['secrets.privateKeyPem: is missing'] : []),
  ];
}

/** The login of checked settings; see {@link loginProblems}. */
export function loginOf(settings: EntraSettings, secrets: z.infer<typeof entraSecrets>, scope: string): EntraLogin {
  const { tenantId, clientId, certificatePem } = settings;
  const proof: EntraProof = settings.authentication === 'secret'
    ? { by: 'secret', clientSecret: secrets.clientSecret ?? '' }
    : { by: 'certificate', certificatePem: certificatePem ?? '', privateKeyPem: secrets.privateKeyPem ?? '' };
  return { tenantId, clientId, scope, loginUrl: settings.loginUrl.replace(/\/+$/, ''), proof };
}
