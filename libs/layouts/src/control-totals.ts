import { formatMinorUnits } from '#canonical';
import { minorUnits } from './amounts.js';
import { recordsOf, type FieldSource, type FieldTable, type RecordTable } from './layout-table.js';
import { TOTAL_DECIMALS } from './limits.js';

/** The fields that are added up, and under which key. */
export type Wanted = ReadonlyMap<FieldTable, readonly { readonly kind: 'sum' | 'hash'; readonly key: string }[]>;

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
  add(field: FieldTable, value: string): void {
    const wanted = this.wanted.get(field);
    if (wanted === undefined || value === '') return;
    for (const { kind, key } of wanted) {
      const units = kind === 'sum' ? minorUnits(value, TOTAL_DECIMALS) : BigInt(value.replace(/\D/g, '') || '0');
      this.#sums.set(key, (this.#sums.get(key) ?? 0n) + units);
    }
  }

  /** The hub's text of a computed field: a count, plain decimal text, or digits. */
  valueOf(source: Computed): string {
    switch (source.kind) {
      case 'count': return String(source.records === null ? this.#records : source.records.reduce((sum, record) => sum + (this.#counts.get(record) ?? 0), 0));
      case 'sum': return trimZeros(formatMinorUnits(this.#sums.get(keyOf(source)) ?? 0n, TOTAL_DECIMALS));
      case 'hash': return ((this.#sums.get(keyOf(source)) ?? 0n) % 10n ** BigInt(source.digits)).toString();
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
  const all = recordsOf(records);
  const wanted = new Map<FieldTable, { readonly kind: 'sum' | 'hash'; readonly key: string }[]>();
  for (const { source } of all.flatMap((record) => record.fields)) {
    if (source.kind !== 'sum' && source.kind !== 'hash') continue;
    const field = all.find((record) => record.name === source.record)?.fields.find((known) => known.name === source.field);
    const entry = { kind: source.kind, key: keyOf(source) };
    const known = field === undefined ? [] : wanted.get(field) ?? [];
    if (field !== undefined && !known.some(({ key }) => key === entry.key)) wanted.set(field, [...known, entry]);
  }
  return wanted;
}

function keyOf(source: Extract<Computed, { readonly kind: 'sum' | 'hash' }>): string {
  return `${source.kind} ${source.record}.${source.field}`;
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
