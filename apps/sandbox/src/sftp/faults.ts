/** How the server can go wrong. Those with `Next` happen once. */
export type SftpFault =
  /** The next request, after `afterRequests` more that go well, is answered with the protocol's "Failure", or the connection breaks. */
  | { readonly kind: 'failNext'; readonly how: 'failure' | 'reset'; readonly afterRequests?: number }
  /** The connection breaks once `afterBytes` of the next file were sent, or received. */
  | { readonly kind: 'cutNextRead'; readonly afterBytes: number }
  | { readonly kind: 'cutNextWrite'; readonly afterBytes: number }
  /** The next file ends early although its size says more. */
  | { readonly kind: 'truncateNextRead' }
  /** The next rename happens, and its answer never arrives: the connection breaks. */
  | { readonly kind: 'loseNextRenameAnswer' }
  /** The next listing that takes two answers gives the first twice. */
  | { readonly kind: 'repeatNextListing' }
  /** Every answer takes so long, in real time. */
  | { readonly kind: 'slow'; readonly answerMs: number }
  /** Nothing can be written any more. */
  | { readonly kind: 'diskFull' };

/** Faults that wait for their moment. */
export class SftpFaults {
  readonly #waiting: SftpFault[] = [];
  #requestsLeft = 0;
  answerMs = 0;
  diskFull = false;

  add(fault: SftpFault): void {
    if (fault.kind === 'slow') this.answerMs = fault.answerMs;
    else if (fault.kind === 'diskFull') this.diskFull = true;
    else {
      if (fault.kind === 'failNext') this.#requestsLeft = fault.afterRequests ?? 0;
      this.#waiting.push(fault);
    }
  }

  /** How this request fails; null when it goes well. */
  nextFailure(): 'failure' | 'reset' | null {
    const index = this.#waiting.findIndex(({ kind }) => kind === 'failNext');
    const fault = this.#waiting[index];
    if (fault?.kind !== 'failNext') return null;
    if (this.#requestsLeft > 0) {
      this.#requestsLeft -= 1;
      return null;
    }
    this.#waiting.splice(index, 1);
    return fault.how;
  }

  /** Takes a waiting fault of this kind. */
  take<K extends SftpFault['kind']>(kind: K): Extract<SftpFault, { kind: K }> | null {
    const index = this.#waiting.findIndex((fault) => fault.kind === kind);
    return index < 0 ? null : (this.#waiting.splice(index, 1)[0] as Extract<SftpFault, { kind: K }>);
  }
}
