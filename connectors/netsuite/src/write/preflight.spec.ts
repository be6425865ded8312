import type { PlannedStep, PostingIntent } from '#canonical';
import { FakeAccount, type FakeRow } from '../testing/fake-account.js';
import { intentOf, PROBE, share, toolsOf, usd } from '../testing/postings.js';
import { plan } from './plan.js';
import { preflight } from './preflight.js';
import { planReversal } from './reverse.js';

const invoiceRow = (id: string, open: string, changes: FakeRow = {}): FakeRow => ({
  id, type: 'CustInvc', tranid: `DOC-${id}`, entity: '12', status: 'A', currency: '1', currencysymbol: 'USD', foreignamountunpaid: open, trandate: '2026-02-01', ...changes,
});
const PERIOD: FakeRow = { id: '30', periodname: 'Mar 2026', closed: 'F', arlocked: 'F', alllocked: 'F', startdate: '2026-03-01', enddate: '2026-03-31' };

describe('preflight', () => {
  let account: FakeAccount;
  let periods: FakeRow[];
  beforeEach(() => {
    account = new FakeAccount();
    periods = [PERIOD];
    account.table('transaction', [invoiceRow('4711', '200'), invoiceRow('4712', '80.00')]);
    account.answerSql(/FROM transactionline/, () => [{ transaction: '4711', subsidiary: '2' }, { transaction: '4712', subsidiary: '2' }]);
    account.answerSql(/FROM account a/, () => [{ id: '119', isinactive: 'F' }, { id: '128', isinactive: 'F' }]);
    account.answerSql(/FROM accountingperiod/, () => periods);
    account.answerSql(/FROM customer/, () => [{ id: '12', parent: '10' }, { id: '13' }, { id: '10' }]);
    account.answerSql(/NextTransactionLineLink/, () => []);
  });

  const stepsOf = (intent: PostingIntent): readonly PlannedStep[] => {
    const planned = plan(intent, toolsOf());
    if ('refusals' in planned) throw new Error('refused');
    return planned.steps;
  };
  const codesOf = async (intent: PostingIntent = intentOf()): Promise<string[]> => {
    const refusals = await preflight(account.context({ probe: PROBE }), stepsOf(intent));
    for (const refusal of refusals) expect([refusal.path, refusal.problem, refusal.cure]).toEqual([expect.stringMatching(/^steps\[\d+\]/), expect.stringContaining(' '), expect.stringContaining(' ')]);
    return refusals.map((refusal) => refusal.code);
  };

  it('lets a sound plan pass, in a handful of queries', async () => {
    expect(await codesOf()).toEqual([]);
    expect(account.queries.length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['closed', { closed: 'T' }], ['locked for receivables', { arlocked: 'T' }], ['locked for all', { alllocked: 'T' }],
  ])('foresees a period that is %s', async (_words, change) => {
    periods = [{ ...PERIOD, ...change }];
    expect(await codesOf()).toEqual(['periodClosed']);
  });

  it('foresees a day that no period holds', async () => {
    periods = [];
    expect(await codesOf()).toEqual(['periodClosed']);
  });

  it('foresees over-application, and tells it from a document that merely changed', async () => {
    account.table('transaction', [invoiceRow('4711', '150'), invoiceRow('4712', '60')]);
    expect(await codesOf()).toEqual(['overApplied', 'documentChanged']);
  });

  it('starts a later step from what the earlier ones leave, and looks at every posting of a batch', async () => {
    const credit = intentOf({ amount: usd('130.00'), invoices: [share('4711', '200.00')], credits: [share('4800', '70.00')], onAccount: usd('0') });
    account.table('transaction', [invoiceRow('4711', '200'), { id: '4800', type: 'CustCred', entity: '12', currencysymbol: 'USD', foreignpaymentamountunused: '70' }]);
    expect(await codesOf(credit)).toEqual([]);
    const stale = stepsOf({ ...intentOf({ amount: usd('300.00'), invoices: [share('4711', '300.00')], onAccount: usd('0') }), idempotencyKey: 'posting_8' });
    const both = await preflight(account.context({ probe: PROBE }), [...stepsOf(credit), ...stale]);
    expect(both.map((refusal) => [refusal.code, refusal.path])).toEqual([['overApplied', 'steps[2].body.apply.items[0].amount']]);
  });

  it('foresees a document that is gone or not approved', async () => {
    account.table('transaction', [invoiceRow('4712', '80', { status: 'D' })]);
    expect(await codesOf()).toEqual(['documentMissing', 'documentChanged']);
  });

  it('lets parents and children pay for each other, and nobody else', async () => {
    account.table('transaction', [invoiceRow('4711', '200', { entity: '10' }), invoiceRow('4712', '80', { entity: '13' })]);
    expect(await codesOf()).toEqual(['customerMismatch']);
  });

  it('foresees another subsidiary and another currency', async () => {
    account.table('transaction', [invoiceRow('4711', '200'), invoiceRow('4712', '80', { currencysymbol: 'EUR' })]);
    account.answerSql(/FROM transactionline/, () => [{ transaction: '4711', subsidiary: '3' }, { transaction: '4712', subsidiary: '2' }]);
    expect(await codesOf()).toEqual(['companyMismatch', 'currencyMismatch']);
  });

  it('foresees a missing and an inactive account', async () => {
    account.answerSql(/FROM account a/, () => [{ id: '119', isinactive: 'T' }]);
    expect(await codesOf()).toEqual(['accountMissing', 'accountMissing']);
  });

  it('refuses a credit that is gone, of a kind it cannot apply, used elsewhere, or applied to the invoice already', async () => {
    const intent = intentOf({ amount: usd('130.00'), invoices: [share('4711', '200.00')], credits: [share('4800', '70.00', '100.00')], onAccount: usd('0') });
    const credit = (changes: FakeRow): void => account.table('transaction', [invoiceRow('4711', '200'), { id: '4800', type: 'CustCred', entity: '12', currencysymbol: 'USD', foreignpaymentamountunused: '100', ...changes }]);
    credit({});
    expect(await codesOf(intent)).toEqual([]);
    credit({ type: 'CustDep' });
    expect(await codesOf(intent)).toEqual(['notSupported']);
    credit({ foreignpaymentamountunused: '60' });
    expect(await codesOf(intent)).toEqual(['overApplied']);
    credit({});
    account.answerSql(/NextTransactionLineLink/, () => [{ nextdoc: '4800', previousdoc: '4711', applied: '10' }]);
    expect(await codesOf(intent)).toEqual(['documentChanged']);
    account.table('transaction', [invoiceRow('4711', '200')]);
    expect(await codesOf(intent)).toContain('documentMissing');
  });

  it('foresees that a payment in a bank deposit cannot be deleted', async () => {
    account.table('transaction', [{ id: '9001', type: 'CustPymt', status: 'C', entity: '12', currencysymbol: 'USD', trandate: '2026-03-10' }]);
    const [step] = stepsOf(intentOf());
    if (step === undefined) throw new Error('no step');
    const removal: PlannedStep = { ...step, operation: 'reverse', action: 'delete', target: { externalId: '9001' }, body: {}, effects: [] };
    expect((await preflight(account.context({ probe: PROBE }), [removal])).map((refusal) => refusal.code)).toEqual(['recordLocked']);
    expect((await preflight(account.context({ probe: PROBE }), [{ ...removal, target: { externalId: '9999' } }])).map((refusal) => refusal.code)).toEqual(['documentMissing']);
  });

  it('foresees a change in a closed period, unless the period allows changes that leave the ledger alone', async () => {
    account.table('transaction', [invoiceRow('4711', '200'), { id: '9001', type: 'CustPymt', status: 'B', entity: '12', currencysymbol: 'USD', trandate: '2026-03-10' }]);
    const [step] = stepsOf(intentOf());
    if (step === undefined) throw new Error('no step');
    const release: PlannedStep = { ...step, operation: 'unapply', action: 'update', target: { externalId: '9001' }, body: {}, effects: [] };
    const codes = async (): Promise<string[]> => (await preflight(account.context({ probe: PROBE }), [release])).map((refusal) => refusal.code);
    expect(await codes()).toEqual([]);
    periods = [{ ...PERIOD, closed: 'T', allownonglchanges: 'F' }];
    expect(await codes()).toEqual(['periodClosed']);
    periods = [{ ...PERIOD, closed: 'T', allownonglchanges: 'T' }];
    expect(await codes()).toEqual([]);
  });

  it('foresees that a payment has nothing left to counter, what this reversal sets free counted in', async () => {
    const payment: FakeRow = { id: '9001', type: 'CustPymt', tranid: 'PYMT1', status: 'B', entity: '12', currencysymbol: 'USD', foreignpaymentamountunused: '20', trandate: '2026-03-10' };
    account.table('transaction', [payment]);
    const sent = stepsOf(intentOf()).map((step) => ({ step, externalId: '9001' }));
    const request = { idempotencyKey: 'undo_7', intent: intentOf(), booked: sent, reversedOn: intentOf().postedOn, reason: 'applied to the wrong customer' };
    const planned = planReversal(request, toolsOf({ reversal: 'compensate' }));
    if ('refusals' in planned) throw new Error('refused');
    const journal = async (): Promise<string[]> => (await preflight(account.context({ probe: PROBE }), planned.steps)).filter((refusal) => refusal.path === 'steps[1].body').map((refusal) => refusal.code);
    account.answerSql(/NextTransactionLineLink/, () => [{ nextdoc: '9001', previousdoc: '4711', applied: '200' }, { nextdoc: '9001', previousdoc: '4712', applied: '30' }]);
    expect(await journal()).toEqual([]);
    account.answerSql(/NextTransactionLineLink/, () => [{ nextdoc: '9001', previousdoc: '4711', applied: '200' }, { nextdoc: '9001', previousdoc: '4799', applied: '30' }]);
    expect(await journal()).toEqual(['documentChanged']);
  });

  it('passes over periods the role does not see: the probe has named the permission', async () => {
    account.answer((seen) => (seen.sql.includes('accountingperiod') ? { status: 400, body: { 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', detail: 'Record \'accountingperiod\' was not found.' }] } } : null));
    expect(await codesOf()).toEqual([]);
  });
});
