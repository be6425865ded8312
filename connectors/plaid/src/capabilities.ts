import type { Capabilities } from '#connector-kit';

const absent = { by: 'none', because: 'Plaid reads bank accounts; it keeps no books and moves no money in the product this connector uses' } as const;

/** What Plaid offers to a cash application: bank transactions behind one cursor, and webhooks that say when to look. */
export const PLAID_CAPABILITIES = {
  read: {},
  operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent },
  webhooks: 'wakeOnly',
  invoiceChange: absent,
  bankFeed: 'cursor',
} as const satisfies Capabilities;
