import { stringifyKeepingNumberText, type Json, type JsonObject, type PlannedStep } from '#canonical';
import { ConnectorError, type Context, type SendOptions, type SendResult } from '#connector-kit';
import { call, failureOf, type NetSuiteAnswer, type NetSuiteCall } from '../client.js';
import { isAlreadySubmitted, isDuplicateKey, isNotFound } from '../errors.js';
import { netsuiteSettings } from '../settings.js';
import { lineOfAccount, transactionsById, unappliedProblem } from './books.js';
import { find, idByRecord } from './find.js';
import { idOfLocation, jobOutcome, rememberJob, unknownOutcome } from './jobs.js';
import { differencesOf, readBack } from './read-back.js';
import { CREDIT_MEMO, exactNumber, LINE_OF_ACCOUNT, listOf, objectOf, PAYMENT, RECORD_PATH, targetId, textOf, UNAPPLIED_OF, unappliedShare } from './words.js';

/** A misspelt field is dropped silently by default; a posting must fail over it instead. */
const STRICT_HEADERS = { 'x-netsuite-propertynamevalidation': 'error', 'x-netsuite-propertyvaluevalidation': 'error' } as const;

/**
 * Sends one step whose placeholders are resolved. Never repeats a write; after an unknown outcome (`attempt` above 1) it looks first.
 * @throws ConnectorError `outcomeUnknown` when NetSuite may have booked; `conflict` when the key is there with other content;
 *   `invalid` with NetSuite's own words; `rateLimited` and `auth` when it was turned away at the door.
 */
export async function send(context: Context, step: PlannedStep, options: SendOptions): Promise<SendResult> {
  const sending: Sending = { context: boundedBy(context, options.deadlineMs), step, attempt: options.attempt };
  if (options.attempt > 1) {
    const found = (await find(sending.context, [step])).get(step.stepKey);
    if (found?.state === 'booked') return await adopted(sending.context, step, found.externalId);
    if (found?.state === 'pending') return { state: 'pending' };
  }
  switch (step.action) {
    case 'create': return await create(sending);
    case 'update': return await update(sending);
    case 'delete': return await remove(sending);
  }
}

/** One deadline for everything a send does: its look-ups, its token, its waiting for a place and the write itself. */
function boundedBy(context: Context, deadlineMs: number): Context {
  return { ...context, signal: AbortSignal.any([context.signal, AbortSignal.timeout(deadlineMs)]) };
}

interface Sending {
  /** Its signal is the deadline's, too. */
  readonly context: Context;
  readonly step: PlannedStep;
  readonly attempt: number;
}

async function create(sending: Sending): Promise<SendResult> {
  const { context, step } = sending;
  const { asyncPosting } = netsuiteSettings(context);
  await assertUnapplied(context, step.body);
  const body = await withLines(context, step.body);
  const asynchronously = asyncPosting ? { prefer: 'respond-async', 'x-netsuite-idempotency-key': step.stepKey } : {};
  const request = requestOf(sending, 'POST', `${RECORD_PATH}/${step.recordType}`, body, asynchronously);
  const answer = await call(context, request);
  if (answer.status === 202) return await pendingJob(context, step, answer.location, false);
  if (answer.failed === null) {
    const externalId = idOfLocation(answer.location);
    if (externalId === null) throw unknownOutcome(`POST ${step.recordType}`);
    return { state: 'booked', externalId, alreadyThere: false };
  }
  if (isAlreadySubmitted(answer.failed)) return await pendingJob(context, step, answer.location, true);
  if (isDuplicateKey(answer.failed)) {
    const found = (await find(context, [step])).get(step.stepKey);
    const externalId = found?.state === 'booked' ? found.externalId : await idByRecord(context, step);
    if (externalId !== null) return await adopted(context, step, externalId);
  }
  throw failureOf(context, request, answer.failed);
}

/** A job that was handed in before may have ended long ago; what it made of the request is asked at once. */
async function pendingJob(context: Context, step: PlannedStep, location: string | null, alreadyThere: boolean): Promise<SendResult> {
  if (location === null) throw unknownOutcome(`POST ${step.recordType}`);
  rememberJob(context, step.stepKey, location);
  const outcome = await jobOutcome(context, location).catch((error: unknown): { state: 'pending' } => {
    if (error instanceof ConnectorError) return { state: 'pending' };
    throw error;
  });
  if (outcome.state === 'booked') return { state: 'booked', externalId: outcome.externalId, alreadyThere };
  if (outcome.state === 'pending') return outcome;
  throw new ConnectorError(`NetSuite refused the job of ${step.stepKey}: ${outcome.problem}`, { kind: 'invalid', issues: [{ path: 'body', value: step.stepKey, problem: outcome.problem }] });
}

async function update(sending: Sending): Promise<SendResult> {
  const { context, step } = sending;
  const { recordType, body, externalId } = await asRecordIs(context, step);
  const request = requestOf(sending, 'PATCH', `${RECORD_PATH}/${recordType}/${externalId}`, await withLines(context, body), {});
  const answer = await call(context, request);
  if (answer.failed !== null) throw failureOf(context, request, answer.failed);
  if (answer.status !== 204) throw unknownOutcome(`PATCH ${recordType}/${externalId}`);
  return { state: 'booked', externalId, alreadyThere: false };
}

