import { formatMoney, type PlannedStep, type PostingIntent } from '#canonical';
import type { ConnectorFailure } from '#connector-kit';
import { book, failureOf, idOfSent, OUTCOME_WAIT_MS, planOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { finance } from '#connectors/dynamics365';
import { FinanceHarness, type FinanceVariant } from './finance-harness.js';

/** What befalls postings in Finance beyond what every target can be asked: the vendor's own rules and failures, met over the wire. */

let harness: FinanceHarness;
let bench: WriteBench;

async function open(variant: FinanceVariant = {}): Promise<void> {
  harness = new FinanceHarness(variant);
  bench = { harness, writes: harness.writes, door: finance.write };
  await harness.start();
}

afterEach(async () => { await harness.stop(); });

/** Longest address, encoded, that every gateway on the way takes. */
const ADDRESS_LENGTH_MAX = 2_000;
/** No batch job: journals wait until somebody posts them. */
const BY_HAND: FinanceVariant = { environment: { postingJobEveryMs: null } };

async function onlyStep(intent: PostingIntent): Promise<PlannedStep> {
  const [step, ...more] = await planOf(bench, intent);
  if (step === undefined || more.length > 0) throw new Error('not one step');
  return step;
}

const found = async (step: PlannedStep) => (await finance.write.find(harness.context(), [step])).get(step.stepKey);
const sendFailure = async (step: PlannedStep, attempt = 1): Promise<ConnectorFailure> => await failureOf(step.says, () => sendOnce(bench, step, attempt));
const problemsOf = (failure: ConnectorFailure): string => (failure.kind === 'invalid' ? failure.issues.map(({ path, problem }) => `${path}: ${problem}`).join('; ') : failure.kind);
const journals = (step: PlannedStep) => harness.world.book.journalsOf(step.stepKey);

async function refusalCodes(steps: readonly PlannedStep[]): Promise<readonly string[]> {
  return (await finance.write.preflight(harness.context(), steps)).map(({ code }) => code);
}

function batchOf(step: PlannedStep): string {
  const [journal] = journals(step);
  if (journal === undefined) throw new Error('there is no journal');
  return journal.batch;
}

describe('a journal that waits to be posted', () => {
  beforeEach(async () => { await open(BY_HAND); });

  it('is pending however long it waits, and booked as a customer transaction once a person posts it', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    expect(await sendOnce(bench, step)).toEqual({ state: 'pending' });
    await harness.passTime(86_400_000);
    expect(await found(step)).toEqual({ state: 'pending' });
    expect(await sendOnce(bench, step, 2)).toEqual({ state: 'pending' });
    harness.world.sandbox.mutations.postJournal({ batch: batchOf(step) });
    const outcome = await found(step);
    expect(outcome?.state).toBe('booked');
    expect(await sendOnce(bench, step, 3)).toMatchObject({ state: 'booked', alreadyThere: true });
    expect(journals(step)).toHaveLength(1);
  });

  it('is refused when it was deleted, and absent for a process that never saw it; sending it again books once', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    await sendOnce(bench, step);
    const batch = batchOf(step);
    harness.world.sandbox.mutations.deleteJournal({ batch });
    expect(await found(step)).toMatchObject({ state: 'refused', problem: expect.stringContaining(batch) });
    harness.restartProcess();
    expect(await found(step)).toBeUndefined();
    expect(await sendOnce(bench, step, 2)).toEqual({ state: 'pending' });
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it('that Finance cannot post stays pending: its reason is in an infolog that no entity shows', async () => {
    const step = await onlyStep(await harness.writes.intent('inFull'));
    await sendOnce(bench, step);
    harness.world.sandbox.mutations.refuseJournal({ batch: batchOf(step), because: 'The posting profile is missing.' });
    harness.world.sandbox.mutations.postJournal({ batch: batchOf(step) });
    expect(await found(step)).toEqual({ state: 'pending' });
  });

  it('and was edited is a conflict that names what differs', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    await sendOnce(bench, step);
    harness.world.sandbox.mutations.editLine({ batch: batchOf(step), changes: { CreditAmount: '174.00' } });
    expect(await sendFailure(step, 2)).toMatchObject({ kind: 'conflict', differsIn: ['amount'], externalId: `usmf/${batchOf(step)}` });
  });

  it('locks its invoices for another one: preflight says which journal holds them, Finance refuses, nothing stays behind', async () => {
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    await sendOnce(bench, step);
    const other = await onlyStep({ ...intent, idempotencyKey: `${intent.idempotencyKey}-other` });
    const refusals = await finance.write.preflight(harness.context(), [other]);
    expect(refusals).toMatchObject([{ code: 'recordLocked', path: 'steps[0].body.marks[0].InvoiceNumber' }]);
    expect(refusals[0]?.problem).toContain(batchOf(step));
    expect(problemsOf(await sendFailure(other))).toMatch(/^marks/);
    expect(journals(other)).toEqual([]);
  });
});

