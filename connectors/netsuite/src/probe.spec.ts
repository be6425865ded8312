import { errorAnswer, FakeAccount } from './testing/fake-account.js';
import { probe } from './probe.js';

describe('the probe of an account', () => {
  let account: FakeAccount;
  beforeEach(() => {
    account = new FakeAccount();
    for (const table of ['customer', 'contact', 'account', 'transaction', 'nexttransactionlinelink', 'transactionaccountingline', 'transactionline', 'accountingperiod']) account.table(table, []);
    account.table('subsidiary', [{ id: '1' }, { id: '2' }]);
    account.table('currency', [{ id: '1', symbol: 'USD', currencyprecision: '2', isbasecurrency: 'T' }, { id: '4', symbol: 'JPY', currencyprecision: '0', isbasecurrency: 'F' }]);
    account.table('deletedrecord', []);
    account.answerSql(/SESSIONTIMEZONE/, () => [{ expr1: 'America/Los_Angeles' }]);
    account.answer((call) => (call.path.includes('/record/v1/') ? { status: 200, body: { items: [] } } : null));
  });
  const found = (config: object = {}): ReturnType<typeof probe> => probe(account.context({ config: { timeZone: undefined, ...config } }));

  it('finds what a sound account has and writes nothing', async () => {
    const report = await found();
    expect(report).toMatchObject({
      missing: [], timeZone: 'America/Los_Angeles',
      features: { oneWorld: true, subsidiaries: 2, 'currency.USD': '1', 'precision.JPY': 0, baseCurrency: 'USD', accountingPeriods: true, multiBook: false },
    });
    expect(account.calls.every((call) => call.method === 'GET' || call.path.endsWith('/suiteql') || call.path.endsWith('/token'))).toBe(true);
  });

  it('names every missing permission at once, and where to grant it', async () => {
    account.answer((call) => (/FROM (customer|contact|accountingperiod)\b/.test(call.sql) ? errorAnswer(400, 'INVALID_PARAMETER', 'Record \'x\' was not found.') : null));
    account.answer((call) => (call.path.includes('customerPayment') ? errorAnswer(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation: you need the Customer Payment permission.') : null));
    const { missing } = await found();
    expect(missing).toHaveLength(4);
    for (const words of ['Lists > Customers', 'Lists > Contacts', 'Customer Payment (Full)', 'Accounting Periods']) expect(missing.join(' ')).toContain(words);
  });

  it('knows an account without OneWorld', async () => {
    account.answer((call) => (/FROM subsidiary|tl\.subsidiary/.test(call.sql) ? errorAnswer(400, 'INVALID_PARAMETER', 'Record \'subsidiary\' was not found.') : null));
    expect((await found()).features['oneWorld']).toBe(false);
  });

  it('trusts tombstones only of types it has seen, and compares ids for the others', async () => {
    expect((await found()).capabilities.read.invoice?.deletions).toBe('ids');
    account.table('deletedrecord', [{ recordid: '1', type: 'CustInvc' }]);
    const { read } = (await found()).capabilities;
    expect([read.invoice?.deletions, read.payment?.deletions]).toEqual(['tombstone', 'ids']);
  });

  it('takes away what the settings rule out', async () => {
    expect((await found({ reversal: 'unapply' })).capabilities.operations.reverse).toMatchObject({ by: 'manual' });
    const { operations } = (await found({ asyncPosting: true })).capabilities;
    expect(operations.post).toMatchObject({ outcome: 'later', duplicateGuard: 'idempotencyHeader' });
    expect(operations.apply).toMatchObject({ outcome: 'immediate', duplicateGuard: 'repeatable' });
  });

  it('is refused at the door with bad credentials', async () => {
    account.answer((call) => (call.path.endsWith('/token') ? { status: 401, body: { error: 'invalid_client' } } : null));
    await expect(found()).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });

  it('says of a certificate it cannot read that its expiry is unknown', async () => {
    expect((await found({ certificatePem: 'no certificate' })).missing.join(' ')).toContain('config.certificatePem');
  });
});
