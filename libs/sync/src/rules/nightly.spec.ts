import { nightlyRunsDue } from './nightly.js';

const never = { sweep: null, deletions: null };
const at = (text: string): Date => new Date(text);

describe('the nightly runs', () => {
  it('come in the account\'s own night, once', () => {
    const now = at('2026-03-10T10:30:00Z');
    expect(nightlyRunsDue({ timeZone: 'America/Los_Angeles', askedAt: never }, now)).toEqual(['sweep', 'deletions']);
    expect(nightlyRunsDue({ timeZone: 'Europe/Berlin', askedAt: never }, now)).toEqual([]);
    expect(nightlyRunsDue({ timeZone: 'America/Los_Angeles', askedAt: { sweep: at('2026-03-10T08:10:00Z'), deletions: at('2026-03-09T09:00:00Z') } }, now)).toEqual(['deletions']);
  });

  it('do not come twice in the night in which the clock is set back', () => {
    // Berlin, 25 October 2026: 02:30 comes twice, at 00:30 and 01:30 UTC.
    expect(nightlyRunsDue({ timeZone: 'Europe/Berlin', askedAt: { sweep: at('2026-10-25T00:30:00Z'), deletions: null } }, at('2026-10-25T01:30:00Z'))).toEqual(['deletions']);
  });

  it('come at any hour to a hub that was off for two nights', () => {
    const askedAt = { sweep: at('2026-03-08T10:00:00Z'), deletions: at('2026-03-09T20:00:00Z') };
    expect(nightlyRunsDue({ timeZone: 'UTC', askedAt }, at('2026-03-10T12:00:00Z'))).toEqual(['sweep']);
  });

  it('follow UTC while the account\'s zone is not known', () => {
    expect(nightlyRunsDue({ timeZone: null, askedAt: never }, at('2026-03-10T02:00:00Z'))).toEqual(['sweep', 'deletions']);
  });
});
