import { z } from 'zod';
import { ConnectorError, settingsForm, settingsProblems as problemsOf, type Context } from '#connector-kit';
import { entraSecrets, entraSettings, loginOf, loginProblems } from '../entra/login.js';
import type { ODataService } from '../odata/client.js';
import { PAGE_SIZE_MAX } from './capabilities.js';

/** Finance names no number of calls a client may have in flight; reads and postings of one connection share these. */
export const CONCURRENCY_DEFAULT = 4;
export const CONCURRENCY_MAX = 50;
/** A settlement that commits late carries an older `CreatedOn`; it also covers a clock of ours that is minutes off. */
export const OVERLAP_SECONDS_DEFAULT = 900;
/** Record ids are handed out in blocks, so a younger transaction may have a lower id (reference 3.7): this many days are looked at again. */
export const WINDOW_DAYS_DEFAULT = 3;
const WINDOW_DAYS_MAX = 60;
const REQUEST_TIMEOUT_MS_DEFAULT = 120_000;
/** Name of the batch import in the packages; an administrator makes it once (README). */
export const DATA_PROJECT_DEFAULT = 'Tributary customer payments';
/** Postings one package takes: one journal, its lines numbered. */
export const PACKAGE_POSTINGS_DEFAULT = 500;
export const PACKAGE_POSTINGS_MAX = 5000;

const filled = z.string().min(1);
const columnName = z.string().regex(/^[A-Za-z_]\w{0,79}$/, 'must be the name of a column');
const companyCode = z.string().regex(/^[A-Za-z0-9]{1,4}$/, 'must be a legal entity\'s code, as USMF');

const environment = {
  ...entraSettings,
  environmentUrl: z.url({ protocol: /^https?$/ }).describe('Address of the environment: `https://contoso.operations.dynamics.com`. A trailing slash or `/data` is taken off.'),
  companies: z.array(companyCode).min(1).optional().describe('Codes of the legal entities to read, `["USMF"]`. Default: all the service user may see.'),
  timeZone: filled.refine(isTimeZone, 'is not a time zone').default('UTC').describe('IANA zone the account\'s people work in; decides what "today" is. Days of Finance have no zone.'),
  accountingCurrencies: z.record(companyCode, z.string().regex(/^[A-Z]{3}$/)).default({}).describe('Accounting currency by legal entity, `{"USMF": "USD"}`; only where the role may not read the entity Ledgers.'),
  concurrency: z.int().min(1).max(CONCURRENCY_MAX).default(CONCURRENCY_DEFAULT).describe('Calls in flight at once.'),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_MAX).describe('Rows asked for at once. Fewer only for tests and slow lines.'),
  requestTimeoutMs: z.int().min(1000).max(600_000).default(REQUEST_TIMEOUT_MS_DEFAULT).describe('How long one call may take.'),
  overlapSeconds: z.int().min(0).max(86_400).default(OVERLAP_SECONDS_DEFAULT).describe('How far before its cursor a read looks for settlements again.'),
  transactionWindowDays: z.int().min(1).max(WINDOW_DAYS_MAX).default(WINDOW_DAYS_DEFAULT).describe('Days of transactions that are read again, because record ids are not handed out in order.'),
  moreColumns: z.strictObject({ CustomersV3: z.array(columnName).default([]), CustTransactions: z.array(columnName).default([]) }).default({ CustomersV3: [], CustTransactions: [] })
    .describe('Columns to read beside the standard ones, `{"CustomersV3": ["OurRegion"]}`, so that a mapping overlay can claim them. `discover` lists those there are.'),
  journalName: filled.max(10).optional().describe('Journal name of type Customer payment that postings go to. Without it the connection only reads.'),
  bankAccountId: filled.optional().describe('Bank account, as Finance names it, of postings that name none.'),
  paymentMethodName: filled.max(10).optional().describe('Method of payment of the lines. Default: the customer\'s own.'),
  accountSeparator: z.string().max(1).default('').describe('Separator of the dimension format for integrations, where account numbers hold it: it is then escaped (`US\\-001`). Empty: account numbers go as they are.'),
};

