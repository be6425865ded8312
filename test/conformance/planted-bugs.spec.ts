import type { EntityName, PlannedStep } from '#canonical';
import { ConnectorError, type AnyConnector, type Checkpoint, type EntityReader, type InvoiceDoor, type Page, type WriteDoor } from '#connector-kit';
import { runConformance, SENTENCES, type ConformanceResult } from '#connector-kit/testing';
import { MemoryHarness } from '../../connectors/memory/src/testing/index.js';
import { loadRender } from './mapping-render.js';

/**
 * The kit can fail. Each bug is planted into the memory connector, one at a time; the whole contract runs, and exactly the
 * sentences named here turn red. A bug that turns none red would be a hole in the kit, one that turns others red a muddle.
 */

const render = loadRender('memory');

type Plant = (connector: AnyConnector) => AnyConnector;
type Bug = readonly [bug: string, reds: readonly number[], plant: Plant];

function planted(plant: Plant): () => Promise<readonly ConformanceResult[]> {
  return () => runConformance(() => new MemoryHarness(render, plant));
}

function broken(results: readonly ConformanceResult[]): readonly number[] {
  return [...new Set(results.flatMap(({ number, verdict }) => (verdict.state === 'broken' ? [number] : [])))];
}

/** Wraps the readers; `only` leaves the others as they are. */
function inReader(change: (reader: EntityReader, entity: EntityName) => EntityReader, only: readonly EntityName[] = ['invoice']): Plant {
  return (connector) => ({
    ...connector,
    read: Object.fromEntries(Object.entries(connector.read).map(([entity, reader]) => (
      [entity, only.includes(entity as EntityName) ? change(reader, entity as EntityName) : reader]))),
  });
}

function inDoor(change: (door: WriteDoor) => Partial<WriteDoor>): Plant {
  return (connector) => {
    if (connector.write === undefined) throw new Error('the memory connector writes');
    return { ...connector, write: { ...connector.write, ...change(connector.write) } };
  };
}

function inInvoices(change: (door: InvoiceDoor) => Partial<InvoiceDoor>): Plant {
  return (connector) => {
    if (connector.invoices === undefined) throw new Error('the memory connector changes invoices');
    return { ...connector, invoices: { ...connector.invoices, ...change(connector.invoices) } };
  };
}

/** Wraps what `changes` yields. */
function inPages(change: (pages: AsyncIterable<Page>, from: Checkpoint | null) => AsyncIterable<Page>): Plant {
  return inReader((reader) => ({ ...reader, changes: (context, from) => change(reader.changes(context, from), from) }));
}

/** Reads one page at a time from the checkpoint that `move` makes of the last one: a connector whose paging is subtly off. */
function pagingFrom(move: (checkpoint: Checkpoint, page: Page) => Checkpoint): Plant {
  return inReader((reader) => ({
    ...reader,
    changes: async function* paged(context, from) {
      for (let position = from; ;) {
        let page: Page | null = null;
        for await (const next of reader.changes(context, position)) { page = next; break; }
        if (page === null) return;
        const between = 'afterId' in page.checkpoint;
        position = between ? move(page.checkpoint, page) : page.checkpoint;
        yield { ...page, checkpoint: position };
        if (!between) return;
      }
    },
  }));
}

function resent(step: PlannedStep, suffix: string): PlannedStep {
  return { ...step, stepKey: `${step.stepKey}${suffix}`, body: { ...step.body, key: `${step.stepKey}${suffix}` } };
}

function reworded(error: unknown, message: string): unknown {
  return error instanceof ConnectorError ? new ConnectorError(message, error.failure, { cause: error.cause }) : error;
}

function kindOf(error: unknown): string {
  return error instanceof ConnectorError ? error.failure.kind : 'none';
}

