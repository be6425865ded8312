/** How old the list of connections may be when an id is not on it: as long as a new connection may have to share the place of made-up ones. */
export const LIST_AGE_MS_MAX = 5_000;

/**
 * Which connections there are, so that a delivery to one of them need not stand in line behind made-up ids. The list is read again when an id is not on it, at most once in
 * {@link LIST_AGE_MS_MAX}, whatever comes in; an id found in the database meanwhile is added.
 */
export class KnownConnections {
  #ids: ReadonlySet<string> = new Set();
  readonly #found = new Set<string>();
  #readAtMs: number | null = null;
  #reading: Promise<void> | null = null;

  constructor(private readonly listIds: () => Promise<readonly string[]>) {}

  async has(connectionId: string, nowMs: number): Promise<boolean> {
    if (this.#holds(connectionId)) return true;
    if (this.#readAtMs === null || nowMs - this.#readAtMs >= LIST_AGE_MS_MAX) await this.#readOnce(nowMs);
    return this.#holds(connectionId);
  }

  note(connectionId: string): void {
    this.#found.add(connectionId);
  }

  #holds(connectionId: string): boolean {
    return this.#ids.has(connectionId) || this.#found.has(connectionId);
  }

  /** Whoever comes while the list is being read waits for that reading. */
  #readOnce(nowMs: number): Promise<void> {
    this.#reading ??= this.listIds().then((ids) => {
      this.#ids = new Set(ids);
      this.#found.clear();
      this.#readAtMs = nowMs;
    }).finally(() => { this.#reading = null; });
    return this.#reading;
  }
}
