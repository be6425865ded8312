/** A person's word in the place of a call: never while the call may still be booked, and never past what the ERP shows afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError, type ConnectorFailure, type FoundStep, type SendResult, type WriteDoor } from '#connector-kit';
import { PostingLane, PostingService, SettlementWatch, type LaneLimits, type PostingConnection, type PostingDetail } from '#posting';
import { mockConnection, type MockSettings } from '../faults/mock-connector.js';
import { MockErp } from '../faults/mock-erp.js';
import { asOwner, finalizeOne, makeWorld, type PostingWorld } from '../faults/posting-world.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const LIMITS: Partial<LaneLimits> = { leaseMarginMs: 50, turnWaitMsMax: 100, lingerMs: 40, readBackLingerMs: 5, lookUpLingerMs: 5, preflightLingerMs: 2 };
const SEND_TIMEOUT_MS = 150;
const REASON = 'booked by hand, the month had to be closed';
const LOST: ConnectorFailure = { kind: 'outcomeUnknown' };

/** What the target does, used up from the front, the last entry stays. Left out: what the mock ERP does. */
interface Script {
  send?: (SendResult | ConnectorFailure)[];
  find?: (FoundStep | 'absent' | ConnectorFailure)[];
}

let db: TestDatabase;
let erp: MockErp;
let url: string;
let world: PostingWorld;
let script: Script;
let service: PostingService;
let lane: PostingLane;
let watch: SettlementWatch;

beforeAll(async () => { db = await openTestDatabase(); });
afterAll(async () => { await db.close(); });
beforeEach(async () => {
  erp = new MockErp();
  url = await erp.start();
  world = await makeWorld(db.database, db.tenantId, 3);
  script = {};
  install({});
});
afterEach(async () => { await erp.stop(); });

/** One look-up of a doubtful step, then a person: what an hour of an unreachable target comes to. */
function install(settings: Partial<MockSettings>, lookUpsMax = 1): void {
  const base = mockConnection({ url, sendTimeoutMs: SEND_TIMEOUT_MS, processingMsMax: 500, concurrency: 2, ...settings }, world);
  const connection: PostingConnection = { ...base, connector: { ...base.connector, write: scripted(base.connector.write as WriteDoor) } };
  const dependencies = { database: db.database, openConnection: () => Promise.resolve(connection), wake: () => undefined, log: () => undefined, limits: LIMITS };
  service = new PostingService({ ...dependencies, now: () => new Date() });
  lane = new PostingLane({ ...dependencies, postingLimits: { lookUpsMax } });
  watch = new SettlementWatch(dependencies);
}

function next<T>(list: T[]): T | undefined {
  return list.length > 1 ? list.shift() : list[0];
}
function scripted(door: WriteDoor): WriteDoor {
  return {
    ...door,
    send: (...given) => {
      const answer = next(script.send ?? []);
      if (answer === undefined) return door.send(...given);
      return 'kind' in answer ? Promise.reject(new ConnectorError('scripted', answer)) : Promise.resolve(answer);
    },
    find: (...given) => {
      const answer = next(script.find ?? []);
      if (answer === undefined) return door.find(...given);
      if (answer === 'absent') return Promise.resolve(new Map());
      return 'kind' in answer ? Promise.reject(new ConnectorError('the ERP is down', answer)) : Promise.resolve(new Map(given[1].map((step) => [step.stepKey, answer])));
    },
  };
}

async function drain(): Promise<void> {
  for (;;) {
    const { nextInMs, ended } = await lane.drain(world.tenantId, world.connectionId, new AbortController().signal);
    if (nextInMs === null || ended !== 'empty') return;
    await sleep(nextInMs);
  }
}
async function detailOf(id: string): Promise<PostingDetail> {
  const detail = await service.get(world.tenantId, id);
  if (detail === null) throw new Error(`no posting ${id}`);
  return detail;
}
const stateOf = async (id: string): Promise<string> => (await detailOf(id)).posting.state;
const stepsOf = async (id: string): Promise<unknown[]> => (await detailOf(id)).steps.map(({ state, externalId }) => [state, externalId]);
const eventsOf = async (id: string): Promise<string[]> => (await asOwner<{ type: string }>(db.url, `SELECT type FROM event WHERE subject = 'posting' AND subject_id = $1 ORDER BY id`, [id])).map(({ type }) => type);

