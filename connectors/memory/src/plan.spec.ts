import fc from 'fast-check';
import { parseLocalDate, sumMoney, zeroMoney, type DocumentShare, type JsonObject, type Money, type PostingIntent } from '#canonical';
import type { PlanTools } from '#connector-kit';
import { planPosting, shareOut } from './plan.js';

const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });
const share = (externalId: string, minor: bigint): DocumentShare => ({ externalId, number: externalId, lineExternalId: null, amount: usd(minor), openBefore: usd(minor) });
const tools: PlanTools = { probe: null, config: {}, render: (_mapping, value) => value as JsonObject, today: parseLocalDate('2026-03-10') };

function intent(parts: Partial<PostingIntent>): PostingIntent {
  return {
    idempotencyKey: 'pay_1', customerExternalId: '1', companyExternalId: null, postedOn: parseLocalDate('2026-03-10'), amount: usd(0n), bankAccountExternalId: null,
    receivablesAccountExternalId: null, reference: null, memo: null, invoices: [], credits: [], writeOffs: [], onAccount: zeroMoney('USD'), ...parts,
  };
}

describe('a plan of the memory connector', () => {
  it('shares out credits and cash so that every invoice gets its amount and nothing is left', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(amounts, fc.array(fc.bigInt({ min: 1n, max: 10_000n }), { maxLength: 4 }), fc.bigInt({ min: 0n, max: 500n }), (invoiced, credited, spare) => {
      const total = invoiced.reduce((sum, minor) => sum + minor, 0n);
      const credits = credited.reduce((sum, minor) => sum + minor, 0n);
      fc.pre(credits <= total);
      const given = intent({
        amount: usd(total - credits + spare), onAccount: usd(spare), invoices: invoiced.map((minor, index) => share(`i${index}`, minor)), credits: credited.map((minor, index) => share(`c${index}`, minor)),
      });
      const { byCash, byCredit } = shareOut(given);
      const all = [...byCash, ...byCredit.flatMap(({ applications }) => applications)];
      for (const invoice of given.invoices) {
        expect(sumMoney(all.filter((entry) => entry.share === invoice).map(({ amount }) => amount), 'USD')).toEqual(invoice.amount);
      }
      for (const { credit, applications } of byCredit) expect(sumMoney(applications.map(({ amount }) => amount), 'USD')).toEqual(credit.amount);
      expect(all.every(({ amount }) => amount.minor > 0n)).toBe(true);
    }));
  });

  it('has no payment when credits alone settle an invoice', () => {
    const plan = planPosting(intent({ invoices: [share('i', 500n)], credits: [share('c', 500n)] }), tools);
    expect('steps' in plan ? plan.steps.map(({ operation }) => operation) : plan).toEqual(['apply']);
  });

  it('counts down what is open through all its steps', () => {
    const invoice = share('i', 1_000n);
    const plan = planPosting(intent({
      amount: usd(600n), invoices: [{ ...invoice, amount: usd(975n) }], credits: [share('c', 375n)],
      writeOffs: [{ ...invoice, amount: usd(25n), accountExternalId: '9', reasonCode: 'small' }],
    }), tools);
    const moves = 'steps' in plan ? plan.steps.flatMap(({ effects }) => effects).filter(({ document }) => document === 'invoice') : [];
    expect(moves.map(({ before, after }) => `${before} ${after}`)).toEqual(['10.00 4.00', '4.00 0.25', '0.25 0.00']);
  });

  it('refuses an empty posting and one that does not add up, in sentences', () => {
    for (const wrong of [intent({}), intent({ amount: usd(5n) })]) {
      const plan = planPosting(wrong, tools);
      expect('refusals' in plan ? plan.refusals[0].problem : '').toMatch(/ /);
    }
  });
});
