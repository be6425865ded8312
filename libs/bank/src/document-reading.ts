import type { Finding } from '#canonical';
import { type CsvLayout, type ReadDocument, type ReadOptions, recognise } from '#documents';
import type { BankAccountRecord } from '#storage';
import { NOWHERE } from './import-findings.js';

export type ParseDocument = (bytes: Uint8Array, options: ReadOptions) => Promise<ReadDocument>;

/** A document as read, before anything is stored. */
export interface DocumentReading {
  readonly parsed: ReadDocument;
  /** The parser's findings and those of this reading. */
  readonly findings: readonly Finding[];
  /** Nothing of it can be imported; the findings say why. */
  readonly invalid: boolean;
  /** The layout a person gave and the document was read by: worth remembering. */
  readonly confirmedLayout: CsvLayout | null;
}

/** What the hub knows of a document besides its bytes. */
export interface DocumentCircumstances {
  readonly name: string;
  /** The bank account somebody named. */
  readonly account: BankAccountRecord | null;
  /** The layout a person gave in answer to a question. */
  readonly layout: CsvLayout | null;
}

/** Formats whose columns are a matter of layout. */
const TABLES: ReadonlySet<string> = new Set(['csv', 'xlsx']);

/**
 * Reads a document by content. The named account fills in what a table leaves out and lends its remembered layout; a layout that no longer
 * fits is said and the document is guessed anew, which asks rather than takes a doubtful row.
 */
export async function readReceived(parse: ParseDocument, bytes: Uint8Array, { name, account, layout: given }: DocumentCircumstances): Promise<DocumentReading> {
  const known: ReadOptions = account === null ? { name } : { name, account: account.accountNumber, currency: account.currency };
  const format = recognise(bytes, true)?.format ?? null;
  const isTable = format === null || TABLES.has(format);
  const notes: Finding[] = [];
  if (!isTable && given !== null) notes.push(note('warning', 'layout', `a layout was given, but the document is ${format}, which needs none; the layout was left aside`));
  const remembered = given === null ? asLayout(account) : null;
  const layout = isTable ? given ?? remembered : null;
  let parsed = await parse(bytes, layout === null ? known : { ...known, layout });
  if (layout !== null && layout === remembered && parsed.refused !== null) {
    notes.push(note('warning', account?.name ?? '', `the layout remembered for this account does not fit (${parsed.refused.problem}); the document was read without it`));
    parsed = await parse(bytes, known);
  }
  return judge(parsed, notes, isTable ? given : null);
}

function judge(parsed: ReadDocument, notes: Finding[], given: CsvLayout | null): DocumentReading {
  const { refused, statements, remittances, entries } = parsed;
  if (refused !== null) notes.push({ severity: 'error', where: refused.where, value: '', problem: refused.problem });
  const unnamed = statements.some(({ account }) => account.trim() === '');
  if (unnamed) notes.push(note('error', 'bankAccountId', 'the document does not name its account: choose the bank account it belongs to and import it again'));
  const findings = [...parsed.findings, ...notes];
  const nothingRead = statements.length + remittances.length + entries.length === 0 && findings.some(({ severity }) => severity === 'error');
  return { parsed, findings, invalid: refused !== null || unnamed || nothingRead, confirmedLayout: given };
}

/** Stored layouts were checked when they were given. */
function asLayout(account: BankAccountRecord | null): CsvLayout | null {
  return (account?.csvLayout ?? null) as CsvLayout | null;
}

function note(severity: Finding['severity'], value: string, problem: string): Finding {
  return { severity, where: NOWHERE, value, problem };
}
