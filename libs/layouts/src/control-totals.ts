import { formatMinorUnits } from '#canonical';
import { minorUnits } from './amounts.js';
import { recordsOf, type FieldSource, type RecordTable } from './layout-table.js';
import { TOTAL_DECIMALS } from './limits.js';

/** `record.field` to what is made of it. */
export type Wanted = ReadonlyMap<string, ReadonlySet<'sum' | 'hash'>>;

type Computed = Extract<FieldSource, { readonly kind: 'count' | 'sum' | 'hash' }>;

/** Counts and sums over the records of a file or of one detail group. Exact: amounts are integers of a fixed scale. */
export class ControlTotals {
  readonly #counts = new Map<string, number>();
  readonly #sums = new Map<string, bigint>();
  #records = 0;

  constructor(private readonly wanted: Wanted) {}

  count(record: string): void {
    this.#records += 1;
    this.#counts.set(record, (this.#counts.get(record) ?? 0) + 1);
  }

  /** `value`: the hub's text of the field. Empty counts nothing. */
  add(record: string, field: string, value: string): void {
    const key = `${record}.${field}`;
    if (value === '') return;
    for (const kind of this.wanted.get(key) ?? []) {
      const units = kind === 'sum' ? minorUnits(value, TOTAL_DECIMALS) : BigInt(value.replace(/\D/g, '') || '0');
      this.#sums.set(`${kind} ${key}`, (this.#sums.get(`${kind} ${key}`) ?? 0n) + units);
    }
  }

  /** The hub's text of a computed field: a count, plain decimal text, or digits. */
  valueOf(source: Computed): string {
    switch (source.kind) {
      case 'count': return String(source.records === null ? this.#records : source.records.reduce((sum, record) => sum + (this.#counts.get(record) ?? 0), 0));
      case 'sum': return trimZeros(formatMinorUnits(this.#sums.get(`${source.kind} ${source.record}.${source.field}`) ?? 0n, TOTAL_DECIMALS));
      case 'hash': return ((this.#sums.get(`${source.kind} ${source.record}.${source.field}`) ?? 0n) % 10n ** BigInt(source.digits)).toString();
    }
  }

  clear(): void {
    this.#counts.clear();
    this.#sums.clear();
    this.#records = 0;
  }
}

/** What a layout's computed fields add up. */
export function wantedTotals(records: readonly RecordTable[]): Wanted {
  const wanted = new Map<string, Set<'sum' | 'hash'>>();
  for (const { fields } of recordsOf(records)) {
    for (const { source } of fields) {
      if (source.kind !== 'sum' && source.kind !== 'hash') continue;
      const key = `${source.record}.${source.field}`;
      wanted.set(key, (wanted.get(key) ?? new Set()).add(source.kind));
    }
  }
  return wanted;
}

export function isTotal(source: FieldSource): source is Computed {
  return source.kind === 'count' || source.kind === 'sum' || source.kind === 'hash';
}

/** Null when a file's total agrees, else the gap in words. */
export function gapOf(source: Computed, said: string, computed: string): string | null {
  const decimals = source.kind === 'sum' ? TOTAL_DECIMALS : 0;
  const gap = minorUnits(computed, decimals) - minorUnits(said, decimals);
  if (gap === 0n) return null;
  return `says ${said}, the rows read give ${computed}: ${trimZeros(formatMinorUnits(gap < 0n ? -gap : gap, decimals))} too ${gap < 0n ? 'little' : 'much'}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
