import { failureOf, holds, holdsSameSet } from '../broken.js';
import { idsOf, lastStates, readToEnd, takeAll } from '../pages.js';
import { ofEntity, type EntityBench, type Sentence } from '../sentence.js';

export const PRESENCE: readonly Sentence[] = [
  ofEntity(8, 'a deletion arrives as declared: a tombstone, or an id that is gone', {
    applies: (capability) => (capability.deletions === 'invisible' ? { because: 'the source does not show deletions' } : true),
    check: showsDeletion,
  }),
  ofEntity(50, 'a list of ids that breaks off fails; it never looks complete', {
    applies: (_capability, connector, entity) => (connector.read[entity]?.ids === undefined ? { because: 'ids are not listed' } : true),
    check: idsNeverJustStop,
  }),
  ofEntity(26, 'documents re-read by id are exactly those asked for; those that are gone stay away', {
    applies: (_capability, connector, entity) => (connector.read[entity]?.byIds === undefined ? { because: 'documents are not re-read by id' } : true),
    check: readsByIds,
  }),
  ofEntity(27, 'the sweep of open items brings every open document and no deleted one', {
    applies: (_capability, connector, entity) => (connector.read[entity]?.openItems === undefined ? { because: 'it has no open items' } : true),
    check: sweepsOpenItems,
  }),
  ofEntity(29, 'the totals count what was added', {
    applies: (_capability, connector, entity) => (connector.totals === undefined ? { because: 'the source cannot be asked for totals' }
      : entity === 'invoice' ? true : { because: 'totals are tied out on invoices' }),
    check: totalsFollow,
  }),
];

async function showsDeletion(bench: EntityBench): Promise<void> {
  const { harness, entity, reader, capability } = bench;
  const seeded = await harness.seed(entity, harness.pageSize + 2);
  const [gone] = seeded;
  holds(gone !== undefined, `the harness seeded no ${entity}`);
  const before = await readToEnd(bench, null);
  await harness.passTime(61_000);
  await harness.remove(entity, gone);
  const after = await readToEnd(bench, before.checkpoint);
  if (capability.deletions === 'tombstone') {
    holds(lastStates(after.records).get(gone)?.deleted === true, `${entity} ${gone} was deleted and no tombstone came`);
    const alive = [...lastStates(after.records).values()].filter((record) => record.deleted && record.externalId !== gone);
    holds(alive.length === 0, `${entity} ${idsOf(alive).join(', ')} came as deleted and still exists`);
    return;
  }
  holds(reader.ids !== undefined, `${entity} cannot list its ids`);
  const ids = (await takeAll(`listing ids of ${entity}`, reader.ids(harness.context()))).flat();
  holds(!ids.includes(gone), `${entity} ${gone} was deleted and is still listed`);
  holdsSameSet(`ids of ${entity}`, seeded.filter((id) => id !== gone && !ids.includes(id)), []);
}

async function idsNeverJustStop({ harness, entity, reader }: EntityBench): Promise<void> {
  const { ids } = reader;
  holds(ids !== undefined, `${entity} cannot list its ids`);
  await harness.seed(entity, harness.pageSize * 2 + 1);
  for (const status of [500, 'reset'] as const) {
    await harness.misbehave({ kind: 'failNext', status, afterRequests: 1 });
    const failure = await failureOf(`listing ids of ${entity} with a failure on the second page`, () => takeAll('ids', ids(harness.context())));
    holds(failure.kind === 'transient', `a list of ids broken off by ${status} is reported as ${failure.kind}`);
  }
}

async function readsByIds({ harness, entity, reader }: EntityBench): Promise<void> {
  holds(reader.byIds !== undefined, `${entity} cannot be re-read by id`);
  const seeded = await harness.seed(entity, harness.pageSize * 2 + 1);
  const [gone, ...asked] = seeded.slice(0, -1);
  holds(gone !== undefined, `the harness seeded no ${entity}`);
  await harness.remove(entity, gone);
  const pages = await takeAll(`re-reading ${entity}`, reader.byIds(harness.context(), [gone, ...asked]));
  const alive = pages.flatMap((page) => page.records).filter((record) => !record.deleted);
  holdsSameSet(`${entity} re-read by id`, idsOf(alive), asked);
  const none = await takeAll(`re-reading no ${entity}`, reader.byIds(harness.context(), []));
  holds(none.every((page) => page.records.length === 0), `asked for no ${entity}, some came`);
}

async function sweepsOpenItems({ harness, entity, reader }: EntityBench): Promise<void> {
  holds(reader.openItems !== undefined, `${entity} has no sweep of open items`);
  const seeded = await harness.seed(entity, harness.pageSize + 2);
  const [gone, ...open] = seeded;
  holds(gone !== undefined, `the harness seeded no ${entity}`);
  await harness.remove(entity, gone);
  const pages = await takeAll(`sweeping ${entity}`, reader.openItems(harness.context()));
  const found = idsOf(pages.flatMap((page) => page.records).filter((record) => !record.deleted));
  holdsSameSet(`open ${entity}`, open.filter((id) => !found.includes(id)), []);
  holds(!found.includes(gone), `${entity} ${gone} was deleted and is still swept`);
}

async function totalsFollow({ harness, entity }: EntityBench): Promise<void> {
  const { totals } = harness.connector;
  holds(totals !== undefined, 'there are no totals');
  const counts = async (): Promise<ReadonlyMap<string, number>> => {
    const byKind = new Map<string, number>();
    for (const line of await totals(harness.context())) {
      if (line.entity !== entity) continue;
      const kind = line.bucket === 'all' || line.bucket === 'open' ? line.bucket : 'by age';
      byKind.set(kind, (byKind.get(kind) ?? 0) + line.count);
    }
    return byKind;
  };
  const before = await counts();
  await harness.seed(entity, 3);
  const after = await counts();
  holds(after.size > 0, `there are no totals of ${entity}`);
  // Seeded invoices are open: whichever ways of counting a source has, each must see them once.
  for (const [kind, count] of after) {
    const added = count - (before.get(kind) ?? 0);
    holds(added === 3, `three ${entity}s were added and the totals (${kind}) grew by ${added}`);
  }
}
