/** Runs that look at everything instead of at what changed: what the incremental ones cannot see. */
export const NIGHTLY_KINDS = ['sweep', 'deletions'] as const;
export type NightlyKind = (typeof NIGHTLY_KINDS)[number];

export interface NightlyFacts {
  /** IANA zone of the account; null before the first check. */
  readonly timeZone: string | null;
  /** When a run of the kind was last asked for; null when never. */
  readonly askedAt: Readonly<Record<NightlyKind, Date | null>>;
}

/** In the account's own night, when nobody works there. */
export const NIGHT_FROM_HOUR = 1;
export const NIGHT_TO_HOUR = 5;
const HOUR_MS = 3_600_000;
/** One run a night, also when the clock is set back in it. */
const AGAIN_AFTER_HOURS = 18;
/** A hub that is switched off at night still gets to it. */
const OVERDUE_AFTER_HOURS = 48;

/** Which of the nightly runs are due: open balances by sweep, deletions by comparison (DESIGN 5; a payment need not touch its invoice). */
export function nightlyRunsDue({ timeZone, askedAt }: NightlyFacts, now: Date): readonly NightlyKind[] {
  const hour = hourIn(timeZone ?? 'UTC', now);
  const night = hour >= NIGHT_FROM_HOUR && hour < NIGHT_TO_HOUR;
  return NIGHTLY_KINDS.filter((kind) => {
    const last = askedAt[kind];
    const hours = last === null ? Number.POSITIVE_INFINITY : (now.getTime() - last.getTime()) / HOUR_MS;
    return last === null ? night : hours >= OVERDUE_AFTER_HOURS || (night && hours >= AGAIN_AFTER_HOURS);
  });
}

function hourIn(timeZone: string, instant: Date): number {
  return Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(instant));
}
