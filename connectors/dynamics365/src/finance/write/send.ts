import type { JsonObject, PlannedStep } from '#canonical';
import { ConnectorError, type Context, type FoundStep, type SendOptions, type SendResult } from '#connector-kit';
import type { BatchAnswer } from '../../odata/json-batch.js';
import { textOf } from '../../odata/json.js';
import { changesetBatch, multipartAnswers } from '../../odata/multipart-batch.js';
import { quoted } from '../../odata/literal.js';
import { transactionsByIds } from '../read/ledger.js';
import { financeError, isPermission, statedProblem } from '../errors.js';
import { batchAddress, create, dataAddress, remove, write } from '../service.js';
import { companyOf, externalIdOf, field } from '../words.js';
import { bookedDifferences, journalDifferences } from './compare.js';
import { lookUp, rememberAccepted } from './find.js';
import { marksOf, type HeldJournal } from './journals.js';
import { MarkError, markRows, type MarkRow } from './marks.js';
import { readBack } from './read-back.js';
import { HEADER_ENTITY, LINE_ENTITY, LINE_NUMBER, MARK_ENTITY, plannedJournal } from './words.js';

/**
 * Sends one posting: looks whether it is there, creates the journal, then its line and marks in one changeset, all or none. What an earlier
 * send left half done is gone on with. Posting the journal is Finance's business, so the answer to a new one is `pending`.
 * @throws ConnectorError `outcomeUnknown` when Finance may have taken it; `conflict` when the key is there with other content; `invalid` with
 *   Finance's own words, nothing of the posting left behind; `rateLimited` and `auth` when it was turned away at the door.
 */
export async function send(context: Context, step: PlannedStep, options: SendOptions): Promise<SendResult> {
  const deadline = AbortSignal.timeout(options.deadlineMs);
  try {
    return await sendWithin({ ...context, signal: AbortSignal.any([context.signal, deadline]) }, step);
  } catch (error) {
    // Whatever was under way when time ran out, the next attempt has to look first.
    if (deadline.aborted && error instanceof ConnectorError && error.failure.kind === 'transient') throw new ConnectorError(error.message, { kind: 'outcomeUnknown' }, { cause: error });
    throw error;
  }
}

async function sendWithin(context: Context, step: PlannedStep): Promise<SendResult> {
  const { outcomes, journals } = await lookUp(context, [step]);
  const held = journals.get(step.stepKey);
  const known = await adopted(context, step, outcomes.get(step.stepKey), held);
  if (known !== null) return known;
  const batchNumber = held?.batchNumber ?? await createHeader(context, step);
  const rows = await marksToSend(context, step, batchNumber);
  await createLine(context, step, batchNumber, rows);
  rememberAccepted(context, step.stepKey, batchNumber);
  return { state: 'pending' };
}

/** The answer for a key that Finance has already; null where nothing, or no more than an empty journal, is there. */
async function adopted(context: Context, step: PlannedStep, found: FoundStep | undefined, held: HeldJournal | undefined): Promise<SendResult | null> {
  if (found?.state === 'booked') {
    const [booked] = await readBack(context, [{ step, externalId: found.externalId }]);
    const differsIn = booked === undefined || booked.externalId === null ? [] : bookedDifferences(step, booked);
    if (differsIn.length > 0) throw conflict(step, found.externalId, differsIn);
    return { state: 'booked', externalId: found.externalId, alreadyThere: true };
  }
  if (found?.state !== 'pending' || held === undefined) return null;
  const company = companyOf(held.header);
  const differsIn = journalDifferences(step, held, await marksOf(context, company, held.batchNumber));
  if (differsIn.length > 0) throw conflict(step, externalIdOf(company, held.batchNumber), differsIn);
  return { state: 'pending' };
}

function conflict(step: PlannedStep, externalId: string, differsIn: readonly string[]): ConnectorError {
  return new ConnectorError(`Finance holds ${externalId} under key ${step.stepKey} with another ${differsIn.join(', ')}`, { kind: 'conflict', externalId, differsIn });
}

/** The journal's number comes from Finance's number sequence, so it is read from the answer (reference 3.5). */
async function createHeader(context: Context, step: PlannedStep): Promise<string> {
  const { header } = plannedJournal(step);
  context.log('finance.createJournal', { stepKey: step.stepKey });
  const { row, failed } = await create(context, HEADER_ENTITY, header);
  if (failed !== null) throw financeError(`POST ${HEADER_ENTITY}`, failed, true, 'header');
  const batchNumber = row === null ? '' : field(row, 'JournalBatchNumber');
  if (batchNumber === '') throw new ConnectorError(`Finance POST ${HEADER_ENTITY}: the answer names no journal`, { kind: 'outcomeUnknown' });
  return batchNumber;
}

