/** Postings from finalize to verified, in one process, against a target that misbehaves on demand. */
import { parseLocalDate } from '#canonical';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostingError, PostingJanitor, PostingLane, PostingService, type DrainReport, type LaneLimits, type PostingConnection } from '#posting';
import { acquireLease, releaseLease, type PostingRow } from '#storage';
import { CALM, MockErp } from '../faults/mock-erp.js';
import { mockConnection, type MockSettings } from '../faults/mock-connector.js';
import { amountOf, asOwner, draftOf, finalizeOne, invoiceIdOf, makeWorld, type PostingWorld } from '../faults/posting-world.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const QUICK: Partial<LaneLimits> = { leaseMarginMs: 50, turnWaitMsMax: 500, lingerMs: 60, readBackLingerMs: 10, lookUpLingerMs: 5, preflightLingerMs: 2 };
const usd = (minor: bigint) => ({ minor, currency: 'USD' });

let db: TestDatabase;
let erp: MockErp;
let url: string;
let world: PostingWorld;
let connection: PostingConnection;
let service: PostingService;
let lane: PostingLane;
const woken: string[] = [];

beforeAll(async () => { db = await openTestDatabase(); });
afterAll(async () => { await db.close(); });

beforeEach(async () => {
  erp = new MockErp();
  url = await erp.start();
  world = await makeWorld(db.database, db.tenantId, 12);
  woken.length = 0;
  install({});
});
afterEach(async () => { await erp.stop(); });

function install(settings: Partial<MockSettings>): void {
  connection = mockConnection({ url, sendTimeoutMs: 400, processingMsMax: 600, concurrency: 4, ...settings }, world);
  const wake = (_tenant: string, connectionId: string): void => { woken.push(connectionId); };
  service = new PostingService({ database: db.database, openConnection: () => Promise.resolve(connection), wake, now: () => new Date() });
  lane = new PostingLane({ database: db.database, openConnection: () => Promise.resolve(connection), wake, log: () => undefined, limits: QUICK });
}

const drainOnce = () => lane.drain(world.tenantId, world.connectionId, new AbortController().signal);
/** Drains until nothing waits any more, as the queue would by its wakes. The counts are those of the first drain that had any. */
async function drain(): Promise<DrainReport> {
  let report = await drainOnce();
  for (let last = report; last.nextInMs !== null && last.ended === 'empty';) {
    await sleep(last.nextInMs);
    last = await drainOnce();
    if (report.claimed === 0) report = last;
  }
  return report;
}
async function postingOf(id: string): Promise<PostingRow> {
  const detail = await service.get(world.tenantId, id);
  if (detail === null) throw new Error(`no posting ${id}`);
  return detail.posting;
}
async function bankStatus(index: number): Promise<string> {
  const [row] = await asOwner<{ status: string }>(db.url, 'SELECT status FROM bank_transaction WHERE id = $1', [world.bankTransactionIds[index]]);
  return row?.status ?? '';
}
async function reserved(): Promise<number> {
  const [row] = await asOwner<{ count: number }>(db.url, 'SELECT count(*)::int AS count FROM posting_share WHERE connection_id = $1 AND released_at IS NULL', [world.connectionId]);
  return row?.count ?? -1;
}
async function eventTypes(subjectId: string): Promise<string[]> {
  return (await asOwner<{ type: string }>(db.url, `SELECT type FROM event WHERE subject = 'posting' AND subject_id = $1 ORDER BY id`, [subjectId])).map(({ type }) => type);
}

/** From now on the target changes what it was sent. */
function tamperAfterSend(fields: Record<string, string>): void {
  const book = connection.connector.write?.send.bind(connection.connector.write);
  const door = { ...connection.connector.write, send: async (...given: Parameters<NonNullable<typeof book>>) => {
    const result = await book?.(...given);
    erp.tamper(given[1].stepKey, fields);
    return result;
  } };
  connection = { ...connection, connector: { ...connection.connector, write: door as NonNullable<typeof connection.connector.write> } };
}

