import fc from 'fast-check';
import { wallClock, wallWindow } from './account-clock.js';

const ZONES = ['America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC', '-08:00'];

describe('the clock of the account', () => {
  it('shows an instant as the account does', () => {
    expect(wallClock(new Date('2026-07-01T12:00:00Z'), 'America/Los_Angeles')).toBe('2026-07-01 05:00:00');
    expect(wallClock(new Date('2026-01-01T12:00:00Z'), 'Asia/Kolkata')).toBe('2026-01-01 17:30:00');
  });

  it('does not turn an hour that exists twice into an empty window', () => {
    // 2026-11-01: New York goes from 01:59 EDT back to 01:00 EST at 06:00 UTC.
    const window = wallWindow(new Date('2026-11-01T05:50:00Z'), new Date('2026-11-01T06:05:00Z'), 'America/New_York');
    expect(window).toEqual({ from: '2026-11-01 00:50:00', until: '2026-11-01 02:05:00' });
  });

  it('has a window that holds every instant of its stretch, whatever the clock does meanwhile', () => {
    const instant = fc.date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2027-12-31T00:00:00Z'), noInvalidDate: true });
    const length = fc.oneof(fc.integer({ min: 1000, max: 4 * 3_600_000 }), fc.integer({ min: 1000, max: 400 * 86_400_000 }));
    fc.assert(fc.property(instant, length, fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...ZONES), (from, lengthMs, share, zone) => {
      const until = new Date(from.getTime() + lengthMs);
      const inside = new Date(from.getTime() + Math.floor(lengthMs * share));
      const window = wallWindow(from, until, zone);
      const seen = wallClock(inside, zone);
      return (window.from ?? '') <= seen && seen < window.until;
    }), { numRuns: 500 });
  });

  it('has no beginning when there is none', () => {
    expect(wallWindow(null, new Date('2026-03-10T12:00:00Z'), 'UTC')).toEqual({ from: null, until: '2026-03-10 12:00:00' });
  });
});
