/** How the lane takes each kind of answer a connector may give: one scripted door, no network. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookedRecord, PlannedStep, Refusal } from '#canonical';
import { ConnectorError, type ConnectorFailure, type Context, type FoundStep, type SendResult, type WriteDoor } from '#connector-kit';
import { PostingLane, PostingService, type LaneLimits, type PostingConnection, type PostingDetail, type PostingLaneDependencies } from '#posting';
import { mockConnection } from '../faults/mock-connector.js';
import { asOwner, finalizeOne, makeWorld, type PostingWorld } from '../faults/posting-world.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const QUICK: Partial<LaneLimits> = { leaseMarginMs: 50, turnWaitMsMax: 300, lingerMs: 50, readBackLingerMs: 5, lookUpLingerMs: 5, preflightLingerMs: 30 };
const TIMES = { sendTimeoutMs: 200, processingMsMax: 300 };

/** What the target does; each list is used up from its front, its last entry stays. */
interface Script {
  send?: (SendResult | ConnectorFailure | 'hang' | 'bug')[];
  find?: (FoundStep | 'absent' | ConnectorFailure)[];
  preflight?: (steps: readonly PlannedStep[]) => readonly Refusal[] | ConnectorFailure;
  readBack?: (ConnectorFailure | 'asPlanned' | 'gone')[];
}

let db: TestDatabase;
let world: PostingWorld;
let script: Script;
let service: PostingService;
let lane: PostingLane;
let dependencies: PostingLaneDependencies;
const sent: { key: string; attempt: number }[] = [];
const finds: number[] = [];

beforeAll(async () => { db = await openTestDatabase(); });
afterAll(async () => { await db.close(); });
beforeEach(async () => {
  world = await makeWorld(db.database, db.tenantId, 6);
  script = {};
  sent.length = 0;
  finds.length = 0;
  const base = mockConnection({ url: 'http://127.0.0.1:9', concurrency: 2, ...TIMES }, world);
  const write = scripted(base.connector.write as WriteDoor);
  const connection: PostingConnection = { ...base, connector: { ...base.connector, write } };
  dependencies = { limits: QUICK, database: db.database, openConnection: () => Promise.resolve(connection), wake: () => undefined, log: () => undefined };
  service = new PostingService({ ...dependencies, now: () => new Date() });
  lane = new PostingLane(dependencies);
});

function next<T>(list: T[] | undefined, otherwise: T): T {
  return (list !== undefined && list.length > 1 ? list.shift() : list?.[0]) ?? otherwise;
}
function isFailure(answer: unknown): answer is ConnectorFailure {
  return typeof answer === 'object' && answer !== null && 'kind' in answer;
}

function scripted(door: WriteDoor): WriteDoor {
  return {
    ...door,
    preflight: (_context, steps) => {
      const answer = script.preflight?.(steps) ?? [];
      return isFailure(answer) ? Promise.reject(new ConnectorError('preflight', answer)) : Promise.resolve(answer);
    },
    send: async (_context: Context, step, { attempt }) => {
      sent.push({ key: step.stepKey, attempt });
      const answer = next<SendResult | ConnectorFailure | 'hang' | 'bug'>(script.send, { state: 'booked', externalId: `x-${step.stepKey}`, alreadyThere: false });
      if (answer === 'bug') throw new TypeError('a bug in a connector');
      if (answer === 'hang') return new Promise<never>(() => undefined);
      if (isFailure(answer)) throw new ConnectorError('scripted', answer);
      return answer;
    },
    find: async (_context, steps) => {
      finds.push(steps.length);
      const answer = next<FoundStep | 'absent' | ConnectorFailure>(script.find, 'absent');
      if (isFailure(answer)) throw new ConnectorError('scripted', answer);
      return answer === 'absent' ? new Map() : new Map(steps.map((step) => [step.stepKey, answer]));
    },
    readBack: async (_context, steps) => {
      const answer = next<ConnectorFailure | 'asPlanned' | 'gone'>(script.readBack, 'asPlanned');
      if (isFailure(answer)) throw new ConnectorError('scripted', answer);
      return steps.map(({ step, externalId }): BookedRecord => (answer === 'gone'
        ? { stepKey: step.stepKey, externalId: null, fields: {}, applications: [] } : { stepKey: step.stepKey, externalId, ...step.expected }));
    },
  };
}