describe('finalize', () => {
  it('stores the posting, reserves the open amounts, moves the bank transaction and wakes the lane, before the target hears of it', async () => {
    const id = await finalizeOne(service, world, 0);
    expect(await postingOf(id)).toMatchObject({ state: 'planned', amountMinor: '1000', currency: 'USD', moveCount: 1 });
    expect([await bankStatus(0), await reserved(), woken, await eventTypes(id)]).toEqual(['posting', 1, [world.connectionId], ['posting.finalized']]);
    expect(erp.ledger().bookings).toBe(0);
  });

  it('mints the key: two equal payments are two postings', async () => {
    const half = { amount: usd(1_004n), invoices: [{ externalId: invoiceIdOf(5), number: 'INV-5', lineExternalId: null, amount: usd(500n), openBefore: usd(1_005n) }], onAccount: usd(504n) };
    const first = await finalizeOne(service, world, 4, half);
    await asOwner(db.url, 'UPDATE bank_transaction SET amount_minor = 1004 WHERE id = $1', [world.bankTransactionIds[6]]);
    const second = await finalizeOne(service, world, 6, half);
    const keys = [(await postingOf(first)).idempotencyKey, (await postingOf(second)).idempotencyKey];
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^trb-[0-9a-f]{32}$/);
  });

  it('refuses a bank transaction that is being posted, and one that is not used up', async () => {
    await finalizeOne(service, world, 0);
    await expect(finalizeOne(service, world, 0)).rejects.toThrow(`bank transaction ${world.bankTransactionIds[0]} is being posted already`);
    await expect(finalizeOne(service, world, 1, { amount: usd(900n), invoices: [], onAccount: usd(900n) })).rejects.toThrow('the postings add up to 9.00 USD, the bank transaction is 10.01 USD');
  });

  it.each([
    ['taken back by the bank', 'withdrawn_by_statement_id = bank_statement_id'],
    ['not booked yet', 'pending = true'],
  ])('refuses money that is not there: a line that was %s', async (why, change) => {
    await asOwner(db.url, `UPDATE bank_transaction SET ${change} WHERE id = $1`, [world.bankTransactionIds[0]]);
    await expect(finalizeOne(service, world, 0)).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining(why) });
    expect([await reserved(), woken]).toEqual([0, []]);
  });

  it('lets one of two concurrent finalizes of the same open amount win, whatever the order', async () => {
    const same = (index: number) => finalizeOne(service, world, index, {
      amount: usd(amountOf(index)), onAccount: usd(amountOf(index) - 600n), invoices: [{ externalId: invoiceIdOf(9), number: 'INV-9', lineExternalId: null, amount: usd(600n), openBefore: usd(1_009n) }],
    });
    const outcomes = await Promise.allSettled([same(0), same(1), same(2), same(3)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.find((outcome): outcome is PromiseRejectedResult => outcome.status === 'rejected');
    expect((refused?.reason as PostingError | undefined)?.message).toBe('INV-9: 6.00 USD is more than is free; open is 10.09 USD, of which 6.00 USD is promised to other postings');
  });

  it('finalizes several customers\' parts of one bank transaction together or not at all', async () => {
    const part = (invoice: number, minor: bigint) => ({ customerId: world.customerId, intent: draftOf(invoice, {
      amount: usd(minor), invoices: [{ externalId: invoiceIdOf(invoice), number: `INV-${invoice}`, lineExternalId: null, amount: usd(minor), openBefore: usd(amountOf(invoice)) }],
    }) });
    const request = { connectionId: world.connectionId, bankTransactionId: world.bankTransactionIds[0] ?? '', createdBy: 'tester' };
    await expect(service.finalize(world.tenantId, { ...request, parts: [part(1, 500n), part(2, 400n)] })).rejects.toThrow('add up to 9.00 USD');
    expect(await reserved()).toBe(0);
    await service.finalize(world.tenantId, { ...request, parts: [part(1, 600n), part(2, 400n)] });
    await drain();
    expect([await bankStatus(0), erp.ledger().paymentMinor]).toEqual(['posted', '1000']);
  });

  it('shows what a posting would do without storing or booking anything', async () => {
    const [plan] = await service.dryRun(world.tenantId, { connectionId: world.connectionId, parts: [{ intent: draftOf(0), customerId: null }] }, new AbortController().signal);
    expect(plan?.effects).toEqual([{ document: 'invoice', externalId: 'inv-0', number: 'INV-0', currency: 'USD', before: '10.00', after: '0.00' }]);
    expect([plan?.steps[0]?.operation, plan?.refusals, await reserved(), erp.ledger().bookings]).toEqual(['post', [], 0, 0]);
  });

  it('keeps other tenants out', async () => {
    const id = await finalizeOne(service, world, 0);
    expect(await service.get(db.otherTenantId, id)).toBeNull();
    expect((await service.list(db.otherTenantId, { filters: {} })).rows).toEqual([]);
    await expect(service.cancel(db.otherTenantId, id, 'x', 'y')).rejects.toThrow(`there is no posting ${id}`);
  });
});

