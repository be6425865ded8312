import { inferFields } from './inferred-fields.js';

describe('what fields look like', () => {
  it('tells numbers, amounts, days, instants and flags from text, also where a source sends everything as text', () => {
    const fields = inferFields([{ id: '17', total: '12.50', issued: '2026-01-31', changed: '2026-01-31T10:00:00Z', paid: 'F', memo: 'rent', european: '31.1.2026', compact: '20260131', long: '99999999' }]);
    expect(Object.fromEntries(fields.map(({ path, kinds }) => [path, kinds[0]]))).toEqual({
      id: 'integer', total: 'decimal', issued: 'day', changed: 'instant', paid: 'flag', memo: 'text', european: 'day', compact: 'day', long: 'integer',
    });
  });

  it('counts the records a field is in, shows every kind it takes, and names nested ones as a mapping does', () => {
    const fields = inferFields([{ entity: { id: 1 }, lines: [{ amount: '1.00' }, { amount: 'n/a' }, { amount: '2.00' }] }, { entity: { id: null } }]);
    expect(fields).toEqual([
      { path: 'entity.id', kinds: ['integer'], present: 1, example: '1' },
      { path: 'lines[].amount', kinds: ['decimal', 'text'], present: 1, example: '1.00' },
    ]);
  });

  it('says of a field without any value that it is empty', () => {
    expect(inferFields([{ memo: null }, { memo: '' }])).toEqual([{ path: 'memo', kinds: ['empty'], present: 0, example: '' }]);
  });
});
