import { DatabaseClock, ElapsedClock } from './elapsed-clock.js';

/** What a drain of either lane has in common: its clocks, and how it is told to end. */
export class StoppableRun {
  readonly elapsed = new ElapsedClock();
  readonly databaseClock = new DatabaseClock();
  readonly #stop = new AbortController();
  #pausedBecause: string | null = null;

  constructor(private readonly signal: AbortSignal) {
    if (signal.aborted) this.#stop.abort();
    else signal.addEventListener('abort', this.stop, { once: true });
  }

  /** Nothing new begins once this is set; what is under way finishes. */
  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  get pausedBecause(): string | null {
    return this.#pausedBecause;
  }

  readonly stop = (): void => {
    this.#stop.abort();
  };

  /** The target does not let us in: nothing is worth a try until a person was there. */
  pause(because: string): void {
    this.#pausedBecause ??= because;
    this.#stop.abort();
  }

  finish(): void {
    this.signal.removeEventListener('abort', this.stop);
  }
}