describe('the lane', () => {
  it('books each posting once and verifies it field by field', async () => {
    const ids = await Promise.all([0, 1, 2, 3].map((index) => finalizeOne(service, world, index)));
    const report = await drain();
    expect(report).toMatchObject({ ended: 'empty', claimed: 4, sent: 4, verified: 4, lookUps: 0, nextInMs: null });
    for (const id of ids) {
      expect(await postingOf(id)).toMatchObject({ state: 'verified', dueAt: null, leaseExpiresAt: null });
      expect(await eventTypes(id)).toEqual(['posting.finalized', 'posting.verified']);
    }
    expect([await bankStatus(2), erp.ledger().records, erp.ledger().paymentMinor]).toEqual(['posted', 4, String(1000 + 1001 + 1002 + 1003)]);
  });

  it('resolves placeholders and resumes at the step: the second step needs the first one\'s id', async () => {
    install({ twoSteps: true });
    const id = await finalizeOne(service, world, 0);
    await drain();
    const detail = await service.get(world.tenantId, id);
    expect(detail?.posting.state).toBe('verified');
    expect(detail?.moves.map(({ toState }) => toState)).toEqual(['planned', 'sending', 'partlySent', 'sending', 'sent', 'verified']);
    expect(detail?.steps.map(({ externalId }) => externalId)).toEqual(['r1', 'r2']);
  });

  it('holds a posting open that the target holds differently, with the difference, until a person accepts it with a reason', async () => {
    const id = await finalizeOne(service, world, 0);
    tamperAfterSend({ customer: 'cust-2' });
    await drain();
    const detail = await service.get(world.tenantId, id);
    expect(detail?.posting).toMatchObject({ state: 'differs', differences: [{ field: 'customer', expected: 'cust-1', booked: 'cust-2' }] });
    expect(await bankStatus(0)).toBe('attention');
    await expect(service.acceptDifference(world.tenantId, id, 'anna', ' ')).rejects.toThrow('say why');
    await service.acceptDifference(world.tenantId, id, 'anna', 'customer was merged');
    expect([(await postingOf(id)).state, await bankStatus(0)]).toEqual(['differenceAccepted', 'posted']);
  });

  it('adopts a booking whose answer was lost, without a second send', async () => {
    erp.behave({ lostShare: 1 });
    const id = await finalizeOne(service, world, 0);
    await drain();
    expect((await postingOf(id)).state).toBe('verified');
    expect(erp.ledger()).toMatchObject({ bookings: 1, records: 1 });
  });

  it('does not send again before the target\'s processing time is over: a commit after we gave up is adopted', async () => {
    erp.behave({ lateShare: 1, lateMs: 700 });
    const id = await finalizeOne(service, world, 0);
    await drain();
    expect(erp.ledger()).toMatchObject({ bookings: 1, records: 1 });
    expect((await postingOf(id)).state).toBe('verified');
    const moves = (await service.get(world.tenantId, id))?.moves.map(({ toState }) => toState) ?? [];
    expect(moves.filter((state) => state === 'sending')).toHaveLength(1);
    expect(moves).toContain('unknown');
  });

  it('sends again when the wait is over and the target does not have it', async () => {
    erp.behave({ errorShare: 1 });
    const spy = jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      const id = await finalizeOne(service, world, 0);
      const drained = drain();
      setTimeout(() => erp.behave(CALM), 300);
      await drained;
      expect((await postingOf(id)).state).toBe('verified');
      expect(erp.ledger()).toMatchObject({ bookings: 2, records: 1 });
    } finally {
      spy.mockRestore();
    }
  });

  it('brings a refusal to a person, who cancels and thereby frees the money, or tries again', async () => {
    const refused = await finalizeOne(service, world, 0, { memo: 'refuse me' });
    await drain();
    expect(await postingOf(refused)).toMatchObject({ state: 'attention', stateBecause: expect.stringContaining('this memo is not allowed') as string });
    expect([await bankStatus(0), await reserved()]).toEqual(['attention', 1]);
    await service.retry(world.tenantId, refused, 'anna');
    expect((await postingOf(refused)).state).toBe('planned');
    await drain();
    await service.cancel(world.tenantId, refused, 'anna', 'booked by hand');
    expect([(await postingOf(refused)).state, await bankStatus(0), await reserved()]).toEqual(['cancelled', 'needsAllocation', 0]);
    const again = await finalizeOne(service, world, 0);
    await drain();
    expect([(await postingOf(again)).state, await bankStatus(0)]).toEqual(['verified', 'posted']);
  });

  it('stops the whole lane when the target does not let us in, and loses nothing', async () => {
    erp.behave({ unauthorized: true });
    const ids = await Promise.all([0, 1, 2].map((index) => finalizeOne(service, world, index)));
    expect(await drain()).toMatchObject({ ended: 'paused' });
    expect(await drain()).toMatchObject({ ended: 'paused', claimed: 0 });
    const [row] = await asOwner<{ status: string; because: string }>(db.url, 'SELECT status, paused_because AS because FROM connection WHERE id = $1', [world.connectionId]);
    expect(row).toEqual({ status: 'paused', because: 'the token has been revoked (renew the token)' });
    for (const id of ids) expect((await postingOf(id)).state).toBe('planned');
    erp.behave({ unauthorized: false });
    await asOwner(db.url, `UPDATE connection SET status = 'active' WHERE id = $1`, [world.connectionId]);
    await drain();
    expect(erp.ledger().records).toBe(3);
  });

  it('slows down when asked to, counts that as no attempt, and loses nothing', async () => {
    erp.behave({ grantPerSecond: 20, grantBurst: 2, retryAfterSeconds: 0 });
    for (let index = 0; index < 8; index += 1) await finalizeOne(service, world, index);
    await drain();
    expect(erp.ledger().records).toBe(8);
    const [row] = await asOwner<{ attempts: number }>(db.url, 'SELECT max(s.attempts) AS attempts FROM posting_step s JOIN posting p ON p.id = s.posting_id WHERE p.connection_id = $1', [world.connectionId]);
    expect(row?.attempts).toBe(1);
  });

  it('is worked by one worker at a time', async () => {
    await finalizeOne(service, world, 0);
    const other = await acquireLease(db.database, `posting-lane:${world.connectionId}`, 'another', 10_000);
    expect(await drain()).toMatchObject({ ended: 'busy', claimed: 0 });
    if (other !== null) await releaseLease(db.database, other);
    expect(await drain()).toMatchObject({ verified: 1 });
  });

  it('hands a posting that the hub itself trips over to a person, and goes on with the others', async () => {
    const [broken, sound] = [await finalizeOne(service, world, 0), await finalizeOne(service, world, 1)];
    await asOwner(db.url, `UPDATE posting_step SET step = jsonb_set(step::jsonb, '{body}', '{"x": {"$step": "nowhere"}}')::json WHERE posting_id = $1`, [broken]);
    await drain();
    expect((await postingOf(broken)).stateBecause).toContain('the hub could not go on: PlaceholderError');
    expect((await postingOf(sound)).state).toBe('verified');
  });
});

