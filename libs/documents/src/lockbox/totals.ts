import { type CurrencyCode, currencyExponent, formatMinorUnits } from '#canonical';
import { type FindingList, whereAt } from '../finding-list.js';
import type { LockboxLine } from './fields.js';

/** One declared figure beside the computed one. Amounts are decimal text. */
export interface LockboxTotal {
  readonly line: number;
  readonly record: '7' | '8' | '9';
  readonly what: 'cheques' | 'amount' | 'records' | 'batches';
  readonly declared: string;
  readonly computed: string;
  readonly agrees: boolean;
}

interface Sum {
  count: number;
  minor: bigint;
  complete: boolean;
}

/** Totals kept one by one for a preview; the disagreements are counted and reported whatever their number. */
const TOTALS_KEPT_MAX = 1_000;

/** Cheques read since the last batch total, lockbox total and in the whole file, compared with what records 7, 8 and 9 declare. */
export class LockboxTotals {
  records = 0;
  readonly all: LockboxTotal[] = [];
  disagreements = 0;
  readonly #file: Sum = { count: 0, minor: 0n, complete: true };
  #lockbox: Sum = { count: 0, minor: 0n, complete: true };
  #batch: Sum = { count: 0, minor: 0n, complete: true };
  #batches = 0;
  #proved = false;
  #ended = false;

  constructor(private readonly currency: CurrencyCode, private readonly findings: FindingList) {}

  /** Number and sum of the cheques of the file. */
  get cheques(): { readonly count: number; readonly minor: bigint } {
    return this.#file;
  }

  check(minor: bigint): void {
    for (const sum of [this.#file, this.#lockbox, this.#batch]) {
      sum.count += 1;
      sum.minor += minor;
    }
  }

  /** A cheque that could not be read: the totals cannot agree. */
  lost(): void {
    for (const sum of [this.#file, this.#lockbox, this.#batch]) sum.complete = false;
  }

  batch(line: LockboxLine): void {
    this.#compareSum(line, '7', this.#batch);
    this.#batch = { count: 0, minor: 0n, complete: true };
    this.#batches += 1;
  }

  lockbox(line: LockboxLine): void {
    this.#compareSum(line, '8', this.#lockbox);
    if (line.textOf('batches') !== '') this.#compare(line, '8', 'batches', line.textOf('batches'), line.integerOf('batches'), BigInt(this.#batches), true);
    this.#lockbox = { count: 0, minor: 0n, complete: true };
    this.#batch = { count: 0, minor: 0n, complete: true };
    this.#batches = 0;
  }

  file(line: LockboxLine): void {
    this.#ended = true;
    if (line.of('records') !== null) this.#compare(line, '9', 'records', line.textOf('records'), line.integerOf('records'), BigInt(this.records), true);
  }

  end(line: number): void {
    const where = whereAt(Math.max(1, line), null, null);
    if (!this.#ended) {
      this.disagreements += 1;
      this.findings.error(where, '', 'the file ends without a 9 record: the end may be missing; ask the bank to send it again');
    }
    if (!this.#proved && this.#file.count > 0) {
      this.disagreements += 1;
      this.findings.warning(where, '', 'the file has neither a batch total (7) nor a lockbox total (8): nothing proves its cheques');
    } else if (this.#lockbox.count > 0 && this.#batch.count > 0) {
      this.findings.warning(where, '', `${this.#batch.count} cheques stand behind the last total: nothing proves them`);
    }
  }

  #compareSum(line: LockboxLine, record: '7' | '8', sum: Sum): void {
    // A blank column declares nothing: a count of four columns cannot hold a large lockbox.
    if (line.textOf('count') !== '') this.#compare(line, record, 'cheques', line.textOf('count'), line.integerOf('count'), BigInt(sum.count), sum.complete);
    const total = line.of('total');
    if (total === null || total.text === '') return;
    this.#proved = true;
    const exponent = currencyExponent(this.currency);
    const decimals = total.field.decimals ?? exponent;
    // Both in the finer of the two units, so that nothing is rounded.
    const [declared, computed] = [total.integer === null ? null : total.integer * 10n ** BigInt(Math.max(0, exponent - decimals)), sum.minor * 10n ** BigInt(Math.max(0, decimals - exponent))];
    this.#compare(line, record, 'amount', total.text, declared, computed, sum.complete, Math.max(decimals, exponent));
  }

  #compare(line: LockboxLine, record: LockboxTotal['record'], what: LockboxTotal['what'], written: string, declared: bigint | null, computed: bigint, complete: boolean, decimals = 0): void {
    const shown = (value: bigint): string => formatMinorUnits(value, decimals);
    const agrees = declared === computed;
    if (this.all.length < TOTALS_KEPT_MAX) this.all.push({ line: line.number, record, what, declared: declared === null ? written : shown(declared), computed: shown(computed), agrees });
    if (agrees) return;
    this.disagreements += 1;
    const meaning = what === 'cheques' ? 'count' : what === 'amount' ? 'total' : what;
    this.findings.warning(whereAt(line.number, line.of(meaning)?.field.from ?? 1, record), written,
      `${what} of record ${record}: declared ${declared === null ? `"${written}", which is no number` : shown(declared)}, computed ${shown(computed)}${complete ? '' : '; a cheque above could not be read'}`);
  }
}
