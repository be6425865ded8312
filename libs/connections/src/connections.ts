import type { EntityName, Json, JsonObject } from '#canonical';
import type { SecretBox } from '#access';
import { isOffered, type AnyConnector, type Context, type LinkDoor, type LinkRequest, type LinkTicket, type Probe } from '#connector-kit';
import { compileMapping, loadReadMapping, loadWriteMapping, renderWrite, type CompiledMapping, type Mapping, type ReadMapping, type WriteMapping } from '#mapping';
import { tellExpiries, type Database, type ListPage, type ListRequest } from '#storage';
import { mappingFolder, readMappingName, type Catalogue } from './catalogue.js';
import { insertConnection, listConnections, pageOfConnections, readConnection, saveProbe, saveSecrets, setPaused, updateConnection, type ConnectionRecord, type NewConnection } from './connection-records.js';
import { connectionLayouts } from './connection-layouts.js';
import { connectionUploads } from './connection-uploads.js';
import { ConnectionError, type OpenConnection } from './open-connection.js';
import { recordedFetch, type CallRecord } from './recorded-fetch.js';
import { expiriesSoon } from './rules/expiries.js';

export interface ConnectionsDependencies {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly secrets: SecretBox;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
  /** Told of every call a connector makes; feeds metrics. */
  readonly onCall: (connectionId: string, call: CallRecord) => void;
}

/** Opened connections kept by version: a change of settings is seen at the next use, in every process. */
const OPEN_MAX = 1_000;

/** Installed connectors of all tenants: stored, checked, opened. */
export class Connections {
  readonly #open = new Map<string, { version: number; connection: OpenConnection }>();

  constructor(private readonly dependencies: ConnectionsDependencies) {}

  /** All of them. */
  list(tenantId: string): Promise<ConnectionRecord[]> {
    return this.dependencies.database.inTenant(tenantId, listConnections);
  }

