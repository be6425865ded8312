import { addMoney, zeroMoney } from '#canonical';
import { ConnectorError, type AnyConnector, type FileBatch, type RenderedFile } from '../../index.js';
import { errorOf, failureOfKind, holds, holdsSameSet } from '../broken.js';
import type { ConnectorHarness, IntentShape } from '../harness.js';
import { stepsOf } from '../posting-run.js';
import { ofConnector, ofFileDoor, type Applicability, type FileBench, type Sentence } from '../sentence.js';

export const DELIVERIES: readonly Sentence[] = [
  ofFileDoor(15, 'a batch gives the same name and bytes however often and whenever it is rendered, and another batch another name', { check: rendersTheSame }),
  ofFileDoor(16, 'a delivery interrupted midway leaves no file under the final name; delivering again completes it once', { check: deliversWhole }),
  ofFileDoor(51, 'a name that holds other bytes is a `conflict`; what is there stays as it is', { check: refusesOtherBytes }),
  ofFileDoor(52, 'a delivered file is found by look-up, another is not', { check: looksUp }),
  ofFileDoor(53, 'the target\'s answer says of each posting whether it is booked or why not; before it there is none', {
    applies: ({ outcome }) => (outcome === 'later' ? true : { because: 'the target never answers' }), check: readsAnswers,
  }),
  ofConnector(17, 'a bad webhook signature is refused; a replayed webhook only wakes', { applies: hasWebhook, check: webhookOnlyWakes }),
];

function hasWebhook(connector: AnyConnector): Applicability {
  return connector.capabilities.webhooks === 'wakeOnly' ? true : { because: 'it has no webhook' };
}

async function batchOf({ harness, files, door }: FileBench, sequence: number, shapes: readonly IntentShape[] = ['inFull', 'several']): Promise<FileBatch> {
  const intents = await Promise.all(shapes.map((shape) => files.intent(shape)));
  const steps = intents.flatMap((intent) => stepsOf(door.plan(intent, files.plans)));
  const [first, ...rest] = steps;
  holds(first !== undefined, 'the plan has no step');
  const total = intents.reduce((sum, { amount }) => addMoney(sum, amount), zeroMoney(intents[0]?.amount.currency ?? 'USD'));
  return {
    sequence, key: door.batchKeyOf(first, files.tools), closedAt: harness.now().toISOString(), closedOn: files.plans.today, steps: [first, ...rest],
    control: { postings: intents.length, total },
  };
}

async function namesAndBytes({ files }: FileBench): Promise<readonly string[]> {
  return [...await files.deliveredFiles()].map(([name, bytes]) => `${name} ${Buffer.from(bytes).toString('base64')}`);
}

function same(left: RenderedFile, right: RenderedFile): boolean {
  return left.name === right.name && Buffer.from(left.bytes).equals(Buffer.from(right.bytes));
}

async function rendersTheSame(bench: FileBench): Promise<void> {
  const { door, files, harness } = bench;
  const batch = await batchOf(bench, 1);
  const file = door.render(batch, files.tools);
  holds(file.bytes.length > 0, 'the file is empty');
  await harness.passTime(86_400_000);
  holds(same(file, door.render(structuredClone(batch), files.tools)), 'the same batch gave another name or other bytes');
  const other = door.render({ ...batch, sequence: 2 }, files.tools);
  holds(other.name !== file.name, `two batches share the name "${file.name}"`);
  holds(!file.name.includes('/') && !file.name.includes('\\'), `the name "${file.name}" holds a folder`);
}

