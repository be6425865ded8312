import { isOffered } from '../../index.js';
import { failureOf, failureOfKind, holds, holdsSameSet, within } from '../broken.js';
import type { ConnectorHarness } from '../harness.js';
import { idsOf, readToEnd, takeAll, takeUpdate } from '../pages.js';
import { planOf, sendOnce } from '../posting-run.js';
import { ofConnector, ofEntity, ofOperation, type EntityBench, type Sentence, type WriteBench } from '../sentence.js';

/** An abort must be felt within this time. */
export const ABORT_MS_MAX = 1_000;
const SLOW_ANSWER_MS = 8_000;
const BEFORE_ABORT_MS = 20;
const RETRY_AFTER_MS = 7_000;
/** Longest delay a connector may ask for when the vendor names none, or nonsense. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

export const FAILURES: readonly Sentence[] = [
  ofEntity(9, 'a 429 is `rateLimited` with the vendor\'s delay, a 5xx or a broken connection is `transient`, and the next read is whole', { check: readNamesFailures }),
  ofOperation(30, 'post', 'a 429 on a send is `rateLimited` and a 5xx is `transient` or `outcomeUnknown`; nothing is booked', { check: sendNamesFailures }),
  ofEntity(46, 'an answer that is not what was promised fails the read by kind, it is never taken for an empty page', { check: readNoticesGarble }),
  ofOperation(49, 'post', 'an answer to a send that cannot be understood is `outcomeUnknown`, and `find` sees what was booked', { check: sendNoticesGarble }),
  ofConnector(18, 'an abort stops everything within a second and leaves no request open', { check: feelsAbort }),
  ofOperation(43, 'post', 'a send without an answer gives up at its deadline, as `outcomeUnknown`', { check: keepsDeadline }),
];

async function readNamesFailures(bench: EntityBench): Promise<void> {
  const { harness, entity, reader } = bench;
  const seeded = await harness.seed(entity, harness.pageSize + 1);
  const read = (): Promise<unknown> => takeAll(entity, reader.changes(harness.context(), null));
  await harness.misbehave({ kind: 'throttleNext', retryAfterMs: RETRY_AFTER_MS });
  const limited = await failureOfKind('rateLimited', `reading ${entity} while throttled`, read);
  holds(limited.retryAfterMs === RETRY_AFTER_MS, `the vendor asked for ${RETRY_AFTER_MS} ms and the failure says ${limited.retryAfterMs}`);
  await harness.misbehave({ kind: 'throttleNext', retryAfterMs: null });
  const unnamed = await failureOfKind('rateLimited', `reading ${entity} while throttled without a delay`, read);
  holds(unnamed.retryAfterMs > 0 && unnamed.retryAfterMs <= RETRY_AFTER_MS_MAX, `without a delay from the vendor, ${unnamed.retryAfterMs} ms is not sensible`);
  for (const status of [500, 503, 'reset'] as const) {
    await harness.misbehave({ kind: 'failNext', status });
    await failureOfKind('transient', `reading ${entity} with a failure ${status}`, read);
  }
  const whole = idsOf((await readToEnd(bench, null)).records);
  holdsSameSet(`${entity} after the failures`, seeded.filter((id) => !whole.includes(id)), []);
}

async function sendNamesFailures(bench: WriteBench): Promise<void> {
  const { harness, writes } = bench;
  const [step] = await planOf(bench, await writes.intent('inFull'));
  holds(step !== undefined, 'the plan has no step');
  await harness.misbehave({ kind: 'throttleNext', retryAfterMs: RETRY_AFTER_MS });
  const limited = await failureOfKind('rateLimited', 'sending while throttled', () => sendOnce(bench, step));
  holds(limited.retryAfterMs === RETRY_AFTER_MS, `the vendor asked for ${RETRY_AFTER_MS} ms and the failure says ${limited.retryAfterMs}`);
  await harness.misbehave({ kind: 'failNext', status: 503 });
  const failure = await failureOf('sending with a failure 503', () => sendOnce(bench, step));
  holds(failure.kind === 'transient' || failure.kind === 'outcomeUnknown', `a failure 503 is reported as ${failure.kind}`);
  const booked = await writes.bookedCount(step.stepKey);
  holds(booked === 0, `${booked} records were booked by refused sends`);
}

async function readNoticesGarble({ harness, entity, reader }: EntityBench): Promise<void> {
  await harness.seed(entity, 1);
  await harness.misbehave({ kind: 'garbleNext' });
  const failure = await failureOf(`reading ${entity} from a garbled answer`, () => takeAll(entity, reader.changes(harness.context(), null)));
  holds(failure.kind === 'transient' || failure.kind === 'invalid', `a garbled page is reported as ${failure.kind}`);
}

async function sendNoticesGarble(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const [step] = await planOf(bench, await writes.intent('inFull'));
  holds(step !== undefined, 'the plan has no step');
  await harness.misbehave({ kind: 'garbleNext' });
  await failureOfKind('outcomeUnknown', 'a send with a garbled answer', () => sendOnce(bench, step));
  const found = await door.find(harness.context(), [step]);
  holds((await writes.bookedCount(step.stepKey) === 1) === (found.get(step.stepKey)?.state === 'booked'), '`find` and the target disagree about the key');
}

async function feelsAbort(harness: ConnectorHarness): Promise<void> {
  const { connector, writes } = harness;
  const work: [string, (signal: AbortSignal) => Promise<unknown>][] = [['the probe', (signal) => connector.probe(harness.context({ signal }))]];
  const [entity] = Object.keys(connector.read) as (keyof typeof connector.read)[];
  const reader = entity === undefined ? undefined : connector.read[entity];
  if (reader !== undefined) work.push([`reading ${entity}`, (signal) => takeAll('a read', reader.changes(harness.context({ signal }), null))]);
  const { write, bankFeed } = connector;
  if (bankFeed !== undefined) work.push(['updating the bank feed', (signal) => takeUpdate(bankFeed, harness.context({ signal }), null)]);
  if (write !== undefined && writes !== undefined && isOffered(connector.capabilities.operations.post)) {
    const [step] = await planOf({ harness, writes, door: write }, await writes.intent('inFull'));
    if (step !== undefined) work.push(['sending', (signal) => write.send(harness.context({ signal }), step, { deadlineMs: SLOW_ANSWER_MS, attempt: 1 })]);
  }
  await harness.misbehave({ kind: 'slow', answerMs: SLOW_ANSWER_MS });
  for (const [what, run] of work) await stopsByAbort(harness, what, run);
}

async function stopsByAbort(harness: ConnectorHarness, what: string, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const ended = run(abort.signal).then(() => 'succeeded', () => 'stopped');
  await new Promise((resolve) => { setTimeout(resolve, BEFORE_ABORT_MS); });
  abort.abort();
  const outcome = await within(ABORT_MS_MAX, `${what}, aborted,`, ended);
  holds(outcome === 'stopped', `${what} was aborted and reports success`);
  const deadline = Date.now() + ABORT_MS_MAX;
  while (harness.openRequests() > 0 && Date.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 5); });
  holds(harness.openRequests() === 0, `${what} was aborted and leaves ${harness.openRequests()} requests open`);
}

async function keepsDeadline(bench: WriteBench): Promise<void> {
  const [step] = await planOf(bench, await bench.writes.intent('inFull'));
  holds(step !== undefined, 'the plan has no step');
  await bench.harness.misbehave({ kind: 'slow', answerMs: SLOW_ANSWER_MS });
  const work = failureOfKind('outcomeUnknown', 'a send past its deadline', () => sendOnce(bench, step, 1, BEFORE_ABORT_MS));
  await within(ABORT_MS_MAX, 'a send past its deadline', work);
}