async function drain(): Promise<void> {
  for (let inMs: number | null = 0; inMs !== null;) {
    await sleep(inMs);
    const report = await lane.drain(world.tenantId, world.connectionId, new AbortController().signal);
    inMs = report.ended === 'empty' ? report.nextInMs : null;
  }
}
async function detail(id: string): Promise<PostingDetail> {
  const found = await service.get(world.tenantId, id);
  if (found === null) throw new Error(`no posting ${id}`);
  return found;
}
const path = async (id: string): Promise<string[]> => (await detail(id)).moves.map(({ toState }) => toState);
const posted = async (): Promise<string> => {
  const id = await finalizeOne(service, world, 0);
  await drain();
  return id;
};

describe('an outcome that comes later', () => {
  it('is asked for until the target has decided', async () => {
    script = { send: [{ state: 'pending' }], find: [{ state: 'pending' }, { state: 'booked', externalId: 'late-1' }] };
    const id = await posted();
    expect(await path(id)).toEqual(['planned', 'sending', 'accepted', 'accepted', 'sent', 'verified']);
    expect([sent.length, (await detail(id)).steps[0]?.externalId]).toEqual([1, 'late-1']);
  });

  it('comes to a person when it is a refusal', async () => {
    script = { send: [{ state: 'pending' }], find: [{ state: 'refused', problem: 'approval was denied' }] };
    const { posting } = await detail(await posted());
    expect([posting.state, posting.stateBecause]).toEqual(['attention', 'step 1 of 1 was refused: approval was denied']);
  });
});

describe('a doubtful outcome', () => {
  it('is sent again as a second attempt, and only after a look-up that followed the wait', async () => {
    script = { send: [{ kind: 'outcomeUnknown' }, { state: 'booked', externalId: 'x', alreadyThere: false }] };
    const id = await posted();
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 2]);
    const { moves } = await detail(id);
    const [first, second] = moves.filter(({ toState }) => toState === 'sending').map(({ at }) => Date.parse(at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(TIMES.processingMsMax);
    expect(moves.find(({ because }) => because === 'looked up after its wait: the target does not have it')).toBeDefined();
  });

  it('is what a connector leaves that does not stop at its deadline', async () => {
    script = { send: ['hang'], find: [{ state: 'booked', externalId: 'there' }] };
    const id = await posted();
    expect(await path(id)).toEqual(['planned', 'sending', 'unknown', 'sent', 'verified']);
  });

  it('is what a bug in a connector leaves, because the request may have left', async () => {
    script = { send: ['bug'], find: [{ state: 'booked', externalId: 'there' }] };
    const id = await posted();
    expect(await path(id)).toEqual(['planned', 'sending', 'unknown', 'sent', 'verified']);
    expect((await detail(id)).moves[2]?.because).toBe('no trustworthy answer: TypeError: a bug in a connector');
  });

  it('ends with a person when it can never be looked up', async () => {
    script = { send: [{ kind: 'outcomeUnknown' }], find: [{ kind: 'transient' }] };
    lane = new PostingLane({ ...dependencies, postingLimits: { lookUpsMax: 3 } });
    const { posting } = await detail(await posted());
    expect([posting.state, posting.stateBecause, sent.length]).toEqual(['attention', 'could not be looked up in 3 tries', 1]);
    await expect(service.cancel(world.tenantId, posting.id, 'anna', 'x')).rejects.toThrow('may be in the target: it cannot be cancelled');
  });
});