async function givenUp(): Promise<{ readonly id: string; readonly stepKey: string }> {
  const id = await finalizeOne(service, world, 0);
  await drain();
  const { posting, steps } = await detailOf(id);
  expect(posting.state).toBe('attention');
  return { id, stepKey: steps[0]?.stepKey ?? '' };
}
const settle = (id: string, stepKey: string, externalId = 'JE-77') => service.settle(world.tenantId, id, 'anna', { reason: REASON, documents: [{ stepKey, externalId }] });
/** Lets the time in which a call may still be booked pass, without waiting for it. */
const afterTheWait = (id: string) => asOwner(db.url, `UPDATE posting_step SET sent_at = sent_at - interval '1 hour', resend_after = resend_after - interval '1 hour' WHERE posting_id = $1`, [id]);

describe('settling by hand what may still be booked', () => {
  it('is refused while the target may still book the lost call, and afterwards because it did; trying again takes that over', async () => {
    install({ processingMsMax: 3_500 });
    erp.behave({ lateShare: 1, lateMs: 3_000 });
    const { id, stepKey } = await givenUp();
    expect(erp.ledger().records).toBe(0);
    const { sentAt } = (await detailOf(id)).steps[0] ?? { sentAt: null };
    const until = new Date(Date.parse(sentAt ?? '') + SEND_TIMEOUT_MS + 50 + 100 + 3_500).toISOString();
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining(`may still be booked by the target until ${until}`) as string });
    await sleep(Date.parse(until) - Date.now() + 20);
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining(`the target has step ${stepKey} as r1`) as string });
    expect(await stateOf(id)).toBe('attention');
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect([await stateOf(id), erp.ledger().records]).toEqual(['verified', 1]);
  });

  it('is taken once the wait is over and the target says that it has nothing; the evidence holds the question', async () => {
    install({ processingMsMax: 60_000 });
    script.send = [LOST];
    const { id, stepKey } = await givenUp();
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow' });
    await afterTheWait(id);
    await settle(id, stepKey);
    expect([await stateOf(id), await stepsOf(id)]).toEqual(['settledByPerson', [['settled', 'JE-77']]]);
    const bundle = await service.evidence(world.tenantId, id);
    expect([bundle.chain.problems, bundle.moves.at(-1)?.evidence]).toEqual([[], { settledBy: 'anna', documents: [{ stepKey, externalId: 'JE-77' }], lookUp: { absent: [stepKey] } }]);
  });

  it('is refused while the target has it and has not decided, and taken once it was taken out there', async () => {
    install({ processingMsMax: 60_000 });
    script = { send: [{ state: 'pending' }], find: [{ state: 'pending' }] };
    const { id, stepKey } = await givenUp();
    expect(await stepsOf(id)).toEqual([['accepted', null]]);
    await expect(settle(id, stepKey)).rejects.toMatchObject({ message: expect.stringContaining('may still be booked by the target until') as string });
    await afterTheWait(id);
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('has not decided: book it or take it out there first') as string });
    script.find = ['absent'];
    await settle(id, stepKey);
    expect(await stateOf(id)).toBe('settledByPerson');
  });

  it('is taken on the person\'s word alone where the target cannot be asked, and the evidence says so', async () => {
    install({ processingMsMax: 60_000 });
    script = { send: [LOST], find: [{ kind: 'transient' }] };
    const { id, stepKey } = await givenUp();
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow' });
    await afterTheWait(id);
    await settle(id, stepKey);
    expect((await detailOf(id)).moves.at(-1)?.evidence).toMatchObject({ settledBy: 'anna', lookUp: { notAsked: 'the ERP is down' } });
  });

  it('counts the calls before the refusal too: a target with unique keys is sent to again before the first call is decided', async () => {
    install({ duplicateGuard: 'repeatable', processingMsMax: 60_000 }, 5);
    script = { send: [LOST, { kind: 'invalid', issues: [{ path: 'postedOn', value: '', problem: 'the period is closed' }] }], find: ['absent', { kind: 'transient' }] };
    const { id, stepKey } = await givenUp();
    expect([await stepsOf(id), (await detailOf(id)).steps[0]?.attempts]).toEqual([[['refused', null]], 2]);
    await expect(settle(id, stepKey)).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('it can be settled by hand after that') as string });
    await expect(service.cancel(world.tenantId, id, 'anna', 'not wanted')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('it can be cancelled after that') as string });
    await afterTheWait(id);
    await expect(service.cancel(world.tenantId, id, 'anna', 'not wanted')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('cannot be asked whether it has') as string });
    script.find = ['absent'];
    await service.cancel(world.tenantId, id, 'anna', 'not wanted');
    expect([await stateOf(id), (await detailOf(id)).moves.at(-1)?.evidence]).toEqual(['cancelled', { lookUp: { absent: [stepKey] } }]);
  });

  it('needs no wait where the only call was refused', async () => {
    script.send = [{ kind: 'invalid', issues: [{ path: 'memo', value: '', problem: 'not allowed' }] }];
    const { id, stepKey } = await givenUp();
    await settle(id, stepKey);
    expect(await stateOf(id)).toBe('settledByPerson');
  });
});

