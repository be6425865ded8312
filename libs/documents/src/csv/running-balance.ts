import type { LocalDate, StatementBalance, Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { FINDINGS_MAX } from '../limits.js';

/** A row as far as the running balance goes: no balance breaks the chain there. */
export interface BalanceRow {
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint | null;
  readonly bookedOn: LocalDate;
  readonly where: Where;
}

/** A balance that does not follow from its neighbour's. */
interface Break {
  readonly where: Where;
  readonly declared: bigint;
  readonly computed: bigint;
}

/** One order of the rows, with the signs as written and turned. */
class Reading {
  readonly breaks: Break[] = [];
  breakCount = 0;
  turnedBreakCount = 0;

  compare(where: Where, declared: bigint, before: bigint, step: bigint): void {
    if (before + step !== declared) {
      this.breakCount += 1;
      if (this.breaks.length < FINDINGS_MAX) this.breaks.push({ where, declared, computed: before + step });
    }
    if (before - step !== declared) this.turnedBreakCount += 1;
  }
}

/**
 * Checks the running balance of one account in both orders at once, row by row, and keeps no row but the first and the last. The order in
 * which fewer balances break is the file's.
 */
export class RunningBalance {
  readonly #oldestFirst = new Reading();
  readonly #newestFirst = new Reading();
  #first: BalanceRow | null = null;
  #last: BalanceRow | null = null;
  /** The first or last row of the account could not be read: what the account opened or closed with is then unknown. */
  #gapAtEnd = false;
  #compared = 0;

  add(row: BalanceRow): void {
    const before = this.#gapAtEnd ? null : this.#last;
    if (row.balanceMinor !== null && before !== null && before.balanceMinor !== null) {
      this.#compared += 1;
      this.#oldestFirst.compare(row.where, row.balanceMinor, before.balanceMinor, row.amountMinor);
      this.#newestFirst.compare(row.where, row.balanceMinor, before.balanceMinor, -before.amountMinor);
    }
    this.#first ??= row;
    this.#last = row;
    this.#gapAtEnd = false;
  }

  /** A row that could not be read stands here. */
  gap(): void {
    this.#gapAtEnd = true;
  }

  /** True when no order fits as the amounts are signed, but one fits throughout with every sign turned. */
  get signsTurned(): boolean {
    return this.#compared > 0 && this.#order.breakCount > 0 && Math.min(this.#oldestFirst.turnedBreakCount, this.#newestFirst.turnedBreakCount) === 0;
  }

  /** Says each break, with the balance that would have followed. */
  report(written: (minor: bigint) => string, findings: FindingList): void {
    if (this.#compared === 0) return;
    for (const { where, declared, computed } of this.#order.breaks) {
      findings.warning(where, written(declared), `the running balance does not follow: declared ${written(declared)}, computed ${written(computed)}`);
    }
  }

  /** Opening and closing balance, where the rows at the ends tell them. */
  ends(currency: string): StatementBalance[] {
    const atEnd = this.#gapAtEnd ? null : this.#last;
    const [first, last] = this.#order === this.#oldestFirst ? [this.#first, atEnd] : [atEnd, this.#first];
    const balances: StatementBalance[] = [];
    if (first !== null && first.balanceMinor !== null) {
      balances.push({ kind: 'opening', code: 'running', amount: { minor: first.balanceMinor - first.amountMinor, currency }, on: first.bookedOn });
    }
    if (last !== null && last.balanceMinor !== null) balances.push({ kind: 'closing', code: 'running', amount: { minor: last.balanceMinor, currency }, on: last.bookedOn });
    return balances;
  }

  get #order(): Reading {
    return this.#newestFirst.breakCount < this.#oldestFirst.breakCount ? this.#newestFirst : this.#oldestFirst;
  }
}
