import { openTestDatabase, type TestDatabase } from '../support/database.js';
import type { FaultTarget } from './fault-target.js';
import { runFaults, tableOf, type FaultRun, type RunResult } from './fault-run.js';
import { assertBuilt } from './fleet.js';
import { TIMEOUT_MS } from './scale.js';

/** What a spec of fault runs has: one database, and a table of what its runs came to, printed after the last. */
export interface TableOfRuns {
  readonly database: () => TestDatabase;
  /** Runs it and notes it. A run whose faults never happened proves nothing, and fails. */
  readonly run: (fault: FaultRun) => Promise<RunResult>;
  /** Notes a run that was made otherwise. */
  readonly note: (result: RunResult) => void;
}

/** To be called once at the top of a spec: it sets the spec's own `beforeAll` and `afterAll`. */
export function tableOfRuns(): TableOfRuns {
  const results: RunResult[] = [];
  let db: TestDatabase | null = null;
  const database = (): TestDatabase => {
    if (db === null) throw new Error('the database is opened in beforeAll');
    return db;
  };
  beforeAll(async () => {
    assertBuilt();
    db = await openTestDatabase();
  });
  afterAll(async () => {
    process.stdout.write(`\n${tableOf(results)}\n`);
    await db?.close();
  });
  return {
    database, note: (result) => { results.push(result); },
    run: async (fault) => {
      const result = await runFaults(database(), { timeoutMs: TIMEOUT_MS - 30_000, ...fault });
      results.push(result);
      if ((fault.faults?.strikes ?? 0) > 0) expect(result.strikes).toBeGreaterThan(0);
      return result;
    },
  };
}

/** Runs against one kind of target, whose own faults are named with each run. */
export function runsAgainst<Faults extends readonly unknown[], More extends readonly unknown[] = []>(table: TableOfRuns, target: (faults: Faults, postings: number, ...more: More) => Promise<FaultTarget>) {
  return (fault: Omit<FaultRun, 'target'>, faults: Faults, ...more: More): Promise<RunResult> => table.run({ ...fault, target: () => target(faults, fault.postings, ...more) });
}
