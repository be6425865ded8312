/** What a call is for: reads never take the last place. */
export type Lane = 'read' | 'write';

/**
 * How many calls of one connection are in flight. Targets count them too, some over all integrations of an account (NetSuite, reference A0, fact 10), and let the rest wait or refuse
 * them, so waiting here is cheaper. Reads leave one place free: a full read never keeps a posting waiting. Held to one place, the questions that
 * go with postings waited for each other, and beside ten places at 300 ms a request seven stood empty.
 */
export class ConcurrencyGate {
  private inFlight = 0;
  private readsInFlight = 0;
  private readonly waiting: { readonly lane: Lane; readonly admit: () => void }[] = [];

  constructor(private readonly places: number) {}

  /** Runs `work` when a place is free. An abort while waiting leaves the queue at once. */
  async run<T>(lane: Lane, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.enter(lane, signal);
    try {
      return await work();
    } finally {
      this.leave(lane);
    }
  }

  private enter(lane: Lane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.hasPlace(lane)) {
      this.take(lane);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
      };
      const entry = { lane, admit: () => { signal.removeEventListener('abort', onAbort); resolve(); } };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(entry);
    });
  }

  private leave(lane: Lane): void {
    this.inFlight -= 1;
    if (lane === 'read') this.readsInFlight -= 1;
    const next = this.waiting.findIndex((entry) => this.hasPlace(entry.lane));
    const [entry] = next < 0 ? [] : this.waiting.splice(next, 1);
    if (entry === undefined) return;
    this.take(entry.lane);
    entry.admit();
  }

  private hasPlace(lane: Lane): boolean {
    const readsMax = Math.max(this.places - 1, 1);
    return this.inFlight < this.places && (lane === 'write' || this.readsInFlight < readsMax);
  }

  private take(lane: Lane): void {
    this.inFlight += 1;
    if (lane === 'read') this.readsInFlight += 1;
  }
}
