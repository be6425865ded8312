import { addMoney, zeroMoney } from '#canonical';
import type { FileBatch, RenderedFile } from '#connector-kit';
import { failureOf, stepsOf } from '#connector-kit/testing';
import { financePackage } from '#connectors/dynamics365';
import { FinancePackageHarness } from './finance-package-harness.js';

/** What befalls packages beyond what every file door can be asked. */

const door = financePackage.fileDoor;
let harness: FinancePackageHarness;

async function open(variant: ConstructorParameters<typeof FinancePackageHarness>[0] = {}): Promise<void> {
  harness = new FinancePackageHarness(variant);
  await harness.start();
}

beforeEach(async () => { await open(); });
afterEach(async () => { await harness.stop(); });

async function fileOf(sequence: number, shapes: readonly ('inFull' | 'several')[]): Promise<{ readonly file: RenderedFile; readonly batch: FileBatch }> {
  const { files } = harness;
  const intents = [];
  for (const shape of shapes) intents.push(await files.intent(shape));
  const steps = intents.flatMap((intent) => stepsOf(door.plan(intent, files.plans)));
  const [first, ...rest] = steps;
  if (first === undefined) throw new Error('the plan has no step');
  const batch: FileBatch = {
    sequence, key: door.batchKeyOf(first, files.tools), closedAt: harness.now().toISOString(), closedOn: files.plans.today, steps: [first, ...rest],
    control: { postings: intents.length, total: intents.reduce((sum, { amount }) => addMoney(sum, amount), zeroMoney('USD')) },
  };
  return { file: door.render(batch, files.tools), batch };
}

const journals = () => harness.world.sandbox.mutations.documents({ text: '' });

