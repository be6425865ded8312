import type { FetchMessageObject } from 'imapflow';
import { ConnectorError, type Context, type FileInbox, type WaitingFile } from '#connector-kit';
import { MailboxSession, PIECE_BYTES } from './mailbox-session.js';
import { isAllowed } from './rules/allowed-senders.js';
import { messageNamed, pathOf, versionOf, type MessageName } from './rules/message-name.js';
import { settleMessage } from './settle-message.js';

/** Mails listed at a time; the rest is listed when these are settled. */
const WAITING_MAX = 500;
/** Mails whose envelopes are asked for in one command. */
const ENVELOPES_MAX = 100;
/** Senders named in the log when their mails are passed over. */
const SENDERS_SHOWN_MAX = 10;

/** Mails of the folder as files to be imported. Each call has a connection of its own, so a slow import keeps none open. */
export const mailboxInbox: FileInbox = {
  async* waiting(context) {
    yield* await MailboxSession.with(context, (session) => listed(context, session));
  },

  async open(context, file) {
    const session = await MailboxSession.open(context);
    try {
      const { uid } = await stillThere(session, file);
      const { content } = await session.ask(`reading "${file.path}"`, (client) => client.download(String(uid), undefined, { uid: true, chunkSize: PIECE_BYTES }));
      if (content === undefined) throw gone(file.path);
      return bytesOf(session, content, file);
    } catch (error) {
      await session.close();
      throw error;
    }
  },

  settle: (context, file, how) => MailboxSession.with(context, (session) => settleMessage(context, session, file, how)),
};

/** Not deleted, from an allowed sender, oldest first: UIDs only grow (RFC 3501, 2.3.1.1). Opened by EXAMINE, so that nothing is marked. */
async function listed(context: Context, session: MailboxSession): Promise<readonly WaitingFile[]> {
  const { folder, allowedSenders } = session.settings;
  const mailbox = await session.ask(`opening the folder "${folder}"`, (client) => client.mailboxOpen(MailboxSession.stepsOf(folder), { readOnly: true }));
  if (mailbox.exists === 0) return [];
  const uids = (await session.demand('listing mails', (client) => client.search({ deleted: false }, { uid: true }))).toSorted((left, right) => left - right);
  const files: WaitingFile[] = [];
  const passedOver: string[] = [];
  for (let from = 0; from < uids.length && files.length < WAITING_MAX; from += ENVELOPES_MAX) {
    const block = uids.slice(from, from + ENVELOPES_MAX);
    const messages = await session.ask('reading envelopes', (client) => client.fetchAll(block.join(','), { uid: true, size: true, internalDate: true, envelope: true }, { uid: true }));
    for (const message of messages.toSorted((left, right) => left.uid - right.uid)) {
      if (isAllowed(senderOf(message), allowedSenders)) files.push(asWaiting(context, folder, mailbox.uidValidity, message));
      else passedOver.push(senderOf(message) ?? 'nobody');
    }
  }
  if (passedOver.length > 0) context.log('mailbox.sendersNotAllowed', { folder, mails: passedOver.length, senders: [...new Set(passedOver)].slice(0, SENDERS_SHOWN_MAX).join(', ') });
  return files.slice(0, WAITING_MAX);
}

function asWaiting(context: Context, folder: string, uidValidity: bigint, message: FetchMessageObject): WaitingFile {
  const name: MessageName = { uidValidity, uid: message.uid };
  const sender = senderOf(message);
  return {
    path: pathOf(folder, name), version: versionOf(name), size: message.size ?? 0, modifiedAt: new Date(message.internalDate ?? context.now()).toISOString(),
    purpose: 'remittance', channel: 'Email', ...(sender === null ? {} : { sender }),
  };
}

/** What stands in the From header: whoever wrote it could write anything, so it is a label and no proof. */
function senderOf({ envelope }: FetchMessageObject): string | null {
  const address = envelope?.from?.[0]?.address?.trim() ?? '';
  return address === '' ? null : address;
}

/** @throws ConnectorError `conflict` when the folder was made anew or the mail is gone; `invalid` when it is too large to read. */
async function stillThere(session: MailboxSession, file: WaitingFile): Promise<MessageName> {
  const { folder, messageBytesMax } = session.settings;
  const name = messageNamed(file);
  const mailbox = await session.ask(`opening the folder "${folder}"`, (client) => client.mailboxOpen(MailboxSession.stepsOf(folder), { readOnly: true }));
  if (mailbox.uidValidity !== name.uidValidity || mailbox.exists === 0) throw gone(file.path);
  const message = await session.ask(`looking for "${file.path}"`, (client) => client.fetchOne(String(name.uid), { uid: true, size: true, flags: true }, { uid: true }));
  if (message === false || message.flags?.has('\\Deleted') === true) throw gone(file.path);
  const size = message.size ?? 0;
  if (size > messageBytesMax) {
    const problem = `the mail has ${size} bytes, more than the ${messageBytesMax} this connection takes (messageBytesMax)`;
    throw new ConnectorError(`"${file.path}": ${problem}`, { kind: 'invalid', issues: [{ path: file.path, value: String(size), problem }] });
  }
  return name;
}

async function* bytesOf(session: MailboxSession, content: AsyncIterable<Uint8Array>, file: WaitingFile): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw session.failure(error, `reading "${file.path}"`);
  } finally {
    await session.close();
  }
}

function gone(path: string): ConnectorError {
  return new ConnectorError(`"${path}" is gone, or its folder was made anew since it was listed; what is there is listed again`, { kind: 'conflict', externalId: path, differsIn: ['version'] });
}
