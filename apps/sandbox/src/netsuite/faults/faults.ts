import { checkTerms, FaultRegister, within, type FaultTerms } from '../../simulation/faults.js';
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

export interface Fault extends FaultTerms<FaultKind> {
  readonly requestClass?: RequestClass;
  readonly status?: number;
  readonly html?: boolean;
}

/** The faults in force. Seeded: the same seed and the same requests give the same faults. */
export class Faults extends FaultRegister<FaultKind, Fault> {
  constructor(seed: number) {
    super(seed, checkFault);
  }

  /** The faults that strike one request, at most one of a kind. */
  draw(requestClass: RequestClass): ReadonlyMap<FaultKind, Fault> {
    return this.strike((fault) => fault.requestClass === undefined || fault.requestClass === requestClass);
  }
}

function checkFault(fault: Fault): void {
  checkTerms(fault, FAULT_KINDS, REQUEST_CLASSES);
  within(fault.status, 500, 599, 'status');
}
