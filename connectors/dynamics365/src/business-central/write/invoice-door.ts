import type { InvoiceDoor, InvoiceTerms, StandingInvoice } from '#connector-kit';
import { ConnectorError, type FieldIssue } from '#connector-kit';
import { call, type FailedAnswer } from '../../odata/client.js';
import { objectOf, textOf } from '../../odata/json.js';
import { companyPath, getOrNull } from '../api.js';
import { errorOf } from '../errors.js';
import { invoicePatchRequest, invoiceTermsIn } from '../invoice-patch.js';
import { entryNumberIn, INVOICE_ENTRY } from '../ledger/entry.js';
import { postedOf } from '../read/posted.js';
import { businessCentralSettings } from '../settings.js';

/** Which term a refusal is about, by its words; Business Central names captions, seldom fields. */
const TERM_RULES: readonly { readonly message: RegExp; readonly term: string }[] = [{ message: /disput/i, term: 'disputeStatus' }, { message: /promis/i, term: 'promisedOn' }];

/** Due day, promised day and dispute status of posted sales invoices, each change bound to the etag it was made from (reference, 2.2 and 2.4). */
export const invoices: InvoiceDoor = {
  termsIn: invoiceTermsIn,

  async look(context, externalId) {
    if (entryNumberIn(externalId) !== null) throw withoutDocument(externalId);
    const answer = await getOrNull(context, companyPath(context, `salesInvoices(${encodeURIComponent(externalId)})`));
    if (answer === null) return null;
    const row = objectOf(answer.body);
    const [posted] = await postedOf(context, [row], INVOICE_ENTRY);
    return posted === undefined ? null : { externalId, version: textOf(row['@odata.etag']) ?? answer.etag ?? '', terms: invoiceTermsIn(row) };
  },

  async change(context, invoice, terms) {
    const request = invoicePatchRequest(invoice.externalId, invoice.version, terms);
    if ('refusals' in request) throw refused(request.refusals.map(({ path, value, problem, cure }) => ({ path, value, problem: `${problem} ${cure}` })));
    const { method, headers, body } = request;
    const answer = await call(context, businessCentralSettings(context).service, {
      method, address: companyPath(context, request.path), headers, body: JSON.stringify(body), lane: 'write', writes: true,
    });
    if (answer.failed !== null) throw changeError(answer.failed, invoice, terms);
    if (answer.status !== 200) throw new ConnectorError(`Business Central PATCH salesInvoices: answered ${answer.status} where the changed invoice was promised`, { kind: 'outcomeUnknown' });
    if (textOf(objectOf(answer.body)['id']) === null) throw new ConnectorError('Business Central PATCH salesInvoices: the answer is no invoice', { kind: 'outcomeUnknown' });
  },
};

/** A stale etag is 409 `Request_EntityChanged`; other conflicts of the database pass by themselves. */
function changeError(failed: FailedAnswer, { externalId }: StandingInvoice, terms: InvoiceTerms): ConnectorError {
  if (failed.problem?.code === 'Request_EntityChanged' || failed.status === 412) {
    return new ConnectorError(`Business Central: invoice ${externalId} was changed by somebody else meanwhile`, { kind: 'conflict', externalId, differsIn: Object.keys(terms) });
  }
  const error = errorOf(failed, 'PATCH salesInvoices', true);
  if (error.failure.kind !== 'invalid') return error;
  const problem = failed.problem?.message || `refused with status ${failed.status}`;
  const term = TERM_RULES.find(({ message }) => message.test(problem))?.term ?? Object.keys(terms)[0] ?? 'terms';
  return refused([{ path: term, value: terms[term as keyof InvoiceTerms] ?? '', problem }]);
}

function refused([first, ...rest]: readonly FieldIssue[]): ConnectorError {
  const issue = first ?? { path: 'terms', value: '', problem: 'the change cannot be made' };
  return new ConnectorError(`Business Central: ${issue.problem}`, { kind: 'invalid', issues: [issue, ...rest] });
}

function withoutDocument(externalId: string): ConnectorError {
  return new ConnectorError(`Business Central: ${externalId} is a ledger entry without a sales invoice; the API changes the terms of sales invoices alone. Change it in the client, on the page Customer Ledger Entries.`, { kind: 'notSupported', capability: 'invoiceChange' });
}
