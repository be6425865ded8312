import { setTimeout as sleep } from 'node:timers/promises';
import type { PostingWire } from '../wire.js';
import type { World } from '../world.js';

const POSTING_TIMEOUT_MS = 120_000;
const POLL_EVERY_MS = 200;
const REASON_LENGTH_SHOWN = 160;
/** States in which a posting waits for a person, with its reason. */
const WITH_A_PERSON = new Set(['refused', 'attention', 'differs', 'differenceAccepted', 'cancelled']);

/** Chaos on the way into the ERP: throttling, answers lost after the booking, and a worker that dies with the work in its hands. */
export async function arrangeChaos(world: World): Promise<void> {
  await world.sandbox.addFault({ kind: 'throttle', requestClass: 'create', probability: 0.1, count: 8 });
  await world.sandbox.addFault({ kind: 'loseAnswer', requestClass: 'create', probability: 0.06 });
  await world.sandbox.addFault({ kind: 'failAfter', requestClass: 'create', probability: 0.03, status: 503 });
  await world.sandbox.addFault({ kind: 'slow', requestClass: 'create', probability: 1, delayMs: 40 });
  world.story.say('From now on the ERP throttles postings, books some and loses the answer, and is slow.');
}

/** Starts the worker, kills it half-way, starts another, and waits until every posting is proven or with a person. */
export async function post(world: World): Promise<void> {
  const killed = await killHalfway(world);
  world.story.say(killed === null ? 'The worker finished before it could be killed.' : `Killed the worker (process ${killed.pid}) with ${killed.open} postings under way, and started another.`);
  await world.programs.startWorker();
  const postings = await settle(world);
  await world.sandbox.clearFaults();
  const stats = await world.sandbox.stats();
  world.story.say(`Faults that happened: ${Object.entries(stats.faults).map(([kind, count]) => `${count} x ${kind}`).join(', ') || 'none'}; ${stats.throttled} calls were throttled.`);
  countUp(world, postings);
}

async function killHalfway(world: World): Promise<{ pid: number; open: number } | null> {
  const before = (await unsettled(world)).length;
  const giveUpAt = performance.now() + POSTING_TIMEOUT_MS;
  for (;;) {
    const open = (await unsettled(world)).length;
    if (open === 0) return null;
    if (open <= before * 0.6) return { pid: await world.programs.killWorker(), open };
    if (performance.now() > giveUpAt) throw new Error(`${open} of ${before} postings are not sent after ${POSTING_TIMEOUT_MS / 1_000} s`);
    await sleep(POLL_EVERY_MS / 4);
  }
}

async function settle(world: World): Promise<PostingWire[]> {
  const giveUpAt = performance.now() + POSTING_TIMEOUT_MS;
  for (;;) {
    const open = await unsettled(world);
    if (open.length === 0 || performance.now() > giveUpAt) return world.client.all<PostingWire>('/v1/postings');
    await sleep(POLL_EVERY_MS);
  }
}

async function unsettled(world: World): Promise<PostingWire[]> {
  const postings = await world.client.all<PostingWire>('/v1/postings');
  return postings.filter((posting) => posting.state !== 'verified' && !WITH_A_PERSON.has(posting.state));
}

function countUp(world: World, postings: readonly PostingWire[]): void {
  const payments = postings.filter((posting) => posting.kind === 'payment');
  const verified = payments.filter((posting) => posting.state === 'verified');
  const withPerson = payments.filter((posting) => WITH_A_PERSON.has(posting.state));
  world.report.posted = payments.length;
  world.report.verified = verified.length;
  world.report.unverified = payments.length - verified.length - withPerson.length;
  world.story.say(`${payments.length} postings: ${verified.length} read back from the ERP and found as planned, ${withPerson.length} with a person, ${world.report.unverified} in doubt.`);
  const reasons = new Map<string, number>();
  for (const { state, stateBecause } of withPerson) {
    // Ids and numbers differ from posting to posting; the reason without them is what a person would group by.
    const reason = `${state}: ${(stateBecause ?? 'no reason given').replaceAll(/\d+/g, '#').slice(0, REASON_LENGTH_SHOWN)}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of reasons) world.story.say(`- ${count} x ${reason}`);
}
