import fc from 'fast-check';
import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient, type Reply } from './testing/client.js';

const COMPANION = 'tributary/receivables/v1.0';

describe('The customer ledger', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;
  let customer: { id: string; number: string };

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare', settings: { analyticsInstalled: true, companionInstalled: true } });
    client = new TestClient(sandbox);
    customer = sandbox.elsewhere.addCustomer({ name: 'Granite Supply' });
  });
  afterEach(async () => {
    sandbox.checkBooks();
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  const on = (method: string, route: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> => client.call(method, `${route}/companies(${client.companyId})/${path}`, body, headers);
  const entryOf = async (number: string): Promise<Record<string, unknown>> => (await on('GET', COMPANION, `customerLedgerEntries?$filter=documentNumber eq '${number}'`)).rows[0] ?? {};

  it('moves an entry\'s modification time with a partial payment, unlike the invoice\'s', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100' });
    sandbox.setClock(new Date('2027-01-05T10:00:00Z'), true);
    sandbox.elsewhere.settleInvoice(invoice.number, '40');
    const changed = (await on('GET', 'microsoft/reportsFinance/beta', 'customerLedgerEntries?$filter=lastModifiedDateTime ge 2027-01-05T00:00:00Z')).rows;
    expect(changed.map((row) => row['documentType'])).toEqual(['Invoice', 'Payment']);
    expect(changed[0]).not.toHaveProperty('remainingAmount');
    expect((await client.get('salesInvoices?$filter=lastModifiedDateTime ge 2027-01-05T00:00:00Z')).rows).toEqual([]);
  });

  it('shows an application as two rows that name each other, in the analytics query', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100' });
    const payment = sandbox.elsewhere.settleInvoice(invoice.number, '40');
    const rows = (await on('GET', 'microsoft/analytics/v1.0', "customerLedgerEntries?$filter=dcleEntryType eq 'Application'")).rows;
    expect(rows).toHaveLength(2);
    expect(rows).toEqual([
      expect.objectContaining({ cleEntryNo: payment.entryNumber, dcleAmountLCY: 40, dcleAppliedCustLedgerEntryNo: 1, dcleDocumentType: 'Payment' }),
      expect.objectContaining({ cleEntryNo: 1, dcleAmountLCY: -40, dcleAppliedCustLedgerEntryNo: payment.entryNumber, salesInvHeaderDocumentNo: invoice.number }),
    ]);
    expect(rows[0]?.['dcleApplicationNo']).toBe(rows[1]?.['dcleApplicationNo']);
    sandbox.settings.analyticsDateWindow = { from: '2020-01-01', to: '2020-12-31' };
    expect((await on('GET', 'microsoft/analytics/v1.0', 'customerLedgerEntries')).rows).toEqual([]);
  });

  it('has no route for an app that is not installed, and no writes in a query', async () => {
    Object.assign(sandbox.settings, { analyticsInstalled: false, companionInstalled: false, reportsFinanceInstalled: false });
    for (const route of ['microsoft/analytics/v1.0', COMPANION, 'microsoft/reportsFinance/beta']) expect(await on('GET', route, 'customerLedgerEntries')).toMatchObject({ status: 400, code: 'BadRequest_NotFound' });
    sandbox.settings.reportsFinanceInstalled = true;
    expect(await on('POST', 'microsoft/reportsFinance/beta', 'customerLedgerEntries', {})).toMatchObject({ status: 400, code: 'BadRequest_MethodNotAllowed' });
  });

  it('realizes an exchange difference when a payment closes an invoice of another rate', async () => {
    const euro = sandbox.elsewhere.addCustomer({ name: 'Delta GmbH', currency: 'EUR' });
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: euro.number, amount: '100', postingDate: '2026-09-01' });
    sandbox.elsewhere.settleInvoice(invoice.number);
    const rows = (await on('GET', COMPANION, "detailedCustomerLedgerEntries?$filter=entryType eq 'Realized_x0020_Gain'")).rows;
    expect(rows).toMatchObject([{ amount: 0, amountLocalCurrency: 2.24, currencyCode: 'EUR' }]);
    expect(await entryOf(invoice.number)).toMatchObject({ open: false, remainingAmount: 0, remainingAmountLocalCurrency: 0 });
  });

  it('opens an invoice again when its application is taken back, newest first, with discount and exchange difference', async () => {
    const quick = sandbox.elsewhere.addCustomer({ name: 'Beacon Motors', paymentTerms: '2D10N30' });
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: quick.number, amount: '200', postingDate: '2026-11-18' });
    sandbox.elsewhere.receivePayment({ customerNumber: quick.number, amount: '50', invoiceNumber: invoice.number, documentNumber: 'FIRST', postingDate: '2026-11-19' });
    sandbox.elsewhere.receivePayment({ customerNumber: quick.number, amount: '146', invoiceNumber: invoice.number, documentNumber: 'SECOND', postingDate: '2026-11-19' });
    expect((await client.get(`salesInvoices(${invoice.id})`)).body['status']).toBe('Paid');
    expect((await on('GET', 'microsoft/reportsFinance/beta', `customerLedgerEntries?$filter=documentNumber eq '${invoice.number}'`)).rows).toMatchObject([{ amount: 196, open: false }]);
    expect(await entryOf(invoice.number)).toMatchObject({ amount: 200, remainingAmount: 0 });
    const flags = (await on('GET', 'microsoft/analytics/v1.0', 'customerLedgerEntries?$filter=cleEntryNo eq 1')).rows.map((row) => [row['dcleEntryType'], row['dcleLedgerEntryAmount']]);
    expect(flags).toEqual([['Initial_x0020_Entry', true], ['Application', false], ['Payment_x0020_Discount', true], ['Application', false]]);
    const first = await entryOf('FIRST');
    expect(await on('POST', COMPANION, `customerLedgerEntries(${String(first['id'])})/Microsoft.NAV.unapply`, {})).toMatchObject({ status: 400, message: 'Before you can unapply this entry, you must first unapply all application entries that were posted after this entry.' });
    const second = await entryOf('SECOND');
    expect((await on('POST', COMPANION, `customerLedgerEntries(${String(second['id'])})/Microsoft.NAV.unapply`, { postingDate: '2026-11-20' })).status).toBe(204);
    expect((await client.get(`salesInvoices(${invoice.id})`)).body).toMatchObject({ status: 'Open', remainingAmount: 150 });
    expect((await entryOf('SECOND'))['remainingAmount']).toBe(-146);
    expect((await on('GET', COMPANION, 'detailedCustomerLedgerEntries?$filter=unapplied eq true')).rows).toHaveLength(6);
  });

  it('reverses a payment once, only unapplied, and never a sales document', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100' });
    sandbox.elsewhere.receivePayment({ customerNumber: customer.number, amount: '40', invoiceNumber: invoice.number, documentNumber: 'PAY' });
    const reverse = async (number: string): Promise<Reply> => on('POST', COMPANION, `customerLedgerEntries(${String((await entryOf(number))['id'])})/Microsoft.NAV.reverse`);
    expect((await reverse('PAY')).message).toMatch(/^You cannot reverse Cust\. Ledger Entry No\. \d+ because the entry is either applied to an entry or has been changed by a batch job\.$/);
    expect((await reverse(invoice.number)).message).toBe('You can only reverse entries that were posted from a journal.');
    sandbox.elsewhere.unapply('PAY');
    expect((await reverse('PAY')).status).toBe(204);
    expect(await entryOf('PAY')).toMatchObject({ reversed: true, open: false, remainingAmount: 0 });
    expect((await reverse('PAY')).status).toBe(400);
    expect((await entryOf(invoice.number))['remainingAmount']).toBe(100);
  });

  it('reverses a payment whose discount was taken and taken back, without counting the discount twice', () => {
    const early = sandbox.elsewhere.addCustomer({ name: 'Early payer', currency: 'USD', paymentTerms: '2D10N30' }).number;
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: early, amount: '120', postingDate: '2026-11-18' });
    sandbox.elsewhere.receivePayment({ customerNumber: early, amount: '117.60', invoiceNumber: invoice.number, documentNumber: 'EARLY', postingDate: '2026-11-20' });
    expect(sandbox.elsewhere.openAmounts()).not.toContainEqual(expect.objectContaining({ number: invoice.number }));
    sandbox.elsewhere.unapply('EARLY');
    sandbox.elsewhere.reverse('EARLY');
    sandbox.checkBooks();
    expect(sandbox.stats().invariantViolations).toBe(0);
  });

  it('pays several invoices by one line with an applies-to id, and reports what it posted', async () => {
    const invoices = ['50', '60'].map((amount) => sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount }));
    for (const [index, invoice] of invoices.entries()) {
      const entry = await entryOf(invoice.number);
      expect((await on('PATCH', COMPANION, `customerLedgerEntries(${String(entry['id'])})`, { appliesToId: 'RUN1', ...(index === 1 ? { amountToApply: 20 } : {}) }, { 'if-match': '*' })).status).toBe(200);
    }
    const journal = (await on('POST', COMPANION, 'cashReceiptJournals', { code: 'COMP', displayName: 'Companion', balancingAccountType: 'Bank_x0020_Account', balancingAccountNumber: 'CHECKING' })).body;
    await on('POST', COMPANION, `cashReceiptJournals(${String(journal['id'])})/cashReceiptLines`, { customerNumber: customer.number, documentNumber: 'ONE', externalDocumentNumber: 'TRB-9', amount: -75, postingDate: '2026-11-20', appliesToId: 'RUN1' });
    const posted = await on('POST', COMPANION, `cashReceiptJournals(${String(journal['id'])})/Microsoft.NAV.postWithResult`);
    expect(posted.status).toBe(200);
    expect(JSON.parse(String(posted.body['value']))).toEqual([{ lineNumber: 10_000, entryNumber: 3, documentNumber: 'ONE' }]);
    expect(invoices.map((invoice) => sandbox.elsewhere.openAmount(invoice.number))).toEqual(['0', '40']);
    expect(sandbox.elsewhere.openAmount('ONE')).toBe('-5');
  });

  it('applies a payment on account to an invoice, in part, and refuses what does not fit', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100', postingDate: '2026-11-01' });
    sandbox.elsewhere.receivePayment({ customerNumber: customer.number, amount: '40', documentNumber: 'ACCOUNT', postingDate: '2026-11-02' });
    const [target, payment] = [await entryOf(invoice.number), await entryOf('ACCOUNT')];
    const path = `customerLedgerEntries(${String(payment['id'])})/Microsoft.NAV.apply`;
    expect((await on('POST', COMPANION, path, { appliedToEntryNumber: target['entryNumber'], amount: 15.5, postingDate: '2026-11-20' })).status).toBe(204);
    expect(sandbox.elsewhere.openAmount(invoice.number)).toBe('84.5');
    expect(sandbox.elsewhere.openAmount('ACCOUNT')).toBe('-24.5');
    expect((await on('POST', COMPANION, path, { appliedToEntryNumber: payment['entryNumber'] })).status).toBe(400);
    expect((await on('POST', COMPANION, path, { appliedToEntryNumber: 999 })).status).toBe(400);
  });

  it('adds up after any sequence of documents, receipts, applications taken back and reversals', () => {
    const step = fc.record({ kind: fc.constantFrom('invoice', 'credit', 'settle', 'account', 'unapply', 'reverse', 'cancel'), amount: fc.integer({ min: 1, max: 500 }), pick: fc.nat(20) });
    fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const party = sandbox.elsewhere.addCustomer({ name: 'Any', currency: steps.length % 2 === 0 ? 'USD' : 'EUR', paymentTerms: '2D10N30' }).number;
      const invoices: string[] = [];
      const payments: string[] = [];
      for (const { kind, amount, pick } of steps) {
        const invoice = invoices[pick % Math.max(1, invoices.length)];
        const payment = payments[pick % Math.max(1, payments.length)];
        const work: Record<string, () => void> = {
          invoice: () => { invoices.push(sandbox.elsewhere.addInvoice({ customerNumber: party, amount: String(amount), postingDate: pick % 2 === 0 ? '2026-09-01' : '2026-11-18' }).number); },
          credit: () => { sandbox.elsewhere.addCreditMemo({ customerNumber: party, amount: String(amount), ...(invoice === undefined ? {} : { appliesTo: invoice }) }); },
          settle: () => {
            const documentNumber = `P${payments.length}-${party}`;
            if (invoice !== undefined) sandbox.elsewhere.receivePayment({ customerNumber: party, amount: String(amount), invoiceNumber: invoice, documentNumber, postingDate: '2026-11-20' });
            if (invoice !== undefined) payments.push(documentNumber);
          },
          account: () => { sandbox.elsewhere.receivePayment({ customerNumber: party, amount: String(amount), documentNumber: `A${payments.length}-${party}` }); },
          unapply: () => { if (payment !== undefined) sandbox.elsewhere.unapply(payment); },
          reverse: () => { if (payment !== undefined) sandbox.elsewhere.reverse(payment); },
          cancel: () => { if (invoice !== undefined) sandbox.elsewhere.cancelInvoice(invoice); },
        };
        try {
          work[kind]?.();
        } catch (error) {
          // What the ledger refuses by its rules is fine; a broken book is not.
          expect(['ODataError', 'NoOpenEntry']).toContain((error as Error).name);
        }
      }
      sandbox.checkBooks();
      expect(sandbox.stats().invariantViolations).toBe(0);
    }), { numRuns: 60 });
  });
});
