import { type CurrencyCode, currencyExponent, formatMinorUnits, type StatementTransaction, type Where } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import { parseSwiftAmount } from './amounts.js';
import type { TaggedField } from './field-scanner.js';

interface Declared {
  readonly count: number;
  /** As written; it is read once the currency is certain. */
  readonly amount: string;
  readonly where: Where;
}

type Side = 'debits' | 'credits';

/** Money moved by the lines of one message, and what the message itself says about that. */
export class Movements {
  sum = 0n;
  /** False once a row could not be read. */
  complete = true;
  readonly read: Record<Side, { count: number; minor: bigint }> = { debits: { count: 0, minor: 0n }, credits: { count: 0, minor: 0n } };
  readonly declared: Partial<Record<Side, Declared>> = {};

  add({ amount: { minor }, pending }: StatementTransaction): void {
    // Expected is not booked: no balance holds it yet.
    if (!pending) this.sum += minor;
    const side = this.read[minor < 0n ? 'debits' : 'credits'];
    side.count += 1;
    side.minor += minor < 0n ? -minor : minor;
  }

  /** :90D: and :90C: of an interim report, `1EUR2,30`. */
  declareFromField(field: TaggedField, findings: FindingList): void {
    const written = field.lines[0] ?? '';
    const match = /^(\d{1,5})[A-Z]{3}(\d{1,36},?\d{0,36})\s*$/.exec(written);
    const where = whereAt(field.line, 1, `:${field.tag}:`);
    if (match === null) {
      findings.warning(where, written, 'the total is not number, currency and amount; the rows were not checked against it');
      return;
    }
    this.declared[field.tag === '90D' ? 'debits' : 'credits'] = { count: Number(match[1]), amount: match[2] ?? '', where };
  }

  /** The statement's own text as ING writes it: `D000001C000002D10000,99C11,01`. Any other text declares nothing. */
  declareFromText(field: TaggedField): void {
    const match = /^D(\d{6})C(\d{6})D(\d{1,36},?\d{0,36})C(\d{1,36},?\d{0,36})\s*$/.exec(field.lines[0] ?? '');
    if (match === null) return;
    const where = whereAt(field.line, 1, ':86:');
    this.declared.debits = { count: Number(match[1]), amount: match[3] ?? '', where };
    this.declared.credits = { count: Number(match[2]), amount: match[4] ?? '', where };
  }
}

/** Compares what was declared with what was read; each difference is a warning naming both figures. */
export function compareMovements(movements: Movements, currency: CurrencyCode | null, where: Where, findings: FindingList): void {
  if (currency === null) return;
  for (const side of ['debits', 'credits'] as const) {
    const declared = movements.declared[side];
    if (declared === undefined) continue;
    const { count, minor } = movements.read[side];
    const amount = parseSwiftAmount(declared.amount, currency);
    if (declared.count === count && amount === minor) continue;
    findings.warning(declared.where ?? where, declared.amount,
      `declared ${declared.count} ${side} of ${declared.amount} ${currency}, read ${count} of ${formatMinorUnits(minor, currencyExponent(currency))}${movements.complete ? '' : '; a row above could not be read'}`);
  }
}
