import type { MailboxSession } from './mailbox-session.js';

/** Whether the mailbox has a folder, its levels divided by "/" whatever the server uses. */
export type HasFolder = (folder: string) => boolean;

/** Looks once at which folders there are. Some servers keep everything below a prefix (`INBOX.`), which the library adds: such a folder is found under both names. */
export async function foldersOf(session: MailboxSession): Promise<HasFolder> {
  const paths = await session.ask('listing folders', async (client) => (await client.list()).map(({ path, delimiter }) => (delimiter === '' ? path : path.replaceAll(delimiter, '/')).toLowerCase()));
  const there = new Set(paths);
  return (folder) => there.has(folder.toLowerCase()) || there.has(`inbox/${folder.toLowerCase()}`);
}
