import type { Capabilities } from './capabilities.js';
import type { Layout } from './layout.js';
import type { UploadedFiles } from './uploaded-files.js';

/** Everything a connector may touch: no global clock, logger, configuration or network. */
export interface Context {
  readonly connectionId: string;
  /** Settings that are no secret. The connector narrows them with its own schema. */
  readonly config: unknown;
  readonly secrets: unknown;
  /** What {@link Connector.probe} found last; null before the first. */
  readonly probe: Probe | null;
  readonly signal: AbortSignal;
  /** Timed, counted and redacted in the log. Never retries: the engine does. */
  readonly fetch: typeof globalThis.fetch;
  readonly log: (event: string, detail?: Readonly<Record<string, string | number>>) => void;
  /** Lasts as long as this process holds the connection: tokens, concurrency gates. */
  readonly memory: Map<string, unknown>;
  /** A file layout by its name. @throws RangeError for a name that no layout has; the message lists those there are. */
  layout(name: string): Layout;
  /** What people handed in for this connection; absent where nobody can hand in anything. */
  readonly uploads?: UploadedFiles;
  now(): Date;
}

/** What an account turned out to have. Stored with the connection, shown by the API, handed back in {@link Context.probe}. */
export interface Probe {
  readonly at: string;
  /** Permissions or features without which a declared capability cannot work, each with what to do. Empty means the connection is sound. */
  readonly missing: readonly string[];
  /** What these books hold and this account does not show us, one sentence each; no fault of the connection. The tie-out repeats them. */
  readonly unseen?: readonly string[];
  /** Certificates, secrets and consents that end: shown, and alarmed before they do. */
  readonly expiries?: readonly { readonly what: string; readonly at: string; readonly cure: string }[];
  /** IANA zone the account's clock runs in. */
  readonly timeZone: string;
  /** The connector's own findings: OneWorld, instalments, accounting periods... Flat. */
  readonly features: Readonly<Record<string, string | number | boolean>>;
  /** Capabilities of this connection: what the connector offers, less what this account lacks. */
  readonly capabilities: Capabilities;
}

/** Flat JSON that survives a round trip, at most 4 KiB. Owned by the connector, opaque to the engine. */
export type Checkpoint = { readonly version: number } & Readonly<Record<string, string | number | boolean>>;
