import { KnownConnections, LIST_AGE_MS_MAX } from './known-connections.js';

describe('the connections a delivery may name', () => {
  it('are read once, however many made-up ids come, and again when the list is old', async () => {
    let reads = 0;
    const known = new KnownConnections(async () => { reads += 1; return reads === 1 ? ['1'] : ['1', '2']; });
    const answers = await Promise.all(Array.from({ length: 500 }, (_, id) => known.has(String(id + 1), 0)));
    expect([answers.filter(Boolean).length, reads]).toEqual([1, 1]);
    expect([await known.has('2', LIST_AGE_MS_MAX - 1), reads]).toEqual([false, 1]);
    expect([await known.has('2', LIST_AGE_MS_MAX), reads]).toEqual([true, 2]);
  });

  it('hold what was found in between, until the next reading says more', async () => {
    let ids: readonly string[] = [];
    const known = new KnownConnections(() => Promise.resolve(ids));
    expect(await known.has('7', 0)).toBe(false);
    known.note('7');
    expect(await known.has('7', 1)).toBe(true);
    ids = ['8'];
    expect([await known.has('8', LIST_AGE_MS_MAX), await known.has('7', LIST_AGE_MS_MAX)]).toEqual([true, false]);
  });

  it('are read again after a reading that failed', async () => {
    let down = true;
    const known = new KnownConnections(() => (down ? Promise.reject(new Error('no database')) : Promise.resolve(['1'])));
    await expect(known.has('1', 0)).rejects.toThrow('no database');
    down = false;
    expect(await known.has('1', 0)).toBe(true);
  });
});
