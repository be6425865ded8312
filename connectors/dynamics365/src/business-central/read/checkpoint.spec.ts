import fc from 'fast-check';
import { checkpointOf, stateOf, type ReadState } from './checkpoint.js';

const instant = fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString());
const state: fc.Arbitrary<ReadState> = fc.oneof(
  fc.record({ at: fc.constant('rest' as const), cursor: instant }),
  fc.record({ at: fc.constant('pages' as const), phase: fc.nat(3), since: fc.option(instant), until: instant, link: fc.option(fc.string({ minLength: 1, maxLength: 3000 })) }),
);

describe('a checkpoint', () => {
  it('is the state it was made of, through JSON', () => {
    fc.assert(fc.property(state, (given) => { expect(stateOf(JSON.parse(JSON.stringify(checkpointOf(given))) as never)).toEqual(given); }));
  });

  it('keeps no link that would not fit', () => {
    const given = { at: 'pages', phase: 0, since: null, until: '2026-03-10T15:00:00.000Z', link: 'x'.repeat(3001) } as const;
    expect(stateOf(checkpointOf(given))).toEqual({ ...given, link: null });
  });

  it.each([[{ version: 2, at: 'rest', cursor: '2026-03-10T15:00:00Z' }, 'checkpoint.version'], [{ version: 1, at: 'rest', cursor: 'soon' }, 'checkpoint.at'], [{ version: 1, at: 'pages', until: '2026-03-10T15:00:00Z', since: '', link: '', phase: -1 }, 'checkpoint.at']])(
    '%j is refused by name', (given, path) => {
      expect(() => stateOf(given as never)).toThrow(expect.objectContaining({ failure: expect.objectContaining({ issues: [expect.objectContaining({ path })] }) as object }) as Error);
    });
});
