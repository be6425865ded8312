import fc from 'fast-check';
import { parseLocalDate, parseMinorUnits, type DocumentShare, type JsonObject, type PostingIntent } from '#canonical';
import type { PlanTools, Probe } from '#connector-kit';
import { BUSINESS_CENTRAL_CAPABILITIES } from '../capabilities.js';
import { plan } from './plan.js';
import { planReversal } from './reverse.js';
import { LINES_MAX } from './words.js';

const config = { tenantId: 't', clientId: 'c', environment: 'Production', companyId: 'c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de01', timeZone: 'UTC', journalCodesByBank: { 'bank-eur': 'HUBEUR' } };
const probe: Probe = { at: '2026-03-10T12:00:00Z', missing: [], timeZone: 'UTC', features: {}, capabilities: BUSINESS_CENTRAL_CAPABILITIES };
/** The mapping's own cases hold what a body looks like; here the value it is made of is enough. */
const tools: PlanTools = { probe, config, today: parseLocalDate('2026-03-10'), render: (_mapping, value) => value as JsonObject };

const usd = (minor: bigint) => ({ minor, currency: 'USD' });
const share = (index: number, minor: bigint, open = minor): DocumentShare => ({ externalId: `i${index}`, number: `INV${index}`, lineExternalId: null, amount: usd(minor), openBefore: usd(open) });

function intentOf(invoices: readonly DocumentShare[], onAccount = 0n, changes: Partial<PostingIntent> = {}): PostingIntent {
  const amount = invoices.reduce((sum, { amount: { minor } }) => sum + minor, onAccount);
  return {
    idempotencyKey: 'pay_7', customerExternalId: 'cust', companyExternalId: null, postedOn: parseLocalDate('2026-03-10'), amount: usd(amount), bankAccountExternalId: null, receivablesAccountExternalId: null,
    reference: 'WIRE 1', memo: null, invoices, credits: [], writeOffs: [], onAccount: usd(onAccount), ...changes,
  };
}

const linesOf = (step: { readonly body: JsonObject } | undefined) => (step?.body['lines'] ?? []) as unknown as readonly { readonly amount: string; readonly invoice: string | null; readonly mark: string }[];

function stepsOf(intent: PostingIntent) {
  const planned = plan(intent, tools);
  if ('refusals' in planned) throw new Error(planned.refusals.map(({ problem }) => problem).join());
  return planned.steps;
}

describe('the plan of a receipt', () => {
  it('has a negative line for each invoice and one for the rest, which sum to the cash', () => {
    const minors = fc.array(fc.bigInt(1n, 10n ** 9n), { maxLength: 250 });
    fc.assert(fc.property(minors, fc.bigInt(0n, 10n ** 6n), (taken, onAccount) => {
      fc.pre(taken.length > 0 || onAccount > 0n);
      const intent = intentOf(taken.map((minor, index) => share(index, minor)), onAccount);
      const steps = stepsOf(intent);
      const lines = steps.flatMap((step) => [...linesOf(step)]);
      expect(lines).toHaveLength(taken.length + (onAccount > 0n ? 1 : 0));
      expect(lines.reduce((sum, line) => sum - parseMinorUnits(line.amount, 2), 0n)).toBe(intent.amount.minor);
      expect(lines.every((line) => line.amount.startsWith('-'))).toBe(true);
      expect(steps.every((step) => linesOf(step).length <= LINES_MAX && new Set(linesOf(step).map(({ mark }) => mark)).size === 1)).toBe(true);
      expect(new Set(steps.map(({ stepKey }) => stepKey)).size).toBe(steps.length);
      expect(steps.reduce((sum, { expected }) => sum + parseMinorUnits(expected.fields['amount'] ?? '0', 2), 0n)).toBe(intent.amount.minor);
    }), { numRuns: 40 });
  });

  it('pays an invoice once, though instalments name it twice', () => {
    const [step] = stepsOf(intentOf([share(1, 3_000n, 10_000n), { ...share(1, 2_000n, 10_000n), lineExternalId: '2' }]));
    expect(linesOf(step).map(({ amount, invoice }) => [amount, invoice])).toEqual([['-50.00', 'i1']]);
    expect(step?.effects).toEqual([{ document: 'invoice', externalId: 'i1', number: 'INV1', currency: 'USD', before: '100.00', after: '50.00' }]);
  });

  it('goes through the batch of its bank account', () => {
    const journalOf = (bankAccountExternalId: string | null) => stepsOf(intentOf([share(1, 1n)], 0n, { bankAccountExternalId }))[0]?.body['journal'];
    expect([null, 'bank-eur', 'bank-unknown'].map(journalOf)).toEqual(['TRIBUTARY', 'HUBEUR', 'TRIBUTARY']);
  });

  it('is refused, with every reason at once, where credits or write-offs are in it, or this tenant cannot be posted to', () => {
    const credit = { ...intentOf([share(1, 100n)]), amount: usd(60n), credits: [share(2, 40n)] };
    const withBoth = { ...credit, invoices: [share(1, 100n, 200n)], writeOffs: [{ ...share(1, 5n, 200n), accountExternalId: 'a', reasonCode: 'r' }] };
    const refused = plan(withBoth, tools);
    expect('refusals' in refused ? refused.refusals.map(({ code, path }) => [code, path]) : []).toEqual([['notSupported', 'intent.credits'], ['notSupported', 'intent.writeOffs']]);
    const manual = { ...BUSINESS_CENTRAL_CAPABILITIES, operations: { ...BUSINESS_CENTRAL_CAPABILITIES.operations, post: { by: 'manual', because: 'no ledger can be read' } as const } };
    const closed = plan(intentOf([share(1, 1n)]), { ...tools, probe: { ...probe, capabilities: manual } });
    expect('refusals' in closed ? closed.refusals[0]?.problem : '').toBe('no ledger can be read');
    const misset = plan(intentOf([share(1, 1n)]), { ...tools, config: {} });
    expect('refusals' in misset ? misset.refusals[0]?.path : '').toBe('config');
  });
});

describe('a reversal', () => {
  it('is work for a person, told which entries and in which order', () => {
    const intent = intentOf([share(1, 100n)]);
    const booked = stepsOf(intent).map((step) => ({ step, externalId: '4711' }));
    const planned = planReversal({ idempotencyKey: 'r', intent, booked, reversedOn: intent.postedOn, reason: 'wrong customer' }, tools);
    const [refusal] = 'refusals' in planned ? planned.refusals : [];
    expect([refusal?.code, refusal?.value]).toEqual(['notSupported', '4711']);
    expect(refusal?.cure).toMatch(/PAY_7-[A-Z2-7]{20}.*Unapply Entries.*Reverse Transaction/s);
  });
});
