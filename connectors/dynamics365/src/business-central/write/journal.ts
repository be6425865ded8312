import type { JsonObject, PlannedStep } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { call } from '../../odata/client.js';
import { isObject, listOf, textOf } from '../../odata/json.js';
import { address, quoted } from '../../odata/literal.js';
import { UNREADABLE_ANSWER } from '../../odata/pages.js';
import { NOT_DONE, type BatchOperation } from '../../odata/json-batch.js';
import { batch, companyPath, partError, rowsOf, slices, BATCH_OPERATIONS_MAX } from '../api.js';
import { errorOf, isNotFound, issueOf } from '../errors.js';
import { businessCentralSettings } from '../settings.js';
import { DESCRIPTION_MARK, linesOf, type ReceiptLine } from './words.js';

/** A journal batch as the API shows it. */
export interface Journal {
  readonly id: string;
  readonly code: string;
  /** Empty where nobody has set one. */
  readonly balancingAccountNumber: string;
}

/** A batch and the lines that stood in it when it was read. */
export interface FilledJournal {
  readonly journal: Journal;
  readonly rows: readonly JsonObject[];
}

/** The batch of a code with its lines, in one call; null where there is none. Never remembered: some templates rename a batch with every posting (reference, 2.8). */
export async function journalByCode(context: Context, code: string): Promise<FilledJournal | null> {
  const [row] = await rowsOf(context, address(companyPath(context, 'customerPaymentJournals'), { $filter: `code eq ${quoted(code)}`, $expand: 'customerPayments' }));
  if (row === undefined) return null;
  const journal = { id: textOf(row['id']) ?? '', code, balancingAccountNumber: textOf(row['balancingAccountNumber']) ?? '' };
  // More lines than an answer takes come behind a link of their own; then, and where nothing was expanded, the lines are read as a list.
  const whole = Array.isArray(row['customerPayments']) && row['customerPayments@odata.nextLink'] === undefined;
  return { journal, rows: whole ? listOf(row['customerPayments']).filter(isObject) : await linesIn(context, journal) };
}

/** Every line that stands in a batch now. */
export async function linesIn(context: Context, { id }: Journal): Promise<readonly JsonObject[]> {
  return await rowsOf(context, companyPath(context, `customerPaymentJournals(${id})/customerPayments`));
}

/** @throws ConnectorError `invalid` naming the batch that is not there. */
export async function requiredJournal(context: Context, code: string): Promise<FilledJournal> {
  const filled = await journalByCode(context, code);
  if (filled !== null) return filled;
  const problem = `there is no cash receipt journal batch "${code}"; create it with a balancing account, for the hub alone`;
  throw new ConnectorError(`Business Central: ${problem}`, { kind: 'invalid', issues: [{ path: 'journal', value: code, problem }] });
}

/** What stands in a batch, seen from one step. */
export interface JournalContent {
  /** Lines of this step: of a send that was cut off between writing and posting. */
  readonly own: readonly JsonObject[];
  /** Lines of other postings of a hub, cut off the same way: nothing of theirs is booked. */
  readonly leftOver: readonly JsonObject[];
  /** Lines somebody else wrote. Posting the batch would post them too. */
  readonly foreign: readonly JsonObject[];
}

/** The lines of a batch, by whose they are. */
export function contentOf(rows: readonly JsonObject[], mark: string): JournalContent {
  const written = rows.filter((row) => !isEmptyLine(row));
  const own = written.filter((row) => markIn(row) === mark);
  const others = written.filter((row) => markIn(row) !== mark);
  const isHubs = (row: JsonObject): boolean => (textOf(row['description']) ?? '').startsWith(DESCRIPTION_MARK);
  return { own, leftOver: others.filter(isHubs), foreign: others.filter((row) => !isHubs(row)) };
}

/** Posting leaves one empty line behind in a batch without a number series (reference, 2.8). */
function isEmptyLine(row: JsonObject): boolean {
  return (textOf(row['customerNumber']) ?? '') === '' && markIn(row) === '' && /^-?0*(\.0*)?$/.test(textOf(row['amount']) ?? '0');
}

function markIn(row: JsonObject): string {
  return textOf(row['externalDocumentNumber']) ?? '';
}

/** True when the lines in the batch are the step's, every one of them. */
export function isComplete(own: readonly JsonObject[], step: PlannedStep): boolean {
  const text = (parts: readonly string[]): string => parts.join('|');
  const there = own.map((row) => text([textOf(row['customerId']) ?? '', textOf(row['postingDate']) ?? '', amountOf(textOf(row['amount']) ?? ''), textOf(row['description']) ?? ''])).toSorted();
  const wanted = linesOf(step).map((line) => text([line.customerId, line.postingDate, amountOf(line.amount), line.description])).toSorted();
  return there.join('\n') === wanted.join('\n');
}

