import fc from 'fast-check';
import { BACK_OFF_MS_MAX, backOffMs, RETRY_AFTER_DEFAULT_MS, retryAfterMs } from './back-off.js';

describe('waiting before the next try', () => {
  it('doubles from half a second to a minute, spread over half of each wait', () => {
    expect([1, 2, 3, 8, 50].map((attempt) => backOffMs(attempt, 1))).toEqual([500, 1_000, 2_000, 60_000, 60_000]);
    expect(backOffMs(1, 0)).toBe(250);
  });

  it('stays within its bounds for any attempt', () => {
    fc.assert(fc.property(fc.integer({ min: -5, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, spread) => {
      const wait = backOffMs(attempt, spread);
      expect(wait >= 250 && wait <= BACK_OFF_MS_MAX).toBe(true);
    }));
  });

  it.each([-1, 0, 1e9, Number.NaN, Number.POSITIVE_INFINITY])('takes %p for nonsense', (stated) => {
    expect(retryAfterMs(stated)).toBe(RETRY_AFTER_DEFAULT_MS);
  });

  it('obeys a delay that makes sense', () => {
    expect(retryAfterMs(2_500)).toBe(2_500);
  });
});
