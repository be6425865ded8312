import { openBenchDatabase, type BenchDatabase } from './bench-database.js';
import { measureBareCopy } from './bare-copy.js';
import { atLeast, atMost, expectEqual, reported, type BenchFigure, type BenchOptions } from './figure.js';
import { startHubProcess, type HubProcess } from './hub-process.js';
import { cpuSecondsOfTree } from './process-usage.js';
import { netSuiteConnection, startSandboxProcess, type SandboxProcess } from './sandbox-process.js';
import type { HubRun } from './hub-program.js';

const ROWS_DEFAULT = 1_000_000;
const INVOICES_PER_CUSTOMER = 20;
/** Of the bare COPY of the same bytes. */
const SHARE_OF_COPY_MIN = 0.5;
const FIRST_ROWS_PER_SECOND_MIN = 22_000;
/** Where the machine's COPY does not reach this, only the share of it is asked for. */
const COPY_ROWS_PER_SECOND_REFERENCE = 45_000;
const AGAIN_ROWS_PER_SECOND_MIN = 32_000;
const MEMORY_MB_MAX = 400;
const GROWTH_MB_MAX = 40;

interface Stage {
  readonly database: BenchDatabase;
  readonly sandbox: SandboxProcess;
  readonly hub: HubProcess;
  readonly invoices: number;
}

interface Timed {
  readonly run: HubRun;
  readonly note: string;
}

/**
 * P1 and P2 of the benchmark suite: a first sync over HTTP through raw landing, mapping, canonical upsert and events; the same
 * again with 1 % and 5 % changed; a window of changes; a comparison of ids. Sandbox, hub and Postgres are processes of their own.
 */
export async function run(options: BenchOptions): Promise<readonly BenchFigure[]> {
  const invoices = options.rows ?? ROWS_DEFAULT;
  const customers = Math.max(1, Math.round(invoices / INVOICES_PER_CUSTOMER));
  const database = await openBenchDatabase();
  const sandbox = await startSandboxProcess(['--profile', 'large', '--invoices', String(invoices), '--customers', String(customers)]);
  const hub = startHubProcess();
  try {
    await hub.open(database.url, netSuiteConnection(sandbox.access));
    const stage: Stage = { database, sandbox, hub, invoices };
    return [...await firstSync(stage), ...await readAgain(stage, 1), ...await readAgain(stage, 5), ...await readWindow(stage), ...await compareIds(stage)];
  } finally {
    await hub.stop();
    await sandbox.stop();
    await database.close();
  }
}

async function firstSync(stage: Stage): Promise<BenchFigure[]> {
  await stage.database.owner.query('CHECKPOINT');
  const { run, note } = await timed(stage, 'full');
  const rows = await canonicalRows(stage);
  await expectTiedOut(stage, run);
  expectEqual('invoices stored', await count(stage, 'invoice'), stage.invoices);
  expectEqual('raw records', await count(stage, 'raw_record'), rows);
  expectEqual('events', await count(stage, 'event'), rows);
  const copy = await measureBareCopy(stage.database);
  const [rate, copyRate] = [rows / run.wallSeconds, rows / copy.seconds];
  const target = copyRate >= COPY_ROWS_PER_SECOND_REFERENCE ? FIRST_ROWS_PER_SECOND_MIN : copyRate * SHARE_OF_COPY_MIN;
  return [
    atLeast('P1 first sync', rate, 'rows/s', Math.round(target), note),
    atLeast('P1 first sync, share of a bare COPY', rate / copyRate, 'of limit', SHARE_OF_COPY_MIN,
      `limit: COPY of the same ${Math.round(copy.bytes / 1e6)} MB at ${Math.round(copyRate)} rows/s, postgres CPU ${copy.cpuSeconds?.toFixed(1) ?? '?'} s`),
    atMost('P1 first sync, hub memory', run.peakMb, 'MB', MEMORY_MB_MAX, 'resident, peak'),
    atMost('P1 first sync, hub memory growth', run.growthMb, 'MB', GROWTH_MB_MAX, 'peak of the last quarter less that of the second'),
  ];
}

