import { createHash } from 'node:crypto';
import ssh2, { type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { ConnectorError } from '#connector-kit';
import { hostKeyRefused, sftpError } from './sftp-errors.js';
import type { SftpSecrets, SftpSettings } from './sftp-settings.js';

/** Signs of life that may go unanswered before the connection counts as dead. */
const KEEPALIVES_MAX = 3;

type Callback<T> = (error: Error | null | undefined, value: T) => void;

/** One SSH connection with its SFTP channel. Every call ends: by its answer, a time-out, the connection's end, or an abort. */
export class SftpConnection {
  readonly #lost: Promise<never>;
  #closed = false;

  private constructor(
    private readonly client: ssh2.Client, readonly channel: SFTPWrapper, private readonly settings: SftpSettings, private readonly signal: AbortSignal, lost: Promise<never>,
  ) {
    this.#lost = lost;
  }

  /** @throws ConnectorError `auth` for a refused login or a host key that is not pinned, `transient` when the server cannot be reached. */
  static async open(settings: SftpSettings, secrets: SftpSecrets, signal: AbortSignal): Promise<SftpConnection> {
    signal.throwIfAborted();
    assertReadableKey(secrets);
    const client = new ssh2.Client();
    let [offered, refused] = ['', false];
    const stop = (): void => { client.destroy(); };
    signal.addEventListener('abort', stop, { once: true });
    const lost = new Promise<never>((_, reject) => {
      client.on('error', (error) => { reject(error); });
      client.on('close', () => { reject(new Error('the server closed the connection')); });
    });
    lost.catch(() => undefined);
    client.once('close', () => { signal.removeEventListener('abort', stop); });
    // Requests are small and wait for each other: collecting them (Nagle) costs 40 ms a step, measured.
    client.once('connect', () => { client.setNoDelay(true); });
    const verify = (key: Buffer): boolean => {
      offered = fingerprintOf(key);
      refused = !settings.hostKeys.includes(offered);
      return !refused;
    };
    try {
      const ready = new Promise<SFTPWrapper>((resolve, reject) => {
        client.once('ready', () => client.sftp((error, channel) => (error === undefined ? resolve(channel) : reject(error))));
        client.connect(connectConfig(settings, secrets, verify));
      });
      return new SftpConnection(client, await Promise.race([ready, lost]), settings, signal, lost);
    } catch (error) {
      client.destroy();
      signal.throwIfAborted();
      if (refused) throw hostKeyRefused(offered);
      throw sftpError(error, `connecting to ${settings.host}:${settings.port}`);
    }
  }

  /** One request. @throws what the library reports, a time-out, or the abort's reason. */
  async call<T>(start: (channel: SFTPWrapper, done: Callback<T>) => void): Promise<T> {
    this.signal.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<T>((resolve, reject) => {
      const { requestTimeoutMs } = this.settings;
      timer = setTimeout(() => reject(new Error(`no answer within ${requestTimeoutMs} ms`)), requestTimeoutMs);
      start(this.channel, (error, value) => (error === null || error === undefined ? resolve(value) : reject(error)));
    });
    try {
      return await Promise.race([answer, this.#lost]);
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      // The answer of a request that lost the race is nobody's any more.
      answer.catch(() => undefined);
    }
  }

  /** As {@link call}, with failures in the contract's words. */
  async ask<T>(doing: string, start: (channel: SFTPWrapper, done: Callback<T>) => void): Promise<T> {
    try {
      return await this.call(start);
    } catch (error) {
      this.signal.throwIfAborted();
      throw sftpError(error, doing);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const ended = this.#lost.catch(() => undefined);
    this.client.end();
    // A server that does not answer the farewell is left without one.
    const timer = setTimeout(() => { this.client.destroy(); }, 500);
    await ended;
    clearTimeout(timer);
  }
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function connectConfig(settings: SftpSettings, secrets: SftpSecrets, hostVerifier: (key: Buffer) => boolean): ConnectConfig {
  const { password, privateKey, passphrase } = secrets;
  return {
    host: settings.host, port: settings.port, username: settings.user, readyTimeout: settings.connectTimeoutMs, hostVerifier,
    keepaliveInterval: settings.keepaliveMs, keepaliveCountMax: KEEPALIVES_MAX,
    ...password === undefined ? {} : { password },
    ...privateKey === undefined ? {} : { privateKey },
    ...passphrase === undefined ? {} : { passphrase },
  };
}

/** Before the library sees it: its own complaint is a plain error like any other. @throws ConnectorError `auth` */
function assertReadableKey({ privateKey, passphrase }: SftpSecrets): void {
  if (privateKey === undefined || !(ssh2.utils.parseKey(privateKey, passphrase) instanceof Error)) return;
  throw new ConnectorError('the private key cannot be read', { kind: 'auth', hint: 'paste the whole key, and give its passphrase where it has one' });
}
