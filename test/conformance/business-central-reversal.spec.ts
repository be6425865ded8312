import type { PlannedStep } from '#canonical';
import { ConnectorError, type SentStep } from '#connector-kit';
import { planOf, sendOnce, stepsOf, type WriteBench } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { BusinessCentralHarness } from './business-central-harness.js';

/** Reversing a receipt through the companion extension: taken back and reversed once, wherever it is cut off. */
let harness: BusinessCentralHarness;
let bench: WriteBench;

beforeEach(async () => {
  harness = new BusinessCentralHarness({ tenant: { companionInstalled: true } });
  await harness.start();
  bench = { harness, writes: harness.writes, door: businessCentral.write };
});
afterEach(async () => {
  harness.world.sandbox.checkBooks();
  await harness.stop();
});

/** A booked receipt over two invoices and cash on account, and the step that reverses it. */
async function bookedReceipt(): Promise<{ readonly sent: SentStep; readonly reversal: PlannedStep; readonly invoices: readonly string[] }> {
  const intent = await harness.writes.intent('several');
  const [step] = await planOf(bench, intent);
  if (step === undefined) throw new Error('no step');
  const result = await sendOnce(bench, step);
  if (result.state !== 'booked') throw new Error('it is not booked');
  const sent = { step, externalId: result.externalId };
  const tools = harness.writes.tools(await businessCentral.probe(harness.context()));
  const [reversal] = stepsOf(bench.door.planReversal({ idempotencyKey: 'undo_1', intent, booked: [sent], reversedOn: intent.postedOn, reason: 'wrong customer' }, tools));
  if (reversal === undefined) throw new Error('no reversal');
  return { sent, reversal, invoices: intent.invoices.map(({ externalId }) => externalId) };
}

const openOf = (ids: readonly string[]): readonly string[] => ids.map((id) => harness.world.book.openOf('invoice', id));
const counterEntries = (): number => Number(harness.world.sandbox.book().one<{ count: number }>("SELECT count(*) AS count FROM cust_ledger_entry WHERE source_code = 'REVERSAL'")?.count ?? 0);

async function kindOf(work: Promise<unknown>): Promise<string> {
  return await work.then(() => 'none', (error: unknown) => { if (error instanceof ConnectorError) return error.failure.kind; throw error; });
}

describe('a reversal in Business Central', () => {
  it.each(['unapply', 'reverse'])('whose answer to %s is lost goes on where it stood, and reverses once', async (action) => {
    const { reversal, invoices } = await bookedReceipt();
    harness.world.sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'action', pathContains: `NAV.${action}`, count: 1 });
    expect(await kindOf(sendOnce(bench, reversal))).toBe('outcomeUnknown');
    expect((await sendOnce(bench, reversal, 2)).state).toBe('booked');
    expect([openOf(invoices), counterEntries()]).toEqual([['100.00', '100.00'], 3]);
    expect((await bench.door.find(harness.context(), [reversal])).get(reversal.stepKey)?.state).toBe('booked');
  });

  it('that is throttled in its middle has undone a part, and goes on', async () => {
    const { reversal, invoices } = await bookedReceipt();
    harness.world.sandbox.faults.add({ kind: 'throttle', requestClass: 'action', pathContains: 'NAV.reverse', count: 1 });
    expect(await kindOf(sendOnce(bench, reversal))).toBe('rateLimited');
    expect((await bench.door.find(harness.context(), [reversal])).size).toBe(0);
    expect((await sendOnce(bench, reversal)).state).toBe('booked');
    expect([openOf(invoices), counterEntries()]).toEqual([['100.00', '100.00'], 3]);
  });

  it('that somebody carried out in the client is found done', async () => {
    const { sent, reversal } = await bookedReceipt();
    const { elsewhere } = harness.world.sandbox;
    const entries = harness.world.sandbox.book().all<{ document_number: string }>('SELECT document_number FROM cust_ledger_entry WHERE entry_no = ?', Number(sent.externalId));
    const number = entries[0]?.document_number ?? '';
    elsewhere.unapply(number);
    expect((await sendOnce(bench, reversal)).state).toBe('booked');
    expect(await sendOnce(bench, reversal)).toMatchObject({ state: 'booked', alreadyThere: true });
    expect(counterEntries()).toBe(3);
  });

  it('is refused in Business Central\'s words while a younger application stands in its way', async () => {
    const { reversal, invoices } = await bookedReceipt();
    const { book, sandbox } = harness.world;
    // Two lines of the receipt paid two invoices; the second was paid in part, and somebody paid the rest since.
    sandbox.elsewhere.settleInvoice(book.numberOf(invoices[1] ?? ''));
    const refused = await sendOnce(bench, reversal).then(() => null, (error: unknown) => error);
    expect(refused instanceof ConnectorError ? refused.failure : null).toMatchObject({ kind: 'invalid', issues: [{ path: 'target', problem: expect.stringContaining('you must first unapply all application entries') as string }] });
    expect(counterEntries()).toBe(0);
  });

  it('is foreseen to be refused where the period of the payment is closed', async () => {
    const { reversal } = await bookedReceipt();
    harness.world.book.closePeriod(harness.world.book.today());
    expect((await bench.door.preflight(harness.context(), [reversal])).map(({ code, path }) => [code, path])).toEqual([['periodClosed', 'steps[0].body.postingDate']]);
  });
});
