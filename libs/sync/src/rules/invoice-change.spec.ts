import fc from 'fast-check';
import { nextStep, saidOf, type Terms } from './invoice-change.js';

const terms = fc.record(Object.fromEntries(['dueOn', 'promisedOn', 'disputeStatus'].map((name) => [name, fc.constantFrom(null, 'a', 'b')])), { requiredKeys: [] }) as fc.Arbitrary<Terms>;

describe('the next step of a change', () => {
  it.each([
    ['the source holds what the hub had read', { dueOn: 'b' }, { dueOn: 'a' }, { dueOn: 'a' }, 'send'], ['it holds what is wanted already', { dueOn: 'b' }, { dueOn: 'a' }, { dueOn: 'b' }, 'made'],
    ['somebody else changed the same term', { dueOn: 'b' }, { dueOn: 'a' }, { dueOn: 'c' }, 'conflict'], ['somebody else changed another term', { dueOn: 'b' }, { dueOn: 'a', disputeStatus: null }, { dueOn: 'a', disputeStatus: 'PRICE' }, 'send'],
    ['a term is taken off that is not there', { promisedOn: null }, {}, {}, 'made'], ['one of two is made', { dueOn: 'b', promisedOn: 'b' }, { dueOn: 'a', promisedOn: null }, { dueOn: 'b', promisedOn: null }, 'send'],
  ] as const)('when %s', (_what, wanted, seen, found, step) => { expect(nextStep(wanted, seen, found).do).toBe(step); });

  it('says what is there and what was, of the terms that are in the way alone', () => {
    const step = nextStep({ dueOn: 'b', promisedOn: 'x' }, { dueOn: 'a' }, { dueOn: 'c' });
    expect(step.do === 'conflict' ? saidOf(step.differences) : '').toBe('dueOn is c there, and was a when the hub last read it');
  });

  it('is made exactly when the source holds every term wanted, and never sends over a term somebody else changed', () => {
    fc.assert(fc.property(terms, terms, terms, (wanted, seen, found) => {
      const step = nextStep(wanted, seen, found);
      const names = Object.keys(wanted);
      expect(step.do === 'made').toBe(names.every((name) => (found[name] ?? null) === (wanted[name] ?? null)));
      if (step.do === 'send') for (const name of names) expect([seen[name] ?? null, wanted[name] ?? null]).toContain(found[name] ?? null);
    }));
  });
});
