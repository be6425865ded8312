import fc from 'fast-check';
import { parseMinorUnits } from '#canonical';
import { intentOf, toolsOf } from '../testing/postings.js';
import type { Row } from '../words.js';
import { MarkError, markRows } from './marks.js';
import { plan } from './plan.js';
import { plannedJournal, type PlannedJournal } from './words.js';

const planned = plan(intentOf(), toolsOf());
if (!('steps' in planned)) throw new Error('the plan was refused');
const journal = plannedJournal(planned.steps[0]);
const transaction = (open: readonly (readonly [day: string, amount: string])[]): Row => ({
  TransDate: '2026-02-01T12:00:00Z', DueDate: '2026-03-01T12:00:00Z', CustTransOpen: open.map(([day, amount]) => ({ DueDate: `${day}T12:00:00Z`, AmountCur: amount })),
});
const marked = (open: ReadonlyMap<string, Row>, of: PlannedJournal = journal): (readonly [unknown, unknown])[] => markRows(of, 'USD', open).map((row) => [row['InvoiceDueDate'], row['SettlementAmountInInvoiceCurrency']]);

describe('marks', () => {
  it('name the due day of what they settle, the earliest instalment first', () => {
    const open = new Map([['usmf/71', transaction([['2026-05-01', '60'], ['2026-04-01', '40']])], ['usmf/72', transaction([['2026-03-15', '100.0']])]]);
    expect(marked(open)).toEqual([
      ['2026-04-01T12:00:00Z', { $number: '40.00' }], ['2026-05-01T12:00:00Z', { $number: '60.00' }], ['2026-03-15T12:00:00Z', { $number: '25.00' }],
    ]);
  });

  it('keep to the instalment a share names', () => {
    const second = { ...journal, marks: journal.marks.slice(1).map((mark) => ({ ...mark, dueOn: '2026-05-01' })) };
    expect(marked(new Map([['usmf/72', transaction([['2026-04-01', '40'], ['2026-05-01', '60']])]]), second)).toEqual([['2026-05-01T12:00:00Z', { $number: '25.00' }]]);
  });

  it('fall back to the invoice\'s own due day where the open row has none', () => {
    expect(marked(new Map([['usmf/72', transaction([['1900-01-01', '100']])]]), { ...journal, marks: journal.marks.slice(1) })).toEqual([['2026-03-01T12:00:00Z', { $number: '25.00' }]]);
  });

  it.each([
    ['an invoice that is gone', new Map<string, Row>(), 'is not in Finance any more'],
    ['an invoice with too little open', new Map([['usmf/71', transaction([['2026-04-01', '99.99']])], ['usmf/72', transaction([['2026-04-01', '100']])]]), '0.01 more than there is'],
  ])('stop at %s, with its place', (_what, open, problem) => {
    expect(() => markRows(journal, 'USD', open)).toThrow(MarkError);
    expect(() => markRows(journal, 'USD', open)).toThrow(problem);
  });

  it('settle exactly what was planned, and never more of an instalment than is open', () => {
    const days = fc.uniqueArray(fc.integer({ min: 10, max: 28 }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(days, fc.array(fc.bigInt(1n, 9_999n), { minLength: 5, maxLength: 5 }), fc.bigInt(1n, 100n), (dueDays, amounts, part) => {
      const open = dueDays.map((day, index): [string, bigint] => [`2026-04-${day}`, amounts[index] ?? 1n]);
      const total = open.reduce((sum, [, minor]) => sum + minor, 0n);
      const wanted = (total * part) / 100n || 1n;
      const text = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
      const one = { ...journal, marks: journal.marks.slice(1).map((mark) => ({ ...mark, amount: text(wanted) })) };
      const rows = markRows(one, 'USD', new Map([['usmf/72', transaction(open.map(([day, minor]) => [day, text(minor)]))]]));
      const settled = rows.map((row): [string, bigint] => [String(row['InvoiceDueDate']).slice(0, 10), parseMinorUnits((row['SettlementAmountInInvoiceCurrency'] as { $number: string }).$number, 2)]);
      expect(settled.reduce((sum, [, minor]) => sum + minor, 0n)).toBe(wanted);
      for (const [day, minor] of settled) expect(minor <= (new Map(open).get(day) ?? 0n)).toBe(true);
    }));
  });
});
