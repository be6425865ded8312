import { AuditTrail } from '#access';
import { BankAccounts, ReceivedDocuments, type ReceivedDocumentUpload, BankTransactions, type ImportedReceivedDocument, NonPaymentRuleBook, PENDING_BECAUSE, Remittances } from '#bank';
import { formatMoney, type ParsedDocument } from '#canonical';
import { type CsvLayout, parseDocument } from '#documents';
import type { BankTransactionRecord } from '#storage';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bai2File, type Bai2Line } from '../support/bai2.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const SAMPLES = process.env['TRIBUTARY_SAMPLES'] ?? resolve(import.meta.dirname, '..', '..', '..', 'shared', 'samples');
const NO_LINKS = { connectionId: null, ledgerAccountExternalId: null, receivablesAccountExternalId: null, companyExternalId: null };

describe('bank files', () => {
  let test: TestDatabase;
  let audit: AuditTrail;
  let files: ReceivedDocuments;
  let transactions: BankTransactions;
  let rules: NonPaymentRuleBook;
  let tenantId: string;
  let accountNumber = 7_000_000;
  let account: string;

  beforeAll(async () => {
    test = await openTestDatabase();
    ({ tenantId } = test);
    audit = new AuditTrail(test.database);
    const dependencies = { database: test.database, audit };
    files = new ReceivedDocuments(dependencies);
    transactions = new BankTransactions(dependencies);
    rules = new NonPaymentRuleBook(dependencies);
  });
  afterAll(async () => { await test.close(); });
  // Each test has an account of its own, so none sees another's lines.
  beforeEach(() => { account = String(accountNumber += 1); });

  const upload = (bytes: Uint8Array, more: Partial<ReceivedDocumentUpload> = {}): Promise<ImportedReceivedDocument> => files.importFile(tenantId, { name: 'statement.txt', bytes, source: 'upload', uploadedBy: 'ann', ...more });
  const count = async (sql: string, tenant = tenantId): Promise<number> => {
    const row = await test.database.inTenant(tenant, (transaction) => transaction.one<{ count: string }>(`SELECT count(*) AS count FROM ${sql}`));
    return Number(row?.count);
  };
  const accountId = async (number = account): Promise<string> => {
    const row = await test.database.inTenant(tenantId, (transaction) => transaction.one<{ id: string }>('SELECT id FROM bank_account WHERE account_number = $1', [number]));
    if (row === null) throw new Error(`no account ${number}`);
    return row.id;
  };
  const linesOf = async (number = account): Promise<BankTransactionRecord[]> => (await transactions.list(tenantId, { filters: { bankAccountId: await accountId(number) }, sort: 'id' })).rows;
  const shown = (lines: readonly BankTransactionRecord[]): [string, string, string | null][] => lines.map(({ amount, status, statusBecause }) => [formatMoney(amount), status, statusBecause]);
  const setStatus = (id: string, status: string): Promise<number> => test.database.inTenant(tenantId, (transaction) => transaction.execute('UPDATE bank_transaction SET status = $2 WHERE id = $1', [id, status]));
  const payments = (...texts: string[]): Bai2Line[] => texts.map((text, index) => ({ code: '142', cents: 10_000 + index, text }));

  it('imports every line with its place and first status, makes the unknown account and says so, and tells feed and audit', async () => {
    const { file, duplicateOf } = await upload(bai2File('1', { account, lines: [
      { code: '142', cents: 125_000, text: 'ACME INV 4711' }, { code: '475', cents: 900, text: 'CHECK PAID' }, { code: '252', cents: 500, text: 'DEBIT REVERSAL' },
      { code: '354', cents: 77, text: 'INTEREST' }, { code: '142', cents: 0, text: 'NOTICE' },
    ] }));
    expect(duplicateOf).toBeNull();
    expect(file).toMatchObject({ status: 'processed', format: 'bai2', counts: { statements: 1, transactions: 5, created: 5, known: 0, changed: 0, notTaken: 0, accountsMade: 1 } });
    expect(file.findings.map(({ problem }) => problem)).toEqual([expect.stringMatching(new RegExp(`account ${account} in USD was not known: bank account \\d+ was made, linked to nothing`))]);
    const lines = await linesOf();
    expect(shown(lines)).toEqual([
      ['1250.00', 'potentialPayment', null], ['-9.00', 'notPayment', 'money out'], ['5.00', 'notPayment', 'the bank takes back an earlier entry (type 252)'],
      ['0.77', 'notPayment', 'interest (type 354)'], ['0.00', 'notPayment', 'the amount is zero'],
    ]);
    expect(lines[0]).toMatchObject({ receivedDocumentId: file.id, where: { line: 4, column: 1, record: '16' }, memo: 'ACME INV 4711', bookedOn: '2026-11-01', proposalId: null, version: 1 });
    expect(await count(`event WHERE type = 'bankTransaction.created' AND subject_id IN (SELECT id FROM bank_transaction WHERE bank_account_id = ${await accountId()})`)).toBe(5);
    expect(await count(`event WHERE type = 'receivedDocument.processed' AND subject_id = ${file.id}`)).toBe(1);
    expect(await audit.list(tenantId, { limit: 1 })).toMatchObject([{ actor: 'ann', action: 'receivedDocument.import', subject: `receivedDocument/${file.id}`, detail: { status: 'processed' } }]);
    expect((await files.content(tenantId, file.id))?.content.toString()).toContain('ACME INV 4711');
  });

  it('recognises the same bytes and changes nothing', async () => {
    const bytes = bai2File('1', { account, lines: payments('A', 'B') });
    const first = await upload(bytes);
    const before = [await count('event'), await count('audit_entry'), await count('bank_statement'), await count('bank_transaction')];
    const again = await upload(bytes, { name: 'other name.txt', uploadedBy: 'bob' });
    expect(again).toEqual({ file: first.file, duplicateOf: first.file.id });
    expect([await count('event'), await count('audit_entry'), await count('bank_statement'), await count('bank_transaction')]).toEqual(before);
  });

  it('keeps identical twins apart and finds every line of a statement sent twice', async () => {
    const twin: Bai2Line = { code: '142', cents: 5_000, text: 'SUBSCRIPTION' };
    await upload(bai2File('1', { account, lines: [twin, twin, { code: '142', cents: 1, text: 'ALONE' }] }));
    const second = await upload(bai2File('2', { account, lines: [twin, twin, { code: '142', cents: 1, text: 'ALONE' }] }));
    expect(second.file.counts).toMatchObject({ created: 0, changed: 0, known: 3 });
    const third = await upload(bai2File('3', { account, lines: [twin, twin, twin] }));
    expect(third.file.counts).toMatchObject({ created: 1, known: 2 });
    expect(shown(await linesOf()).map(([amount]) => amount)).toEqual(['50.00', '50.00', '0.01', '50.00']);
  });

  it('imports bytes handed in twice at the same moment once', async () => {
    const bytes = bai2File('1', { account, lines: payments('A', 'B', 'C') });
    const both = await Promise.all([upload(bytes), upload(bytes)]);
    expect(both.map(({ duplicateOf }) => duplicateOf === null).filter(Boolean)).toHaveLength(1);
    expect(await linesOf()).toHaveLength(3);
  });

  it('leaves nothing of a file when the import breaks at its very end, keeps the original, and finishes it the next time', async () => {
    class BrokenTrail extends AuditTrail {
      override append(): Promise<void> { return Promise.reject(new Error('the disk is full')); }
    }
    const broken = new ReceivedDocuments({ database: test.database, audit: new BrokenTrail(test.database) });
    const bytes = bai2File('1', { account, lines: payments('A', 'B') });
    const before = [await count('event'), await count('bank_statement'), await count('bank_transaction'), await count('bank_account')];
    await expect(broken.importFile(tenantId, { name: 'crash.txt', bytes, source: 'upload', uploadedBy: 'ann' })).rejects.toThrow('the disk is full');
    expect([await count('event'), await count('bank_statement'), await count('bank_transaction'), await count('bank_account')]).toEqual(before);
    const [kept] = (await files.list(tenantId, { filters: { search: 'crash.txt' } })).rows;
    expect(kept).toMatchObject({ status: 'processing', findings: [], finishedAt: null });
    const finished = await upload(bytes);
    expect(finished).toMatchObject({ duplicateOf: null, file: { id: kept?.id, status: 'processed', counts: { created: 2 } } });
  });

  it('shows no tenant another\'s files, accounts or lines, and takes the same bytes of both', async () => {
    const bytes = bai2File('1', { account, lines: payments('A') });
    const mine = await upload(bytes);
    const [line] = await linesOf();
    expect(await files.get(test.otherTenantId, mine.file.id)).toBeNull();
    expect(await files.content(test.otherTenantId, mine.file.id)).toBeNull();
    expect(await transactions.get(test.otherTenantId, line?.id ?? '')).toBeNull();
    await expect(files.importFile(test.otherTenantId, { name: 'x', bytes, source: 'upload', uploadedBy: 'eve', bankAccountId: await accountId() })).rejects.toThrow('there is no bank account');
    const theirs = await files.importFile(test.otherTenantId, { name: 'x', bytes, source: 'upload', uploadedBy: 'eve' });
    expect(theirs).toMatchObject({ duplicateOf: null, file: { counts: { created: 1 } } });
    expect((await transactions.list(test.otherTenantId, { filters: {} })).rows).toHaveLength(1);
  });

  it('moves nothing for a test statement, and says so at its place', async () => {
    const { file } = await upload(bai2File('1', { account, status: '4', lines: payments('A', 'B') }));
    expect(file).toMatchObject({ status: 'processed', counts: { testStatements: 1, statements: 0, notTaken: 2, created: 0, accountsMade: 0 } });
    expect(file.findings).toEqual([expect.objectContaining({ where: expect.objectContaining({ line: 4 }), problem: expect.stringContaining('is a test: nothing of its 2 lines') })]);
    expect(await count(`bank_account WHERE account_number = '${account}'`)).toBe(0);
  });

  it('takes back what a deletion names, leaves decided lines to a person, and lets the lines return', async () => {
    const lines = payments('A', 'B', 'C');
    await upload(bai2File('1', { account, lines }, { account, day: '261102', lines: payments('NEXT DAY') }));
    const [first, second] = await linesOf();
    await setStatus(first?.id ?? '', 'posted');
    const { file } = await upload(bai2File('2', { account, status: '2', lines: [] }), { name: 'delete.txt' });
    expect(file.counts).toMatchObject({ withdrawn: 3, created: 0 });
    expect(file.findings).toContainEqual(expect.objectContaining({ severity: 'error', value: first?.id, problem: expect.stringContaining('which is posted here') }));
    const after = await linesOf();
    expect(after.map(({ status, withdrawn }) => [status, withdrawn])).toEqual([['posted', true], ['notPayment', true], ['notPayment', true], ['potentialPayment', false]]);
    expect(after[1]?.statusBecause).toBe('the bank deleted its statement as of 2026-11-01 (file "delete.txt"), and this line is no longer in it');
    await expect(transactions.unmarkNotPayment(tenantId, second?.id ?? '', after[1]?.version ?? 0, 'ann')).rejects.toThrow('taken back by the bank');
    const back = await upload(bai2File('3', { account, lines }));
    expect(back.file.counts).toMatchObject({ created: 0, changed: 3, known: 0 });
    expect((await linesOf()).map(({ status, withdrawn }) => [status, withdrawn])).toEqual([['posted', false], ['potentialPayment', false], ['potentialPayment', false], ['potentialPayment', false]]);
  });

  it('says that a deletion of an unknown account takes nothing back', async () => {
    const { file } = await upload(bai2File('1', { account, status: '2', lines: payments('A') }));
    expect(file).toMatchObject({ counts: { statements: 0, notTaken: 1, withdrawn: 0, accountsMade: 0 } });
    expect(file.findings.map(({ problem }) => problem).join()).toContain('there is nothing to take back');
  });

  it('replaces a day: repeated lines stay as they are, new ones come, missing ones are taken back', async () => {
    await upload(bai2File('1', { account, lines: payments('STAYS', 'GOES') }));
    const [stays] = await linesOf();
    await setStatus(stays?.id ?? '', 'readyToPost');
    const { file } = await upload(bai2File('2', { account, status: '3', lines: [{ code: '142', cents: 10_000, text: 'STAYS' }, { code: '142', cents: 4, text: 'COMES' }] }));
    expect(file.counts).toMatchObject({ created: 1, known: 1, changed: 0, withdrawn: 1 });
    expect((await linesOf()).map(({ memo, status, version }) => [memo, status, version])).toEqual([['STAYS', 'readyToPost', 1], ['GOES', 'notPayment', 2], ['COMES', 'potentialPayment', 1]]);
  });

  it('lets a pending line wait and judges it when the bank has booked it, as the same line', async () => {
    const pending = new ReceivedDocuments({ database: test.database, audit, parse: async (bytes, options) => {
      const parsed = await parseDocument(bytes, options);
      return { ...parsed, statements: parsed.statements.map((statement) => ({ ...statement, status: 'interim', transactions: statement.transactions.map((line) => ({ ...line, pending: true })) })) };
    } });
    const lines = payments('A', 'B');
    await pending.importFile(tenantId, { name: 'intraday', bytes: bai2File('1', { account, lines }), source: 'upload', uploadedBy: 'ann' });
    const waiting = await linesOf();
    expect(shown(waiting)).toEqual([['100.00', 'notPayment', PENDING_BECAUSE], ['100.01', 'notPayment', PENDING_BECAUSE]]);
    const final = await upload(bai2File('2', { account, lines }));
    expect(final.file.counts).toMatchObject({ created: 0, changed: 2 });
    expect((await linesOf()).map(({ id, status, pending: still }) => [id, status, still])).toEqual(waiting.map(({ id }) => [id, 'potentialPayment', false]));
  });

  it('keeps what Postgres cannot: zero bytes become marks, amounts beyond the ledger and endless account numbers become findings', async () => {
    const { file } = await upload(bai2File('1', { account, lines: [{ code: '142', cents: 100, text: 'NUL\0INSIDE' }, { code: '142', cents: '99999999999999999999', text: 'TOO MUCH' }] }, { account: '9'.repeat(80), lines: payments('X') }));
    expect(file).toMatchObject({ status: 'processed', counts: { transactions: 3, created: 1, notTaken: 2 } });
    expect((await linesOf()).map(({ memo }) => memo)).toEqual(['NUL\uFFFDINSIDE']);
    const problems = file.findings.filter(({ severity }) => severity === 'error').map(({ where, problem }) => [where.line, problem]);
    expect(problems).toEqual([[10, expect.stringContaining('more than 64 characters')], [5, expect.stringContaining('larger than 9223372036854775807 minor units')]]);
  });

  it('refuses nonsense as an invalid file with its reason, kept as received', async () => {
    const { file } = await upload(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]), { name: 'program' });
    expect(file).toMatchObject({ status: 'invalid', counts: { created: 0 } });
    expect(file.findings).toEqual([expect.objectContaining({ severity: 'error', problem: expect.stringContaining('none of the formats known') })]);
    await expect(upload(Buffer.from('x'), { name: ' ' })).rejects.toThrow('name must not be empty');
  });

  it('asks what a CSV file leaves open, takes the answer, and remembers it for the account', async () => {
    const accounts = new BankAccounts({ database: test.database, audit });
    const { id: bankAccountId } = await accounts.create(tenantId, { accountNumber: account, currency: 'USD', links: { name: 'Operating', ...NO_LINKS } }, 'ann');
    const csv = (day: string): Buffer => Buffer.from(`Date,Description,Amount\n${day}/05/2026,ACME INV 1,12.30\n${day}/06/2026,RENT,-4.00\n`);
    const asked = await upload(csv('03'), { bankAccountId });
    expect(asked.file).toMatchObject({ status: 'invalid', bankAccountId, layout: { questions: ['dateOrder'] } });
    expect(asked.file.findings).toEqual([expect.objectContaining({ severity: 'error', value: 'dateOrder' })]);
    const guess = (asked.file.layout as { layout: CsvLayout } | null)?.layout;
    if (guess === undefined) throw new Error('no layout was proposed');
    const answered = await files.importAgain(tenantId, asked.file.id, { layout: { ...guess, dateOrder: 'monthDayYear' }, by: 'bob' });
    expect(answered).toMatchObject({ id: asked.file.id, status: 'processed', counts: { created: 2 } });
    expect((await linesOf()).map(({ bookedOn, status }) => [bookedOn, status])).toEqual([['2026-03-05', 'potentialPayment'], ['2026-03-06', 'notPayment']]);
    await expect(files.importAgain(tenantId, asked.file.id, { by: 'bob' })).rejects.toThrow('processed already');
    const next = await upload(csv('04'), { bankAccountId });
    expect(next.file).toMatchObject({ status: 'processed', counts: { created: 2 } });
    expect((await linesOf())[2]).toMatchObject({ bookedOn: '2026-04-05', where: { line: 2, record: 'row' } });
    const changed = await upload(Buffer.from(`Buchungstag;Verwendungszweck;Betrag\n2026-05-07;ACME;7,50\n`), { bankAccountId });
    expect(changed.file).toMatchObject({ status: 'processed', counts: { created: 1 } });
    expect(changed.file.findings).toContainEqual(expect.objectContaining({ severity: 'warning', problem: expect.stringContaining('layout remembered for this account does not fit') }));
  });

  it('refuses a CSV file that names no account until one is chosen', async () => {
    const { file } = await upload(Buffer.from(`Date,Description,Amount,Currency\n2026-03-25,${account},12.30,USD\n`));
    expect(file).toMatchObject({ status: 'invalid' });
    expect(file.findings).toContainEqual(expect.objectContaining({ severity: 'error', value: 'bankAccountId' }));
    const accounts = new BankAccounts({ database: test.database, audit });
    const { id: bankAccountId } = await accounts.create(tenantId, { accountNumber: account, currency: 'USD', links: { name: 'Chosen', ...NO_LINKS } }, 'ann');
    expect(await files.importAgain(tenantId, file.id, { bankAccountId, by: 'ann' })).toMatchObject({ status: 'processed', counts: { created: 1 } });
    expect(await linesOf()).toHaveLength(1);
  });

  it('believes the file before the uploader about the account, and says so', async () => {
    await upload(bai2File('1', { account, lines: payments('A') }));
    const { file } = await upload(bai2File('2', { account: `${account}99`, lines: payments('B') }), { bankAccountId: await accountId() });
    expect(file.findings.map(({ problem }) => problem).join()).toContain('its lines were booked where the file says');
    expect(await linesOf(`${account}99`)).toHaveLength(1);
  });

  describe('decisions', () => {
    it('marks a line and everything like it, old and new, and takes one up again that rules then leave alone', async () => {
      await upload(bai2File('1', { account, lines: payments('PAYROLL   Funding 1', 'payroll funding 2', 'ACME INV 9') }));
      const [first, second] = await linesOf();
      const marked = await transactions.markNotPayment(tenantId, first?.id ?? '', { version: 1, because: 'our own payroll', likeIt: { field: 'memo', operator: 'contains', value: 'Payroll Funding' }, by: 'ann' });
      expect(marked).toMatchObject({ othersMarked: 1, rule: { value: 'Payroll Funding' }, transaction: { status: 'notPayment', statusBecause: 'our own payroll', decidedBy: 'ann', version: 2 } });
      expect(shown(await linesOf()).map(([, status]) => status)).toEqual(['notPayment', 'notPayment', 'potentialPayment']);
      await upload(bai2File('2', { account, day: '261103', lines: payments('PAYROLL FUNDING 3', 'ACME INV 10') }));
      expect(shown(await linesOf()).slice(3)).toEqual([['100.00', 'notPayment', 'our own payroll (rule: memo contains "Payroll Funding")'], ['100.01', 'potentialPayment', null]]);
      const up = await transactions.unmarkNotPayment(tenantId, second?.id ?? '', 2, 'bob');
      expect(up).toMatchObject({ status: 'potentialPayment', statusBecause: null, decidedBy: 'bob', version: 3 });
      const made = await rules.create(tenantId, { field: 'memo', operator: 'equals', value: 'payroll funding 2', because: 'again' }, 'ann');
      expect(made.marked).toBe(0);
      await rules.delete(tenantId, made.rule.id, 'ann');
      await rules.delete(tenantId, marked.rule?.id ?? '', 'ann');
      await expect(rules.delete(tenantId, made.rule.id, 'ann')).rejects.toThrow('there is no non-payment rule');
    });

    it('refuses a stale version, an allocated line, a rule that does not fit, is too wide or known', async () => {
      await upload(bai2File('1', { account, lines: payments('SOMETHING') }));
      const [line] = await linesOf();
      const id = line?.id ?? '';
      const mark = (version: number, likeIt?: { field: 'memo' | 'payerName'; operator: 'contains'; value?: string }): Promise<unknown> => transactions.markNotPayment(tenantId, id, { version, because: 'no', by: 'ann', ...(likeIt === undefined ? {} : { likeIt }) });
      await expect(mark(7)).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('has version 1, not 7') });
      await expect(mark(1, { field: 'memo', operator: 'contains', value: 'ELSE' })).rejects.toThrow('does not fit the line');
      await expect(mark(1, { field: 'payerName', operator: 'contains' })).rejects.toThrow('the line has no payerName');
      await expect(mark(1, { field: 'memo', operator: 'contains', value: 'SO' })).rejects.toThrow('at least 3 characters');
      expect((await transactions.get(tenantId, id))?.status).toBe('potentialPayment');
      const { rule } = await rules.create(tenantId, { field: 'code', operator: 'equals', value: '999', because: 'never' }, 'ann');
      await expect(rules.create(tenantId, { field: 'code', operator: 'equals', value: '999', because: 'never' }, 'ann')).rejects.toMatchObject({ kind: 'conflict' });
      await rules.delete(tenantId, rule.id, 'ann');
      await setStatus(id, 'readyToPost');
      await expect(mark(1)).rejects.toThrow('take its allocation or posting back first');
    });

    it('supersedes the current proposal of a line that is put aside', async () => {
      await upload(bai2File('1', { account, lines: payments('A') }));
      const [line] = await linesOf();
      const connection = await test.database.inTenant(tenantId, (transaction) => transaction.one<{ id: string }>(`INSERT INTO connection (name, connector, config) VALUES ('proposing', 'memory', '{}') RETURNING id`));
      await test.database.inTenant(tenantId, (transaction) => transaction.execute(`
        INSERT INTO match_proposal (connection_id, bank_transaction_id, status, is_payment, payment_verdict, customer_probability, probability, family, is_unique, is_exact, alternatives,
          alternatives_counted, on_account_minor, short_by_minor, currency, signals, auto_apply, rationale, content_hash, allocation_key)
        VALUES ($2, $1, 'current', 1, 'yes', 1, 1, 'exact', true, true, 0, 'exactly', 0, 0, 'USD', '[]', '{}', 'why', '\\x', 'none')`, [line?.id ?? null, connection?.id ?? null]));
      expect((await transactions.get(tenantId, line?.id ?? ''))?.proposalId).toMatch(/^\d+$/);
      await transactions.markNotPayment(tenantId, line?.id ?? '', { version: 1, because: 'no', by: 'ann' });
      expect((await transactions.get(tenantId, line?.id ?? ''))?.proposalId).toBeNull();
    });

    it('finds lines by status, day, amount, text and kind', async () => {
      await upload(bai2File('1', { account, lines: [{ code: '142', cents: 100, text: 'ALPHA 50%' }, { code: '142', cents: 200, text: 'BETA' }, { code: '475', cents: 300, text: 'GAMMA' }] }));
      const bankAccountId = await accountId();
      const find = async (filters: Record<string, string>): Promise<string[]> => (await transactions.list(tenantId, { filters: { bankAccountId, ...filters }, sort: 'amount' })).rows.map(({ memo }) => memo);
      expect(await find({ currency: 'USD', amountMin: '1.50', amountMax: '2.00' })).toEqual(['BETA']);
      expect(await find({ search: '50%' })).toEqual(['ALPHA 50%']);
      expect(await find({ kind: 'check' })).toEqual(['GAMMA']);
      expect(await find({ status: 'potentialPayment', bookedFrom: '2026-11-01', bookedTo: '2026-11-01' })).toEqual(['ALPHA 50%', 'BETA']);
      expect(await find({ bookedFrom: '2026-11-02' })).toEqual([]);
      await expect(find({ amountMin: '1' })).rejects.toThrow('needs the filter `currency`');
    });
  });

  it('links a bank account only to what its connection has brought, under the version that was read', async () => {
    const accounts = new BankAccounts({ database: test.database, audit });
    const made = await accounts.create(tenantId, { accountNumber: ` ${account} `, currency: 'USD', links: { name: 'Main', ...NO_LINKS } }, 'ann');
    expect(made.accountNumber).toBe(account);
    await expect(accounts.create(tenantId, { accountNumber: account, currency: 'USD', links: { name: 'Twice', ...NO_LINKS } }, 'ann')).rejects.toMatchObject({ kind: 'conflict' });
    await expect(accounts.update(tenantId, made.id, 1, { ledgerAccountExternalId: '1000' }, 'ann')).rejects.toThrow('needs a connection');
    const connection = await test.database.inTenant(tenantId, (transaction) => transaction.one<{ id: string }>(`INSERT INTO connection (name, connector, config) VALUES ('books', 'memory', '{}') RETURNING id`));
    const connectionId = connection?.id ?? '';
    await expect(accounts.update(tenantId, made.id, 1, { connectionId, ledgerAccountExternalId: '1000' }, 'ann')).rejects.toThrow('is no ledger account of connection');
    await test.database.inTenant(tenantId, (transaction) => transaction.execute(`
      INSERT INTO ledger_account (connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, number, name, kind, active)
      VALUES ($1, '1000', 1, 'm', 1, 1, '\\x', '1000', 'Cash', 'bank', true)`, [connectionId]));
    const linked = await accounts.update(tenantId, made.id, 1, { connectionId, ledgerAccountExternalId: '1000' }, 'ann');
    expect(linked).toMatchObject({ name: 'Main', connectionId, ledgerAccountExternalId: '1000', version: 2 });
    await expect(accounts.update(tenantId, made.id, 1, { name: 'Stale' }, 'bob')).rejects.toMatchObject({ kind: 'conflict' });
    await expect(accounts.update(test.otherTenantId, made.id, 2, { name: 'Theirs' }, 'eve')).rejects.toMatchObject({ kind: 'missing' });
  });

  describe('remittances', () => {
    const usd = (minor: bigint): { minor: bigint; currency: string } => ({ minor, currency: 'USD' });
    const line = (reference: string, paid: bigint, more: object = {}): Parameters<Remittances['create']>[1]['lines'][number] => ({ reference, paid: usd(paid), gross: null, discount: null, kind: 'invoice', adjustments: [], memo: null, where: { line: null, column: null, record: null, page: null }, ...more });
    const entry = { source: 'Portal' as const, payerName: 'ACME', payerId: null, reference: 'ADV-1', total: usd(1_000n), currency: 'USD', paidOn: null, body: null, bankTransactionId: null };

    it('keeps what the payer says and says what does not add up', async () => {
      const remittances = new Remittances({ database: test.database, audit });
      const made = await remittances.create(tenantId, { ...entry, lines: [line('INV-1', 600n, { gross: usd(700n), discount: usd(50n) }), line('INV-2', 300n)] }, 'ann');
      expect(made).toMatchObject({ status: 'processed', lineCount: 2, lineTotal: usd(900n), total: usd(1_000n), lines: [{ reference: 'INV-1', gross: usd(700n) }, { reference: 'INV-2' }] });
      expect(made.findings.map(({ problem }) => problem)).toEqual([
        'the total is 10.00 USD, the lines add up to 9.00: 1.00 is not explained', 'gross 7.00 less discount 0.50 with adjustments of 0.00 is 6.50, paid says 6.00',
      ]);
      expect(await remittances.get(test.otherTenantId, made.id)).toBeNull();
      expect((await remittances.list(tenantId, { filters: { source: 'Portal', search: 'inv-2' } })).rows.map(({ id }) => id)).toEqual([made.id]);
    });

    it('takes a collector\'s note without lines, and refuses one that says nothing or mixes currencies', async () => {
      const remittances = new Remittances({ database: test.database, audit });
      expect(await remittances.create(tenantId, { ...entry, source: 'Call', body: 'Anna paid INV-7 and INV-8', lines: [] }, 'ann')).toMatchObject({
        body: 'Anna paid INV-7 and INV-8', lines: [{ reference: 'INV-7', kind: 'invoice', paid: null, where: { line: 1 } }, { reference: 'INV-8', paid: null }], findings: [],
      });
      expect(await remittances.create(tenantId, { ...entry, source: 'Call', body: 'They will ring back on Monday', lines: [] }, 'ann')).toMatchObject({ lineCount: 0 });
      await expect(remittances.create(tenantId, { ...entry, lines: [] }, 'ann')).rejects.toThrow('it would explain nothing');
      await expect(remittances.create(tenantId, { ...entry, lines: [{ ...line('A', 1n), paid: { minor: 1n, currency: 'EUR' } }] }, 'ann')).rejects.toThrow('lines[0].paid is in EUR');
    });

    it('links to money in of its currency, under the version that was read, and back', async () => {
      const remittances = new Remittances({ database: test.database, audit });
      await upload(bai2File('1', { account, lines: [{ code: '142', cents: 1_000, text: 'IN' }, { code: '475', cents: 1_000, text: 'OUT' }] }));
      const [moneyIn, moneyOut] = await linesOf();
      const made = await remittances.create(tenantId, { ...entry, lines: [line('INV-1', 1_000n)] }, 'ann');
      const linked = await remittances.link(tenantId, made.id, 1, moneyIn?.id ?? '', 'ann');
      expect(linked).toMatchObject({ bankTransactionId: moneyIn?.id, version: 2 });
      await expect(remittances.link(tenantId, made.id, 1, null, 'bob')).rejects.toMatchObject({ kind: 'conflict' });
      await expect(remittances.link(tenantId, made.id, 2, moneyOut?.id ?? '', 'ann')).rejects.toThrow('is no money in');
      await expect(remittances.link(tenantId, made.id, 2, '999999999', 'ann')).rejects.toThrow('there is no bank transaction');
      expect(await remittances.link(tenantId, made.id, 2, null, 'ann')).toMatchObject({ bankTransactionId: null, version: 3 });
    });
  });

  const missing = existsSync(SAMPLES) ? null : `no sample files at ${SAMPLES}; set TRIBUTARY_SAMPLES`;
  (missing === null ? describe : describe.skip)(`real files of banks${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    it.each([
      ['bai2/moov-sample1.txt', 17], ['bai2/moov-sample4-continuations.txt', 17], ['bai2/moj-citi_example.bai2', 1], ['bai2/moj-svb_us_example.bai2', 2],
      ['csv/sample_statement.csv', 2], ['csv/sample_split_amounts.csv', 2], ['csv/csv_european_decimals.csv', 3],
    ])('%s: %i lines come in, and none twice', async (name, expected) => {
      const bytes = readFileSync(join(SAMPLES, name));
      const { file } = await upload(bytes, { name });
      expect(file).toMatchObject({ status: 'processed', counts: { transactions: expected, created: expected, known: 0, notTaken: 0 } });
      const parsed: ParsedDocument = await parseDocument(bytes);
      const wanted = parsed.statements.flatMap((statement) => statement.transactions.map(({ amount }) => formatMoney(amount)));
      const stored = (await transactions.list(tenantId, { filters: { receivedDocumentId: file.id }, sort: 'id' })).rows.map(({ amount }) => formatMoney(amount));
      expect(stored).toEqual(wanted);
      const again = await upload(Buffer.concat([bytes, Buffer.from('\n')]), { name: `${name} with a blank line` });
      expect(again.file).toMatchObject({ status: 'processed', counts: { created: 0, known: expected } });
    });
  });
});
