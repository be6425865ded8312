import { Pacer } from './pacer.js';

const SOON_MS = 1_000;

describe('a pacer', () => {
  it('is idle while it waits for answers and another call could start, not while all places are taken, nor while nothing is under way', async () => {
    const [one, two] = [new Pacer(1), new Pacer(2)];
    expect(two.idle()).toBe(false);
    const turns = await Promise.all([one.turn(SOON_MS), two.turn(SOON_MS)]);
    // By then the next turn is due, at the first rate of 20 a second.
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect([one.idle(), two.idle()]).toEqual([false, true]);
    for (const turn of turns) turn?.end(null);
    expect([one.idle(), two.idle()]).toEqual([false, false]);
  });

  it('is not idle while the target asked for a pause', async () => {
    const pacer = new Pacer(2);
    (await pacer.turn(SOON_MS))?.end({ retryAfterMs: 5_000 });
    expect(pacer.idle()).toBe(false);
    expect(pacer.heldForMs()).toBeGreaterThan(0);
  });
});
