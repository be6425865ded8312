import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLocalDate } from '#canonical';
import { PostingBatches, PostingService, type FileLimits, type FileSafeguards, type PostingConnection } from '#posting';
import type { TestDatabase } from '../../support/database.js';
import { Fleet, PROGRAMS, TargetProcess, type FaultPlan, type FleetOrders } from '../fleet.js';
import { finalizeAll, finalizeInWaves, makeWorld, type PostingWorld } from '../posting-world.js';
import { filesAtWork, judgeFiles, type FileVerdict } from './file-invariants.js';
import type { FileWorkerOrders } from './file-worker-program.js';
import { mockFileConnection, type MockFileSettings } from './mock-file-connector.js';
import type { FileLedger, FileTargetBehaviour } from './mock-file-target.js';

export const FILE_WORKER_PROGRAM = path.join(PROGRAMS, 'file', 'file-worker-program.js');
export const FILE_TARGET_PROGRAM = path.join(PROGRAMS, 'file', 'file-target-program.js');

/** Small times, so that many leases end in a short run; their order is the product's: time-out < lease, wait > what may still arrive. */
export const FILE_TIMES: Partial<FileLimits> = { timeoutMs: 300, leaseMarginMs: 100, laneLeaseMs: 600, pollFirstMs: 30, pollMsMax: 150, closeAgainMs: 200 };
export const FILE_PROCESSING_MS = 500;
const LEASE_MS = 400;

export interface FileFaultRun {
  readonly name: string;
  readonly postings: number;
  readonly batchPostingsMax?: number;
  readonly target?: Partial<FileTargetBehaviour>;
  readonly faults?: Partial<FaultPlan>;
  readonly safeguards?: Partial<FileSafeguards>;
  readonly namesShowTime?: boolean;
  /** Verify everything first, then reverse everything under the faults. */
  readonly reversals?: boolean;
  /** Finalized in so many parts while the workers work; 1 is all before. */
  readonly waves?: number;
  readonly timeoutMs?: number;
}

export interface FileRunResult extends FileVerdict {
  readonly name: string;
  readonly postings: number;
  readonly strikes: number;
  readonly seconds: number;
}

const NO_FAULTS: FaultPlan = { workers: 1, strikes: 0, by: 'SIGKILL', at: null, everyMs: 400, stoppedMs: LEASE_MS + FILE_PROCESSING_MS + 700, hitsMax: 4 };
const BATCH_POSTINGS_MAX = 8;
const WAVE_PAUSE_MS = 350;

/** Posts everything by file under the given faults, waits until nothing is a lane's turn any more, and judges both books. */
export async function runFileFaults(db: TestDatabase, run: FileFaultRun): Promise<FileRunResult> {
  const target = await TargetProcess.start<FileTargetBehaviour, FileLedger>(FILE_TARGET_PROGRAM, run.reversals === true ? {} : run.target ?? {});
  const beganAtMs = Date.now();
  try {
    const world = await makeWorld(db.database, db.tenantId, run.postings);
    const settings: MockFileSettings = { url: target.url, processingMsMax: FILE_PROCESSING_MS, batchPostingsMax: run.batchPostingsMax ?? BATCH_POSTINGS_MAX, ...(run.namesShowTime === true ? { namesShowTime: true } : {}) };
    const connection = mockFileConnection(settings, world);
    const openConnection = (): Promise<PostingConnection> => Promise.resolve(connection);
    await new PostingBatches({ database: db.database, openConnection, wake: () => undefined })
      .configure(world.tenantId, world.connectionId, { closing: { how: 'every', minutes: 0 }, confirmWithinMinutes: 60, confirmByConnectionId: world.connectionId });
    const service = new PostingService({ database: db.database, openConnection, wake: () => undefined, now: () => new Date() });
    const waves = run.waves ?? 1;
    if (run.reversals === true) {
      const ids = await finalizeAll(service, world);
      await work(db, world, settings, NO_FAULTS, run);
      await target.behave(run.target ?? {});
      for (const id of ids) await service.reverse(world.tenantId, id, { reversedOn: parseLocalDate('2026-02-01'), reason: 'fault run' }, 'tester');
    } else if (waves === 1) await finalizeAll(service, world);
    const feeding = run.reversals === true || waves === 1 ? Promise.resolve() : finalizeInWaves(service, world, waves, WAVE_PAUSE_MS);
    const strikes = await work(db, world, settings, { ...NO_FAULTS, ...run.faults }, run, feeding);
    return { name: run.name, postings: run.postings, strikes, seconds: (Date.now() - beganAtMs) / 1000, ...await judgeFiles(db.url, world.connectionId, await target.ledger()) };
  } finally {
    await target.stop();
  }
}

async function work(db: TestDatabase, world: PostingWorld, settings: MockFileSettings, plan: FaultPlan, run: FileFaultRun, feeding: Promise<void> = Promise.resolve()): Promise<number> {
  const orders: FleetOrders & Omit<FileWorkerOrders, 'strike'> = { databaseUrl: db.url, tenantId: world.tenantId, connectionId: world.connectionId, settings, limits: FILE_TIMES, safeguards: run.safeguards ?? {} };
  const fleet = new Fleet(orders, plan, FILE_WORKER_PROGRAM);
  try {
    await feeding;
    const endsAtMs = Date.now() + (run.timeoutMs ?? 60_000);
    while (Date.now() < endsAtMs) {
      await sleep(150);
      if (await filesAtWork(db.url, world.connectionId) === 0) break;
    }
    // A worker that sleeps with a file in its hands shows what it does only when it wakes.
    if (plan.by === 'SIGSTOP') await sleep(plan.stoppedMs);
    await sleep(FILE_PROCESSING_MS);
    return fleet.struck;
  } finally {
    await fleet.close();
  }
}

export function fileTableOf(results: readonly FileRunResult[]): string {
  const columns = ['postings', 'batches', 'strikes', 'duplicates', 'lost', 'stuck', 'verified', 'reversed', 'withPerson', 'centsApart', 'holes', 'inTwoFiles', 'seconds'] as const;
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const lines = results.map((result) => `${result.name.padEnd(width)} ${columns.map((column) => (column === 'seconds' ? result.seconds.toFixed(1) : String(result[column])).padStart(column.length + 1)).join(' ')}`);
  return [`${' '.repeat(width)} ${columns.map((column) => ` ${column}`).join(' ')}`, ...lines].join('\n');
}
