import type { SourceRecord } from '#connector-kit';
import fc from 'fast-check';
import { RecordRows, repeatedRowsOf } from './record-rows.js';

const row = (externalId: string, invoiceExternalId: string, appliedAmount = '1.00'): SourceRecord => ({ externalId, revision: '1', deleted: false, payload: { externalId, total: '3.00', invoiceExternalId, appliedAmount } });

function gathered(rows: readonly SourceRecord[]): { externalId: string; invoices: unknown; line: number }[] {
  const gathering = new RecordRows(repeatedRowsOf('payment'));
  const found = rows.map((each, index) => gathering.add(each, index + 1));
  return [...found, gathering.end()].flatMap((each) => (each === null ? [] : [{
    externalId: each.record.externalId, line: each.line, invoices: (each.record.payload['applications'] as { invoiceExternalId: string }[]).map(({ invoiceExternalId }) => invoiceExternalId),
  }]));
}

describe('rows of one payment', () => {
  it('are one record with an application each; a row without an invoice has none', () => {
    expect(gathered([row('P1', 'I1'), row('P1', 'I2'), row('P2', ''), row('P3', 'I3')])).toEqual([
      { externalId: 'P1', line: 2, invoices: ['I1', 'I2'] }, { externalId: 'P2', line: 3, invoices: [] }, { externalId: 'P3', line: 4, invoices: ['I3'] },
    ]);
  });

  it('keep every row in exactly one record, and a record ends at its last line', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('P1', 'P2', 'P3'), fc.constantFrom('I1', 'I2'))), (pairs) => {
      const records = gathered(pairs.map(([payment, invoice]) => row(payment, invoice)));
      expect(records.flatMap(({ invoices }) => invoices)).toEqual(pairs.map(([, invoice]) => invoice));
      expect(records.at(-1)?.line ?? 0).toBe(pairs.length);
      expect(records.every(({ externalId }, index) => externalId !== records[index + 1]?.externalId)).toBe(true);
    }));
  });

  it('do not carry the first application on the record itself', () => {
    const gathering = new RecordRows(repeatedRowsOf('creditMemo'));
    gathering.add(row('C1', 'I1'), 1);
    expect(gathering.end()?.record.payload).toEqual({ externalId: 'C1', total: '3.00', applications: [{ invoiceExternalId: 'I1', appliedAmount: '1.00' }] });
  });

  it('are records of their own where an entity has no applications', () => {
    const gathering = new RecordRows(repeatedRowsOf('invoice'));
    expect(gathering.add(row('I1', ''), 7)).toEqual({ record: row('I1', ''), line: 7 });
    expect(gathering.end()).toBeNull();
  });
});
