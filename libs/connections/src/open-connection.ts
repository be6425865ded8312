import type { EntityName, Json, JsonObject } from '#canonical';
import type { AnyConnector, Capabilities, Context, Layout, Probe } from '#connector-kit';
import type { CompiledMapping } from '#mapping';

/** An installed connector, ready to be used: settings and secrets loaded, mappings compiled with the connection's overlays. */
export interface OpenConnection {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly connector: AnyConnector;
  readonly config: unknown;
  /** What the account turned out to have; null before the first check. */
  readonly probe: Probe | null;
  /** Of this connection: the probe's where there is one, else what the connector offers. */
  readonly capabilities: Capabilities;
  /** IANA zone the account's days are counted in. */
  readonly timeZone: string;
  context(signal: AbortSignal): Context;
  /** A file layout: the connection's own by this name, else the hub's. @throws RangeError for a name that no layout has. */
  layout(name: string): Layout;
  /** @throws ConnectionError when there is no such mapping; the message names the file to add. */
  readMapping(entity: EntityName): CompiledMapping;
  /** Applies a write mapping. @throws ConnectionError as {@link readMapping}. */
  render(mapping: string, value: Json): JsonObject;
}

export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}
