import type { JsonObject, Refusal } from '#canonical';
import type { InvoiceTerms } from '#connector-kit';
import { textOf } from '../odata/json.js';
import { contentOf } from './read/rows.js';

/** A change as one request. The etag makes an edit by somebody else since the read a refusal (409) instead of a loss. */
export interface InvoicePatchRequest {
  readonly method: 'PATCH';
  /** Under the company: `salesInvoices(<id>)`. */
  readonly path: string;
  readonly headers: { readonly 'if-match': string };
  readonly body: JsonObject;
}

const DISPUTE_STATUS_LENGTH_MAX = 10;
const EMPTY_DAY = '0001-01-01';

/** The request of a change, or what is wrong with it. A promise or a dispute is taken off by null. Pure. */
export function invoicePatchRequest(invoiceId: string, etag: string, patch: InvoiceTerms): InvoicePatchRequest | { readonly refusals: readonly [Refusal, ...Refusal[]] } {
  const [first, ...rest] = refusalsOf(patch, etag);
  if (first !== undefined) return { refusals: [first, ...rest] };
  return { method: 'PATCH', path: `salesInvoices(${invoiceId})`, headers: { 'if-match': etag }, body: bodyOf(patch) };
}

function bodyOf({ dueOn, promisedOn, disputeStatus }: InvoiceTerms): JsonObject {
  return {
    ...(dueOn === undefined ? {} : { dueDate: dueOn ?? EMPTY_DAY }),
    ...(promisedOn === undefined ? {} : { promisedPayDate: promisedOn ?? EMPTY_DAY }),
    ...(disputeStatus === undefined ? {} : { disputeStatus: disputeStatus ?? '' }),
  };
}

function refusalsOf(patch: InvoiceTerms, etag: string): readonly Refusal[] {
  const found: Refusal[] = [];
  const refuse = (path: string, value: string, problem: string, cure: string): void => { found.push({ code: 'other', path, value, problem, cure }); };
  if (Object.keys(bodyOf(patch)).length === 0) refuse('patch', '', 'The change changes nothing.', 'Give it a due day, a promised day or a dispute status.');
  if (!/^(W\/)?".+"$|^\*$/.test(etag)) refuse('etag', etag, 'The etag of the invoice is missing, and Business Central refuses a change without one.', 'Read the invoice again and take its etag.');
  if (patch.dueOn === null) refuse('dueOn', '', 'A posted invoice keeps a due day.', 'Give it another day.');
  if ((patch.disputeStatus?.length ?? 0) > DISPUTE_STATUS_LENGTH_MAX) refuse('disputeStatus', patch.disputeStatus ?? '', `A dispute status has at most ${DISPUTE_STATUS_LENGTH_MAX} characters.`, 'Choose one of those set up in Business Central.');
  return found;
}

/** What a row of `salesInvoices`, or a record made of one, says of them. */
export function invoiceTermsIn(row: JsonObject): InvoiceTerms {
  const text = (name: string): string | null => textOf(contentOf(row)[name]) || null;
  return { dueOn: text('dueDate'), promisedOn: text('promisedPayDate'), disputeStatus: text('disputeStatus') };
}
