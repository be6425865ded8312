import { kindOf } from './kinds.js';
import { ledgerCheckpoint, ledgerState, listState } from './checkpoint.js';

describe('the kind of a customer transaction', () => {
  it.each([
    [{ TransType: 'Sales', AmountCur: '10', Invoice: 'CIV-1' }, 'invoice'],
    [{ TransType: 'Cust', AmountCur: '10', Invoice: '' }, 'invoice'],
    [{ TransType: 'Interest', AmountCur: '10', Invoice: 'INT-1' }, 'invoice'],
    [{ TransType: 'Sales', AmountCur: '-10', Invoice: 'CN-1' }, 'creditMemo'],
    [{ TransType: 'Payment', AmountCur: '-10', Invoice: '' }, 'payment'],
    [{ TransType: 'Payment', AmountCur: '-10', Invoice: 'CIV-1' }, 'payment'],
    [{ TransType: 'Cust', AmountCur: '-10', Invoice: '' }, 'payment'],
    [{ TransType: 'Payment', AmountCur: '10', Invoice: '' }, null],
    [{ TransType: 'ExchAdjustment', AmountCur: '0.00', Invoice: '' }, null],
  ])('%j is %s', (row, kind) => { expect(kindOf(row)).toBe(kind); });
});

describe('a checkpoint', () => {
  const states = [
    { at: 'rest', cursor: '2026-03-10T00:00:00.000Z', highWater: '12' },
    { at: 'rows', cursor: '', highWater: '0', last: '5', max: '5', until: '2026-03-10T00:00:00.000Z' },
    { at: 'settlements', cursor: '2026-03-09T00:00:00.000Z', max: '12', last: '7', until: '2026-03-10T00:00:00.000Z' },
  ] as const;

  it.each(states)('comes back as it was: $at', (state) => { expect(ledgerState(ledgerCheckpoint(state))).toMatchObject(state); });

  it.each([[{ version: 2, at: 'rest' }, 'version'], [{ version: 1, at: 'rest', cursor: 'soon', highWater: '1' }, 'at'], [{ version: 1, at: 'rows', cursor: '', highWater: 'x', last: '0', max: '0', until: '2026-03-10T00:00:00Z' }, 'at']])(
    '%j is refused by name', (checkpoint, path) => { expect(() => ledgerState(checkpoint)).toThrow(`checkpoint.${path}`); });

  it('of a list is refused where it is one of another reader', () => { expect(() => listState({ version: 1, at: 'rows' })).toThrow('checkpoint.at'); });
});
