import fc from 'fast-check';
import { descriptionOf, documentNumberOf, invoiceNumberOf, markOf, stepKeyIn } from './words.js';

const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);

describe('the mark of a step', () => {
  it('fits the fields, in capitals, and begins with what people recognise', () => {
    fc.assert(fc.property(key, (stepKey) => {
      expect(markOf(stepKey)).toMatch(/^[A-Z0-9_-]{1,35}$/);
      expect(documentNumberOf(stepKey)).toMatch(/^T[A-Z2-7]{19}$/);
      expect(markOf(stepKey).startsWith(`${stepKey.toUpperCase().slice(0, 14)}-`)).toBe(true);
    }));
  });

  it('is the same on every attempt, and differs between keys that differ in case, in length or at the end alone', () => {
    fc.assert(fc.property(key, (stepKey) => {
      expect(markOf(stepKey)).toBe(markOf(stepKey));
      const others = [`${stepKey}x`, `${stepKey}-`, stepKey.toUpperCase(), stepKey.toLowerCase()].filter((other) => other !== stepKey);
      for (const other of others) expect([markOf(other), documentNumberOf(other)]).not.toEqual([markOf(stepKey), documentNumberOf(stepKey)]);
      expect(others.map(markOf)).not.toContain(markOf(stepKey));
    }));
  });
});

describe('a description', () => {
  it('gives key and invoice back, and fits 100 characters', () => {
    fc.assert(fc.property(key, fc.option(fc.stringMatching(/^[A-Z0-9][A-Z0-9 /-]{0,18}[A-Z0-9]$/)), (stepKey, invoice) => {
      const description = descriptionOf(stepKey, invoice);
      expect([stepKeyIn(description), invoiceNumberOf(description)]).toEqual([stepKey, invoice]);
      expect(description.length).toBeLessThanOrEqual(100);
    }));
  });

  it('of somebody else names nothing', () => {
    expect(['Payment 103001', '', 'Tributary', 'tributary pay_1 103001'].map((text) => [stepKeyIn(text), invoiceNumberOf(text)])).toEqual([[null, null], [null, null], [null, null], [null, null]]);
  });
});