/** A reason comes first where the account demands one; the deletion is what counts. */
async function remove(sending: Sending): Promise<SendResult> {
  const { context, step } = sending;
  const externalId = targetId(step) ?? '';
  const path = `${RECORD_PATH}/${step.recordType}/${externalId}`;
  if (Object.keys(step.body).length > 0) {
    const reason = requestOf(sending, 'PATCH', path, step.body, {});
    const answer = await call(context, reason);
    if (answer.failed !== null) throw failureOf(context, reason, answer.failed);
  }
  const request = requestOf(sending, 'DELETE', path, null, {});
  const answer: NetSuiteAnswer = await call(context, request);
  if (answer.failed !== null && isNotFound(answer.failed) && sending.attempt > 1) return { state: 'booked', externalId, alreadyThere: true };
  if (answer.failed !== null) throw failureOf(context, request, answer.failed);
  if (answer.status !== 204) throw unknownOutcome(`DELETE ${step.recordType}/${externalId}`);
  return { state: 'booked', externalId, alreadyThere: false };
}

/**
 * The key is there. The same booking is ours; another one is a conflict that names what differs. What SuiteQL does not show yet,
 * though NetSuite has it, can be neither: it is looked up again.
 */
async function adopted(context: Context, step: PlannedStep, externalId: string): Promise<SendResult> {
  if (step.action !== 'create') return { state: 'booked', externalId, alreadyThere: true };
  const [booked] = await readBack(context, [{ step, externalId }]);
  if (booked?.externalId === null) throw unseenOutcome(step, externalId);
  const differsIn = booked === undefined ? ['externalId'] : differencesOf(step, booked);
  if (differsIn.length === 0) return { state: 'booked', externalId, alreadyThere: true };
  throw new ConnectorError(`NetSuite holds ${step.recordType} ${externalId} under key ${step.stepKey} with another ${differsIn.join(', ')}`, { kind: 'conflict', externalId, differsIn });
}

function unseenOutcome(step: PlannedStep, externalId: string): ConnectorError {
  return new ConnectorError(`NetSuite holds ${step.recordType} ${externalId} under key ${step.stepKey}, and its queries do not show it yet`, { kind: 'outcomeUnknown' });
}

/**
 * What a plan calls a credit may be cash on account: a payment is changed under its own record type, with its customer.
 * Which it is stands in NetSuite alone.
 */
async function asRecordIs(context: Context, step: PlannedStep): Promise<{ readonly recordType: string; readonly body: JsonObject; readonly externalId: string }> {
  const externalId = targetId(step) ?? '';
  if (step.recordType !== CREDIT_MEMO) return { recordType: step.recordType, body: step.body, externalId };
  const row = (await transactionsById(context, [externalId])).get(externalId);
  if (row?.['type'] !== 'CustPymt') return { recordType: CREDIT_MEMO, body: step.body, externalId };
  return { recordType: PAYMENT, body: { customer: { id: row['entity'] ?? '' }, ...step.body }, externalId };
}

/** @throws ConnectorError `invalid` when a payment to be countered is used up, as it is once it was countered. */
async function assertUnapplied(context: Context, body: JsonObject): Promise<void> {
  const share = unappliedShare(body);
  if (share === null) return;
  const row = (await transactionsById(context, [share.paymentId])).get(share.paymentId);
  const problem = unappliedProblem(share, row);
  if (problem !== null) throw new ConnectorError(`NetSuite: ${problem}`, { kind: 'invalid', issues: [{ path: 'target', value: share.paymentId, problem }] });
}

/** Fills in the lines of journals, which NetSuite numbered when it booked them. */
async function withLines(context: Context, { [UNAPPLIED_OF]: _guard, ...body }: JsonObject): Promise<JsonObject> {
  const filled: Record<string, Json> = { ...body };
  for (const list of ['apply', 'credit'] as const) {
    const items = listOf(objectOf(body[list])['items']);
    if (!items.some((item) => LINE_OF_ACCOUNT in objectOf(item['line']))) continue;
    filled[list] = { items: await Promise.all(items.map((item) => withLine(context, item))) };
  }
  return filled;
}

async function withLine(context: Context, item: JsonObject): Promise<JsonObject> {
  const account = textOf(objectOf(item['line'])[LINE_OF_ACCOUNT]);
  if (account === null) return item;
  const journal = textOf(objectOf(item['doc'])['id']) ?? '';
  const line = await lineOfAccount(context, journal, account);
  if (line !== null) return { ...item, line: exactNumber(line) };
  const problem = `journal ${journal} has no line on account ${account}; it may be waiting for approval`;
  throw new ConnectorError(`NetSuite: ${problem}`, { kind: 'invalid', issues: [{ path: 'line', value: account, problem }] });
}

function requestOf(
  { context, step }: Sending, method: 'POST' | 'PATCH' | 'DELETE', path: string, body: JsonObject | null, headers: Readonly<Record<string, string>>,
): NetSuiteCall {
  context.log('netsuite.send', { method, path, stepKey: step.stepKey });
  return {
    method, path, headers: { ...STRICT_HEADERS, ...headers }, lane: 'write', writes: true, timeoutMs: netsuiteSettings(context).requestTimeoutMs,
    ...(body === null ? {} : { body: stringifyKeepingNumberText(body) }),
  };
}
