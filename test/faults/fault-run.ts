import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneLimits, Safeguards } from '#posting';
import type { TestDatabase } from '../support/database.js';
import { MOCK_TIMES, mockTarget, type FaultTarget, type FinalizedWorld } from './fault-target.js';
import { Fleet, type FaultPlan, type FleetOrders } from './fleet.js';
import { judge, stillWorking, type Verdict } from './invariants.js';
import type { MockErpBehaviour } from './mock-erp.js';
import type { WorkerOrders } from './worker-program.js';

export const LIMITS: Partial<LaneLimits> = { leaseMarginMs: 100, turnWaitMsMax: 300, laneLeaseMs: 900, lingerMs: 300, readBackLingerMs: 30, lookUpLingerMs: 20 };

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
  /** The mock ERP runs in this process; see `MockTargetOptions`. */
  readonly erpHere?: boolean;
  /** Instead of the mock ERP. */
  readonly target?: () => Promise<FaultTarget>;
}

export interface RunResult extends Verdict {
  readonly name: string;
  readonly postings: number;
  readonly strikes: number;
  readonly rejected: number;
  readonly seconds: number;
}

/** Posts everything under the given faults, waits until nothing is the lane's turn any more, and judges both books. */
export async function runFaults(db: TestDatabase, run: FaultRun): Promise<RunResult> {
  const target = await (run.target?.() ?? mockTarget({ behaviour: run.erp ?? {}, twoSteps: run.twoSteps === true, processingMsMax: run.processingMsMax ?? MOCK_TIMES.processingMsMax, here: run.erpHere === true }));
  const beganAtMs = Date.now();
  try {
    const undisturbed: FaultPlan = { workers: 1, strikes: 0, by: 'SIGKILL', at: null, everyMs: 400, stoppedMs: target.stoppedMs };
    const world = await target.finalize(db, run.postings);
    if (run.reversals === true) await work(db, world, target, undisturbed, run);
    await target.misbehave();
    for (const id of run.reversals === true ? world.postingIds : []) await world.service.reverse(world.tenantId, id, { reversedOn: world.reversedOn, reason: 'fault run' }, 'tester');
    const strikes = await work(db, world, target, { ...undisturbed, ...run.faults }, run);
    const ledger = await target.ledger();
    return { name: run.name, postings: run.postings, strikes, rejected: ledger.rejected, seconds: (Date.now() - beganAtMs) / 1000, ...await judge(db.url, world.connectionId, ledger) };
  } finally {
    await target.stop();
  }
}

async function work(db: TestDatabase, world: FinalizedWorld, target: FaultTarget, plan: FaultPlan, run: FaultRun): Promise<number> {
  const { tenantId, connectionId } = world;
  const orders: FleetOrders & Omit<WorkerOrders, 'strike'> = { databaseUrl: db.url, tenantId, connectionId, settings: target.settings, processingMsMax: target.processingMsMax ?? null, limits: { ...LIMITS, ...target.limits }, safeguards: run.safeguards ?? {} };
  const fleet = new Fleet(orders, plan);
  try {
    const endsAtMs = Date.now() + (run.timeoutMs ?? 120_000);
    while (Date.now() < endsAtMs) {
      await sleep(250);
      if (run.disturb !== undefined) await run.disturb();
      if (await left(db, connectionId) === 0) break;
    }
    // A worker that sleeps with an armed request shows what it does only when it wakes.
    if (plan.by === 'SIGSTOP') await sleep(plan.stoppedMs + target.settleMs);
    await sleep(target.settleMs);
    return fleet.struck;
  } finally {
    await fleet.close();
  }
}

/** The database may be down at this very moment, on purpose. */
async function left(db: TestDatabase, connectionId: string): Promise<number> {
  try {
    return await stillWorking(db.url, connectionId);
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
