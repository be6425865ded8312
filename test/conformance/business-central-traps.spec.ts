import type { EntityName } from '#canonical';
import { ConnectorError, type Checkpoint, type Context, type SourceRecord } from '#connector-kit';
import { planOf, sendOnce, stepsOf, takeAll } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import type { TenantSettings } from '../../apps/sandbox/src/index.js';
import { benchOf, businessCentralTenants } from './business-central-bench.js';
import type { BusinessCentralHarness, BusinessCentralVariant } from './business-central-harness.js';

/** What goes wrong with Business Central in practice (reference/dynamics.md 2 and 4), each against the sandbox. */
const MINUTE_MS = 60_000;
const { started, stopAll } = businessCentralTenants();
afterEach(stopAll);

async function read(harness: BusinessCentralHarness, entity: Extract<EntityName, keyof typeof businessCentral.read>, from: Checkpoint | null = null): Promise<{ records: ReadonlyMap<string, SourceRecord>; checkpoint: Checkpoint | null }> {
  const pages = await takeAll(entity, businessCentral.read[entity].changes(harness.context(), from));
  return { records: new Map(pages.flatMap((page) => page.records).map((record) => [record.externalId, record])), checkpoint: pages.at(-1)?.checkpoint ?? from };
}

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (error instanceof ConnectorError) return error;
  throw new Error(`no ConnectorError but ${String(error)}`);
}

describe('reading Business Central', () => {
  it('leaves drafts and released drafts out, though a released one shows "Open", and brings them once they are posted', async () => {
    const harness = await started();
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const [draft, released, posted] = (['draft', 'released', 'posted'] as const).map((state) => elsewhere.addInvoice({ customerNumber, amount: '100', state }));
    const credit = elsewhere.addCreditMemo({ customerNumber, amount: '30', state: 'released' });
    const invoices = await read(harness, 'invoice');
    expect([...invoices.records.keys()]).toEqual([posted?.id]);
    expect((await read(harness, 'creditMemo')).records.has(credit.id)).toBe(false);
    expect([draft?.id, released?.id].filter((id) => invoices.records.has(id ?? ''))).toEqual([]);
    const ids: string[] = [];
    for await (const page of businessCentral.read.invoice.ids?.(harness.context()) ?? []) ids.push(...page);
    expect(ids).toEqual([posted?.id]);
    expect(await byHand(harness, `salesInvoices(${released?.id ?? ''})/Microsoft.NAV.post`, {})).toBe(204);
    expect([...(await read(harness, 'invoice', invoices.checkpoint)).records.keys()]).toContain(released?.id);
  });

  it.each([['with the ledger app', {}], ['with the general ledger alone', { reportsFinanceInstalled: false }]] as const)('tells posted from released %s', async (_how, tenant) => {
    const harness = await started({ tenant });
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const posted = elsewhere.addInvoice({ customerNumber, amount: '100' });
    elsewhere.addInvoice({ customerNumber, amount: '100', state: 'released' });
    expect([...(await read(harness, 'invoice')).records.keys()]).toEqual([posted.id]);
  });

  it('brings a partly paid invoice again, though its own moment does not move', async () => {
    const harness = await started();
    const [id] = await harness.seed('invoice', 1);
    const before = await read(harness, 'invoice');
    await harness.passTime(60 * MINUTE_MS);
    harness.world.sandbox.elsewhere.settleInvoice(harness.world.book.numberOf(id ?? ''), '40');
    await harness.passTime(1000);
    const after = await read(harness, 'invoice', before.checkpoint);
    const [old, now] = [before.records.get(id ?? ''), after.records.get(id ?? '')];
    expect(now?.payload['lastModifiedDateTime']).toBe(old?.payload['lastModifiedDateTime']);
    expect([old?.payload['remainingAmount'], now?.payload['remainingAmount']].map(Number)).toEqual([100, 60]);
    expect((now?.revision ?? '') > (old?.revision ?? '')).toBe(true);
  });

  it('without a ledger shows a partial payment in the sweep of open items', async () => {
    const harness = await started({ tenant: { reportsFinanceInstalled: false } });
    const [id] = await harness.seed('invoice', 1);
    harness.world.sandbox.elsewhere.settleInvoice(harness.world.book.numberOf(id ?? ''), '40');
    const swept: SourceRecord[] = [];
    for await (const page of businessCentral.read.invoice.openItems?.(harness.context()) ?? []) swept.push(...page.records);
    expect(swept.map((record) => [record.externalId, Number(record.payload['remainingAmount'])])).toEqual([[id, 60]]);
  });

  it('names the bill-to customer as debtor', async () => {
    const harness = await started();
    const { elsewhere } = harness.world.sandbox;
    const branch = elsewhere.addCustomer({ name: 'Branch', billToNumber: harness.world.book.customer.number });
    const invoice = elsewhere.addInvoice({ customerNumber: branch.number, amount: '100' });
    const { payload } = (await read(harness, 'invoice')).records.get(invoice.id) ?? {};
    expect([payload?.['billToCustomerId'], payload?.['customerId']]).toEqual([harness.world.book.customer.id, branch.id]);
  });

  it('goes on when a link it kept is refused, by reading from the beginning of what changed', async () => {
    const harness = await started();
    const seeded = await harness.seed('customer', 7);
    const [first] = await takeAll('customer', businessCentral.read.customer.changes(harness.context(), null));
    const link = String((first?.checkpoint as Record<string, unknown> | undefined)?.['link']);
    const stale = { ...first?.checkpoint, version: 1, link: link.replace(/skiptoken=[^&]+/, 'skiptoken=worn-out') } as Checkpoint;
    expect(stale).not.toEqual(first?.checkpoint);
    const { records } = await read(harness, 'customer', stale);
    expect(seeded.filter((id) => !records.has(id))).toEqual([]);
  });
});