  /** @throws ListError for a filter, sort or cursor that makes no sense */
  page(tenantId: string, request: ListRequest): Promise<ListPage<ConnectionRecord>> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => pageOfConnections(transaction, request));
  }

  async get(tenantId: string, id: string): Promise<ConnectionRecord | null> {
    const stored = await this.dependencies.database.inTenant(tenantId, (transaction) => readConnection(transaction, id));
    return stored?.record ?? null;
  }

  /** @throws ConnectionError with every problem of the settings, a taken name, or an unknown connector. */
  async create(tenantId: string, given: NewConnection, secrets: JsonObject | null): Promise<ConnectionRecord> {
    this.#check(given, secrets);
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const record = await insertConnection(transaction, given, keepsBooks(this.#connector(given.connector)));
      if (record === null) throw new ConnectionError(`there is a connection called "${given.name}" already: choose another name, or change that one`);
      if (secrets !== null) await saveSecrets(transaction, record.id, this.#seal(record.id, secrets));
      return { ...record, hasSecrets: secrets !== null };
    });
  }

  /** Null when there is no such connection or it was changed since `version`. `secrets: null` keeps the stored ones. */
  async update(tenantId: string, id: string, version: number, given: Omit<NewConnection, 'connector'>, secrets: JsonObject | null): Promise<ConnectionRecord | null> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const stored = await readConnection(transaction, id);
      if (stored === null) return null;
      this.#keepsItsBooks(stored.record, given.config);
      this.#check({ ...given, connector: stored.record.connector }, secrets ?? this.#unseal(stored.record.id, stored.sealedSecrets));
      const record = await updateConnection(transaction, id, version, given);
      if (record === null || secrets === null) return record;
      await saveSecrets(transaction, id, this.#seal(id, secrets));
      return (await readConnection(transaction, id))?.record ?? null;
    });
  }

  /** Asks the account what it has and stores the answer. @throws ConnectorError when it cannot be asked at all. */
  async check(tenantId: string, id: string, signal: AbortSignal): Promise<Probe> {
    const connection = await this.open(tenantId, id);
    const probe = await connection.connector.probe(connection.context(signal));
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      await saveProbe(transaction, id, probe);
      await tellExpiries(transaction, id, expiriesSoon(probe.expiries ?? [], this.dependencies.now()));
    });
    return probe;
  }

  /** A ticket for the vendor's sign-in dialog. @throws ConnectionError where credentials are typed in; ConnectorError as the connector does. */
  async startLink(tenantId: string, id: string, request: LinkRequest, signal: AbortSignal): Promise<LinkTicket> {
    const connection = await this.open(tenantId, id);
    return linkOf(connection).start(connection.context(signal), request);
  }

  /** Exchanges what the dialog handed out, and keeps the secrets beside those there are. @throws as {@link startLink} */
  async finishLink(tenantId: string, id: string, publicToken: string, signal: AbortSignal): Promise<void> {
    const connection = await this.open(tenantId, id);
    const gained = await linkOf(connection).finish(connection.context(signal), publicToken);
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const stored = await readConnection(transaction, id);
      if (stored === null) throw new ConnectionError(`there is no connection ${id}`);
      await saveSecrets(transaction, id, this.#seal(id, { ...this.#unseal(id, stored.sealedSecrets), ...gained }));
    });
  }

  /** `because: null` lets it run again. False when there is no such connection. */
  pause(tenantId: string, id: string, because: string | null): Promise<boolean> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => setPaused(transaction, id, because));
  }

  /** @throws ConnectionError when there is no such connection or its connector is not part of this build. */
  async open(tenantId: string, id: string): Promise<OpenConnection> {
    const stored = await this.dependencies.database.inTenant(tenantId, (transaction) => readConnection(transaction, id));
    if (stored === null) throw new ConnectionError(`there is no connection ${id}`);
    const key = `${tenantId}/${id}`;
    const known = this.#open.get(key);
    if (known !== undefined && known.version === stored.record.version) return known.connection;
    const connection = this.#build(tenantId, stored.record, this.#unseal(id, stored.sealedSecrets));
    if (this.#open.size >= OPEN_MAX) this.#open.clear();
    this.#open.set(key, { version: stored.record.version, connection });
    return connection;
  }

  #build(tenantId: string, record: ConnectionRecord, secrets: JsonObject | null): OpenConnection {
    const connector = this.#connector(record.connector);
    const compiled = new Map<EntityName, CompiledMapping>();
    const memory = new Map<string, unknown>();
    const { log, monotonicMs, now, onCall } = this.dependencies;
    const uploads = connectionUploads(this.dependencies.database, tenantId, record.id);
    const layout = connectionLayouts(record.name, record.config, this.dependencies.catalogue.layouts);
    const fetch = recordedFetch((call) => onCall(record.id, call), monotonicMs);
    return {
      tenantId, id: record.id, name: record.name, connector, config: record.config, probe: record.probe,
      capabilities: record.probe?.capabilities ?? connector.capabilities,
      timeZone: record.probe?.timeZone ?? 'UTC',
      context: (signal: AbortSignal): Context => ({
        connectionId: record.id, config: record.config, secrets, probe: record.probe, signal, fetch, memory, now, layout, uploads,
        log: (event, detail) => log(event, { connectionId: record.id, ...detail }),
      }),
      layout,
      readMapping: (entity) => {
        const known = compiled.get(entity) ?? this.#compileRead(connector, record, entity);
        compiled.set(entity, known);
        return known;
      },
      render: (name, value) => this.#render(connector, record, name, value),
    };
  }

  #compileRead(connector: AnyConnector, record: ConnectionRecord, entity: EntityName): CompiledMapping {
    const name = readMappingName(connector, entity);
    const mapping = this.#mapping(connector, name);
    const overlayText = record.mappingOverlays[name];
    const overlay = overlayText === undefined ? null : loadReadMapping(overlayText, overlayFile(record, name));
    return compileMapping(mapping as ReadMapping, { transforms: connector.transforms ?? {}, overlay });
  }

  #render(connector: AnyConnector, record: ConnectionRecord, name: string, value: Json): JsonObject {
    const full = `${mappingFolder(connector)}.${name}`;
    const overlayText = record.mappingOverlays[full];
    const overlay = overlayText === undefined ? null : loadWriteMapping(overlayText, overlayFile(record, full));
    return renderWrite(this.#mapping(connector, full) as WriteMapping, value, { transforms: connector.transforms ?? {}, overlay });
  }

  #mapping(connector: AnyConnector, name: string): Mapping {
    const mapping = this.dependencies.catalogue.mappings.get(connector.id)?.get(name);
    const folder = mappingFolder(connector);
    if (mapping === undefined) throw new ConnectionError(`there is no mapping "${name}": add mappings/${folder}/${name.slice(folder.length + 1)}.yaml`);
    return mapping;
  }

  #connector(id: string): AnyConnector {
    const connector = this.dependencies.catalogue.connectors.get(id);
    if (connector === undefined) throw new ConnectionError(`there is no connector "${id}"; there are ${[...this.dependencies.catalogue.connectors.keys()].join(', ')}`);
    return connector;
  }

  #check(given: NewConnection, secrets: JsonObject | null): void {
    const connector = this.#connector(given.connector);
    const problems = [...connector.settings(given.config, secrets ?? {})];
    for (const [name, text] of Object.entries(given.mappingOverlays)) {
      const mapping = this.#mapping(connector, name);
      if (mapping.direction === 'read') compileMapping(mapping, { transforms: connector.transforms ?? {}, overlay: loadReadMapping(text, `overlay/${name}.yaml`) });
      else loadWriteMapping(text, `overlay/${name}.yaml`);
    }
    connectionLayouts(given.name, given.config, this.dependencies.catalogue.layouts);
    if (problems.length > 0) throw new ConnectionError(problems.join('\n'));
  }

  /** @throws ConnectionError when the settings lead to other books than the connection's own. */
  #keepsItsBooks(record: ConnectionRecord, config: JsonObject): void {
    const connector = this.#connector(record.connector);
    const [before, after] = [connector.booksOf?.(record.config), connector.booksOf?.(config)];
    if (before !== after) throw new ConnectionError(`connection "${record.name}" keeps the books of "${before ?? ''}" and cannot change to "${after ?? ''}": make a new connection for them`);
  }

  #seal(id: string, secrets: JsonObject): Buffer {
    return this.dependencies.secrets.seal(JSON.stringify(secrets), `connection/${id}`);
  }

  #unseal(id: string, sealed: Buffer | null): JsonObject | null {
    return sealed === null ? null : JSON.parse(this.dependencies.secrets.open(sealed, `connection/${id}`)) as JsonObject;
  }
}

/** @throws ConnectionError */
function linkOf({ name, connector: { link, title } }: OpenConnection): LinkDoor {
  if (link === undefined) throw new ConnectionError(`connection "${name}" has no sign-in dialog: the credentials of ${title} are entered as secrets`);
  return link;
}

/** Whether a system of this kind holds a ledger; banks and folders do not. */
function keepsBooks({ capabilities: { read, operations } }: AnyConnector): boolean {
  return Object.keys(read).length > 0 || Object.values(operations).some(isOffered);
}

function overlayFile(record: ConnectionRecord, name: string): string {
  return `connection "${record.name}" overlay ${name}.yaml`;
}