describe('a send that breaks off', () => {
  beforeEach(async () => { await open(); });

  it('between the journal and its line leaves an empty journal, which is no posting and is gone on with', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    harness.world.sandbox.faults.add({ kind: 'reset', requestClass: 'batch', count: 1 });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    expect(journals(step)).toMatchObject([{ lines: [] }]);
    expect(await found(step)).toBeUndefined();
    harness.restartProcess();
    await idOfSent(bench, step, await sendOnce(bench, step, 2));
    expect(journals(step)).toHaveLength(1);
    expect(await harness.writtenCount()).toBe(1);
  });

  it('before the journal\'s number came back finds it by its description: no second one is made', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    harness.world.sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'create', count: 1 });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    expect(await found(step)).toBeUndefined();
    await idOfSent(bench, step, await sendOnce(bench, step, 2));
    expect(await harness.writtenCount()).toBe(1);
  });

  it('with a journal that commits late is not sent twice once it did', async () => {
    const step = await onlyStep(await harness.writes.intent('inFull'));
    harness.world.sandbox.faults.add({ kind: 'lateCommit', requestClass: 'create', clockMs: 5_000, count: 1 });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    await harness.passTime(6_000);
    await idOfSent(bench, step, await sendOnce(bench, step, 2));
    expect(journals(step)).toHaveLength(1);
  });

  it.each(['read', 'create', 'batch'] as const)('at a throttled %s says for how long, and goes on from where it stood', async (requestClass) => {
    const step = await onlyStep(await harness.writes.intent('several'));
    harness.world.sandbox.faults.add({ kind: 'throttle', requestClass, count: 1, retryAfterSeconds: 9 });
    expect(await sendFailure(step)).toEqual({ kind: 'rateLimited', retryAfterMs: 9_000 });
    await idOfSent(bench, step, await sendOnce(bench, step));
    expect(await harness.writtenCount()).toBe(1);
    expect(harness.world.sandbox.stats().duplicates).toEqual([]);
  });

  it('after the batch was done, with a gateway\'s page for an answer, is unknown, not refused', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    harness.world.sandbox.faults.add({ kind: 'failAfter', requestClass: 'batch', status: 502, html: true, count: 1 });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    expect((await found(step))?.state).toBe('pending');
    await idOfSent(bench, step, await sendOnce(bench, step, 2));
    expect(await harness.writtenCount()).toBe(1);
  });

  it('at a batch whose answer breaks off is unknown, and the posting is found', async () => {
    const step = await onlyStep(await harness.writes.intent('several'));
    harness.world.sandbox.faults.add({ kind: 'garble', requestClass: 'batch', count: 1 });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    expect((await found(step))?.state).toBe('pending');
  });
});

