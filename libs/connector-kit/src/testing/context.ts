import type { Context, Probe } from '../index.js';

/** What a harness gives its contexts. */
export interface TestContextParts {
  readonly connectionId: string;
  readonly config: unknown;
  readonly secrets: unknown;
  readonly probe: Probe | null;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
  /** Collects what the connector logs. */
  readonly log: string[];
}

/** A context as the engine builds one, for harnesses: plain fetch, a fresh memory, and a log that can be searched. */
export function testContext(parts: TestContextParts): Context {
  return {
    connectionId: parts.connectionId,
    config: parts.config,
    secrets: parts.secrets,
    probe: parts.probe,
    signal: parts.signal ?? new AbortController().signal,
    fetch: (input, init) => globalThis.fetch(input, init),
    log: (event, detail) => { parts.log.push(`${event} ${JSON.stringify(detail ?? {})}`); },
    memory: new Map(),
    now: parts.now,
  };
}