async function deliversWhole(bench: FileBench): Promise<void> {
  const { door, harness } = bench;
  const file = door.render(await batchOf(bench, 1), bench.files.tools);
  await harness.misbehave({ kind: 'interruptNextDelivery' });
  await errorOf('an interrupted delivery', () => door.deliver(harness.context(), file));
  holds((await namesAndBytes(bench)).length === 0, 'half a file stands under its final name');
  const first = await door.deliver(harness.context(), file);
  holds(first.state === 'delivered', 'the second delivery was not made');
  const second = await door.deliver(harness.context(), file);
  holds(second.state === 'delivered' && second.alreadyThere, 'delivering again does not say that the file is there');
  holdsSameSet('files after delivering three times', await namesAndBytes(bench), [`${file.name} ${Buffer.from(file.bytes).toString('base64')}`]);
}

async function refusesOtherBytes(bench: FileBench): Promise<void> {
  const { door, harness, files } = bench;
  const file = door.render(await batchOf(bench, 1), files.tools);
  await door.deliver(harness.context(), file);
  const before = await namesAndBytes(bench);
  const other = door.render(await batchOf(bench, 1, ['several']), files.tools);
  await failureOfKind('conflict', 'another file of the same name', () => door.deliver(harness.context(), { ...other, name: file.name }));
  holdsSameSet('files after a conflict', await namesAndBytes(bench), before);
}

async function looksUp(bench: FileBench): Promise<void> {
  const { door, harness, files } = bench;
  const batch = await batchOf(bench, 1);
  const file = door.render(batch, files.tools);
  holds(await door.lookUp(harness.context(), file) === 'absent', 'a file that was never delivered is not absent');
  await door.deliver(harness.context(), file);
  holds(await door.lookUp(harness.context(), file) === 'delivered', 'a delivered file is not found');
  holds(await door.lookUp(harness.context(), door.render({ ...batch, sequence: 2 }, files.tools)) === 'absent', 'a file of the next sequence is found');
  const other = door.render(await batchOf(bench, 1, ['several']), files.tools);
  const said = await door.lookUp(harness.context(), { ...other, name: file.name }).catch((error: unknown) => {
    if (error instanceof ConnectorError && error.failure.kind === 'conflict') return 'conflict';
    throw error;
  });
  holds(said !== 'delivered', 'other bytes under the name are taken for the file');
}

async function readsAnswers(bench: FileBench): Promise<void> {
  const { door, harness, files } = bench;
  holds(files.answer !== undefined, 'outcomes come later and the harness plays no answer');
  const batch = await batchOf(bench, 1, ['inFull', 'several', 'inFull']);
  const file = door.render(batch, files.tools);
  await door.deliver(harness.context(), file);
  holds(await door.acknowledgement(harness.context(), file) === null, 'there is an answer before the target gave one');
  await files.answer(file.name, 'customer 17 is blocked');
  const acknowledgement = await door.acknowledgement(harness.context(), file);
  holds(acknowledgement !== null, 'the answer is not seen');
  const states = batch.steps.map(({ stepKey }) => acknowledgement.answers.get(stepKey));
  holds(states[0]?.state === 'refused' && states[0].problem.includes('customer 17 is blocked'), 'the refusal of the first posting, or its reason, is missing');
  holds(states.slice(1).every((answer) => answer?.state === 'booked' && answer.externalId !== ''), 'a booked posting is not said to be booked, or has no id');
  holds(acknowledgement.answers.size === batch.steps.length, 'the answer speaks of postings that were not in the file');
}

async function webhookOnlyWakes(harness: ConnectorHarness): Promise<void> {
  const { connector: { webhook }, webhook: source } = harness;
  holds(webhook !== undefined && source !== undefined, 'there is no webhook to check');
  const { headers, body, wakes } = source.signed();
  for (const time of ['first', 'second']) {
    holdsSameSet(`what the ${time} delivery wakes`, await webhook.receive(harness.context(), { headers, body }), wakes);
  }
  const forgeries = source.forged();
  holds(forgeries.length > 0, 'the harness forges no delivery');
  for (const { how, ...delivery } of forgeries) await failureOfKind('auth', `a webhook ${how}`, () => webhook.receive(harness.context(), delivery));
  holds(await harness.writtenCount() === 0, 'a webhook wrote into the target');
}
