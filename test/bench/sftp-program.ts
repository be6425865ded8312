import { SftpSandbox } from '../../apps/sandbox/src/sftp/index.js';
import { openItems } from './open-items.js';
import type { SftpAccess, SftpOrder } from './sftp-process.js';

/** The SFTP sandbox alone in a process, so that its cipher and its files are not counted as the hub's. Its order comes over IPC, once. */
async function serve({ user, password, folders, rows, openItemsAt }: SftpOrder): Promise<SftpAccess> {
  const sandbox = new SftpSandbox({ users: [{ name: user, password, publicKey: null, denied: [] }], now: () => new Date() });
  for (const folder of folders) sandbox.makeFolder(folder);
  const pieces: Uint8Array[] = [];
  if (openItemsAt !== null) for await (const piece of openItems(rows)) pieces.push(piece);
  const file = Buffer.concat(pieces);
  if (openItemsAt !== null) sandbox.put(openItemsAt, file);
  return { port: await sandbox.start(), hostKey: sandbox.hostKeyFingerprint(), openItemBytes: file.length };
}

process.once('message', (order: SftpOrder) => {
  serve(order).then((value) => process.send?.({ value }), (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }));
});
process.on('disconnect', () => { process.exit(0); });
