import type { SyncWire } from '../wire.js';
import type { World } from '../world.js';

const SYNC_TIMEOUT_MS = 120_000;

/** Installs the NetSuite connection and asks the account what it has. */
export async function connect(world: World): Promise<void> {
  const { m2m, accountId, url } = world.access;
  const connection = await world.client.post<{ id: string }>('/v1/connections', {
    name: `NetSuite ${accountId}`, connector: 'netsuite',
    config: { accountId, serviceUrl: url, clientId: m2m.clientId, certificateId: m2m.certificateId, algorithm: m2m.algorithm, concurrency: 4, requestTimeoutMs: 4_000 },
    secrets: { privateKeyPem: m2m.privateKeyPem },
  });
  world.connectionId = connection.id;
  const probe = await world.client.post<{ timeZone: string; missing: string[]; features: Record<string, unknown> }>(`/v1/connections/${connection.id}/check`);
  world.story.say(`Connected account ${accountId} with an OAuth 2.0 client certificate; nothing is missing, its clock runs in ${probe.timeZone}.`);
  world.story.say(`Found: ${probe.features['oneWorld'] === true ? `OneWorld with ${String(probe.features['subsidiaries'])} subsidiaries` : 'one company'}, accounting periods ${probe.features['accountingPeriods'] === true ? 'on' : 'off'}.`);
  if (probe.missing.length > 0) world.report.broken.push(`the account lacks ${probe.missing.join('; ')}`);
}

/** Runs one sync to its end and ties out. */
export async function sync(world: World, kind: 'full' | 'incremental'): Promise<void> {
  const { id } = await world.client.post<SyncWire>(`/v1/connections/${world.connectionId}/syncs`, { kind });
  const run = await world.client.until<SyncWire>(`/v1/syncs/${id}`, (answer) => answer.status !== 'queued' && answer.status !== 'running', SYNC_TIMEOUT_MS);
  if (run.status !== 'succeeded') throw new Error(`the ${kind} sync ${run.status}: ${run.problem?.message ?? 'no reason given'}`);
  const rows = run.counts.map((counts) => [counts.entity, `${counts.read} read`, `${counts.changed} changed`, counts.quarantined > 0 ? `${counts.quarantined} in quarantine` : '']);
  world.story.table(rows);
  if (kind === 'full') world.report.synced = Object.fromEntries(run.counts.map(({ entity, changed }) => [entity, changed]));
  await tieOut(world);
}

interface TieOutWire {
  readonly lines: readonly unknown[];
  readonly gapCount: number;
  readonly proven: boolean;
}

async function tieOut(world: World): Promise<void> {
  const result = await world.client.get<TieOutWire>(`/v1/connections/${world.connectionId}/tie-out`);
  world.report.tieOut.gaps = result.gapCount;
  world.story.say(`Tie-out: ${result.lines.length} totals by company, currency and age compared with the ERP's own, ${result.gapCount} differ.`);
  if (!result.proven && result.gapCount === 0) world.report.broken.push('the tie-out proved nothing');
  const quarantined = await world.client.all('/v1/quarantined-records');
  world.report.quarantined = quarantined.length;
}
