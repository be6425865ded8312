import type { JsonObject } from '#canonical';
import type { CompiledMapping, Mapped } from '#mapping';
import type { RawRecord } from '../reads/raw-records.js';
import { RESULTS_SHOWN_MAX } from './mapping-body.js';
import { previewMapping } from './preview.js';

const record = (id: number, payload: JsonObject): RawRecord => ({ id: String(id), externalId: `x${id}`, revision: '1', payload, syncRunId: '1', receivedAt: new Date(0) });
const mapping = (apply: (payload: JsonObject) => Mapped): CompiledMapping => ({ mapping: { name: 'm.invoice.read' }, fields: [], extras: { named: [], claimed: null }, apply } as unknown as CompiledMapping);
const sound = (value: object): Mapped => ({ ok: true, value } as Mapped);
const refused: Mapped = { ok: false, problems: [{ file: 'm.yaml', line: 3, field: 'total', from: 'total', value: '"x"', via: 'money', problem: 'is no amount' }] };

describe('a preview', () => {
  const inUse = mapping((payload) => (payload['before'] === 'bad' ? refused : sound({ memo: payload['before'], open: { minor: 100n, currency: 'USD' } })));
  const proposed = mapping((payload) => (payload['after'] === 'bad' ? refused : sound({ memo: payload['after'], open: { minor: 100n, currency: 'USD' } })));
  const kinds = [['a', 'a'], ['a', 'b'], ['bad', 'b'], ['a', 'bad'], ['bad', 'bad']].map(([before, after], index) => record(index, { before: before ?? '', after: after ?? '' }));

  it('counts what would change: other content, newly mapped, newly refused', () => {
    expect(previewMapping(kinds, inUse, proposed)).toMatchObject({ sampled: 5, mapped: 3, refused: 2, wouldChange: 3 });
  });

  it('shows first what got worse, then what changes, then the rest; amounts as the API writes them', () => {
    const { results } = previewMapping(kinds, inUse, proposed);
    expect(results.map(({ outcome }) => outcome)).toEqual(['nowRefused', 'changed', 'nowMapped', 'refused', 'unchanged']);
    expect(results[0]).toMatchObject({ record: null, problems: [{ line: 3, problem: 'is no amount' }] });
    expect(results[1]?.record).toEqual({ memo: 'b', open: { amount: '1.00', currency: 'USD' } });
  });

  it('counts all of a large sample and shows a bounded part', () => {
    const many = Array.from({ length: 500 }, (_, index) => record(index, { before: 'a', after: 'b' }));
    const preview = previewMapping(many, inUse, proposed);
    expect(preview).toMatchObject({ sampled: 500, wouldChange: 500 });
    expect(preview.results).toHaveLength(RESULTS_SHOWN_MAX);
  });
});
