import { z } from 'zod';
import { ConnectorError, settingsForm, settingsProblems as problemsOf, type Context } from '#connector-kit';
import { PAGE_SIZE_MAX } from './capabilities.js';

export const CONCURRENCY_DEFAULT = 2;
export const CONCURRENCY_MAX = 100;
/** Rows that commit late carry an older timestamp: a request may run for 15 minutes, so every window reaches back that far. */
export const OVERLAP_SECONDS_DEFAULT = 900;

const id = z.string().regex(/^\d+$/, 'must be a NetSuite internal id (digits)');
const filled = z.string().min(1);

const account = {
  accountId: z.string().regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/, 'must look like 1234567 or 1234567_SB1').describe('As NetSuite shows it: `1234567` or `1234567_SB1`.'),
  serviceUrl: z.url({ protocol: /^https?$/ }).optional().describe('Base of all calls; Oracle asks integrations not to build it. Default: `https://<account>.suitetalk.api.netsuite.com`.'),
  concurrency: z.int().min(1).max(CONCURRENCY_MAX).default(CONCURRENCY_DEFAULT).describe('In flight at once in the whole account, this hub\'s share. Other integrations draw on the same allowance.'),
  timeZone: filled.refine(isTimeZone, 'is not a time zone').optional().describe('Overrides what the account says its clock is.'),
  overlapSeconds: z.int().min(0).max(86_400).default(OVERLAP_SECONDS_DEFAULT),
  safetySeconds: z.int().min(0).max(3600).default(0).describe('How far behind the present the next cursor stands, beside the overlap: for a clock of ours that runs far ahead.'),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_MAX).describe('Rows asked for at once. Fewer only for tests and slow lines.'),
  requestTimeoutMs: z.int().min(1000).max(300_000).default(60_000),
  instalments: z.boolean().default(false).describe('Keeps the invoice line of an application, which names the instalment. Only for accounts with instalments.'),
  accountingBookId: id.default('1').describe('Which accounting book control totals and journal lines are read from in a multi-book account.'),
  receivablesAccountId: id.optional().describe('A/R account of postings that name none.'),
  undepositedFundsAccountId: id.optional().describe('Balance of undeposited funds, credited when a payment that went there is reversed by a journal.'),
  reversal: z.enum(['delete', 'compensate', 'unapply']).default('delete').describe('How a payment may be taken back here: `delete` only where the account allows it.'),
  deletionReasonId: id.optional().describe('Set on a payment before it is deleted, where deletion reasons are mandatory.'),
  asyncPosting: z.boolean().default(false).describe('Submits postings as asynchronous jobs with an idempotency key.'),
};

const oauth2 = z.strictObject({
  ...account,
  authentication: z.literal('oauth2'),
  clientId: filled,
  certificateId: filled.describe('`kid`: the id NetSuite gave the certificate in the client-credentials mapping.'),
  algorithm: z.enum(['PS256', 'ES256']).default('PS256'),
  certificatePem: filled.optional().describe('The public certificate, so that its expiry is known.'),
});

const tokenBased = z.strictObject({
  ...account,
  authentication: z.literal('tba'),
  consumerKey: filled,
  tokenId: filled,
});

const accounts = z.discriminatedUnion('authentication', [oauth2, tokenBased]);
const config = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !('authentication' in value) ? { authentication: 'oauth2', ...value } : value),
  accounts,
);
const oauth2Secrets = z.strictObject({ privateKeyPem: filled });
const tokenBasedSecrets = z.strictObject({ consumerSecret: filled, tokenSecret: filled });

export const FORM = settingsForm(accounts, z.union([oauth2Secrets, tokenBasedSecrets]));

