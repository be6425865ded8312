import type { Body } from '../http/body.js';
import type { CompanyBook } from '../ledger/company-book.js';
import type { Page } from '../odata/page.js';
import type { TenantSettings } from '../settings.js';

export interface WriteContext {
  readonly book: CompanyBook;
  readonly settings: TenantSettings;
  readonly page: Page;
  /** The entity the path goes through: `customerPaymentJournals({id})/customerPayments`. */
  readonly parent: { readonly entitySet: string; readonly id: string } | null;
  /** Posts a batch later, as the job queue does. */
  readonly postLater: (batchId: string) => void;
}

/** What a bound action answers with; null is 204. */
export type ActionResult = string | null;

/** What an API page lets a client write. What is absent is refused with 405. */
export interface Writers {
  /** @returns the new id */
  readonly create?: (context: WriteContext, body: Body) => string;
  readonly update?: (context: WriteContext, id: string, body: Body) => void;
  readonly remove?: (context: WriteContext, id: string) => void;
  readonly actions?: Readonly<Record<string, (context: WriteContext, id: string, body: Body) => ActionResult>>;
}
