import { SftpSandbox } from '../../apps/sandbox/src/sftp/index.js';
import { serveOrder } from './child-server.js';
import { openItems } from './open-items.js';

export interface SftpOrder {
  readonly user: string;
  readonly password: string;
  readonly folders: readonly string[];
  /** A file of so many open items; null where none is wanted. */
  readonly openItems: { readonly path: string; readonly rows: number } | null;
}

export interface SftpAccess {
  readonly port: number;
  readonly hostKey: string;
  /** 0 where there is no open-items file. */
  readonly openItemBytes: number;
}

serveOrder(async (order: SftpOrder): Promise<SftpAccess> => {
  const { user, password } = order;
  const sandbox = new SftpSandbox({ users: [{ name: user, password, publicKey: null, denied: [] }], now: () => new Date() });
  for (const folder of order.folders) sandbox.makeFolder(folder);
  const pieces: Uint8Array[] = [];
  if (order.openItems !== null) {
    for await (const piece of openItems(order.openItems.rows)) pieces.push(piece);
    sandbox.put(order.openItems.path, Buffer.concat(pieces));
  }
  return { port: await sandbox.start(), hostKey: sandbox.hostKeyFingerprint(), openItemBytes: pieces.reduce((sum, { length }) => sum + length, 0) };
});
