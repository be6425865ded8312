import fc from 'fast-check';
import { ALL_SAFEGUARDS, nextAction, nextLookUpMs, POSTING_LIMITS, type Safeguards, type StepFacts } from './next-action.js';
import { moveStep, stateOfSteps, type StepState } from './posting-state.js';

const step = (state: StepState, more: Partial<StepFacts> = {}): StepFacts => ({ position: 0, state, attempts: state === 'planned' ? 0 : 1, attemptsBeforeRetry: 0, lookUps: 0, resendAfterMs: null, absentSinceMs: null, ...more });
const decide = (steps: StepFacts[], nowMs = 0, safeguards = ALL_SAFEGUARDS) =>
  nextAction({ state: stateOfSteps(steps), preflighted: false, readBacks: 0 }, steps, nowMs, POSTING_LIMITS, safeguards);

describe('what the lane does next', () => {
  it('asks for refusals before the first send, and only then', () => {
    expect(decide([step('planned')])).toEqual({ do: 'preflight' });
    expect(nextAction({ state: 'planned', preflighted: true, readBacks: 0 }, [step('planned')], 0, POSTING_LIMITS)).toEqual({ do: 'send', position: 0 });
    expect(decide([step('booked'), step('planned', { position: 1 })])).toEqual({ do: 'send', position: 1 });
  });

  it('looks up what a crash left under way, whatever the clock says', () => {
    expect(decide([step('sending', { resendAfterMs: 1_000 })], 1)).toEqual({ do: 'lookUp', position: 0 });
    expect(decide([step('sending', { resendAfterMs: 1_000 })], 99_999)).toEqual({ do: 'lookUp', position: 0 });
  });

  it('does not send again on a look-up that began before the target\'s processing time was over', () => {
    expect(decide([step('unknown', { resendAfterMs: 1_000, absentSinceMs: 999 })], 5_000)).toEqual({ do: 'lookUp', position: 0 });
    expect(decide([step('unknown', { resendAfterMs: 1_000, absentSinceMs: 1_000 })], 5_000)).toEqual({ do: 'send', position: 0 });
  });

  it('reads back when every step is booked', () => {
    expect(decide([step('booked'), step('booked', { position: 1 })])).toEqual({ do: 'readBack' });
  });

  it('hands over to a person instead of trying for ever', () => {
    expect(decide([step('planned', { attempts: 6 })])).toEqual({ do: 'giveUp', because: 'was not taken in 6 tries' });
    expect(decide([step('planned', { attempts: 6, attemptsBeforeRetry: 6 })])).toEqual({ do: 'preflight' });
    expect(decide([step('planned', { attempts: 12, attemptsBeforeRetry: 6 })])).toEqual({ do: 'giveUp', because: 'was not taken in 6 tries' });
    expect(decide([step('unknown', { attempts: 7, attemptsBeforeRetry: 6, resendAfterMs: 0, absentSinceMs: 1 })])).toEqual({ do: 'send', position: 0 });
    expect(decide([step('unknown', { attempts: 6, resendAfterMs: 0, absentSinceMs: 1 })])).toEqual({ do: 'giveUp', because: 'has no known outcome after 6 sends' });
    expect(decide([step('unknown', { lookUps: 30, resendAfterMs: 0 })])).toEqual({ do: 'giveUp', because: 'could not be looked up in 30 tries' });
    expect(decide([step('accepted', { lookUps: 30 })])).toEqual({ do: 'giveUp', because: 'was accepted, and is not decided after 30 look-ups' });
    expect(nextAction({ state: 'sent', preflighted: true, readBacks: 8 }, [step('booked')], 0, POSTING_LIMITS)).toEqual({ do: 'giveUp', because: 'could not be read back in 8 tries' });
  });

  it('looks again exactly when the wait is over, not a back-off later', () => {
    expect(nextLookUpMs({ lookUps: 9, resendAfterMs: 10_000 }, 9_000, 0.5)).toBe(10_001);
    expect(nextLookUpMs({ lookUps: 1, resendAfterMs: 10_000 }, 20_000, 0)).toBe(20_250);
  });
});

/**
 * A model of one step against a target that may commit late. The lane may crash at any time; it knows only its facts.
 * `commitsAtMs`: when each request that was sent commits in the target, at most `processingMs` after it was sent; null: never.
 */
const PROCESSING_MS = 100;
type Event =
  | { readonly kind: 'act'; readonly answer: 'booked' | 'lost' | 'nothingBooked' | 'crash'; readonly commitsInMs: number | null }
  | { readonly kind: 'pass'; readonly ms: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('act' as const), answer: fc.constantFrom('booked', 'lost', 'nothingBooked', 'crash'), commitsInMs: fc.option(fc.integer({ min: 0, max: PROCESSING_MS })) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: PROCESSING_MS }) }) },
);

/** Plays events; gives the instants at which a request reached the target and committed. */
function play(events: readonly Event[], safeguards: Safeguards): { commits: number[]; sends: number } {
  let now = 0;
  let facts = step('planned');
  const commits: number[] = [];
  let sends = 0;
  for (const current of events) {
    now += current.kind === 'pass' ? current.ms : 1;
    if (current.kind === 'pass') continue;
    const action = nextAction({ state: stateOfSteps([facts]), preflighted: true, readBacks: 0 }, [facts], now, POSTING_LIMITS, safeguards);
    if (action.do === 'lookUp') {
      const there = commits.some((at) => at <= now);
      facts = there ? { ...facts, state: moveStep(facts.state === 'sending' ? 'unknown' : facts.state, 'booked') }
        : { ...facts, state: 'unknown', lookUps: facts.lookUps + 1, absentSinceMs: now };
    }
    if (action.do !== 'send') continue;
    sends += 1;
    facts = { ...facts, state: moveStep(facts.state, 'sending'), attempts: facts.attempts + 1, lookUps: 0, absentSinceMs: null, resendAfterMs: now + PROCESSING_MS };
    if (current.answer === 'nothingBooked') { facts = { ...facts, state: moveStep(facts.state, 'planned') }; continue; }
    if (current.answer === 'booked') { commits.push(now); facts = { ...facts, state: moveStep(facts.state, 'booked') }; continue; }
    if (current.commitsInMs !== null) commits.push(now + current.commitsInMs);
    if (current.answer === 'lost') facts = { ...facts, state: moveStep(facts.state, 'unknown') };
  }
  return { commits, sends };
}

describe('any order of answers, crashes, late commits and waits', () => {
  it('never books twice', () => {
    fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      expect(play(events, ALL_SAFEGUARDS).commits.length).toBeLessThanOrEqual(1);
    }), { numRuns: 3_000 });
  });

  it.each([{ ...ALL_SAFEGUARDS, lookUp: false, unknownWait: false }, { ...ALL_SAFEGUARDS, unknownWait: false }])('books twice as soon as a safeguard is off (%j): the model can see it', (safeguards) => {
    const found = fc.check(fc.property(fc.array(event, { maxLength: 60 }), (events) => play(events, safeguards).commits.length <= 1), { numRuns: 3_000 });
    expect(found.failed).toBe(true);
  });
});
