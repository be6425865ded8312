import { FINANCE_PACKAGE_CAPABILITIES } from '../capabilities.js';
import { ENVIRONMENT, intentOf, toolsOf, usd } from '../testing/postings.js';
import { plan } from './plan.js';
import { planReversal } from './reverse.js';
import { plannedJournal } from './words.js';

const stepOf = (...[intent = intentOf(), tools = toolsOf()]: Partial<Parameters<typeof plan>>) => {
  const planned = plan(intent, tools);
  if (!('steps' in planned)) throw new Error(planned.refusals.map(({ problem }) => problem).join('; '));
  return planned.steps[0];
};
const refusalOf = (...parameters: Parameters<typeof plan>) => {
  const planned = plan(...parameters);
  return 'refusals' in planned ? planned.refusals[0] : null;
};

describe('a plan for Finance', () => {
  it('is one journal with one line: money in is a positive credit, the day is an instant at noon', () => {
    const step = stepOf();
    const { header, line, marks } = plannedJournal(step);
    expect(header).toEqual({ dataAreaId: 'usmf', JournalName: 'ARPay', Description: 'trb-7' });
    expect(line).toMatchObject({ AccountType: 'Cust', AccountDisplayValue: 'US-001', TransactionDate: '2026-03-10T12:00:00Z', CreditAmount: { $number: '175.00' }, OffsetAccountDisplayValue: 'USMF OPER', PaymentId: 'trb-7' });
    expect(line).not.toHaveProperty('DebitAmount');
    expect(marks.map(({ amount }) => amount)).toEqual(['100.00', '25.00']);
    expect(step.expected).toEqual({
      fields: { customer: 'usmf/US-001', currency: 'USD', postedOn: '2026-03-10', amount: '175.00', unapplied: '50.00', reference: 'WIRE 1' },
      applications: [{ externalId: 'usmf/71', amount: '100.00' }, { externalId: 'usmf/72', amount: '25.00' }],
    });
    expect(step.effects.map(({ before, after }) => [before, after])).toEqual([['100.00', '0.00'], ['100.00', '75.00']]);
  });

  it('leaves the journal number to Finance', () => {
    expect(stepOf().body['header']).not.toHaveProperty('JournalBatchNumber');
  });

  it('expects the reference as it was cut', () => {
    expect(stepOf(intentOf({ reference: 'WIRE 000123 FROM CONTOSO RETAIL' })).expected.fields['reference']).toBe('WIRE 000123 FROM CON');
  });

  it('books on the account the posting names, of whatever kind, and on no other company\'s', () => {
    expect(plannedJournal(stepOf(intentOf({ bankAccountExternalId: 'usmf/Ledger/110180-001' }))).line).toMatchObject({ OffsetAccountType: 'Ledger', OffsetAccountDisplayValue: '110180-001' });
    expect(plannedJournal(stepOf(intentOf({ bankAccountExternalId: 'USMF PAYRO' }))).line).toMatchObject({ OffsetAccountType: 'Bank', OffsetAccountDisplayValue: 'USMF PAYRO' });
    expect(refusalOf(intentOf({ bankAccountExternalId: 'gbsi/Bank/GBSI OPER' }), toolsOf())?.code).toBe('companyMismatch');
  });

  it('escapes the separator of the dimension format, and expects the account without', () => {
    const step = stepOf(intentOf(), toolsOf({ ...ENVIRONMENT, accountSeparator: '-' }));
    expect(plannedJournal(step).line['AccountDisplayValue']).toBe('US\\-001');
    expect(step.expected.fields['customer']).toBe('usmf/US-001');
  });

  it.each([
    ['credits', intentOf({ amount: usd(7_500n), credits: [{ externalId: 'usmf/80', number: 'CN-1', lineExternalId: null, amount: usd(10_000n), openBefore: usd(10_000n) }] }), 'notSupported'],
    ['write-offs', intentOf({ writeOffs: [{ externalId: 'usmf/72', number: 'CIV-2', lineExternalId: null, amount: usd(1n), openBefore: usd(10_000n), accountExternalId: '1', reasonCode: 'x' }] }), 'notSupported'],
    ['another company', intentOf({ companyExternalId: 'frrt' }), 'companyMismatch'],
    ['a customer that is none', intentOf({ customerExternalId: '17' }), 'customerMismatch'],
    ['a document that is none', intentOf({ invoices: [{ externalId: 'usmf/CIV-1', number: 'CIV-1', lineExternalId: null, amount: usd(12_500n), openBefore: usd(12_500n) }] }), 'documentMissing'],
    ['an amount that does not add up', intentOf({ amount: usd(1n) }), 'other'],
  ])('refuses %s in a sentence', (_what, intent, code) => {
    const refusal = refusalOf(intent, toolsOf());
    expect(refusal?.code).toBe(code);
    expect(refusal?.cure).toContain(' ');
  });

  it('refuses where no journal or no bank account is known', () => {
    const { journalName: _journal, ...withoutJournal } = ENVIRONMENT;
    const { bankAccountId: _bank, ...withoutBank } = ENVIRONMENT;
    expect(refusalOf(intentOf(), toolsOf(withoutJournal))?.path).toBe('config.journalName');
    expect(refusalOf(intentOf(), toolsOf(withoutBank))?.code).toBe('accountMissing');
    expect(refusalOf(intentOf(), { ...toolsOf(), probe: null })?.path).toBe('probe');
  });

  it('refuses a mapping that does not write the key', () => {
    const { render, ...tools } = toolsOf();
    const cut: typeof render = (mapping, value) => ({ ...render(mapping, value), header: { dataAreaId: 'usmf', Description: 'trb' } });
    expect(refusalOf(intentOf(), { ...tools, render: cut })?.path).toBe('mapping');
  });

  it('is the same for packages, and a reversal is a person\'s work in both', () => {
    expect(stepOf(intentOf(), toolsOf(ENVIRONMENT, FINANCE_PACKAGE_CAPABILITIES))).toEqual(stepOf());
    const reversal = planReversal({ idempotencyKey: 'r', intent: intentOf(), booked: [{ step: stepOf(), externalId: 'usmf/90' }], reversedOn: intentOf().postedOn, reason: 'wrong customer' });
    expect('refusals' in reversal && reversal.refusals[0]).toMatchObject({ code: 'notSupported', value: 'usmf/90' });
  });
});
