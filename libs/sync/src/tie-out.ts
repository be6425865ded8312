import { localDateOfInstant, parseMoney, type EntityName } from '#canonical';
import type { ControlTotal } from '#connector-kit';
import { hubTotals, saveTieOut } from '#storage';
import { compareTotals, isGap, kindsToCompare, type ComparedLine, type TotalLine } from './rules/tie-out.js';
import type { SyncSession } from './sync-session.js';

/** The result of a tie-out: every line, and whether the source could be asked at all. */
export interface TieOut {
  readonly asked: boolean;
  readonly lines: readonly ComparedLine[];
  readonly gaps: readonly ComparedLine[];
}

/**
 * Asks the source for its own totals and puts them beside the hub's (capability 208): open items and open amount per company,
 * currency and ageing bucket, to the smallest unit.
 */
export async function tieOut(session: SyncSession, now: Date): Promise<TieOut> {
  const { connector, timeZone } = session.connection;
  if (connector.totals === undefined) return { asked: false, lines: [], gaps: [] };
  let totals: readonly ControlTotal[] = [];
  await session.patiently(async () => { totals = await connector.totals?.(session.context()) ?? []; });
  const source = totals.map(asLine);
  const today = localDateOfInstant(now, timeZone);
  // What the source says nothing about cannot be compared; invoices are the point of it, so none reported means none open there.
  const entities = [...new Set<EntityName>(['invoice', ...source.map((line) => line.entity)])];
  return session.commit(async (transaction) => {
    const hub: TotalLine[] = [];
    for (const entity of entities) {
      for (const kind of kindsToCompare(entity, source)) hub.push(...await hubTotals(transaction, session.connection.id, entity, today, kind));
    }
    const lines = compareTotals(source, hub);
    await saveTieOut(transaction, session.run.id, session.connection.id, lines);
    return { asked: true, lines, gaps: lines.filter(isGap) };
  });
}

function asLine(total: ControlTotal): TotalLine {
  const { entity, companyExternalId, currency, bucket, count } = total;
  return { entity, companyExternalId, currency, bucket, count, openMinor: parseMoney(total.open, currency).minor };
}
