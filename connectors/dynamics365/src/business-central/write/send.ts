import type { JsonObject, PlannedStep } from '#canonical';
import { ConnectorError, type Context, type FoundStep, type SendOptions, type SendResult } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { UNREADABLE_ANSWER } from '../../odata/pages.js';
import { PROCESSING_MS_MAX } from '../capabilities.js';
import { cleanUp, contentOf, isComplete, journalByCode, postJournal, removeLines, requiredJournal, writeLines, type FilledJournal, type Journal } from './journal.js';
import { proveAlone, stopForForeign } from './last-look.js';
import { differencesOf, readBackReceipts, receiptsByMark } from './ledger-look-up.js';
import { findReversals, isReversal, sendReversal } from './reverse.js';
import { journalCodeOf, linesOf, markOf, stepKeyIn } from './words.js';

/**
 * Sends one step: its lines into the dedicated batch, a last look that nothing else stands there, then the batch is posted, then the ledger is asked. Nothing is repeated; after an
 * unknown outcome (`attempt` above 1) the ledger is asked first, because Business Central takes the same payment twice (reference, 2.8.5).
 * @throws ConnectorError `outcomeUnknown` when it may have been posted; `conflict` when the key is there with other content; `invalid` with
 *   Business Central's own words; `rateLimited`, `transient` and `auth` when nothing was posted.
 */
export async function send(context: Context, step: PlannedStep, options: SendOptions): Promise<SendResult> {
  const deadline = AbortSignal.timeout(options.deadlineMs);
  const bounded = { ...context, signal: AbortSignal.any([context.signal, deadline]) };
  try {
    return await (isReversal(step) ? sendReversal(bounded, step) : sendWithin(bounded, step, options.attempt));
  } catch (error) {
    throw unlessKnown(error, step, deadline.aborted || context.signal.aborted);
  }
}

/** A deadline that fell before the posting, and an answer nobody understands, leave the caller in doubt all the same. */
function unlessKnown(error: unknown, step: PlannedStep, stopped: boolean): unknown {
  if (!(error instanceof ConnectorError) || error.failure.kind !== 'transient') return error;
  if (!stopped && error.cause !== UNREADABLE_ANSWER) return error;
  return new ConnectorError(`${error.message}; whether ${step.stepKey} is posted has to be looked up`, { kind: 'outcomeUnknown' }, { cause: error });
}

async function sendWithin(context: Context, step: PlannedStep, attempt: number): Promise<SendResult> {
  const known = attempt > 1 ? await inLedger(context, step) : null;
  if (known !== null) return known;
  const filled = await requiredJournal(context, journalCodeOf(step));
  const { journal } = filled;
  const lines = linesOf(step);
  const looked = await prepare(context, filled, step);
  const answer = looked === 'gone' ? 'nothing' : await postJournal(context, journal, lines).catch(async (error: unknown) => {
    if (error instanceof ConnectorError && error.failure.kind === 'invalid') await cleanUp(context, journal, markOf(step.stepKey));
    throw error;
  });
  const booked = await inLedgerAfter(context, step);
  if (booked !== null) return { ...booked, alreadyThere: attempt > 1 && answer !== 'posted' };
  if (answer === 'posted') {
    remember(context, step.stepKey);
    return { state: 'pending' };
  }
  throw new ConnectorError(`Business Central: the lines of ${step.stepKey} are neither in batch ${journal.code} nor in the ledger`, { kind: 'outcomeUnknown' });
}

/** Brings the batch to where it holds this step's lines and no others, as a look right before the posting saw it. */
async function prepare(context: Context, { journal, rows }: FilledJournal, step: PlannedStep): Promise<'alone' | 'gone'> {
  const content = contentOf(rows, markOf(step.stepKey));
  if (content.foreign.length > 0) await stopForForeign(context, journal, step, content);
  if (content.leftOver.length > 0) await removeLeftOver(context, journal, content.leftOver);
  if (content.own.length > 0 && isComplete(content.own, step)) return 'alone';
  if (content.own.length > 0) await removeLines(context, content.own);
  await writeLines(context, journal, linesOf(step));
  return await proveAlone(context, journal, step);
}

