import { choosePreviewed, UNCHANGED_LISTED_MAX } from './previewed-records.js';

const outcomes = (records: readonly { readonly outcome: string }[]): string[] => records.map(({ outcome }) => outcome);

describe('the records of a preview', () => {
  const many = Array.from({ length: 40 }, () => ({ outcome: 'unchanged' as const }));

  it('begin with what is refused now, then with what is refused, changed and mapped now, whatever the order they come in', () => {
    const mixed = [...many, { outcome: 'nowMapped' as const }, { outcome: 'refused' as const }, ...many, { outcome: 'changed' as const }, { outcome: 'nowRefused' as const }];
    const { listed, leftOut, shown } = choosePreviewed(mixed, 3);
    expect(outcomes(listed)).toEqual(['nowRefused', 'refused', 'changed', 'nowMapped', ...Array.from({ length: UNCHANGED_LISTED_MAX }, () => 'unchanged')]);
    expect([leftOut, outcomes(shown)]).toEqual([80 - UNCHANGED_LISTED_MAX, ['nowRefused', 'refused', 'changed']]);
  });

  it('are unchanged ones only when nothing else is left to show, and a few at most', () => {
    expect(outcomes(choosePreviewed(many, 40).shown)).toHaveLength(UNCHANGED_LISTED_MAX);
    expect(choosePreviewed([], 3)).toEqual({ listed: [], leftOut: 0, shown: [] });
  });
});
