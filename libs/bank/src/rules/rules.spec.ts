import fc from 'fast-check';
import type { BankStatement, LocalDate, StatementTransaction } from '#canonical';
import { firstStatus, PENDING_BECAUSE } from './first-status.js';
import { type NonPaymentRule, nonPaymentMatcher, ruleText } from './non-payment-rules.js';
import { checkRemittance, totalDifference } from './remittance-totals.js';
import { statementSteps } from './statement-steps.js';
import { AMOUNT_MINOR_MAX, storageProblem } from './storable.js';

function line(change: Partial<StatementTransaction> = {}): StatementTransaction {
  return {
    bookedOn: '2026-11-01' as LocalDate, valueOn: null, amount: { minor: 100n, currency: 'USD' }, code: '142', kind: 'ach', reversal: false, pending: false, bankReference: null,
    customerReference: null, endToEndId: null, checkNumber: null, payer: { name: 'ACME', account: null, id: '9' }, memo: 'INV 1',
    structuredReferences: [], lines: [], where: { line: 4, column: 1, record: '16', page: null }, ...change,
  };
}
const usd = (minor: bigint): { minor: bigint; currency: string } => ({ minor, currency: 'USD' });

describe('the first status of a bank line', () => {
  it('is a potential payment unless the bank\'s data or a rule says otherwise', () => {
    const none = nonPaymentMatcher([]);
    const because = (change: Partial<StatementTransaction>): string | null => firstStatus(line(change), none).because;
    expect(firstStatus(line(), none)).toEqual({ status: 'potentialPayment', because: null });
    expect(because({ amount: usd(0n) })).toBe('the amount is zero');
    expect(because({ amount: usd(-1n) })).toBe('money out');
    expect(because({ reversal: true, amount: usd(-1n), code: null })).toBe('the bank takes back an earlier entry');
    expect(because({ kind: 'fee' })).toBe('a bank fee or its refund (type 142)');
    expect(because({ kind: 'interest', code: '354' })).toBe('interest (type 354)');
    expect(because({ pending: true })).toBe(PENDING_BECAUSE);
    expect(because({ pending: true, amount: usd(-1n) })).toBe('money out');
  });

  it('takes the first rule that fits and leaves its words', () => {
    const rules: NonPaymentRule[] = [
      { field: 'payerId', operator: 'equals', value: '8', because: 'no' }, { field: 'payerName', operator: 'contains', value: 'acm', because: 'sister company' },
      { field: 'memo', operator: 'contains', value: 'INV', because: 'never reached' },
    ];
    expect(firstStatus(line(), nonPaymentMatcher(rules))).toEqual({ status: 'notPayment', because: 'sister company (rule: payerName contains "acm")' });
    expect(firstStatus(line({ payer: { name: null, account: null, id: null }, memo: '' }), nonPaymentMatcher(rules)).status).toBe('potentialPayment');
  });
});

describe('a non-payment rule', () => {
  it('fits whatever contains its value, however it is cased, spaced and surrounded', () => {
    fc.assert(fc.property(fc.string(), fc.string({ minLength: 1 }).filter((text) => ruleText(text) !== ''), fc.string(), (before, value, after) => {
      const fits = nonPaymentMatcher([{ field: 'memo', operator: 'contains', value, because: '' }]);
      expect(fits({ memo: `${before} ${ruleText(value).replaceAll(' ', ' \n ')} ${after}`, payerName: null, payerId: null, code: null })).not.toBeNull();
    }));
  });

  it('takes signs literally and fits nothing when its value is blank', () => {
    const facts = { memo: 'anything (4711)', payerName: null, payerId: null, code: null };
    const fits = (operator: NonPaymentRule['operator'], value: string): boolean => nonPaymentMatcher([{ field: 'memo', operator, value, because: '' }])(facts) !== null;
    expect([fits('contains', '.*'), fits('contains', '(4711)'), fits('contains', '  '), fits('equals', 'anything'), fits('equals', ' ANYTHING  (4711)')]).toEqual([false, true, false, false, true]);
  });
});

describe('the steps of a file', () => {
  it('joins neighbours that add, keeps the order, and keeps interim and final apart', () => {
    expect(statementSteps(['add', 'add', 'delete', 'add', 'interim', 'replace', 'test'])).toEqual([
      { kind: 'add', positions: [1, 2] }, { kind: 'delete', positions: [3] }, { kind: 'add', positions: [4] }, { kind: 'add', positions: [5] },
      { kind: 'replace', positions: [6] }, { kind: 'skip', positions: [7] },
    ]);
  });

  it('visits every statement once and in the file\'s order', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom<BankStatement['status']>('add', 'replace', 'delete', 'test', 'interim')), (statuses) => {
      expect(statementSteps(statuses).flatMap(({ positions }) => [...positions])).toEqual(statuses.map((_, index) => index + 1));
    }));
  });
});

describe('what can be stored', () => {
  it('ends at the largest amount of the ledger, either way', () => {
    expect([AMOUNT_MINOR_MAX, -AMOUNT_MINOR_MAX].map((minor) => storageProblem({ amount: usd(minor) }))).toEqual([null, null]);
    expect(storageProblem({ amount: usd(AMOUNT_MINOR_MAX + 1n) })).toContain('larger than');
    expect(storageProblem({ amount: usd(-AMOUNT_MINOR_MAX - 1n) })).toContain('larger than');
  });
});

describe('a remittance\'s figures', () => {
  const paid = (minor: bigint): Parameters<typeof checkRemittance>[1][number] => ({ reference: 'A', paid: usd(minor), gross: null, discount: null, adjustments: [] });

  it('differ by exactly what the total has over the lines', () => {
    fc.assert(fc.property(fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }), fc.array(fc.bigInt({ min: -1_000_000_000_000n, max: 1_000_000_000_000n }), { minLength: 1 }), (total, lines) => {
      const difference = totalDifference(usd(total), lines.map(paid));
      expect(lines.reduce((sum, minor) => sum + minor, difference?.minor ?? 0n)).toBe(total);
      expect(checkRemittance(usd(total), lines.map(paid), 'USD')).toHaveLength(difference?.minor === 0n ? 0 : 1);
    }));
  });

  it('say nothing without a total, and name a line whose parts do not make what was paid', () => {
    expect(totalDifference(null, [paid(1n)])).toBeNull();
    const damaged = { amount: usd(-200n), code: 'DMG', text: null, reference: null };
    const lines = [paid(1n), { ...paid(500n), gross: usd(700n), adjustments: [damaged] }, { ...paid(5n), gross: usd(6n), adjustments: [damaged] }];
    expect(checkRemittance(null, lines, 'USD').map(({ where, problem }) => [where.line, problem])).toEqual([[3, 'gross 0.06 less discount 0.00 with adjustments of -2.00 is -1.94, paid says 0.05']]);
  });
});
