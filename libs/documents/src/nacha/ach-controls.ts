import { formatMinorUnits } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { AchRecord } from './ach-records.js';
import { type AchMovement, parseAchDigits } from './ach-values.js';

/** The hash of receiving banks keeps ten digits; what is beyond is dropped, not carried (Nacha rules). */
const HASH_MODULUS = 10_000_000_000n;
const CENTS = 2;
const DEBITS: ReadonlySet<AchMovement> = new Set(['debit', 'debitReturn', 'debitPrenote', 'debitZero']);

/** What was really in a batch or a file, against what its control record says. Every difference is a warning with both figures. */
export class AchControls {
  batches = 0n;
  #records = 0n;
  #hash = 0n;
  #debit = 0n;
  #credit = 0n;

  entry(record: AchRecord, movement: AchMovement | null, minor: bigint | null): void {
    this.#records += 1n;
    this.#hash += parseAchDigits(record.at(4, 11)) ?? 0n;
    if (movement !== null && DEBITS.has(movement)) this.#debit += minor ?? 0n;
    else this.#credit += minor ?? 0n;
  }

  addenda(): void {
    this.#records += 1n;
  }

  include(batch: AchControls): void {
    this.batches += 1n;
    this.#records += batch.#records;
    this.#hash += batch.#hash;
    this.#debit += batch.#debit;
    this.#credit += batch.#credit;
  }

  /** Record 8, or 9 where everything stands other columns further on. */
  compare(record: AchRecord, findings: FindingList): void {
    const isFile = record.type === '9';
    const [count, hash, debit, credit] = isFile ? [14, 22, 32, 44] as const : [5, 11, 21, 33] as const;
    if (isFile) compareDigits(record, 2, 7, this.batches, 'number of batches', findings);
    compareDigits(record, count, count + (isFile ? 7 : 5), this.#records, 'number of entries and addenda', findings);
    compareDigits(record, hash, hash + 9, this.#hash % HASH_MODULUS, 'hash of receiving banks', findings);
    compareDigits(record, debit, debit + 11, this.#debit, 'total of debits', findings, CENTS);
    compareDigits(record, credit, credit + 11, this.#credit, 'total of credits', findings, CENTS);
  }
}

function compareDigits(record: AchRecord, from: number, to: number, counted: bigint, what: string, findings: FindingList, decimals = 0): void {
  const written = record.at(from, to);
  const declared = parseAchDigits(written);
  if (declared === counted) return;
  const shown = declared === null ? `"${written}"` : formatMinorUnits(declared, decimals);
  findings.warning(record.where(from), written, `${what} in the ${record.type === '9' ? 'file' : 'batch'} control: declared ${shown}, computed ${formatMinorUnits(counted, decimals)}`);
}
