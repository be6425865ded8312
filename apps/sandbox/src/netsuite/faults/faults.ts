import { SeededRandom } from '../../simulation/random.js';
import { REQUEST_CLASSES, type RequestClass } from '../settings.js';

/**
 * What can go wrong on purpose.
 * - `loseAnswer`: the work is done and committed, then the socket is destroyed.
 * - `failBefore`, `failAfter`: a 5xx (`status`, HTML when `html`) before or after the commit.
 * - `slow`: the answer comes `delayMs` later.
 * - `lateCommit`: nothing happens until the client has hung up (or `holdMs` is over), and `delayMs` later the work is done after all.
 * - `duplicatePage`: a query answers with the page it answered last.
 * - `throttle`: 429, without doing anything.
 * - `closePeriod`: the posting period of today is closed just before the request is worked on.
 * - `expireCertificate`: the certificates run out just before a token is asked for.
 * - `answerTwice`: the answer is written twice on the connection.
 * - `deliverTwice`: the request reaches the account twice (a proxy repeated it); the client gets the second answer.
 */
export const FAULT_KINDS = [
  'loseAnswer', 'failBefore', 'failAfter', 'slow', 'lateCommit', 'duplicatePage', 'throttle', 'closePeriod', 'expireCertificate', 'answerTwice', 'deliverTwice',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Which requests; every class when absent. */
  readonly requestClass?: RequestClass;
  /** 0 to 1; always when absent. */
  readonly probability?: number;
  /** How often at most; without end when absent. */
  readonly count?: number;
  /** Requests of the class to leave alone first. */
  readonly after?: number;
  readonly delayMs?: number;
  readonly holdMs?: number;
  readonly status?: number;
  readonly html?: boolean;
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  left: number;
  skip: number;
}

export class FaultError extends Error {
  override readonly name = 'FaultError';
}

/** The faults in force. Seeded: the same seed and the same requests give the same faults. */
export class Faults {
  readonly fired: Record<string, number> = {};
  private armed: Armed[] = [];
  private nextId = 1;
  private random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** @returns the fault's id, to take it back with. @throws FaultError for a fault that is not known or out of range */
  add(fault: Fault): number {
    checkFault(fault);
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

  /** The faults that strike one request, at most one of a kind. */
  draw(requestClass: RequestClass): ReadonlyMap<FaultKind, Fault> {
    const struck = new Map<FaultKind, Fault>();
    for (const armed of this.armed) {
      const { fault } = armed;
      if (fault.requestClass !== undefined && fault.requestClass !== requestClass) continue;
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

function checkFault(fault: Fault): void {
  if (!FAULT_KINDS.includes(fault.kind)) throw new FaultError(`unknown fault ${String(fault.kind)}; known: ${FAULT_KINDS.join(', ')}`);
  if (fault.requestClass !== undefined && !REQUEST_CLASSES.includes(fault.requestClass)) throw new FaultError(`unknown request class ${String(fault.requestClass)}; known: ${REQUEST_CLASSES.join(', ')}`);
  const within = (value: number | undefined, low: number, high: number, name: string): void => {
    if (value !== undefined && !(typeof value === 'number' && value >= low && value <= high)) throw new FaultError(`${name} must be between ${low} and ${high}`);
  };
  within(fault.probability, 0, 1, 'probability');
  within(fault.count, 1, Number.MAX_SAFE_INTEGER, 'count');
  within(fault.after, 0, Number.MAX_SAFE_INTEGER, 'after');
  within(fault.delayMs, 0, FAULT_DELAY_MS_MAX, 'delayMs');
  within(fault.holdMs, 0, FAULT_DELAY_MS_MAX, 'holdMs');
  within(fault.status, 500, 599, 'status');
}