/** Read bugs: what the wrapped reader of invoices (or of the entities named) does wrong. */
const READ_BUGS: readonly Bug[] = [
  ['the checkpoint of a page is that of the next page', [4], inPages(async function* checkpointAhead(pages) {
    let held: Page | null = null;
    for await (const page of pages) {
      if (held !== null) yield { ...held, checkpoint: page.checkpoint };
      held = page;
    }
    if (held !== null) yield held;
  })],
  ['the last page keeps the checkpoint of the page before', [5], inPages(async function* checkpointBehind(pages, from) {
    let before = from;
    const all: Page[] = [];
    for await (const page of pages) all.push(page);
    for (const [index, page] of all.entries()) {
      const last = index === all.length - 1 && before !== null;
      yield last ? { ...page, checkpoint: before ?? page.checkpoint } : page;
      before = page.checkpoint;
    }
  })],
  ['the next page is asked for with >= instead of >, for ever', [4, 5, 6, 7, 8, 9, 19, 20, 21, 22, 23, 24, 25, 28], inReader((reader) => ({
    ...reader,
    changes: async function* endless(context, from) {
      for (let position = from; ;) {
        for await (const page of reader.changes(context, position)) { yield page; position = page.checkpoint; break; }
      }
    },
  }))],
  ['paging goes by time alone and skips the rest of a second', [4, 9, 20, 24, 25], pagingFrom((checkpoint) => ({ ...checkpoint, afterId: '999999' }))],
  ['the next run begins right after the newest change', [7, 22], inPages(async function* noOverlap(pages) {
    for await (const page of pages) {
      const { since } = page.checkpoint;
      const newest = typeof since === 'string' && since !== '' ? new Date(Date.parse(since) + 61_000).toISOString() : since;
      yield 'afterId' in page.checkpoint || newest === undefined ? page : { ...page, checkpoint: { ...page.checkpoint, since: newest } };
    }
  })],
  ['the next run begins at our own clock', [7, 22, 23], inReader((reader) => ({
    ...reader,
    changes: async function* byOwnClock(context, from) {
      for await (const page of reader.changes(context, from)) {
        yield 'afterId' in page.checkpoint ? page : { ...page, checkpoint: { ...page.checkpoint, since: new Date(context.now().getTime() + 1_000).toISOString() } };
      }
    },
  }))],
  ['the cursor is a day, the one after the last change', [7, 21, 22, 23], inPages(async function* dayCursor(pages) {
    for await (const page of pages) {
      const { since } = page.checkpoint;
      const day = typeof since === 'string' && since !== '' ? new Date(Math.ceil(Date.parse(since) / 86_400_000) * 86_400_000).toISOString() : since;
      yield 'afterId' in page.checkpoint || day === undefined ? page : { ...page, checkpoint: { ...page.checkpoint, since: day } };
    }
  })],
  ['the checkpoint holds every id seen', [6], inPages(async function* fatCheckpoint(pages) {
    for await (const page of pages) yield { ...page, checkpoint: { ...page.checkpoint, seen: 'x'.repeat(5_000) } };
  })],
  ['a checkpoint of any version is taken for its own', [6], inReader((reader) => ({
    ...reader, changes: (context, from) => reader.changes(context, from === null ? null : { ...from, version: 1 }),
  }))],
  ['a changed record keeps its revision', [7], inPages(async function* staleRevision(pages) {
    for await (const page of pages) yield { ...page, records: page.records.map((record) => ({ ...record, revision: '1' })) };
  })],
  ['tombstones are left out', [8], inReader((reader) => ({
    ...reader,
    changes: async function* withoutTombstones(context, from) {
      for await (const page of reader.changes(context, from)) yield { ...page, records: page.records.filter((record) => !record.deleted) };
    },
  }), ['customer'])],
  ['a list of ids that breaks off looks complete', [50], inReader((reader) => ({
    ...reader,
    ids: async function* quiet(context) {
      try { yield* reader.ids?.(context) ?? []; } catch { /* the planted bug */ }
    },
  }))],
  ['an empty delta forgets the checkpoint', [5], inPages(async function* forgetful(pages) {
    for await (const page of pages) yield page.records.length <= 1 && !('afterId' in page.checkpoint) ? { ...page, checkpoint: { version: 1, since: '' } } : page;
  })],
  ['re-reading by id brings everything', [26], inReader((reader) => ({ ...reader, byIds: (context) => reader.changes(context, null) }))],
  ['the sweep of open items stops after a page', [27], inReader((reader) => ({
    ...reader,
    openItems: async function* firstPage(context) {
      for await (const page of reader.openItems?.(context) ?? []) { yield page; return; }
    },
  }))],
  ['the vendor\'s delay is lost', [9], inReader((reader) => ({
    ...reader,
    changes: async function* impatient(context, from) {
      try { yield* reader.changes(context, from); } catch (error) {
        throw kindOf(error) === 'rateLimited' ? new ConnectorError('too many requests', { kind: 'rateLimited', retryAfterMs: 1_000 }) : error;
      }
    },
  }))],
  ['an answer that is not understood is an empty page', [46], inReader((reader) => ({
    ...reader,
    changes: async function* blind(context, from) {
      try { yield* reader.changes(context, from); } catch (error) {
        if (!String(error).includes('promises')) throw error;
        yield { records: [], checkpoint: { version: 1, since: '' } };
      }
    },
  }))],
  ['no payment says which invoices it touched, and invoices keep their place in the list', [28], (connector) => inReader((reader, entity) => ({
    ...reader,
    changes: async function* untouched(context, from) {
      for await (const { touched: _touched, ...page } of reader.changes(context, from)) {
        yield entity === 'payment' ? page : { ...page, records: page.records.filter((record) => from === null || record.payload['open'] === record.payload['total']) };
      }
    },
  }), ['invoice', 'payment'])(connector)],
  ['the totals leave out what is not yet due', [29], (connector) => ({
    ...connector, totals: async (context) => (await connector.totals?.(context) ?? []).filter(({ bucket }) => bucket !== 'current'),
  })],
];

