import { localDateOfInstant, parseMoney, type EntityName } from '#canonical';
import type { ControlTotal } from '#connector-kit';
import { hubTotals, noteTieOut, saveTieOut } from '#storage';
import { compareTotals, kindsToCompare, type TotalLine } from './rules/tie-out.js';
import { LeaseLostError, type SyncSession } from './sync-session.js';

/** Totals could not be had: a text longer than this is cut. */
const PROBLEM_LENGTH_MAX = 1_000;

/**
 * Asks the source for its own totals and puts them beside the hub's (capability 208): open items and open amount per company,
 * currency and ageing bucket, to the smallest unit. Totals that cannot be had are the tie-out's failure, not the run's: what was read is read. Only a run that
 * was to do nothing else fails with them.
 * @param meanwhile work on the hub's own side, done while the source adds up its ledger; what is compared is read after both.
 * @throws LeaseLostError, what `meanwhile` throws, and of a `tieOut` run whatever kept the totals away
 */
export async function tieOut(session: SyncSession, now: Date, meanwhile: () => Promise<void>): Promise<void> {
  const { connector, timeZone } = session.connection;
  const runId = session.run.id;
  if (connector.totals === undefined) {
    await meanwhile();
    await session.commit((transaction) => noteTieOut(transaction, runId, { state: 'notOffered' }));
    return;
  }
  const [asked, done] = await Promise.allSettled([totalsOf(session), meanwhile()]);
  if (done.status === 'rejected') throw done.reason;
  if (asked.status === 'rejected') return noteFailure(session, asked.reason);
  const source = asked.value;
  const today = localDateOfInstant(now, timeZone);
  // What the source says nothing about cannot be compared; invoices are the point of it, so none reported means none open there.
  const entities = [...new Set<EntityName>(['invoice', ...source.map((line) => line.entity)])];
  await session.commit(async (transaction) => {
    const hub: TotalLine[] = [];
    for (const entity of entities) {
      for (const kind of kindsToCompare(entity, source)) hub.push(...await hubTotals(transaction, session.connection.id, entity, today, kind));
    }
    await saveTieOut(transaction, runId, session.connection.id, compareTotals(source, hub));
    await noteTieOut(transaction, runId, { state: 'compared' });
  });
}

async function noteFailure(session: SyncSession, error: unknown): Promise<void> {
  if (error instanceof LeaseLostError || session.signal.aborted || session.run.kind === 'tieOut') throw error;
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, PROBLEM_LENGTH_MAX);
  await session.commit((transaction) => noteTieOut(transaction, session.run.id, { state: 'failed', problem }));
}

async function totalsOf(session: SyncSession): Promise<readonly TotalLine[]> {
  let totals: readonly ControlTotal[] = [];
  await session.patiently(async () => { totals = await session.connection.connector.totals?.(session.context()) ?? []; });
  return totals.map(asLine);
}

function asLine(total: ControlTotal): TotalLine {
  const { entity, companyExternalId, currency, bucket, count } = total;
  return { entity, companyExternalId, currency, bucket, count, openMinor: parseMoney(total.open, currency).minor };
}
