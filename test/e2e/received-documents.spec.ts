import { AuditTrail } from '#access';
import { ReceivedDocuments, Remittances, BankTransactions, AchEntries } from '#bank';
import type { AchEntry, BankStatement, DocumentFormat, LocalDate, Remittance, StatementTransaction } from '#canonical';
import type { ReadDocument, RemittanceLayout } from '#documents';
import type { ReceivedDocumentRecord } from '#storage';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const where = (line: number): { line: number; column: number; record: string; page: null } => ({ line, column: 1, record: 'RMR', page: null });
const usd = (minor: bigint): { minor: bigint; currency: string } => ({ minor, currency: 'USD' });
const NOTHING = { version: null, refused: null, statements: [], remittances: [], entries: [], findings: [], layout: null };

const advice: Remittance = {
  payer: { name: 'Acme', id: '77' }, payee: 'Us', reference: 'TRACE-1', method: 'ACH', total: usd(900n), currency: 'USD', paidOn: '2026-11-02' as LocalDate, where: where(3),
  lines: [
    { reference: '000123', kind: 'invoice', paid: usd(1_000n), gross: usd(1_100n), discount: usd(20n), memo: 'pallets', where: where(4), adjustments: [{ amount: usd(-80n), code: '04', text: 'damaged', reference: 'DM-9' }] },
    { reference: '', kind: 'adjustment', paid: usd(-100n), gross: null, discount: null, memo: null, where: where(6), adjustments: [] },
    { reference: 'PO-5', kind: 'purchaseOrder', paid: null, gross: null, discount: null, memo: null, where: where(7), adjustments: [] },
  ],
  sums: { lines: usd(1_000n), adjustments: usd(-100n), difference: usd(0n) },
};
const returned: AchEntry = {
  kind: 'return', code: 'R01', title: 'Insufficient Funds', amount: usd(-12_354n), standardEntryClass: 'WEB', trace: '091400600000001', originalTrace: '021000020000001',
  receiver: { name: 'Jane Doe', id: 'C-1', account: '123', bank: '091400606' }, correctedData: null, information: null, settledOn: null, where: where(2),
};

