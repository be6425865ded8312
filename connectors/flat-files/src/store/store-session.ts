import type { Store } from './store.js';

/**
 * One connection for work that overlaps: a read and the moves that follow its commits. Opened when first used, closed when nobody uses it,
 * opened again when a late commit needs it: pages are committed after the read that yielded them has ended.
 */
export class StoreSession {
  #users = 0;
  #store: Promise<Store> | null = null;

  constructor(private readonly openStore: () => Promise<Store>) {}

  async use<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = this.enter();
    try {
      return await work(await store);
    } finally {
      await this.leave();
    }
  }

  /** For work that yields on the way; every `enter` needs its {@link leave}. */
  enter(): Promise<Store> {
    this.#users += 1;
    this.#store ??= this.openStore();
    return this.#store;
  }

  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#store === null) return;
    const closing = this.#store;
    this.#store = null;
    const store = await closing.catch(() => null);
    await store?.close();
  }
}
