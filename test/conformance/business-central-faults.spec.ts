import type { PlannedStep } from '#canonical';
import { ConnectorError } from '#connector-kit';
import { planOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import type { BusinessCentralFault } from '../../apps/sandbox/src/index.js';
import { BusinessCentralHarness } from './business-central-harness.js';

/** A send is three calls: lines into the batch, the posting, the ledger. Whatever breaks between them, cash is booked once. */
const LATE_MS = 40;
const SEND_MS_MAX = 10_000;

let harness: BusinessCentralHarness;
let bench: WriteBench;

beforeEach(async () => {
  harness = new BusinessCentralHarness();
  await harness.start();
  bench = { harness, writes: harness.writes, door: businessCentral.write };
});

afterEach(async () => {
  harness.world.sandbox.checkBooks();
  await harness.stop();
});

async function plannedStep(shape: 'inFull' | 'several' = 'several'): Promise<PlannedStep> {
  const [step] = await planOf(bench, await harness.writes.intent(shape));
  if (step === undefined) throw new Error('no step');
  return step;
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  return error instanceof ConnectorError ? error.failure.kind : `no ConnectorError but ${String(error)}`;
}

/** Waits for what happens in the sandbox by itself. */
async function until(happened: () => boolean): Promise<void> {
  const deadline = Date.now() + SEND_MS_MAX;
  while (!happened() && Date.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(happened()).toBe(true);
}

function strike(fault: BusinessCentralFault): void {
  harness.world.sandbox.faults.add({ count: 1, ...fault });
}

async function stateOf(step: PlannedStep): Promise<string> {
  return (await bench.door.find(harness.context(), [step])).get(step.stepKey)?.state ?? 'absent';
}

/** Sent again, as the engine does after a look-up that saw nothing: booked, once, and no line is left. */
async function holdsBookedBy(attempt: number, step: PlannedStep): Promise<void> {
  expect((await sendOnce(bench, step, attempt)).state).toBe('booked');
  expect([await harness.writes.bookedCount(step.stepKey), harness.world.book.waitingLines()]).toEqual([1, 0]);
}

const ON_LINES: readonly (readonly [string, BusinessCentralFault, string])[] = [
  ['is lost after the lines were written', { kind: 'loseAnswer', requestClass: 'batch' }, 'outcomeUnknown'],
  ['is a 503 after the lines were written', { kind: 'failAfter', requestClass: 'batch', status: 503 }, 'outcomeUnknown'],
  ['is a 503 before', { kind: 'failBefore', requestClass: 'batch', status: 503 }, 'outcomeUnknown'],
  ['is garbled', { kind: 'garbled', requestClass: 'batch' }, 'outcomeUnknown'],
  ['is a refusal by the limits', { kind: 'throttle', requestClass: 'batch' }, 'rateLimited'],
];

const ON_POSTING: readonly (readonly [string, BusinessCentralFault, string, 'booked' | 'absent'])[] = [
  ['is lost after it was done', { kind: 'loseAnswer', requestClass: 'action' }, 'outcomeUnknown', 'booked'],
  ['is a 503 after it was done', { kind: 'failAfter', requestClass: 'action', status: 503 }, 'outcomeUnknown', 'booked'],
  ['is garbled', { kind: 'garbled', requestClass: 'action' }, 'outcomeUnknown', 'booked'],
  ['is a 504 before anything was done', { kind: 'failBefore', requestClass: 'action', status: 504, html: true }, 'outcomeUnknown', 'absent'],
  ['is a broken connection before anything was done', { kind: 'reset', requestClass: 'action' }, 'outcomeUnknown', 'absent'],
  ['is a refusal by the limits', { kind: 'throttle', requestClass: 'action' }, 'rateLimited', 'absent'],
];

describe('an answer to the writing of lines', () => {
  it.each(ON_LINES)('that %s books nothing, and the next send books once', async (_what, fault, kind) => {
    const step = await plannedStep();
    strike(fault);
    expect(await kindOf(sendOnce(bench, step))).toBe(kind);
    expect([await stateOf(step), await harness.writes.bookedCount(step.stepKey)]).toEqual(['absent', 0]);
    await holdsBookedBy(2, step);
  });
});

describe('an answer to the posting', () => {
  it.each(ON_POSTING)('that %s leaves no doubt to the look-up, and the next send books nothing twice', async (_what, fault, kind, found) => {
    const step = await plannedStep();
    strike(fault);
    expect(await kindOf(sendOnce(bench, step))).toBe(kind);
    expect(await stateOf(step)).toBe(found);
    await holdsBookedBy(2, step);
  });
});

describe('a process that dies between the lines and the posting', () => {
  it('leaves lines that its own next send posts, once', async () => {
    const step = await plannedStep();
    strike({ kind: 'reset', requestClass: 'action' });
    await kindOf(sendOnce(bench, step));
    expect(harness.world.book.waitingLines()).toBe(3);
    harness.restartProcess();
    expect(await stateOf(step)).toBe('absent');
    await holdsBookedBy(2, step);
  });

  it('leaves lines that no other posting takes along', async () => {
    const [dead, other] = [await plannedStep(), await plannedStep('inFull')];
    strike({ kind: 'reset', requestClass: 'action' });
    await kindOf(sendOnce(bench, dead));
    harness.restartProcess();
    await holdsBookedBy(1, other);
    expect([await stateOf(dead), await harness.writes.bookedCount(dead.stepKey)]).toEqual(['absent', 0]);
    await holdsBookedBy(2, dead);
    expect(await harness.writes.bookedCount(other.stepKey)).toBe(1);
  });

  it('writes all lines anew when somebody changed one of those that are left', async () => {
    const step = await plannedStep();
    strike({ kind: 'reset', requestClass: 'action' });
    await kindOf(sendOnce(bench, step));
    const book = harness.world.sandbox.book();
    const line = book.one<{ id: string }>("SELECT id FROM journal_line WHERE account_number <> '' ORDER BY line_number");
    book.update('journal_line', String(line?.id), { amount: -123 });
    await holdsBookedBy(2, step);
    const [booked] = await bench.door.readBack(harness.context(), [{ step, externalId: '1' }]);
    expect(booked?.fields['amount']).toBe(step.expected.fields['amount']);
  });
});

describe('lines that are written late, after their sender gave up', () => {
  it('are not posted by another posting, and their own next send books once', async () => {
    const [late, other] = [await plannedStep(), await plannedStep('inFull')];
    strike({ kind: 'lateCommit', requestClass: 'batch', delayMs: LATE_MS });
    const giveUp = new AbortController();
    const sent = kindOf(bench.door.send(harness.context({ signal: giveUp.signal }), late, { deadlineMs: SEND_MS_MAX, attempt: 1 }));
    await until(() => harness.world.sandbox.faults.fired['lateCommit'] === 1);
    giveUp.abort();
    expect(await sent).toBe('outcomeUnknown');
    await until(() => harness.world.book.waitingLines() === 3);
    await holdsBookedBy(1, other);
    expect(await stateOf(late)).toBe('absent');
    await holdsBookedBy(2, late);
  });
});

describe('a refusal at posting', () => {
  it('names the field in Business Central\'s words and takes the lines out of the batch again', async () => {
    const step = await plannedStep();
    strike({ kind: 'closePostingRange', requestClass: 'action' });
    const error: unknown = await sendOnce(bench, step).then(() => null, (reason: unknown) => reason);
    expect(error).toMatchObject({ failure: { kind: 'invalid', issues: [{ path: 'lines.postingDate', problem: expect.stringContaining('allowed posting dates') as string }] } });
    expect([harness.world.book.waitingLines(), await harness.writes.bookedCount(step.stepKey)]).toEqual([0, 0]);
  });

  it('names the line whose invoice is none, before anything is posted', async () => {
    const step = await plannedStep();
    const lines = (step.body as { lines: Record<string, unknown>[] }).lines.map((line, index) => (index === 1 ? { ...line, appliesToInvoiceId: '99999999-0000-4000-8000-000000000000' } : line));
    const error: unknown = await sendOnce(bench, { ...step, body: { ...step.body, lines: lines as never } }).then(() => null, (reason: unknown) => reason);
    expect(error).toMatchObject({ failure: { kind: 'invalid', issues: [{ path: 'lines[1].appliesToInvoiceId' }] } });
    expect(harness.world.book.waitingLines()).toBe(0);
  });
});

describe('a look-up that fails right after the posting', () => {
  it('leaves the outcome unknown, and the next look-up sees it', async () => {
    const step = await plannedStep();
    strike({ kind: 'failBefore', requestClass: 'read', status: 503, pathContains: 'customerLedgerEntries' });
    expect(await kindOf(sendOnce(bench, step))).toBe('outcomeUnknown');
    expect(await stateOf(step)).toBe('booked');
    await holdsBookedBy(2, step);
  });
});
