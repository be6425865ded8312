import fc from 'fast-check';
import { CHAIN_START, chainHash, chainProblems, type ChainedMove } from './evidence-chain.js';

const moveOf = (sequence: number): ChainedMove => ({
  postingId: '12', sequence, stepKey: 'trb-1-pay', fromState: 'planned', toState: 'sending', because: 'step 1 of 1 is sent', byWhom: 'lane',
  evidence: { attempt: sequence, request: { amount: '10.00' } }, at: `2026-11-22T14:00:00.00000${sequence}Z`,
});

function chain(length: number): (ChainedMove & { hash: string })[] {
  let previous = CHAIN_START;
  return Array.from({ length }, (_, index) => {
    const link = moveOf(index + 1);
    previous = chainHash(previous, link);
    return { ...link, hash: previous };
  });
}

describe('the chain over a posting\'s moves', () => {
  it('holds for what was written', () => {
    const links = chain(4);
    expect(chainProblems(links, links[3]?.hash ?? '')).toEqual([]);
    expect(chainProblems([], CHAIN_START)).toEqual([]);
  });

  it('does not depend on the order of keys in the evidence, which a database may change', () => {
    const link = moveOf(1);
    expect(chainHash(CHAIN_START, { ...link, evidence: { request: { amount: '10.00' }, attempt: 1 } })).toBe(chainHash(CHAIN_START, link));
  });

  it('breaks at any change of any field of any move, at a removed, swapped or added one', () => {
    const fields = ['postingId', 'stepKey', 'fromState', 'toState', 'because', 'byWhom', 'at'] as const;
    fc.assert(fc.property(fc.integer({ min: 0, max: 4 }), fc.constantFrom(...fields), fc.string(), (index, field, value) => {
      const links = chain(5);
      const head = links[4]?.hash ?? '';
      const changed = links.map((link, at) => (at === index ? { ...link, [field]: `${link[field]}${value}x` } : link));
      expect(chainProblems(changed, head)).toHaveLength(1);
      expect(chainProblems(links.filter((_, at) => at !== index), head)).toHaveLength(1);
    }));
    const [first, second, ...rest] = chain(5);
    expect(first !== undefined && second !== undefined && chainProblems([second, first, ...rest], rest[2]?.hash ?? '')).toHaveLength(1);
  });

  it('sees that the tail was cut off, because the posting holds the last hash', () => {
    const links = chain(3);
    expect(chainProblems(links.slice(0, 2), links[2]?.hash ?? '')[0]).toContain('its last moves are missing');
  });
});
