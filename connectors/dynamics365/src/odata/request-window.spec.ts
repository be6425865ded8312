import fc from 'fast-check';
import { RequestWindow } from './request-window.js';

/** Asks without end, by a clock of its own, and notes when each request left. */
async function departures(requestsMax: number, windowMs: number, untilMs: number): Promise<readonly number[]> {
  let nowMs = 0;
  const window = new RequestWindow({ requestsMax, windowMs }, () => nowMs);
  const left: number[] = [];
  for (;;) {
    // What leaves the window meanwhile may spread the rest anew.
    for (let waitMs = window.waitMs(); waitMs > 0; waitMs = window.waitMs()) nowMs += Math.ceil(waitMs);
    if (nowMs >= untilMs) return left;
    await window.turn(new AbortController().signal);
    left.push(nowMs);
  }
}

const within = (left: readonly number[], fromMs: number, windowMs: number): number => left.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs).length;

describe('the share of a sliding window', () => {
  it('is never exceeded, wherever the window begins, and is used up in each', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1_000, max: 5_000 }), async (requestsMax, windowMs) => {
      const left = await departures(requestsMax, windowMs, windowMs * 4);
      for (const fromMs of left) expect(within(left, fromMs, windowMs)).toBeLessThanOrEqual(requestsMax);
      // Whole milliseconds cost a request at most one of them.
      expect(left.length).toBeGreaterThanOrEqual(Math.floor(requestsMax * 4 * (1 - requestsMax / windowMs)) - 4);
    }), { numRuns: 40 });
  });

  it('lets a short burst go at once', async () => {
    expect(within(await departures(100, 10_000, 10_000), 0, 1)).toBe(50);
  });

  it('never stands still for long: what is left after a burst is spread', async () => {
    const left = await departures(100, 10_000, 40_000);
    const pausesMs = left.slice(1).map((atMs, index) => atMs - (left[index] ?? 0));
    expect(Math.max(...pausesMs)).toBeLessThanOrEqual(10_000 / 50 + 1);
  });

  it('takes nothing from a caller that gave up, and lets the next one go', async () => {
    const nowMs = 0;
    const window = new RequestWindow({ requestsMax: 2, windowMs: 60_000 }, () => nowMs);
    await window.turn(new AbortController().signal);
    await expect(window.turn(AbortSignal.timeout(5))).rejects.toMatchObject({ name: 'AbortError' });
    expect(window.waitMs()).toBe(60_000);
  });
});
