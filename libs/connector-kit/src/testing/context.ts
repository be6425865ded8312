import type { Context, Layout, Probe, UploadedFiles } from '../index.js';

/** What a harness gives its contexts. */
export interface TestContextParts {
  readonly connectionId: string;
  readonly config: unknown;
  readonly secrets: unknown;
  readonly probe: Probe | null;
  readonly signal?: AbortSignal;
  readonly now: () => Date;
  /** File layouts by name; absent where the connector reads and writes none. */
  readonly layouts?: ReadonlyMap<string, Layout>;
  /** What people handed in; absent where the connector reads none. */
  readonly uploads?: UploadedFiles;
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
    layout: (name) => layoutOf(parts.layouts ?? new Map(), name),
    now: parts.now,
    ...parts.uploads === undefined ? {} : { uploads: parts.uploads },
  };
}

/** @throws RangeError for a name that no layout has. */
export function layoutOf(layouts: ReadonlyMap<string, Layout>, name: string): Layout {
  const layout = layouts.get(name);
  if (layout === undefined) throw new RangeError(`there is no layout "${name}"; there are: ${[...layouts.keys()].join(', ') || 'none'}`);
  return layout;
}