const wish = { reversedOn: parseLocalDate('2026-02-01'), reason: 'wrong customer' };

describe('reversal', () => {
  it('undoes a verified posting once, marks the original and frees the money', async () => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    expect(await service.previewReversal(world.tenantId, id, wish)).toMatchObject({ by: 'target', steps: [{ operation: 'reverse' }] });
    const [first, second] = await Promise.all([service.reverse(world.tenantId, id, wish, 'anna'), service.reverse(world.tenantId, id, wish, 'ben')]);
    expect('postingId' in first && 'postingId' in second && first.postingId === second.postingId).toBe(true);
    expect(await bankStatus(0)).toBe('posting');
    await drain();
    expect([(await postingOf(id)).state, await bankStatus(0), await reserved()]).toEqual(['reversed', 'needsAllocation', 0]);
    expect(erp.ledger()).toMatchObject({ paymentMinor: '1000', reversedMinor: '1000', duplicatedKeys: 0 });
    expect(await eventTypes(id)).toEqual(['posting.finalized', 'posting.verified', 'posting.reversed']);
    expect(await service.reverse(world.tenantId, id, wish, 'anna')).toMatchObject({ already: true });
  });

  it('refuses what nobody has seen in the target', async () => {
    const id = await finalizeOne(service, world, 0);
    await expect(service.reverse(world.tenantId, id, wish, 'anna')).rejects.toThrow(`posting ${id} is "planned": only one that was verified`);
  });

  it('tells a person why, where the target offers no way, before any effect', async () => {
    install({ withoutReversal: true });
    const id = await finalizeOne(service, world, 0);
    await drain();
    expect(await service.reverse(world.tenantId, id, wish, 'anna')).toEqual({ byPersonBecause: 'the mock ERP was told not to' });
    expect([(await postingOf(id)).state, await eventTypes(id)]).toEqual(['verified', ['posting.finalized', 'posting.verified', 'posting.reversalNeedsPerson']]);
  });

  it('undoes the original also when a person accepts how the target holds the reversal: the money must not stay booked in the hub alone', async () => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    const outcome = await service.reverse(world.tenantId, id, wish, 'anna');
    const reversalId = 'postingId' in outcome ? outcome.postingId : '';
    tamperAfterSend({ reason: 'cut off by the target' });
    await drain();
    expect([(await postingOf(reversalId)).state, (await postingOf(id)).state]).toEqual(['differs', 'verified']);
    await service.acceptDifference(world.tenantId, reversalId, 'anna', 'only the text was cut');
    expect([(await postingOf(reversalId)).state, (await postingOf(id)).state, await bankStatus(0), await reserved()]).toEqual(['differenceAccepted', 'reversed', 'needsAllocation', 0]);
  });

  it('leaves the original verified when the period is closed, and can be cancelled', async () => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    erp.behave({ periodClosed: true });
    const outcome = await service.reverse(world.tenantId, id, wish, 'anna');
    await drain();
    const reversalId = 'postingId' in outcome ? outcome.postingId : '';
    expect([(await postingOf(id)).state, (await postingOf(reversalId)).state, await bankStatus(0)]).toEqual(['verified', 'attention', 'attention']);
    await service.cancel(world.tenantId, reversalId, 'anna', 'next month');
    expect(await bankStatus(0)).toBe('posted');
  });

  it('does not forget in a retry how often a step was sent: an early call may still arrive and undo what the reversal did', async () => {
    install({ duplicateGuard: 'repeatable', processingMsMax: 60_000 });
    lane = new PostingLane({ database: db.database, openConnection: () => Promise.resolve(connection), wake: () => undefined, log: () => undefined, limits: QUICK, postingLimits: { sendAttemptsMax: 2 } });
    erp.behave({ errorShare: 2 });
    const spy = jest.spyOn(Math, 'random').mockReturnValue(0);
    const id = await finalizeOne(service, world, 0);
    await drain().finally(() => { spy.mockRestore(); });
    expect(await postingOf(id)).toMatchObject({ state: 'attention', stateBecause: 'has no known outcome after 2 sends' });
    erp.behave(CALM);
    await service.retry(world.tenantId, id, 'anna');
    await drain();
    expect((await postingOf(id)).state).toBe('verified');
    expect((await service.get(world.tenantId, id))?.steps.map(({ attempts, attemptsBeforeRetry }) => [attempts, attemptsBeforeRetry])).toEqual([[3, 2]]);
    await expect(service.reverse(world.tenantId, id, wish, 'anna')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('the first call may still arrive') as string });
  });
});

