import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { BENCH_FOLDER, type BenchDatabase } from './bench-database.js';

export interface BareCopy {
  readonly seconds: number;
  readonly bytes: number;
  /** Of the database server; null where it cannot be read. */
  readonly cpuSeconds: number | null;
}

/** What a sync fills: the raw history and the canonical records. Events are not part of it, so the limit is on the strict side. */
export const SYNCED_TABLES = ['raw_record', 'company', 'ledger_account', 'customer', 'contact', 'payment', 'credit_memo', 'invoice', 'allocation'] as const;

/**
 * The physical limit a first sync is held against: the very bytes it stored, read back by COPY, written by COPY into empty tables
 * of the same shape and with the same indexes, by the owner, table by table, with nothing fetched, mapped, compared or checked.
 */
export async function measureBareCopy(database: BenchDatabase): Promise<BareCopy> {
  const folder = join(BENCH_FOLDER, `copy-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const { owner } = database;
  await owner.query('CREATE SCHEMA bare');
  try {
    for (const table of SYNCED_TABLES) {
      await owner.query(`CREATE TABLE bare.${table} (LIKE public.${table} INCLUDING ALL)`);
      await pipeline(owner.query(copyTo(`COPY (SELECT * FROM public.${table} ORDER BY id) TO STDOUT`)), createWriteStream(join(folder, table)));
    }
    await owner.query('CHECKPOINT');
    let bytes = 0;
    const cpu = database.serverCpuSeconds();
    const start = performance.now();
    for (const table of SYNCED_TABLES) {
      const source = createReadStream(join(folder, table), { highWaterMark: 2 ** 20 });
      await pipeline(source, owner.query(copyFrom(`COPY bare.${table} FROM STDIN`)));
      bytes += source.bytesRead;
    }
    const [seconds, cpuAfter] = [(performance.now() - start) / 1000, database.serverCpuSeconds()];
    return { seconds, bytes, cpuSeconds: cpu === null || cpuAfter === null ? null : cpuAfter - cpu };
  } finally {
    await owner.query('DROP SCHEMA bare CASCADE');
    rmSync(folder, { recursive: true });
  }
}
