import { join } from 'node:path';
import { SecretBox } from '#access';
import type { JsonObject } from '#canonical';
import { Connections, loadCatalogue } from '#connections';
import { connectors } from '#connectors';
import { Database, type SyncKind } from '#storage';
import { SyncService } from '#sync';
import { drainLane, finalizePayments, type Posted } from './posting-hub.js';

/** What a person enters to connect a source. */
export interface HubConnection {
  readonly connector: string;
  readonly config: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The parts of a hub worker that sync and post, alone in a process, so that its memory and processor time are its own. Spoken to over IPC. */
export type HubRequest =
  | { readonly what: 'open'; readonly databaseUrl: string; readonly connection: HubConnection }
  | { readonly what: 'run'; readonly kind: SyncKind }
  /** Stores a payment in full for so many open invoices. */
  | { readonly what: 'finalize'; readonly payments: number }
  /** Works the posting lane until nothing is left to do. */
  | { readonly what: 'post' };

export interface OpenedHub {
  readonly tenantId: string;
  readonly connectionId: string;
}

export interface HubRun {
  readonly runId: string;
  readonly status: string;
  readonly problem: string | null;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Most memory resident at any sample of this run. */
  readonly peakMb: number;
  /** Most memory in the last quarter of the run less that of the second: what keeps growing shows here. */
  readonly growthMb: number;
}

const SAMPLE_EVERY_MS = 100;
const MAPPINGS = join(import.meta.dirname, '..', '..', '..', 'mappings');

interface OpenHub extends OpenedHub {
  readonly database: Database;
  readonly connections: Connections;
  readonly sync: SyncService;
}

async function open(databaseUrl: string, { connector, config, secrets }: HubConnection): Promise<OpenHub> {
  const database = new Database({ url: databaseUrl });
  const tenant = await database.acrossTenants((transaction) => transaction.one<{ id: string }>('INSERT INTO tenant (name) VALUES ($1) RETURNING id', [`bench ${process.pid}`]));
  if (tenant === null) throw new Error('no tenant was made');
  const [now, monotonicMs, log] = [() => new Date(), () => performance.now(), () => undefined];
  const connections = new Connections({
    database, catalogue: await loadCatalogue(connectors, MAPPINGS), secrets: new SecretBox(Buffer.alloc(32, 1)), now, monotonicMs, log, onCall: () => undefined,
  });
  const connection = await connections.create(tenant.id, { name: 'bench', connector, config, mappingOverlays: {}, syncEveryMinutes: null }, secrets);
  await connections.check(tenant.id, connection.id, new AbortController().signal);
  const sync = new SyncService({ database, openConnection: (tenantId, id) => connections.open(tenantId, id), holder: 'bench', now, monotonicMs, random: Math.random, log });
  return { database, connections, sync, tenantId: tenant.id, connectionId: connection.id };
}

async function run(hub: OpenHub, kind: SyncKind): Promise<HubRun> {
  const { database, sync, tenantId, connectionId } = hub;
  const samples: number[] = [];
  const sampler = setInterval(() => samples.push(process.memoryUsage.rss()), SAMPLE_EVERY_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { id } = await sync.request(tenantId, connectionId, kind, 'bench');
  await sync.drain(tenantId, connectionId, new AbortController().signal);
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(sampler);
  samples.push(process.memoryUsage.rss());
  const row = await database.inTenant(tenantId, (transaction) => transaction.one<{ status: string; problem: { message: string } | null }>('SELECT status, problem FROM sync_run WHERE id = $1', [id]));
  const quarter = (from: number): number => Math.max(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * (from + 0.25)))) / 2 ** 20;
  return {
    runId: id, status: row?.status ?? 'lost', problem: row?.problem?.message ?? null, wallSeconds, cpuSeconds: (user + system) / 1e6,
    peakMb: Math.max(...samples) / 2 ** 20, growthMb: quarter(0.75) - quarter(0.25),
  };
}

let hub: OpenHub | null = null;

async function answer(request: HubRequest): Promise<OpenedHub | HubRun | Posted | number> {
  if (request.what === 'open') {
    hub = await open(request.databaseUrl, request.connection);
    return { tenantId: hub.tenantId, connectionId: hub.connectionId };
  }
  if (hub === null) throw new Error('open the hub first');
  switch (request.what) {
    case 'run': return run(hub, request.kind);
    case 'finalize': return finalizePayments(hub, request.payments);
    case 'post': return drainLane(hub);
  }
}

process.on('message', (request: HubRequest) => {
  answer(request).then((value) => process.send?.({ value }), (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }));
});
process.on('disconnect', () => { process.exit(0); });