/** `-100.00` and `-100` are one amount. */
function amountOf(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Takes lines out of a batch again. What is gone already is fine. @returns how many it took out @throws ConnectorError when one stays. */
export async function removeLines(context: Context, lines: readonly JsonObject[]): Promise<number> {
  const { companyId } = businessCentralSettings(context).config;
  const operations = lines.map((row): BatchOperation => ({ method: 'DELETE', url: `companies(${companyId})/customerPayments(${textOf(row['id']) ?? ''})`, headers: { 'If-Match': '*' } }));
  let removed = 0;
  for (const slice of slices(operations, BATCH_OPERATIONS_MAX)) {
    for (const answer of await batch(context, slice, { writes: true })) {
      if (answer.problem === null) removed += 1;
      else if (!isNotFound({ status: answer.status, problem: answer.problem })) throw partError(answer, 'DELETE customerPayments', false);
    }
  }
  return removed;
}

/**
 * Writes a step's lines, all or none (`Isolation: snapshot`). Nothing is booked by that.
 * @throws ConnectorError `invalid` naming line and field, with whatever was written taken out again.
 */
export async function writeLines(context: Context, journal: Journal, lines: readonly ReceiptLine[]): Promise<void> {
  const { companyId } = businessCentralSettings(context).config;
  const url = `companies(${companyId})/customerPaymentJournals(${journal.id})/customerPayments`;
  const answers = await batch(context, lines.map(({ body }) => ({ method: 'POST', url, body })), { writes: true, atomic: true });
  const failed = answers.flatMap((answer, index) => (answer.problem === null ? [] : [{ answer, index }]));
  const [first] = failed;
  if (first === undefined) return;
  await cleanUp(context, journal, lines[0]?.mark ?? '');
  const telling = failed.find(({ answer }) => answer.status !== NOT_DONE && answer.problem?.message !== '') ?? first;
  const error = partError(telling.answer, `POST customerPayments, line ${telling.index + 1}`, false);
  if (error.failure.kind !== 'invalid') throw error;
  const issue = issueOf(telling.answer.problem, telling.answer.status);
  throw new ConnectorError(error.message, { kind: 'invalid', issues: [{ ...issue, path: `lines[${telling.index}].${issue.path}`, value: valueOf(lines[telling.index], issue.path) }] });
}

/** Lines of a posting that was refused do not stay in the batch: the next posting would take them along. Failing that, the next send clears them. */
export async function cleanUp(context: Context, journal: Journal, mark: string): Promise<void> {
  try {
    await removeLines(context, contentOf(await linesIn(context, journal), mark).own);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    context.log('businessCentral.linesStay', { journal: journal.code, mark, problem: error.message });
  }
}

function valueOf(line: ReceiptLine | undefined, field: string): string {
  const value = line?.body[field];
  return textOf(value) ?? (field === 'amount' ? line?.amount ?? '' : '');
}

/** `posted`: done or scheduled, the ledger tells which. `nothing`: the batch held no line any more. `moved`: the batch is not there under this id. */
export type PostAnswer = 'posted' | 'nothing' | 'moved';

/**
 * Posts everything in the batch: `journals` finds it by the same id (reference, 2.8.4).
 * @throws ConnectorError `invalid` in Business Central's words; `outcomeUnknown` when it may have been posted.
 */
export async function postJournal(context: Context, journal: Journal, lines: readonly ReceiptLine[]): Promise<PostAnswer> {
  const path = companyPath(context, `journals(${journal.id})/Microsoft.NAV.post`);
  context.log('businessCentral.post', { journal: journal.code, mark: lines[0]?.mark ?? '' });
  const answer = await call(context, businessCentralSettings(context).service, { method: 'POST', address: path, body: '{}', lane: 'write', writes: true });
  if (answer.failed === null && answer.status === 204) return 'posted';
  if (answer.failed === null) {
    throw new ConnectorError(`Business Central POST ${path}: answered ${answer.status} where 204 was promised`, { kind: 'outcomeUnknown' }, { cause: UNREADABLE_ANSWER });
  }
  if (/there is nothing to post/i.test(answer.failed.problem?.message ?? '')) return 'nothing';
  const error = errorOf(answer.failed, `POST ${path}`, true);
  if (error.failure.kind !== 'invalid') throw error;
  const issue = issueOf(answer.failed.problem, answer.failed.status);
  if (issue.path === 'journal' && isNotFound(answer.failed)) return 'moved';
  throw new ConnectorError(error.message, { kind: 'invalid', issues: [{ ...issue, path: issue.path === 'journal' ? issue.path : `lines.${issue.path}`, value: lines.map((line) => valueOf(line, issue.path)).filter(Boolean).join(', ') }] });
}