const SOURCES: readonly (readonly [string, Partial<TenantSettings>, string])[] = [
  ['the analytics app', { analyticsInstalled: true }, 'analytics'], ['the companion extension', { companionInstalled: true }, 'extension'], ['balances alone', {}, 'inferred'],
];

describe.each(SOURCES)('allocations by %s', (_how, tenant, from) => {
  it('say which invoice a payment settled and what is left of it', async () => {
    const harness = await started({ tenant });
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const invoice = elsewhere.addInvoice({ customerNumber, amount: '100' });
    elsewhere.addInvoice({ customerNumber, amount: '70' });
    elsewhere.receivePayment({ customerNumber, amount: '60', invoiceNumber: invoice.number, documentNumber: 'M-1' });
    elsewhere.receivePayment({ customerNumber, amount: '25', documentNumber: 'M-2' });
    const payments = [...(await read(harness, 'payment')).records.values()].map(({ payload }) => payload);
    expect(payments.map((payload) => [payload['allocationsFrom'], payload['allocations'], Number(payload['unapplied'])])).toEqual([
      [from, [{ invoice: invoice.id, amount: expect.stringMatching(/^60(\.00)?$/) as string }], 0], [from, [], 25],
    ]);
  });

  it('say what is left of a payment that was used in part', async () => {
    const harness = await started({ tenant });
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const invoice = elsewhere.addInvoice({ customerNumber, amount: '40' });
    elsewhere.receivePayment({ customerNumber, amount: '60', invoiceNumber: invoice.number, documentNumber: 'M-1' });
    const [payment] = (await read(harness, 'payment')).records.values();
    // By balances nothing is certain of a payment that is still open: what it has settled stays unsaid rather than wrong.
    expect([Number(payment?.payload['unapplied']), Object.keys(payment?.payload['allocations'] ?? {}).length]).toEqual(from === 'inferred' ? [60, 0] : [20, 1]);
  });

  it('are taken back when somebody un-applies and reverses the payment', async () => {
    const harness = await started({ tenant });
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const invoice = elsewhere.addInvoice({ customerNumber, amount: '100' });
    elsewhere.receivePayment({ customerNumber, amount: '100', invoiceNumber: invoice.number, documentNumber: 'M-1' });
    const before = await read(harness, 'payment');
    const [id = ''] = before.records.keys();
    await harness.passTime(60 * MINUTE_MS);
    elsewhere.unapply('M-1');
    const unapplied = await read(harness, 'payment', before.checkpoint);
    expect([Number(unapplied.records.get(id)?.payload['unapplied']), unapplied.records.get(id)?.payload['allocations'], unapplied.records.get(id)?.payload['state'] === 'reversed']).toEqual([100, [], false]);
    await harness.passTime(60 * MINUTE_MS);
    elsewhere.reverse('M-1');
    const reversed = await read(harness, 'payment', unapplied.checkpoint);
    expect([...reversed.records.values()].map(({ externalId, payload }) => [externalId, payload['state'], Number(payload['unapplied'])])).toEqual([[id, 'reversed', 0]]);
  });

  it('say what a credit memo settled at its posting', async () => {
    const harness = await started({ tenant });
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    const invoice = elsewhere.addInvoice({ customerNumber, amount: '100' });
    const credit = elsewhere.addCreditMemo({ customerNumber, amount: '30', appliesTo: invoice.number });
    const open = elsewhere.addCreditMemo({ customerNumber, amount: '12' });
    const { records } = await read(harness, 'creditMemo');
    expect(records.get(credit.id)?.payload).toMatchObject({ allocationsFrom: from, allocations: [{ invoice: invoice.id, amount: expect.stringMatching(/^30(\.00)?$/) as string }] });
    expect([credit.id, open.id].map((id) => Number(records.get(id)?.payload['remainingAmount']))).toEqual([0, 12]);
  });
});

