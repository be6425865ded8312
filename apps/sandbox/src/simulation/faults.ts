import { SeededRandom } from './random.js';

/** What every fault can say about when it strikes; a vendor's own faults say more. */
export interface FaultTerms<Kind extends string = string> {
  readonly kind: Kind;
  /** Which requests; every class when absent. */
  readonly requestClass?: string;
  /** 0 to 1; always when absent. */
  readonly probability?: number;
  /** How often at most; without end when absent. */
  readonly count?: number;
  /** Requests concerned to leave alone first. */
  readonly after?: number;
  readonly delayMs?: number;
  readonly holdMs?: number;
}

interface Armed<Fault> {
  readonly id: number;
  readonly fault: Fault;
  left: number;
  skip: number;
}

export class FaultError extends Error {
  override readonly name = 'FaultError';
}

/** The faults in force. Seeded: the same seed and the same requests give the same faults. */
export class FaultRegister<Kind extends string, Fault extends FaultTerms<Kind>> {
  readonly fired: Record<string, number> = {};
  private armed: Armed<Fault>[] = [];
  private nextId = 1;
  private random: SeededRandom;

  /** @param check throws FaultError for a fault the vendor does not know */
  constructor(seed: number, private readonly check: (fault: Fault) => void) {
    this.random = new SeededRandom(seed);
  }

  /** @returns the fault's id, to take it back with. @throws FaultError for a fault that is not known or out of range */
  add(fault: Fault): number {
    this.check(fault);
    const id = this.nextId;
    this.nextId += 1;
    this.armed.push({ id, fault, left: fault.count ?? Number.POSITIVE_INFINITY, skip: fault.after ?? 0 });
    return id;
  }

  remove(id: number): void {
    this.armed = this.armed.filter((armed) => armed.id !== id);
  }

  clear(): void {
    this.armed = [];
  }

  /** Starts the sequence of chances again. */
  reseed(seed: number): void {
    this.random = new SeededRandom(seed);
  }

  list(): (Fault & { id: number; left: number | null })[] {
    return this.armed.map((armed) => ({ ...armed.fault, id: armed.id, left: Number.isFinite(armed.left) ? armed.left : null }));
  }

  /** The faults that strike one request, at most one of a kind, of those that concern it. */
  protected strike(concerns: (fault: Fault) => boolean): ReadonlyMap<Kind, Fault> {
    const struck = new Map<Kind, Fault>();
    for (const armed of this.armed) {
      const { fault } = armed;
      if (!concerns(fault)) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      if (armed.left <= 0 || struck.has(fault.kind) || !this.random.chance(fault.probability ?? 1)) continue;
      armed.left -= 1;
      struck.set(fault.kind, fault);
      this.fired[fault.kind] = (this.fired[fault.kind] ?? 0) + 1;
    }
    this.armed = this.armed.filter((armed) => armed.left > 0);
    return struck;
  }
}

export const FAULT_DELAY_MS_MAX = 600_000;

/** @throws FaultError unless the value is absent or a number between `low` and `high` */
export function within(value: unknown, low: number, high: number, name: string): void {
  if (value !== undefined && !(typeof value === 'number' && value >= low && value <= high)) throw new FaultError(`${name} must be between ${low} and ${high}`);
}

/** @throws FaultError for a kind or request class that is not among the known ones, and for terms out of range */
export function checkTerms(fault: FaultTerms, kinds: readonly string[], requestClasses: readonly string[]): void {
  if (!kinds.includes(fault.kind)) throw new FaultError(`unknown fault ${String(fault.kind)}; known: ${kinds.join(', ')}`);
  if (fault.requestClass !== undefined && !requestClasses.includes(fault.requestClass)) throw new FaultError(`unknown request class ${String(fault.requestClass)}; known: ${requestClasses.join(', ')}`);
  within(fault.probability, 0, 1, 'probability');
  within(fault.count, 1, Number.MAX_SAFE_INTEGER, 'count');
  within(fault.after, 0, Number.MAX_SAFE_INTEGER, 'after');
  within(fault.delayMs, 0, FAULT_DELAY_MS_MAX, 'delayMs');
  within(fault.holdMs, 0, FAULT_DELAY_MS_MAX, 'holdMs');
}