async function readAgain(stage: Stage, percent: number): Promise<BenchFigure[]> {
  const touched = await touch(stage, percent);
  const { run, note } = await timed(stage, 'full');
  await expectWritten(stage, run, touched);
  await expectTiedOut(stage, run);
  const rows = await canonicalRows(stage);
  return [
    atLeast(`P2 everything again, ${percent} % changed`, rows / run.wallSeconds, 'rows/s', AGAIN_ROWS_PER_SECOND_MIN, note),
    atMost(`P2 everything again, ${percent} % changed, hub memory`, run.peakMb, 'MB', MEMORY_MB_MAX, `rows written: ${touched} of ${touched} changed`),
  ];
}

async function readWindow(stage: Stage): Promise<BenchFigure[]> {
  const touched = await touch(stage, 1);
  const { run, note } = await timed(stage, 'incremental');
  await expectWritten(stage, run, touched);
  return [reported(`window of ${touched} changes`, run.wallSeconds, 's', note)];
}

async function compareIds(stage: Stage): Promise<BenchFigure[]> {
  const { run, note } = await timed(stage, 'deletions');
  await expectWritten(stage, run, 0);
  const rows = await canonicalRows(stage);
  return [reported('comparison of all ids', rows / run.wallSeconds, 'ids/s', note), atMost('comparison of all ids, hub memory', run.peakMb, 'MB', MEMORY_MB_MAX)];
}

/** Changes a share of the invoices as somebody in the ERP would. @returns how many */
async function touch(stage: Stage, percent: number): Promise<number> {
  const { touched } = await stage.sandbox.control('POST', 'mutate/touchInvoices', { percent });
  return Number(touched);
}

/** A run with the processor time of everybody who took part: two cores shared by three processes are the limit as much as the disk. */
async function timed({ hub, sandbox, database }: Stage, kind: 'full' | 'incremental' | 'deletions'): Promise<Timed> {
  const before = { sandbox: cpuSecondsOfTree(sandbox.pid), postgres: database.serverCpuSeconds() };
  const run = await hub.run(kind);
  const since = (start: number | null, end: number | null): string => (start === null || end === null ? '?' : (end - start).toFixed(1));
  const [sandboxCpu, postgresCpu] = [since(before.sandbox, cpuSecondsOfTree(sandbox.pid)), since(before.postgres, database.serverCpuSeconds())];
  return { run, note: `${run.wallSeconds.toFixed(1)} s; CPU s: hub ${run.cpuSeconds.toFixed(1)}, postgres ${postgresCpu}, sandbox ${sandboxCpu}` };
}

async function expectWritten(stage: Stage, run: HubRun, expected: number): Promise<void> {
  for (const table of ['raw_record', 'invoice']) {
    expectEqual(`${table} rows written by run ${run.runId}`, await count(stage, `${table} WHERE sync_run_id = ${run.runId}`), expected);
  }
}

/** The sandbox's own totals beside the hub's: counts and amounts, to the cent. */
async function expectTiedOut(stage: Stage, run: HubRun): Promise<void> {
  const lines = await count(stage, `tie_out_line WHERE sync_run_id = ${run.runId}`);
  const gaps = await count(stage, `tie_out_line WHERE sync_run_id = ${run.runId} AND (source_count, source_open_minor) IS DISTINCT FROM (hub_count, hub_open_minor)`);
  expectEqual('gaps of the tie-out', gaps, 0);
  expectEqual('tie-out has lines', lines > 0, true);
  const { rows: refused } = await stage.database.owner.query('SELECT entity, external_id, problems FROM quarantined_record LIMIT 3');
  expectEqual('records in quarantine', JSON.stringify(refused), '[]');
}

async function canonicalRows(stage: Stage): Promise<number> {
  let rows = 0;
  for (const table of ['company', 'ledger_account', 'customer', 'contact', 'payment', 'credit_memo', 'invoice']) rows += await count(stage, table);
  return rows;
}

async function count({ database }: Stage, from: string): Promise<number> {
  const { rows } = await database.owner.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${from}`);
  return Number(rows[0]?.rows ?? -1);
}
