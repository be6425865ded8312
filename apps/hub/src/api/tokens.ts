import type { Caller } from '#access';

/** The connectors and mappings of this build (`Catalogue` of #connections). */
export const CATALOGUE = Symbol('tributary.catalogue');
/** The published coverage matrix (`PublishedCoverage[]`). */
export const COVERAGE = Symbol('tributary.coverage');
/** A {@link Wake}. */
export const WAKE = Symbol('tributary.wake');
/** The hub's address as vendors reach it (text), or null. */
export const PUBLIC_URL = Symbol('tributary.publicUrl');
/** What stands behind the `@` of inbound addresses (text), or null. */
export const MAIL_DOMAIN = Symbol('tributary.mailDomain');
/** `() => Date`. */
export const CLOCK = Symbol('tributary.clock');

/**
 * Tells workers that there is work. A hint and nothing more: what is to be done stands in the database already, so an implementation
 * swallows (and logs) a queue that is away, and the janitor finds the work later.
 */
export interface Wake {
  /** Runs wait in this connection's line. */
  wakeSync(tenantId: string, connectionId: string): Promise<void>;
  /** Postings of this connection are due. */
  wakePosting(tenantId: string, connectionId: string): Promise<void>;
  /** Bank transactions of this tenant are to be matched. */
  wakeMatching(tenantId: string): Promise<void>;
  /** A kept document is to be read. */
  wakeDocument(tenantId: string, documentId: string): Promise<void>;
}

/** Who did it, for the audit trail and for `requestedBy`: the key's name, and its id because names repeat. */
export function actorOf(caller: Caller): string {
  return `${caller.name} (key ${caller.keyId})`;
}
