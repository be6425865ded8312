import { neededSteps, type Plan, type ReversalRequest, type SentStep } from '#connector-kit';
import { parseLocalDate, type PlannedStep, type PostingIntent } from '#canonical';
import { intentOf, share, toolsOf, usd } from '../testing/postings.js';
import { plan } from './plan.js';
import { planReversal } from './reverse.js';

const writeOff = { ...share('4711', '5.00', '205.00'), accountExternalId: '640', reasonCode: 'bank-fee' };
const SHORT_PAID = intentOf({ amount: usd('200.00'), invoices: [share('4711', '200.00', '205.00')], writeOffs: [writeOff], onAccount: usd('0') });
const WITH_CREDIT = intentOf({ amount: usd('130.00'), invoices: [share('4711', '200.00')], credits: [share('4800', '70.00')], onAccount: usd('0') });

function booked(intent: PostingIntent): SentStep[] {
  const planned = plan(intent, toolsOf());
  if ('refusals' in planned) throw new Error('refused');
  return planned.steps.map((step, index) => ({ step, externalId: step.target !== null && 'externalId' in step.target ? step.target.externalId : String(9001 + index) }));
}

function request(intent: PostingIntent): ReversalRequest {
  return { idempotencyKey: `${intent.idempotencyKey}-r`, intent, booked: booked(intent), reversedOn: parseLocalDate('2026-04-02'), reason: 'applied to the wrong customer' };
}

const shapeOf = (planned: Plan): string[] => ('refusals' in planned ? planned.refusals.map((refusal) => `refused ${refusal.code}`) : planned.steps.map((step) => `${step.operation} ${step.action} ${step.recordType}`));
const stepsOf = (planned: Plan): readonly PlannedStep[] => ('steps' in planned ? planned.steps : []);

describe('a reversal in NetSuite', () => {
  it('deletes what was booked, last first, and gives credits back', () => {
    expect(shapeOf(planReversal(request(SHORT_PAID), toolsOf()))).toEqual(['reverse delete customerPayment', 'reverse delete journalEntry', 'reverse delete customerPayment']);
    const [unapply, remove] = stepsOf(planReversal(request(WITH_CREDIT), toolsOf()));
    expect(unapply).toMatchObject({
      operation: 'unapply', action: 'update', recordType: 'creditMemo', target: { externalId: '4800' }, expected: { applications: [] },
      body: { apply: { items: [{ doc: { id: '4711' }, apply: false }] } },
    });
    expect(remove).toMatchObject({ action: 'delete', target: { externalId: '9001' } });
  });

  it('shows invoices as open again', () => {
    const effects = stepsOf(planReversal(request(SHORT_PAID), toolsOf())).flatMap((step) => step.effects);
    expect(effects.map((effect) => `${effect.before} -> ${effect.after}`)).toEqual(['0.00 -> 5.00', '5.00 -> 205.00']);
  });

  it('states the reason where deletions need one', () => {
    const [step] = stepsOf(planReversal(request(intentOf()), toolsOf({ deletionReasonId: '3' })));
    expect(step?.body).toEqual({ deletionReason: { id: '3' }, deletionReasonMemo: 'applied to the wrong customer' });
  });

  it('counters a payment that may not be deleted by a journal, and settles one with the other', () => {
    const steps = stepsOf(planReversal(request(intentOf()), toolsOf({ reversal: 'compensate' })));
    expect(steps.map((step) => `${step.operation} ${step.action} ${step.recordType}`)).toEqual(['unapply update customerPayment', 'reverse create journalEntry', 'reverse update customerPayment']);
    expect(steps[0]?.body).toMatchObject({ customer: { id: '12' }, apply: { items: [{ doc: { id: '4711' }, apply: false }, { doc: { id: '4712' }, apply: false }] } });
    expect(steps[1]?.body).toMatchObject({ tranDate: '2026-04-02', line: { items: [
      { account: { id: '119' }, debit: { $number: '250.00' }, entity: { id: '12' } }, { account: { id: '128' }, credit: { $number: '250.00' } },
    ] } });
    expect(steps[2]?.body).toMatchObject({ apply: { items: [{ doc: { id: { $step: steps[1]?.stepKey } }, line: { $lineOfAccount: '119' }, apply: true, amount: { $number: '250.00' } }] } });
    expect(steps[2]?.expected.fields).toMatchObject({ unapplied: '0.00' });
  });

  it('counters a write-off with its sides turned, in steps that need only steps before them', () => {
    const steps = stepsOf(planReversal(request(SHORT_PAID), toolsOf({ reversal: 'compensate' })));
    const [released, journal, settle] = steps;
    expect(released?.body).toMatchObject({ credit: { items: [{ doc: { id: '9002' }, apply: false }] } });
    expect(journal?.expected.fields).toMatchObject({ 'account 119': '5.00', 'account 640': '-5.00' });
    expect(settle?.body).toMatchObject({ payment: { $number: '0.00' }, credit: { items: [{ doc: { id: '9002' } }] } });
    const before = new Set<string>();
    for (const step of steps) {
      expect(neededSteps(step).every((key) => before.has(key))).toBe(true);
      before.add(step.stepKey);
    }
    expect(before.size).toBe(steps.length);
  });

  it('says why where it may not', () => {
    expect(shapeOf(planReversal(request(intentOf()), toolsOf({ reversal: 'unapply' })))).toEqual(['refused notSupported']);
    const undeposited = intentOf({ bankAccountExternalId: null });
    expect(shapeOf(planReversal(request(undeposited), toolsOf({ reversal: 'compensate' })))).toEqual(['refused accountMissing']);
    expect(shapeOf(planReversal(request(undeposited), toolsOf({ reversal: 'compensate', undepositedFundsAccountId: '130' })))[0]).toBe('unapply update customerPayment');
    expect(shapeOf(planReversal({ ...request(intentOf()), booked: [] }, toolsOf()))).toEqual(['refused other']);
  });
});
