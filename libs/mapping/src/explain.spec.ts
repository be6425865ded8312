import type { JsonObject } from '#canonical';
import { compileMapping, explain, formatLineage, loadReadMapping, mappingFingerprint } from './index.js';

const CREDIT = `mapping: demo.creditMemo.read
version: 1
from: { connector: demo, record: credit }
to: creditMemo
fields:
  externalId: { from: id }
  number: { from: no }
  customerExternalId: { from: customer.id }
  currency: { value: USD }
  issuedOn: { from: on, via: date }
  total: { from: total, via: money }
  open: { from: open, via: money }
  status: { value: open }
  allocations:
    each: lines
    optional: true
    fields:
      invoiceExternalId: { from: invoice }
      amount: { from: amount, via: money }
    absent: { lineExternalId: none, discount: none, appliedOn: none }
absent: { companyExternalId: none, memo: not sent }
rest: extras
`;
const record: JsonObject = { id: '1', no: 'CM1', customer: { id: '2', name: 'Acme' }, on: '2026-02-29', total: '1,0', open: '5', lines: [{ invoice: '7', amount: '5' }, { invoice: '8', amount: 'x' }] };
const mapping = (text = CREDIT, file = 'm.yaml') => loadReadMapping(text, file);

describe('lineage', () => {
  it('shows target, source, transform, value and line of every value, also of a record that cannot be mapped', () => {
    expect(formatLineage(explain(compileMapping(mapping()), record)).split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      'externalId <- id text 1 m.yaml:6',
      'number <- no text CM1 m.yaml:7',
      'customerExternalId <- customer.id text 2 m.yaml:8',
      'currency <- (constant) value USD m.yaml:9',
      'issuedOn <- on date ! "2026-02-29" is not a calendar day (YYYY-MM-DD) m.yaml:10',
      'total <- total money ! "1,0" is not a plain decimal number m.yaml:11',
      'open <- open money 5.00 m.yaml:12',
      'status <- (constant) value open m.yaml:13',
      'allocations[0].invoiceExternalId <- lines[0].invoice text 7 m.yaml:18',
      'allocations[0].amount <- lines[0].amount money 5.00 m.yaml:19',
      'allocations[1].invoiceExternalId <- lines[1].invoice text 8 m.yaml:18',
      'allocations[1].amount <- lines[1].amount money ! "x" is not a plain decimal number m.yaml:19',
      'extras.customer.name <- customer.name rest Acme m.yaml:22',
    ]);
  });

  it('aligns its columns', () => {
    const [first, second] = formatLineage(explain(compileMapping(mapping()), record)).split('\n');
    expect(first?.indexOf('<-')).toBe(second?.indexOf('<-'));
  });

  it('names the overlay\'s file for the overlay\'s fields, and a list that is none', () => {
    const overlay = mapping('overlays: demo.creditMemo.read\nversion: 1\nfrom: { connector: demo, record: credit }\nto: creditMemo\nfields:\n  memo: { from: note, optional: true }\n', 'connection 7');
    const rows = explain(compileMapping(mapping(), { overlay }), { ...record, lines: 'none' });
    expect(rows.find((row) => row.field === 'memo')).toMatchObject({ file: 'connection 7', line: 6, from: 'note', value: null, problem: null });
    expect(rows.filter((row) => row.field.startsWith('allocations'))).toEqual([
      { field: 'allocations', from: 'lines', via: 'each', value: null, problem: 'is not a list', file: 'm.yaml', line: 14 },
    ]);
  });
});

describe('a fingerprint', () => {
  const of = (text: string, file?: string) => mappingFingerprint(compileMapping(mapping(text, file)));

  it('is the same for the same meaning, whatever the comments, the order of lines and the reasons', () => {
    const moved = CREDIT.replace('  number: { from: no }\n', '').replace('  status:', '  # its number\n  number: { from: no }\n  status:').replace('memo: not sent', 'memo: is never sent');
    expect(of(moved, 'elsewhere.yaml')).toBe(of(CREDIT));
    expect(of(CREDIT)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a path', 'from: no', 'from: number'],
    ['a path in a row', 'from: amount', 'from: foreignAmount'],
    ['a constant', 'value: open', 'value: draft'],
    ['the version', 'version: 1', 'version: 2'],
    ['what an absent list means', '    optional: true\n', ''],
    ['a transform', '{ from: no }', '{ from: no, via: trim }'],
  ])('differs when %s differs', (_what, from, to) => {
    expect(CREDIT).toContain(from);
    expect(of(CREDIT.replace(from, to))).not.toBe(of(CREDIT));
  });

  it('differs with an overlay', () => {
    const overlay = mapping('overlays: demo.creditMemo.read\nversion: 1\nfrom: { connector: demo, record: credit }\nto: creditMemo\nfields:\n  memo: { from: note }\n');
    expect(mappingFingerprint(compileMapping(mapping(), { overlay }))).not.toBe(of(CREDIT));
  });
});