describe('allocations inferred from balances', () => {
  it('stay empty where more than one answer fits', async () => {
    const harness = await started();
    const { elsewhere } = harness.world.sandbox;
    const { number: customerNumber } = harness.world.book.customer;
    for (const document of ['M-1', 'M-2']) {
      const invoice = elsewhere.addInvoice({ customerNumber, amount: '100' });
      elsewhere.receivePayment({ customerNumber, amount: '100', invoiceNumber: invoice.number, documentNumber: document });
    }
    const payments = [...(await read(harness, 'payment')).records.values()].map(({ payload }) => payload);
    expect(payments.map((payload) => payload['allocations'])).toEqual([[], []]);
  });
});

describe('posting to Business Central', () => {
  it('writes one line for each invoice and one for the rest, negative, under one mark, in one transaction', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const intent = await harness.writes.intent('several');
    const [step] = await planOf(bench, intent);
    if (step === undefined) throw new Error('no step');
    const { lines } = step.body as { lines: Record<string, unknown>[] };
    expect(lines.map((line) => [(line['amount'] as { $number: string }).$number, line['appliesToInvoiceId']])).toEqual([['-100.00', intent.invoices[0]?.externalId], ['-25.00', intent.invoices[1]?.externalId], ['-50.00', undefined]]);
    expect(new Set(lines.map((line) => line['externalDocumentNumber'])).size).toBe(1);
    expect(String(lines[0]?.['externalDocumentNumber']).length).toBeLessThanOrEqual(35);
    expect(String(lines[0]?.['documentNumber']).length).toBeLessThanOrEqual(20);
    await sendOnce(bench, step);
    expect(harness.world.book.receipts().get(intent.idempotencyKey)).toBe(1);
    expect(harness.world.book.waitingLines()).toBe(0);
  });

  it('keeps keys apart that differ in case alone, though Business Central stores their mark in capitals', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const intent = await harness.writes.intent('inFull');
    const marks = await Promise.all(['pay_a', 'pay_A'].map(async (idempotencyKey) => (
      JSON.stringify((await planOf(bench, { ...intent, idempotencyKey }))[0]?.body['lines']).match(/"externalDocumentNumber":"([^"]+)"/)?.[1]
    )));
    expect(marks[0]?.toUpperCase()).not.toBe(marks[1]?.toUpperCase());
    expect(marks.every((mark) => mark === mark?.toUpperCase())).toBe(true);
  });

  it('takes 204 for "scheduled" where postings go by the job queue, and finds the booking later', async () => {
    const harness = await started({ tenant: { postWithJobQueue: true, jobQueueDelayMs: 5000 } });
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('inFull'));
    if (step === undefined) throw new Error('no step');
    expect(await sendOnce(bench, step)).toEqual({ state: 'pending' });
    expect((await bench.door.find(harness.context(), [step])).get(step.stepKey)).toEqual({ state: 'pending' });
    await harness.passTime(6000);
    expect((await bench.door.find(harness.context(), [step])).get(step.stepKey)?.state).toBe('booked');
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it('lets nobody touch lines that wait for the job queue', async () => {
    const harness = await started({ tenant: { postWithJobQueue: true, jobQueueDelayMs: 5000 } });
    const bench = benchOf(harness);
    const [[first], [second]] = [await planOf(bench, await harness.writes.intent('several')), await planOf(bench, await harness.writes.intent('inFull'))];
    if (first === undefined || second === undefined) throw new Error('no step');
    expect(await sendOnce(bench, first)).toEqual({ state: 'pending' });
    expect((await failureOf(sendOnce(bench, second))).failure.kind).toBe('transient');
    expect(harness.world.book.waitingLines()).toBe(3);
    await harness.passTime(6000);
    expect((await bench.door.find(harness.context(), [first])).get(first.stepKey)?.state).toBe('booked');
    expect(await sendOnce(bench, second)).toEqual({ state: 'pending' });
    await harness.passTime(6000);
    expect([await harness.writes.bookedCount(first.stepKey), await harness.writes.bookedCount(second.stepKey)]).toEqual([1, 1]);
  });

  it('sends a posting again whose job never ran, once its time is over, and books it once', async () => {
    const harness = await started({ tenant: { postWithJobQueue: true, jobQueueDelayMs: 3_600_000 } });
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('inFull'));
    if (step === undefined) throw new Error('no step');
    expect(await sendOnce(bench, step)).toEqual({ state: 'pending' });
    await harness.passTime(17 * MINUTE_MS);
    expect((await bench.door.find(harness.context(), [step])).size).toBe(0);
    harness.world.sandbox.settings.postWithJobQueue = false;
    expect((await sendOnce(bench, step, 2)).state).toBe('booked');
    await harness.passTime(120 * MINUTE_MS);
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it.each([['the number series of the batch replaces the document number', { postingNumberSeries: true }], ['the batch is made anew under the next name', { incrementBatchName: true }]] as const)('finds its booking when %s', async (_what, tenant) => {
    const harness = await started({ tenant });
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('inFull'));
    if (step === undefined) throw new Error('no step');
    expect((await sendOnce(bench, step)).state).toBe('booked');
    expect((await bench.door.readBack(harness.context(), [{ step, externalId: '1' }]))[0]?.fields['key']).toBe(step.stepKey);
  });

  it('shows cash on account that Business Central applied by itself ("Apply to Oldest") as a difference', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const { elsewhere } = harness.world.sandbox;
    const customer = elsewhere.addCustomer({ name: 'Oldest first', applicationMethod: 'Apply to Oldest' });
    elsewhere.addInvoice({ customerNumber: customer.number, amount: '80' });
    const intent = { ...harness.intentBase(), customerExternalId: customer.id, amount: { minor: 5_000n, currency: 'USD' }, onAccount: { minor: 5_000n, currency: 'USD' }, invoices: [] };
    const [step] = await planOf(bench, intent);
    if (step === undefined) throw new Error('no step');
    const sent = await sendOnce(bench, step);
    expect(sent.state).toBe('booked');
    const [booked] = await bench.door.readBack(harness.context(), [{ step, externalId: sent.state === 'booked' ? sent.externalId : '' }]);
    expect([step.expected.fields['unapplied'], booked?.fields['unapplied']]).toEqual(['50.00', '0.00']);
  });

  it('never posts lines that somebody else put into the batch', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const invoice = await harness.writes.intent('inFull');
    const steps = await planOf(bench, invoice);
    const other = harness.world.sandbox.elsewhere;
    const { book } = harness.world;
    const api = await foreignLine(harness);
    expect(api).toBe(201);
    const refusals = await bench.door.preflight(harness.context(), steps);
    expect(refusals.map(({ code, path }) => [code, path])).toEqual([['recordLocked', 'steps[0].body.journal']]);
    const failure = await failureOf(sendOnce(bench, steps[0] as never));
    expect(failure.failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'journal' }] });
    expect([book.receipts().size, other.paymentsOf('SOMEBODY').length, book.waitingLines()]).toEqual([0, 0, 1]);
  });

  it.each<[string, (harness: BusinessCentralHarness) => Promise<unknown>, string, number]>([
    ['a line of somebody else', foreignLine, 'invalid', 1],
    ['the lines being taken out by hand', async (harness) => { removeWaiting(harness); }, 'outcomeUnknown', 0],
    ['a line of somebody else while its own are taken out by hand', async (harness) => { removeWaiting(harness); await foreignLine(harness); }, 'outcomeUnknown', 1],
  ])('looks once more before it posts everything in the batch: %s, written meanwhile, stops it, and nothing of it stays there', async (_what, happens, kind, waiting) => {
    const harness = await started();
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('several'));
    if (step === undefined) throw new Error('no step');
    const { book, line } = harness.world;
    const failure = await failureOf(bench.door.send(afterWriting(harness, () => happens(harness)), step, { deadlineMs: 60_000, attempt: 1 }));
    expect(failure.failure.kind).toBe(kind);
    expect([book.receipts().size, book.waitingLines(), line.asked.filter((asked) => asked.endsWith('Microsoft.NAV.post'))]).toEqual([0, waiting, []]);
    expect((await bench.door.find(harness.context(), [step])).size).toBe(0);
  });

  it('takes out what an earlier call left in the batch before it leaves the batch to a person', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('several'));
    if (step === undefined) throw new Error('no step');
    harness.world.sandbox.faults.add({ kind: 'reset', pathContains: 'Microsoft.NAV.post', count: 1 });
    expect((await failureOf(sendOnce(bench, step))).failure.kind).toBe('outcomeUnknown');
    expect(harness.world.book.waitingLines()).toBe(3);
    await foreignLine(harness);
    expect((await failureOf(sendOnce(bench, step, 2))).failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'journal' }] });
    expect([harness.world.book.receipts().size, harness.world.book.waitingLines()]).toEqual([0, 1]);
  });

  it('refuses what it cannot do in words a person can act on', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const tools = harness.writes.tools(await businessCentral.probe(harness.context()));
    const withCredit = businessCentral.write.plan(await harness.writes.intent('withCredit'), tools);
    const withWriteOff = businessCentral.write.plan(await harness.writes.intent('withWriteOff'), tools);
    const intent = await harness.writes.intent('inFull');
    const booked = stepsOf(bench.door.plan(intent, tools)).map((step) => ({ step, externalId: '4711' }));
    const reversal = businessCentral.write.planReversal({ idempotencyKey: 'r', intent, booked, reversedOn: intent.postedOn, reason: 'wrong customer' }, tools);
    const texts = [withCredit, withWriteOff, reversal].map((plan) => ('refusals' in plan ? plan.refusals[0] : null));
    expect(texts.map((refusal) => refusal?.code)).toEqual(['notSupported', 'notSupported', 'notSupported']);
    expect(texts[2]?.cure).toMatch(/4711.*Unapply Entries.*Reverse Transaction/s);
  });

  it.each([
    ['a customer who is blocked', 'recordLocked', (harness: BusinessCentralHarness) => { harness.world.sandbox.elsewhere.blockCustomer(harness.world.book.customer.number, 'All'); }],
    ['a batch without balancing account', 'accountMissing', (harness: BusinessCentralHarness) => { harness.world.sandbox.book().update('journal_batch', harness.world.book.batchId(), { balancing_number: '' }); }],
    ['a batch that is gone', 'accountMissing', (harness: BusinessCentralHarness) => { harness.world.sandbox.book().remove('journal_batch', harness.world.book.batchId()); }],
  ] as const)('foresees %s', async (_what, code, happens) => {
    const harness = await started();
    const bench = benchOf(harness);
    const steps = await planOf(bench, await harness.writes.intent('inFull'));
    happens(harness);
    expect((await bench.door.preflight(harness.context(), steps)).map((refusal) => refusal.code)).toEqual([code]);
  });

  it('foresees an invoice of another customer, one in another currency, and one that is not posted', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const { elsewhere } = harness.world.sandbox;
    const other = elsewhere.addCustomer({ name: 'Other' });
    const intent = await harness.writes.intent('inFull');
    const [share] = intent.invoices;
    if (share === undefined) throw new Error('no share');
    const wishes = [
      elsewhere.addInvoice({ customerNumber: other.number, amount: '100' }), elsewhere.addInvoice({ customerNumber: harness.world.book.customer.number, amount: '100', currency: 'EUR' }),
      elsewhere.addInvoice({ customerNumber: harness.world.book.customer.number, amount: '100', state: 'released' }),
    ];
    const codes = await Promise.all(wishes.map(async ({ id, number }) => {
      const steps = await planOf(bench, { ...intent, invoices: [{ ...share, externalId: id, number }] });
      return (await bench.door.preflight(harness.context(), steps)).map((refusal) => refusal.code);
    }));
    expect(codes).toEqual([['customerMismatch'], ['currencyMismatch'], ['documentChanged']]);
  });
});

