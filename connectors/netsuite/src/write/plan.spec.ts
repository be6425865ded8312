import fc from 'fast-check';
import { canonicalJson, IDEMPOTENCY_KEY_MAX, type PlannedStep } from '#canonical';
import type { Plan } from '#connector-kit';
import { intentOf, PROBE, share, toolsOf, usd } from '../testing/postings.js';
import { plan } from './plan.js';
import { splitByInvoice } from './split.js';

function stepsOf(planned: Plan): readonly PlannedStep[] {
  if ('refusals' in planned) throw new Error(planned.refusals.map((refusal) => refusal.problem).join('; '));
  return planned.steps;
}

const refusalsOf = (planned: Plan): readonly string[] => ('refusals' in planned ? planned.refusals.map((refusal) => refusal.code) : []);

describe('a plan for NetSuite', () => {
  it('books cash with every application stated, exact, and under its key', () => {
    const [step, ...rest] = stepsOf(plan(intentOf(), toolsOf()));
    expect(rest).toEqual([]);
    expect(step).toMatchObject({ stepKey: 'posting_7', operation: 'post', action: 'create', recordType: 'customerPayment', target: null });
    expect(step?.body).toEqual({
      externalId: 'posting_7', customer: { id: '12' }, subsidiary: { id: '2' }, currency: { id: '1' }, payment: { $number: '250.00' }, tranDate: '2026-03-10',
      arAcct: { id: '119' }, account: { id: '128' }, checkNumber: 'WIRE 1', memo: 'WIRE 1', autoApply: false,
      apply: { items: [
        { doc: { id: '4711' }, line: { $number: '0' }, apply: true, amount: { $number: '200.00' } },
        { doc: { id: '4712' }, line: { $number: '0' }, apply: true, amount: { $number: '30.00' } },
      ] },
    });
    expect(step?.expected).toEqual({
      fields: { customer: '12', amount: '250.00', currency: 'USD', postedOn: '2026-03-10', memo: 'WIRE 1', unapplied: '20.00' },
      applications: [{ externalId: '4711', amount: '200.00' }, { externalId: '4712', amount: '30.00' }],
    });
    expect(step?.effects.map((effect) => [effect.number, effect.before, effect.after])).toEqual([['DOC-4711', '200.00', '0.00'], ['DOC-4712', '80.00', '50.00']]);
  });

  it('names a bank account or undeposited funds, never both', () => {
    const bodyOf = (bankAccountExternalId: string | null): PlannedStep['body'] | undefined => stepsOf(plan(intentOf({ bankAccountExternalId }), toolsOf()))[0]?.body;
    expect(bodyOf('128')).toMatchObject({ account: { id: '128' } });
    expect(bodyOf('128')).not.toHaveProperty('undepFunds');
    expect(bodyOf(null)).toMatchObject({ undepFunds: { id: 'T' } });
    expect(bodyOf(null)).not.toHaveProperty('account');
  });

  it('keeps the line of an instalment, and counts instalments of one invoice together', () => {
    const invoices = [share('4711', '100.00', '100.00', '3'), share('4711', '50.00', '100.00', '4')];
    const [step] = stepsOf(plan(intentOf({ amount: usd('150.00'), invoices, onAccount: usd('0') }), toolsOf()));
    expect(step?.body).toMatchObject({ apply: { items: [{ line: { $number: '3' } }, { line: { $number: '4' } }] } });
    expect(step?.expected.applications).toEqual([{ externalId: '4711', amount: '150.00' }]);
  });

  it('changes each credit memo in a step of its own, and pays the rest in cash', () => {
    const intent = intentOf({ amount: usd('130.00'), invoices: [share('4711', '200.00')], credits: [share('4800', '70.00', '100.00')], onAccount: usd('0') });
    const [payment, credit] = stepsOf(plan(intent, toolsOf()));
    expect(payment?.expected.applications).toEqual([{ externalId: '4711', amount: '130.00' }]);
    expect(credit).toMatchObject({
      stepKey: 'posting_7-credit1', operation: 'apply', action: 'update', recordType: 'creditMemo', target: { externalId: '4800' },
      expected: { applications: [{ externalId: '4711', amount: '70.00' }] },
    });
    expect(credit?.effects.at(-1)).toMatchObject({ document: 'creditMemo', before: '100.00', after: '30.00' });
    expect(credit?.effects[0]).toMatchObject({ document: 'invoice', before: '70.00', after: '0.00' });
  });

  it('writes off by a journal and a payment over nothing that ticks its credit', () => {
    const writeOff = { ...share('4711', '5.00', '205.00'), accountExternalId: '640', reasonCode: 'bank-fee' };
    const intent = intentOf({ amount: usd('200.00'), invoices: [share('4711', '200.00', '205.00')], writeOffs: [writeOff], onAccount: usd('0') });
    const [payment, journal, settle] = stepsOf(plan(intent, toolsOf()));
    expect(payment?.effects).toMatchObject([{ before: '205.00', after: '5.00' }]);
    expect(journal?.body).toMatchObject({ line: { items: [
      { account: { id: '119' }, credit: { $number: '5.00' }, entity: { id: '12' } }, { account: { id: '640' }, debit: { $number: '5.00' } },
    ] } });
    expect(journal?.expected.fields).toMatchObject({ 'account 119': '-5.00', 'account 640': '5.00' });
    expect(settle?.body).toMatchObject({
      payment: { $number: '0.00' }, credit: { items: [{ doc: { id: { $step: 'posting_7-writeoff' } }, line: { $lineOfAccount: '119' }, amount: { $number: '5.00' } }] },
    });
    expect(settle?.effects).toMatchObject([{ before: '5.00', after: '0.00' }]);
  });

  it('refuses in sentences what it cannot book', () => {
    const writeOff = { ...share('4711', '5.00', '205.00'), accountExternalId: '640', reasonCode: 'x' };
    expect(refusalsOf(plan(intentOf({ amount: usd('1.00') }), toolsOf()))).toEqual(['other']);
    expect(refusalsOf(plan(intentOf(), toolsOf({}, null)))).toEqual(['other']);
    expect(refusalsOf(plan(intentOf({ companyExternalId: null }), toolsOf()))).toEqual(['companyMismatch']);
    expect(refusalsOf(plan(intentOf(), toolsOf({}, { ...PROBE, features: { oneWorld: true } })))).toEqual(['currencyMismatch']);
    expect(refusalsOf(plan(intentOf({ receivablesAccountExternalId: null, writeOffs: [writeOff], invoices: [share('4711', '200.00', '205.00')], amount: usd('200.00'), onAccount: usd('0') }), toolsOf()))).toEqual(['accountMissing']);
    expect(refusalsOf(plan(intentOf({ amount: usd('0'), invoices: [], onAccount: usd('0') }), toolsOf()))).toEqual(['other']);
    expect(refusalsOf(plan(intentOf({ amount: usd('0'), invoices: [], credits: [share('4800', '20.00')], onAccount: usd('20.00') }), toolsOf()))).toEqual(['other']);
  });

  it('leaves subsidiaries out where the account has none', () => {
    const probe = { ...PROBE, features: { ...PROBE.features, oneWorld: false } };
    const [step] = stepsOf(plan(intentOf({ companyExternalId: 'account' }), toolsOf({}, probe)));
    expect(step?.body).not.toHaveProperty('subsidiary');
  });

  it('gives short keys of their own, whatever the length of the posting\'s', () => {
    const intent = intentOf({ idempotencyKey: 'k'.repeat(IDEMPOTENCY_KEY_MAX), amount: usd('130.00'), invoices: [share('4711', '200.00')], credits: [share('4800', '70.00')], onAccount: usd('0') });
    const keys = stepsOf(plan(intent, toolsOf())).map((step) => step.stepKey);
    expect(new Set(keys).size).toBe(2);
    expect(keys.every((key) => /^[A-Za-z0-9_-]{1,60}$/.test(key))).toBe(true);
  });

  it('is the same every time', () => {
    expect(canonicalJson(plan(intentOf(), toolsOf()))).toBe(canonicalJson(plan(intentOf(), toolsOf())));
  });
});

describe('the split of credits and cash', () => {
  it('neither loses nor makes money, and gives no invoice more than it wants', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10_000n }), { maxLength: 6 });
    fc.assert(fc.property(amounts, amounts, (invoices, credits) => {
      const document = (minor: bigint, index: number) => ({ ...share(String(index), '1.00'), amount: { minor, currency: 'USD' } });
      const split = splitByInvoice(invoices.map(document), credits.map(document));
      const sum = (list: readonly bigint[]): bigint => list.reduce((left, right) => left + right, 0n);
      const fromCredits = split.credits.flatMap(({ parts }) => parts);
      const byInvoice = invoices.map((_, index) => sum([...split.cash, ...fromCredits].filter((part) => part.invoice.externalId === String(index)).map((part) => part.amount.minor)));
      return byInvoice.every((settled, index) => settled === invoices[index]) && sum(fromCredits.map((part) => part.amount.minor)) + split.creditLeft === sum(credits);
    }));
  });
});
