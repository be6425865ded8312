import type { FailedAnswer } from '../odata/client.js';
import { errorOf, isNotFound, isPermission } from './errors.js';

const failed = (status: number, code = '', message = '', retryAfterMs: number | null = null): FailedAnswer => (
  { status, retryAfterMs, throttledInARow: 1, problem: code === '' && message === '' ? null : { code, message, innerMessage: null, correlationId: null } }
);

describe('an answer that refuses', () => {
  it.each([
    [failed(429, 'Application_TooManyRequests', 'Too many requests reached.', 7000), 'rateLimited', 'rateLimited'],
    [failed(401, 'Authentication_InvalidCredentials', 'The server has rejected the client credentials.'), 'auth', 'auth'],
    [failed(403, 'Authorization_RequestDenied', 'no'), 'auth', 'auth'],
    [failed(400, 'Application_DialogException', 'You do not have the following permissions on TableData Customer: Read.'), 'auth', 'auth'],
    [failed(409, 'Request_EntityChanged', 'Another user has already changed the record.'), 'transient', 'transient'],
    [failed(409, 'Internal_EntityWithSameKeyExists', 'The record already exists.'), 'invalid', 'invalid'],
    [failed(400, 'Application_FieldValidationException', 'Amount must be negative in Gen. Journal Line'), 'invalid', 'invalid'],
    [failed(404, 'BadRequest_ResourceNotFound', 'no'), 'invalid', 'invalid'],
    [failed(408), 'transient', 'outcomeUnknown'], [failed(500), 'transient', 'outcomeUnknown'], [failed(503), 'transient', 'outcomeUnknown'], [failed(504), 'transient', 'outcomeUnknown'],
  ])('%j is %s to a read and %s to a write', (answer, read, write) => {
    expect([errorOf(answer, 'GET x', false).failure.kind, errorOf(answer, 'POST x', true).failure.kind]).toEqual([read, write]);
  });

  it('obeys a stated delay and makes one up otherwise', () => {
    expect(errorOf(failed(429, 'x', 'y', 7000), '', true).failure).toEqual({ kind: 'rateLimited', retryAfterMs: 7000 });
    const made = errorOf(failed(429), '', true).failure;
    expect(made.kind === 'rateLimited' && made.retryAfterMs >= 250 && made.retryAfterMs <= 501).toBe(true);
  });

  it.each([
    ['There is no Cust. Ledger Entry within the filter.', 'appliesToInvoiceId'], ['The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.', 'appliesToInvoiceId'],
    ['The "customerId" does not match to a Customer.', 'customerId'], ['Posting Date is not within your range of allowed posting dates', 'postingDate'], ['All entries in one application must be in the same currency.', 'currencyCode'],
    ['Amount must be negative in Gen. Journal Line', 'amount'], ['You may not enter numbers manually.', 'documentNumber'], ['Something else', 'journal'],
  ])('"%s" is about %s', (message, path) => {
    const { failure } = errorOf(failed(400, 'Application_DialogException', message), '', true);
    expect(failure).toMatchObject({ kind: 'invalid', issues: [{ path, problem: message }] });
  });

  it('tells a missing permission from a closed door, and a missing record from a wrong one', () => {
    expect([failed(403), failed(401)].map((answer) => isPermission(errorOf(answer, '', false)))).toEqual([true, false]);
    expect([failed(404), failed(400, 'BadRequest_NotFound'), failed(400, 'Internal_RecordNotFound'), failed(400, 'Application_DialogException')].map(isNotFound)).toEqual([true, true, true, false]);
  });
});
