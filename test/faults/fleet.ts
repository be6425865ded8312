import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashPoint, FileCrashPoint } from '#posting';
import type { ErpLedger, MockErpBehaviour } from './mock-erp.js';

export const PROGRAMS = path.resolve(process.cwd(), 'dist/test/faults');
export const WORKER_PROGRAM = path.join(PROGRAMS, 'worker-program.js');
export const ERP_PROGRAM = path.join(PROGRAMS, 'erp-program.js');

/** @throws when the programs the harness starts are not built. */
export function assertBuilt(...programs: readonly string[]): void {
  for (const program of [WORKER_PROGRAM, ERP_PROGRAM, ...programs]) if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` first`);
}

/** The target, in a process that no fault of the hub's touches. */
export class TargetProcess<Behaviour extends object, Ledger> {
  private constructor(readonly url: string, private readonly child: ChildProcess) {}

  static async start<Behaviour extends object, Ledger>(program: string, behaviour: Partial<Behaviour>): Promise<TargetProcess<Behaviour, Ledger>> {
    const child = spawn(process.execPath, [program, JSON.stringify(behaviour)], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) return new TargetProcess<Behaviour, Ledger>((JSON.parse(line) as { url: string }).url, child);
    throw new Error(`${program} did not start`);
  }

  async ledger(): Promise<Ledger> {
    return await (await fetch(`${this.url}/ledger`)).json() as Ledger;
  }

  async behave(behaviour: Partial<Behaviour>): Promise<void> {
    await fetch(`${this.url}/behave`, { method: 'POST', body: JSON.stringify(behaviour) });
  }

  async stop(): Promise<void> {
    await ended(this.child, 'SIGTERM');
  }
}

export function startErp(behaviour: Partial<MockErpBehaviour>): Promise<TargetProcess<MockErpBehaviour, ErpLedger>> {
  return TargetProcess.start(ERP_PROGRAM, behaviour);
}

export interface FaultPlan {
  readonly workers: number;
  /** Kills and stops in all; after the last one the fleet works undisturbed. */
  readonly strikes: number;
  readonly by: 'SIGKILL' | 'SIGSTOP';
  /** Where; null is at any time, every 50 to `everyMs` milliseconds. */
  readonly at: readonly (CrashPoint | FileCrashPoint)[] | null;
  readonly kind?: 'payment' | 'reversal';
  readonly everyMs: number;
  /** How long a stopped worker sleeps. Longer than a lease and the target's processing time together. */
  readonly stoppedMs: number;
  readonly hitsMax?: number;
  /** Dice for what the plan leaves open: which passing of a point, how long until the next strike. Default: new ones each time. */
  readonly random?: () => number;
}

/** How long a worker that slept is left awake: its armed request leaves at once, if at all. */
const AWAKE_MS = 700;
/** Times a point is passed before the strike, at most, unless the plan says otherwise. */
const HITS_MAX = 30;

/** What every worker is told beside its strike; the rest is its program's business. */
export interface FleetOrders {
  readonly databaseUrl: string;
  readonly tenantId: string;
  readonly connectionId: string;
}

/** Workers that die, sleep and come back until the plan's strikes are used up. */
export class Fleet {
  #strikesLeft: number;
  #struck = 0;
  #closing = false;
  readonly errors: string[] = [];
  readonly #members: Promise<void>[] = [];
  readonly #children = new Set<ChildProcess>();

  constructor(private readonly orders: FleetOrders, private readonly plan: FaultPlan, private readonly program: string = WORKER_PROGRAM) {
    this.#strikesLeft = plan.strikes;
    for (let index = 0; index < plan.workers; index += 1) this.#members.push(this.#keep(index));
  }

  /** Strikes that have happened so far. */
  get struck(): number {
    return this.#struck;
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const child of this.#children) {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
    }
    await Promise.all(this.#members);
  }

  /** One place in the fleet: whoever dies there is replaced. */
  async #keep(index: number): Promise<void> {
    while (!this.#closing) await this.#live(index);
  }

  async #live(index: number): Promise<void> {
    const { at, by, kind, hitsMax = HITS_MAX, random = Math.random } = this.plan;
    const point = at?.[(this.#struck + index) % at.length];
    // The k-th passing, mostly an early one: a late one may never come.
    const strike = point === undefined || this.#strikesLeft <= 0 ? null : { point, kind: kind ?? 'any', hit: 1 + Math.floor(random() ** 2 * hitsMax), by } as const;
    if (strike !== null) this.#strikesLeft -= 1;
    const child = spawn(process.execPath, [this.program, JSON.stringify({ ...this.orders, strike })], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.add(child);
    let struck = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { struck?: string; ready?: boolean; error?: string; failed?: string };
      if (said.struck !== undefined) {
        struck = true;
        this.#struck += 1;
        if (by === 'SIGSTOP') this.#wake(child);
      }
      if (said.ready === true && at === null) void this.#strikeAtAnyTime(child);
      const trouble = said.error ?? said.failed;
      if (trouble !== undefined) this.errors.push(trouble);
    });
    await new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
    this.#children.delete(child);
    // A point that was never reached costs nothing of the plan.
    if (strike !== null && !struck) this.#strikesLeft += 1;
  }

  /** A sleeper shows what it does when it wakes; then it makes room for one that can be struck again. */
  #wake(child: ChildProcess): void {
    setTimeout(() => {
      child.kill('SIGCONT');
      setTimeout(() => { if (this.#strikesLeft > 0) child.kill('SIGTERM'); }, AWAKE_MS);
    }, this.plan.stoppedMs);
  }

  async #strikeAtAnyTime(child: ChildProcess): Promise<void> {
    const { everyMs, by, stoppedMs, random = Math.random } = this.plan;
    do {
      await sleep(50 + random() * everyMs);
      if (this.#strikesLeft <= 0 || this.#closing || child.exitCode !== null) return;
      this.#strikesLeft -= 1;
      this.#struck += 1;
      child.kill(by);
      if (by === 'SIGKILL') return;
      await sleep(stoppedMs);
      child.kill('SIGCONT');
    } while (!this.#closing);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
  child.kill(signal);
  await exit;
}
