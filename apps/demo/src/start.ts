import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lifetime } from '../../hub/src/lifetime.js';
import { openLog } from '../../hub/src/log.js';
import { readSettings } from '../../hub/src/settings.js';
import { startHub } from '../../hub/src/start-hub.js';
import { HubClient } from './hub-client.js';
import { startProgram } from './processes.js';
import type { SandboxAccess } from './world.js';

const CONNECTION_NAME = 'NetSuite (sandbox)';
const SANDBOX_TRIES = 3;

interface ConnectionWire {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/**
 * `npm start`: the hub as it runs in production, on its own Postgres, and beside it the NetSuite sandbox with the demo's company,
 * connected and synced. `TRIBUTARY_SANDBOX=off` leaves the sandbox out.
 */
async function main(life: Lifetime): Promise<void> {
  const settings = readSettings(process.env, 'both');
  const log = openLog(settings.logLevel);
  life.endOnSignal((signal) => { log.info({ signal }, 'stopping'); }, fail);
  const sandbox = process.env['TRIBUTARY_SANDBOX'] === 'off' ? null : await life.started(startSandbox(settings.dataDirectory), ({ program }) => program.stop());
  const hub = await life.started(startHub(settings, log), (running) => running.stop());
  process.stdout.write(`Tributary is running at ${hub.url ?? ''}, API documentation at ${hub.url ?? ''}/docs\nAPI key: ${hub.apiKey ?? ''}\n`);
  if (sandbox === null || hub.url === null || hub.apiKey === null) return;
  const id = await ensureConnection(new HubClient(hub.url, hub.apiKey), sandbox.access);
  process.stdout.write(`NetSuite sandbox at ${sandbox.access.url}, connected as connection ${id} ("${CONNECTION_NAME}"); try: npx tributary status\n`);
}

async function startSandbox(dataDirectory: string): Promise<{ program: Awaited<ReturnType<typeof startProgram>>; access: SandboxAccess }> {
  const credentials = join(dataDirectory, 'sandbox-credentials.json');
  const program = await startProgram({
    name: 'sandbox', entry: 'apps/sandbox/src/main.js', environment: {}, logFile: join(dataDirectory, 'sandbox.log'),
    arguments: ['--profile', 'demo', '--seed', '1', '--credentials', credentials, '--database', join(dataDirectory, 'sandbox.sqlite')],
  });
  return { program, access: JSON.parse(readFileSync(credentials, 'utf8')) as SandboxAccess };
}

/** The sandbox gets a new port and new keys at every start; the connection follows. A first one is synced. */
async function ensureConnection(client: HubClient, access: SandboxAccess): Promise<string> {
  const { m2m, accountId, url } = access;
  const config = { accountId, serviceUrl: url, clientId: m2m.clientId, certificateId: m2m.certificateId, algorithm: m2m.algorithm, concurrency: 4 };
  const secrets = { privateKeyPem: m2m.privateKeyPem };
  for (let attempt = 1; ; attempt += 1) {
    const known = (await client.all<ConnectionWire>('/v1/connections')).find((connection) => connection.name === CONNECTION_NAME);
    if (known === undefined) {
      const { id } = await client.post<ConnectionWire>('/v1/connections', { name: CONNECTION_NAME, connector: 'netsuite', config, secrets, syncEveryMinutes: 15 });
      await client.post(`/v1/connections/${id}/check`);
      await client.post(`/v1/connections/${id}/syncs`, { kind: 'full' });
      return id;
    }
    try {
      await client.patch(`/v1/connections/${known.id}`, { config, secrets }, { 'if-match': `"${known.version}"` });
      await client.post(`/v1/connections/${known.id}/check`);
      return known.id;
    } catch (error) {
      // A sync that ended just now may have changed the connection in between.
      if (attempt === SANDBOX_TRIES) throw error;
      await sleep(500);
    }
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
  process.exitCode = 1;
}

const life = new Lifetime();
main(life).catch((error: unknown) => {
  // Whoever asked for the end knows why the start broke off.
  if (life.ended) return;
  process.stderr.write('Tributary cannot start.\n');
  fail(error);
  // A hub without its sandbox, or a sandbox without its hub, must not stay behind.
  life.end().catch(fail);
});
