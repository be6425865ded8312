/**
 * NetSuite states `lastmodifieddate` in the clock of the account, without a zone. These functions put instants on that clock.
 * Where the clock is set back, an hour exists twice; a window must then start early, or rows fall into the gap.
 */

/** Nothing sets a clock back by more than this. */
const SHIFT_MS_MAX = 3 * 60 * 60_000;

/** The clock text, `YYYY-MM-DD HH:MM:SS`, which no instant from `from` on comes before. It may be an hour early: reading twice is harmless. */
export function wallStart(from: Date, zone: string): string {
  const start = from.getTime();
  return wallText(start + Math.min(offsetMs(start, zone), offsetMs(start + SHIFT_MS_MAX, zone)));
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
