import type { LocalDate } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { AchRecord } from './ach-records.js';
import { parseAchDate, parseSettlementDay } from './ach-values.js';

/** What a batch header (record 5) says of its entries. Of entries that come without one, everything is unknown. */
export interface AchBatch {
  readonly number: string;
  readonly companyName: string | null;
  readonly companyId: string | null;
  readonly standardEntryClass: string | null;
  readonly description: string;
  /** The day the money settled, or is meant to. */
  readonly settledOn: LocalDate | null;
  readonly isReversal: boolean;
}

const SERVICE_CLASSES: ReadonlySet<string> = new Set(['200', '220', '225', '280']);

/** @param createdOn day of the file, for batches that state no day of their own */
export function readBatchHeader(record: AchRecord, createdOn: LocalDate | null, findings: FindingList): AchBatch {
  const service = record.at(2, 4);
  if (!SERVICE_CLASSES.has(service)) findings.warning(record.where(2), service, 'the service class is none of 200, 220, 225 and 280; signs follow the transaction code of each entry');
  const effective = record.at(70, 75);
  const effectiveOn = parseAchDate(effective);
  if (effectiveOn === null && !/^0*$/.test(effective)) findings.warning(record.where(70), effective, 'the effective entry date is no day (YYMMDD); the day of the file is used');
  const near = effectiveOn ?? createdOn;
  const international = record.at(51, 53) === 'IAT';
  return {
    number: record.at(88, 94), companyName: international ? null : record.at(5, 20) || null, companyId: record.at(41, 50) || null, standardEntryClass: record.at(51, 53) || null,
    description: record.at(54, 63), settledOn: near === null ? null : parseSettlementDay(record.at(76, 78), near) ?? near, isReversal: record.at(54, 63) === 'REVERSAL',
  };
}

export const NO_BATCH: AchBatch = { number: '', companyName: null, companyId: null, standardEntryClass: null, description: '', settledOn: null, isReversal: false };
