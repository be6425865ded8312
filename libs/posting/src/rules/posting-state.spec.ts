import { bankStatusOf, move, moveStep, MoveError, nothingSent, POSTING_STATES, POSTING_STATE_NAMES, STEP_STATES, stateOfSteps, type PostingState, type StepState } from './posting-state.js';

function reachable(from: string, table: Readonly<Record<string, { readonly next: readonly string[] }>>): Set<string> {
  const seen = new Set([from]);
  for (const state of seen) for (const next of table[state]?.next ?? []) seen.add(next);
  return seen;
}

describe('the state table of postings', () => {
  it('reaches every state from "planned", and names no state it does not have', () => {
    expect([...reachable('planned', POSTING_STATES)].sort()).toEqual([...POSTING_STATE_NAMES].sort());
    expect([...reachable('planned', STEP_STATES)].sort()).toEqual(Object.keys(STEP_STATES).sort());
  });

  it('lets every posting that is not finished end verified or in front of a person', () => {
    for (const state of POSTING_STATE_NAMES.filter((name) => POSTING_STATES[name].turn === 'lane' || POSTING_STATES[name].turn === 'batch')) {
      const ends = reachable(state, POSTING_STATES);
      expect([state, ends.has('verified'), ends.has('attention')]).toEqual([state, true, true]);
    }
  });

  it('leaves a finished posting alone, except for the reversal that undoes it, and for a person\'s word that the target contradicts', () => {
    const undone = (state: PostingState): string[] => (state === 'settledByPerson' ? ['reversed', 'attention'] : state === 'verified' || state === 'differenceAccepted' ? ['reversed'] : []);
    const final = POSTING_STATE_NAMES.filter((name) => POSTING_STATES[name].turn === 'nobody');
    for (const state of final) expect(POSTING_STATES[state].next).toEqual(undone(state));
  });

  it('cannot be cancelled from any state in which a call may be under way or answered', () => {
    const cancellable = POSTING_STATE_NAMES.filter((name) => (POSTING_STATES[name].next as readonly string[]).includes('cancelled'));
    expect(cancellable.sort()).toEqual(['attention', 'planned', 'refused']);
    expect(nothingSent([{ state: 'planned' }, { state: 'refused' }])).toBe(true);
    expect(nothingSent([{ state: 'booked' }, { state: 'refused' }])).toBe(false);
    expect(nothingSent([{ state: 'unknown' }])).toBe(false);
  });

  it('refuses a move that is not in the table, naming both ends', () => {
    expect(() => move('verified', 'sending')).toThrow(new MoveError('a posting does not move from "verified" to "sending"; allowed: reversed'));
    expect(() => moveStep('booked', 'sending')).toThrow('a step does not move from "booked" to "sending"; allowed: none');
    expect(move('planned', 'sending')).toBe('sending');
  });

  it.each<[StepState[], PostingState]>([
    [['planned', 'planned'], 'planned'], [['booked', 'planned'], 'partlySent'], [['booked', 'sending'], 'sending'], [['booked', 'unknown'], 'unknown'],
    [['accepted', 'planned'], 'accepted'], [['booked', 'booked'], 'sent'], [['inFile'], 'inBatch'], [['exported'], 'exported'], [['booked', 'refused'], 'attention'], [['conflict'], 'attention'],
  ])('tells from steps %j that the posting is %s', (states, expected) => {
    expect(stateOfSteps(states.map((state) => ({ state })))).toBe(expected);
  });
});

describe('the status of a bank transaction', () => {
  const payment = (state: PostingState, amountMinor = 100n) => ({ kind: 'payment', state, amountMinor }) as const;

  it('is a person\'s business as soon as one of its postings is', () => {
    expect(bankStatusOf([payment('verified'), payment('differs')], 200n)).toBe('attention');
    expect(bankStatusOf([payment('verified'), { kind: 'reversal', state: 'refused', amountMinor: 100n }], 100n)).toBe('attention');
  });

  it('is posted only when all of its amount is', () => {
    expect(bankStatusOf([payment('verified', 60n), payment('sending', 40n)], 100n)).toBe('posting');
    expect(bankStatusOf([payment('verified', 60n), payment('cancelled', 40n)], 100n)).toBe('needsAllocation');
    expect(bankStatusOf([payment('cancelled', 100n), payment('verified', 60n), payment('differenceAccepted', 40n)], 100n)).toBe('posted');
  });

  it('needs allocation again once a reversal is verified', () => {
    expect(bankStatusOf([payment('verified'), { kind: 'reversal', state: 'sending', amountMinor: 100n }], 100n)).toBe('posting');
    expect(bankStatusOf([payment('reversed'), { kind: 'reversal', state: 'verified', amountMinor: 100n }], 100n)).toBe('needsAllocation');
  });
});