describe('what a person did in the ERP', () => {
  const reason = 'booked by hand, the account was locked for the interface';

  async function refusedHalfway(): Promise<string> {
    install({ twoSteps: true });
    const id = await finalizeOne(service, world, 0, { memo: 'refuse the note' });
    await drain();
    expect(await postingOf(id)).toMatchObject({ state: 'attention' });
    return id;
  }

  it('settles a posting of which a part is in the ERP: the money counts as posted, the evidence says on whose word', async () => {
    const id = await refusedHalfway();
    const stepKey = (await service.get(world.tenantId, id))?.steps[1]?.stepKey ?? '';
    await service.settle(world.tenantId, id, 'anna', { reason, documents: [{ stepKey, externalId: 'JE-77' }] });
    const detail = await service.get(world.tenantId, id);
    expect(detail?.posting).toMatchObject({ state: 'settledByPerson', stateBecause: reason, dueAt: null, verifiedAt: null });
    expect(detail?.steps.map(({ state, externalId }) => [state, externalId])).toEqual([['booked', 'r1'], ['settled', 'JE-77']]);
    expect([await bankStatus(0), (await eventTypes(id)).at(-1)]).toEqual(['posted', 'posting.settledByPerson']);
    const bundle = await service.evidence(world.tenantId, id);
    expect([bundle.chain.problems, bundle.moves.at(-1)?.evidence]).toEqual([[], { settledBy: 'anna', documents: [{ stepKey, externalId: 'JE-77' }] }]);
    expect(await drain()).toMatchObject({ claimed: 0 });
  });

  it('is undone by a person only, who says so; then the money is free', async () => {
    const id = await refusedHalfway();
    const stepKey = (await service.get(world.tenantId, id))?.steps[1]?.stepKey ?? '';
    await service.settle(world.tenantId, id, 'anna', { reason, documents: [{ stepKey, externalId: 'JE-77' }] });
    expect(await service.reverse(world.tenantId, id, wish, 'ben')).toEqual({ byPersonBecause: `a person settled it in the ERP by hand (${reason}): undo it there by hand too, then say so here` });
    await service.reversedByPerson(world.tenantId, id, 'ben', 'JE-77 voided');
    expect([(await postingOf(id)).state, await bankStatus(0), await reserved()]).toEqual(['reversed', 'needsAllocation', 0]);
  });

  it('does not stand in for a reversal the hub can do', async () => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    await expect(service.reversedByPerson(world.tenantId, id, 'ben', 'voided')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('can be undone by the hub') as string });
  });

  it.each<[string, (stepKey: string) => { reason: string; documents: { stepKey: string; externalId: string }[] }, string]>([
    ['without a reason', (stepKey) => ({ reason: ' ', documents: [{ stepKey, externalId: 'JE-77' }] }), 'say why'],
    ['without the document', () => ({ reason, documents: [] }), 'name the document it became'],
    ['with a document of a step that is booked or unknown', (stepKey) => ({ reason, documents: [{ stepKey, externalId: 'JE-77' }, { stepKey: 'nowhere', externalId: 'x' }] }), 'nowhere is not an open step'],
    ['with two documents of one step', (stepKey) => ({ reason, documents: [{ stepKey, externalId: 'JE-77' }, { stepKey, externalId: 'JE-78' }] }), 'is named twice'],
  ])('is not taken %s', async (_what, said, problem) => {
    const id = await refusedHalfway();
    const stepKey = (await service.get(world.tenantId, id))?.steps[1]?.stepKey ?? '';
    await expect(service.settle(world.tenantId, id, 'anna', said(stepKey))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(problem) as string });
    expect((await postingOf(id)).state).toBe('attention');
  });

  it('is not taken while the lane has it, or when all is done', async () => {
    const id = await finalizeOne(service, world, 0);
    await expect(service.settle(world.tenantId, id, 'anna', { reason, documents: [] })).rejects.toMatchObject({ code: 'notNow' });
    await drain();
    await expect(service.settle(world.tenantId, id, 'anna', { reason, documents: [] })).rejects.toMatchObject({ code: 'notNow' });
  });
});

