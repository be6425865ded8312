import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WrongResult } from './figure.js';
import { profilerOptions } from './sandbox-process.js';

export interface SftpOrder {
  readonly user: string;
  readonly password: string;
  readonly folders: readonly string[];
  /** Rows of the open-items file. */
  readonly rows: number;
  /** Its path; null where none is wanted. */
  readonly openItemsAt: string | null;
}

export interface SftpAccess {
  readonly port: number;
  readonly hostKey: string;
  /** 0 where there is no open-items file. */
  readonly openItemBytes: number;
}

/** The SFTP sandbox as a process of its own. */
export interface SftpProcess extends SftpAccess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** @throws WrongResult when it does not start. */
export async function startSftpProcess(order: SftpOrder): Promise<SftpProcess> {
  const child = fork(join(import.meta.dirname, 'sftp-program.js'), { execArgv: profilerOptions('sftp') });
  const exited = once(child, 'exit');
  child.send(order);
  const [answer] = await Promise.race([once(child, 'message'), exited.then(() => [{ error: 'the SFTP server ended before it listened' }])]) as [{ value?: SftpAccess; error?: string }];
  if (answer.value === undefined) throw new WrongResult(answer.error ?? 'the SFTP server gave no answer');
  return {
    ...answer.value, pid: child.pid ?? 0,
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
