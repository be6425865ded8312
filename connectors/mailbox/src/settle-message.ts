import type { FetchMessageObject } from 'imapflow';
import type { Context, FileInbox, WaitingFile } from '#connector-kit';
import { foldersOf } from './folders.js';
import { MailboxSession } from './mailbox-session.js';
import { messageNamed, type MessageName } from './rules/message-name.js';
import { noteIdOf, refusalNote } from './rules/refusal-note.js';

type Settlement = Parameters<FileInbox['settle']>[2];

/**
 * Moves a mail to where read or refused ones go; a refused one gets its note first, so that none lies there without. A mail that is gone, or whose
 * folder was made anew, is settled: it is listed again under its new name, where it is still there.
 */
export async function settleMessage(context: Context, session: MailboxSession, file: WaitingFile, how: Settlement): Promise<void> {
  const { settings } = session;
  const name = messageNamed(file);
  const message = await find(session, name);
  if (message === null) return;
  const target = how.state === 'taken' ? settings.takenFolder : settings.refusedFolder;
  // Marked already: a move without MOVE broke off after its copy.
  if (message.flags?.has('\\Deleted') !== true) {
    await makeFolder(session, target);
    if (how.state === 'refused') {
      await leaveNote(context, session, { name, message, because: how.because });
      await openFolder(session, settings.folder);
    }
    if (await session.ask('asking what the server can do', async (client) => client.capabilities.has('MOVE'))) {
      await session.demand(`moving "${file.path}"`, (client) => client.messageMove(String(name.uid), MailboxSession.stepsOf(target), { uid: true }));
      return;
    }
    await session.demand(`copying "${file.path}"`, (client) => client.messageCopy(String(name.uid), MailboxSession.stepsOf(target), { uid: true }));
  }
  await takeAway(context, session, file, name.uid);
}

async function find(session: MailboxSession, { uidValidity, uid }: MessageName): Promise<FetchMessageObject | null> {
  const mailbox = await openFolder(session, session.settings.folder);
  if (mailbox.uidValidity !== uidValidity || mailbox.exists === 0) return null;
  const message = await session.ask('looking for a mail', (client) => client.fetchOne(String(uid), { uid: true, flags: true, envelope: true }, { uid: true }));
  return message === false ? null : message;
}

/** For a server without MOVE (RFC 6851): the copy is made, what is left is marked, and removed where that removes nothing else. */
async function takeAway(context: Context, session: MailboxSession, file: WaitingFile, uid: number): Promise<void> {
  const doing = `removing "${file.path}" after its copy`;
  await session.demand(doing, (client) => client.messageFlagsAdd(String(uid), ['\\Deleted'], { uid: true }));
  // Without UIDPLUS, EXPUNGE takes whatever anybody marked: then the mark alone must do, and such mails are not listed.
  const marked = await session.demand(doing, (client) => client.search({ deleted: true }, { uid: true }));
  const alone = marked.every((other) => other === uid);
  if (alone || await session.ask(doing, async (client) => client.capabilities.has('UIDPLUS'))) await session.demand(doing, (client) => client.messageDelete(String(uid), { uid: true }));
  else context.log('mailbox.leftMarked', { file: file.path, because: 'the server can only remove every mail marked as deleted, and there are others' });
}

async function openFolder(session: MailboxSession, folder: string): Promise<{ readonly uidValidity: bigint; readonly exists: number }> {
  return await session.ask(`opening the folder "${folder}"`, (client) => client.mailboxOpen(MailboxSession.stepsOf(folder)));
}

/** Makes the folder where it is missing, each level first: not every server makes the levels above. */
async function makeFolder(session: MailboxSession, folder: string): Promise<void> {
  const exists = await foldersOf(session);
  const steps = MailboxSession.stepsOf(folder);
  for (let depth = 1; depth <= steps.length; depth += 1) {
    const level = steps.slice(0, depth);
    if (!exists(level.join('/'))) await session.ask(`making the folder "${level.join('/')}"`, (client) => client.mailboxCreate(level));
  }
}

/** The note stands beside the mail once, however often this is repeated: it is known by its Message-ID. */
async function leaveNote(context: Context, session: MailboxSession, { name, message, because }: { readonly name: MessageName; readonly message: FetchMessageObject; readonly because: string }): Promise<void> {
  const { refusedFolder, user } = session.settings;
  const messageId = noteIdOf(context.connectionId, name);
  const { exists } = await openFolder(session, refusedFolder);
  const there = exists === 0 ? [] : await session.demand('looking for a note', (client) => client.search({ header: { 'message-id': messageId } }, { uid: true }));
  if (there.length > 0) return;
  const note = refusalNote({ messageId, to: user, subject: message.envelope?.subject ?? '', inReplyTo: message.envelope?.messageId ?? null, because, at: context.now() });
  await session.demand('leaving a note', (client) => client.append(MailboxSession.stepsOf(refusedFolder), note));
}
