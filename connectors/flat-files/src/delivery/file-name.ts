import type { FileBatch } from '#connector-kit';
import { harmlessName } from '../store/file-names.js';

const SEQUENCE_DIGITS = 8;

/** The batch's name by the setting's pattern. Holds the sequence number, so no two batches share one. */
export function fileNameOf(pattern: string, { sequence, closedOn, closedAt, control: { total } }: FileBatch, company: string | null): string {
  const values: Readonly<Record<string, string>> = {
    sequence: String(sequence).padStart(SEQUENCE_DIGITS, '0'), closedOn: closedOn.replaceAll('-', ''), closedAt: closedAt.replaceAll(/[-:]|\.\d+/g, ''), currency: total.currency, company: company ?? 'all',
  };
  return harmlessName(pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}
