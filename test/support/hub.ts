import { type INestApplication, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import 'reflect-metadata';
import { ApiKeys, AuditTrail, SecretBox, type Role } from '#access';
import { BankFeeds } from '#bank';
import { ConnectionChecks, Connections, loadCatalogue } from '#connections';
import type { AnyConnector } from '#connector-kit';
import { createMemoryConnector, MemoryTarget, MemoryTargets } from '#connectors/memory';
import { MatchingService } from '#matching';
import { Decisions, PostingBatches, PostingLane, PostingService, type WakeLane } from '#posting';
import { Database } from '#storage';
import { InvoiceChanges, SyncService } from '#sync';
import { API_PROVIDERS, CATALOGUE, CLOCK, MAIL_DOMAIN, PUBLIC_URL, WAKE, type Wake } from '../../apps/hub/src/api/index.js';
import { CONTROLLERS } from '../../apps/hub/src/hub-module.js';
import { BANK_PROVIDERS } from '../../apps/hub/src/api/bank.js';
import { BankFeedCare } from '../../apps/hub/src/bank-feed-care.js';
import { keepWebhookBytes } from '../../apps/hub/src/http/webhook-bytes.js';
import { AuthenticationGuard } from '../../apps/hub/src/http/authentication.js';
import { IdempotencyInterceptor } from '../../apps/hub/src/http/idempotency.js';
import { ProblemFilter } from '../../apps/hub/src/http/problem.js';
import { validationPipe } from '../../apps/hub/src/http/validation.js';
import { openBooks, type MasterData } from '../../connectors/memory/src/target/seeding.js';
import { openTestDatabase, type TestDatabase } from './database.js';

/** Asks the hub over real HTTP as one key. */
export interface Client {
  readonly key: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON; null when there is none. A spec says what it expects it to be. */
  readonly body: never;
}

/** A hub of the API's controllers on a database of its own, with the reference connector and both tenants' keys. */
export interface TestHub {
  readonly url: string;
  readonly test: TestDatabase;
  readonly targets: MemoryTargets;
  readonly sync: SyncService;
  /** Wakes the API asked for, as `sync 1 5`. */
  readonly woken: string[];
  /** What the filter was given as unforeseen. */
  readonly unforeseen: unknown[];
  client(tenantId: string, roles?: readonly Role[]): Promise<Client>;
  /** Sends, reads back and verifies the postings of a connection. */
  carryPostings(tenantId: string, connectionId: string): Promise<void>;
  /** Runs what waits in line of a connection. */
  drain(tenantId: string, connectionId: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestHubOptions {
  /** Controllers beside the API's own, for a spec that needs a route to misbehave. */
  readonly more?: readonly Type[];
  /** Connectors beside the reference one. */
  readonly connectors?: readonly AnyConnector[];
  /** The hub's address as vendors reach it. */
  readonly publicUrl?: string;
  /** Whether wake-ups do the work, as a worker would; else the spec drains. */
  readonly working?: boolean;
}

export async function startTestHub({ more = [], working = false, connectors = [], publicUrl }: TestHubOptions = {}): Promise<TestHub> {
  const test = await openTestDatabase();
  const targets = new MemoryTargets();
  const underWay = new Set<Promise<void>>();
  const unforeseen: unknown[] = [];
  const closing = new AbortController();
  const start = (work: () => Promise<void>): void => {
    if (!working) return;
    const running = work().catch((error: unknown) => { if (!closing.signal.aborted) unforeseen.push(error); }).finally(() => underWay.delete(running));
    underWay.add(running);
  };
  const services = await makeServices(test, [createMemoryConnector(targets), ...connectors], (tenantId, connectionId, inMs) => {
    start(async () => {
      await pause(inMs, undefined, { signal: closing.signal });
      await services.lane.drain(tenantId, connectionId, AbortSignal.timeout(30_000));
    });
  });
  const woken: string[] = [];
  const wake: Wake = {
    wakeSync: async (tenantId, connectionId) => { woken.push(`sync ${tenantId} ${connectionId}`); start(() => drain(tenantId, connectionId)); },
    wakePosting: async (tenantId, connectionId) => { woken.push(`posting ${tenantId} ${connectionId}`); },
    wakeDocument: async (tenantId, documentId) => { woken.push(`document ${tenantId} ${documentId}`); },
    wakeMatching: async (tenantId) => { woken.push(`matching ${tenantId}`); },
  };
  const feedCare = new BankFeedCare({ connections: services.connections, bankFeeds: services.bankFeeds, sync: services.sync, wake });
  const checks = new ConnectionChecks({
    database: test.database, connections: services.connections, now: services.now, log: () => undefined, publicUrl: publicUrl ?? null, onChecked: feedCare.onChecked.bind(feedCare),
  });
  const drain = async (tenantId: string, connectionId: string): Promise<void> => {
    await checks.perform(tenantId, connectionId, AbortSignal.timeout(30_000));
    await services.sync.drain(tenantId, connectionId, AbortSignal.timeout(30_000));
  };
  const app = await startApp({ ...services, checks, feedCare, publicUrl: publicUrl ?? null }, wake, more, unforeseen);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url, test, targets, sync: services.sync, woken, unforeseen,
    client: async (tenantId, roles = ['admin']) => clientOf(url, (await services.apiKeys.create(tenantId, 'spec', roles)).key),
    carryPostings: async (tenantId, connectionId) => { await services.lane.drain(tenantId, connectionId, AbortSignal.timeout(30_000)); },
    drain,
    close: async () => { closing.abort(); await Promise.all(underWay); await app.close(); await test.close(); },
  };
}

async function makeServices({ database }: TestDatabase, connectors: readonly AnyConnector[], wakeLane: WakeLane) {
  const catalogue = await loadCatalogue(connectors, join(import.meta.dirname, '..', '..', 'mappings'));
  const now = (): Date => new Date();
  const monotonicMs = (): number => performance.now();
  const connections = new Connections({ database, catalogue, secrets: new SecretBox(randomBytes(32)), now, monotonicMs, log: () => undefined, onCall: () => undefined });
  const bankFeeds = new BankFeeds({ database });
  const sync = new SyncService({
    database, openConnection: (tenantId, id) => connections.open(tenantId, id), holder: 'spec', now, monotonicMs, random: Math.random, log: () => undefined, bankFeeds,
  });
  const openConnection = connections.open.bind(connections);
  const posting = new PostingService({ database, openConnection, wake: wakeLane, now });
  const lane = new PostingLane({ database, openConnection, wake: wakeLane, log: () => undefined });
  const batches = new PostingBatches({ database, openConnection, wake: wakeLane });
  return { database, catalogue, connections, bankFeeds, sync, posting, batches, lane, apiKeys: new ApiKeys(database), audit: new AuditTrail(database), now };
}

type AppServices = Awaited<ReturnType<typeof makeServices>> & { readonly checks: ConnectionChecks; readonly feedCare: BankFeedCare; readonly publicUrl: string | null };

async function startApp(services: AppServices, wake: Wake, more: readonly Type[], unforeseen: unknown[]): Promise<INestApplication> {
  const { database, connections } = services;
  const changes = new InvoiceChanges({ database, openConnection: connections.open.bind(connections), wakeSync: wake.wakeSync.bind(wake), log: () => undefined });
  @Module({
    controllers: [...CONTROLLERS, ...more],
    providers: [
      ...API_PROVIDERS, ...BANK_PROVIDERS,
      { provide: BankFeeds, useValue: services.bankFeeds }, { provide: ConnectionChecks, useValue: services.checks }, { provide: BankFeedCare, useValue: services.feedCare },
      { provide: PUBLIC_URL, useValue: services.publicUrl }, { provide: MAIL_DOMAIN, useValue: 'pay.example' },
      { provide: Database, useValue: services.database }, { provide: Connections, useValue: services.connections }, { provide: SyncService, useValue: services.sync }, { provide: InvoiceChanges, useValue: changes }, { provide: PostingService, useValue: services.posting }, { provide: PostingBatches, useValue: services.batches },
      { provide: MatchingService, useValue: new MatchingService({ database: services.database }) }, { provide: Decisions, useValue: new Decisions(services.database) },
      { provide: ApiKeys, useValue: services.apiKeys }, { provide: AuditTrail, useValue: services.audit },
      { provide: CATALOGUE, useValue: services.catalogue }, { provide: WAKE, useValue: wake }, { provide: CLOCK, useValue: services.now },
      { provide: APP_GUARD, useClass: AuthenticationGuard }, { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor }, { provide: APP_PIPE, useValue: validationPipe() },
      { provide: APP_FILTER, useValue: new ProblemFilter((error) => { unforeseen.push(error); }) },
    ],
  })
  class TestHubModule {}
  const app = await NestFactory.create<NestExpressApplication>(TestHubModule, { logger: false, bodyParser: false });
  keepWebhookBytes(app);
  app.useBodyParser('json', { limit: '2mb' });
  app.useBodyParser('raw', { limit: '64mb', type: 'application/octet-stream' });
  await app.listen(0, '127.0.0.1');
  return app;
}

const TOKEN = 'memory-token-0b51';

/** Connects books of the reference connector, seeded, for a tenant; nothing is read yet. */
export interface ConnectedBooks {
  readonly target: MemoryTarget;
  readonly master: MasterData;
  readonly connectionId: string;
  /** Reads what is new, as a worker would. */
  sync(kind?: string): Promise<void>;
}

/** @param name of the connection and of the target. Made through the API, as a person would. */
export async function connectBooks(hub: TestHub, client: Client, tenantId: string, name: string): Promise<ConnectedBooks> {
  const target = new MemoryTarget({ token: TOKEN, timeZone: 'America/Los_Angeles' });
  const master = openBooks(target);
  hub.targets.put(name, target);
  const made = await client.post('/v1/connections', { name, connector: 'memory', config: { target: name, pageSize: 50 }, secrets: { token: TOKEN } });
  if (made.status !== 201) throw new Error(`the connection was not made: ${JSON.stringify(made.body)}`);
  const { id: connectionId } = made.body as { id: string };
  const sync = async (kind = 'incremental'): Promise<void> => {
    await client.post(`/v1/connections/${connectionId}/syncs`, { kind });
    await hub.drain(tenantId, connectionId);
  };
  return { target, master, connectionId, sync };
}

function clientOf(url: string, key: string): Client {
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(url + path, {
      method, headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as never };
  };
  return {
    key, get: (path) => ask('GET', path), post: (path, body, headers) => ask('POST', path, body, headers), put: (path, body) => ask('PUT', path, body),
    patch: (path, body, headers) => ask('PATCH', path, body, headers),
    delete: (path) => ask('DELETE', path),
  };
}
