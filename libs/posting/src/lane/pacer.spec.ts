import { Pacer } from './pacer.js';

const SOON_MS = 1_000;

describe('a pacer', () => {
  it('is idle while a call could start and nobody wants to, and not while all places are taken', async () => {
    const pacer = new Pacer(1);
    expect(pacer.idle()).toBe(true);
    const turn = await pacer.turn(SOON_MS);
    expect(pacer.idle()).toBe(false);
    turn?.end(null);
    // The turn that was taken is made up for within the time a first rate of 20 a second needs.
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(pacer.idle()).toBe(true);
  });

  it('is not idle while the target asked for a pause', async () => {
    const pacer = new Pacer(2);
    (await pacer.turn(SOON_MS))?.end({ retryAfterMs: 5_000 });
    expect(pacer.idle()).toBe(false);
    expect(pacer.heldForMs()).toBeGreaterThan(0);
  });
});
