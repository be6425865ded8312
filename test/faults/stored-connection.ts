import path from 'node:path';
import { SecretBox } from '#access';
import { Connections, loadCatalogue } from '#connections';
import { connectors } from '#connectors';
import { isOffered, type Capabilities } from '#connector-kit';
import type { OpenPostingConnection } from '#posting';
import type { Database } from '#storage';

/** The spec and its workers seal with the same key, as the processes of one hub do. */
export const SEALING_KEY = Buffer.alloc(32, 7);

/** Connections as the hub opens them: settings, secrets and mappings from where they are stored. */
export async function storedConnections(database: Database): Promise<Connections> {
  return new Connections({
    database, catalogue: await loadCatalogue(connectors, path.resolve(process.cwd(), 'mappings')), secrets: new SecretBox(SEALING_KEY), now: () => new Date(), monotonicMs: () => performance.now(),
    log: () => undefined, onCall: () => undefined,
  });
}

/** The same for a worker. `processingMsMax`: what this target keeps to, instead of the minutes its vendor may take; every wait of the lane stays, and is that long. */
export async function openedStored(database: Database, processingMsMax: number | null): Promise<OpenPostingConnection> {
  const connections = await storedConnections(database);
  if (processingMsMax === null) return connections.open.bind(connections);
  return async (tenantId, connectionId) => {
    const connection = await connections.open(tenantId, connectionId);
    return { ...connection, capabilities: committingWithin(connection.capabilities, processingMsMax) };
  };
}

function committingWithin(capabilities: Capabilities, processingMsMax: number): Capabilities {
  const operations = Object.fromEntries(Object.entries(capabilities.operations).map(([name, operation]) => [name, isOffered(operation) ? { ...operation, processingMsMax } : operation]));
  return { ...capabilities, operations: operations as unknown as Capabilities['operations'] };
}
