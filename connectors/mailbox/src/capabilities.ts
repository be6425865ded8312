import type { Capabilities } from '#connector-kit';

const absent = { by: 'none', because: 'a mailbox keeps no books; what comes in by mail is read, and postings go to the ledger\'s own connection' } as const;

/** A mailbox brings documents and nothing else. */
export const MAILBOX_CAPABILITIES = {
  read: {},
  operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent },
  webhooks: 'none',
  inbox: 'files',
} as const satisfies Capabilities;
