import { z } from 'zod';
import { ConnectorError, settingsForm, settingsProblems as problemsOf, type Context } from '#connector-kit';
import { entraSecrets, entraSettings, loginOf, loginProblems } from '../entra/login.js';
import type { ODataService } from '../odata/client.js';
import { PAGE_SIZE_MAX } from './capabilities.js';

/** The service runs five requests of a user at once and lets the others wait; one is left to whoever shares the app. */
export const CONCURRENCY_DEFAULT = 4;
const CONCURRENCY_MAX = 100;
/** The service grants a user 6,000 requests in a sliding five minutes; a quarter is left to whoever shares the app. */
const REQUESTS_MAX = 6_000;
const REQUESTS_DEFAULT = 4_500;
const WINDOW_SECONDS_DEFAULT = 300;
/** Rows that commit late carry an older timestamp: a request may run for eight minutes, and clocks differ. */
const OVERLAP_SECONDS_DEFAULT = 900;
const JOURNAL_CODE_LENGTH_MAX = 10;
const SCOPE_DEFAULT = 'https://api.businesscentral.dynamics.com/.default';

const guid = z.string().regex(/^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/, 'must be an id like 11111111-2222-3333-4444-555555555555').transform((text) => text.toLowerCase());
const journalCode = z.string().min(1).max(JOURNAL_CODE_LENGTH_MAX)
  .regex(/^[A-Z0-9_-]*[A-Z_-]$/, 'must be of A-Z 0-9 _ - and not end in a digit: Business Central may count such a name up with every posting');

const config = z.strictObject({
  ...entraSettings,
  environment: z.string().regex(/^[\w-]{1,30}$/, 'must be the name of an environment').describe('Environment as the admin centre names it: `Production`.'),
  companyId: guid.describe('Id of the company whose books these are. A test of the connection lists those the app sees.'),
  timeZone: z.string().min(1).refine(isTimeZone, 'is not a time zone').describe('IANA zone the company works in (`Europe/Berlin`). Business Central does not tell it.'),
  journalCode: journalCode.default('TRIBUTARY').describe('Cash receipt journal batch that postings go through. For the hub alone; its balancing account is set by a person.'),
  journalCodesByBank: z.record(z.string(), journalCode).default({}).describe('Other batches by bank account (its id): a batch\'s balancing account decides where the money is booked.'),
  serviceUrl: z.url({ protocol: /^https?$/ }).default('https://api.businesscentral.dynamics.com').describe('Base of all calls; other only in national clouds and for partners\' hosts.'),
  scope: z.string().min(1).default(SCOPE_DEFAULT).describe('OAuth scope; other only in national clouds.'),
  extensionRoute: z.string().regex(/^[\w-]+\/[\w-]+\/[\w.-]+$/, 'must be publisher/group/version').default('tributary/receivables/v1.0').describe('Route of the companion extension, where it is installed (README, "The companion extension").'),
  concurrency: z.int().min(1).max(CONCURRENCY_MAX).default(CONCURRENCY_DEFAULT).describe('Calls in flight at once. Everything that signs in as the same app shares five.'),
  requestsMax: z.int().min(10).max(REQUESTS_MAX).default(REQUESTS_DEFAULT).describe('Requests in any five minutes, this hub\'s share. Everything that signs in as the same app shares 6,000; who takes them all leaves the others refused.'),
  requestWindowSeconds: z.int().min(1).max(3_600).default(WINDOW_SECONDS_DEFAULT).describe('Length of that window; other only where the service\'s operator says so.'),
  overlapSeconds: z.int().min(0).max(86_400).default(OVERLAP_SECONDS_DEFAULT).describe('How far before its cursor a read begins.'),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(2_000).describe('Rows asked for at once.'),
  requestTimeoutMs: z.int().min(1000).max(600_000).default(120_000).describe('How long one call is waited for.'),
});

const secrets = z.strictObject({
  ...entraSecrets.shape,
  webhookClientState: z.string().min(20).max(250).optional().describe('Random text that proves deliveries. Without it no changes are announced and reads run on schedule alone.'),
});

export const FORM = settingsForm(config, secrets);

export type BusinessCentralConfig = z.infer<typeof config>;

export interface BusinessCentralSettings {
  readonly config: BusinessCentralConfig;
  readonly service: ODataService;
  /** Null where none is stored: no delivery is trusted then. */
  readonly webhookClientState: string | null;
}

/** What is wrong with a connection's settings, one sentence each, with the setting's path. Never a secret's value. */
export function settingsProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return [...problemsOf('config', config, givenConfig), ...problemsOf('secrets', secrets, givenSecrets), ...loginProblems(givenConfig, givenSecrets)];
}

const checked = new WeakMap<object, { readonly secrets: unknown; readonly settings: BusinessCentralSettings }>();

/**
 * The settings of a connection. Asked for at every call, so what was checked once is kept as long as its objects live.
 * @throws ConnectorError of kind `invalid` when the stored settings do not fit.
 */
export function businessCentralSettings(context: Pick<Context, 'config' | 'secrets'>): BusinessCentralSettings {
  const { config: given, secrets: givenSecrets } = context;
  const kept = typeof given === 'object' && given !== null ? checked.get(given) : undefined;
  if (kept !== undefined && kept.secrets === givenSecrets) return kept.settings;
  const settings = checkedSettings(context);
  checked.set(given as object, { secrets: givenSecrets, settings });
  return settings;
}

function checkedSettings(context: Pick<Context, 'config' | 'secrets'>): BusinessCentralSettings {
  const [first, ...rest] = settingsProblems(context.config, context.secrets).map((problem) => ({ path: problem.split(':')[0] ?? 'config', value: '', problem }));
  if (first !== undefined) {
    throw new ConnectorError(`Business Central settings: ${[first, ...rest].map(({ problem }) => problem).join('; ')}`, { kind: 'invalid', issues: [first, ...rest] });
  }
  const parsed = config.parse(context.config);
  const parsedSecrets = secrets.parse(context.secrets);
  const { tenantId, environment, scope, concurrency, requestTimeoutMs, requestsMax, requestWindowSeconds } = parsed;
  const baseUrl = `${parsed.serviceUrl.replace(/\/+$/, '')}/v2.0/${encodeURIComponent(tenantId)}/${environment}/api`;
  return {
    config: parsed, webhookClientState: parsedSecrets.webhookClientState ?? null,
    service: { name: 'Business Central', baseUrl, login: loginOf(parsed, parsedSecrets, scope), concurrency, requestTimeoutMs, share: { requestsMax, windowMs: requestWindowSeconds * 1000 } },
  };
}

/** The settings a pure plan needs; null when they do not fit. */
export function configOrNull(given: unknown): BusinessCentralConfig | null {
  return config.safeParse(given).data ?? null;
}

/** The books these settings lead to: one company of one environment. Empty when they name none, which the settings check refuses. */
export function companyNamed(given: unknown): string {
  const named = z.object({ tenantId: z.string(), environment: z.string(), companyId: z.string() }).safeParse(given).data;
  return named === undefined ? '' : `${named.tenantId}/${named.environment}/${named.companyId}`.toLowerCase();
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
