import { startFinanceSandbox, type FinanceSandbox } from './sandbox.js';
import { mark, TestClient } from './testing/client.js';

describe('what tenants differ in', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => {
    sandbox = await startFinanceSandbox({ profile: 'bare', clock: new Date('2026-11-20T10:00:00Z') });
    client = new TestClient(sandbox);
    for (const account of ['US-001', 'US-002']) sandbox.mutations.addCustomer({ account, name: `Customer ${account}` });
    for (const [account, number] of [['US-001', 'CIV-1'], ['US-001', 'CIV-2'], ['US-002', 'CIV-3']] as const) sandbox.mutations.addInvoice({ account, number, amount: '100', day: '2026-10-01', dueDate: '2026-10-31' });
  });
  afterEach(async () => {
    sandbox.checkBook();
    await sandbox.stop();
    expect(sandbox.failures).toEqual([]);
  });
  const open = (invoice: string): string => sandbox.mutations.openAmount({ invoice }).open;
  const line = async (changes: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const batch = await client.journal('US-001', 1, [], changes);
    return (await client.get('CustomerPaymentJournalLines', { $filter: `JournalBatchNumber eq '${batch}'` })).rows[0] ?? {};
  };

  it('marks above the payment: the last invoices stay open, or nothing posts', async () => {
    const marks = [['CIV-1', '2026-10-31', 100], ['CIV-2', '2026-10-31', 100]] as const;
    const first = await client.journal('US-001', 130, marks);
    sandbox.settings.marksAbovePayment = 'failPosting';
    expect(sandbox.mutations.postJournal({ batch: first }).infolog).toMatch(/greater than the payment/);
    sandbox.settings.marksAbovePayment = 'settleUpToPayment';
    expect(sandbox.mutations.postJournal({ batch: first }).posted).toBe(true);
    expect([open('CIV-1'), open('CIV-2')]).toEqual(['0', '70']);
  });

  it('marks of another customer\'s invoice, and marks that do not lock', async () => {
    const first = await client.journal('US-001', 60, [['CIV-3', '2026-10-31', 60]]);
    sandbox.settings.otherAccountsSettle = false;
    const second = await client.journal('US-001', 60);
    expect((await client.call('POST', '/data/PaymentJournalLineSettledInvoices', mark(second, 'CIV-3', '2026-10-31'))).problem).toMatch(/belongs to customer US-002/);
    sandbox.settings.marksLock = false;
    const third = await client.journal('US-002', 60, [['CIV-3', '2026-10-31', 60]]);
    expect([sandbox.mutations.postJournal({ batch: third }).posted, sandbox.mutations.postJournal({ batch: first }).infolog]).toEqual([true, expect.stringMatching(/greater than the remaining/)]);
  });

  it('a line without money, to set a credit note against an invoice', async () => {
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CN-1', amount: '-40', day: '2026-10-02', dueDate: '2026-10-02' });
    const batch = await client.journal('US-001', 0, [['CIV-1', '2026-10-31', 40], ['CN-1', '2026-10-02', -40]]);
    expect(sandbox.mutations.postJournal({ batch }).infolog).toMatch(/must have an amount/);
    sandbox.settings.zeroAmountLinesPost = true;
    expect(sandbox.mutations.postJournal({ batch }).posted).toBe(true);
    expect([open('CIV-1'), open('CN-1')]).toEqual(['60', '0']);
  });

  it('on-account money that the target settles by itself', async () => {
    sandbox.settings.automaticSettlement = true;
    sandbox.mutations.postJournal({ batch: await client.journal('US-001', 150) });
    expect([open('CIV-1'), open('CIV-2')]).toEqual(['0', '50']);
  });

  it('a refund settles what was paid too much', async () => {
    sandbox.mutations.addPayment({ account: 'US-001', amount: '30' });
    const batch = await client.journal('US-001', 0, [], { CreditAmount: 0, DebitAmount: 30 });
    expect(sandbox.mutations.postJournal({ batch }).posted).toBe(true);
    expect((await client.get('CustTransactions', { $filter: 'AmountCur eq 30' })).rows).toMatchObject([{ TransType: 'Payment', Closed: '1900-01-01T12:00:00Z' }]);
  });

  it('when a line gets its voucher and its number, and how long its texts are', async () => {
    expect(await line({ LineNumber: undefined })).toMatchObject({ LineNumber: 1, Voucher: '' });
    sandbox.settings.voucherAllocationAtPosting = false;
    expect(await line({})).toMatchObject({ Voucher: expect.stringMatching(/^ARPM/) });
    sandbox.settings.lineNumberGenerated = false;
    await expect(line({ LineNumber: undefined })).rejects.toThrow(/'Line number' must be filled in/);
    sandbox.settings.textLengths = { PaymentReference: 10 };
    await expect(line({ PaymentReference: 'a-long-reference' })).rejects.toThrow(/longer than 10 characters/);
    sandbox.settings.textOverflow = 'truncate';
    expect(await line({ PaymentReference: 'a-long-reference' })).toMatchObject({ PaymentReference: 'a-long-ref' });
  });

  it('the case of legal entities, days in filters, permissions', async () => {
    sandbox.settings.legalEntityIdCase = 'upper';
    expect((await client.get('LegalEntities')).rows.map((row) => row['LegalEntityId'])).toEqual(['USMF', 'GBSI']);
    expect((await client.create('CustomerPaymentJournalHeaders', { dataAreaId: 'USMF', JournalName: 'ARPay' }))['dataAreaId']).toBe('usmf');
    const found = async (filter: string): Promise<number> => (await client.get('CustTransactions', { $filter: filter })).rows.length;
    expect(await found('TransDate eq 2026-10-01T00:00:00Z')).toBe(0);
    Object.assign(sandbox.settings, { plainDatesInFilters: true, dateFilters: 'byDay' });
    expect([await found('TransDate eq 2026-10-01T00:00:00Z'), await found('TransDate ge 2026-10-01'), await found('TransDate gt 2026-10-01')]).toEqual([3, 3, 0]);
    sandbox.settings.readOnlyEntities = ['CustomerPaymentJournalHeaders'];
    const denied = await client.call('POST', '/data/CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'ARPay' });
    expect([denied.status, denied.problem]).toEqual([403, expect.stringMatching(/^Access denied/)]);
  });
});

