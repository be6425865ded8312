import { checkTerms, FaultRegister, within, type FaultTerms } from '../../simulation/faults.js';
import { REQUEST_CLASSES, type RequestClass } from '../settings.js';

/**
 * What can go wrong on purpose.
 * - `loseAnswer`: the work is done and committed, then the socket is destroyed.
 * - `reset`: the socket is destroyed before any work.
 * - `failBefore`, `failAfter`: a 5xx (`status`, a gateway's HTML when `html`) before or after the commit.
 * - `slow`: the answer comes `delayMs` later.
 * - `lateCommit`: nothing happens until the client has hung up (or `holdMs` is over), and `delayMs` later the work is done after all;
 *   with `clockMs` the answer is lost at once and the work is done when the sandbox's clock has moved on by so much.
 * - `duplicatePage`: asked for the following page of a list, it answers the page before once more.
 * - `garble`: the work is done and answered with 200 and a body that breaks off.
 * - `throttle`: 429 with `retryAfterSeconds` (absent: 5; null: none), without doing anything.
 * - `closePeriod`: the period of today is closed in every company just before the request is worked on.
 */
export const FAULT_KINDS = ['loseAnswer', 'reset', 'failBefore', 'failAfter', 'slow', 'lateCommit', 'duplicatePage', 'garble', 'throttle', 'closePeriod'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault extends FaultTerms<FaultKind> {
  /** Which requests; every class when absent, every one that may write when `write`. */
  readonly requestClass?: RequestClass | 'write';
  readonly clockMs?: number;
  readonly status?: number;
  readonly html?: boolean;
  readonly retryAfterSeconds?: number | null;
}

const WRITING: readonly RequestClass[] = ['create', 'update', 'delete', 'batch'];

function concerns(fault: Fault, requestClass: RequestClass): boolean {
  return fault.requestClass === undefined || fault.requestClass === requestClass || (fault.requestClass === 'write' && WRITING.includes(requestClass));
}

/** The faults in force. Seeded: the same seed and the same requests give the same faults. */
export class Faults extends FaultRegister<FaultKind, Fault> {
  constructor(seed: number) {
    super(seed, checkFault);
  }

  /**
   * The faults that strike one request, at most one of a kind.
   * @param following whether it asks for a page after the one that was answered last
   */
  draw(requestClass: RequestClass, following = false): ReadonlyMap<FaultKind, Fault> {
    return this.strike((fault) => concerns(fault, requestClass) && (fault.kind !== 'duplicatePage' || following));
  }
}

function checkFault(fault: Fault): void {
  checkTerms(fault, FAULT_KINDS, ['write', ...REQUEST_CLASSES]);
  within(fault.clockMs, 0, Number.MAX_SAFE_INTEGER, 'clockMs');
  within(fault.status, 500, 599, 'status');
  if (fault.retryAfterSeconds !== null) within(fault.retryAfterSeconds, 0, 3600, 'retryAfterSeconds');
}
