import type { CurrencyCode, Finding } from '#canonical';
import { type CsvLayout, type DocumentModel, type LockboxProfile, type ReadDocument, type ReadOptions, recognise, type RemittanceLayout } from '#documents';
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
  /** The layouts a person gave and the document was read by: worth remembering. */
  readonly confirmed: GivenLayouts;
}

/** Layouts of tables: of a bank's statement, of a payer's remittance. */
export interface GivenLayouts {
  readonly layout: CsvLayout | null;
  readonly remittanceLayout: RemittanceLayout | null;
}

export const NO_LAYOUTS: GivenLayouts = { layout: null, remittanceLayout: null };

/** What the hub knows of a document besides its bytes. */
export interface DocumentCircumstances {
  readonly name: string;
  /** The bank account somebody named. */
  readonly account: BankAccountRecord | null;
  /** The currency of all the tenant's bank accounts; null where they have several, or there is none. */
  readonly onlyCurrency: CurrencyCode | null;
  /** What a person gave in answer to a question. */
  readonly given: GivenLayouts;
  /** How the bank of this source fills the columns of a lockbox file; null takes the shipped profile that fits. */
  readonly lockboxProfile: LockboxProfile | null;
  /** What was confirmed of this source's remittances before. */
  readonly rememberedRemittance: RemittanceLayout | null;
  /** Asked about what rules cannot read; null asks nobody. */
  readonly model: DocumentModel | null;
}

/** Formats whose columns are a matter of layout; a mail's are those of its attachments. */
const TABLES: ReadonlySet<string> = new Set(['csv', 'xlsx', 'email']);

/** A layout that was remembered, and for what. */
interface Remembered {
  readonly options: Pick<ReadOptions, 'layout' | 'remittanceLayout'>;
  readonly of: string;
}

/**
 * Reads a document by content. The named account fills in what a table leaves out and lends its remembered layout, the source lends that of its
 * remittances; a layout that no longer fits is said and the document is guessed anew, which asks rather than takes a doubtful row.
 */
export async function readReceived(parse: ParseDocument, bytes: Uint8Array, circumstances: DocumentCircumstances): Promise<DocumentReading> {
  const { given } = circumstances;
  const known = knownOf(circumstances);
  const format = recognise(bytes, true)?.format ?? null;
  const isTable = format === null || TABLES.has(format);
  const notes: Finding[] = [];
  const answers = given.layout !== null || given.remittanceLayout !== null;
  if (!isTable && answers) notes.push(note('warning', 'layout', `a layout was given, but the document is ${format}, which needs none; the layout was left aside`));
  if (isTable && answers) return judge(await parse(bytes, { ...known, ...optionsOf(given) }), notes, given);
  const remembered = isTable ? rememberedOf(circumstances) : null;
  if (remembered === null) return judge(await parse(bytes, known), notes, NO_LAYOUTS);
  const parsed = await parse(bytes, { ...known, ...remembered.options });
  if (parsed.refused === null) return judge(parsed, notes, NO_LAYOUTS);
  notes.push(note('warning', remembered.of, `the layout remembered for this ${remembered.of} does not fit (${parsed.refused.problem}); the document was read without it`));
  return judge(await parse(bytes, known), notes, NO_LAYOUTS);
}

function knownOf({ name, account, onlyCurrency, model, lockboxProfile }: DocumentCircumstances): ReadOptions {
  const assumed = onlyCurrency === null ? {} : { assumedCurrency: { currency: onlyCurrency, because: `all your bank accounts are in ${onlyCurrency}` } };
  return { name, ...assumed, ...(account === null ? {} : { account: account.accountNumber, currency: account.currency }), ...(model === null ? {} : { model }), ...(lockboxProfile === null ? {} : { lockboxProfile }) };
}

function rememberedOf({ account, rememberedRemittance }: DocumentCircumstances): Remembered | null {
  const layout = asLayout(account);
  if (layout !== null) return { options: { layout }, of: 'account' };
  return rememberedRemittance === null ? null : { options: { remittanceLayout: rememberedRemittance }, of: 'source' };
}

function optionsOf({ layout, remittanceLayout }: GivenLayouts): Pick<ReadOptions, 'layout' | 'remittanceLayout'> {
  return { ...(layout === null ? {} : { layout }), ...(remittanceLayout === null ? {} : { remittanceLayout }) };
}

function judge(parsed: ReadDocument, notes: Finding[], confirmed: GivenLayouts): DocumentReading {
  const { refused, statements, remittances, entries } = parsed;
  if (refused !== null) notes.push({ severity: 'error', where: refused.where, value: '', problem: refused.problem });
  const unnamed = statements.some(({ account }) => account.trim() === '');
  if (unnamed) notes.push(note('error', 'bankAccountId', 'the document does not name its account: choose the bank account it belongs to and import it again'));
  const findings = [...parsed.findings, ...notes];
  const nothingRead = statements.length + remittances.length + entries.length === 0 && findings.some(({ severity }) => severity === 'error');
  return { parsed, findings, invalid: refused !== null || unnamed || nothingRead, confirmed };
}

/** Stored layouts were checked when they were given. */
function asLayout(account: BankAccountRecord | null): CsvLayout | null {
  return (account?.csvLayout ?? null) as CsvLayout | null;
}

function note(severity: Finding['severity'], value: string, problem: string): Finding {
  return { severity, where: NOWHERE, value, problem };
}
