import fc from 'fast-check';
import { stepKeyOf } from './step-key.js';

const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
const name = fc.stringMatching(/^[a-z]{1,12}[0-9]{0,3}$/);

describe('a step key', () => {
  it('is the posting key and the step name while both fit', () => {
    expect(stepKeyOf('pay_7', 'credit1')).toBe('pay_7-credit1');
  });

  it('never exceeds what every target can store, and keeps to the alphabet', () => {
    fc.assert(fc.property(key, name, (posting, step) => {
      expect(stepKeyOf(posting, step)).toMatch(/^[A-Za-z0-9_-]{1,60}$/);
    }));
  });

  it('differs between postings that share a long beginning', () => {
    const long = 'a'.repeat(59);
    expect(stepKeyOf(`${long}x`, 'payment')).not.toBe(stepKeyOf(`${long}y`, 'payment'));
    expect(stepKeyOf(`${long}x`, 'payment')).not.toBe(stepKeyOf(`${long}x`, 'writeoff'));
  });
});