const config = z.strictObject(environment);
const packageConfig = z.strictObject({
  ...environment,
  dataProject: filled.max(60).default(DATA_PROJECT_DEFAULT).describe('Import data project the packages go to. One for this connection alone: packages must not be imported in parallel.'),
  packagePostingsMax: z.int().min(1).max(PACKAGE_POSTINGS_MAX).default(PACKAGE_POSTINGS_DEFAULT).describe('Postings one package takes.'),
});

export const FORM = settingsForm(config, entraSecrets);
export const PACKAGE_FORM = settingsForm(packageConfig, entraSecrets);

export type EnvironmentSettings = z.infer<typeof config>;
export type PackageSettings = z.infer<typeof packageConfig>;

export interface FinanceSettings extends EnvironmentSettings {
  /** Codes in the lower case `dataAreaId` has; null for all. */
  readonly companyCodes: readonly string[] | null;
  readonly service: ODataService;
}

/** What is wrong with a connection's settings, one sentence each, with the setting's path. Never a secret's value. */
export function settingsProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return checkedProblems(config, givenConfig, givenSecrets);
}

/** The same for a connection whose postings travel in packages. */
export function packageSettingsProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return checkedProblems(packageConfig, givenConfig, givenSecrets);
}

function checkedProblems(schema: typeof config | typeof packageConfig, givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return [...problemsOf('config', schema, givenConfig), ...problemsOf('secrets', entraSecrets, givenSecrets), ...loginProblems(givenConfig, givenSecrets)];
}

const kept = new WeakMap<object, { readonly secrets: unknown; readonly settings: FinanceSettings }>();

/**
 * The settings of a connection, of either connector. Asked for at every call, so what was checked once is kept as long as its objects live.
 * @throws ConnectorError of kind `invalid` when the stored settings do not fit.
 */
export function financeSettings(context: Pick<Context, 'config' | 'secrets'>): FinanceSettings {
  const known = typeof context.config === 'object' && context.config !== null ? kept.get(context.config) : undefined;
  if (known !== undefined && known.secrets === context.secrets) return known.settings;
  const problems = packageSettingsProblems(context.config, context.secrets);
  const [first, ...rest] = problems.map((problem) => ({ path: problem.split(':')[0] ?? 'config', value: '', problem }));
  if (first !== undefined) throw new ConnectorError(`Finance settings: ${problems.join('; ')}`, { kind: 'invalid', issues: [first, ...rest] });
  const parsed = packageConfig.parse(context.config);
  const settings = { ...parsed, companyCodes: parsed.companies?.map((code) => code.toLowerCase()) ?? null, service: serviceOf(parsed, entraSecrets.parse(context.secrets)) };
  kept.set(context.config as object, { secrets: context.secrets, settings });
  return settings;
}

/** The part a pure plan needs; it has no secrets. @throws ZodError when the settings do not fit. */
export function environmentSettings(given: unknown): PackageSettings {
  return packageConfig.parse(given);
}

/** The scope is the environment's root without `/data` and without a trailing slash (FOdocs: data-entities/services-home-page.md). */
function serviceOf(parsed: PackageSettings, secrets: z.infer<typeof entraSecrets>): ODataService {
  const baseUrl = rootOf(parsed.environmentUrl);
  return { name: 'Finance', baseUrl, login: loginOf(parsed, secrets, `${baseUrl}/.default`), concurrency: parsed.concurrency, requestTimeoutMs: parsed.requestTimeoutMs };
}

function rootOf(environmentUrl: string): string {
  return environmentUrl.replace(/\/+$/, '').replace(/\/data$/i, '').replace(/\/+$/, '');
}

/** The environment a connection's settings name; empty when they name none, which the settings check refuses. */
export function environmentNamed(given: unknown): string {
  const named = z.object({ environmentUrl: z.string() }).safeParse(given).data?.environmentUrl ?? '';
  return rootOf(named).toLowerCase();
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
