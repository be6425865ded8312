import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ImapFlow, ImapFlowOptions, Logger } from 'imapflow';
import { ConnectorError, type Context } from '#connector-kit';
import { imapError } from './imap-errors.js';
import { accessToken, forgetToken } from './oauth-token.js';
import { mailboxSettings, type MailboxSecrets, type MailboxSettings } from './settings.js';

/** How long a server may take to say goodbye before it is left without. */
const LOGOUT_MS_MAX = 1_000;
/** Bytes of one line, one literal and one whole answer the server may send: it is not ours. Mails come in pieces of {@link PIECE_BYTES}. */
const LINE_BYTES_MAX = 4_194_304;
const ANSWER_BYTES_MAX = 16_777_216;
export const PIECE_BYTES = 262_144;

/** One logged-in connection to the mailbox, for one piece of work. */
export class MailboxSession {
  /** Last moment the server's certificate is good; null without TLS. */
  certificateEndsAt: Date | null = null;
  #refusal: unknown = null;
  #stopListening: () => void = () => undefined;
  #client: ImapFlow | null = null;
  #secretTexts: string[];

  private constructor(readonly settings: MailboxSettings, secrets: MailboxSecrets, private readonly signal: AbortSignal) {
    this.#secretTexts = Object.values(secrets).flatMap((secret) => (secret === undefined ? [] : [secret, Buffer.from(secret).toString('base64')]));
  }

  /** @throws ConnectorError as {@link imapError} says. */
  static async open(context: Context): Promise<MailboxSession> {
    const { settings, secrets } = mailboxSettings(context);
    context.signal.throwIfAborted();
    const session = new MailboxSession(settings, secrets, context.signal);
    try {
      await session.#connect(context, secrets);
      return session;
    } catch (error) {
      await session.close();
      context.signal.throwIfAborted();
      const failure = imapError(error, `logging in at ${settings.host}`, session.#secretTexts);
      if (failure.failure.kind === 'auth') forgetToken(context, settings, secrets);
      throw failure;
    }
  }

  /** Opens a session, does the work and closes it, whatever happens. */
  static async with<T>(context: Context, work: (session: MailboxSession) => Promise<T>): Promise<T> {
    const session = await MailboxSession.open(context);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** Does something at the server. @throws ConnectorError in the contract's words; the signal's reason once it is aborted. */
  async ask<T>(doing: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
    if (this.#client === null) throw new ConnectorError(`${doing}: the connection is closed`, { kind: 'transient' });
    this.#refusal = null;
    try {
      return await work(this.#client);
    } catch (error) {
      throw this.failure(error, doing);
    }
  }

  /** As {@link ask}, for commands of which the library answers `false` when the server refused them; its words are in the library's log. */
  async demand<T>(doing: string, work: (client: ImapFlow) => Promise<T | false | undefined>): Promise<T> {
    const answer = await this.ask(doing, work);
    if (answer === false || answer === undefined) throw this.failure(this.#refusal ?? new Error('the server refused'), doing);
    return answer;
  }

  failure(error: unknown, doing: string): ConnectorError {
    this.signal.throwIfAborted();
    return imapError(error, doing, this.#secretTexts);
  }

  /** A folder's steps, which the server joins in its own way. */
  static stepsOf(folder: string): string[] {
    return folder.split('/');
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#stopListening();
    if (client === null) return;
    if (client.usable && !this.signal.aborted) await goodbye(client);
    client.close();
  }

  async #connect(context: Context, secrets: MailboxSecrets): Promise<void> {
    const auth = await this.#login(context, secrets);
    // Loaded here: most hubs read no mailbox, and every start would pay for it.
    const { ImapFlow: Client } = await import('imapflow');
    const client = new Client({ ...this.#options(), auth });
    this.#client = client;
    // What breaks is told by the command under way; without a listener Node would end the process.
    client.on('error', (error) => { this.#refusal ??= error; });
    const abort = (): void => { client.close(); };
    context.signal.addEventListener('abort', abort, { once: true });
    this.#stopListening = () => { context.signal.removeEventListener('abort', abort); };
    await client.connect();
  }

  async #login(context: Context, secrets: MailboxSecrets): Promise<NonNullable<ImapFlowOptions['auth']>> {
    const { settings } = this;
    if (settings.authentication === 'password') return { user: settings.user, pass: secrets.password };
    const token = await accessToken(context, settings, secrets);
    this.#secretTexts = [...this.#secretTexts, token];
    return { user: settings.user, accessToken: token };
  }

  #options(): ImapFlowOptions {
    const { host, port, tls, connectTimeoutMs, answerTimeoutMs } = this.settings;
    return {
      host, port, secure: tls === 'implicit', ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'startTls' }), tls: this.#tlsOptions(),
      logger: this.#listener(), disableAutoIdle: true, disableCompression: true, clientInfo: { name: 'Tributary' },
      connectionTimeout: connectTimeoutMs, greetingTimeout: connectTimeoutMs, socketTimeout: answerTimeoutMs,
      maxLineLength: LINE_BYTES_MAX, maxLiteralSize: LINE_BYTES_MAX, maxResponseSize: ANSWER_BYTES_MAX,
    };
  }

  #tlsOptions(): ConnectionOptions {
    const { trustedCertificatePem } = this.settings;
    return {
      ...(trustedCertificatePem === undefined ? {} : { ca: trustedCertificatePem }),
      checkServerIdentity: (host, certificate) => {
        this.certificateEndsAt = new Date(certificate.valid_to);
        return checkServerIdentity(host, certificate);
      },
    };
  }

  /** The library's log is not ours to print: it holds the conversation. Only what was refused is kept, for its error. */
  #listener(): Logger {
    const nothing = (): void => undefined;
    return { trace: nothing, debug: nothing, info: nothing, error: nothing, fatal: nothing, warn: (entry: { readonly err?: unknown }) => { this.#refusal = entry.err ?? this.#refusal; } };
  }
}

async function goodbye(client: ImapFlow): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, LOGOUT_MS_MAX); });
  // A server that breaks off instead of answering is gone as well.
  await Promise.race([client.logout().catch(() => undefined), late]);
  clearTimeout(timer);
}