describe('text that is no text', () => {
  it.each([['half a character', 'cut \uD83D'], ['U+0000', 'null \0 byte']])('%s in a memo, in a plan and in the target\'s own words does not hold a posting up', async (_what, memo) => {
    const id = await finalizeOne(service, world, 0, { memo });
    tamperAfterSend({ memo });
    await drain();
    expect(await postingOf(id)).toMatchObject({ state: 'differs' });
    const bundle = await service.evidence(world.tenantId, id);
    expect(bundle.chain.problems).toEqual([]);
    expect(bundle.steps[0]?.step.expected.fields['memo']).toContain('\uFFFD');
  });
});

describe('evidence', () => {
  it('exports plan, moves, answers and read-back, and verifies', async () => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    const bundle = await service.evidence(world.tenantId, id);
    expect(bundle.chain.problems).toEqual([]);
    expect(bundle.moves.map(({ toState, because }) => `${toState}: ${because}`)).toEqual([
      'planned: finalized', 'sending: step 1 of 1 is sent', 'sent: step 1 of 1: booked as r1', 'verified: read back: every field as planned',
    ]);
    expect(bundle.steps[0]?.booked?.externalId).toBe('r1');
  });

  it.each([
    ['a reason', `UPDATE posting_move SET because = 'nothing' WHERE posting_id = $1 AND sequence = 3`],
    ['an answer', `UPDATE posting_move SET evidence = '{}' WHERE posting_id = $1 AND sequence = 3`],
    ['a removed move', 'DELETE FROM posting_move WHERE posting_id = $1 AND sequence = 4'],
    ['a state', `UPDATE posting SET state = 'attention' WHERE id = $1`],
    ['the plan', `UPDATE posting_step SET step = jsonb_set(step::jsonb, '{body}', '{}')::json WHERE posting_id = $1`],
  ])('shows tampering with %s', async (_what, sql) => {
    const id = await finalizeOne(service, world, 0);
    await drain();
    await asOwner(db.url, sql, [id]);
    expect((await service.evidence(world.tenantId, id)).chain.problems.length).toBeGreaterThan(0);
  });
});