describe('a package', () => {
  it('asks the whole data service with cross-company, and shows its upload address to nobody', async () => {
    const { file } = await fileOf(1, ['several']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    await door.acknowledgement(harness.context(), file);
    const { asked } = harness.world.line;
    expect(asked.filter(({ address }) => new URLSearchParams(address.split('?')[1]).get('cross-company') !== 'true')).toEqual([]);
    expect(asked.map(({ address }) => address).join()).toMatch(/GetAzureWriteUrl.*ImportFromPackage/);
    expect(harness.logged().join()).not.toMatch(/sig=/);
  });

  it('books every posting as planned: amounts summed over its lines, what is on account, what is settled', async () => {
    const { file, batch } = await fileOf(1, ['several', 'inFull']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    harness.postJournals();
    const acknowledgement = await door.acknowledgement(harness.context(), file);
    for (const step of batch.steps) {
      const answer = acknowledgement?.answers.get(step.stepKey);
      expect(answer).toMatchObject({ state: 'booked', fields: step.expected.fields });
      const applied = answer?.state === 'booked' ? answer.applications ?? [] : [];
      expect([...applied].toSorted((one, other) => (one.externalId < other.externalId ? -1 : 1))).toEqual([...step.expected.applications].toSorted((one, other) => (one.externalId < other.externalId ? -1 : 1)));
    }
  });

  it('says nothing while its journal waits to be posted', async () => {
    const { file } = await fileOf(1, ['several']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    expect(await door.acknowledgement(harness.context(), file)).toBeNull();
  });

  it('whose import was started and whose answer was lost is found, by its execution and later by its journal, and not imported again', async () => {
    const { file } = await fileOf(1, ['several']);
    harness.world.sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'package', after: 2, count: 1 });
    expect((await failureOf('a delivery', () => door.deliver(harness.context(), file))).kind).toBe('outcomeUnknown');
    harness.restartProcess();
    expect(await door.lookUp(harness.context(), file)).toBe('delivered');
    await harness.passTime(1_000);
    expect(await door.lookUp(harness.context(), file)).toBe('delivered');
    expect(await door.deliver(harness.context(), file)).toEqual({ state: 'delivered', alreadyThere: true });
    expect(journals()).toHaveLength(1);
  });

  it('that comes while another is imported is delivered later', async () => {
    const [one, other] = [await fileOf(1, ['inFull']), await fileOf(2, ['inFull'])];
    await door.deliver(harness.context(), one.file);
    expect((await failureOf('a second import', () => door.deliver(harness.context(), other.file))).kind).toBe('transient');
    await harness.passTime(1_000);
    expect(await door.deliver(harness.context(), other.file)).toEqual({ state: 'delivered', alreadyThere: false });
    await harness.passTime(1_000);
    expect(journals()).toHaveLength(2);
  });

  it('of which Finance takes a part refuses the postings that are not there, with Finance\'s reason, and books the others', async () => {
    const { file, batch } = await fileOf(1, ['inFull', 'inFull']);
    const [refused, booked] = batch.steps;
    await door.deliver(harness.context(), file);
    harness.world.sandbox.mutations.removeCustomer({ account: (refused.expected.fields['customer'] ?? '').slice(5) });
    await harness.passTime(1_000);
    harness.postJournals();
    const acknowledgement = await door.acknowledgement(harness.context(), file);
    expect(acknowledgement?.answers.get(refused.stepKey)).toMatchObject({ state: 'refused', problem: expect.stringContaining((refused.expected.fields['customer'] ?? '').slice(5)) });
    expect(acknowledgement?.answers.get(booked?.stepKey ?? '')?.state).toBe('booked');
  });

  it('whose posting is there in part leaves it open: its lines would be posted with the journal', async () => {
    const { file, batch } = await fileOf(1, ['several']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    const [journal] = journals();
    const { book } = harness.world.sandbox;
    const [first] = book.lines.all();
    if (journal === undefined || first === undefined) throw new Error('nothing was imported');
    book.write('person', () => { for (const mark of book.marks.all()) if (mark.lineNumber === first.lineNumber) book.marks.remove(mark.recId); book.lines.remove(first.recId); });
    const answer = (await door.acknowledgement(harness.context(), file))?.answers.get(batch.steps[0].stepKey);
    expect(answer).toMatchObject({ state: 'inPart', problem: expect.stringMatching(new RegExp(`took 2 of 3 lines of ${batch.steps[0].stepKey}\\. In journal ${journal.batch} of USMF: .*Missing: line 1 \\(invoice .*delete the lines with payment id`)) as string });
    expect(harness.logged().join()).toContain(`finance.postingInPart {"stepKey":"${batch.steps[0].stepKey}"`);
  });

  it('whose journal was deleted before it was posted is refused', async () => {
    const { file, batch } = await fileOf(1, ['inFull']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    harness.world.sandbox.mutations.deleteJournal({ batch: journals()[0]?.batch ?? '' });
    expect((await door.acknowledgement(harness.context(), file))?.answers.get(batch.steps[0].stepKey)?.state).toBe('refused');
  });

  it('for a data project that is not there is refused in Finance\'s words', async () => {
    await harness.stop();
    await open({ config: { dataProject: 'Nobody made it' } });
    const { file } = await fileOf(1, ['inFull']);
    expect(JSON.stringify(await failureOf('a delivery', () => door.deliver(harness.context(), file)))).toMatch(/invalid.*Nobody made it/);
  });

  it('marks on its lines, so that it goes where Finance takes no marks by calls', async () => {
    await harness.stop();
    await open({ environment: { hiddenEntities: ['PaymentJournalLineSettledInvoices'] } });
    const probe = await financePackage.probe(harness.context());
    expect([probe.missing, probe.capabilities.operations.post.by]).toEqual([[], 'file']);
  });

  it('is read back whether Finance keeps its journal number or gives another', async () => {
    await harness.stop();
    await open({ environment: { packageNumbering: 'sequence' } });
    const { file, batch } = await fileOf(1, ['several']);
    await door.deliver(harness.context(), file);
    await harness.passTime(1_000);
    harness.postJournals();
    expect((await door.acknowledgement(harness.context(), file))?.answers.get(batch.steps[0].stepKey)?.state).toBe('booked');
  });
});