describe('received documents', () => {
  let test: TestDatabase;
  let reading: ReadDocument;
  let documents: ReceivedDocuments;
  let remittances: Remittances;
  let count = 0;
  beforeAll(async () => {
    test = await openTestDatabase();
    const audit = new AuditTrail(test.database);
    documents = new ReceivedDocuments({ database: test.database, audit, parse: async () => reading });
    remittances = new Remittances({ database: test.database, audit });
  });
  afterAll(async () => { await test.close(); });

  /** Bytes never seen before, understood as given. */
  async function receive(format: DocumentFormat, found: Partial<ReadDocument>, more: { channel?: 'Email' | 'Portal'; sender?: string } = {}): ReturnType<ReceivedDocuments['importFile']> {
    reading = { ...NOTHING, format, ...found };
    count += 1;
    return documents.importFile(test.tenantId, { name: `file-${count}`, bytes: Buffer.from(`bytes ${count}`), source: 'upload', uploadedBy: 'ann', ...more });
  }

  it('keeps a remittance exactly as the payer wrote it, each line with its place in the document', async () => {
    const { file } = await receive('x12.820', { remittances: [advice] });
    expect(file).toMatchObject({ status: 'processed', format: 'x12.820', channel: 'Manual Upload', counts: { remittances: 1, remittanceLines: 3, explanationsKnown: 0, transactions: 0 } });
    const { rows: [summary] } = await remittances.list(test.tenantId, { filters: { receivedDocumentId: file.id } });
    const kept = await remittances.get(test.tenantId, summary?.id ?? '');
    expect(kept).toMatchObject({ source: 'EDI', payerName: 'Acme', payerId: '77', payee: 'Us', method: 'ACH', reference: 'TRACE-1', total: usd(900n), lineTotal: usd(900n), findings: [], where: where(3), receivedDocumentId: file.id });
    expect(kept?.lines).toEqual(advice.lines);
  });

  it('recognises a remittance that another document brought, says so, and keeps it once; twins in one document are two', async () => {
    const twin = { ...advice, reference: 'TRACE-2' };
    expect((await receive('csv', { remittances: [twin, twin] })).file.counts).toMatchObject({ remittances: 2 });
    const again = await receive('email', { remittances: [{ ...twin, where: where(40) }, advice] }, { channel: 'Email', sender: 'ap@acme.example' });
    expect(again.file).toMatchObject({ status: 'processed', channel: 'Email', sender: 'ap@acme.example', counts: { remittances: 0, explanationsKnown: 2 } });
    expect(again.file.findings.map(({ problem }) => problem)).toEqual(Array<string>(2).fill('the same remittance came before in another document: it was not taken again'));
  });

  describe('an entry that a notification told before its statement', () => {
    const amounts = async (account: string): Promise<[bigint, string, boolean][]> => {
      const { rows } = await new BankTransactions({ database: test.database, audit: new AuditTrail(test.database) }).list(test.tenantId, { filters: {}, sort: 'id' });
      return rows.filter(({ payer }) => payer.account === account).map(({ amount, status, pending }) => [amount.minor, status, pending]);
    };
    const entry = (account: string, minor: bigint, memo: string, more: Partial<StatementTransaction> = {}): StatementTransaction => ({
      bookedOn: '2026-11-03' as LocalDate, valueOn: null, amount: usd(minor), code: 'PMNT', kind: 'transfer', reversal: false, pending: false, bankReference: 'BATCH-7', customerReference: null, endToEndId: null,
      checkNumber: null, payer: { name: null, account, id: null }, memo, structuredReferences: [], where: where(9), lines: [], ...more,
    });
    const message = (account: string, status: BankStatement['status'], ...lines: StatementTransaction[]): BankStatement => ({ account, bank: null, currency: 'USD', asOf: '2026-11-03' as LocalDate, sequence: null, status, balances: [], transactions: lines });

    it.each([['interim', 'add'], ['add', 'interim'], ['interim', 'interim']] as const)('is one line, %s first and then %s, in whatever words; its twins stay', async (first, second) => {
      const account = `N-${first}-${second}`;
      await receive('camt.054', { statements: [message(account, first, entry(account, 500n, 'short'), entry(account, 500n, 'short too'))] });
      const { file } = await receive('camt.053', { statements: [message(account, second, entry(account, 500n, 'the whole story'), entry(account, 500n, 'another'), entry(account, 500n, 'a third'))] });
      expect(file.counts).toMatchObject({ transactions: 3, known: 2, created: 1 });
      expect(await amounts(account)).toHaveLength(3);
    });

    it('becomes a payment when the statement books what was pending', async () => {
      await receive('camt.052', { statements: [message('P-1', 'interim', entry('P-1', 500n, 'soon', { pending: true }))] });
      expect((await receive('camt.053', { statements: [message('P-1', 'add', entry('P-1', 500n, 'now'))] })).file.counts).toMatchObject({ changed: 1, created: 0 });
      expect(await amounts('P-1')).toEqual([[500n, 'potentialPayment', false]]);
    });

    it.each([['interim', [200n, 300n], 'add', [500n]], ['add', [500n], 'interim', [200n, 300n]]] as const)('is taken once where %s tells it as %s and then %s as %s, and says so', async (first, before, second, after) => {
      const account = `D-${first}`;
      const told = (minors: readonly bigint[]): StatementTransaction[] => minors.map((minor) => entry(account, minor, `part ${minor}`));
      await receive('camt.054', { statements: [message(account, first, ...told(before))] });
      const { file } = await receive('camt.053', { statements: [message(account, second, ...told(after))] });
      expect(file.counts).toMatchObject({ transactions: after.length, known: after.length, created: 0, notTaken: 0 });
      expect(file.findings.map(({ severity, problem }) => [severity, /told the entry BATCH-7 in other pieces/.test(problem)])).toEqual(after.map(() => ['warning', true]));
      expect((await amounts(account)).map(([minor]) => minor)).toEqual(before);
    });

    it('is two lines where both are final statements: only the bank knows whether it paid twice', async () => {
      await receive('camt.053', { statements: [message('F-1', 'add', entry('F-1', 500n, 'one'))] });
      expect((await receive('camt.053', { statements: [message('F-1', 'add', entry('F-1', 500n, 'two'))] })).file.counts).toMatchObject({ created: 1 });
    });
  });

  it('makes of what a bank wrote into its line a remittance of that line, once however often the statement comes', async () => {
    const line: StatementTransaction = {
      bookedOn: '2026-11-03' as LocalDate, valueOn: null, amount: usd(500n), code: 'PMNT', kind: 'transfer', reversal: false, pending: false, bankReference: 'B1', customerReference: null, endToEndId: 'E2E-1',
      checkNumber: null, payer: { name: 'Acme', account: null, id: null }, memo: '', structuredReferences: ['RF18539007547034', 'say "hi", {x}\\'], where: where(9),
      lines: [{ reference: 'INV-9', kind: 'invoice', paid: usd(500n), gross: null, discount: null, adjustments: [], memo: null, where: where(10) }],
    };
    const statement: BankStatement = { account: '4711', bank: null, currency: 'USD', asOf: '2026-11-03' as LocalDate, sequence: null, status: 'add', balances: [], transactions: [line] };
    const { file } = await receive('camt.053', { statements: [statement] });
    expect(file.counts).toMatchObject({ created: 1, remittances: 1, remittanceLines: 1 });
    const { rows: [stored] } = await new BankTransactions({ database: test.database, audit: new AuditTrail(test.database) }).list(test.tenantId, { filters: { receivedDocumentId: file.id } });
    expect(stored?.structuredReferences).toEqual(line.structuredReferences);
    expect((await remittances.list(test.tenantId, { filters: { bankTransactionId: stored?.id ?? '' } })).rows).toMatchObject([{ reference: 'E2E-1', total: usd(500n), lineCount: 1 }]);
    expect((await receive('camt.053', { statements: [statement] })).file.counts).toMatchObject({ created: 0, known: 1, remittances: 0, explanationsKnown: 1 });
  });

  it('keeps returns and notifications of change, each once', async () => {
    const { file } = await receive('nacha', { entries: [returned, { ...returned, trace: '091400600000002' }] });
    expect(file.counts).toMatchObject({ achEntries: 2 });
    const entries = new AchEntries({ database: test.database });
    const { rows } = await entries.list(test.tenantId, { filters: { receivedDocumentId: file.id }, sort: 'id' });
    expect(rows[0]).toMatchObject(returned);
    expect(await entries.get(test.otherTenantId, rows[0]?.id ?? '')).toBeNull();
    expect((await receive('nacha', { entries: [returned] })).file.counts).toMatchObject({ achEntries: 0, explanationsKnown: 1 });
  });

  it('asks once how a source writes its tables, and reads the next one by the answer', async () => {
    const real = new ReceivedDocuments({ database: test.database, audit: new AuditTrail(test.database) });
    const table = (day: string, number: number): Buffer => Buffer.from(`Invoice;Paid;Currency;Payment date;Check\nINV-${number};1.250,00;EUR;${day};C-${number}\n`);
    const upload = (bytes: Buffer, sender: string): ReturnType<ReceivedDocuments['importFile']> => real.importFile(test.tenantId, { name: 'advice.csv', bytes, source: 'imap', channel: 'Email', sender, uploadedBy: 'ann' });
    const asked = await upload(table('03/04/2026', 1), 'ap@acme.example');
    expect(asked.file).toMatchObject({ status: 'invalid', layout: { questions: ['dateOrder'] } });
    const guess = asked.file.layout as unknown as { layout: RemittanceLayout };
    const answered = await real.importAgain(test.tenantId, asked.file.id, { remittanceLayout: { ...guess.layout, dateOrder: 'dayMonthYear' }, by: 'ann' });
    expect(answered).toMatchObject({ status: 'processed', counts: { remittances: 1 } });
    expect((await upload(table('05/06/2026', 2), 'AP@acme.example')).file).toMatchObject({ status: 'processed', counts: { remittances: 1 } });
    const { rows } = await remittances.list(test.tenantId, { filters: { search: 'C-' }, sort: '-id' });
    expect(rows.map(({ reference, total, paidOn, source }) => [reference, total?.minor ?? null, paidOn, source])).toEqual([['C-2', null, '2026-06-05', 'Email'], ['C-1', null, '2026-04-03', 'Email']]);
    expect((await upload(table('07/08/2026', 3), 'ap@other.example')).file).toMatchObject({ status: 'invalid', layout: { questions: ['dateOrder'] } });
  });

  it('asks what a table in a mail leaves open, and remembers the answer for the sender of the mail', async () => {
    const real = new ReceivedDocuments({ database: test.database, audit: new AuditTrail(test.database) });
    const message = (number: number): Buffer => Buffer.from([
      'From: ap@mailer.example', 'To: ar@us.example', 'Subject: Remittance', 'MIME-Version: 1.0', 'Content-Type: text/csv; charset=utf-8', 'Content-Disposition: attachment; filename="advice.csv"', '', 'Invoice,Amount Paid', `M-${number},12.50`, '',
    ].join('\r\n'));
    const arrives = async (number: number): Promise<ReceivedDocumentRecord> => (await real.importFile(test.tenantId, { name: 'mail.eml', bytes: message(number), source: 'imap', channel: 'Email', sender: 'ap@mailer.example', uploadedBy: 'ann' })).file;
    const asked = await arrives(1);
    expect(asked).toMatchObject({ status: 'invalid', format: 'email', layout: { questions: ['currency'] }, counts: { remittances: 0 } });
    const guess = asked.layout as unknown as { layout: RemittanceLayout };
    const answered = await real.importAgain(test.tenantId, asked.id, { remittanceLayout: { ...guess.layout, currency: 'EUR' }, by: 'ann' });
    expect(answered).toMatchObject({ status: 'processed', findings: [], counts: { remittances: 1 } });
    expect((await real.reading(test.tenantId, asked.id))?.remittances).toMatchObject([{ currency: 'EUR', lines: [{ reference: 'M-1', where: { line: 2, record: 'advice.csv > row' } }] }]);
    expect(await arrives(2)).toMatchObject({ status: 'processed', counts: { remittances: 1 } });
  });

  it('brings in what a reader missed once it can read it, and nothing twice', async () => {
    const line = (day: string, minor: bigint): StatementTransaction => ({
      bookedOn: day as LocalDate, valueOn: null, amount: usd(minor), code: null, kind: 'other', reversal: false, pending: false, bankReference: null, customerReference: null, endToEndId: null,
      checkNumber: null, payer: { name: null, account: null, id: null }, memo: `row ${minor}`, structuredReferences: [], lines: [], where: where(2),
    });
    const statement: BankStatement = { account: '881', bank: null, currency: 'USD', asOf: '2026-11-09' as LocalDate, sequence: null, status: 'add', balances: [], transactions: [line('2026-11-09', 5n)] };
    const unread = { severity: 'error' as const, where: where(3), value: '??', problem: 'the amount cannot be read' };
    const { file } = await receive('csv', { statements: [statement], findings: [unread] });
    expect(file).toMatchObject({ status: 'processed', counts: { created: 1 } });
    reading = { ...NOTHING, format: 'csv', refused: { problem: 'nothing at all now', where: where(1) } };
    await expect(documents.importAgain(test.tenantId, file.id, { by: 'ann' })).rejects.toMatchObject({ kind: 'conflict' });
    reading = { ...NOTHING, format: 'csv', statements: [{ ...statement, transactions: [line('2026-11-09', 5n), line('2026-11-09', 7n)] }] };
    expect(await documents.importAgain(test.tenantId, file.id, { by: 'ann' })).toMatchObject({ status: 'processed', findings: [], counts: { created: 1, known: 1 } });
    await expect(documents.importAgain(test.tenantId, file.id, { by: 'ann' })).rejects.toThrow('processed already');
  });

  it('keeps a remittance marked as a test out, and says so', async () => {
    const { file } = await receive('x12.820', { remittances: [{ ...advice, reference: 'TEST-1', test: true }] });
    expect(file).toMatchObject({ status: 'processed', counts: { remittances: 0 }, findings: [{ severity: 'warning', value: 'TEST-1' }] });
  });

  it('does not take a remittance that cannot be kept, and says which', async () => {
    const huge = { ...advice, reference: 'HUGE', total: usd(10n ** 20n) };
    const { file } = await receive('pdf', { remittances: [huge, { ...advice, reference: 'FITS' }] });
    expect(file.counts).toMatchObject({ remittances: 1 });
    expect(file.findings).toMatchObject([{ severity: 'error', value: 'HUGE', where: where(3) }]);
  });

  it('assumes the currency of all bank accounts where a text names none, and says why; USD where they have several, or none is known', async () => {
    const real = new ReceivedDocuments({ database: test.database, audit: new AuditTrail(test.database) });
    const told = async (number: number, amount: string): Promise<[string | undefined, (string | undefined)[]]> => {
      const { file } = await real.importFile(test.otherTenantId, { name: 'note.txt', bytes: Buffer.from(`Payment of ${amount} for invoice INV-${number}\n`), source: 'upload', uploadedBy: 'ann' });
      const { rows } = await remittances.list(test.otherTenantId, { filters: { receivedDocumentId: file.id } });
      return [rows[0]?.total?.currency, file.findings.map(({ problem }) => problem.split('; ')[1])];
    };
    const open = (number: string, currency: string): Promise<number> => test.database.inTenant(test.otherTenantId, (transaction) => transaction.execute('INSERT INTO bank_account (account_number, currency, name) VALUES ($1, $2, $1)', [number, currency]));
    expect(await told(1, '450.00')).toEqual(['USD', ['USD was assumed. State the currency of this source']]);
    await open('1', 'CAD');
    await open('2', 'CAD');
    expect(await told(2, '450.00')).toEqual(['CAD', ['CAD was assumed, because all your bank accounts are in CAD. State the currency of this source']]);
    expect(await told(3, '$450.00')).toEqual(['CAD', [expect.stringContaining('because all your bank accounts')]]);
    expect(await told(4, 'EUR 450.00')).toEqual(['EUR', []]);
    await open('1', 'EUR');
    expect(await told(5, '450.00')).toEqual(['USD', ['USD was assumed. State the currency of this source']]);
  });
});
