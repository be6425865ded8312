import type { PlannedStep } from '#canonical';
import { neededSteps, PlaceholderError, resolveStep } from './placeholders.js';

const step: PlannedStep = {
  stepKey: 'k-apply', operation: 'apply', action: 'update', recordType: 'creditMemo', target: { stepKey: 'k-credit' },
  body: { apply: [{ doc: { $step: 'k-payment' }, amount: '1.00' }], note: '$step', odd: { $step: 'k', more: 'x' } },
  expected: { fields: {}, applications: [] }, effects: [], says: 'Apply the credit',
};

describe('placeholders of a step', () => {
  it('are found in the body and in the target, and nothing else is taken for one', () => {
    expect(neededSteps(step)).toEqual(['k-payment', 'k-credit']);
  });

  it('are replaced by the ids the earlier steps got', () => {
    const resolved = resolveStep(step, new Map([['k-payment', '12'], ['k-credit', '7']]));
    expect(resolved.target).toEqual({ externalId: '7' });
    expect(resolved.body).toEqual({ apply: [{ doc: '12', amount: '1.00' }], note: '$step', odd: { $step: 'k', more: 'x' } });
  });

  it('stop the step, by name, when an earlier one is not booked', () => {
    expect(() => resolveStep(step, new Map([['k-credit', '7']]))).toThrow(PlaceholderError);
    expect(() => resolveStep(step, new Map([['k-credit', '7']]))).toThrow('needs the id of "k-payment"');
  });
});
