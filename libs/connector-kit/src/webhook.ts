import type { EntityName } from '#canonical';
import type { Context } from './context.js';

/** Deliveries from the target. They carry no data into the model; they only start a read sooner. */
export interface Webhook {
  /** The answer to a vendor's check of our address (Business Central's `validationToken`); null when the request is none. Pure. */
  handshake?(url: URL): WebhookAnswer | null;
  /**
   * Proves on the raw bytes that the delivery is the vendor's, then says what to read. May fetch the vendor's keys.
   * @throws ConnectorError `auth` for a forged, altered or stale delivery.
   */
  receive(context: Context, delivery: WebhookDelivery): Promise<readonly WakeUp[]>;
  /** Asks the target to deliver to `url`, or prolongs that; called at connect and when `renewAt` is reached. */
  subscribe?(context: Context, url: string): Promise<{ readonly renewAt: string }>;
}

export interface WebhookDelivery {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What to read; `health`: the login or the connection itself changed, look at it again. */
export type WakeUp = EntityName | 'bankFeed' | 'health';
