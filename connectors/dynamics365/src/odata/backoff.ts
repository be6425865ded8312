import { randomInt } from 'node:crypto';

const DELAY_MS = 500;
const DELAY_MS_MAX = 60_000;

/**
 * How long to stay away after the `inARow`-th 429 in a row, where the service names no delay: growing, the second half drawn at random so
 * that workers do not come back together.
 */
export function throttleDelayMs(inARow: number, draw: (below: number) => number = randomInt): number {
  const full = Math.min(DELAY_MS_MAX, DELAY_MS * 2 ** Math.max(0, inARow - 1));
  return Math.round(full / 2) + draw(Math.round(full / 2) + 1);
}
