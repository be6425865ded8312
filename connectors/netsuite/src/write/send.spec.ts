import type { PlannedStep } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { errorAnswer, FakeAccount, type FakeRow } from '../testing/fake-account.js';
import { intentOf, share, toolsOf, usd } from '../testing/postings.js';
import { find } from './find.js';
import { plan } from './plan.js';
import { readBack } from './read-back.js';
import { send } from './send.js';
import { UNAPPLIED_OF } from './words.js';

const OPTIONS = { deadlineMs: 5000, attempt: 1 };
const AGAIN = { deadlineMs: 5000, attempt: 2 };
const RESET = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });

function stepsOf(intent = intentOf()): readonly PlannedStep[] {
  const planned = plan(intent, toolsOf());
  if ('refusals' in planned) throw new Error('refused');
  return planned.steps;
}

function first(steps: readonly PlannedStep[]): PlannedStep {
  const [step] = steps;
  if (step === undefined) throw new Error('no step');
  return step;
}

/** What NetSuite holds of the payment once it is booked. */
const BOOKED: FakeRow = {
  id: '9001', type: 'CustPymt', tranid: 'PYMT1', externalid: 'posting_7', entity: '12', status: 'B', currency: '1', currencysymbol: 'USD',
  foreigntotal: '-250', foreignpaymentamountunused: '20', memo: 'WIRE 1', trandate: '2026-03-10',
};
const LINKS: FakeRow[] = [{ nextdoc: '9001', previousdoc: '4711', applied: '200' }, { nextdoc: '9001', previousdoc: '4712', applied: '30.00' }];

