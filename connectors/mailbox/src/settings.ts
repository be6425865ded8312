import { ConnectorError, settingsForm, settingsProblems as problemsOf, type Context } from '#connector-kit';
import { z } from 'zod';
import { isSenderPattern } from './rules/allowed-senders.js';

const PORT_MAX = 65_535;
const MS_MAX = 600_000;
const SENDERS_MAX = 1_000;
const FOLDER_LENGTH_MAX = 200;
/** Largest mail a connection may ask for; the hub takes no larger document. */
const MESSAGE_BYTES_MAX = 100_000_000;
const MESSAGE_BYTES_DEFAULT = 25_000_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

const filled = z.string().trim().min(1);
const oneLine = filled.regex(/^[^\p{Cc}]+$/u, 'must hold no control characters');
const folder = oneLine.max(FOLDER_LENGTH_MAX).refine((path) => path.split('/').every((step) => step !== ''), 'must be names divided by "/"');

const CONFIG = z.strictObject({
  host: oneLine.describe('Name or address of the IMAP server: outlook.office365.com, imap.gmail.com, ….'),
  port: z.int().min(1).max(PORT_MAX).default(993).describe('Its port: mostly 993, or 143 with STARTTLS.'),
  tls: z.enum(['implicit', 'startTls', 'none']).default('implicit').describe('`implicit`: encrypted from the first byte. `startTls`: encrypted before the login, or no login. `none`: for a server on this machine alone.'),
  trustedCertificatePem: filled.optional().describe('Certificate (PEM) of a private authority that signed the server\'s. Left out: the public authorities.'),
  user: oneLine.describe('Login name, mostly the mailbox\'s address.'),
  authentication: z.enum(['password', 'clientCredentials', 'refreshToken']).default('password').describe('`clientCredentials` for Microsoft 365, `refreshToken` for Google; `password` elsewhere, and for app passwords.'),
  tokenUrl: z.url({ protocol: /^https?$/ }).optional().describe('Where access tokens are asked for (OAuth 2.0).'),
  clientId: oneLine.optional().describe('The application\'s id at the token endpoint.'),
  scope: oneLine.optional().describe('What the token is for: https://outlook.office365.com/.default, https://mail.google.com/.'),
  folder: folder.default('INBOX').describe('Folder whose mails are read. Levels are divided by "/", whatever the server uses.'),
  takenFolder: folder.default('Tributary/Read').describe('Where mails go that were read; made when missing.'),
  refusedFolder: folder.default('Tributary/Refused').describe('Where mails go that cannot be read, each with a note; made when missing.'),
  allowedSenders: z.array(filled.toLowerCase().refine(isSenderPattern, 'must be an address (ap@payer.example) or a domain (payer.example)')).max(SENDERS_MAX).default([])
    .describe('Addresses and domains whose mails are read; others stay where they are. Empty: everybody\'s.'),
  messageBytesMax: z.int().min(1).max(MESSAGE_BYTES_MAX).default(MESSAGE_BYTES_DEFAULT).describe('A larger mail is refused.'),
  connectTimeoutMs: z.int().min(100).max(MS_MAX).default(20_000).describe('Longest wait for the connection and the server\'s greeting, in milliseconds.'),
  answerTimeoutMs: z.int().min(100).max(MS_MAX).default(60_000).describe('Longest silence of the server, in milliseconds.'),
}).superRefine((settings, { addIssue }) => {
  const problem = (path: string, message: string): void => { addIssue({ code: 'custom', path: [path], message }); };
  if (settings.tls === 'none' && !LOOPBACK.test(settings.host)) problem('tls', 'must be "implicit" or "startTls": only a server on this machine may be reached without');
  if (new Set([settings.folder, settings.takenFolder, settings.refusedFolder].map((path) => path.toLowerCase())).size < 3) problem('takenFolder', 'folder, takenFolder and refusedFolder must be three');
  if (settings.authentication === 'password') return;
  for (const name of ['tokenUrl', 'clientId', 'scope'] as const) if (settings[name] === undefined) problem(name, `is needed for the authentication "${settings.authentication}"`);
  if (settings.tokenUrl?.startsWith('http:') === true && !LOOPBACK.test(new URL(settings.tokenUrl).hostname)) problem('tokenUrl', 'must begin with https: the client secret is sent there');
});

const SECRETS = z.strictObject({
  password: filled.optional().describe('Password, or an app password.'),
  clientSecret: filled.optional().describe('The application\'s secret at the token endpoint.'),
  refreshToken: filled.optional().describe('Of the mailbox\'s owner\'s consent, for the authentication "refreshToken".'),
});

export const FORM = settingsForm(CONFIG, SECRETS);

export type MailboxSettings = z.infer<typeof CONFIG>;
export type MailboxSecrets = z.infer<typeof SECRETS>;

const NEEDED_SECRETS: Readonly<Record<MailboxSettings['authentication'], readonly (keyof MailboxSecrets)[]>> = {
  password: ['password'], clientCredentials: ['clientSecret'], refreshToken: ['refreshToken'],
};

/** What is wrong with a connection's settings, one sentence each, with the setting's path. No value is quoted. */
export function settingsProblems(config: unknown, secrets: unknown): readonly string[] {
  const problems = [...problemsOf('config', CONFIG, config), ...problemsOf('secrets', SECRETS, secrets)];
  if (problems.length > 0) return problems;
  const { authentication } = CONFIG.parse(config);
  const given = SECRETS.parse(secrets);
  return NEEDED_SECRETS[authentication].filter((name) => given[name] === undefined).map((name) => `secrets.${name}: is needed for the authentication "${authentication}"`);
}

/** @throws ConnectorError `invalid` when the stored settings do not fit. */
export function mailboxSettings({ config, secrets }: Pick<Context, 'config' | 'secrets'>): { readonly settings: MailboxSettings; readonly secrets: MailboxSecrets } {
  const problems = settingsProblems(config, secrets);
  const [first, ...rest] = problems.map((problem) => ({ path: problem.split(':')[0] ?? 'config', value: '', problem }));
  if (first !== undefined) throw new ConnectorError(`mailbox settings: ${problems.join('; ')}`, { kind: 'invalid', issues: [first, ...rest] });
  return { settings: CONFIG.parse(config), secrets: SECRETS.parse(secrets) };
}

/** Whose mails they are: another host or user is another mailbox, whatever the folder. */
export function booksNamed(config: unknown): string {
  const { host = '', user = '' } = CONFIG.safeParse(config).data ?? {};
  return `${user.toLowerCase()}@${host.toLowerCase()}`;
}
