/**
 * NetSuite states `lastmodifieddate` in the clock of the account, without a zone. These functions put instants on that clock.
 * Where the clock is set back, an hour exists twice; a window must then start early and end late, or rows fall into the gap.
 */

/** Nothing sets a clock back by more than this. */
const SHIFT_MS_MAX = 3 * 60 * 60_000;

export interface WallWindow {
  /** `YYYY-MM-DD HH:MM:SS`, inclusive; null from the beginning. */
  readonly from: string | null;
  /** Exclusive. */
  readonly until: string;
}

/** The stretch of account clock that holds every instant of `[from, until)`. It may hold an hour more: reading twice is harmless. */
export function wallWindow(from: Date | null, until: Date, zone: string): WallWindow {
  const start = from === null ? null : from.getTime();
  const end = until.getTime();
  const endOffset = Math.max(offsetMs(end, zone), offsetMs(Math.max(end - SHIFT_MS_MAX, start ?? -Infinity), zone));
  const last = wallText(Math.ceil((end + endOffset) / 1000) * 1000);
  if (start === null) return { from: null, until: last };
  const startOffset = Math.min(offsetMs(start, zone), offsetMs(Math.min(start + SHIFT_MS_MAX, end), zone));
  return { from: wallText(start + startOffset), until: last };
}

/** `2026-11-01 01:30:00` for an instant on a zone's clock. */
export function wallClock(instant: Date, zone: string): string {
  return wallText(instant.getTime() + offsetMs(instant.getTime(), zone));
}

function wallText(shiftedMs: number): string {
  return new Date(shiftedMs).toISOString().slice(0, 19).replace('T', ' ');
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetMs(instantMs: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(new Date(instantMs)).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}
