import { canonicalJson } from '#canonical';
import type { Checkpoint, SourceRecord } from '../../index.js';
import { failureOf, holds, holdsSameSet } from '../broken.js';
import {
  compareRevisions, idsOf, lastStates, PAGES_MAX, readToEnd, sameCheckpoint, stateOf, takeAll, takePages, throughJson, type ReadResult,
} from '../pages.js';
import { ofEntity, type Applicability, type EntityBench, type Sentence } from '../sentence.js';
import type { ReadCapability } from '../../index.js';

/** Bytes a checkpoint may have as JSON. */
export const CHECKPOINT_BYTES_MAX = 4_096;
const TWO_DAYS_MS = 172_800_000;

/** Sentences about what changed need a source that can be asked for it. */
export function hasDelta(capability: ReadCapability): Applicability {
  return capability.changes === 'none' ? { because: 'every run is a full read' } : true;
}

export const READING: readonly Sentence[] = [
  ofEntity(4, 'a read restarted after every page sees what an unbroken read sees', { check: restartsAnywhere }),
  ofEntity(5, 'reading again from the last checkpoint finds nothing new, and does not start over', { check: findsNothingNew }),
  ofEntity(6, 'the checkpoint survives JSON, stays under 4 KiB, and another version is understood or refused by name', { check: keepsCheckpointSmall }),
  ofEntity(7, 'a changed record comes again with a greater revision; two changed in the same second both come', { check: bringsChanges }),
  ofEntity(19, 'an empty source ends in peace, and what is created later comes', { check: survivesEmptiness }),
  ofEntity(20, 'a record changed while the pages are read is seen in its last state', { check: seesChangesWhilePaging }),
  ofEntity(24, 'more records of one second than fit on a page all come', { check: passesCrowdedSecond }),
  ofEntity(25, 'a page the source repeats loses nothing, and the read ends', { check: survivesRepeatedPage }),
];

function threePages({ harness }: EntityBench): number {
  return harness.pageSize * 2 + 1;
}

async function restartsAnywhere(bench: EntityBench): Promise<void> {
  const { harness, entity, reader } = bench;
  const seeded = await harness.seed(entity, threePages(bench));
  const whole = await readToEnd(bench, null);
  holdsSameSet(`${entity} of an unbroken read`, seeded.filter((id) => !idsOf(whole.records).includes(id)), []);
  const seen = new Set<string>();
  let from: Checkpoint | null = null;
  for (let restart = 0, atEnd = 0; ; restart += 1) {
    holds(restart < PAGES_MAX, `restarting ${entity} after every page did not end within ${PAGES_MAX} pages`);
    const [page] = await takePages(`reading ${entity}`, reader.changes(harness.context(), from), 1);
    if (page === undefined) break;
    for (const record of page.records) seen.add(stateOf(record));
    const next = throughJson(page.checkpoint);
    if (sameCheckpoint(next, whole.checkpoint)) atEnd += 1;
    // At the end when the checkpoint stands still, or is the end of the unbroken read with nothing left to come.
    const ended = sameCheckpoint(next, from) || atEnd > 1 || (atEnd === 1 && whole.records.every((record) => seen.has(stateOf(record))));
    from = next;
    if (ended) break;
  }
  holdsSameSet(`${entity} of a read restarted after every page`, seen, whole.records.map(stateOf));
}

async function findsNothingNew(bench: EntityBench): Promise<void> {
  const { harness, entity, capability } = bench;
  // The last page holds two, so that a checkpoint one page behind shows.
  for (let day = 0; day < harness.pageSize * 2 + 2; day += 1) {
    await harness.seed(entity, 1);
    await harness.passTime(TWO_DAYS_MS);
  }
  const first = await readToEnd(bench, null);
  const again = await readToEnd(bench, first.checkpoint);
  const known = new Set(first.records.map(stateOf));
  holdsSameSet(`${entity} read again`, again.records.map(stateOf).filter((state) => !known.has(state)), []);
  // An overlap may bring back the last of records that are two days apart, never a page of them.
  holds(capability.changes === 'none' || again.records.length <= 1, `${again.records.length} records came again although the last change is days old: the checkpoint stands too early`);
  const third = await readToEnd(bench, again.checkpoint);
  holds(capability.changes === 'none' || third.records.length <= 1, `the checkpoint of a read without news falls back: ${third.records.length} records came a third time`);
}

async function keepsCheckpointSmall(bench: EntityBench): Promise<void> {
  const { harness, entity, reader } = bench;
  await harness.seed(entity, threePages(bench));
  const { pages, checkpoint } = await readToEnd(bench, null);
  for (const page of pages) {
    const text = JSON.stringify(page.checkpoint);
    holds(Buffer.byteLength(text) <= CHECKPOINT_BYTES_MAX, `a checkpoint of ${entity} has ${Buffer.byteLength(text)} bytes`);
    holds(sameCheckpoint(JSON.parse(text) as Checkpoint, page.checkpoint), `a checkpoint of ${entity} changes in a JSON round trip: ${text}`);
    const flat = Object.values(page.checkpoint).every((value) => ['string', 'number', 'boolean'].includes(typeof value));
    holds(flat && Number.isInteger(page.checkpoint.version), `a checkpoint of ${entity} is not flat, or has no whole version: ${text}`);
  }
  holds(checkpoint !== null, `reading ${entity} gave no checkpoint`);
  for (const version of [checkpoint.version - 1, checkpoint.version + 1000]) {
    const read = () => takeAll(entity, reader.changes(harness.context(), { ...checkpoint, version }));
    const understood = await read().then(() => true, () => false);
    holds(!understood || version < checkpoint.version, `a checkpoint of version ${version}, newer than this connector, is taken for its own`);
    if (understood) continue;
    const failure = await failureOf(`reading ${entity} from a checkpoint of version ${version}`, read);
    holds(failure.kind === 'invalid' && failure.issues.some((issue) => issue.path.includes('version')), `a checkpoint of version ${version} is refused without naming its version`);
  }
}