describe('a changeset that Finance refuses', () => {
  beforeEach(async () => { await open(BY_HAND); });

  it('says why in Finance\'s inner words, without a stack trace, and leaves neither line nor journal', async () => {
    const intent = await harness.writes.intent('several');
    const step = await onlyStep(intent);
    const wrong = { ...step, body: { ...step.body, line: { ...(step.body['line'] as object), CurrencyCode: 'ZZZ' } } } as PlannedStep;
    const failure = await sendFailure({ ...wrong, body: { ...wrong.body, marks: [] } });
    expect(failure.kind).toBe('invalid');
    expect(problemsOf(failure)).not.toMatch(/An error has occurred|at Microsoft\.|stack/i);
    expect(problemsOf(failure)).toMatch(/ZZZ|[Cc]urrency/);
    expect(journals(step)).toEqual([]);
    expect(harness.world.sandbox.stats().written).toMatchObject({ journals: 0, lines: 0, marks: 0 });
  });

  it('for an invoice that was settled while the posting was on its way books nothing, and names the invoice', async () => {
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    harness.world.book.settle(intent.invoices[0]?.externalId ?? '');
    const failure = await sendFailure(step);
    expect(problemsOf(failure)).toContain(intent.invoices[0]?.number ?? 'no invoice');
    expect(harness.world.sandbox.stats().written).toMatchObject({ journals: 0, lines: 0, marks: 0 });
  });

  it('leaves an empty journal where even that cannot be taken away, and the next send uses it', async () => {
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    const bad: PlannedStep = { ...step, body: { ...step.body, line: { ...(step.body['line'] as object), CurrencyCode: 'ZZZ' }, marks: [] } } as PlannedStep;
    harness.world.sandbox.faults.add({ kind: 'reset', requestClass: 'delete', count: 1 });
    expect((await sendFailure(bad)).kind).toBe('invalid');
    expect(journals(step)).toMatchObject([{ lines: [] }]);
    expect(await sendOnce(bench, step, 2)).toEqual({ state: 'pending' });
    expect(journals(step)).toHaveLength(1);
  });
});

describe('an environment that takes no marks by calls', () => {
  it('refuses what settles invoices, keeps nothing of it, and takes money on account', async () => {
    await open({ environment: { settledInvoicesWritable: false } });
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    expect(problemsOf(await sendFailure(step))).toMatch(/^(marks|line|body)/);
    expect(journals(step)).toEqual([]);
    const { sent } = await book(bench, { ...intent, idempotencyKey: `${intent.idempotencyKey}-a`, invoices: [], onAccount: intent.amount });
    expect(sent).toHaveLength(1);
  });
});

describe('a posted payment', () => {
  beforeEach(async () => { await open(); });

  it('of an invoice in instalments settles the earliest first, and reads back as planned', async () => {
    const { externalId, number } = harness.world.book.inInstalments(['40.00', '60.00']);
    const money = (minor: bigint) => ({ minor, currency: 'USD' });
    const intent: PostingIntent = { ...harness.intentBase(), amount: money(7_000n), invoices: [{ externalId, number, lineExternalId: null, amount: money(7_000n), openBefore: money(10_000n) }] };
    const { sent } = await book(bench, intent);
    const [record] = await finance.write.readBack(harness.context(), sent);
    expect(record?.applications).toEqual([{ externalId, amount: '70.00' }]);
    expect(harness.world.book.openOf(externalId)).toBe('30.00');
  });

  it('is found by its payment id when the journal\'s lines are gone', async () => {
    const { sent } = await book(bench, await harness.writes.intent('inFull'));
    const [first] = sent;
    if (first === undefined) throw new Error('nothing was sent');
    const { book: records } = harness.world.sandbox;
    for (const line of records.lines.all()) records.write('batch', () => { for (const mark of records.marks.all()) records.marks.remove(mark.recId); records.lines.remove(line.recId); });
    expect(await found(first.step)).toEqual({ state: 'booked', externalId: first.externalId });
  });

  it('whose settlement a person undid shows as a difference, with what is on account again', async () => {
    const { sent, intent } = await book(bench, await harness.writes.intent('inFull'));
    await harness.writes.tamper(sent[0]?.externalId ?? '');
    const [record] = await finance.write.readBack(harness.context(), sent);
    expect(record).toMatchObject({ applications: [], fields: { unapplied: formatMoney(intent.amount) } });
  });

  it('with its key in another posting\'s words is a conflict, not an adoption', async () => {
    const intent = await harness.writes.intent('several');
    const { sent } = await book(bench, intent);
    const other = await onlyStep({ ...intent, reference: 'another', postedOn: harness.world.book.today(), customerExternalId: harness.world.book.createCustomer(), invoices: [], onAccount: intent.amount });
    expect(await sendFailure(other, 2)).toMatchObject({ kind: 'conflict', externalId: sent[0]?.externalId, differsIn: ['customer', 'applications'] });
  });

  it('stands in a closed period: Finance does not post it, and it stays pending', async () => {
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    harness.world.sandbox.mutations.closePeriod({ day: intent.postedOn });
    const answer = await sendOnce(bench, step).catch((error: unknown) => error);
    await harness.passTime(10 * OUTCOME_WAIT_MS);
    // Whether the line is refused at once or the journal does not post, nothing of it is in the ledger.
    expect(JSON.stringify(answer)).toMatch(/pending|invalid/);
    expect((await found(step))?.state).not.toBe('booked');
    expect(harness.world.book.openOf(intent.invoices[0]?.externalId ?? '')).toBe('100.00');
  });
});

