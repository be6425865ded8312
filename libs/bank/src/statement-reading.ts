import type { Finding } from '#canonical';
import { type CsvLayout, decodeText, detectFormat, type ParseOptions, type ReadStatements } from '#documents';
import type { BankAccountRecord } from '#storage';
import { NOWHERE } from './import-findings.js';

export type ParseStatements = (bytes: Uint8Array, options: ParseOptions) => ReadStatements;

/** A file as read, before anything is stored. */
export interface FileReading {
  readonly parsed: ReadStatements;
  /** The parser's findings and those of this reading. */
  readonly findings: readonly Finding[];
  /** Null when the file can be imported; else the findings say why it cannot. */
  readonly invalid: boolean;
  /** The layout a person gave and the file was read by: worth remembering. */
  readonly confirmedLayout: CsvLayout | null;
}

/**
 * Reads a file by content. The named account fills in what a CSV file leaves out and lends its remembered layout; a layout that no longer
 * fits is said and the file is guessed anew, which asks rather than takes a doubtful row.
 */
export function readFile(parse: ParseStatements, bytes: Uint8Array, account: BankAccountRecord | null, given: CsvLayout | null): FileReading {
  const known: ParseOptions = account === null ? {} : { account: account.accountNumber, currency: account.currency };
  const isCsv = detectFormat(decodeText(bytes).text) !== 'bai2';
  const notes: Finding[] = [];
  if (!isCsv && given !== null) notes.push(note('warning', 'layout', 'a layout was given, but the file is BAI2, which needs none; the layout was left aside'));
  const remembered = given === null ? asLayout(account) : null;
  const layout = isCsv ? given ?? remembered : null;
  let parsed = parse(bytes, layout === null ? known : { ...known, layout });
  if (layout !== null && layout === remembered && parsed.refused !== null) {
    notes.push(note('warning', account?.name ?? '', `the layout remembered for this account does not fit (${parsed.refused.problem}); the file was read without it`));
    parsed = parse(bytes, known);
  }
  return judge(parsed, notes, isCsv ? given : null);
}

function judge(parsed: ReadStatements, notes: Finding[], given: CsvLayout | null): FileReading {
  const { refused, statements } = parsed;
  if (refused !== null) notes.push({ severity: 'error', where: refused.where, value: '', problem: refused.problem });
  const unnamed = statements.some(({ account }) => account.trim() === '');
  if (unnamed) notes.push(note('error', 'bankAccountId', 'the file does not name its account: choose the bank account it belongs to and import it again'));
  const findings = [...parsed.findings, ...notes];
  const nothingRead = statements.length === 0 && findings.some(({ severity }) => severity === 'error');
  return { parsed, findings, invalid: refused !== null || unnamed || nothingRead, confirmedLayout: given };
}

/** Stored layouts were checked when they were given. */
function asLayout(account: BankAccountRecord | null): CsvLayout | null {
  return (account?.csvLayout ?? null) as CsvLayout | null;
}

function note(severity: Finding['severity'], value: string, problem: string): Finding {
  return { severity, where: NOWHERE, value, problem };
}
