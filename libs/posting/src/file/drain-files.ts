import { claimBatch, deferWaitingForFile, nextFileDueInMs, readWaitingForFile, releaseLease } from '#storage';
import { asOnlyWorker, type DrainEnd } from '../lane/as-only-worker.js';
import { LeaseLost } from '../lane/ledger.js';
import { closesInMs } from '../rules/batch-closing.js';
import { nextBatchAction } from '../rules/next-batch-action.js';
import { CarriedBatch } from './batch-moves.js';
import { closeBatches } from './close-batches.js';
import { confirmBatch } from './confirm-batch.js';
import { deliverBatch, lookUpBatch, stop } from './deliver-batch.js';
import { FileRun, type FileCounts, type FileRunOptions } from './file-run.js';
import { readFileSettings } from './file-settings.js';

export interface FileDrainReport extends FileCounts, DrainEnd {}

const NOTHING_DONE: FileCounts = { closed: 0, delivered: 0, lookUps: 0, answered: 0 };
/** What nobody but a person closes is looked at again then all the same. */
const ON_REQUEST_ASK_MS = 60 * 60_000;

/** Works one connection's file lane until nothing is due, as the only one to do so: closes what is to be closed, delivers, hears answers. */
export async function drainFiles(options: FileRunOptions): Promise<FileDrainReport> {
  return asOnlyWorker(options, {
    leaseName: 'posting-files', nothingDone: NOTHING_DONE, begin: () => new FileRun(options), leave: (lease) => releaseLease(options.database, lease),
    nextInMs: (transaction) => nextFileDueInMs(transaction, options.connection.id),
    work: async (run) => {
      await closeDue(run);
      while (!run.stopping && await carryNext(run));
    },
  });
}

/** Closes what waits when the connection's policy says so, round by round; what fails as a whole waits and is tried again. */
async function closeDue(run: FileRun): Promise<void> {
  const { database, connection, limits, crashPoint, log, byWhom } = run.options;
  for (;;) {
    const because = await database.inTenant(connection.tenantId, async (transaction) => {
      const waiting = await readWaitingForFile(transaction, connection.id);
      if (waiting === null || run.stopping) return null;
      const { closing } = await readFileSettings(transaction, connection.id);
      const inMs = waiting.count >= limits.postingsMax ? 0 : closesInMs(closing, waiting.oldestMs, waiting.nowMs, connection.timeZone);
      if (inMs !== 0) await deferWaitingForFile(transaction, connection.id, inMs ?? ON_REQUEST_ASK_MS);
      return inMs === 0 ? `closed by its policy (${closing.how}), ${waiting.count} waiting` : null;
    });
    if (because === null) return;
    await crashPoint('beforeClose');
    try {
      const closed = await database.inTenant(connection.tenantId, async (transaction) => {
        const batches = await closeBatches(transaction, { connection, byWhom, because, postingsMax: limits.postingsMax });
        await crashPoint('beforeCloseCommit');
        return batches;
      });
      run.counts.closed += closed.length;
    } catch (error) {
      log('posting.closingFailed', { connection: connection.id, message: error instanceof Error ? error.message : String(error) });
      await database.inTenant(connection.tenantId, (transaction) => deferWaitingForFile(transaction, connection.id, limits.closeAgainMs));
      return;
    }
    await crashPoint('afterClose');
  }
}

/** Claims the batch that is due first and takes it as far as it goes now. False when none is due. */
async function carryNext(run: FileRun): Promise<boolean> {
  const { database, connection, crashPoint, log } = run.options;
  const beganAtMs = run.elapsed.nowMs();
  const claim = await database.inTenant(connection.tenantId, (transaction) => claimBatch(transaction, connection.id, run.leaseMs));
  if (claim === null) return false;
  run.databaseClock.noteReading(claim.nowMs);
  const carried = new CarriedBatch(claim.batch, claim.leaseToken, beganAtMs + run.leaseMs);
  await crashPoint('afterBatchClaim');
  try {
    await carry(run, carried);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    log('posting.batchLost', { batch: carried.row.id, message: error.message });
  }
  return true;
}

async function carry(run: FileRun, carried: CarriedBatch): Promise<void> {
  while (carried.leaseEndsAtMs !== 0) {
    const action = nextBatchAction(carried.facts(), run.options.batchLimits, run.options.safeguards);
    switch (action.do) {
      case 'deliver': await deliverBatch(run, carried); break;
      case 'lookUp': await lookUpBatch(run, carried); break;
      case 'confirm': await confirmBatch(run, carried); break;
      case 'giveUp': await stop(run, carried, action.because, null); break;
      case 'nothing': return;
    }
  }
}
