import { field, type Row } from '../words.js';
import type { PackageJournal } from './package-journal.js';

/** A line of the package, by its columns. */
export type PackageLine = Readonly<Record<string, string>>;

interface Sorted {
  readonly taken: readonly PackageLine[];
  readonly missing: readonly PackageLine[];
}

/** Which lines of a posting the journal holds: by the invoice they mark and their amount, because Finance may number lines anew. */
export function sortedLines(planned: readonly PackageLine[], rows: readonly Row[]): Sorted {
  const left = rows.map((row) => keyOf(field(row, 'MarkedInvoice'), field(row, 'CreditAmount')));
  const taken: PackageLine[] = [];
  const missing: PackageLine[] = [];
  for (const line of planned) {
    const at = left.indexOf(keyOf(line['MARKEDINVOICE'] ?? '', line['CREDITAMOUNT'] ?? ''));
    if (at < 0) missing.push(line);
    else {
      left.splice(at, 1);
      taken.push(line);
    }
  }
  return { taken, missing };
}

/** `100.00` and `100` are one amount. */
function keyOf(invoice: string, amount: string): string {
  return `${invoice} ${amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount}`;
}

/** What a person has to know and do where an import took a part of a posting: which lines are in, which are not and why, and both ways out. */
export function partTask(key: string, planned: readonly PackageLine[], rows: readonly Row[], journal: PackageJournal, reasons: string): string {
  const { taken, missing } = sortedLines(planned, rows);
  const where = `journal ${journal.batchNumber} of ${journal.company.toUpperCase()}`;
  const because = reasons === '' ? '' : ` Finance says: ${reasons}.`;
  const done = journal.posted
    ? `The journal is posted with them. In Finance book what is missing as a payment of its own with payment id ${key}; the posting is confirmed when all of it is in the ledger.`
    : `In Finance open ${where} (Accounts receivable, Payments, Customer payment journal) and either add what is missing with payment id ${key} and post the journal, or delete the lines with payment id ${key}: this posting is then refused and can be sent again.`;
  return `The import took ${taken.length} of ${planned.length} lines of ${key}. In ${where}: ${sayLines(taken)}. Missing: ${sayLines(missing)}.${because} ${done}`;
}

function sayLines(lines: readonly PackageLine[]): string {
  if (lines.length === 0) return 'none that we know';
  return lines.map((line) => `line ${line['LINENUMBER'] ?? '?'} (${line['MARKEDINVOICE'] ? `invoice ${line['MARKEDINVOICE']}` : 'on account'}, ${line['CREDITAMOUNT'] ?? '?'} ${line['CURRENCYCODE'] ?? ''})`).join(', ');
}
