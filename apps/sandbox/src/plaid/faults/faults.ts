import { checkTerms, FaultError, FaultRegister, within, type FaultTerms } from '../../simulation/faults.js';
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

export interface Fault extends FaultTerms<FaultKind> {
  /** Which requests; every class when absent. Webhook faults strike webhooks alone. */
  readonly requestClass?: RequestClass;
  /** Only this Item's requests. */
  readonly itemId?: string;
  /** Only this page of a sync loop, from 1. */
  readonly page?: number;
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
export class Faults extends FaultRegister<FaultKind, Fault> {
  constructor(seed: number) {
    super(seed, checkFault);
  }

  /** The faults that strike one request or one webhook, at most one of a kind. */
  draw(requestClass: RequestClass | 'webhook', target: Target): ReadonlyMap<FaultKind, Fault> {
    return this.strike((fault) => concerns(fault, requestClass, target));
  }
}

const FAULT_KINDS: readonly FaultKind[] = [...REQUEST_FAULTS, ...WEBHOOK_FAULTS];

function checkFault(fault: Fault): void {
  checkTerms(fault, FAULT_KINDS, REQUEST_CLASSES);
  if (fault.kind === 'refuse' && (fault.code === undefined || !ERROR_CODES.includes(fault.code))) throw new FaultError(`code must be one of ${ERROR_CODES.join(', ')}`);
  within(fault.page, 1, Number.MAX_SAFE_INTEGER, 'page');
  within(fault.ageSeconds, 0, Number.MAX_SAFE_INTEGER, 'ageSeconds');
  within(fault.status, fault.kind === 'refuse' ? 400 : 500, 599, 'status');
}