async function marksToSend(context: Context, step: PlannedStep, batchNumber: string): Promise<readonly MarkRow[]> {
  const journal = plannedJournal(step);
  const rows = await transactionsByIds(context, journal.marks.map(({ document }) => document), 'invoice');
  const open = new Map(rows.map((row) => [externalIdOf(companyOf(row), field(row, 'SysRecId')), row]));
  try {
    return markRows(journal, textOf(journal.line['CurrencyCode']) ?? '', open);
  } catch (error) {
    if (!(error instanceof MarkError)) throw error;
    await discard(context, step, batchNumber);
    throw new ConnectorError(`Finance cannot settle what ${step.stepKey} pays: ${error.message}`, { kind: 'invalid', issues: [{ path: error.path, value: error.value, problem: error.message }] }, { cause: error });
  }
}

/** Line and marks are one changeset: a posting is in Finance whole, or not at all. The outer answer is 200 even when it was refused. */
async function createLine(context: Context, step: PlannedStep, batchNumber: string, marks: readonly MarkRow[]): Promise<void> {
  const { line, company } = plannedJournal(step);
  const lineBody: JsonObject = { ...line, JournalBatchNumber: batchNumber, LineNumber: { $number: LINE_NUMBER } };
  const markBodies = marks.map((mark): JsonObject => ({ ...mark, JournalLineCompany: company, JournalBatchNumber: batchNumber, JournalLineNumber: { $number: LINE_NUMBER } }));
  const operations = [{ method: 'POST' as const, url: batchAddress(LINE_ENTITY), body: lineBody }, ...markBodies.map((body) => ({ method: 'POST' as const, url: batchAddress(MARK_ENTITY), body }))];
  const batch = changesetBatch(operations, step.stepKey.replaceAll(/[^A-Za-z0-9]/g, ''));
  context.log('finance.createLine', { stepKey: step.stepKey, journal: batchNumber, marks: marks.length });
  const answer = await write(context, { method: 'POST', address: dataAddress('$batch'), body: batch.body, headers: { 'content-type': batch.contentType, accept: 'multipart/mixed' } });
  if (answer.failed !== null) throw financeError('POST $batch', answer.failed, true);
  const answers = multipartAnswers(answer.contentType, answer.text);
  const refused = answers.findIndex(({ problem }) => problem !== null);
  if (refused >= 0) await refuse(context, step, batchNumber, answers, refused);
  if (answers.length < operations.length) throw new ConnectorError(`Finance POST $batch: ${answers.length} of ${operations.length} operations are answered`, { kind: 'outcomeUnknown' });
}

/** The changeset was undone by Finance; the empty journal is taken away, so that nobody posts or counts it. */
async function refuse(context: Context, step: PlannedStep, batchNumber: string, answers: readonly BatchAnswer[], refused: number): Promise<never> {
  const answer = answers[refused];
  const failed = { status: answer?.status ?? 500, problem: answer?.problem ?? null, retryAfterMs: null, throttledInARow: 1 };
  // A failed changeset has one answer for all of its operations; which one failed stands in the text alone.
  const path = answers.length === 1 ? 'body' : refused === 0 ? 'line' : `marks[${refused - 1}]`;
  const error = financeError(`changeset of ${step.stepKey}`, failed, true, pathIn(statedProblem(failed.problem), path));
  if (error.failure.kind === 'invalid' || isPermission(failed)) await discard(context, step, batchNumber);
  throw error;
}

function pathIn(stated: string, path: string): string {
  if (/PaymentJournalLineSettledInvoice|settle|marked|remaining amount/i.test(stated)) return path.startsWith('marks') ? path : 'marks';
  return path === 'body' ? 'line' : path;
}

/** Lines go with their header (reference 3.5). What cannot be taken away now is an empty journal, which the next send adopts. */
async function discard(context: Context, step: PlannedStep, batchNumber: string): Promise<void> {
  const { company } = plannedJournal(step);
  const key = `${HEADER_ENTITY}(dataAreaId=${quoted(company)},JournalBatchNumber=${quoted(batchNumber)})`;
  try {
    const failed = await remove(context, key);
    if (failed !== null) context.log('finance.emptyJournalLeft', { stepKey: step.stepKey, journal: batchNumber, status: failed.status });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    context.log('finance.emptyJournalLeft', { stepKey: step.stepKey, journal: batchNumber, problem: error.failure.kind });
  }
}

