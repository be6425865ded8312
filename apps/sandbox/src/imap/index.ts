export type { ImapFault } from './faults.js';
export * from './imap-sandbox.js';
export type { StoredMessage } from './mail-store.js';
