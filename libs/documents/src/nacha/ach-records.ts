import type { Where } from '#canonical';
import { whereAt } from '../finding-list.js';

export const RECORD_LENGTH = 94;

/** One record of 94 characters, with its place. Columns count from 1, as in the Nacha rules. */
export class AchRecord {
  constructor(readonly text: string, readonly line: number, readonly column: number) {}

  get type(): string {
    return this.text.charAt(0);
  }

  /** Columns `from` to `to`, as written. */
  raw(from: number, to: number): string {
    return this.text.slice(from - 1, to);
  }

  /** The same without the blanks around it. */
  at(from: number, to: number): string {
    return this.raw(from, to).trim();
  }

  /** Place of the record, or of a field of it. */
  where(from = 1, name: string = RECORD_NAMES[this.type] ?? 'record'): Where {
    return whereAt(this.line, this.column + from - 1, name);
  }
}

const RECORD_NAMES: Readonly<Record<string, string>> = { 1: '1 file header', 5: '5 batch header', 6: '6 entry', 7: '7 addenda', 8: '8 batch control', 9: '9 file control' };

/**
 * Records of an ACH file: one a line, or all in one line; blanks at the end may be lost, and 94 counts characters, not bytes (reference
 * 2.5). Lines of nothing but 9 fill the last block and are left out.
 */
export function achRecords(text: string): AchRecord[] {
  const records: AchRecord[] = [];
  let line = 0;
  for (const written of text.split('\n')) {
    line += 1;
    const content = written.trimEnd();
    for (let start = 0; start < content.length; start += RECORD_LENGTH) {
      const record = content.slice(start, start + RECORD_LENGTH);
      if (!/^9{20,}$/.test(record) && record.trim() !== '') records.push(new AchRecord(record.padEnd(RECORD_LENGTH), line, start + 1));
    }
  }
  return records;
}
