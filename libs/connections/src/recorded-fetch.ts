/** What is logged of a call: never a header, a query or a body, where secrets live. */
export interface CallRecord {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/** `fetch` that reports each call to `record`. It never retries: the engine decides that from the error's kind. */
export function recordedFetch(record: (call: CallRecord) => void, monotonicMs: () => number): typeof globalThis.fetch {
  return async (input, init) => {
    const startedAt = monotonicMs();
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
    const describe = (status: number): CallRecord => (
      { method: init?.method ?? 'GET', host: url.host, path: url.pathname, status, durationMs: Math.round(monotonicMs() - startedAt) });
    try {
      const response = await fetch(input, init);
      record(describe(response.status));
      return response;
    } catch (error) {
      record(describe(0));
      throw error;
    }
  };
}