describe('the janitor', () => {
  it('wakes lanes with due postings only, and sets postings going that nobody would ever look at', async () => {
    await asOwner(db.url, 'UPDATE posting SET due_at = NULL, state = \'cancelled\'');
    const found: string[] = [];
    const janitor = new PostingJanitor({ database: db.database, wake: (_tenant, connectionId) => { found.push(connectionId); }, log: () => undefined });
    expect(await janitor.sweep()).toEqual({ lanes: 0, stuck: 0 });
    const id = await finalizeOne(service, world, 0);
    await asOwner(db.url, 'UPDATE posting SET due_at = NULL WHERE id = $1', [id]);
    expect(await janitor.sweep()).toEqual({ lanes: 1, stuck: 1 });
    expect(found).toEqual([world.connectionId]);
    await drain();
    expect(await janitor.sweep()).toEqual({ lanes: 0, stuck: 0 });
  });
});

describe('the list', () => {
  it('filters by state, connection and customer, and pages by keyset', async () => {
    const ids: string[] = [];
    for (const index of [0, 1, 2]) ids.push(await finalizeOne(service, world, index));
    const filters = { connectionId: world.connectionId, state: 'planned,sending', customerId: world.customerId };
    const first = await service.list(world.tenantId, { filters, limit: 2 });
    expect(first.rows.map(({ id, customerName }) => [id, customerName])).toEqual([[ids[2], 'Customer One'], [ids[1], 'Customer One']]);
    const second = await service.list(world.tenantId, { filters, limit: 2, ...(first.nextCursor === null ? {} : { cursor: first.nextCursor }) });
    expect([second.rows.map(({ id }) => id), second.nextCursor]).toEqual([[ids[0]], null]);
    expect((await service.list(world.tenantId, { filters: { ...filters, state: 'verified' } })).rows).toEqual([]);
  });
});
