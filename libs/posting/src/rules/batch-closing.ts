/** When a connection's waiting postings become a file. Whatever it is, a person may ask at any time. */
export type ClosingPolicy =
  /** So many minutes after the oldest of them was finalized. */
  | { readonly how: 'every'; readonly minutes: number }
  /** At this time of day in the account's zone, `HH:MM`. */
  | { readonly how: 'daily'; readonly at: string }
  | { readonly how: 'onRequest' };

export const CLOSING_DEFAULT: ClosingPolicy = { how: 'every', minutes: 15 };
/** How long a target may leave a delivered file without an answer before a person is asked. */
export const CONFIRM_WITHIN_MINUTES_DEFAULT = 24 * 60;
export const MINUTES_MAX = 31 * 24 * 60;
/** A daily closing is asked about again at the latest then: clocks of zones jump. */
const ASK_AGAIN_MS = 15 * 60_000;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Everything wrong with a policy, as sentences with the field's name. */
export function closingProblems(policy: ClosingPolicy): { readonly field: string; readonly problem: string }[] {
  if (policy.how === 'every' && !(Number.isInteger(policy.minutes) && policy.minutes >= 0 && policy.minutes <= MINUTES_MAX)) return [{ field: 'minutes', problem: `must be a whole number from 0 to ${MINUTES_MAX}` }];
  if (policy.how === 'daily' && !TIME_OF_DAY.test(policy.at)) return [{ field: 'at', problem: 'must be a time of day such as "17:30"' }];
  return [];
}

/** Milliseconds until the waiting postings are closed into files: 0 is now, null is not before somebody asks. Instants since 1970. */
export function closesInMs(policy: ClosingPolicy, oldestMs: number, nowMs: number, timeZone: string): number | null {
  switch (policy.how) {
    case 'onRequest': return null;
    case 'every': return Math.max(0, oldestMs + policy.minutes * 60_000 - nowMs);
    case 'daily': {
      const [oldest, now] = [localMinutes(oldestMs, timeZone), localMinutes(nowMs, timeZone)];
      const [hours = 0, minutes = 0] = policy.at.split(':').map(Number);
      const sameDay = Math.floor(oldest / MINUTES_OF_DAY) * MINUTES_OF_DAY + hours * 60 + minutes;
      const closing = oldest < sameDay ? sameDay : sameDay + MINUTES_OF_DAY;
      return now >= closing ? 0 : Math.min((closing - now) * 60_000, ASK_AGAIN_MS);
    }
  }
}

const MINUTES_OF_DAY = 24 * 60;

/** What a wall clock in the zone shows, as minutes since its 1 January 1970. */
function localMinutes(instantMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(new Date(instantMs));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) / 60_000;
}
