import { isOffered, type AnyConnector, type OperationCapability } from '../../index.js';
import { errorOf, failureOfKind, holds, holdsSameSet } from '../broken.js';
import type { ConnectorHarness } from '../harness.js';
import { planOf, sendOnce } from '../posting-run.js';
import { ofConnector, ofOperation, type Applicability, type Sentence, type WriteBench } from '../sentence.js';

export const DELIVERIES: readonly Sentence[] = [
  ofOperation(15, 'post', 'a delivered file has the same name and bytes however often it is made', { applies: byFile, check: rendersTheSame }),
  ofOperation(16, 'post', 'a delivery interrupted midway leaves no file under the final name; delivering again completes it once', { applies: byFile, check: deliversWhole }),
  ofConnector(17, 'a bad webhook signature is refused; a replayed webhook only wakes', { applies: hasWebhook, check: webhookOnlyWakes }),
];

function byFile(capability: OperationCapability): Applicability {
  return isOffered(capability) && capability.by === 'file' ? true : { because: `postings go by ${capability.by}, not by file` };
}

function hasWebhook(connector: AnyConnector): Applicability {
  return connector.capabilities.webhooks === 'wakeOnly' ? true : { because: 'it has no webhook' };
}

async function filesOf({ writes }: WriteBench): Promise<ReadonlyMap<string, string>> {
  holds(writes.deliveredFiles !== undefined, 'the harness does not show delivered files');
  const files = await writes.deliveredFiles();
  return new Map([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

async function rendersTheSame(bench: WriteBench): Promise<void> {
  const intent = await bench.writes.intent('several');
  const [first] = await planOf(bench, intent);
  holds(first !== undefined, 'the plan has no step');
  await sendOnce(bench, first);
  const before = await filesOf(bench);
  holds(before.size === 1, `one delivery left ${before.size} files`);
  await bench.harness.passTime(86_400_000);
  const [again] = await planOf(bench, intent);
  holds(again !== undefined, 'the plan has no step');
  await sendOnce(bench, again, 2);
  const after = await filesOf(bench);
  holdsSameSet('files after delivering again', [...after].map(([name, bytes]) => `${name} ${bytes}`), [...before].map(([name, bytes]) => `${name} ${bytes}`));
}

async function deliversWhole(bench: WriteBench): Promise<void> {
  const [step] = await planOf(bench, await bench.writes.intent('several'));
  holds(step !== undefined, 'the plan has no step');
  await bench.harness.misbehave({ kind: 'interruptNextDelivery' });
  await errorOf('an interrupted delivery', () => sendOnce(bench, step));
  holds((await filesOf(bench)).size === 0, 'half a file stands under its final name');
  await sendOnce(bench, step, 2);
  await sendOnce(bench, step, 3);
  holds((await filesOf(bench)).size === 1, `delivering again left ${(await filesOf(bench)).size} files`);
}

async function webhookOnlyWakes(harness: ConnectorHarness): Promise<void> {
  const { connector: { webhook }, webhook: source } = harness;
  holds(webhook !== undefined && source !== undefined, 'there is no webhook to check');
  const { headers, body, wakes } = source.signed();
  for (const time of ['first', 'second']) {
    holdsSameSet(`entities the ${time} delivery wakes`, webhook(source.secrets, headers, body), wakes);
  }
  const forged = Uint8Array.from([...body.slice(0, -1), (body.at(-1) ?? 0) ^ 1]);
  await failureOfKind('auth', 'a webhook with a changed body', async () => webhook(source.secrets, headers, forged));
  await failureOfKind('auth', 'a webhook without a signature', async () => webhook(source.secrets, new Headers(), body));
  holds(await harness.writtenCount() === 0, 'a webhook wrote into the target');
}
