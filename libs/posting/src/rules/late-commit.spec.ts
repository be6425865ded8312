import { committedByMs, mayCommitLate } from './late-commit.js';
import { STEP_STATES, type StepState } from './posting-state.js';

describe('what may still be booked', () => {
  const states = Object.keys(STEP_STATES) as StepState[];

  it('is every step whose last call has no answer, and one that was sent again before the call before it was decided', () => {
    expect(states.filter((state) => mayCommitLate({ state, repeatedInDoubt: false })).sort()).toEqual(['accepted', 'sending', 'unknown']);
    expect(states.filter((state) => mayCommitLate({ state, repeatedInDoubt: true })).sort()).toEqual(['accepted', 'conflict', 'planned', 'refused', 'sending', 'unknown']);
  });

  it('is decided when the lease of the call and the processing time are over, and not before the wait that was noted', () => {
    expect(committedByMs({ sentAtMs: 1_000, resendAfterMs: null }, 10, 500)).toBe(1_510);
    expect(committedByMs({ sentAtMs: 1_000, resendAfterMs: 2_000 }, 10, 500)).toBe(2_000);
    expect(committedByMs({ sentAtMs: null, resendAfterMs: null }, 10, 500)).toBe(0);
  });
});
