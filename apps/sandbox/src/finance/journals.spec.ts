import { startFinanceSandbox, type FinanceSandbox } from './sandbox.js';
import { mark, TestClient } from './testing/client.js';

describe('a customer payment journal', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => {
    sandbox = await startFinanceSandbox({ profile: 'bare', clock: new Date('2026-11-20T10:00:00Z') });
    client = new TestClient(sandbox);
    sandbox.mutations.addCustomer({ account: 'US-001', name: 'Summit Supply Inc.' });
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CIV-1', amount: '100', day: '2026-10-01', dueDate: '2026-10-31' });
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CIV-2', amount: '60.5', day: '2026-10-05', dueDate: '2026-11-04' });
  });
  afterEach(async () => {
    sandbox.checkBook();
    await sandbox.stop();
    expect(sandbox.failures).toEqual([]);
  });
  const open = (invoice: string): string => sandbox.mutations.openAmount({ invoice }).open;

  it('gets its number from the sequence and is read back by it', async () => {
    const header = await client.create('CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'ARPay', Description: 'key-1' });
    expect(header).toMatchObject({ JournalBatchNumber: '000001', IsPosted: 'No', Description: 'key-1', '@odata.etag': expect.stringMatching(/^W\/"/) });
    expect((await client.get("CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='000001')")).body).toMatchObject({ JournalName: 'ARPay' });
  });

  it('settles several invoices, in part and in full, only when the target posts it', async () => {
    const batch = await client.journal('US-001', 120, [['CIV-1', '2026-10-31', 100], ['CIV-2', '2026-11-04', 15.25]], { PaymentReference: 'pay-1' });
    expect([open('CIV-1'), open('CIV-2')]).toEqual(['100', '60.5']);
    expect((await client.get('CustomerPaymentJournalLines', { $filter: `JournalBatchNumber eq '${batch}'` })).rows).toMatchObject([{ Voucher: '', SettleVoucher: 'SelectedTransact', CreditAmount: 120 }]);

    expect(sandbox.mutations.postJournal({ batch })).toEqual({ batch, posted: true, infolog: '' });
    expect([open('CIV-1'), open('CIV-2')]).toEqual(['0', '45.25']);
    const [line] = (await client.get('CustomerPaymentJournalLines', { $filter: `JournalBatchNumber eq '${batch}'` })).rows;
    const voucher = String(line?.['Voucher']);
    expect(voucher).toMatch(/^ARPM/);
    const [payment] = (await client.get('CustTransactions', { $filter: `Voucher eq '${voucher}'`, $expand: 'CustTransOpen' })).rows;
    expect(payment).toMatchObject({ TransType: 'Payment', AmountCur: -120, SettleAmountCur: -115.25, Closed: '1900-01-01T12:00:00Z', PaymReference: 'pay-1', CustTransOpen: [{ AmountCur: -4.75 }] });
    const settlements = (await client.get('CustSettlementBiEntities', { $filter: `SettlementVoucher eq '${voucher}'` })).rows;
    expect(settlements.map((row) => row['SettleAmountCur'])).toEqual([100, -100, 15.25, -15.25]);
    expect(settlements[0]).toMatchObject({ OffsetTransVoucher: voucher, CanBeReversed: 'Yes', CreatedOn: '2026-11-20T10:00:00Z' });
    expect((await client.get('CustTransactions', { $filter: "Invoice eq 'CIV-1'" })).rows).toMatchObject([{ Closed: '2026-11-20T12:00:00Z', SettleAmountCur: 100, LastSettleVoucher: voucher }]);
    expect((await client.get('CustTransOpens')).rows.map((row) => row['AmountCur'])).toEqual([45.25, -4.75]);
  });

  it('marks one invoice by MarkedInvoice on the line', async () => {
    const batch = await client.journal('US-001', 40, [], { MarkedInvoice: 'CIV-2' });
    expect((await client.get('PaymentJournalLineSettledInvoices')).rows).toMatchObject([{ InvoiceNumber: 'CIV-2', InvoiceDueDate: '2026-11-04T12:00:00Z', SettlementAmountInInvoiceCurrency: 40 }]);
    sandbox.mutations.postJournal({ batch });
    expect(open('CIV-2')).toBe('20.5');
  });

  it('settles an invoice with a credit note and cash', async () => {
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CN-1', amount: '-40', day: '2026-10-02', dueDate: '2026-10-02' });
    const batch = await client.journal('US-001', 60, [['CIV-1', '2026-10-31', 100], ['CN-1', '2026-10-02', -40]]);
    expect(sandbox.mutations.postJournal({ batch }).posted).toBe(true);
    expect([open('CIV-1'), open('CN-1')]).toEqual(['0', '0']);
  });

  it('takes a cash discount as a transaction of its own, so that every pair nets to zero', async () => {
    const batch = await client.journal('US-001', 98);
    await client.create('PaymentJournalLineSettledInvoices', { ...mark(batch, 'CIV-1', '2026-10-31'), SettlementAmountInInvoiceCurrency: 98, CashDiscountToTakeInInvoiceCurrency: 2 });
    sandbox.mutations.postJournal({ batch });
    expect(open('CIV-1')).toBe('0');
    expect((await client.get('CustSettlementBiEntities', { $filter: 'UtilizedCashDisc ne 0' })).rows).toMatchObject([{ SettleAmountCur: 2, UtilizedCashDisc: 2 }]);
  });

  it('refuses to mark more than remains, an instalment that is not there, or what another journal has marked', async () => {
    const batch = await client.journal('US-001', 200);
    const refusal = async (body: Record<string, unknown>): Promise<[number, string]> => {
      const reply = await client.call('POST', '/data/PaymentJournalLineSettledInvoices', body);
      return [reply.status, reply.problem];
    };
    expect(await refusal({ ...mark(batch, 'CIV-1', '2026-10-31'), SettlementAmountInInvoiceCurrency: 100.01 })).toEqual([400, expect.stringMatching(/amount 100\.01 of the invoice CIV-1 is greater than the remaining amount 100/)]);
    expect(await refusal({ ...mark(batch, 'CIV-1', '2026-11-01'), SettlementAmountInInvoiceCurrency: 1 })).toEqual([400, expect.stringMatching(/no open instalment due on 2026-11-01/)]);
    await client.create('PaymentJournalLineSettledInvoices', { ...mark(batch, 'CIV-1', '2026-10-31'), SettlementAmountInInvoiceCurrency: 50 });
    expect(await refusal(mark(batch, 'CIV-1', '2026-10-31'))).toEqual([400, expect.stringMatching(/already exists\.\./)]);
    const other = await client.journal('US-001', 10);
    expect(await refusal(mark(other, 'CIV-1', '2026-10-31'))).toEqual([400, expect.stringMatching(/already marked for settlement by journal 000001/)]);
    await client.call('DELETE', `/data/CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${batch}')`);
    expect((await refusal(mark(other, 'CIV-1', '2026-10-31')))[0]).toBe(201);
  });

  it('stays unposted in silence when the period is closed, or when somebody refuses it', async () => {
    const batch = await client.journal('US-001', 100, [['CIV-1', '2026-10-31', 100]]);
    sandbox.mutations.closePeriod({ day: '2026-11-20' });
    expect(sandbox.mutations.postJournal({ batch })).toMatchObject({ posted: false, infolog: expect.stringMatching(/period for the date 2026-11-20 is not open/) });
    expect((await client.get('CustomerPaymentJournalHeaders')).rows).toMatchObject([{ IsPosted: 'No' }]);
    sandbox.mutations.openPeriod({ day: '2026-11-20' });
    sandbox.mutations.refuseJournal({ batch, because: 'approval is missing' });
    expect(sandbox.mutations.runPostingJob()).toMatchObject([{ posted: false, infolog: 'approval is missing' }]);
    sandbox.mutations.refuseJournal({ batch, because: '' });
    expect(sandbox.mutations.runPostingJob()).toMatchObject([{ posted: true }]);
    expect(open('CIV-1')).toBe('0');
  });

  it('fails as a whole when an invoice was settled elsewhere since it was marked', async () => {
    const batch = await client.journal('US-001', 160.5, [['CIV-1', '2026-10-31', 100], ['CIV-2', '2026-11-04', 60.5]]);
    sandbox.mutations.settle({ invoice: sandbox.mutations.openAmount({ invoice: 'CIV-2' }).recId });
    expect(sandbox.mutations.postJournal({ batch })).toMatchObject({ posted: false, infolog: expect.stringMatching(/greater than the remaining amount/) });
    expect(open('CIV-1')).toBe('100');
    expect((await client.get('CustTransactions', { $filter: "TransType eq Microsoft.Dynamics.DataEntities.LedgerTransType'Payment'" })).rows).toHaveLength(1);
  });

  it('is posted by the batch job when its hour has come, half-written ones too, empty ones never', async () => {
    sandbox.settings.postingJobEveryMs = 600_000;
    const batch = await client.journal('US-001', 100);
    await client.create('CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'ARPay' });
    sandbox.setClock(new Date('2026-11-20T10:09:00Z'), true);
    expect((await client.get('CustomerPaymentJournalHeaders')).rows.map((row) => row['IsPosted'])).toEqual(['No', 'No']);
    sandbox.setClock(new Date('2026-11-20T10:11:00Z'), true);
    expect((await client.get('CustomerPaymentJournalHeaders')).rows.map((row) => row['IsPosted'])).toEqual(['Yes', 'No']);
    const late = await client.call('POST', '/data/CustomerPaymentJournalLines', { dataAreaId: 'usmf', JournalBatchNumber: batch, LineNumber: 2, AccountDisplayValue: 'US-001', CreditAmount: 1, CurrencyCode: 'USD' });
    expect([late.status, late.problem]).toEqual([400, expect.stringMatching(/has been posted/)]);
    const key = `CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${batch}')`;
    expect((await client.call('DELETE', `/data/${key}`)).problem).toMatch(/^Delete failed for table row/);
  });

  it('vanishes when a person deletes it', async () => {
    const batch = await client.journal('US-001', 100, [['CIV-1', '2026-10-31', 100]]);
    sandbox.mutations.deleteJournal({ batch });
    expect((await client.get(`CustomerPaymentJournalHeaders(dataAreaId='usmf',JournalBatchNumber='${batch}')`)).status).toBe(404);
    expect((await client.get('PaymentJournalLineSettledInvoices')).rows).toEqual([]);
    expect(sandbox.stats()).toMatchObject({ written: { journals: 0, lines: 0, marks: 0 }, everWritten: { journals: 1, lines: 1 } });
  });

  it('is undone in two steps: opposite settlement rows, and the invoice is open again', async () => {
    const batch = await client.journal('US-001', 100, [['CIV-1', '2026-10-31', 100]]);
    sandbox.mutations.postJournal({ batch });
    sandbox.mutations.undoSettlement({ transaction: sandbox.mutations.openAmount({ invoice: 'CIV-1' }).recId });
    const rows = (await client.get('CustSettlementBiEntities')).rows;
    expect(rows.map((row) => [row['SettleAmountCur'], row['CanBeReversed']])).toEqual([[100, 'No'], [-100, 'No'], [-100, 'No'], [100, 'No']]);
    expect(open('CIV-1')).toBe('100');
    expect((await client.get('CustTransactions', { $filter: "Invoice eq 'CIV-1'" })).rows).toMatchObject([{ Closed: '1900-01-01T12:00:00Z', SettleAmountCur: 0 }]);
  });

  it('says in the infolog what is wrong with a line', async () => {
    const header = await client.create('CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'ARPay' });
    const line = { dataAreaId: 'usmf', JournalBatchNumber: header['JournalBatchNumber'], LineNumber: 1, AccountType: 'Cust', AccountDisplayValue: 'US-001', CreditAmount: 1, CurrencyCode: 'USD' };
    const problem = async (changes: Record<string, unknown>): Promise<string> => (await client.call('POST', '/data/CustomerPaymentJournalLines', { ...line, ...changes })).problem;
    expect(await problem({ AccountDisplayValue: 'US-999' })).toMatch(/The value 'US-999' in field 'Account' is not found in the related table 'Customers'/);
    expect(await problem({ CurrencyCode: 'ZZZ' })).toMatch(/not found in the related table 'Currencies'/);
    expect(await problem({ CreditAmount: '1' })).toMatch(/Cannot convert the value "1" of property 'CreditAmount'/);
    expect(await problem({ CreditAmount: -1 })).toMatch(/only positive debits and credits/);
    expect(await problem({ Amount: 1 })).toMatch(/The property 'Amount' does not exist on type 'Microsoft.Dynamics.DataEntities.CustomerPaymentJournalLine'/);
    expect(await problem({})).toBe('');
    expect(await problem({})).toMatch(/The record already exists\.\./);
    expect((await client.call('POST', '/data/CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'GenJrn' })).problem).toMatch(/not of the type Customer payment/);
  });
});
