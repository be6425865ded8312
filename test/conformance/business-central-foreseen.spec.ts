import { planOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { ConnectorError } from '#connector-kit';
import { businessCentral } from '#connectors/dynamics365';
import { BusinessCentralHarness, type BusinessCentralVariant } from './business-central-harness.js';

/** What Business Central would refuse or do by itself while it posts, seen before anything is sent. */
const harnesses: BusinessCentralHarness[] = [];

async function started(variant: BusinessCentralVariant = {}): Promise<BusinessCentralHarness> {
  const harness = new BusinessCentralHarness(variant);
  await harness.start();
  harnesses.push(harness);
  return harness;
}

afterEach(async () => {
  for (const harness of harnesses.splice(0)) {
    harness.world.sandbox.checkBooks();
    await harness.stop();
  }
});

const benchOf = (harness: BusinessCentralHarness): WriteBench => ({ harness, writes: harness.writes, door: businessCentral.write });

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (error instanceof ConnectorError) return error;
  throw new Error(`no ConnectorError but ${String(error)}`);
}

describe('the setup page', () => {
  it.each([['foresees', true], ['finds out by being refused, without', false]] as const)('%s a closed day through the setup page', async (_how, shown) => {
    const harness = await started({ tenant: { generalLedgerSetupShown: shown } });
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('inFull'));
    if (step === undefined) throw new Error('no step');
    harness.world.book.closePeriod(harness.world.book.today());
    expect((await businessCentral.probe(harness.context())).features['postingRangeKnown']).toBe(shown);
    expect((await bench.door.preflight(harness.context(), [step])).map(({ code }) => code)).toEqual(shown ? ['periodClosed'] : []);
    expect((await failureOf(sendOnce(bench, step))).failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'lines.postingDate' }] });
    expect([harness.world.book.receipts().size, harness.world.book.waitingLines()]).toEqual([0, 0]);
  });
});
