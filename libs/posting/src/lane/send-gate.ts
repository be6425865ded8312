/**
 * Lets only so many postings be armed (intent stored, turn awaited) at once. Enough to keep every turn busy, few enough that a
 * crash leaves few in doubt: each of those has to wait for the target's processing time.
 */
export class SendGate {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly capacity: () => number) {}

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.capacity()) this.#inside += 1;
    else await new Promise<void>((enter) => { this.#waiting.push(enter); });
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#letIn();
    }
  }

  #letIn(): void {
    while (this.#waiting.length > 0 && this.#inside < this.capacity()) {
      this.#inside += 1;
      this.#waiting.shift()?.();
    }
  }
}