/** Bugs of the connector as a whole. */
const HOUSE_BUGS: readonly Bug[] = [
  ['an entity is read that is not declared', [1, 2], (connector) => {
    const { contact: _contact, ...read } = connector.capabilities.read;
    return { ...connector, capabilities: { ...connector.capabilities, read } };
  }],
  ['an operation is missing without a reason', [1, 2], (connector) => ({
    ...connector,
    capabilities: { ...connector.capabilities, operations: { ...connector.capabilities.operations, unapply: { by: 'none', because: '' } } },
  })],
  ['a missing permission is not named', [2], (connector) => ({ ...connector, probe: async (context) => ({ ...await connector.probe(context), missing: [] }) })],
  ['the token stands in the error', [3], (connector) => ({
    ...connector,
    probe: async (context) => {
      try { return await connector.probe(context); } catch (error) { throw reworded(error, `refused ${JSON.stringify(context.secrets)}`); }
    },
  })],
  ['the token stands in the cause of the error', [3], inReader((reader) => ({
    ...reader,
    changes: async function* leaky(context, from) {
      try { yield* reader.changes(context, from); } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        throw new ConnectorError(error.message, error.failure, { cause: { request: { headers: context.secrets } } });
      }
    },
  }))],
  ['the token stands in the log', [3], (connector) => ({
    ...connector,
    probe: async (context) => { context.log('probe', { with: JSON.stringify(context.secrets) }); return await connector.probe(context); },
  })],
  ['settings are never refused', [47], (connector) => ({ ...connector, settings: () => [] })],
  ['the probe ignores an abort', [18], (connector) => ({ ...connector, probe: (context) => connector.probe({ ...context, signal: new AbortController().signal }) })],
  ['a send ignores an abort', [18], inDoor((door) => ({ send: (context, step, options) => door.send({ ...context, signal: new AbortController().signal }, step, options) }))],
];

/** Bugs of planning and of the preflight. */
const PLAN_BUGS: readonly Bug[] = [
  ['a plan counts how often it was made', [31], (connector) => {
    let made = 0;
    return inDoor((door) => ({
      plan: (intent, tools) => {
        const plan = door.plan(intent, tools);
        made += 1;
        return 'steps' in plan ? { steps: [{ ...plan.steps[0], says: `${plan.steps[0].says} (${made})` }, ...plan.steps.slice(1)] } : plan;
      },
    }))(connector);
  }],
  ['a plan writes into the intent', [31], inDoor((door) => ({
    plan: (intent, tools) => { Object.assign(intent, { memo: 'planned' }); return door.plan(intent, tools); },
  }))],
  ['a step key is cut to fit', [32], inDoor((door) => ({ plan: (intent, tools) => cutKeys(door.plan(intent, tools)) }))],
  ['what cannot be planned is thrown', [33], inDoor((door) => ({
    plan: (intent, tools) => {
      const plan = door.plan(intent, tools);
      if ('refusals' in plan) throw new Error(plan.refusals[0].problem);
      return plan;
    },
  }))],
  ['an intent that does not add up is planned', [33], inDoor((door) => ({
    plan: (intent, tools) => {
      const plan = door.plan(intent, tools);
      return 'refusals' in plan ? door.plan({ ...intent, idempotencyKey: 'k', amount: { ...intent.amount, minor: 1n }, invoices: [], onAccount: { ...intent.amount, minor: 1n } }, tools) : plan;
    },
  }))],
  ['the dry-run shows an invoice as closed that stays open', [34], inDoor((door) => ({
    plan: (intent, tools) => {
      const plan = door.plan(intent, tools);
      if ('refusals' in plan) return plan;
      return { steps: [{ ...plan.steps[0], effects: plan.steps[0].effects.map((effect) => ({ ...effect, after: '0.00' })) }, ...plan.steps.slice(1)] };
    },
  }))],
  ['the preflight sees nothing', [35, 36, 45], inDoor(() => ({ preflight: async () => [] }))],
  ['the preflight does not look at periods', [36], inDoor((door) => ({
    preflight: async (context, steps) => (await door.preflight(context, steps)).filter(({ code }) => code !== 'periodClosed'),
  }))],
  ['a refusal by the target does not name the field', [35, 36], inDoor((door) => ({
    send: async (context, step, options) => {
      try { return await door.send(context, step, options); } catch (error) {
        throw kindOf(error) === 'invalid' ? new ConnectorError('refused', { kind: 'invalid', issues: [{ path: '', value: '', problem: 'refused' }] }) : error;
      }
    },
  }))],
];

