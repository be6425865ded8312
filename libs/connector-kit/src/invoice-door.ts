import type { JsonObject } from '#canonical';
import type { InvoiceTerms } from './capabilities.js';
import type { Context } from './context.js';

/** A booked invoice as the source has it now. */
export interface StandingInvoice {
  readonly externalId: string;
  /** The source's own mark of this state: another state has another. Opaque. */
  readonly version: string;
  readonly terms: InvoiceTerms;
}

/**
 * The way in for changes of booked invoices. A change states an end ("due on the 30th") and is bound to the state it was made from, so made
 * twice it is made once, and somebody else's edit in between is an answer, never overwritten.
 */
export interface InvoiceDoor {
  /** What a record of this connector's invoice reader says of the terms. Pure. */
  termsIn(payload: JsonObject): InvoiceTerms;
  /** The invoice now, never from a copy that lags behind a change. Null where the source has no such booked invoice. */
  look(context: Context, externalId: string): Promise<StandingInvoice | null>;
  /**
   * Sets the terms it names, if the invoice is still what was looked at. One round of calls, never a retry.
   * @throws ConnectorError `conflict` when it is not, and nothing was changed; `invalid` with the term's name as path; `outcomeUnknown`
   *   whenever the change may have been made and no trustworthy answer came: look again.
   */
  change(context: Context, invoice: StandingInvoice, terms: InvoiceTerms): Promise<void>;
}
