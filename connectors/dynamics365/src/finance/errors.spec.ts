import { ConnectorError } from '#connector-kit';
import type { FailedAnswer } from '../odata/client.js';
import { financeError, isAlreadyThere, statedProblem, withoutStack } from './errors.js';

const failed = (status: number, innerMessage: string | null, message = 'An error has occurred.', retryAfterMs: number | null = null): FailedAnswer => (
  { status, retryAfterMs, throttledInARow: 1, problem: { code: '', message, innerMessage, correlationId: null } });
const WRITE_FAILED = "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: The value 'Local' in field 'Customer group' is not found in the related table 'Customer groups'.; Warning: validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'.";

describe('an error of Finance', () => {
  it('says what the inner message says, never "An error has occurred."', () => {
    const error = financeError('POST CustomersV3', failed(400, WRITE_FAILED), true);
    expect(error.message).toContain("The value 'Local' in field 'Customer group' is not found");
    expect(error.message).not.toContain('An error has occurred');
    expect(error.failure).toEqual({ kind: 'invalid', issues: [
      { path: 'body.Customer group', value: 'Local', problem: "The value 'Local' in field 'Customer group' is not found in the related table 'Customer groups'." },
      { path: 'body.CustCustomerV3Entity.CustomerGroupId', value: '', problem: "validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'." },
    ] });
  });

  it.each([
    ['at Microsoft.Dynamics.Platform.Integration.Services.OData.Update.UpdateManager.SaveChanges(ChangeOperationContext context) in D:\\dbs\\sh\\Update.cs:line 42'],
    ['Stack trace: (S)\\Classes\\LedgerJournalCheckPost'],
  ])('keeps no stack trace: %s', (stack) => {
    expect(withoutStack(`The amount must be positive.\r\n   ${stack}`)).toBe('The amount must be positive.');
    expect(statedProblem({ code: '', message: '', innerMessage: `It failed.\n ${stack}\n   at Other.Thing(Int32 x)\n`, correlationId: null })).toBe('It failed.');
  });

  it.each([
    [400, WRITE_FAILED, true, 'invalid'],
    [500, 'The record already exists..', true, 'invalid'],
    [500, 'Write failed for table row. Infolog: Error: The amount is wrong.', true, 'invalid'],
    [500, 'Object reference not set to an instance of an object.', true, 'outcomeUnknown'],
    [500, null, false, 'transient'],
    [503, null, true, 'outcomeUnknown'],
    [500, 'An update conflict occurred due to another user process deleting the record or changing one or more fields in the record.', true, 'transient'],
    [401, null, true, 'auth'],
    [403, 'Access is denied.', true, 'auth'],
    [408, null, true, 'outcomeUnknown'],
  ])('%i "%s" (a write: %s) is %s', (status, inner, writes, kind) => {
    expect(financeError('POST it', failed(status, inner, ''), writes).failure.kind).toBe(kind);
  });

  it('is not trusted from a gateway, whatever the page says', () => {
    expect(financeError('POST it', { status: 502, problem: null, retryAfterMs: null, throttledInARow: 1 }, true).failure.kind).toBe('outcomeUnknown');
    expect(financeError('POST it', { status: 400, problem: null, retryAfterMs: null, throttledInARow: 1 }, true)).toBeInstanceOf(ConnectorError);
  });

  it('of too many requests names the delay Finance asks for, else a growing one', () => {
    expect(financeError('GET it', failed(429, null, 'busy', 7_000), false).failure).toEqual({ kind: 'rateLimited', retryAfterMs: 7_000 });
    expect(financeError('GET it', failed(429, null, 'busy'), false).failure).toMatchObject({ kind: 'rateLimited', retryAfterMs: expect.any(Number) });
  });

  it('about a record that is there is told apart', () => {
    expect(isAlreadyThere(failed(500, 'The record already exists..'))).toBe(true);
    expect(isAlreadyThere(failed(400, WRITE_FAILED))).toBe(false);
  });
});