/** Lines of a posting this process saw accepted wait for the job queue: whoever comes next waits with them. All others were cut off. */
async function removeLeftOver(context: Context, journal: Journal, lines: readonly JsonObject[]): Promise<void> {
  const waiting = lines.map((line) => stepKeyIn(textOf(line['description']) ?? '')).find((stepKey) => stepKey !== null && isScheduled(context, stepKey));
  if (waiting !== undefined) throw new ConnectorError(`Business Central: batch ${journal.code} waits for the job queue to post ${waiting ?? ''}`, { kind: 'transient' });
  await removeLines(context, lines);
}

/** After the call that posts, a failed look-up leaves the outcome unknown, whatever its own failure. */
async function inLedgerAfter(context: Context, step: PlannedStep): Promise<Extract<SendResult, { state: 'booked' }> | null> {
  try {
    const [entry] = (await receiptsByMark(context, [step.stepKey])).get(markOf(step.stepKey)) ?? [];
    return entry === undefined ? null : { state: 'booked', externalId: entry.entryNumber, alreadyThere: false };
  } catch (error) {
    throw new ConnectorError(`Business Central: ${step.stepKey} was posted or scheduled, and the ledger cannot be asked`, { kind: 'outcomeUnknown' }, { cause: error });
  }
}

/** The same booking is ours; another one under the key is a conflict that names what differs. */
async function inLedger(context: Context, step: PlannedStep): Promise<SendResult | null> {
  const found = (await find(context, [step])).get(step.stepKey);
  if (found === undefined || found.state === 'refused') return null;
  if (found.state === 'pending') return { state: 'pending' };
  const [booked] = await readBackReceipts(context, [{ step, externalId: found.externalId }]);
  const differsIn = booked === undefined ? ['externalId'] : differencesOf(step, booked);
  if (differsIn.length === 0) return { state: 'booked', externalId: found.externalId, alreadyThere: true };
  throw new ConnectorError(`Business Central holds entry ${found.externalId} under key ${step.stepKey} with another ${differsIn.join(', ')}`, { kind: 'conflict', externalId: found.externalId, differsIn });
}

const scheduledKey = (stepKey: string): string => `businessCentral.scheduled.${stepKey}`;

/** "Post with Job Queue" answers 204 as well; that nothing is in the ledger yet is all there is to tell them apart. */
function remember(context: Context, stepKey: string): void {
  context.memory.set(scheduledKey(stepKey), context.now().getTime());
}

/**
 * Which of these steps are in the ledger. A step this process saw accepted is pending as long as its lines wait in the batch, at most for
 * the processing time: then it is absent, and sending it again posts the lines that wait. Lines are posted once and gone, so that books nothing twice.
 */
export async function find(context: Context, all: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>> {
  const found = new Map<string, FoundStep>(await findReversals(context, all.filter(isReversal)));
  const steps = all.filter((step) => !isReversal(step));
  if (steps.length === 0) return found;
  const receipts = await receiptsByMark(context, steps.map(({ stepKey }) => stepKey));
  for (const step of steps) {
    const [entry] = receipts.get(markOf(step.stepKey)) ?? [];
    if (entry !== undefined) {
      context.memory.delete(scheduledKey(step.stepKey));
      found.set(step.stepKey, { state: 'booked', externalId: entry.entryNumber });
    } else if (await waits(context, step)) found.set(step.stepKey, { state: 'pending' });
  }
  return found;
}

function isScheduled(context: Context, stepKey: string): boolean {
  const scheduledAtMs = context.memory.get(scheduledKey(stepKey));
  return typeof scheduledAtMs === 'number' && context.now().getTime() - scheduledAtMs <= PROCESSING_MS_MAX;
}

async function waits(context: Context, step: PlannedStep): Promise<boolean> {
  if (!context.memory.has(scheduledKey(step.stepKey))) return false;
  const filled = isScheduled(context, step.stepKey) ? await journalByCode(context, journalCodeOf(step)) : null;
  const waiting = filled !== null && contentOf(filled.rows, markOf(step.stepKey)).own.length > 0;
  if (!waiting) context.memory.delete(scheduledKey(step.stepKey));
  return waiting;
}
