import fc from 'fast-check';
import { asBatchState, BATCH_STATES, BATCH_STATE_NAMES, mayMoveBatch, moveBatch } from './batch-state.js';
import { closesInMs, closingProblems } from './batch-closing.js';
import { BATCH_LIMITS, lookAgainInMs, nextBatchAction, pollAfterMs, type BatchFacts } from './next-batch-action.js';

function reachable(from: string): Set<string> {
  const table: Readonly<Record<string, { readonly next: readonly string[] }>> = BATCH_STATES;
  const seen = new Set([from]);
  for (const state of seen) for (const next of table[state]?.next ?? []) seen.add(next);
  return seen;
}

describe('the state table of batches', () => {
  it('reaches every state from "closed", and names no state it does not have', () => {
    expect([...reachable('closed')].sort()).toEqual([...BATCH_STATE_NAMES].sort());
  });

  it('lets every batch that is not finished end acknowledged, and come before a person', () => {
    for (const state of BATCH_STATE_NAMES.filter((name) => BATCH_STATES[name].turn !== 'nobody')) {
      const ends = reachable(state);
      expect([state, ends.has('acknowledged'), ends.has('stopped') || ends.has('unconfirmed')]).toEqual([state, true, true]);
    }
  });

  it('begins no delivery but from where nothing has left, or where that was looked up', () => {
    expect(BATCH_STATE_NAMES.filter((name) => mayMoveBatch(name, 'delivering')).sort()).toEqual(['closed', 'unknown']);
    expect(() => moveBatch('delivered', 'delivering')).toThrow('a batch does not move from "delivered" to "delivering"');
    expect(() => asBatchState('lost')).toThrow('"lost" is no state of a batch');
  });

  it('withdraws nothing that may be under way', () => {
    expect(BATCH_STATE_NAMES.filter((name) => mayMoveBatch(name, 'withdrawn')).sort()).toEqual(['awaitingPerson', 'stopped', 'unconfirmed']);
  });
});

describe('what the lane does next with a batch', () => {
  const facts = (more: Partial<BatchFacts>): BatchFacts => ({ state: 'closed', attempts: 0, attemptsBeforeRetry: 0, lookUps: 0, resendAfterMs: null, absentSinceMs: null, ...more });
  const next = (more: Partial<BatchFacts>) => nextBatchAction(facts(more), BATCH_LIMITS);

  it('delivers what was never delivered, and asks about what was', () => {
    expect([next({}), next({ state: 'delivered' }), next({ state: 'unconfirmed' }), next({ state: 'awaitingPerson' }), next({ state: 'stopped' })].map((action) => action.do)).toEqual(['deliver', 'confirm', 'confirm', 'nothing', 'nothing']);
  });

  it('delivers a file in doubt only after a look-up that began once its wait was over', () => {
    fc.assert(fc.property(fc.constantFrom('delivering' as const, 'unknown' as const), fc.integer({ min: 0, max: 10_000 }), fc.option(fc.integer({ min: 0, max: 10_000 })), (state, resendAfterMs, absentSinceMs) => {
      const action = next({ state, attempts: 1, resendAfterMs, absentSinceMs });
      expect(action.do === 'deliver').toBe(absentSinceMs !== null && absentSinceMs >= resendAfterMs);
    }));
  });

  it('hands over to a person instead of trying for ever, and begins anew when that person says so', () => {
    expect(next({ attempts: 8 })).toEqual({ do: 'giveUp', because: 'could not be delivered in 8 tries' });
    expect(next({ attempts: 8, attemptsBeforeRetry: 8 })).toEqual({ do: 'deliver' });
    expect(next({ state: 'unknown', attempts: 1, lookUps: 40, resendAfterMs: 0 }).do).toBe('giveUp');
  });

  it('asks less and less often, and looks again exactly when a wait is over', () => {
    expect([0, 1, 2, 30].map((polls) => pollAfterMs(polls, 1))).toEqual([5_000, 10_000, 20_000, 600_000]);
    expect(lookAgainInMs({ lookUps: 9, resendAfterMs: 10_000 }, 9_000, 0.5)).toBe(1_001);
  });
});

describe('when what waits becomes a file', () => {
  const at = (text: string): number => Date.parse(text);

  it('is so many minutes after the oldest posting', () => {
    const policy = { how: 'every', minutes: 15 } as const;
    expect(closesInMs(policy, at('2026-03-01T10:00:00Z'), at('2026-03-01T10:05:00Z'), 'UTC')).toBe(600_000);
    expect(closesInMs(policy, at('2026-03-01T10:00:00Z'), at('2026-03-01T10:15:00Z'), 'UTC')).toBe(0);
    expect(closesInMs({ how: 'onRequest' }, 0, at('2026-03-01T10:15:00Z'), 'UTC')).toBeNull();
  });

  it('is a time of day in the account\'s zone, on the posting\'s day or the next', () => {
    const policy = { how: 'daily', at: '17:00' } as const;
    const zone = 'America/Los_Angeles';
    expect(closesInMs(policy, at('2026-03-02T20:00:00Z'), at('2026-03-03T00:59:00Z'), zone)).toBe(60_000);
    expect(closesInMs(policy, at('2026-03-02T20:00:00Z'), at('2026-03-03T01:00:00Z'), zone)).toBe(0);
    expect(closesInMs(policy, at('2026-03-03T01:00:00Z'), at('2026-03-03T01:00:00Z'), zone)).toBeGreaterThan(0);
    expect(closesInMs(policy, at('2026-03-03T01:00:00Z'), at('2026-03-04T01:00:00Z'), zone)).toBe(0);
  });

  it('comes once and only once a day, also where clocks are put forward or back', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    fc.assert(fc.property(fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-31T00:00:00Z') }), fc.integer({ min: 0, max: 23 }), zones, (oldest, hour, zone) => {
      const policy = { how: 'daily', at: `${String(hour).padStart(2, '0')}:30` } as const;
      let now = oldest;
      for (let steps = 0; (closesInMs(policy, oldest, now, zone) ?? 0) > 0; steps += 1) {
        if (steps > 200) throw new Error('it never closes');
        now += closesInMs(policy, oldest, now, zone) ?? 0;
      }
      expect(now - oldest).toBeLessThanOrEqual(25 * 3_600_000 + 60_000);
    }), { numRuns: 60 });
  });

  it.each([
    [{ how: 'every', minutes: -1 }, 'minutes'], [{ how: 'every', minutes: 1.5 }, 'minutes'], [{ how: 'daily', at: '24:00' }, 'at'], [{ how: 'daily', at: '7:00' }, 'at'],
  ] as const)('refuses %j', (policy, field) => {
    expect(closingProblems(policy).map((problem) => problem.field)).toEqual([field]);
  });
});
