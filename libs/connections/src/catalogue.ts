import { ENTITY_NAMES, type EntityName } from '#canonical';
import { isOffered, type AnyConnector } from '#connector-kit';
import { loadLayoutFolder, type LoadedLayout } from '#layouts';
import { loadMappingFolder, type Mapping } from '#mapping';
import { join } from 'node:path';
import { ConnectionError } from './open-connection.js';

/** The connectors of this build with their mappings, and the flat-file layouts, checked at boot. */
export interface Catalogue {
  readonly connectors: ReadonlyMap<string, AnyConnector>;
  /** Connector id -> mapping name -> mapping. */
  readonly mappings: ReadonlyMap<string, ReadonlyMap<string, Mapping>>;
  /** By name. Any connection may use any of them: SAP's lockbox file goes out by SFTP as well as by S3. */
  readonly layouts: ReadonlyMap<string, LoadedLayout>;
}

/**
 * Loads every connector's mappings and every layout, and proves the wiring.
 * @throws ConnectionError when two connectors share an id or a declared read has no mapping; the message names the file to add.
 * @throws LayoutFileError with every mistake of every layout.
 */
export async function loadCatalogue(connectors: readonly AnyConnector[], mappingsDirectory: string): Promise<Catalogue> {
  const byId = new Map<string, AnyConnector>();
  const mappings = new Map<string, ReadonlyMap<string, Mapping>>();
  for (const connector of connectors) {
    if (byId.has(connector.id)) throw new ConnectionError(`two connectors call themselves "${connector.id}": rename one in connectors/index.ts`);
    byId.set(connector.id, connector);
    // Not the folder on this machine: lineage is read by people who have the repository, not the server.
    const folder = mappingFolder(connector);
    const found = mapsRecords(connector) ? await loadMappingFolder(join(mappingsDirectory, folder), `mappings/${folder}`) : new Map<string, Mapping>();
    for (const entity of readEntities(connector)) {
      if (!found.has(readMappingName(connector, entity))) {
        throw new ConnectionError(`connector "${connector.id}" reads ${entity} but mappings/${folder}/${entity}.read.yaml is missing: add it, or take ${entity} out of its capabilities`);
      }
    }
    mappings.set(connector.id, found);
  }
  return { connectors: byId, mappings, layouts: await loadLayoutFolder(mappingsDirectory, 'mappings') };
}

/** Folder under `mappings/` and first part of the mappings' names; connectors that read one kind of source share it. */
export function mappingFolder(connector: Pick<AnyConnector, 'id' | 'mappings'>): string {
  return connector.mappings ?? connector.id;
}

export function readMappingName(connector: Pick<AnyConnector, 'id' | 'mappings'>, entity: EntityName): string {
  return `${mappingFolder(connector)}.${entity}.read`;
}

/** A source of bank transactions has no records that a mapping would turn into ours, and takes none. */
function mapsRecords(connector: AnyConnector): boolean {
  return readEntities(connector).length > 0 || Object.values(connector.capabilities.operations).some(isOffered);
}

function readEntities(connector: AnyConnector): EntityName[] {
  return ENTITY_NAMES.filter((entity) => connector.capabilities.read[entity] !== undefined);
}