async function bringsChanges(bench: EntityBench): Promise<void> {
  const { harness, entity, capability } = bench;
  const holdsComesAgain = capability.changes === 'none' ? holdsChanged : holdsLater;
  const [first, second, third] = await harness.seed(entity, 3);
  holds(first !== undefined && second !== undefined && third !== undefined, `the harness seeded fewer than three of ${entity}`);
  const before = await readToEnd(bench, null);
  // The read is over and the second is not: a cursor that asks for "later than" would lose these. A stamp of whole seconds cannot grow here.
  await harness.change(entity, first);
  const during = await readToEnd(bench, before.checkpoint);
  holdsChanged(bench, first, before, during);
  await harness.passTime(61_000);
  await harness.change(entity, second);
  await harness.change(entity, third);
  const after = await readToEnd(bench, during.checkpoint);
  holdsComesAgain(bench, second, before, after);
  holdsComesAgain(bench, third, before, after);
}

type TwoStates = readonly [old: SourceRecord, now: SourceRecord];

/** Comes again with other content, and its revision does not fall: all that a source without stamps can promise. */
function holdsChanged({ entity }: EntityBench, externalId: string, before: ReadResult, after: ReadResult): TwoStates {
  const old = lastStates(before.records).get(externalId);
  const now = lastStates(after.records).get(externalId);
  holds(old !== undefined, `${entity} ${externalId} did not come with the first read`);
  holds(now !== undefined, `${entity} ${externalId} was changed and did not come again`);
  holds(canonicalJson(now.payload) !== canonicalJson(old.payload), `${entity} ${externalId} was changed and came again as it was`);
  holds(compareRevisions(now.revision, old.revision) >= 0, `${entity} ${externalId} was changed and its revision fell from "${old.revision}" to "${now.revision}"`);
  return [old, now];
}

function holdsLater(bench: EntityBench, externalId: string, before: ReadResult, after: ReadResult): void {
  const [old, now] = holdsChanged(bench, externalId, before, after);
  const { entity } = bench;
  holds(compareRevisions(now.revision, old.revision) > 0, `${entity} ${externalId} was changed and its revision went from "${old.revision}" to "${now.revision}"`);
}

async function survivesEmptiness(bench: EntityBench): Promise<void> {
  const { harness, entity } = bench;
  const before = await readToEnd(bench, null);
  await harness.passTime(TWO_DAYS_MS);
  const idle = await readToEnd(bench, before.checkpoint);
  await harness.passTime(TWO_DAYS_MS);
  const created = await harness.seed(entity, 1);
  const after = await readToEnd(bench, idle.checkpoint);
  holdsSameSet(`${entity} created after an empty read`, created.filter((id) => !idsOf(after.records).includes(id)), []);
}

async function seesChangesWhilePaging(bench: EntityBench): Promise<void> {
  const { harness, entity } = bench;
  const seeded = await harness.seed(entity, threePages(bench));
  await harness.passTime(61_000);
  const [first, last] = [seeded[0], seeded.at(-1)];
  holds(first !== undefined && last !== undefined, `the harness seeded no ${entity}`);
  const paged = await readToEnd(bench, null, {
    afterPage: async (index) => {
      if (index !== 0) return;
      await harness.change(entity, first);
      await harness.change(entity, last);
    },
  });
  const next = await readToEnd(bench, paged.checkpoint);
  const seen = lastStates([...paged.records, ...next.records]);
  const truth = lastStates((await readToEnd(bench, null)).records);
  for (const externalId of seeded) {
    const [found, expected] = [seen.get(externalId), truth.get(externalId)];
    holds(found !== undefined, `${entity} ${externalId} was lost while others changed`);
    holds(found.revision === expected?.revision, `${entity} ${externalId} was last seen at revision ${found.revision}, the source holds ${expected?.revision ?? 'none'}`);
  }
}

async function passesCrowdedSecond(bench: EntityBench): Promise<void> {
  const { harness, entity, reader } = bench;
  const seeded = await harness.seed(entity, threePages(bench));
  const seen: string[] = [];
  let from: Checkpoint | null = null;
  // Two pages, then the process dies; the rest is read from the second page's checkpoint. All records share one second.
  const pages = await takePages(`reading ${entity}`, reader.changes(harness.context(), from), 2);
  for (const page of pages) {
    seen.push(...idsOf(page.records));
    from = throughJson(page.checkpoint);
  }
  seen.push(...idsOf((await readToEnd(bench, from)).records));
  holdsSameSet(`${entity} of one second`, seeded.filter((id) => !seen.includes(id)), []);
}

async function survivesRepeatedPage(bench: EntityBench): Promise<void> {
  const { harness, entity } = bench;
  const seeded = await harness.seed(entity, threePages(bench));
  await harness.misbehave({ kind: 'duplicatePage' });
  const { records } = await readToEnd(bench, null);
  holdsSameSet(`${entity} with a repeated page`, seeded.filter((id) => !idsOf(records).includes(id)), []);
}
