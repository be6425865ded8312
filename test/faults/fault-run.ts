import { setTimeout as sleep } from 'node:timers/promises';
import { parseLocalDate } from '#canonical';
import { PostingService, type LaneLimits, type PostingConnection, type Safeguards } from '#posting';
import type { TestDatabase } from '../support/database.js';
import { Fleet, startErp, type FaultPlan, type FleetOrders } from './fleet.js';
import { judge, stillWorking, type Verdict } from './invariants.js';
import { mockConnection, type MockSettings } from './mock-connector.js';
import type { MockErpBehaviour } from './mock-erp.js';
import { finalizeAll, makeWorld, type PostingWorld } from './posting-world.js';
import type { WorkerOrders } from './worker-program.js';

/** Small times, so that many leases end in a short run; their order is the product's: time-out < lease, wait > processing. */
export const TIMES: Pick<MockSettings, 'sendTimeoutMs' | 'processingMsMax'> = { sendTimeoutMs: 400, processingMsMax: 600 };
export const LIMITS: Partial<LaneLimits> = { leaseMarginMs: 100, turnWaitMsMax: 300, laneLeaseMs: 900, lingerMs: 300, readBackLingerMs: 30, lookUpLingerMs: 20 };
/** Of a posting: time-out, margin and turn. */
export const LEASE_MS = 800;
/** A worker stopped for so long finds its lease over and the posting sent by somebody else. */
export const STOPPED_MS = LEASE_MS + TIMES.processingMsMax + 900;

export interface FaultRun {
  readonly name: string;
  readonly postings: number;
  readonly erp?: Partial<MockErpBehaviour>;
  readonly faults?: Partial<FaultPlan>;
  readonly safeguards?: Partial<Safeguards>;
  readonly twoSteps?: boolean;
  /** Verify everything first, then reverse everything under the faults. */
  readonly reversals?: boolean;
  /** Called a few times while work is under way. */
  readonly disturb?: () => Promise<void>;
  readonly timeoutMs?: number;
  /** Longest a request may commit after we stopped waiting; the target must keep to it. */
  readonly processingMsMax?: number;
}

export interface RunResult extends Verdict {
  readonly name: string;
  readonly postings: number;
  readonly strikes: number;
  readonly rejected: number;
  readonly seconds: number;
}

const NO_FAULTS: FaultPlan = { workers: 1, strikes: 0, by: 'SIGKILL', at: null, everyMs: 400, stoppedMs: STOPPED_MS, hitsMax: 30 };

/** Posts everything under the given faults, waits until nothing is the lane's turn any more, and judges both books. */
export async function runFaults(db: TestDatabase, run: FaultRun): Promise<RunResult> {
  const erp = await startErp(run.reversals === true ? {} : run.erp ?? {});
  const beganAtMs = Date.now();
  try {
    const world = await makeWorld(db.database, db.tenantId, run.postings);
    const settings: MockSettings = { url: erp.url, concurrency: 8, ...TIMES, ...(run.twoSteps === true ? { twoSteps: true } : {}), processingMsMax: run.processingMsMax ?? TIMES.processingMsMax };
    const connection = mockConnection(settings, world);
    const service = new PostingService({ database: db.database, openConnection: () => Promise.resolve(connection), wake: () => undefined, now: () => new Date() });
    const ids = await finalizeAll(service, world);
    const plan: FaultPlan = { ...NO_FAULTS, ...run.faults };
    let strikes = 0;
    if (run.reversals === true) {
      await work(db, world, connection, { ...NO_FAULTS }, run);
      await erp.behave(run.erp ?? {});
      for (const id of ids) await service.reverse(world.tenantId, id, { reversedOn: parseLocalDate('2026-02-01'), reason: 'fault run' }, 'tester');
    }
    strikes = await work(db, world, connection, plan, run);
    const ledger = await erp.ledger();
    return { name: run.name, postings: run.postings, strikes, rejected: ledger.rejected, seconds: (Date.now() - beganAtMs) / 1000, ...await judge(db.url, world.connectionId, ledger) };
  } finally {
    await erp.stop();
  }
}

async function work(db: TestDatabase, world: PostingWorld, connection: PostingConnection, plan: FaultPlan, run: FaultRun): Promise<number> {
  const orders: FleetOrders & Omit<WorkerOrders, 'strike'> = {
    databaseUrl: db.url, tenantId: world.tenantId, connectionId: world.connectionId, settings: connection.config as MockSettings, limits: LIMITS, safeguards: run.safeguards ?? {},
  };
  const fleet = new Fleet(orders, plan);
  try {
    const endsAtMs = Date.now() + (run.timeoutMs ?? 120_000);
    while (Date.now() < endsAtMs) {
      await sleep(250);
      if (run.disturb !== undefined) await run.disturb();
      if (await left(db, world) === 0) break;
    }
    // A worker that sleeps with an armed request shows what it does only when it wakes.
    if (plan.by === 'SIGSTOP') await sleep(plan.stoppedMs + TIMES.sendTimeoutMs);
    await sleep(run.processingMsMax ?? TIMES.processingMsMax);
    return fleet.struck;
  } finally {
    await fleet.close();
  }
}

/** The database may be down at this very moment, on purpose. */
async function left(db: TestDatabase, world: PostingWorld): Promise<number> {
  try {
    return await stillWorking(db.url, world.connectionId);
  } catch {
    return -1;
  }
}

export function tableOf(results: readonly RunResult[]): string {
  const columns = ['postings', 'strikes', 'duplicates', 'lost', 'stuck', 'verified', 'reversed', 'withPerson', 'centsApart', 'seconds'] as const;
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map((result) => `${result.name.padEnd(width)} ${columns.map((column) => (column === 'seconds' ? result.seconds.toFixed(1) : String(result[column])).padStart(column.length + 1)).join(' ')}`);
  return [`${' '.repeat(width)} ${columns.map((column) => ` ${column}`).join(' ')}`, ...lines].join('\n');
}
