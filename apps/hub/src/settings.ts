import { z } from 'zod';

/** Which of the two this process is. `both` is the default: one process does everything. */
export const ROLES_OF_PROCESS = ['both', 'api', 'worker'] as const;
export type ProcessRole = (typeof ROLES_OF_PROCESS)[number];

const PORT_DEFAULT = 8080;
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The environment as the hub reads it. Every variable is optional; README.md lists them. */
const ENVIRONMENT = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  TRIBUTARY_HOST: z.string().min(1).default('127.0.0.1'),
  TRIBUTARY_PORT: z.coerce.number().int().min(0).max(65_535).default(PORT_DEFAULT),
  TRIBUTARY_DATA_DIRECTORY: z.string().min(1).default('var'),
  TRIBUTARY_SECRET_KEY: z.string().optional(),
  TRIBUTARY_API_KEY: z.string().regex(/^trb_[A-Za-z0-9_-]{16,}$/, 'must be trb_ and at least 16 letters, digits, _ or -').optional(),
  TRIBUTARY_TENANT: z.string().min(1).max(100).default('default'),
  TRIBUTARY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  TRIBUTARY_MIGRATE: flag.default(true),
  TRIBUTARY_MAIL_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  TRIBUTARY_MAIL_HOST: z.string().min(1).optional(),
  TRIBUTARY_MAIL_DOMAIN: z.hostname().optional(),
  TRIBUTARY_MAIL_TLS_KEY_FILE: z.string().min(1).optional(),
  TRIBUTARY_MAIL_TLS_CERTIFICATE_FILE: z.string().min(1).optional(),
  TRIBUTARY_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRIBUTARY_MODEL_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRIBUTARY_MODEL_NAME: z.string().min(1).max(200).optional(),
  TRIBUTARY_MODEL_KEY: z.string().min(1).optional(),
});

/** Where mails from payers come in. */
export interface MailSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What stands behind the `@` of the tenants' addresses. */
  readonly domain: string;
  /** Files with PEM texts; null offers no STARTTLS. */
  readonly tlsFiles: { readonly key: string; readonly certificate: string } | null;
}

/** The language model asked about documents that rules cannot read. */
export interface ModelSettings {
  /** Base of an OpenAI-compatible interface, with its version: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly name: string;
  readonly apiKey: string | null;
}

export interface HubSettings {
  readonly role: ProcessRole;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Null starts the embedded server. */
  readonly databaseUrl: string | null;
  /** Null keeps the queue in Postgres. */
  readonly redisUrl: string | null;
  readonly dataDirectory: string;
  readonly tenantName: string;
  /** A first key chosen by whoever runs the hub; null makes one and writes it to `hub.json`. */
  readonly apiKey: string | null;
  readonly migrate: boolean;
  /** Where vendors reach this hub with webhooks, without a trailing slash; null when they do not. */
  readonly publicUrl: string | null;
  /** Null takes no mail. */
  readonly mail: MailSettings | null;
  /** Null asks none: no document leaves the house. */
  readonly model: ModelSettings | null;
  readonly logLevel: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Raised when the environment or the command line make no sense, or cannot be had on this machine; every problem in one message. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @throws SettingsError */
export function readSettings(environment: NodeJS.ProcessEnv, role: string): HubSettings {
  // An empty variable is an unset one: that is how shells and compose files leave one out.
  const parsed = ENVIRONMENT.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')));
  const roleKnown = ROLES_OF_PROCESS.find((known) => known === role);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (roleKnown === undefined) problems.push(`--role "${role}" is not one of ${ROLES_OF_PROCESS.join(', ')}`);
  if (parsed.success) problems.push(...mailProblems(parsed.data), ...modelProblems(parsed.data));
  if (!parsed.success || problems.length > 0 || roleKnown === undefined) throw new SettingsError(problems.join('\n'));
  const { data } = parsed;
  return {
    role: roleKnown, host: data.TRIBUTARY_HOST, port: data.TRIBUTARY_PORT, databaseUrl: data.DATABASE_URL ?? null, redisUrl: data.REDIS_URL ?? null,
    dataDirectory: data.TRIBUTARY_DATA_DIRECTORY, tenantName: data.TRIBUTARY_TENANT, apiKey: data.TRIBUTARY_API_KEY ?? null,
    migrate: data.TRIBUTARY_MIGRATE, logLevel: data.TRIBUTARY_LOG_LEVEL, environment,
    mail: mailSettings(data), model: modelSettings(data),
    publicUrl: data.TRIBUTARY_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  };
}

type Environment = z.infer<typeof ENVIRONMENT>;

function mailProblems(data: Environment): string[] {
  const problems: string[] = [];
  if (data.TRIBUTARY_MAIL_PORT !== undefined && data.TRIBUTARY_MAIL_DOMAIN === undefined) problems.push('TRIBUTARY_MAIL_DOMAIN: is needed with TRIBUTARY_MAIL_PORT: what stands behind the "@" of your addresses');
  if ((data.TRIBUTARY_MAIL_TLS_KEY_FILE === undefined) !== (data.TRIBUTARY_MAIL_TLS_CERTIFICATE_FILE === undefined)) {
    problems.push('TRIBUTARY_MAIL_TLS_KEY_FILE, TRIBUTARY_MAIL_TLS_CERTIFICATE_FILE: give both or neither');
  }
  return problems;
}

function mailSettings(data: Environment): MailSettings | null {
  const { TRIBUTARY_MAIL_PORT: port, TRIBUTARY_MAIL_DOMAIN: domain, TRIBUTARY_MAIL_TLS_KEY_FILE: key, TRIBUTARY_MAIL_TLS_CERTIFICATE_FILE: certificate } = data;
  if (port === undefined || domain === undefined) return null;
  return { host: data.TRIBUTARY_MAIL_HOST ?? data.TRIBUTARY_HOST, port, domain, tlsFiles: key === undefined || certificate === undefined ? null : { key, certificate } };
}

function modelProblems({ TRIBUTARY_MODEL_URL: url, TRIBUTARY_MODEL_NAME: name, TRIBUTARY_MODEL_KEY: key }: Environment): string[] {
  const problems: string[] = [];
  if ((url === undefined) !== (name === undefined)) problems.push('TRIBUTARY_MODEL_URL, TRIBUTARY_MODEL_NAME: give both or neither');
  if (key !== undefined && url === undefined) problems.push('TRIBUTARY_MODEL_KEY: is for the interface at TRIBUTARY_MODEL_URL, which is missing');
  return problems;
}

function modelSettings({ TRIBUTARY_MODEL_URL: baseUrl, TRIBUTARY_MODEL_NAME: name, TRIBUTARY_MODEL_KEY: apiKey }: Environment): ModelSettings | null {
  return baseUrl === undefined || name === undefined ? null : { baseUrl, name, apiKey: apiKey ?? null };
}
