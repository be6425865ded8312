import { SeededRandom } from '../../simulation/random.js';
import { ERROR_CODES } from '../errors.js';
import { REQUEST_CLASSES, type RequestClass } from '../settings.js';

/**
 * What can go wrong on purpose.
 * - `slow`: the answer comes `delayMs` later. `reset`: the socket is destroyed before any work. `loseAnswer`: the work is done, then the socket is destroyed.
 * - `failBefore`, `failAfter`: a 5xx (`status`) before or after the work, as the error envelope or as a gateway's HTML when `html`.
 * - `garble`: the work is done and answered with 200 and a body that breaks off.
 * - `refuse`: the error of `code` (with `reason`), without doing anything; an Item keeps its state. `throttle`: 429 with the class's limit code.
 * - `mutationError`: TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION for page `page` (absent: any page after the first) although nothing changed.
 * - `bankMutation`: the bank really adds a row just before page `page` is worked on; from page 2 on the vendor then refuses by itself.
 * - Of webhooks: `loseWebhook`, `wrongBodyHash`, `staleSignature` (`ageSeconds`, absent: 360), `expiredKey`, `unknownKey`, `wrongSignature`, `unsignedAlgorithm` (`none`), `wrongAlgorithm` (`HS256`).
 */
export const REQUEST_FAULTS = ['slow', 'reset', 'loseAnswer', 'failBefore', 'failAfter', 'garble', 'refuse', 'throttle', 'mutationError', 'bankMutation'] as const;
export const WEBHOOK_FAULTS = ['loseWebhook', 'wrongBodyHash', 'staleSignature', 'expiredKey', 'unknownKey', 'wrongSignature', 'unsignedAlgorithm', 'wrongAlgorithm'] as const;
export type FaultKind = (typeof REQUEST_FAULTS)[number] | (typeof WEBHOOK_FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Which requests; every class when absent. Webhook faults strike webhooks alone. */
  readonly requestClass?: RequestClass;
  /** Only this Item's requests. */
  readonly itemId?: string;
  /** Only this page of a sync loop, from 1. */
  readonly page?: number;
  /** 0 to 1; always when absent. */
  readonly probability?: number;
  /** How often at most; without end when absent. */
  readonly count?: number;
  /** Requests concerned to leave alone first. */
  readonly after?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly html?: boolean;
  /** `error_code` of a `refuse`. */
  readonly code?: string;
  readonly reason?: string;
  readonly ageSeconds?: number;
}

/** What a fault can be picky about. */
export interface Target {
  readonly itemId?: string;
  readonly page?: number;
}

export class FaultError extends Error {
  override readonly name = 'FaultError';
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  left: number;
  skip: number;
}

/** Any page of a loop after its first. */
const FOLLOWING_PAGE_MIN = 2;

function concerns(fault: Fault, requestClass: RequestClass | 'webhook', target: Target): boolean {
  const ofWebhooks = WEBHOOK_FAULTS.some((kind) => kind === fault.kind);
  if (ofWebhooks !== (requestClass === 'webhook')) return false;
  const ofPages = fault.kind === 'mutationError' || fault.kind === 'bankMutation';
  if (ofPages && (requestClass !== 'sync' || (fault.page === undefined && (target.page ?? 0) < FOLLOWING_PAGE_MIN))) return false;
  return (fault.requestClass === undefined || fault.requestClass === requestClass) && (fault.itemId === undefined || fault.itemId === target.itemId) && (fault.page === undefined || fault.page === target.page);
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

  /** The faults that strike one request or one webhook, at most one of a kind. */
  draw(requestClass: RequestClass | 'webhook', target: Target): ReadonlyMap<FaultKind, Fault> {
    const struck = new Map<FaultKind, Fault>();
    for (const armed of this.armed) {
      const { fault } = armed;
      if (!concerns(fault, requestClass, target)) continue;
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
const FAULT_KINDS: readonly FaultKind[] = [...REQUEST_FAULTS, ...WEBHOOK_FAULTS];

function checkFault(fault: Fault): void {
  if (!FAULT_KINDS.includes(fault.kind)) throw new FaultError(`unknown fault ${String(fault.kind)}; known: ${FAULT_KINDS.join(', ')}`);
  if (fault.requestClass !== undefined && !REQUEST_CLASSES.includes(fault.requestClass)) throw new FaultError(`unknown request class ${String(fault.requestClass)}; known: ${REQUEST_CLASSES.join(', ')}`);
  if (fault.kind === 'refuse' && (fault.code === undefined || !ERROR_CODES.includes(fault.code))) throw new FaultError(`code must be one of ${ERROR_CODES.join(', ')}`);
  const within = (value: unknown, low: number, high: number, name: string): void => {
    if (value !== undefined && !(typeof value === 'number' && value >= low && value <= high)) throw new FaultError(`${name} must be between ${low} and ${high}`);
  };
  within(fault.probability, 0, 1, 'probability');
  within(fault.count, 1, Number.MAX_SAFE_INTEGER, 'count');
  within(fault.after, 0, Number.MAX_SAFE_INTEGER, 'after');
  within(fault.page, 1, Number.MAX_SAFE_INTEGER, 'page');
  within(fault.delayMs, 0, FAULT_DELAY_MS_MAX, 'delayMs');
  within(fault.ageSeconds, 0, Number.MAX_SAFE_INTEGER, 'ageSeconds');
  within(fault.status, fault.kind === 'refuse' ? 400 : 500, 599, 'status');
}
