import fc from 'fast-check';
import { RATE_LIMITS, RATE_WINDOW_MS } from './limits.js';
import { Allowance } from './pacing.js';

describe('the allowance of an Item', () => {
  it('is never overdrawn in any minute, however calls come', () => {
    const limits = [...Object.values(RATE_LIMITS.production), ...Object.values(RATE_LIMITS.sandbox)].map(({ perItem }) => perItem);
    fc.assert(fc.property(fc.constantFrom(...limits), fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 200 }), (perMinute, pauses) => {
      let now = 0;
      const allowance = new Allowance(perMinute, () => now);
      const made: number[] = [];
      for (const pause of pauses) {
        now += pause;
        // The caller waits before it calls, and asks again after that.
        now += allowance.take();
        made.push(now);
      }
      for (const at of made) expect(made.filter((each) => each >= at && each < at + RATE_WINDOW_MS - 1).length).toBeLessThanOrEqual(perMinute);
    }));
  });

  it('lets a first few through at once, and a long history at the rate of the limit', () => {
    let now = 0;
    const allowance = new Allowance(50, () => now);
    let waited = 0;
    for (let call = 0; call < 90; call += 1) {
      const wait = allowance.take();
      if (call < 10) expect(wait).toBe(0);
      now += wait;
      waited += wait;
    }
    // 80 calls after the first ten, at 40 a minute.
    expect(waited).toBeGreaterThan(119_000);
    expect(waited).toBeLessThan(121_000);
  });
});