type Config = z.infer<typeof config>;
export type AccountSettings = Omit<z.infer<typeof tokenBased>, 'authentication' | 'consumerKey' | 'tokenId'>;
export type Authentication =
  | { readonly by: 'oauth2'; readonly clientId: string; readonly certificateId: string; readonly algorithm: 'PS256' | 'ES256'; readonly certificatePem: string | null; readonly privateKeyPem: string }
  | { readonly by: 'tba'; readonly consumerKey: string; readonly consumerSecret: string; readonly tokenId: string; readonly tokenSecret: string };

export interface NetSuiteSettings extends AccountSettings {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly auth: Authentication;
}

/** Everything that is wrong with a connection's settings, one sentence each, with the setting's path. Never a secret's value. */
export function settingsProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return [...problemsOf('config', config, givenConfig), ...problemsOf('secrets', isTokenBased(givenConfig) ? tokenBasedSecrets : oauth2Secrets, givenSecrets)];
}

/** Said by settings that may lack much else: what is missing of the secrets is told in the same answer. */
function isTokenBased(givenConfig: unknown): boolean {
  return z.object({ authentication: z.literal('tba') }).safeParse(givenConfig).success;
}

const checked = new WeakMap<object, { readonly secrets: unknown; readonly settings: NetSuiteSettings }>();

/**
 * The settings of a connection. Asked for at every call, so what was checked once is kept as long as its objects live.
 * @throws ConnectorError of kind `invalid` when the stored settings do not fit.
 */
export function netsuiteSettings(context: Pick<Context, 'config' | 'secrets'>): NetSuiteSettings {
  const { config: given, secrets } = context;
  if (typeof given !== 'object' || given === null) return checkedSettings(context);
  const kept = checked.get(given);
  if (kept !== undefined && kept.secrets === secrets) return kept.settings;
  const settings = checkedSettings(context);
  checked.set(given, { secrets, settings });
  return settings;
}

function checkedSettings(context: Pick<Context, 'config' | 'secrets'>): NetSuiteSettings {
  const problems = settingsProblems(context.config, context.secrets);
  const [first, ...rest] = problems.map((problem) => ({ path: problem.split(':')[0] ?? 'config', value: '', problem }));
  if (first !== undefined) {
    throw new ConnectorError(`NetSuite settings: ${problems.join('; ')}`, { kind: 'invalid', issues: [first, ...rest] });
  }
  const parsed = config.parse(context.config);
  return { ...accountSettings(parsed), baseUrl: baseUrl(parsed), auth: authentication(parsed, context.secrets) };
}

/** The part a pure plan needs; it has no secrets. */
export function accountSettings(given: unknown): AccountSettings {
  return config.parse(given);
}

function authentication(parsed: Config, secrets: unknown): Authentication {
  if (parsed.authentication === 'tba') {
    return { by: 'tba', consumerKey: parsed.consumerKey, tokenId: parsed.tokenId, ...tokenBasedSecrets.parse(secrets) };
  }
  const { clientId, certificateId, algorithm } = parsed;
  return { by: 'oauth2', clientId, certificateId, algorithm, certificatePem: parsed.certificatePem ?? null, ...oauth2Secrets.parse(secrets) };
}

function baseUrl(parsed: Config): string {
  return (parsed.serviceUrl ?? `https://${hostLabel(parsed.accountId)}.suitetalk.api.netsuite.com`).replace(/\/+$/, '');
}

/** `1234567_SB1` -> `1234567-sb1`, the form host names take. */
export function hostLabel(accountId: string): string {
  return accountId.toLowerCase().replaceAll('_', '-');
}

/** `1234567-sb1` -> `1234567_SB1`, the form an OAuth realm takes. */
export function realmOf(accountId: string): string {
  return accountId.toUpperCase().replaceAll('-', '_');
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The account a connection's settings name, in the form of NetSuite's own pages; empty when they name none, which the settings check refuses. */
export function accountNamed(config: unknown): string {
  return (z.object({ accountId: z.string() }).safeParse(config).data?.accountId ?? '').toUpperCase().replaceAll('-', '_');
}
