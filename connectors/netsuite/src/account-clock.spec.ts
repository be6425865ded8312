import fc from 'fast-check';
import { wallClock, wallStart } from './account-clock.js';

const ZONES = ['America/Los_Angeles', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC', '-08:00'];

describe('the clock of the account', () => {
  it('shows an instant as the account does', () => {
    expect(wallClock(new Date('2026-07-01T12:00:00Z'), 'America/Los_Angeles')).toBe('2026-07-01 05:00:00');
    expect(wallClock(new Date('2026-01-01T12:00:00Z'), 'Asia/Kolkata')).toBe('2026-01-01 17:30:00');
  });

  it('starts early where an hour exists twice', () => {
    // 2026-11-01: New York goes from 01:59 EDT back to 01:00 EST at 06:00 UTC.
    expect(wallStart(new Date('2026-11-01T05:50:00Z'), 'America/New_York')).toBe('2026-11-01 00:50:00');
  });

  it('starts no later than any instant that follows, whatever the clock does meanwhile', () => {
    const instant = fc.date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2027-12-31T00:00:00Z'), noInvalidDate: true });
    const distance = fc.oneof(fc.integer({ min: 0, max: 4 * 3_600_000 }), fc.integer({ min: 0, max: 400 * 86_400_000 }));
    fc.assert(fc.property(instant, distance, fc.constantFrom(...ZONES), (from, distanceMs, zone) => {
      return wallStart(from, zone) <= wallClock(new Date(from.getTime() + distanceMs), zone);
    }), { numRuns: 500 });
  });

  it('starts at most an hour early, and on time on every ordinary day', () => {
    expect(wallStart(new Date('2026-06-01T05:50:00Z'), 'America/New_York')).toBe('2026-06-01 01:50:00');
  });
});
