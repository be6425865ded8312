import { addDays, zeroMoney, type Money, type PlannedStep, type PostingIntent } from '#canonical';
import { ConnectorError, type ConnectorFailure } from '#connector-kit';
import { book, failureOf, planOf, planReversalOf, probeOf, reversalOf, sendAll, sendOnce, stepsOf, takeAll, type BookedPosting, type WriteBench } from '#connector-kit/testing';
import { netsuite } from '#connectors/netsuite';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { NetSuiteHarness, type NetSuiteVariant } from './netsuite-harness.js';

/** What befalls postings in NetSuite beyond what every target can be asked: the vendor's own rules, met over the wire. */

let harness: NetSuiteHarness;
let bench: WriteBench;

async function open(variant: NetSuiteVariant = {}): Promise<void> {
  harness = new NetSuiteHarness(variant);
  bench = { harness, writes: harness.writes, door: netsuite.write };
  await harness.start();
}

afterEach(async () => {
  harness.world.sandbox.checkBook();
  await harness.stop();
});

const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });

async function onlyStep(intent: PostingIntent): Promise<PlannedStep> {
  const [step, ...more] = await planOf(bench, intent);
  if (step === undefined || more.length > 0) throw new Error('not one step');
  return step;
}

async function refusalCodes(steps: readonly PlannedStep[]): Promise<readonly string[]> {
  return (await netsuite.write.preflight(harness.context(), steps)).map((refusal) => refusal.code);
}

/** Every difference between what was planned and what NetSuite holds, as the posting engine compares it. */
async function differences({ sent }: Pick<BookedPosting, 'sent'>): Promise<readonly string[]> {
  const booked = await netsuite.write.readBack(harness.context(), sent);
  return sent.flatMap(({ step }) => {
    const record = booked.find(({ stepKey }) => stepKey === step.stepKey);
    return record === undefined ? [`${step.stepKey}: no answer`] : compareBooking(step, record).map(({ field, expected, booked: found }) => `${step.stepKey} ${field}: ${found} for ${expected}`);
  });
}

async function sendFailure(step: PlannedStep, attempt = 1): Promise<ConnectorFailure> {
  return await failureOf(step.says, () => sendOnce(bench, step, attempt));
}

const problemsOf = (failure: ConnectorFailure): string => (failure.kind === 'invalid' ? failure.issues.map(({ path, problem }) => `${path}: ${problem}`).join('; ') : failure.kind);

