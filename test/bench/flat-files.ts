import { join } from 'node:path';
import { sftp } from '#connectors/flat-files';
import { loadLayoutFolder } from '#layouts';
import { measureBareCopy } from './bare-copy.js';
import { openBenchDatabase, type BenchDatabase } from './bench-database.js';
import { startChildServer } from './child-server.js';
import { atLeast, atMost, expectEqual, WrongResult, type BenchFigure, type BenchOptions } from './figure.js';
import { measureTransfers } from './file-transfer.js';
import { startHubProcess } from './hub-process.js';
import { postingBatch, POSTING_LINES } from './posting-batch.js';
import { cpuSecondsOfTree } from './process-usage.js';
import type { HubConnection, HubRun } from './hub-program.js';
import type { SftpAccess, SftpOrder } from './sftp-program.js';

const MAPPINGS = join(import.meta.dirname, '..', '..', '..', 'mappings');
const ROWS_DEFAULT = 1_000_000;
/** Of the bare COPY of the same bytes. */
const SHARE_OF_COPY_MIN = 0.5;
const MEMORY_MB_MAX = 400;
const RENDER_SECONDS_MAX = 2;
const FOLDER = 'in/invoices';
const USER = 'hub';
const PASSWORD = 'correct-horse-7';

/** Figures of files: open items from an SFTP folder into canonical rows, files over the line both ways, a posting file by the file door. */
export async function run(options: BenchOptions): Promise<readonly BenchFigure[]> {
  return [...await readOpenItems(options.rows ?? ROWS_DEFAULT), ...await measureTransfers(), await renderPostings()];
}

/** The file is read twice by design: once for its digest, once for its rows. Server, hub and Postgres are processes of their own. */
async function readOpenItems(rows: number): Promise<BenchFigure[]> {
  const database = await openBenchDatabase();
  const order: SftpOrder = { user: USER, password: PASSWORD, folders: ['in', FOLDER], openItems: { path: `${FOLDER}/open-items.csv`, rows } };
  const server = await startChildServer<SftpAccess>('sftp-program', order);
  const hub = startHubProcess();
  try {
    await hub.open(database.url, connectionTo(server.access));
    await database.owner.query('CHECKPOINT');
    const before = { server: cpuSecondsOfTree(server.pid), postgres: database.serverCpuSeconds() };
    const read = await hub.run('full');
    const cpu = { server: since(before.server, cpuSecondsOfTree(server.pid)), postgres: since(before.postgres, database.serverCpuSeconds()) };
    await expectStored(database, rows);
    const copy = await measureBareCopy(database);
    const note = `${rows} rows, ${Math.round(server.access.openItemBytes / 1e6)} MB of CSV; ${read.wallSeconds.toFixed(1)} s; CPU s: hub ${read.cpuSeconds.toFixed(1)}, postgres ${shown(cpu.postgres)}, server ${shown(cpu.server)}`;
    return [
      atLeast('open-items CSV into canonical rows', rows / read.wallSeconds, 'rows/s', Math.round(rows / copy.seconds * SHARE_OF_COPY_MIN), note),
      atLeast('open-items CSV, share of a bare COPY', copy.seconds / read.wallSeconds, 'of limit', SHARE_OF_COPY_MIN,
        `limit: COPY of the same ${Math.round(copy.bytes / 1e6)} MB at ${Math.round(rows / copy.seconds)} rows/s, postgres CPU ${shown(copy.cpuSeconds)} s`),
      atMost('open-items CSV, hub memory', read.peakMb, 'MB', MEMORY_MB_MAX, memoryNote(read)),
    ];
  } finally {
    await hub.stop();
    await server.stop();
    await database.close();
  }
}

function connectionTo({ port, hostKey }: SftpAccess): HubConnection {
  return {
    connector: 'sftp', secrets: { password: PASSWORD },
    config: { host: '127.0.0.1', port, user: USER, hostKeys: [hostKey], settleSeconds: 0, reads: [{ entity: 'invoice', folder: FOLDER, layout: 'csv.invoices', content: 'snapshot' }] },
  };
}

/** Every row once, raw and canonical, nothing refused, and the amounts of the file to the cent. */
async function expectStored({ owner }: BenchDatabase, rows: number): Promise<void> {
  const { rows: [found] } = await owner.query<Record<string, string>>(`
    SELECT (SELECT count(*) FROM raw_record) AS raw, (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM quarantined_record) AS refused,
      count(*) AS invoices, count(DISTINCT external_id) AS ids, sum(open_minor) AS open FROM invoice`);
  let open = 0n;
  for (let index = 0; index < rows; index += 1) open += BigInt(index % 1000) * 100n + 25n;
  expectEqual('stored', JSON.stringify(found), JSON.stringify({ raw: String(rows), events: String(rows), refused: '0', invoices: String(rows), ids: String(rows), open: String(open) }));
}

function memoryNote({ growthMb }: HubRun): string {
  return `resident, peak; growth in the second half ${growthMb.toFixed(0)} MB`;
}

function since(start: number | null, end: number | null): number | null {
  return start === null || end === null ? null : end - start;
}

function shown(seconds: number | null): string {
  return seconds?.toFixed(1) ?? '?';
}

/** As the hub closes a batch: through the connector's file door, from planned postings to bytes. */
async function renderPostings(): Promise<BenchFigure> {
  const { fileDoor } = sftp;
  const layouts = await loadLayoutFolder(MAPPINGS, 'mappings');
  const layout = layouts.get('csv.postings.post');
  if (fileDoor === undefined || layout === undefined) throw new WrongResult('there is no file door, or no layout csv.postings.post');
  const config = { host: 'unused', user: USER, hostKeys: [`SHA256:${'A'.repeat(43)}`], outbound: { folder: 'out', layout: 'csv.postings.post' } };
  const batch = postingBatch(fileDoor, config);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { bytes } = fileDoor.render(batch, { config, layout: () => layout });
  const [seconds, { user, system }] = [(performance.now() - start) / 1000, process.cpuUsage(cpu)];
  const lines = Buffer.from(bytes).toString('latin1').split('\r\n').length - 1;
  // One line for the file, one for its totals.
  expectEqual('lines', lines, POSTING_LINES + 2);
  return atMost('posting file through the file door', seconds, 's', RENDER_SECONDS_MAX, `${POSTING_LINES} lines of ${batch.steps.length} postings, ${(bytes.length / 1e6).toFixed(1)} MB; ${((user + system) / 1e6).toFixed(2)} CPU s`);
}
