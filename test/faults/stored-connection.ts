import path from 'node:path';
import { SecretBox } from '#access';
import { Connections, loadCatalogue } from '#connections';
import { connectors } from '#connectors';
import type { Database } from '#storage';

/** The spec and its workers seal with the same key, as the processes of one hub do. */
const KEY = Buffer.alloc(32, 7);

/** Connections as the hub opens them: settings, secrets and mappings from where they are stored. */
export async function storedConnections(database: Database): Promise<Connections> {
  return new Connections({
    database, catalogue: await loadCatalogue(connectors, path.resolve(process.cwd(), 'mappings')), secrets: new SecretBox(KEY), now: () => new Date(), monotonicMs: () => performance.now(),
    log: () => undefined, onCall: () => undefined,
  });
}