describe('many postings looked up, foreseen and read back at once', () => {
  it('ask by addresses that every gateway takes', async () => {
    await open();
    const steps: PlannedStep[] = [];
    for (let count = 0; count < 45; count += 1) {
      const intent = await harness.writes.intent('inFull');
      steps.push(await onlyStep({ ...intent, idempotencyKey: `${intent.idempotencyKey}${'x'.repeat(60)}`.slice(0, 60), customerExternalId: intent.customerExternalId }));
    }
    for (const step of steps.slice(0, 12)) await sendOnce(bench, step);
    await harness.passTime(2_000);
    harness.world.line.asked.length = 0;
    const outcomes = await finance.write.find(harness.context(), steps);
    expect([...outcomes.values()].map(({ state }) => state)).toEqual(Array.from({ length: 12 }, () => 'booked'));
    expect(await refusalCodes(steps.slice(12))).toEqual([]);
    const sent = [...outcomes].flatMap(([stepKey, outcome]) => steps.filter((step) => step.stepKey === stepKey && outcome.state === 'booked').map((step) => ({ step, externalId: outcome.state === 'booked' ? outcome.externalId : '' })));
    expect((await finance.write.readBack(harness.context(), sent)).filter(({ externalId }) => externalId === null)).toEqual([]);
    expect(Math.max(...harness.world.line.asked.map(({ address }) => address.length))).toBeLessThan(ADDRESS_LENGTH_MAX);
  });
});

describe('preflight', () => {
  beforeEach(async () => { await open(BY_HAND); });

  it.each([
    ['customerMismatch', async (intent: PostingIntent) => ({ ...intent, customerExternalId: harness.world.book.createCustomer() })],
    ['documentMissing', async (intent: PostingIntent) => { await harness.remove('invoice', intent.invoices[0]?.externalId ?? ''); return intent; }],
    ['documentChanged', async (intent: PostingIntent) => { harness.world.sandbox.mutations.settle({ invoice: (intent.invoices[1]?.externalId ?? '').slice(5), amount: '1.00' }); return intent; }],
    ['overApplied', async (intent: PostingIntent) => { harness.world.book.settle(intent.invoices[0]?.externalId ?? ''); return intent; }],
  ])('foresees %s', async (code, change) => {
    const intent = await change(await harness.writes.intent('several'));
    expect(await refusalCodes([await onlyStep(intent)])).toContain(code);
  });

  it('sends nothing', async () => {
    harness.world.line.asked.length = 0;
    await refusalCodes([await onlyStep(await harness.writes.intent('several'))]);
    expect(harness.world.line.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
