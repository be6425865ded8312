/** The answer to one item of a batch that failed for this item alone. */
export class Failed {
  constructor(readonly error: unknown) {}
}

/**
 * Collects single requests into batches: one round trip for many. A batch leaves when it is full, or when its oldest member waited
 * `lingerMs` and fewer than `roundsMax` batches are under way (group commit: the slower the round trip, the larger the batches).
 */
export class Gather<Item, Answer> {
  #waiting: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #timer: NodeJS.Timeout | null = null;
  #rounds = 0;

  /** `ask` answers every item of its batch in order, or throws for all of them. */
  constructor(
    private readonly ask: (items: readonly Item[]) => Promise<readonly (Answer | Failed)[]>,
    private readonly limits: { readonly sizeMax: number; readonly lingerMs: number; readonly roundsMax: number },
  ) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#consider();
    });
  }

  #consider(): void {
    if (this.#rounds >= this.limits.roundsMax || this.#waiting.length === 0) return;
    if (this.#waiting.length >= this.limits.sizeMax) {
      this.#leave();
      return;
    }
    this.#timer ??= setTimeout(() => this.#leave(), this.limits.lingerMs);
  }

  #leave(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rounds >= this.limits.roundsMax || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.limits.sizeMax);
    this.#rounds += 1;
    void this.#round(batch);
  }

  async #round(batch: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[]): Promise<void> {
    try {
      const answers = await this.ask(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined) reject(new Error(`${answers.length} answers to a batch of ${batch.length}`));
        else if (answer instanceof Failed) reject(answer.error);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#rounds -= 1;
      this.#consider();
    }
  }
}
