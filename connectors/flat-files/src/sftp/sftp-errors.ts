import { ConnectorError } from '#connector-kit';

/** Status codes of the SFTP protocol, version 3 (draft-ietf-secsh-filexfer-02, section 7). */
export const STATUS = { eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4 } as const;

interface Raised {
  readonly message: string;
  /** Protocol status, or a socket's `ECONNREFUSED`. */
  readonly code: string | number | undefined;
  readonly level: string | undefined;
}

function raised(error: unknown): Raised {
  const { message, code, level } = error as { message?: unknown; code?: unknown; level?: unknown };
  return {
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    level: typeof level === 'string' ? level : undefined,
  };
}

export function isStatus(error: unknown, status: number): boolean {
  return raised(error).code === status;
}

/**
 * A failure of the SSH library in the contract's words. The cause is a copy: the library hangs whole packets on its errors.
 * Version 3 of the protocol has no word for a full disk or a quota: both are "Failure", which may pass.
 */
export function sftpError(error: unknown, doing: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { message, code, level } = raised(error);
  const cause = new Error(message);
  if (level === 'client-authentication') {
    return new ConnectorError(`${doing}: the server refuses this login`, { kind: 'auth', hint: 'check user, password or key; ask the server\'s operator whether the key is installed' }, { cause });
  }
  if (code === STATUS.permissionDenied) {
    return new ConnectorError(`${doing}: permission denied`, { kind: 'auth', hint: 'let the login read, write and rename in the folders of this connection' }, { cause });
  }
  if (code === STATUS.noSuchFile) {
    return new ConnectorError(`${doing}: no such file or folder`, { kind: 'invalid', issues: [{ path: 'config', value: doing, problem: 'the server has no such file or folder' }] }, { cause });
  }
  return new ConnectorError(`${doing}: ${message}`, { kind: 'transient' }, { cause });
}

export function hostKeyRefused(offered: string): ConnectorError {
  return new ConnectorError(`the server shows the host key ${offered}, which is not pinned for this connection: it may be another server`, {
    kind: 'auth', hint: `compare ${offered} with what the server's operator says; only if it is right, add it to hostKeys`,
  });
}
