import { defineConnector } from '#connector-kit';
import { MAILBOX_CAPABILITIES } from './capabilities.js';
import { mailboxInbox } from './mailbox-inbox.js';
import { probeMailbox } from './probe.js';
import { booksNamed, FORM, settingsProblems } from './settings.js';

/** A mailbox that payers write to, pulled by IMAP (RFC 3501, RFC 9051). See README.md. */
export const imap = defineConnector({
  id: 'imap',
  title: 'Mailbox (IMAP)',
  capabilities: MAILBOX_CAPABILITIES,
  booksOf: booksNamed,
  settings: settingsProblems,
  form: FORM,
  probe: probeMailbox,
  read: {},
  inbox: mailboxInbox,
});