/** A context in which something happens right after the lines of a step were written. */
function afterWriting(harness: BusinessCentralHarness, happens: () => Promise<unknown>): Context {
  const context = harness.context();
  let done = false;
  return { ...context, now: () => context.now(), fetch: async (input, init) => {
    const answer = await context.fetch(input, init);
    if (!done && String(input).endsWith('/$batch')) {
      done = true;
      await happens();
    }
    return answer;
  } };
}

/** Somebody deletes everything that stands in the hub's batch. */
function removeWaiting(harness: BusinessCentralHarness): void {
  const book = harness.world.sandbox.book();
  for (const { id } of book.all<{ id: string }>('SELECT id FROM journal_line')) book.remove('journal_line', id);
}

/** Somebody types a line into the hub's batch. */
async function foreignLine(harness: BusinessCentralHarness): Promise<number> {
  const { book } = harness.world;
  return await byHand(harness, `customerPaymentJournals(${book.batchId()})/customerPayments`, { customerNumber: book.customer.number, documentNumber: 'TYPED', externalDocumentNumber: 'SOMEBODY', amount: -5 });
}

/** A call beside the connector, as a person's own tool makes it. @returns the status */
async function byHand(harness: BusinessCentralHarness, path: string, body: object): Promise<number> {
  const { sandbox, book } = harness.world;
  const { clientId, clientSecret } = sandbox.credentials;
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'https://api.businesscentral.dynamics.com/.default' });
  const token = await (await fetch(sandbox.tokenUrl, { method: 'POST', body: form })).json() as { access_token: string };
  const answer = await fetch(`${sandbox.apiUrl}/v2.0/companies(${book.companyId})/${path}`, {
    method: 'POST', headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  return answer.status;
}

describe('the login', () => {
  it('works by certificate', async () => {
    const harness = await started({ authentication: 'certificate' });
    expect((await businessCentral.probe(harness.context())).expiries?.map(({ what }) => what)).toEqual(['certificate']);
  });

  it('is renewed once when the tokens are revoked', async () => {
    const harness = await started();
    await harness.seed('customer', 1);
    await fetch(`${harness.world.sandbox.url}/_control/token-revocation`, { method: 'POST' });
    expect((await read(harness, 'customer')).records.size).toBe(2);
  });

  it('is `auth` with its cure when the app is not enabled in Business Central', async () => {
    const harness = await started();
    harness.world.sandbox.settings.applicationEnabled = false;
    const { failure } = await failureOf(businessCentral.probe(harness.context()));
    expect(failure).toMatchObject({ kind: 'auth', hint: expect.stringContaining('Microsoft Entra applications') as string });
  });
});

describe('the probe', () => {
  const LACKS: readonly (readonly [string, BusinessCentralVariant, RegExp])[] = [
    ['the ledger app is not installed', { tenant: { reportsFinanceInstalled: false } }, /API Reports - Finance" is not installed/],
    ['a list is closed to the app', { tenant: { forbiddenEntitySets: ['salesCreditMemos'] } }, /may not read sales credit memos/],
    ['the company is another one', { config: { companyId: '00000000-1111-2222-3333-444444444444' } }, /config\.companyId to one of Honeycomb/],
    ['the batch is not there', { config: { journalCode: 'NOBATCH' } }, /no cash receipt journal batch "NOBATCH"/],
    ['the secret ends soon', { config: { secretExpiresOn: '2026-03-20' } }, /client secret of the app ends on 2026-03-20/],
  ];
  it.each(LACKS)('says so when %s', async (_what, variant, sentence) => {
    const harness = await started(variant);
    const { missing } = await businessCentral.probe(harness.context());
    expect(missing.filter((each) => sentence.test(each))).toHaveLength(1);
  });

  it('takes payments and postings away where no ledger can be read', async () => {
    const harness = await started({ tenant: { reportsFinanceInstalled: false } });
    const { capabilities, features } = await businessCentral.probe(harness.context());
    expect([Object.keys(capabilities.read).includes('payment'), capabilities.operations.post.by, features['ledger']]).toEqual([false, 'manual', 'none']);
  });
});
