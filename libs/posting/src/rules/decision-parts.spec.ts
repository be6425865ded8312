import fc from 'fast-check';
import { intentProblems, parseLocalDate, type Money } from '#canonical';
import { partsOf, type DecidedDocument, type Decision, type DecisionFacts } from './decision-parts.js';

const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });

function document(id: string, customerId: string, open: bigint, companyExternalId: string | null = '1'): DecidedDocument {
  return { id, externalId: `e${id}`, number: `INV-${id}`, customerId, companyExternalId, open: usd(open) };
}

function facts(amount: bigint, invoices: readonly DecidedDocument[], credits: readonly DecidedDocument[] = []): DecisionFacts {
  return {
    amount: usd(amount), bookedOn: parseLocalDate('2026-03-02'), reference: 'WIRE 7', memo: 'memo', bankAccountExternalId: '100', receivablesAccountExternalId: null, companyExternalId: '1',
    customers: new Map([['a', { externalId: 'A', companyExternalId: '1' }], ['b', { externalId: 'B', companyExternalId: null }]]), invoices: new Map(invoices.map((each) => [each.id, each])), credits: new Map(credits.map((each) => [each.id, each])),
  };
}

const base: Decision = { customerId: 'a', invoices: [], credits: [], writeOffs: [], onAccount: usd(0n), postedOn: null, memo: null };

describe('the parts of a decision', () => {
  it('are one payment per customer and company, which together use up the transaction', () => {
    const outcome = partsOf(
      { ...base, invoices: [{ invoiceId: '1', amount: usd(100n) }, { invoiceId: '2', amount: usd(50n) }, { invoiceId: '3', amount: usd(25n) }], onAccount: usd(5n) },
      facts(180n, [document('1', 'a', 100n), document('2', 'b', 60n), document('3', 'a', 25n, '2')]),
    );
    if (!('parts' in outcome)) throw new Error(JSON.stringify(outcome));
    expect(outcome.parts.map(({ customerId, intent }) => [customerId, intent.companyExternalId, intent.amount.minor, intent.onAccount.minor])).toEqual([
      ['a', '1', 105n, 5n], ['b', '1', 50n, 0n], ['a', '2', 25n, 0n],
    ]);
  });

  it('puts money that no document explains on the payer\'s account, in the company of the bank account', () => {
    const outcome = partsOf({ ...base, onAccount: usd(70n) }, facts(70n, []));
    expect(outcome).toMatchObject({ parts: [{ customerId: 'a', intent: { companyExternalId: '1', postedOn: '2026-03-02', amount: usd(70n), onAccount: usd(70n) } }] });
  });

  it.each<[string, Partial<Decision>, string]>([
    ['forgets part of the money', { invoices: [{ invoiceId: '1', amount: usd(60n) }] }, '0.40 USD of the transaction is not used'],
    ['uses money twice', { invoices: [{ invoiceId: '1', amount: usd(100n) }], onAccount: usd(1n) }, '-0.01 USD of the transaction is used twice'],
    ['takes more than is open', { invoices: [{ invoiceId: '1', amount: usd(101n) }] }, 'invoices[0].amount 1.01 is more than the 1.00 open on INV-1'],
    ['names an unknown invoice', { invoices: [{ invoiceId: '9', amount: usd(100n) }] }, 'invoices[0] names a document'],
    ['names an unknown customer', { customerId: 'z', onAccount: usd(100n) }, 'customerId there is no customer z'],
    ['takes nothing', { invoices: [{ invoiceId: '1', amount: usd(0n) }], onAccount: usd(100n) }, 'must be positive'],
    ['mixes currencies', { invoices: [{ invoiceId: '1', amount: { minor: 100n, currency: 'EUR' } }] }, 'INV-1 is in USD'],
  ])('are refused when the decision %s', (_, change, problem) => {
    const outcome = partsOf({ ...base, ...change }, facts(100n, [document('1', 'a', 100n)]));
    expect('problems' in outcome ? outcome.problems.map((each) => `${each.field} ${each.problem}`.trim()).join('; ') : 'no problem').toContain(problem);
  });

  it('always make intents that hold together, whatever is decided', () => {
    const share = fc.record({ customer: fc.constantFrom('a', 'b'), company: fc.constantFrom('1', '2'), amount: fc.bigInt(1n, 10_000n), more: fc.bigInt(0n, 10n) });
    fc.assert(fc.property(fc.array(share, { maxLength: 8 }), fc.bigInt(0n, 500n), (shares, onAccount) => {
      fc.pre(shares.length > 0 || onAccount > 0n);
      const documents = shares.map(({ customer, company, amount, more }, index) => document(String(index), customer, amount + more, company));
      const amount = shares.reduce((sum, each) => sum + each.amount, onAccount);
      const outcome = partsOf({ ...base, invoices: shares.map((each, index) => ({ invoiceId: String(index), amount: usd(each.amount) })), onAccount: usd(onAccount) }, facts(amount, documents));
      if (!('parts' in outcome)) throw new Error(JSON.stringify(outcome));
      expect(outcome.parts.reduce((sum, part) => sum + part.intent.amount.minor, 0n)).toBe(amount);
      for (const part of outcome.parts) expect(intentProblems({ ...part.intent, idempotencyKey: 'k' })).toEqual([]);
    }));
  });
});