describe('what a sync sees of a posting that was settled by hand', () => {
  async function settledAs(externalId: string): Promise<{ readonly id: string; readonly stepKey: string }> {
    script.send = [LOST];
    const given = await givenUp();
    await afterTheWait(given.id);
    await settle(given.id, given.stepKey, externalId);
    return given;
  }
  const seePayment = (externalId: string, number: string, key: { readonly idempotencyKey?: string; readonly reference?: string }) => asOwner(db.url, `
    INSERT INTO payment (tenant_id, connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, number, kind, customer_external_id, currency, received_on, total_minor,
      unapplied_minor, status, reference, idempotency_key)
    SELECT tenant_id, id, $2, 0, 'test', 1, 0, '', $3, 'payment', 'cust-1', 'USD', '2026-01-31', 1000, 0, 'applied', $4, $5 FROM connection WHERE id = $1`,
  [world.connectionId, externalId, number, key.reference ?? null, key.idempotencyKey ?? null]);
  const look = () => watch.look(world.tenantId, world.connectionId);

  it.each(['idempotencyKey', 'reference'])('brings it before a person when another payment bears its key as %s: event, attention, and the bank transaction with it', async (field) => {
    const { id, stepKey } = await settledAs('JE-77');
    await seePayment('4711', 'PAY-9', { [field]: stepKey });
    expect(await look()).toBe(1);
    const { posting } = await detailOf(id);
    expect(posting).toMatchObject({ state: 'attention', stateBecause: expect.stringContaining('settled by hand as JE-77, but the ERP shows payment PAY-9 (4711) under the same key') });
    expect((await eventsOf(id)).slice(-2)).toEqual(['posting.attention', 'posting.contradicted']);
    expect(await asOwner(db.url, 'SELECT status FROM bank_transaction WHERE id = $1', [world.bankTransactionIds[0]])).toEqual([{ status: 'attention' }]);
    expect((await service.evidence(world.tenantId, id)).chain.problems).toEqual([]);
  });

  it('says nothing about the payment the person named, by its id or by its number, nor about one that is gone', async () => {
    const { id, stepKey } = await settledAs('pay-9');
    await seePayment('4711', 'PAY-9', { idempotencyKey: stepKey });
    await seePayment('4712', 'PAY-10', { idempotencyKey: stepKey });
    await asOwner(db.url, `UPDATE payment SET deleted_at = now() WHERE connection_id = $1 AND external_id = '4712'`, [world.connectionId]);
    expect([await look(), await stateOf(id)]).toEqual([0, 'settledByPerson']);
  });

  it('takes over what is there when the person undid the document made by hand, and never sends again', async () => {
    const { id, stepKey } = await settledAs('JE-77');
    await seePayment('r1', 'PAY-9', { idempotencyKey: stepKey });
    await look();
    script = { find: [{ state: 'booked', externalId: 'r1' }] };
    const base = erp.ledger().bookings;
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect([await stepsOf(id), erp.ledger().bookings]).toEqual([[['booked', 'r1']], base]);
    // The mock ERP never had r1: what is taken over is read back like everything else.
    expect(await stateOf(id)).toBe('differs');
  });

  it('does not send it again either where the target no longer has it, and is told once only', async () => {
    const { id, stepKey } = await settledAs('JE-77');
    await seePayment('4711', 'PAY-9', { idempotencyKey: stepKey });
    await look();
    script = {};
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect([await stateOf(id), await stepsOf(id), erp.ledger().bookings]).toEqual(['attention', [['accepted', 'JE-77']], 0]);
    await settle(id, stepKey);
    expect([await look(), await stateOf(id)]).toEqual([0, 'settledByPerson']);
  });
});
