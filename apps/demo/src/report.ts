import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What became of the same cash in one more system. */
export interface TargetReport {
  synced: number;
  tieOutGaps: number | null;
  proposals: number;
  posted: number;
  verified: number;
  withPerson: number;
  duplicates: number;
}

/** What `var/demo/report.json` holds. */
export interface DemoReport {
  synced: Readonly<Record<string, number>>;
  tieOut: { gaps: number };
  proposals: number;
  posted: number;
  verified: number;
  unverified: number;
  reversed: number;
  duplicatesInErp: number;
  quarantined: number;
  /** The same cash in two more systems; null when it was not played. */
  secondAct: { readonly businessCentral: TargetReport; readonly fileLedger: TargetReport } | null;
  seconds: number;
  /** Promises that did not hold, as sentences. Empty, or the demo exits with 1. */
  broken: string[];
}

export function emptyReport(): DemoReport {
  return {
    synced: {}, tieOut: { gaps: 0 }, proposals: 0, posted: 0, verified: 0, unverified: 0, reversed: 0, duplicatesInErp: 0, quarantined: 0, secondAct: null, seconds: 0, broken: [],
  };
}

/** The promises, held against what happened. */
export function brokenPromises(report: DemoReport): string[] {
  const broken: string[] = [];
  if (report.tieOut.gaps > 0) broken.push(`${report.tieOut.gaps} lines of the tie-out differ from the ERP`);
  if (report.posted === 0) broken.push('nothing was posted');
  if (report.unverified > 0) broken.push(`${report.unverified} postings are neither verified nor with a person`);
  if (report.duplicatesInErp > 0) broken.push(`${report.duplicatesInErp} postings are in the ERP more than once`);
  if (report.reversed === 0) broken.push('nothing was reversed');
  return broken;
}

export function saveReport(file: string, report: DemoReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
