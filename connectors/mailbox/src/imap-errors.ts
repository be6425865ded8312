import { ConnectorError } from '#connector-kit';

/** Where the server names no delay. */
const RETRY_AFTER_MS = 60_000;
const RETRY_AFTER_MS_MAX = 3_600_000;
const TEXT_LENGTH_MAX = 200;

/** Response codes (RFC 5530, RFC 3501 7.1) by what they stand for. THROTTLED is Google's, LIMIT is RFC 9051's. */
const BUSY = new Set(['THROTTLED', 'UNAVAILABLE', 'LIMIT', 'INUSE', 'OVERQUOTA-RATE']);
const DENIED = new Set(['AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', 'PRIVACYREQUIRED', 'CONTACTADMIN', 'NOPERM']);
const NO_FOLDER = new Set(['NONEXISTENT', 'TRYCREATE']);
/** Hosts without response codes say it in words. */
const BUSY_WORDS = /too many (simultaneous )?(connections|logins)|simultaneous connections|connection limit|throttled|try again later/i;
/** Of OpenSSL and Node's TLS: the server is not proven to be who we mean. */
const CERTIFICATE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

interface Raised {
  readonly message: string;
  readonly code: string;
  /** The server's own words for a refused command; empty where there was none. */
  readonly text: string;
  readonly responseCode: string;
  readonly refusedLogin: boolean;
  readonly upgradeFailed: boolean;
  readonly throttledMs: number | null;
}

function raised(error: unknown): Raised {
  const { message, code, responseText, serverResponseCode, authenticationFailed, tlsFailed, throttleReset } = error as Record<string, unknown>;
  const word = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    message: word(message) || String(error), code: word(code), text: word(responseText), responseCode: word(serverResponseCode).toUpperCase(),
    refusedLogin: authenticationFailed === true, upgradeFailed: tlsFailed === true, throttledMs: typeof throttleReset === 'number' ? throttleReset : null,
  };
}

/**
 * A failure of the IMAP library in the contract's words. The cause is left out: the library hangs the command as sent on its errors. What a
 * server says is quoted, less the secrets: some repeat what they were given.
 */
export function imapError(error: unknown, doing: string, secrets: readonly string[]): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const found = raised(error);
  const said = withoutSecrets(found.text || found.message, secrets);
  const message = `${doing}: ${said}`;
  if (found.throttledMs !== null || BUSY.has(found.responseCode) || BUSY_WORDS.test(found.text)) {
    return new ConnectorError(message, { kind: 'rateLimited', retryAfterMs: Math.min(Math.max(found.throttledMs ?? RETRY_AFTER_MS, 1), RETRY_AFTER_MS_MAX) });
  }
  if (found.refusedLogin) return new ConnectorError(message, { kind: 'auth', hint: 'check user and password (an app password where the host wants one), or the application\'s rights to the mailbox; IMAP must be switched on for it' });
  if (DENIED.has(found.responseCode)) return new ConnectorError(message, { kind: 'auth', hint: 'let this login read, move and make folders in the mailbox' });
  if (CERTIFICATE.test(found.code)) return new ConnectorError(message, { kind: 'auth', hint: 'the server\'s certificate is not trusted: check host; for a private authority set trustedCertificatePem' });
  if (found.upgradeFailed) return invalid(message, 'config.tls', 'the server offers no STARTTLS; "implicit" (port 993) is mostly right');
  if (NO_FOLDER.has(found.responseCode)) return invalid(message, 'config.folder', 'the mailbox has no such folder');
  if (found.responseCode === 'OVERQUOTA') return invalid(message, 'mailbox', 'the mailbox is full: make room');
  return new ConnectorError(message, { kind: 'transient' });
}

function invalid(message: string, path: string, problem: string): ConnectorError {
  return new ConnectorError(message, { kind: 'invalid', issues: [{ path, value: '', problem }] });
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((left, secret) => left.replaceAll(secret, '(secret)'), text).slice(0, TEXT_LENGTH_MAX);
}
