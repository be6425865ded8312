import type { JsonObject } from '#canonical';
import type { Context } from './context.js';

/**
 * Credentials that only the vendor's own dialog gives out: a person signs in there, in a browser, and the hub never sees the password.
 * The connection is made first, with the credentials of the application; {@link finish} adds those of the login.
 */
export interface LinkDoor {
  /**
   * A ticket for the dialog. With `update` the person repairs the login this connection has, and nothing changes hands at the end.
   * @throws ConnectorError; `invalid` when `update` is asked of a connection that was never linked.
   */
  start(context: Context, request: LinkRequest): Promise<LinkTicket>;
  /** Turns what the dialog handed to the browser into secrets, which are merged into the connection's. May be called once for each public token. */
  finish(context: Context, publicToken: string): Promise<JsonObject>;
}

export interface LinkRequest {
  readonly update: boolean;
  /** Where the vendor shall deliver webhooks; null when the hub has no address outsiders reach. */
  readonly webhookUrl: string | null;
  /** Names the person to the vendor. No personal data. */
  readonly userReference: string;
}

export interface LinkTicket {
  readonly token: string;
  /** Instant. */
  readonly expiresAt: string;
  /** A page of the vendor that shows the dialog; null when the application embeds it. */
  readonly url: string | null;
}