describe('sending to NetSuite', () => {
  let account: FakeAccount;
  let context: Context;
  beforeEach(() => {
    account = new FakeAccount();
    context = account.context();
    account.table('transaction', []);
    account.answerSql(/NextTransactionLineLink/, () => []);
  });

  const book = (row: FakeRow = BOOKED, links: readonly FakeRow[] = LINKS): void => {
    account.table('transaction', [row]);
    account.answerSql(/t\.externalid IN/, (sql) => (sql.includes(`'${row['externalid'] ?? ''}'`) ? [row] : []));
    account.answerSql(/NextTransactionLineLink/, () => links);
  };
  const onPost = (answer: Parameters<FakeAccount['answer']>[0]): void => { account.answer((seen) => (seen.path.includes('/record/v1/') ? answer(seen) : null)); };
  const location = (id: string) => ({ status: 204, headers: { location: `https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/record/v1/customerpayment/${id}` } });
  const kindOf = async (sent: Promise<unknown>): Promise<string> => {
    const error = await sent.then(() => { throw new Error('was sent'); }, (caught: unknown) => caught);
    return error instanceof ConnectorError ? error.failure.kind : String(error);
  };

  it('posts once, with exact numbers and strict about names, and takes the id from Location', async () => {
    onPost(() => location('9001'));
    expect(await send(context, first(stepsOf()), OPTIONS)).toEqual({ state: 'booked', externalId: '9001', alreadyThere: false });
    const posts = account.calls.filter((seen) => seen.path.endsWith('/customerPayment'));
    expect(posts).toHaveLength(1);
    expect(posts[0]?.body).toContain('"payment":250.00');
    expect(posts[0]?.body).not.toContain('$number');
    expect(posts[0]?.headers.get('x-netsuite-propertynamevalidation')).toBe('error');
  });

  it('does not know the outcome after a broken connection, a 5xx, an answer without an id, or a deadline', async () => {
    for (const answer of [RESET, { status: 503, body: '<html>down</html>' }, errorAnswer(500, 'UNEXPECTED_ERROR', 'Error ID: 1'), { status: 200, body: 'garbled' }]) {
      onPost(() => answer);
      expect(await kindOf(send(context, first(stepsOf()), OPTIONS))).toBe('outcomeUnknown');
    }
    const hanging: Context = { ...context, fetch: (input, init) => (String(input).includes('/record/') ? hang(init?.signal ?? null) : context.fetch(input, init)) };
    expect(await kindOf(send(hanging, first(stepsOf()), { deadlineMs: 40, attempt: 1 }))).toBe('outcomeUnknown');
  });

  it('may be sent again where NetSuite turned it away at the door', async () => {
    onPost(() => errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.'));
    expect(await kindOf(send(context, first(stepsOf()), OPTIONS))).toBe('rateLimited');
    onPost(() => errorAnswer(400, 'USER_ERROR', 'The transaction date you specified is not within the date range of your accounting period.'));
    expect(await kindOf(send(context, first(stepsOf()), OPTIONS))).toBe('invalid');
  });

  it('looks first after an unknown outcome, and adopts what it finds', async () => {
    book();
    expect(await send(context, first(stepsOf()), AGAIN)).toEqual({ state: 'booked', externalId: '9001', alreadyThere: true });
    expect(account.calls.filter((seen) => seen.path.includes('/record/'))).toEqual([]);
  });

  it('takes a used key for its own booking only when it is the same booking', async () => {
    onPost(() => errorAnswer(400, 'USER_ERROR', 'This record already exists'));
    book();
    expect(await send(context, first(stepsOf()), OPTIONS)).toMatchObject({ alreadyThere: true });
    book({ ...BOOKED, foreigntotal: '-250.01' });
    const error = await send(context, first(stepsOf()), OPTIONS).catch((caught: unknown) => caught);
    expect((error as ConnectorError).failure).toEqual({ kind: 'conflict', externalId: '9001', differsIn: ['amount'] });
  });

  it('names the applications where those are what differs', async () => {
    book(BOOKED, LINKS.slice(1));
    const error = await send(context, first(stepsOf()), AGAIN).catch((caught: unknown) => caught);
    expect((error as ConnectorError).failure).toEqual({ kind: 'conflict', externalId: '9001', differsIn: ['applications'] });
  });

  it('is refused where the key is taken by something it cannot see', async () => {
    onPost(() => errorAnswer(400, 'USER_ERROR', 'This record already exists'));
    account.answerSql(/t\.externalid IN/, () => []);
    expect(await kindOf(send(context, first(stepsOf()), OPTIONS))).toBe('invalid');
  });

  it('looks a used key up by record where queries are behind, and calls it neither refused nor another booking', async () => {
    account.answer((seen) => {
      if (seen.method === 'GET' && seen.path.endsWith('/customerPayment/eid:posting_7')) return { status: 200, body: { id: '9001' } };
      return seen.path.includes('/record/v1/') ? errorAnswer(400, 'USER_ERROR', 'This record already exists') : null;
    });
    account.answerSql(/t\.externalid IN/, () => []);
    expect(await kindOf(send(context, first(stepsOf()), OPTIONS))).toBe('outcomeUnknown');
    account.table('transaction', [BOOKED]);
    account.answerSql(/NextTransactionLineLink/, () => LINKS);
    expect(await send(context, first(stepsOf()), OPTIONS)).toEqual({ state: 'booked', externalId: '9001', alreadyThere: true });
  });

  it('books a countering journal only while the payment has the cash to give back, and keeps that condition to itself', async () => {
    const body = { externalId: 'undo_7-counter1', line: { items: [] }, [UNAPPLIED_OF]: { paymentId: '9001', amount: '250.00' } };
    const counter: PlannedStep = { ...first(stepsOf()), stepKey: 'undo_7-counter1', operation: 'reverse', recordType: 'journalEntry', body };
    onPost(() => location('9002'));
    account.table('transaction', [{ ...BOOKED, foreignpaymentamountunused: '249.99' }]);
    expect(await kindOf(send(context, counter, OPTIONS))).toBe('invalid');
    account.table('transaction', []);
    expect(await kindOf(send(context, counter, OPTIONS))).toBe('invalid');
    expect(account.calls.filter((seen) => seen.method === 'POST' && seen.path.includes('/record/'))).toEqual([]);
    account.table('transaction', [{ ...BOOKED, foreignpaymentamountunused: '250' }]);
    expect(await send(context, counter, OPTIONS)).toMatchObject({ state: 'booked', externalId: '9002' });
    expect(account.calls.at(-1)?.body).toBe('{"externalId":"undo_7-counter1","line":{"items":[]}}');
  });

  it('hands a posting in as a job under an idempotency key, and follows the first job when it is handed in again', async () => {
    const asynchronous = account.context({ config: { asyncPosting: true } });
    const job = 'https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/async/v1/job/5';
    let completed = false;
    account.answerSql(/t\.externalid IN/, () => []);
    account.answer((seen) => {
      if (seen.path.endsWith('/job/5')) return { status: 200, body: { id: '5', completed, progress: completed ? 'succeeded' : 'pending' } };
      if (seen.path.endsWith('/task/')) return { status: 200, body: { items: [{ id: '1' }] } };
      if (seen.path.endsWith('/task/1')) return { status: 200, body: { completed: true, links: [{ rel: 'related', href: `${job}/task/1/result` }] } };
      return seen.path.endsWith('/result') ? location('9001') : null;
    });
    onPost((seen) => (seen.headers.get('prefer') === 'respond-async' ? { status: 202, headers: { location: job } } : null));
    expect(await send(asynchronous, first(stepsOf()), OPTIONS)).toEqual({ state: 'pending' });
    expect(account.calls.find((seen) => seen.method === 'POST' && seen.path.includes('/record/'))?.headers.get('x-netsuite-idempotency-key')).toBe('posting_7');
    expect((await find(asynchronous, stepsOf())).get('posting_7')).toEqual({ state: 'pending' });
    completed = true;
    expect((await find(asynchronous, stepsOf())).get('posting_7')).toEqual({ state: 'booked', externalId: '9001' });
    onPost(() => ({ ...errorAnswer(400, 'IDEMPOTENCY_ERROR', 'Conflict'), headers: { location: job } }));
    expect(await send(account.context({ config: { asyncPosting: true }, memory: new Map() }), first(stepsOf()), OPTIONS)).toMatchObject({ state: 'booked', externalId: '9001' });
  });

  it('asks record by record where SuiteQL has no external ids', async () => {
    account.answerSql(/NextTransactionLineLink/, () => []);
    account.answer((seen) => (seen.sql.includes('t.externalid IN') ? errorAnswer(400, 'INVALID_PARAMETER', 'Search error occurred: Unknown identifier \'externalid\'.') : null));
    onPost((seen) => (seen.path.endsWith('/customerPayment/eid:posting_7') ? { status: 200, body: { id: '9001' } } : null));
    expect([...await find(context, [first(stepsOf()), { ...first(stepsOf()), stepKey: 'posting_8' }])]).toEqual([['posting_7', { state: 'booked', externalId: '9001' }]]);
  });

  it('finds a change when the record is as the step wants it, and not before', async () => {
    const step: PlannedStep = { ...first(stepsOf()), stepKey: 'c', operation: 'apply', action: 'update', recordType: 'creditMemo', target: { externalId: '4800' }, expected: { fields: { currency: 'USD' }, applications: [{ externalId: '4711', amount: '70.00' }] }, body: { apply: { items: [{ doc: { id: '4711' }, apply: true, amount: { $number: '70.00' } }] } } };
    const release: PlannedStep = { ...step, operation: 'unapply', expected: { ...step.expected, applications: [] } };
    account.table('transaction', [{ id: '4800', type: 'CustCred', currencysymbol: 'USD' }]);
    expect([...(await find(context, [step])).keys()]).toEqual([]);
    expect([...(await find(context, [release])).keys()]).toEqual(['c']);
    account.answerSql(/NextTransactionLineLink/, () => [{ nextdoc: '4800', previousdoc: '4711', applied: '70' }, { nextdoc: '4800', previousdoc: '4999', applied: '5' }]);
    expect((await find(context, [step])).get('c')).toEqual({ state: 'booked', externalId: '4800' });
    expect([...(await find(context, [release])).keys()]).toEqual([]);
    account.table('transaction', []);
    expect([...(await find(context, [release])).keys()]).toEqual(['c']);
    expect([...(await find(context, [step])).keys()]).toEqual([]);
  });

  it('applies cash on account under its own record type, with its customer', async () => {
    account.table('transaction', [{ id: '4800', type: 'CustPymt', entity: '12', currencysymbol: 'USD' }]);
    onPost(() => ({ status: 204 }));
    const intent = intentOf({ amount: usd('0'), invoices: [share('4711', '70.00')], credits: [share('4800', '70.00')], onAccount: usd('0') });
    expect(await send(context, first(stepsOf(intent)), OPTIONS)).toEqual({ state: 'booked', externalId: '4800', alreadyThere: false });
    const patch = account.calls.find((seen) => seen.method === 'PATCH');
    expect(patch?.path).toBe('/services/rest/record/v1/customerPayment/4800');
    expect(JSON.parse(patch?.body ?? '')).toMatchObject({ customer: { id: '12' }, apply: { items: [{ doc: { id: '4711' }, line: 0, apply: true, amount: 70 }] } });
  });

  it('asks which line of the journal is to be applied', async () => {
    const step: PlannedStep = { ...first(stepsOf()), body: { credit: { items: [{ doc: { id: '9002' }, line: { $lineOfAccount: '119' }, apply: true, amount: { $number: '5.00' } }] } } };
    account.answerSql(/FROM transactionaccountingline/, () => [{ transactionline: '1' }]);
    onPost(() => location('9003'));
    await send(context, step, OPTIONS);
    expect(account.calls.at(-1)?.body).toBe('{"credit":{"items":[{"doc":{"id":"9002"},"line":1,"apply":true,"amount":5.00}]}}');
    account.answerSql(/FROM transactionaccountingline/, () => []);
    expect(await kindOf(send(context, step, OPTIONS))).toBe('invalid');
  });

  it('deletes, and finds a second time that it is gone', async () => {
    const step: PlannedStep = { ...first(stepsOf()), stepKey: 'r-delete1', operation: 'reverse', action: 'delete', target: { externalId: '9001' }, body: {}, expected: { fields: {}, applications: [] } };
    onPost((seen) => (seen.method === 'DELETE' ? { status: 204 } : null));
    account.table('transaction', [BOOKED]);
    expect(await send(context, step, OPTIONS)).toEqual({ state: 'booked', externalId: '9001', alreadyThere: false });
    account.table('transaction', []);
    expect(await send(context, step, AGAIN)).toEqual({ state: 'booked', externalId: '9001', alreadyThere: true });
    onPost(() => errorAnswer(404, 'NONEXISTENT_ID', 'Record does not exist.'));
    expect(await kindOf(send(context, step, OPTIONS))).toBe('invalid');
  });
});

describe('reading back from NetSuite', () => {
  let account: FakeAccount;
  beforeEach(() => {
    account = new FakeAccount();
    account.table('transaction', [BOOKED]);
    account.answerSql(/NextTransactionLineLink/, () => LINKS);
  });

  it('answers in the words of the plan, amounts with the currency\'s decimals', async () => {
    const step = first(stepsOf());
    const [record] = await readBack(account.context(), [{ step, externalId: '9001' }]);
    expect(record?.fields).toMatchObject(step.expected.fields);
    expect(record?.applications).toEqual(step.expected.applications);
  });

  it('shows what somebody edited', async () => {
    account.table('transaction', [{ ...BOOKED, trandate: '2026-03-11' }]);
    account.answerSql(/NextTransactionLineLink/, () => LINKS.slice(0, 1));
    const [record] = await readBack(account.context(), [{ step: first(stepsOf()), externalId: '9001' }]);
    expect(record?.fields['postedOn']).toBe('2026-03-11');
    expect(record?.applications).toHaveLength(1);
  });

  it('says so when there is no such record', async () => {
    account.table('transaction', []);
    expect(await readBack(account.context(), [{ step: first(stepsOf()), externalId: '9001' }])).toEqual([{ stepKey: 'posting_7', externalId: null, fields: {}, applications: [] }]);
  });

  it('asks once for many steps', async () => {
    const steps = Array.from({ length: 50 }, (_, index) => ({ step: { ...first(stepsOf()), stepKey: `p${index}` }, externalId: String(9001 + index) }));
    await readBack(account.context(), steps);
    expect(account.queries).toHaveLength(2);
  });

  it('reads a journal by its accounts', async () => {
    const writeOff = { ...share('4711', '5.00', '205.00'), accountExternalId: '640', reasonCode: 'bank-fee' };
    const journal = stepsOf(intentOf({ amount: usd('200.00'), invoices: [share('4711', '200.00', '205.00')], writeOffs: [writeOff], onAccount: usd('0') }))[1];
    if (journal === undefined) throw new Error('no journal');
    account.table('transaction', [{ id: '9002', type: 'Journal', currencysymbol: 'USD', trandate: '2026-03-10', memo: 'Write-off DOC-4711' }]);
    account.answerSql(/FROM transactionaccountingline/, () => [{ transaction: '9002', account: '119', amount: '-5' }, { transaction: '9002', account: '640', amount: '5' }]);
    account.answerSql(/NextTransactionLineLink/, () => []);
    const [record] = await readBack(account.context(), [{ step: journal, externalId: '9002' }]);
    expect(record?.fields).toMatchObject(journal.expected.fields);
  });
});

/** A fetch that never answers but is let go of by its signal. */
function hang(signal: AbortSignal | null): Promise<Response> {
  return new Promise((_, reject) => { signal?.addEventListener('abort', () => { reject(signal.reason as Error); }); });
}
