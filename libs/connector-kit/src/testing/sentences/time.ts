import { addDays, localDateOfInstant, type LocalDate } from '#canonical';
import { holdsSameSet } from '../broken.js';
import { idsOf, readToEnd } from '../pages.js';
import { ofEntity, type Applicability, type EntityBench, type Sentence } from '../sentence.js';
import type { ReadCapability } from '../../index.js';
import { hasDelta } from './reading.js';

const MINUTE_MS = 60_000;
/** How far a vendor's rows may lag behind their own timestamp, and our clock behind or ahead of theirs. */
const VISIBLE_LATE_MS = 30_000;
const CLOCK_SKEW_MS = 300_000;

export const TIME: readonly Sentence[] = [
  ofEntity(21, 'what is created around midnight comes, by the account\'s clock and by UTC', { applies: hasDelta, check: crossesMidnight }),
  ofEntity(22, 'a record that appears with a timestamp before the cursor still comes', { applies: asksByTime, check: catchesLateRows }),
  ofEntity(23, 'our own clock five minutes fast or slow loses nothing', { applies: hasDelta, check: ignoresOwnClock }),
];

function asksByTime(capability: ReadCapability): Applicability {
  return capability.changes === 'updatedSince' ? true : { because: `its cursor is no time (${capability.changes})` };
}

async function crossesMidnight(bench: EntityBench): Promise<void> {
  const { harness } = bench;
  const { timeZone } = await harness.connector.probe(harness.context());
  const start = addDays(localDateOfInstant(harness.now(), timeZone), 2);
  for (const [day, zone] of [[start, timeZone], [addDays(start, 3), 'UTC']] as const) {
    const midnight = startOfDay(day, zone);
    await harness.setClock(new Date(midnight.getTime() - 2_000));
    const evening = await harness.seed(bench.entity, 1);
    const read = await readToEnd(bench, null);
    holdsSameSet(`${bench.entity} two seconds before midnight (${zone})`, evening.filter((id) => !idsOf(read.records).includes(id)), []);
    await harness.passTime(1_000);
    const late = await harness.seed(bench.entity, 1);
    await harness.passTime(2_000);
    const early = await harness.seed(bench.entity, 1);
    const delta = await readToEnd(bench, read.checkpoint);
    holdsSameSet(`${bench.entity} around midnight (${zone})`, [...late, ...early].filter((id) => !idsOf(delta.records).includes(id)), []);
  }
}

/** The first instant of a day in a zone, found by halving: offsets change, and some days begin at one o'clock. */
export function startOfDay(day: LocalDate, timeZone: string): Date {
  const utc = Date.parse(`${day}T00:00:00Z`);
  let [before, after] = [utc - 16 * 60 * MINUTE_MS, utc + 16 * 60 * MINUTE_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDateOfInstant(new Date(middle), timeZone) < day) before = middle;
    else after = middle;
  }
  return new Date(after);
}

async function catchesLateRows(bench: EntityBench): Promise<void> {
  const { harness, entity } = bench;
  await harness.seed(entity, 1);
  const first = await readToEnd(bench, null);
  const late = await harness.seed(entity, 1, { stampedAgoMs: VISIBLE_LATE_MS });
  const delta = await readToEnd(bench, first.checkpoint);
  holdsSameSet(`${entity} visible ${VISIBLE_LATE_MS / 1000} s after their timestamp`, late.filter((id) => !idsOf(delta.records).includes(id)), []);
}

async function ignoresOwnClock(bench: EntityBench): Promise<void> {
  const { harness, entity } = bench;
  await harness.seed(entity, 1);
  for (const clockSkewMs of [CLOCK_SKEW_MS, -CLOCK_SKEW_MS]) {
    const skewed = await readToEnd(bench, null, { clockSkewMs });
    await harness.passTime(1_000);
    const created = await harness.seed(entity, 1);
    const delta = await readToEnd(bench, skewed.checkpoint, { clockSkewMs });
    holdsSameSet(`${entity} with our clock off by ${clockSkewMs / MINUTE_MS} minutes`, created.filter((id) => !idsOf(delta.records).includes(id)), []);
  }
}