describe('a key that is in NetSuite already', () => {
  beforeEach(async () => { await open(); });

  it('is refused by NetSuite itself when nobody looked first, and adopted', async () => {
    const step = await onlyStep(await harness.writes.intent('inFull'));
    await harness.misbehave({ kind: 'loseNextAnswerAfterCommit' });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    const again = await sendOnce(bench, step, 1);
    expect(again).toMatchObject({ state: 'booked', alreadyThere: true });
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it('is adopted before SuiteQL shows it, or called unknown: never refused, never booked twice', async () => {
    harness.world.sandbox.settings.searchDelayMs = 20_000;
    const step = await onlyStep(await harness.writes.intent('inFull'));
    await harness.misbehave({ kind: 'loseNextAnswerAfterCommit' });
    expect((await sendFailure(step)).kind).toBe('outcomeUnknown');
    expect((await netsuite.write.find(harness.context(), [step])).has(step.stepKey)).toBe(false);
    expect((await sendFailure(step, 2)).kind).toBe('outcomeUnknown');
    await harness.passTime(21_000);
    expect(await sendOnce(bench, step, 3)).toMatchObject({ state: 'booked', alreadyThere: true });
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it('with other content is a conflict that names the field, also when NetSuite found it out', async () => {
    const intent = await harness.writes.intent('several');
    const step = await onlyStep(intent);
    const { state } = await sendOnce(bench, step);
    expect(state).toBe('booked');
    const other = await onlyStep({ ...intent, postedOn: addDays(intent.postedOn, -1) });
    expect(await sendFailure(other)).toMatchObject({ kind: 'conflict', differsIn: ['postedOn'] });
  });
});

describe('a payment that cannot be taken back by deleting it', () => {
  it('sits in a bank deposit: preflight says so, NetSuite refuses, countering works', async () => {
    await open();
    const booked = await book(bench, await harness.writes.intent('several'));
    harness.world.sandbox.mutations.depositPayment(Number(booked.sent[0]?.externalId));
    const steps = await planReversalOf(bench, reversalOf(booked, 'undo_1'));
    expect(await refusalCodes(steps)).toEqual(['recordLocked']);
    expect(problemsOf(await sendFailure(steps[0] as PlannedStep))).toMatch(/deposited/);
    await harness.stop();

    await open({ config: { reversal: 'compensate' } });
    const other = await book(bench, await harness.writes.intent('several'));
    harness.world.sandbox.mutations.depositPayment(Number(other.sent[0]?.externalId));
    const counter = await planReversalOf(bench, reversalOf(other, 'undo_1'));
    expect(await refusalCodes(counter)).toEqual([]);
    const sent = await sendAll(bench, counter);
    expect(await differences({ sent })).toEqual([]);
    for (const share of other.intent.invoices) expect(harness.world.book.openOf(share.externalId)).toBe('100.00');
    expect(harness.world.book.openOf(other.sent[0]?.externalId ?? '')).toBe('0.00');
  });

  it('was countered before: preflight of a second reversal says so', async () => {
    await open({ config: { reversal: 'compensate' } });
    const booked = await book(bench, await harness.writes.intent('inFull'));
    await sendAll(bench, await planReversalOf(bench, reversalOf(booked, 'undo_1')));
    expect(await refusalCodes(await planReversalOf(bench, reversalOf(booked, 'undo_2')))).toContain('documentChanged');
  });

  it('lies in a period that was closed since: both ways are foreseen, and un-applying works where the period allows it', async () => {
    await open({ config: { reversal: 'compensate' } });
    const booked = await book(bench, await harness.writes.intent('inFull'));
    const { mutations } = harness.world.sandbox;
    mutations.setPeriod(booked.intent.postedOn, { closed: true });
    await harness.passTime(30 * 86_400_000);
    const request = { ...reversalOf(booked, 'undo_1'), reversedOn: harness.world.book.today() };
    const steps = await planReversalOf(bench, request);
    expect(await refusalCodes(steps)).toContain('periodClosed');
    expect(problemsOf(await sendFailure(steps[0] as PlannedStep))).toMatch(/accounting period/);
    mutations.setPeriod(booked.intent.postedOn, { allowNonGl: true });
    expect(await refusalCodes(steps)).toEqual([]);
    expect(await differences({ sent: await sendAll(bench, steps) })).toEqual([]);
    expect(harness.world.book.openOf(booked.intent.invoices[0]?.externalId ?? '')).toBe('100.00');
  });

  it('is kept by the account\'s preference: NetSuite\'s own words come back', async () => {
    await open();
    const booked = await book(bench, await harness.writes.intent('inFull'));
    harness.world.sandbox.settings.reversingJournalVoids = true;
    const [step] = await planReversalOf(bench, reversalOf(booked, 'undo_1'));
    expect(problemsOf(await sendFailure(step as PlannedStep))).toMatch(/Void Transactions Using Reversing Journals/);
  });
});

describe('what a posting may touch', () => {
  beforeEach(async () => { await open(); });

  it('a record locked by a workflow is refused in NetSuite\'s words', async () => {
    const intent = await harness.writes.intent('withCredit');
    const credit = (await planOf(bench, intent)).find((step) => step.operation === 'apply');
    harness.world.sandbox.mutations.lockRecord('transaction', Number(intent.credits[0]?.externalId));
    expect(problemsOf(await sendFailure(credit as PlannedStep))).toMatch(/locked by a user defined workflow/);
  });

  it('invoices of children and of the parent, not of a stranger', async () => {
    const { book: hands } = harness.world;
    const child = hands.createCustomer(hands.customer);
    const share = harness.share('invoice', 5_000n, child);
    const booked = await book(bench, { ...harness.intentBase(), amount: usd(5_000n), invoices: [share] });
    expect(await differences(booked)).toEqual([]);
    expect(hands.openOf(share.externalId)).toBe('0.00');
    const stranger = await onlyStep({ ...harness.intentBase(), amount: usd(5_000n), invoices: [harness.share('invoice', 5_000n, hands.createCustomer(null))] });
    expect(await refusalCodes([stranger])).toEqual(['customerMismatch']);
    expect((await sendFailure(stranger)).kind).toBe('invalid');
  });

  it('cash on account, applied later as a credit is, and given back as one', async () => {
    const first = await book(bench, { ...harness.intentBase(), amount: usd(8_000n), invoices: [], onAccount: usd(8_000n) });
    const payment = first.sent[0]?.externalId ?? '';
    const credit = { externalId: payment, number: 'cash on account', lineExternalId: null, amount: usd(3_000n), openBefore: usd(8_000n) };
    const invoice = { ...harness.share('invoice', 10_000n), amount: usd(3_000n) };
    const applied = await book(bench, { ...harness.intentBase(), amount: zeroMoney('USD'), invoices: [invoice], credits: [credit] });
    expect(await differences(applied)).toEqual([]);
    expect([harness.world.book.openOf(payment), harness.world.book.openOf(invoice.externalId)]).toEqual(['50.00', '70.00']);
    const sent = await sendAll(bench, await planReversalOf(bench, reversalOf(applied, 'undo_1')));
    expect(await differences({ sent })).toEqual([]);
    expect([harness.world.book.openOf(payment), harness.world.book.openOf(invoice.externalId)]).toEqual(['80.00', '100.00']);
  });

  it('a credit that settles the invoice already is not replaced', async () => {
    const credit = harness.share('creditMemo', 4_000n);
    const invoice = harness.share('invoice', 10_000n);
    const part = (minor: bigint, openCredit: bigint, openInvoice: bigint): PostingIntent => ({
      ...harness.intentBase(), amount: zeroMoney('USD'), invoices: [{ ...invoice, amount: usd(minor), openBefore: usd(openInvoice) }], credits: [{ ...credit, amount: usd(minor), openBefore: usd(openCredit) }],
    });
    await book(bench, part(1_000n, 4_000n, 10_000n));
    expect(await refusalCodes(await planOf(bench, part(500n, 3_000n, 9_000n)))).toEqual(['documentChanged']);
  });

  it('undeposited funds, when no bank account is named', async () => {
    const booked = await book(bench, { ...await harness.writes.intent('inFull'), bankAccountExternalId: null });
    expect(await differences(booked)).toEqual([]);
    const row = harness.world.sandbox.book.one<{ x_undeposited: string }>('SELECT x_undeposited FROM "transaction" WHERE id = ?', booked.sent[0]?.externalId ?? '');
    expect(row?.x_undeposited).toBe('T');
  });

  it('more than is open, when somebody else was faster: nothing is booked', async () => {
    const intent = await harness.writes.intent('several');
    const step = await onlyStep(intent);
    await harness.writes.settleElsewhere(intent.invoices[1]?.externalId ?? '');
    expect(await refusalCodes([step])).toEqual(['overApplied']);
    expect(problemsOf(await sendFailure(step))).toMatch(/^apply\.items\[1\]: .*amount due/);
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(0);
  });
});

describe('a short pay written off', () => {
  it('waits where journals need approval, and goes on when it is given', async () => {
    await open({ account: { journalApproval: true } });
    const steps = await planOf(bench, await harness.writes.intent('withWriteOff'));
    const refusal = await sendAll(bench, steps).then(() => null, (error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConnectorError);
    expect((refusal as ConnectorError).failure.kind).toBe('invalid');
    const journal = harness.world.sandbox.book.one<{ id: number }>("SELECT id FROM \"transaction\" WHERE type = 'Journal'");
    harness.world.sandbox.mutations.approveJournal(journal?.id ?? 0);
    const sent = await sendAll(bench, steps, 2);
    expect(await differences({ sent })).toEqual([]);
  });

  it('over several invoices to several accounts, reversed by countering: both journals are used up', async () => {
    await open({ config: { reversal: 'compensate' } });
    const [first, second] = [harness.share('invoice', 10_000n), harness.share('invoice', 7_777n)];
    const base = harness.intentBase();
    const bankCharges = String(harness.world.sandbox.book.one<{ id: number }>("SELECT id FROM account WHERE fullname = 'Bank Charges'")?.id);
    const intent: PostingIntent = {
      ...base, amount: usd(17_700n), invoices: [{ ...first, amount: usd(9_950n) }, { ...second, amount: usd(7_750n) }],
      writeOffs: [
        { ...first, amount: usd(50n), accountExternalId: harness.world.book.ledger.writeOff, reasonCode: 'small difference' },
        { ...second, amount: usd(27n), accountExternalId: bankCharges, reasonCode: 'bank fee' },
      ],
    };
    const booked = await book(bench, intent);
    expect(await differences(booked)).toEqual([]);
    const sent = await sendAll(bench, await planReversalOf(bench, reversalOf(booked, 'undo_1')));
    expect(await differences({ sent })).toEqual([]);
    expect([first, second].map((share) => harness.world.book.openOf(share.externalId))).toEqual(['100.00', '77.77']);
    const left = harness.world.sandbox.book.all('SELECT 1 FROM transactionline WHERE foreignamountunpaid > 0 OR foreignpaymentamountunused > 0');
    expect(left).toEqual([]);
  });
});

/** Long enough that look-ups before it end before it, on a slow machine too. */
const JOB_MS = 500;

async function untilJobsEnd(): Promise<void> {
  await new Promise((resolve) => { setTimeout(resolve, JOB_MS + 50); });
}

describe('postings as jobs', () => {
  beforeEach(async () => { await open({ config: { asyncPosting: true } }); });

  it('are handed in once, also by a process that knows of no job', async () => {
    harness.world.sandbox.settings.latencyMs = { async: JOB_MS };
    const step = await onlyStep(await harness.writes.intent('inFull'));
    expect(await sendOnce(bench, step)).toEqual({ state: 'pending' });
    harness.restartProcess();
    // The sandbox takes that long to answer a hand-in, too; the job it has is under way.
    harness.world.sandbox.settings.latencyMs = {};
    expect((await netsuite.write.find(harness.context(), [step])).size).toBe(0);
    expect(await sendOnce(bench, step, 2)).toEqual({ state: 'pending' });
    expect((await netsuite.write.find(harness.context(), [step])).get(step.stepKey)).toEqual({ state: 'pending' });
    await untilJobsEnd();
    harness.restartProcess();
    expect((await netsuite.write.find(harness.context(), [step])).get(step.stepKey)).toMatchObject({ state: 'booked' });
    expect(await sendOnce(bench, step, 3)).toMatchObject({ state: 'booked', alreadyThere: true });
    expect(await harness.writes.bookedCount(step.stepKey)).toBe(1);
  });

  it('say later, in NetSuite\'s words, why they were refused', async () => {
    harness.world.sandbox.settings.latencyMs = { async: JOB_MS };
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    await harness.writes.settleElsewhere(intent.invoices[0]?.externalId ?? '');
    expect(await sendOnce(bench, step)).toEqual({ state: 'pending' });
    await untilJobsEnd();
    const found = (await netsuite.write.find(harness.context(), [step])).get(step.stepKey);
    expect(found).toMatchObject({ state: 'refused', problem: expect.stringMatching(/amount due/) });
  });
});

describe('what an account has', () => {
  it('one company of its own outside OneWorld, in the base currency, and postings that name none', async () => {
    await open({ account: { oneWorld: false } });
    const [page] = await takeAll('companies', netsuite.read.company.changes(harness.context(), null));
    expect(page?.records).toMatchObject([{ externalId: 'account', payload: { currencysymbol: 'USD' } }]);
    const step = await onlyStep({ ...await harness.writes.intent('inFull'), companyExternalId: 'account' });
    expect(step.body).not.toHaveProperty('subsidiary');
    expect((await probeOf(bench)).features['oneWorld']).toBe(false);
  });

  it('a role without periods: the probe names the permission, and a closed one is found out by NetSuite', async () => {
    await open({ account: { hiddenTables: ['accountingperiod'] } });
    const probe = await probeOf(bench);
    expect(probe.missing).toEqual([expect.stringMatching(/accounting periods/)]);
    const intent = await harness.writes.intent('inFull');
    const step = await onlyStep(intent);
    await harness.writes.closePeriod(intent.postedOn);
    expect(await refusalCodes([step])).toEqual([]);
    expect(problemsOf(await sendFailure(step))).toMatch(/^tranDate: .*accounting period/);
  });

  it('a role without deleted records, or an account that never deleted: deletions are found by ids', async () => {
    await open({ account: { hiddenTables: ['deletedrecord'] } });
    expect((await probeOf(bench)).capabilities.read.invoice?.deletions).toBe('ids');
    await harness.stop();
    await open();
    expect((await probeOf(bench)).capabilities.read.invoice?.deletions).toBe('tombstone');
    harness.world.sandbox.book.run('DELETE FROM deletedrecord');
    expect((await probeOf(bench)).capabilities.read.invoice?.deletions).toBe('ids');
  });

  it('a certificate that runs out is named in time, and a revoked token is replaced without anybody noticing', async () => {
    await open();
    const step = await onlyStep(await harness.writes.intent('inFull'));
    harness.world.sandbox.revokeTokens();
    expect(await sendOnce(bench, step)).toMatchObject({ state: 'booked', alreadyThere: false });
    harness.world.sandbox.expireCertificates();
    harness.world.sandbox.revokeTokens();
    expect((await failureOf('a probe with an expired certificate', () => netsuite.probe(harness.context()))).kind).toBe('auth');
  });

  it('deposits: what their application documents settle is read as theirs, and is gone when the document is', async () => {
    await open();
    const { book: hands } = harness.world;
    const invoice = harness.share('invoice', 10_000n);
    const deposit = hands.deposit('80');
    const first = await takeAll('payments', netsuite.read.payment.changes(harness.context(), null));
    const next = async (): Promise<unknown> => {
      await harness.passTime(3_600_000);
      const pages = await takeAll('payments', netsuite.read.payment.changes(harness.context(), first.at(-1)?.checkpoint ?? null));
      const [record, ...others] = pages.flatMap((page) => page.records.filter((entry) => !entry.deleted));
      expect(others).toEqual([]);
      return { id: record?.externalId, open: record?.payload['foreignpaymentamountunused'], applications: record?.payload['applications'], touched: pages.flatMap((page) => page.touched?.invoice ?? []) };
    };
    await harness.passTime(3_600_000);
    const application = hands.applyDeposit(deposit, invoice.externalId, '30');
    expect(await next()).toEqual({ id: deposit, open: '50', applications: [{ invoice: invoice.externalId, amount: '30' }], touched: [invoice.externalId] });
    hands.withdrawDepositApplication(application);
    expect(await next()).toEqual({ id: deposit, open: '80', applications: [], touched: [] });
    expect(hands.openOf(invoice.externalId)).toBe('100.00');
  });

  it('invoices in instalments: the payment goes to the line it names', async () => {
    await open({ config: { instalments: true } });
    const { book: hands } = harness.world;
    const invoice = hands.inInstalments(['40', '60']);
    const share = { ...invoice, lineExternalId: '102', amount: usd(2_500n), openBefore: usd(6_000n) };
    const booked = await book(bench, { ...harness.intentBase(), amount: usd(2_500n), invoices: [share] });
    expect(await differences(booked)).toEqual([]);
    const [page] = await takeAll('payments', netsuite.read.payment.changes(harness.context(), null));
    expect(page?.records[0]?.payload).toMatchObject({ applications: [{ invoice: invoice.externalId, line: '102', amount: '25' }] });
    const undo = stepsOf(netsuite.write.planReversal(reversalOf(booked, 'undo_1'), harness.writes.tools(await probeOf(bench))));
    await sendAll(bench, undo);
    expect(hands.openOf(invoice.externalId)).toBe('100.00');
  });
});
