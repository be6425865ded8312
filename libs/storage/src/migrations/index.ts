import { Access1764000000001 } from './0001-access.js';
import { Connections1764000000002 } from './0002-connections.js';
import { Canonical1764000000003 } from './0003-canonical.js';
import { Cash1764000000004 } from './0004-cash.js';
import { Posting1764000000005 } from './0005-posting.js';
import { Events1764000000006 } from './0006-events.js';
import { BankFeeds1764000000007 } from './0007-bank-feeds.js';
import { PostingFiles1764000000008 } from './0008-posting-files.js';
import { Uploads1764000000009 } from './0009-uploads.js';
import { Dismissals1764000000011 } from './0011-dismissals.js';
import { InvoiceChanges1764000000012 } from './0012-invoice-changes.js';
import { InboundMail1764000000013 } from './0013-inbound-mail.js';
import { LockboxProfiles1764000000015 } from './0015-lockbox-profiles.js';

/** In order. A migration that has been released is never edited; a change is a new one. */
export const MIGRATIONS = [
  Access1764000000001, Connections1764000000002, Canonical1764000000003, Cash1764000000004, Posting1764000000005, Events1764000000006,
  BankFeeds1764000000007,
  PostingFiles1764000000008,
  Uploads1764000000009,
  Dismissals1764000000011,
  InvoiceChanges1764000000012,
  InboundMail1764000000013,
  LockboxProfiles1764000000015,
] as const;
