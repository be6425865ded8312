import type { Context, Probe } from '#connector-kit';
import { MAILBOX_CAPABILITIES } from './capabilities.js';
import { foldersOf } from './folders.js';
import { MailboxSession } from './mailbox-session.js';

/** Days before its end at which the server's certificate is named among what is missing. */
export const EXPIRY_WARNING_DAYS = 14;
const MILLISECONDS_PER_DAY = 86_400_000;
const CURE = 'Its operator must install a new one; without it this connection stops.';

/** Logs in, looks at the folders and at what the login may do in them. Writes nothing: missing folders are made at the first mail. */
export async function probeMailbox(context: Context): Promise<Probe> {
  return await MailboxSession.with(context, async (session) => {
    const { settings } = session;
    const has = await foldersOf(session);
    const able = await session.ask('asking what the server can do', async ({ capabilities }) => ({ move: capabilities.has('MOVE'), uidplus: capabilities.has('UIDPLUS'), idle: capabilities.has('IDLE') }));
    const missing = has(settings.folder) ? await missingRights(session, able.move) : [`The folder "${settings.folder}" does not exist in this mailbox: make it, or correct the setting.`];
    const endsAt = session.certificateEndsAt;
    return {
      at: context.now().toISOString(), missing: [...missing, ...expiryWarning(endsAt, context.now())], timeZone: 'UTC', capabilities: MAILBOX_CAPABILITIES,
      ...(endsAt === null ? {} : { expiries: [{ what: 'certificate of the mail server', at: endsAt.toISOString(), cure: CURE }] }),
      features: { ...able, takenFolder: has(settings.takenFolder), refusedFolder: has(settings.refusedFolder), encrypted: settings.tls !== 'none', everySender: settings.allowedSenders.length === 0 },
    };
  });
}

/** What opening the folder tells: read-only, or no right to mark mails as deleted (RFC 3501, 7.1), which a move without MOVE needs. */
async function missingRights(session: MailboxSession, canMove: boolean): Promise<readonly string[]> {
  const { folder } = session.settings;
  const { readOnly, permanentFlags } = await session.ask(`opening the folder "${folder}"`, (client) => client.mailboxOpen(MailboxSession.stepsOf(folder)));
  if (readOnly === true) return [`This login may only read the folder "${folder}": let it move mails out of it and make folders.`];
  const mayDelete = permanentFlags === undefined || permanentFlags.has('\\Deleted');
  return mayDelete || canMove ? [] : [`This login may not remove mails from the folder "${folder}": let it mark them as deleted and expunge them.`];
}

function expiryWarning(endsAt: Date | null, now: Date): readonly string[] {
  if (endsAt === null || endsAt.getTime() - now.getTime() >= EXPIRY_WARNING_DAYS * MILLISECONDS_PER_DAY) return [];
  return [`The certificate of the mail server ends on ${endsAt.toISOString().slice(0, 10)}. ${CURE}`];
}
