import { createHash } from 'node:crypto';
import { ConnectorError, reactionTo, type ConnectorFailure, type Delivery, type RenderedFile } from '#connector-kit';
import type { Json } from '#canonical';
import { readBatchBytes, type Transaction } from '#storage';
import { failureOf } from '../lane/answer-to-transition.js';
import { backOffMs, retryAfterMs } from '../rules/back-off.js';
import { lookAgainInMs } from '../rules/next-batch-action.js';
import { moveCarried, type BatchTransition, type CarriedBatch } from './batch-moves.js';
import { exportPostings, handOver } from './batch-postings.js';
import type { FileRun } from './file-run.js';
import { confirmWithinMs } from './file-settings.js';
import { renderAgain } from './render-again.js';

/** A delivery's answer, or what stands for one. */
type Outcome = { readonly delivery: Delivery } | { readonly failure: ConnectorFailure; readonly message: string };

/**
 * One delivery under a lease: intent committed, lease checked, delivered, answered, recorded; as with a call (README, "Exactly once").
 * The bytes are those that were stored with the batch, whoever delivers them and however often.
 */
export async function deliverBatch(run: FileRun, carried: CarriedBatch): Promise<void> {
  const { crashPoint, limits } = run.options;
  const file = await fileOf(run, carried);
  if (file === null) {
    await stop(run, carried, 'the stored bytes are not the ones their digest was taken of: nothing is delivered', null);
    return;
  }
  // Only without the look-up safeguard: what a crash left under way is taken for absent.
  if (carried.row.state === 'delivering') await moveCarried(run, carried, { to: 'unknown', because: 'left under way', evidence: null, keepLease: true });
  const attempt = carried.row.attempts + 1;
  await moveCarried(run, carried, {
    to: 'delivering', because: `file ${file.name} is delivered${attempt > 1 ? `, attempt ${attempt}` : ''}`, evidence: { attempt, name: file.name, sha256: digestOf(file.bytes) }, keepLease: true,
    // Should we die now, the file may leave until the lease ends, and arrive for as long as the target takes after that.
    attempts: attempt, lookUps: 0, resendAfterMs: run.leaseMs + run.processingMs,
  });
  await crashPoint('afterDeliveryIntent');
  await crashPoint('beforeDelivery');
  // Nothing is awaited between this check and the call.
  if (carried.leaseEndsAtMs - run.elapsed.nowMs() < limits.timeoutMs + limits.leaseMarginMs / 2) {
    await moveCarried(run, carried, { to: 'closed', because: 'not delivered: the lease was too short for it', evidence: { sent: false }, attempts: attempt - 1, dueInMs: 0 });
    return;
  }
  const outcome = await call(run, file);
  await crashPoint('afterDelivery');
  await record(run, carried, outcome);
  await crashPoint('afterDeliveryRecord');
}

/** Null where the bytes were changed. @throws when they are gone, which the database does not allow. */
async function fileOf(run: FileRun, { row }: CarriedBatch): Promise<RenderedFile | null> {
  const { database, connection, safeguards } = run.options;
  const again = safeguards.storedFile ? null : await renderAgain(run, row);
  const name = safeguards.sameName ? again?.name ?? row.name : `${row.attempts + 1}-${row.name}`;
  if (again !== null) return { name, bytes: again.bytes };
  const bytes = await database.inTenant(connection.tenantId, (transaction) => readBatchBytes(transaction, row.id));
  if (bytes === null) throw new Error(`batch ${row.id} has no bytes`);
  return digestOf(bytes) === row.sha256 ? { name, bytes } : null;
}

/** The file as it is asked about: its name and its bytes. */
export const fileToAskFor = fileOf;

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function call(run: FileRun, file: RenderedFile): Promise<Outcome> {
  try {
    return { delivery: await bounded(run, (signal) => run.door.deliver(run.options.connection.context(signal), file)) };
  } catch (error) {
    return failureOf(error);
  }
}

