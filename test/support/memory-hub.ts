import { join } from 'node:path';
import { SecretBox } from '#access';
import { Connections, loadCatalogue, type ConnectionRecord } from '#connections';
import type { AnyConnector } from '#connector-kit';
import { SyncService } from '#sync';
import { createMemoryConnector, MemoryTarget, MemoryTargets } from '#connectors/memory';
import { openBooks, seedRecord, type MasterData } from '../../connectors/memory/src/target/seeding.js';
import type { TestDatabase } from './database.js';

export const TOKEN = 'memory-token';

/** A connection to the memory target of a spec, with the services around it as the hub wires them. */
export interface MemoryHub {
  readonly target: MemoryTarget;
  readonly master: MasterData;
  readonly connections: Connections;
  readonly connection: ConnectionRecord;
  readonly sync: SyncService;
  readonly seed: (...parameters: Parameters<typeof seedRecord> extends [unknown, unknown, ...infer Rest] ? Rest : never) => ReturnType<typeof seedRecord>;
}

/** @param wrap lets a spec plant faults between the engine and the connector. */
export async function openMemoryHub(test: TestDatabase, wrap: (connector: AnyConnector) => AnyConnector = (connector) => connector): Promise<MemoryHub> {
  const target = new MemoryTarget({ token: TOKEN, readOnlyToken: 'read-only', timeZone: 'America/Los_Angeles', clock: new Date() });
  const master = openBooks(target);
  const targets = new MemoryTargets();
  targets.put('books', target);
  const catalogue = await loadCatalogue([wrap(createMemoryConnector(targets))], join(import.meta.dirname, '..', '..', 'mappings'));
  const connections = new Connections({
    database: test.database, catalogue, secrets: new SecretBox(Buffer.alloc(32, 1)), now: () => target.book.now(), monotonicMs: () => performance.now(),
    log: () => undefined, onCall: () => undefined,
  });
  const connection = await connections.create(test.tenantId, {
    name: 'books', connector: 'memory', config: { target: 'books', pageSize: 5 }, mappingOverlays: {}, syncEveryMinutes: null,
  }, { token: TOKEN });
  await connections.check(test.tenantId, connection.id, new AbortController().signal);
  const sync = new SyncService({
    database: test.database, openConnection: (tenantId, id) => connections.open(tenantId, id), holder: 'spec', now: () => target.book.now(),
    monotonicMs: () => performance.now(), random: () => 0, log: () => undefined,
  });
  return { target, master, connections, connection, sync, seed: (...rest) => seedRecord(target, master, ...rest) };
}
