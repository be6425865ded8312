import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { MatchingService } from '#matching';
import type { Transaction } from '#storage';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { openTestBank } from '../support/bank-lines.js';
import { atLeast, reported, type BenchFigure } from './figure.js';
import { makeBenchSet, type BenchSet } from './matching-facts.js';

const SIZES = { customers: 1_000, invoices: 20_000, lines: 1_000 } as const;
const ROWS_PER_STATEMENT = 5_000;
const SEED = 1;

/** A match run end to end: facts out of Postgres, proposals with rationale into it; again without news; one line asked for alone. */
export async function run(): Promise<BenchFigure[]> {
  const test = await openTestDatabase();
  try {
    const set = makeBenchSet({ ...SIZES, seed: SEED });
    await store(test, set);
    const matching = new MatchingService({ database: test.database });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const first = await timed(() => matching.run(test.tenantId));
    delay.disable();
    if (first.result.written !== SIZES.lines) throw new Error(`${first.result.written} of ${SIZES.lines} proposals were written`);
    const again = await timed(() => matching.run(test.tenantId));
    if (again.result.written !== 0) throw new Error(`the second run wrote ${again.result.written} proposals`);
    const [line] = (await matching.list(test.tenantId, { filters: { status: 'current' }, limit: 1 })).rows;
    const one = await timed(() => matching.propose(test.tenantId, line?.bankTransactionId ?? ''));
    return [
      atLeast('stored run, 1,000 lines over 20,000 invoices', (1_000 * SIZES.lines) / first.ms, 'lines/s', 500),
      reported('the same, of the hub\'s own processor time', (1_000 * SIZES.lines) / first.cpuMs, 'lines/s'),
      reported('stored run without news', (1_000 * SIZES.lines) / again.ms, 'lines/s'),
      reported('one line asked for, facts loaded anew', one.ms, 'ms'),
      reported('longest pause of the event loop in a run', delay.max / 1e6, 'ms'),
    ];
  } finally {
    await test.close();
  }
}

/** `cpuMs` is this process alone: what the run costs when others share the machine. The database's part is only in `ms`. */
async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number; cpuMs: number }> {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

const LINEAGE = `raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash`;
const NO_LINEAGE = `0, 'bench', 1, 0, ''`;

async function store({ database, tenantId }: TestDatabase, { facts, transactions }: BenchSet): Promise<void> {
  const connectionId = await database.inTenant(tenantId, async (transaction) => {
    const row = await transaction.one<{ id: string }>(`INSERT INTO connection (name, connector, config) VALUES ('bench', 'memory', '{}') RETURNING id`);
    if (row === null) throw new Error('no connection was made');
    const numbered = facts.customers.map(({ id, number, name, parentId }) => ({ id, number, name, parentId }));
    await insert(transaction, numbered, `INSERT INTO customer (connection_id, external_id, ${LINEAGE}, number, name, other_names, parent_external_id, active)
      SELECT ${row.id}, id, ${NO_LINEAGE}, number, name, '{}', "parentId", true FROM json_to_recordset($1) AS given (id text, number text, name text, "parentId" text)`);
    const invoices = [...facts.openItems.values()].flatMap((items) => items.invoices).map((invoice) => ({ ...invoice, total: invoice.total.minor.toString(), open: invoice.open.minor.toString() }));
    await insert(transaction, invoices, `INSERT INTO invoice (connection_id, external_id, ${LINEAGE}, number, customer_external_id, currency, issued_on, due_on, total_minor, open_minor, status, purchase_order)
      SELECT ${row.id}, id, ${NO_LINEAGE}, number, "customerId", 'USD', "issuedOn", "dueOn", total, open, 'open', "purchaseOrder"
      FROM json_to_recordset($1) AS given (id text, number text, "customerId" text, "issuedOn" date, "dueOn" date, total bigint, open bigint, "purchaseOrder" text)`);
    return row.id;
  });
  const bank = await openTestBank({ database, tenantId }, connectionId);
  for (const { amount, memo, payer, bookedOn, kind } of transactions) {
    await bank.add({ amount: (Number(amount.minor) / 100).toFixed(2), memo, payerName: payer.name, payerAccount: payer.account, bookedOn, kind });
  }
}

async function insert(transaction: Transaction, rows: readonly object[], sql: string): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) await transaction.execute(sql, [JSON.stringify(rows.slice(start, start + ROWS_PER_STATEMENT))]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, figure, unit, target } of await run()) console.log(`${name}: ${figure} ${unit}${target === null ? '' : ` (target ${target})`}`);
}
