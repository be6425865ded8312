import fc from 'fast-check';
import { chainHash, CHAIN_START, findBreak, type ChainedEntry } from './rules/audit-chain.js';
import { allows } from './rules/roles.js';
import { SecretBox } from './secret-box.js';

function chainOf(actions: readonly string[]): ChainedEntry[] {
  let previous: Uint8Array = CHAIN_START;
  return actions.map((action, index) => {
    const entry = { sequence: String(index + 1), at: '2026-01-01T00:00:00.000Z', actor: 'ann', action, subject: 'posting/1', detail: { n: index } };
    const chained = { ...entry, previousHash: previous, hash: chainHash(previous, entry) };
    previous = chained.hash;
    return chained;
  });
}

describe('the audit chain', () => {
  it('holds when untouched and breaks at any single change, removal or swap', () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 12 }), fc.nat(), (actions, pick) => {
      const chain = chainOf(actions);
      expect(findBreak(chain)).toBeNull();
      const at = pick % chain.length;
      const changed = chain.map((entry, index) => (index === at ? { ...entry, actor: 'mallory' } : entry));
      expect(findBreak(changed)?.sequence).toBe(String(at + 1));
      if (at < chain.length - 1) expect(findBreak(chain.filter((_, index) => index !== at))).not.toBeNull();
      const swapped = [...chain].reverse();
      expect(findBreak(swapped)).not.toBeNull();
    }));
  });
});

describe('the secret box', () => {
  const box = new SecretBox(Buffer.alloc(32, 7));
  it('opens what it sealed, for the same purpose only', () => {
    const sealed = box.seal('{"token":"x"}', 'connection/1');
    expect(box.open(sealed, 'connection/1')).toBe('{"token":"x"}');
    expect(() => box.open(sealed, 'connection/2')).toThrow('connection/2');
    expect(sealed.includes(Buffer.from('token'))).toBe(false);
  });
  it('refuses a changed value, another key and a key of the wrong length', () => {
    const sealed = box.seal('secret', 'p');
    sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1;
    expect(() => box.open(sealed, 'p')).toThrow('do not open');
    expect(() => new SecretBox(Buffer.alloc(32, 8)).open(box.seal('secret', 'p'), 'p')).toThrow('do not open');
    expect(() => new SecretBox(Buffer.alloc(16))).toThrow('32');
  });
});

describe('roles', () => {
  it('let a viewer read and nothing else, an analyst post but not configure', () => {
    expect(allows(['viewer'], 'read')).toBe(true);
    expect(allows(['viewer'], 'decide')).toBe(false);
    expect(allows(['analyst'], 'post')).toBe(true);
    expect(allows(['analyst'], 'configure')).toBe(false);
    expect(allows([], 'read')).toBe(false);
  });
});