describe('a conflict', () => {
  it('is shown to a person, and after "try again" the record there is looked up and compared', async () => {
    script = { send: [{ kind: 'conflict', externalId: '77', differsIn: ['amount'] }], find: [{ state: 'booked', externalId: '77' }], readBack: ['gone', 'asPlanned'] };
    const id = await posted();
    expect((await detail(id)).posting.stateBecause).toBe('the target holds 77 under this key, different in amount');
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect((await detail(id)).posting.state).toBe('differs');
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect([(await detail(id)).posting.state, sent.length]).toEqual(['verified', 1]);
  });
});

describe('a passing trouble', () => {
  it('is tried again with growing waits, then brought to a person', async () => {
    script = { send: [{ kind: 'transient' }] };
    lane = new PostingLane({ ...dependencies, postingLimits: { sendAttemptsMax: 2 } });
    const { posting } = await detail(await posted());
    expect([posting.state, posting.stateBecause, sent.map(({ attempt }) => attempt)]).toEqual(['attention', 'was not taken in 2 tries', [1, 2]]);
  });

  it('at the read-back does not undo what is booked', async () => {
    script = { readBack: [{ kind: 'transient' }, 'asPlanned'] };
    const id = await posted();
    expect(await path(id)).toEqual(['planned', 'sending', 'sent', 'sent', 'verified']);
    expect(sent).toHaveLength(1);
  });
});

describe('a target that asks to be left alone', () => {
  it('is left alone by every worker, not only by the one it told', async () => {
    script = { send: [{ kind: 'rateLimited', retryAfterMs: 900 }, { state: 'booked', externalId: 'x', alreadyThere: false }] };
    const id = await finalizeOne(service, world, 0);
    const signal = new AbortController().signal;
    const first = await lane.drain(world.tenantId, world.connectionId, signal);
    const another = await new PostingLane(dependencies).drain(world.tenantId, world.connectionId, signal);
    expect([first.ended, another.ended, sent.length]).toEqual(['empty', 'busy', 1]);
    expect(first.nextInMs).toBeGreaterThan(300);
    await sleep(first.nextInMs ?? 0);
    await drain();
    expect([(await detail(id)).posting.state, sent.map(({ attempt }) => attempt)]).toEqual(['verified', [1, 1]]);
  });

  it('and so is one whose connection a person paused, at once', async () => {
    const ids = await Promise.all([0, 1].map((index) => finalizeOne(service, world, index)));
    await asOwner(db.url, `UPDATE connection SET status = 'paused' WHERE id = $1`, [world.connectionId]);
    expect(await lane.drain(world.tenantId, world.connectionId, new AbortController().signal)).toMatchObject({ ended: 'paused', claimed: 0 });
    expect([sent.length, (await detail(ids[0] ?? '')).posting.state]).toEqual([0, 'planned']);
  });
});

describe('a preflight', () => {
  const refusal = (path_: string): Refusal => ({ code: 'periodClosed', path: path_, value: '2026-01-31', problem: 'January is closed', cure: 'open it or post in February' });

  it('stops the posting it means before anything is sent, and no other of the same batch', async () => {
    script = { preflight: (steps) => (steps.length > 1 ? [refusal('steps[1].body.postedOn')] : []) };
    const ids = await Promise.all([0, 1].map((index) => finalizeOne(service, world, index)));
    await drain();
    const states = await Promise.all(ids.map(async (id) => (await detail(id)).posting));
    const refused = states.find(({ state }) => state === 'refused');
    expect(states.map(({ state }) => state).sort()).toEqual(['refused', 'verified']);
    expect([refused?.refusals, sent.length]).toEqual([[refusal('steps[0].body.postedOn')], 1]);
    script = {};
    await service.retry(world.tenantId, refused?.id ?? '', 'anna');
    await drain();
    expect((await detail(refused?.id ?? '')).posting.state).toBe('verified');
  });

  it('that cannot be had holds nothing up', async () => {
    script = { preflight: () => ({ kind: 'transient' }) };
    expect((await detail(await posted())).posting.state).toBe('verified');
  });
});
