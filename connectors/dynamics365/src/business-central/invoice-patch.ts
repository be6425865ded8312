import type { JsonObject, LocalDate, Refusal } from '#canonical';

/**
 * The fields of a posted sales invoice that Business Central lets anybody change (reference, 2.4): due day, promised day and dispute status.
 * Dispute fields are refused on drafts.
 */
export interface InvoicePatch {
  readonly dueOn?: LocalDate;
  /** Null takes a promise back. */
  readonly promisedOn?: LocalDate | null;
  /** Code of a dispute status, at most 10 characters; null takes it off. */
  readonly disputeStatus?: string | null;
}

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

/** The request of a change, or what is wrong with it. Pure. */
export function invoicePatchRequest(invoiceId: string, etag: string, patch: InvoicePatch): InvoicePatchRequest | { readonly refusals: readonly [Refusal, ...Refusal[]] } {
  const [first, ...rest] = refusalsOf(patch, etag);
  if (first !== undefined) return { refusals: [first, ...rest] };
  return { method: 'PATCH', path: `salesInvoices(${invoiceId})`, headers: { 'if-match': etag }, body: bodyOf(patch) };
}

function bodyOf({ dueOn, promisedOn, disputeStatus }: InvoicePatch): JsonObject {
  return {
    ...(dueOn === undefined ? {} : { dueDate: dueOn }),
    ...(promisedOn === undefined ? {} : { promisedPayDate: promisedOn ?? EMPTY_DAY }),
    ...(disputeStatus === undefined ? {} : { disputeStatus: disputeStatus ?? '' }),
  };
}

function refusalsOf(patch: InvoicePatch, etag: string): readonly Refusal[] {
  const found: Refusal[] = [];
  const refuse = (path: string, value: string, problem: string, cure: string): void => { found.push({ code: 'other', path, value, problem, cure }); };
  if (Object.keys(bodyOf(patch)).length === 0) refuse('patch', '', 'The change changes nothing.', 'Give it a due day, a promised day or a dispute status.');
  if (!/^(W\/)?".+"$|^\*$/.test(etag)) refuse('etag', etag, 'The etag of the invoice is missing, and Business Central refuses a change without one.', 'Read the invoice again and take its etag.');
  if ((patch.disputeStatus?.length ?? 0) > DISPUTE_STATUS_LENGTH_MAX) refuse('patch.disputeStatus', patch.disputeStatus ?? '', `A dispute status has at most ${DISPUTE_STATUS_LENGTH_MAX} characters.`, 'Choose one of those set up in Business Central.');
  return found;
}

/** The fields whose read-back is not what the change asked for; empty when all are. */
export function invoicePatchDifferences(row: JsonObject, patch: InvoicePatch): readonly string[] {
  return Object.entries(bodyOf(patch)).filter(([name, value]) => row[name] !== value).map(([name]) => name);
}