function cutKeys(plan: ReturnType<WriteDoor['plan']>): ReturnType<WriteDoor['plan']> {
  if ('refusals' in plan) return plan;
  const cut = (step: PlannedStep): PlannedStep => ({ ...step, stepKey: step.stepKey.replace(/-[0-9a-f]{16}-/, '-') });
  return { steps: [cut(plan.steps[0]), ...plan.steps.slice(1).map(cut)] };
}

/** Bugs that move money. */
const SEND_BUGS: readonly Bug[] = [
  ['a duplicate is not reported', [10, 44], inDoor((door) => ({
    send: async (context, step, options) => {
      const result = await door.send(context, step, options);
      return result.state === 'booked' ? { ...result, alreadyThere: false } : result;
    },
  }))],
  ['a conflict is taken for the same booking', [11], inDoor((door) => ({
    send: async (context, step, options) => {
      try { return await door.send(context, step, options); } catch (error) {
        if (!(error instanceof ConnectorError) || error.failure.kind !== 'conflict') throw error;
        return { state: 'booked', externalId: error.failure.externalId, alreadyThere: true };
      }
    },
  }))],
  ['a lost answer is called transient', [12, 38, 43, 49], inDoor((door) => ({
    send: async (context, step, options) => {
      try { return await door.send(context, step, options); } catch (error) {
        throw kindOf(error) === 'outcomeUnknown' ? new ConnectorError('no answer', { kind: 'transient' }) : error;
      }
    },
  }))],
  ['a second attempt books under a key of its own', [10, 11, 12, 38, 39], inDoor((door) => ({
    send: (context, step, options) => door.send(context, options.attempt > 1 ? resent(step, '_2') : step, options),
  }))],
  ['the read-back repeats the plan', [14, 40], inDoor(() => ({
    readBack: async (_context, steps) => steps.map(({ step, externalId }) => ({ stepKey: step.stepKey, externalId, fields: step.expected.fields, applications: step.expected.applications })),
  }))],
  ['the read-back has lost the applications', [13], inDoor((door) => ({
    readBack: async (context, steps) => (await door.readBack(context, steps)).map((record) => ({ ...record, applications: [] })),
  }))],
  ['`find` takes a longer key for the same', [37], inDoor((door) => ({
    find: async (context, steps) => {
      const found = new Map(await door.find(context, steps));
      const [first] = found.values();
      if (first !== undefined) for (const { stepKey } of steps) found.set(stepKey, first);
      return found;
    },
  }))],
  ['`find` finds nothing', [12, 37, 38, 49], inDoor(() => ({ find: async () => new Map() }))],
  ['a send waits longer than its deadline', [43], inDoor((door) => ({
    send: (context, step, options) => door.send(context, step, { ...options, deadlineMs: options.deadlineMs + 1_500 }),
  }))],
  ['a 429 on a send is called invalid', [30], inDoor((door) => ({
    send: async (context, step, options) => {
      try { return await door.send(context, step, options); } catch (error) {
        throw kindOf(error) === 'rateLimited' ? new ConnectorError('refused', { kind: 'invalid', issues: [{ path: 'x', value: '', problem: 'was refused' }] }) : error;
      }
    },
  }))],
  ['a credit is applied one cent short', [13, 34, 48], inDoor((door) => ({
    send: (context, step, options) => door.send(context, step.operation === 'apply' ? { ...step, body: { ...step.body, applications: [{ invoice: invoiceOf(step), amount: '39.99' }] } } : step, options),
  }))],
  ['a write-off leaves a cent open', [13, 34, 42], inDoor((door) => ({
    send: (context, step, options) => door.send(context, step.operation === 'writeOff' ? { ...step, body: { ...step.body, amount: '0.24' } } : step, options),
  }))],
  ['a reversal forgets the credit', [14, 41], inDoor((door) => ({
    planReversal: (request, tools) => door.planReversal({ ...request, booked: request.booked.filter(({ step }) => step.operation !== 'apply') }, tools),
  }))],
  ['a reversal books a counter-entry each time', [14, 41, 44, 45], inDoor((door) => ({
    send: (context, step, options) => (step.operation === 'reverse' ? door.send(context, counterEntry(step, options.attempt), options) : door.send(context, step, options)),
  }))],
  ['an unknown original counts as reversed', [45], inDoor((door) => ({
    send: async (context, step, options) => {
      try { return await door.send(context, step, options); } catch (error) {
        if (kindOf(error) === 'invalid' && step.operation === 'reverse') return { state: 'booked', externalId: '0', alreadyThere: true };
        throw error;
      }
    },
  }))],
];

