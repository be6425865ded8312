import { intentProblems } from '#canonical';
import { MatchingError, MatchingService, type DecidedCash, type ProposalWithLines } from '#matching';
import { Decisions, type FinalizeRequest } from '#posting';
import type { Database, SqlValue, Transaction } from '#storage';
import { openTestBank, type TestBank } from '../support/bank-lines.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { openMemoryHub, type MemoryHub } from '../support/memory-hub.js';

describe('matching', () => {
  let test: TestDatabase;
  let hub: MemoryHub;
  let bank: TestBank;
  let matching: MatchingService;

  beforeEach(async () => {
    test = await openTestDatabase();
    hub = await openMemoryHub(test);
    bank = await openTestBank(test, hub.connection.id, hub.master.bankAccount);
    matching = new MatchingService({ database: test.database });
  });
  afterEach(async () => { await test.close(); });

  const inTenant = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => test.database.inTenant(test.tenantId, work);
  const rows = (sql: string, values: readonly SqlValue[] = []): Promise<Record<string, unknown>[]> => inTenant((transaction) => transaction.query(sql, values));
  const run = () => matching.run(test.tenantId);
  const statusOf = async (id: string): Promise<unknown> => (await rows('SELECT status, status_because FROM bank_transaction WHERE id = $1', [id]))[0];
  /** As the hub wires it: the proposal's decision, split by the posting room. */
  async function requestOf(proposalId: string): Promise<FinalizeRequest> {
    const { bankTransactionId, decision } = await matching.decisionOf(test.tenantId, proposalId);
    return new Decisions(test.database).requestOf(test.tenantId, bankTransactionId, { ...decision, postedOn: null, memo: null }, 'ada');
  }
  const decided = ({ bankTransactionId, parts }: FinalizeRequest): DecidedCash => ({
    bankTransactionId: bankTransactionId ?? '', parts: parts.map(({ customerId, intent }) => ({ customerId: customerId ?? '', intent })),
  });
  const numbers = (found: ProposalWithLines | null): string[] => found?.lines.map((line) => line.number) ?? [];

  async function current(id: string): Promise<ProposalWithLines> {
    const found = await matching.current(test.tenantId, id);
    if (found === null) throw new Error(`bank transaction ${id} has no proposal`);
    return found;
  }

  async function sync(): Promise<void> {
    await hub.sync.request(test.tenantId, hub.connection.id, 'full', 'spec');
    await hub.sync.drain(test.tenantId, hub.connection.id, new AbortController().signal);
  }

  /** Invoices INV-A, INV-B, ... of the only customer, Harbor Freight Lines. */
  async function owe(...amounts: string[]): Promise<void> {
    amounts.forEach((amount, at) => { hub.seed('invoice', { number: `INV-8100${at + 1}`, total: amount, open: amount }); });
    await sync();
  }

  /** Everything matching writes, to tell whether it wrote. `xmin` is the transaction that last touched a row. */
  const footprint = (): Promise<Record<string, unknown>[]> => rows(`
    SELECT 'proposal' AS what, id, xmin::text FROM match_proposal UNION ALL SELECT 'line', match_proposal_id, xmin::text FROM match_proposal_line
    UNION ALL SELECT 'bank', id, xmin::text FROM bank_transaction UNION ALL SELECT 'event', id, xmin::text FROM event ORDER BY 1, 2`);

  it('proposes who paid which documents, how surely and why, and shows it on the bank line', async () => {
    await owe('310.00', '95.50');
    const id = await bank.add({ amount: '405.50', payerName: 'HARBOR FREIGHT LINES', memo: 'INV-81001 INV-81002' });
    expect(await run()).toMatchObject({ matched: 1, written: 1, unchanged: 0 });
    const { proposal, lines } = await current(id);
    expect(proposal).toMatchObject({ customerName: 'Harbor Freight Lines', family: 'referenceList', unique: true, exact: true, status: 'current', autoApply: { allowed: true } });
    expect(lines.map(({ document, number, amount, openBefore }) => [document, number, amount.minor, openBefore.minor])).toEqual([
      ['invoice', 'INV-81001', 31_000n, 31_000n], ['invoice', 'INV-81002', 9_550n, 9_550n],
    ]);
    expect(proposal.rationale).toContain('310.00 (INV-81001) + 95.50 (INV-81002) = 405.50 USD.');
    expect(proposal.signals.map((signal) => signal.name)).toEqual(expect.arrayContaining(['payerName', 'reference']));
    expect(await statusOf(id)).toEqual({ status: 'potentialPayment', status_because: null });
  });

  it('says of each line what it needs: an allocation, or nothing because it is no payment', async () => {
    await owe('310.00');
    await inTenant((transaction) => transaction.execute(`INSERT INTO non_payment_rule (field, operator, value, because, created_by) VALUES ('code', 'equals', '475', 'cheques paid', 'spec')`));
    const stranger = await bank.add({ amount: '77.77', payerName: 'Quixotic Ventures', memo: 'thanks' });
    const known = await bank.add({ amount: '77.78', payerName: 'Harbor Freight Lines' });
    const left = await bank.add({ amount: '310.10', payerName: 'Harbor Freight Lines', memo: 'INV-81001' });
    const interest = await bank.add({ amount: '1.23', kind: 'interest', memo: 'INTEREST PAYMENT' });
    const ruled = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines', code: '475' });
    await run();
    expect(await statusOf(stranger)).toEqual({ status: 'needsAllocation', status_because: 'the customer is not known' });
    expect(await statusOf(known)).toEqual({ status: 'needsAllocation', status_because: 'the customer is known, the documents are not' });
    expect(await statusOf(left)).toEqual({ status: 'needsAllocation', status_because: '0.10 USD is left over' });
    expect(await statusOf(interest)).toMatchObject({ status: 'notPayment', status_because: 'the bank books it as interest' });
    expect(await statusOf(ruled)).toMatchObject({ status: 'notPayment', status_because: expect.stringContaining('rule ') });
  });

  it('takes a person\'s word that a line is a payment', async () => {
    const id = await bank.add({ amount: '1.23', kind: 'interest', memo: 'INTEREST PAYMENT' });
    await run();
    expect(await statusOf(id)).toMatchObject({ status: 'notPayment' });
    await rows(`UPDATE bank_transaction SET status = 'potentialPayment', status_because = NULL, decided_by = 'ada', version = version + 1 WHERE id = $1`, [id]);
    expect(await run()).toMatchObject({ matched: 1 });
    expect(await statusOf(id)).toEqual({ status: 'needsAllocation', status_because: 'a person took it for a payment, and no customer is found' });
  });

  it('writes nothing when it runs again on the same facts', async () => {
    await owe('310.00', '95.50', '95.50');
    for (const amount of ['310.00', '95.50', '95.50', '12.00']) await bank.add({ amount, payerName: 'Harbor Freight Lines' });
    await run();
    const before = await footprint();
    expect(await run()).toMatchObject({ matched: 4, written: 0, unchanged: 4 });
    expect(await footprint()).toEqual(before);
  });

  it('promises no document twice: not in a batch, not beside postings on their way, not line by line', async () => {
    await owe('250.00', '250.00');
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await bank.add({ amount: '250.00', payerName: 'Harbor Freight Lines' }));
    await run();
    const promised = `SELECT line.document_id, sum(line.amount_minor)::text AS minor FROM match_proposal_line line JOIN match_proposal p ON p.id = line.match_proposal_id
      WHERE p.status = 'current' GROUP BY 1 ORDER BY 1`;
    expect((await rows(promised)).map((row) => row['minor'])).toEqual(['25000', '25000']);
    for (const id of ids) await matching.propose(test.tenantId, id);
    expect((await rows(promised)).map((row) => row['minor'])).toEqual(['25000', '25000']);
    await reserve('INV-81001', 25_000);
    await run();
    const [row, ...more] = await rows(`SELECT invoice.number FROM match_proposal_line line JOIN match_proposal p ON p.id = line.match_proposal_id JOIN invoice ON invoice.id = line.document_id WHERE p.status = 'current'`);
    expect([row, more]).toEqual([{ number: 'INV-81002' }, []]);
  });

  /** What a posting finalized elsewhere holds of an invoice. */
  async function reserve(number: string, minor: number): Promise<void> {
    await inTenant((transaction) => transaction.execute(`
      WITH posted AS (INSERT INTO posting (connection_id, kind, idempotency_key, intent, currency, amount_minor, state, created_by, chain_hash) VALUES ($1, 'payment', 'key-of-spec', '{}', 'USD', $3, 'sending', 'spec', '') RETURNING id)
      INSERT INTO posting_share (posting_id, position, connection_id, document, role, external_id, currency, amount_minor)
      SELECT posted.id, 1, $1, 'invoice', 'settles', invoice.external_id, 'USD', $3 FROM posted, invoice WHERE invoice.number = $2`, [hub.connection.id, number, minor]));
  }

  it('supersedes exactly the proposals whose facts changed', async () => {
    await owe('310.00', '95.50');
    const early = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines', memo: 'INV-81001' });
    const late = await bank.add({ amount: '444.00', payerName: 'Harbor Freight Lines', memo: 'INV-81009' });
    await run();
    expect(numbers(await current(late))).toEqual([]);
    const before = (await current(early)).proposal.id;
    hub.seed('invoice', { number: 'INV-81009', total: '444.00', open: '444.00' });
    await sync();
    expect(await run()).toMatchObject({ written: 1, unchanged: 1 });
    expect(numbers(await current(late))).toEqual(['INV-81009']);
    expect((await current(early)).proposal.id).toBe(before);
    expect((await matching.list(test.tenantId, { filters: { bankTransactionId: late } })).rows.map((row) => row.status)).toEqual(['superseded', 'current']);
  });

  it('keeps what was dismissed dismissed', async () => {
    await owe('310.00');
    const id = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines' });
    await run();
    const first = await current(id);
    await matching.dismiss(test.tenantId, first.proposal.id, 'ada', 'a deposit, not this invoice');
    expect(await statusOf(id)).toEqual({ status: 'needsAllocation', status_because: 'its proposal was dismissed' });
    await run();
    expect(numbers(await current(id))).toEqual([]);
    const second = await current(id);
    expect(second.proposal).toMatchObject({ family: 'onAccount', customerName: 'Harbor Freight Lines' });
    await matching.dismiss(test.tenantId, second.proposal.id, 'ada', null);
    expect(await run()).toMatchObject({ written: 0, dismissedBefore: 1 });
    expect(await matching.current(test.tenantId, id)).toBeNull();
    expect(await matching.propose(test.tenantId, id)).toBeNull();
    await expect(matching.dismiss(test.tenantId, first.proposal.id, 'ada', null)).rejects.toMatchObject({ code: 'notNow' });
    expect((await matching.get(test.tenantId, first.proposal.id)).proposal).toMatchObject({ status: 'dismissed', decision: { by: 'ada', reason: 'a deposit, not this invoice' } });
  });

  it('follows a remittance handed in for a line', async () => {
    await owe('250.00', '100.00', '100.00', '50.00');
    const id = await bank.add({ amount: '250.00', payerName: 'Harbor Freight Lines' });
    await run();
    const before = await current(id);
    await inTenant((transaction) => transaction.execute(`
      WITH advice AS (INSERT INTO remittance (source, currency, bank_transaction_id, created_by) VALUES ('API', 'USD', $1, 'spec') RETURNING id)
      INSERT INTO remittance_line (remittance_id, position, kind, reference, paid_minor)
      SELECT advice.id, given.position, 'invoice', given.reference, given.paid FROM advice, (VALUES (1, 'INV-81002', 10000), (2, 'INV-81003', 10000), (3, 'INV-81004', 5000)) AS given (position, reference, paid)`, [id]));
    const after = await matching.propose(test.tenantId, id);
    expect(numbers(after)).toEqual(['INV-81002', 'INV-81003', 'INV-81004']);
    expect(numbers(before)).toEqual(['INV-81001']);
    expect(after?.proposal).toMatchObject({ family: 'remittance', remittanceId: expect.any(String), exact: true });
    expect(after?.proposal.rationale).toContain('handed in');
  });

  it('turns a proposal into a decision whose sums hold and learns the payer from it, the wrong one too', async () => {
    await owe('310.00');
    const other = hub.seed('customer', { name: 'Lakeside Timber' });
    hub.seed('invoice', { number: 'INV-92001', customer: other.id, total: '77.00', open: '77.00' });
    await sync();
    const id = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines', payerAccount: 'DE 12-34' });
    await run();
    const { proposal } = await current(id);
    const decision = decided(await requestOf(proposal.id));
    const [part] = (await requestOf(proposal.id)).parts;
    if (part === undefined) throw new Error('no part');
    expect(intentProblems({ ...part.intent, idempotencyKey: 'key' })).toEqual([]);
    expect(part.intent).toMatchObject({ customerExternalId: hub.master.customer, companyExternalId: hub.master.company, bankAccountExternalId: hub.master.bankAccount, amount: { minor: 31_000n }, onAccount: { minor: 0n } });
    const [lakeside] = await rows(`SELECT id FROM customer WHERE name = 'Lakeside Timber'`);
    const lakesideId = String(lakeside?.['id']);
    await inTenant((transaction) => matching.learn(transaction, { ...decision, parts: [{ intent: part.intent, customerId: lakesideId }] }, 'ada'));
    const aliases = `SELECT kind, value, customer.name, confirmed, contradicted FROM payer_alias JOIN customer ON customer.id = customer_id ORDER BY customer.name, kind`;
    expect(await rows(aliases)).toEqual([
      { kind: 'account', value: 'DE1234', name: 'Harbor Freight Lines', confirmed: 0, contradicted: 1 }, { kind: 'name', value: 'HARBOR FREIGHT LINES', name: 'Harbor Freight Lines', confirmed: 0, contradicted: 1 },
      { kind: 'account', value: 'DE1234', name: 'Lakeside Timber', confirmed: 1, contradicted: 0 }, { kind: 'name', value: 'HARBOR FREIGHT LINES', name: 'Lakeside Timber', confirmed: 1, contradicted: 0 },
    ]);
    const next = await bank.add({ amount: '77.00', payerName: 'Harbor Freight Lines', payerAccount: 'DE1234' });
    await run();
    expect((await current(next)).proposal).toMatchObject({ customerName: 'Lakeside Timber' });
    expect(numbers(await current(next))).toEqual(['INV-92001']);
  });

  it('makes two payments of a proposal over two companies: no ERP takes one payment of both', async () => {
    hub.seed('invoice', { number: 'INV-81001', total: '310.00', open: '310.00' });
    const other = hub.seed('company', { name: 'Harbor Holdings', currency: 'USD' });
    hub.seed('invoice', { number: 'INV-81002', total: '95.50', open: '95.50', company: other.id });
    await sync();
    const id = await bank.add({ amount: '405.50', payerName: 'Harbor Freight Lines', memo: 'INV-81001 INV-81002' });
    await run();
    const { parts } = await requestOf((await current(id)).proposal.id);
    expect(parts.map(({ intent }) => [intent.companyExternalId, intent.amount.minor, intent.invoices.map(({ number }) => number)])).toEqual([
      [hub.master.company, 31_000n, ['INV-81001']], [other.id, 9_550n, ['INV-81002']],
    ]);
    expect(new Set(parts.map(({ customerId }) => customerId)).size).toBe(1);
  });

  it('confirms a proposal that was decided as it stands, and leaves decided lines alone', async () => {
    await owe('310.00');
    const id = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines' });
    await run();
    const { proposal } = await current(id);
    const decision = decided(await requestOf(proposal.id));
    await inTenant(async (transaction) => {
      await matching.learn(transaction, decision, 'ada');
      await transaction.execute(`UPDATE bank_transaction SET status = 'posting' WHERE id = $1`, [id]);
    });
    expect(await run()).toMatchObject({ matched: 0 });
    expect((await current(id)).proposal).toMatchObject({ status: 'confirmed', decision: { by: 'ada' } });
    await expect(matching.propose(test.tenantId, id)).rejects.toMatchObject({ code: 'notNow' });
    await expect(matching.decisionOf(test.tenantId, proposal.id)).rejects.toMatchObject({ code: 'notNow' });
  });

  it('leaves a line alone that a person decides while a run computes', async () => {
    await owe('310.00', '95.50');
    const id = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines' });
    const other = await bank.add({ amount: '95.50', payerName: 'Harbor Freight Lines' });
    const decide = (): Promise<unknown> => rows(`UPDATE bank_transaction SET status = 'notPayment', decided_by = 'ada', version = version + 1 WHERE id = $1 AND decided_by IS NULL`, [id]);
    const interrupted = new MatchingService({ database: decidingBeforeSave(decide) });
    expect(await interrupted.run(test.tenantId)).toMatchObject({ matched: 2, takenMeanwhile: 1, written: 1 });
    expect(await matching.current(test.tenantId, id)).toBeNull();
    expect(numbers(await current(other))).toEqual(['INV-81002']);
    expect(await statusOf(id)).toMatchObject({ status: 'notPayment' });
    expect(await run()).toMatchObject({ matched: 1, takenMeanwhile: 0 });
  });

  /** A run reads where to, the facts, the lines; its fourth transaction saves. */
  function decidingBeforeSave(decide: () => Promise<unknown>): Database {
    const { database } = test;
    let count = 0;
    return {
      acrossTenants: database.acrossTenants.bind(database),
      inTenant: async <T>(tenantId: string, work: (transaction: Transaction) => Promise<T>): Promise<T> => {
        count += 1;
        if (count === 4) await decide();
        return database.inTenant(tenantId, work);
      },
    } as unknown as Database;
  }

  it('runs once per tenant at a time and keeps tenants apart', async () => {
    await owe('310.00');
    const id = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines' });
    const both = await Promise.allSettled([run(), run()]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((each) => each.status === 'rejected')).toMatchObject({ reason: { code: 'busy' } });
    const { proposal } = await current(id);
    expect(await matching.run(test.otherTenantId)).toMatchObject({ matched: 0 });
    expect((await matching.list(test.otherTenantId, { filters: {} })).rows).toEqual([]);
    await expect(matching.get(test.otherTenantId, proposal.id)).rejects.toThrow(MatchingError);
    await expect(matching.dismiss(test.otherTenantId, proposal.id, 'mallory', null)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('filters proposals by status, probability and whether they may be applied, and refuses what is no probability', async () => {
    await owe('310.00');
    const sure = await bank.add({ amount: '310.00', payerName: 'Harbor Freight Lines', memo: 'INV-81001' });
    await bank.add({ amount: '5.00', payerName: 'Quixotic Ventures' });
    await run();
    const found = async (filters: Record<string, string>): Promise<string[]> => (await matching.list(test.tenantId, { filters })).rows.map((row) => row.bankTransactionId);
    expect(await found({ status: 'current' })).toHaveLength(2);
    expect(await found({ probabilityMin: '0.95' })).toEqual([sure]);
    expect(await found({ autoApply: 'true', status: 'current' })).toEqual([sure]);
    await expect(found({ probabilityMin: '95 %' })).rejects.toMatchObject({ field: 'probabilityMin' });
  });

  it('reports lines of accounts that post into no connection instead of forgetting them', async () => {
    await owe('310.00');
    await hub.connections.create(test.tenantId, { name: 'more books', connector: 'memory', config: { target: 'books', pageSize: 5 }, mappingOverlays: {}, syncEveryMinutes: null }, { token: 'memory-token' });
    const orphan = await openTestBank(test, null);
    await orphan.add({ amount: '310.00', payerName: 'Harbor Freight Lines' });
    expect(await run()).toMatchObject({ matched: 0, withoutConnection: 1 });
  });
});
