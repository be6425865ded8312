import { checkTerms, FaultError, FaultRegister, within, type FaultTerms } from '../../simulation/faults.js';
import { REQUEST_CLASSES, type RequestClass } from '../settings.js';

/**
 * What can go wrong on purpose.
 * - `loseAnswer`: the work is done and committed, then the socket is destroyed.
 * - `failBefore`, `failAfter`: a 5xx (`status`, HTML when `html`) before or after the commit.
 * - `slow`: the answer comes `delayMs` later.
 * - `lateCommit`: nothing happens until the client has hung up (or `holdMs` is over), and `delayMs` later the work is done after all.
 * - `duplicatePage`: a client that follows a next link gets the page before once more; only such requests are struck.
 * - `throttle`: 429 without doing anything.
 * - `garbled`: 200 with a body that breaks off in the middle.
 * - `reset`: the socket is destroyed before anything is done.
 * - `closePostingRange`: posting is allowed from tomorrow on just before the request is worked on.
 * - `expireSecret`: the client secret runs out just before a token is asked for.
 */
export const FAULT_KINDS = ['loseAnswer', 'failBefore', 'failAfter', 'slow', 'lateCommit', 'duplicatePage', 'throttle', 'garbled', 'reset', 'closePostingRange', 'expireSecret'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault extends FaultTerms<FaultKind> {
  readonly requestClass?: RequestClass;
  /** Part of the path and query the request must contain, such as `customerPayments`. */
  readonly pathContains?: string;
  readonly status?: number;
  readonly html?: boolean;
}

export type Struck = ReadonlyMap<FaultKind, Fault>;

/** The faults in force. Seeded: the same seed and the same requests give the same faults. */
export class Faults extends FaultRegister<FaultKind, Fault> {
  constructor(seed: number) {
    super(seed, checkFault);
  }

  /** The faults that strike one request, at most one of a kind. `target` is its path and query. */
  draw(requestClass: RequestClass, target: string): Struck {
    return this.strike((fault) => (fault.requestClass === undefined || fault.requestClass === requestClass) && target.includes(fault.pathContains ?? '') && (fault.kind !== 'duplicatePage' || target.includes('skiptoken=')));
  }
}

function checkFault(fault: Fault): void {
  checkTerms(fault, FAULT_KINDS, REQUEST_CLASSES);
  if (fault.pathContains !== undefined && typeof fault.pathContains !== 'string') throw new FaultError('pathContains must be a text');
  within(fault.status, 500, 599, 'status');
}
