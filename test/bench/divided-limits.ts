import { openBenchDatabase } from './bench-database.js';
import type { BenchFigure, BenchOptions } from './figure.js';
import { measureDividedAccount } from './divided-account.js';
import { measureDividedTenant } from './divided-tenant.js';

/**
 * P12 of the benchmark suite: the limit profiles of NetSuite (5 and 15 requests in flight) and Business Central (requests in a sliding window),
 * shared with another integration that has a steady need of its own. Starving is measured by what the other one gets beside the hub: the share
 * of its requests that is refused, its answers beside those it got alone in the same run, and how long it waits.
 */
export async function run(options: BenchOptions): Promise<readonly BenchFigure[]> {
  const database = await openBenchDatabase();
  try {
    return [...await measureDividedAccount(database, options.rows), ...await measureDividedTenant(database, options.rows)];
  } finally {
    await database.close();
  }
}
