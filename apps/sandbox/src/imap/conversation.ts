import type { ImapFaults } from './faults.js';
import type { MailFolder, MailStore } from './mail-store.js';

export interface ImapUser {
  readonly name: string;
  /** Null where only a token lets in. */
  readonly password: string | null;
  /** Access token for XOAUTH2; null where there is none. */
  readonly accessToken: string | null;
  /** May look and change nothing. */
  readonly readOnly: boolean;
}

/** What all connections share. */
export interface ImapWorld {
  readonly store: MailStore;
  readonly faults: ImapFaults;
  readonly users: readonly ImapUser[];
  /** Extensions offered beside IMAP4rev1. */
  readonly extensions: ReadonlySet<string>;
  readonly now: () => Date;
}

/** A command is answered NO: with a response code of RFC 5530, or without. */
export class Refused extends Error {
  constructor(readonly code: string | null, message: string) {
    super(message);
  }
}

/** What commands see of their connection. */
export interface Conversation {
  readonly world: ImapWorld;
  /** Null before the login. */
  readonly user: ImapUser | null;
  offers(extension: string): boolean;
  select(folder: MailFolder | null, readOnly: boolean): void;
  /** The folder that is open. @throws Refused */
  selected(change: boolean): MailFolder;
  untagged(text: string): void;
  /** An answer with literals: texts and bytes in turn. */
  untaggedParts(parts: readonly (string | Buffer)[]): void;
}