function invoiceOf(step: PlannedStep): string {
  const [first] = step.expected.applications;
  return first?.externalId ?? '';
}

/** A payment out of nothing instead of a void: what a connector does that knows only "create". */
function counterEntry(step: PlannedStep, attempt: number): PlannedStep {
  const key = `${step.stepKey}_${attempt}`;
  return {
    ...step, operation: 'post', stepKey: key,
    body: { key, customer: '1005', company: '1001', currency: 'USD', total: '1.00', receivedOn: String(step.body['voidedOn']), applications: [] },
  };
}

/** What the wrapped door for booked invoices does wrong. */
const CHANGE_BUGS: readonly Bug[] = [
  ['a change is bound to whatever the invoice is by now', [81], inInvoices((door) => ({
    change: async (context, invoice, terms) => door.change(context, await door.look(context, invoice.externalId) ?? invoice, terms),
  }))],
  ['of several terms the first alone is changed', [80, 82], inInvoices((door) => ({
    change: (context, invoice, terms) => door.change(context, invoice, Object.fromEntries(Object.entries(terms).slice(0, 1))),
  }))],
  ['a lost answer is reported as "nothing was done"', [82], inInvoices((door) => ({
    change: async (context, invoice, terms) => door.change(context, invoice, terms).catch((error: unknown) => {
      throw kindOf(error) === 'outcomeUnknown' ? new ConnectorError('again', { kind: 'transient' }) : error;
    }),
  }))],
  ['an invoice is looked at in a copy that lags behind', [80, 82, 83], inInvoices((door) => {
    const copies = new Map<string, ReturnType<InvoiceDoor['look']>>();
    return {
      look: async (context, externalId) => {
        const copy = copies.get(externalId) ?? door.look(context, externalId);
        copies.set(externalId, copy);
        return await copy;
      },
    };
  })],
  ['what is read does not say what was changed', [80], inInvoices(() => ({ termsIn: () => ({}) }))],
  ['a throttled change names no delay', [83], inInvoices((door) => ({
    change: async (context, invoice, terms) => door.change(context, invoice, terms).catch((error: unknown) => {
      throw kindOf(error) === 'rateLimited' ? new ConnectorError('soon', { kind: 'rateLimited', retryAfterMs: 0 }) : error;
    }),
  }))],
];

const BUGS: readonly Bug[] = [...READ_BUGS, ...HOUSE_BUGS, ...PLAN_BUGS, ...SEND_BUGS, ...CHANGE_BUGS];

describe('the conformance kit', () => {
  it('finds nothing wrong with the memory connector, and runs every sentence but those about files and webhooks', async () => {
    const results = await planted((connector) => connector)();
    expect(broken(results)).toEqual([]);
    const held = new Set(results.filter(({ verdict }) => verdict.state === 'holds').map(({ number }) => number));
    expect(SENTENCES.map(({ number }) => number).filter((number) => !held.has(number))).toEqual([15, 16, 17, 51, 52, 53, 70, 71, 72, 73, 74, 75, 76, 77, 78]);
  });

  it('has a planted bug for every sentence the memory connector can be held to', () => {
    const reds = new Set(BUGS.flatMap(([, numbers]) => numbers));
    expect(SENTENCES.map(({ number }) => number).filter((number) => !reds.has(number))).toEqual([15, 16, 17, 51, 52, 53, 70, 71, 72, 73, 74, 75, 76, 77, 78]);
  });

  it.each(BUGS)('when %s, turns exactly %j red', async (_bug, reds, plant) => {
    expect(broken(await planted(plant)())).toEqual([...reds].sort((left, right) => left - right));
  });
});