/** A call that does not end is given up: what it does later, nobody knows. @throws ConnectorError `outcomeUnknown` when the time is over */
export async function bounded<T>(run: FileRun, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeoutMs } = run.options.limits;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abort.abort(new Error(`no answer within ${timeoutMs} ms`));
      reject(new ConnectorError(`no answer within ${timeoutMs} ms`, { kind: 'outcomeUnknown' }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function record(run: FileRun, carried: CarriedBatch, outcome: Outcome): Promise<void> {
  if ('delivery' in outcome) {
    const { delivery } = outcome;
    if (delivery.state === 'byPerson') {
      await moveCarried(run, carried, { to: 'awaitingPerson', because: 'a person carries it to the target: download it, then say that it is delivered', evidence: { delivery } });
      return;
    }
    await delivered(run, carried, delivery.alreadyThere ? 'the target had it already' : 'delivered', { delivery });
    return;
  }
  const { failure, message } = outcome;
  const evidence: Json = { failure: failure as unknown as Json, message };
  const nothingLeft = (because: string, dueInMs: number, counted: boolean): BatchTransition => ({
    to: 'closed', because, evidence, dueInMs, attempts: counted ? carried.row.attempts : carried.row.attempts - 1,
  });
  switch (reactionTo(failure)) {
    case 'retry': return moveCarried(run, carried, nothingLeft(`nothing was delivered: ${message}`, backOffMs(carried.row.attempts, Math.random()), true));
    case 'retryLater': return moveCarried(run, carried, nothingLeft('the target asked to slow down', failure.kind === 'rateLimited' ? retryAfterMs(failure.retryAfterMs) : 0, false));
    case 'lookUpThenRetry': return moveCarried(run, carried, {
      to: 'unknown', because: `no trustworthy answer: ${message}`, evidence, lookUps: 0, dueInMs: backOffMs(1, Math.random()), resendAfterMs: run.processingMs,
    });
    case 'askPerson':
      if (failure.kind !== 'auth') return stop(run, carried, message, evidence);
      run.pause(`${message} (${failure.hint})`);
      return moveCarried(run, carried, nothingLeft(`the target does not let us in: ${message}`, 0, false));
    case 'stop': return stop(run, carried, message, evidence);
  }
}

/** The target has the file: with the batch its postings move, and the time in which they are to be confirmed begins. */
async function delivered(run: FileRun, carried: CarriedBatch, because: string, evidence: Json): Promise<void> {
  const { connection, byWhom, limits } = run.options;
  const confirmMs = await run.options.database.inTenant(connection.tenantId, (transaction) => confirmWithinMs(transaction, connection.id));
  await moveCarried(run, carried, {
    to: 'delivered', because: `${because} as ${carried.row.name}`, evidence, deliveredNow: true, polls: 0, dueInMs: Math.min(limits.pollFirstMs, confirmMs), confirmWithinMs: confirmMs,
  }, (transaction, at) => exportPostings(transaction, carried.row, `${because} in ${carried.row.name}`, byWhom, at));
  run.counts.delivered += 1;
}

/** A person decides; the postings show it. */
export async function stop(run: FileRun, carried: CarriedBatch, problem: string, evidence: Json): Promise<void> {
  const because = `file ${carried.row.name} ${problem}`;
  await moveCarried(run, carried, { to: 'stopped', because, evidence }, async (transaction: Transaction, at) => {
    await handOver(transaction, carried.row, because, run.options.byWhom, at);
  });
}

/** Whether the file arrived whose delivery is in doubt. Absent is a matter of time: it goes again only after the wait, see `nextBatchAction`. */
export async function lookUpBatch(run: FileRun, carried: CarriedBatch): Promise<void> {
  const { row } = carried;
  const beganAtMs = run.databaseClock.nowMs();
  run.counts.lookUps += 1;
  const found = await ask(run, carried);
  if (found === null) return;
  if (found === 'delivered') {
    await delivered(run, carried, 'found in the target', { lookUp: found });
    return;
  }
  const decided = found === 'absent' && beganAtMs >= (row.resendAfterMs ?? 0);
  await moveCarried(run, carried, {
    to: 'unknown', because: decided ? 'looked up after its wait: the target does not have it' : `looked up: ${found === 'absent' ? 'not there yet' : 'the target cannot say'}`, evidence: { lookUp: found },
    lookUps: row.lookUps + 1, keepLease: decided, dueInMs: decided ? 0 : lookAgainInMs(row, run.databaseClock.nowMs(), Math.random()),
  });
  if (decided) carried.noteAbsent(beganAtMs);
}

/** Null when no answer came and the batch was left for later. */
async function ask(run: FileRun, carried: CarriedBatch): Promise<'delivered' | 'absent' | 'unknown' | null> {
  const file = await fileOf(run, carried);
  if (file === null) {
    await stop(run, carried, 'was changed where it is stored', null);
    return null;
  }
  try {
    return await bounded(run, (signal) => run.door.lookUp(run.options.connection.context(signal), file));
  } catch (error) {
    const { failure, message } = failureOf(error);
    const { row } = carried;
    if (failure.kind === 'auth') run.pause(`${message} (${failure.hint})`);
    const counted = failure.kind !== 'auth' && failure.kind !== 'rateLimited';
    await moveCarried(run, carried, {
      to: 'unknown', because: `could not be looked up: ${message}`, evidence: { failure: failure as unknown as Json }, lookUps: counted ? row.lookUps + 1 : row.lookUps,
      dueInMs: failure.kind === 'rateLimited' ? retryAfterMs(failure.retryAfterMs) : backOffMs(row.lookUps + 1, Math.random()),
    });
    return null;
  }
}