describe('payments in another currency than the company\'s', () => {
  it('are carried at the rate of the day, and nothing is left over in either currency', async () => {
    const sandbox = await startFinanceSandbox({ profile: 'bare', clock: new Date('2026-11-20T10:00:00Z') });
    const client = new TestClient(sandbox);
    sandbox.mutations.addCustomer({ account: 'DE-001', name: 'Leipzig Optik GmbH', currency: 'EUR' });
    sandbox.mutations.addInvoice({ account: 'DE-001', number: 'CIV-1', amount: '100.01', day: '2026-10-01', dueDate: '2026-10-31' });
    const batch = await client.journal('DE-001', 100.01, [['CIV-1', '2026-10-31', 100.01]], { CurrencyCode: 'EUR', ExchangeRate: 110 });
    expect(sandbox.mutations.postJournal({ batch }).posted).toBe(true);
    const rows = (await client.get('CustSettlementBiEntities')).rows;
    expect(rows).toMatchObject([{ SettleAmountCur: 100.01, SettleAmountMST: 108.43, ExchAdjustment: 1.58 }, { SettleAmountCur: -100.01, SettleAmountMST: -110.01, ExchAdjustment: 0 }]);
    expect((await client.call('POST', '/data/PaymentJournalLineSettledInvoices', mark(await client.journal('DE-001', 1), 'CIV-1', '2026-10-31'))).problem).toMatch(/not open/);
    sandbox.checkBook();
    await sandbox.stop();
    expect(sandbox.failures).toEqual([]);
  });
});
