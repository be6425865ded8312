import { randomInt } from 'node:crypto';

const DELAY_MS = 500;
const DELAY_MS_MAX = 60_000;

/**
 * How long to stay away after the `inARow`-th 429 in a row, where the service names no delay: growing, the second half drawn at random so
 * that workers do not come back together.
 * @param delayMsMax longest delay; short where the limit is a sliding window, whose places come free one by one
 */
export function throttleDelayMs(inARow: number, delayMsMax: number = DELAY_MS_MAX, draw: (below: number) => number = randomInt): number {
  const full = Math.min(delayMsMax, DELAY_MS * 2 ** Math.max(0, inARow - 1));
  return Math.round(full / 2) + draw(Math.round(full / 2) + 1);
}
