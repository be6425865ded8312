import { createHash } from 'node:crypto';
import { Book } from './book/book.js';
import { generateCompany } from './company/generate.js';
import { companyFromOpenItems, OpenItemsError } from './company/open-items.js';
import { assertBook } from './records/invariants.js';

const TABLES = ['transaction', 'transactionline', 'transactionaccountingline', 'transactionlink', 'customer', 'contact', 'accountingperiod', 'x_installment'];

function digest(book: Book): string {
  const hash = createHash('sha256');
  for (const table of TABLES) for (const row of book.all(`SELECT * FROM "${table}"`)) hash.update(JSON.stringify(row));
  return hash.digest('hex');
}

function generated(seed: number, profile: 'tiny' | 'demo' = 'tiny'): Book {
  const book = new Book();
  generateCompany(book, { seed, profile });
  return book;
}

describe('a generated company', () => {
  it('is the same byte for byte for a seed, and another for another', () => {
    const [one, again, other] = [generated(1), generated(1), generated(2)];
    expect(digest(again)).toBe(digest(one));
    expect(digest(other)).not.toBe(digest(one));
  });

  it('adds up, and has what a receivables department has', () => {
    const book = generated(4, 'demo');
    assertBook(book);
    const number = (sql: string): number => Number(Object.values(book.one(sql) ?? {})[0]);
    expect(number("SELECT count(*) FROM \"transaction\" WHERE type = 'CustInvc' AND foreignamountunpaid > 0")).toBe(4000);
    expect(number('SELECT count(*) FROM customer')).toBe(400);
    expect(number('SELECT count(*) FROM customer WHERE parent IS NOT NULL')).toBeGreaterThan(10);
    expect(number('SELECT count(DISTINCT currency) FROM "transaction"')).toBe(2);
    expect(number('SELECT count(*) FROM x_installment')).toBe(60);
    expect(number("SELECT count(*) FROM accountingperiod WHERE closed = 'T'")).toBeGreaterThan(5);
    expect(number("SELECT count(*) FROM \"transaction\" WHERE type = 'CustInvc' AND foreignamountpaid > 0 AND foreignamountunpaid > 0")).toBeGreaterThan(50);
    expect(number("SELECT max(n) FROM (SELECT count(*) AS n FROM \"transaction\" WHERE type = 'CustInvc' GROUP BY entity)")).toBeGreaterThan(200);
    expect(number("SELECT count(*) FROM \"transaction\" WHERE trandate > '2026-11-20'")).toBe(0);
  });
});

describe('a company from an open-items ledger', () => {
  const HEADER = ',business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,due_in_date,baseline_create_date,cust_payment_terms,converted_usd';
  const row = (document: string, amount: string, more: Partial<Record<'name' | 'posted' | 'due' | 'customer', string>> = {}): string =>
    `1,U001,${more.customer ?? '2001'},${more.name ?? 'WAL-MAR corp'},,2020,${document},${more.posted ?? '01-04-2020'},${more.due ?? '16-04-2020'},01-04-2020,NAA8,${amount}`;
  const load = (rows: string[], options = {}): { book: Book; report: ReturnType<typeof companyFromOpenItems> } => {
    const book = new Book();
    return { book, report: companyFromOpenItems(book, [HEADER, ...rows].join('\r\n'), options) };
  };

  it('books one invoice a row under the most frequent name and keeps the row\'s name', () => {
    const { book, report } = load([row('9', '10.5'), row('10', '1', { name: 'WAL-MAR llc' }), row('11', '2.25')]);
    expect(report).toMatchObject({ rows: 3, invoices: 3, customers: 1, findings: [], givenTotal: '13.75', bookedTotal: '13.75' });
    expect(report.nameVariants.get('2001')).toEqual(['WAL-MAR corp', 'WAL-MAR llc']);
    expect(book.one('SELECT altname FROM customer')).toMatchObject({ altname: 'WAL-MAR corp' });
    expect(book.one("SELECT memo, trandate, duedate FROM \"transaction\" WHERE tranid = '10'")).toMatchObject({ memo: 'WAL-MAR llc', trandate: '2020-04-01', duedate: '2020-04-16' });
    assertBook(book);
  });

  it('reports every amount finer than a cent, and books it as it says', () => {
    const { report } = load([row('1', '64982.589'), row('2', '0.005'), row('3', '1.004'), row('4', '7')]);
    expect(report.findings.map((finding) => [finding.line, finding.kind, finding.value, finding.booked])).toEqual([
      [2, 'amountRounded', '64982.589', '64982.59'], [3, 'amountRounded', '0.005', '0.01'], [4, 'amountRounded', '1.004', '1'],
    ]);
    expect([report.givenTotal, report.bookedTotal]).toEqual(['64990.598', '64990.6']);
    const strict = load([row('1', '64982.589'), row('4', '7')], { finerThanCent: 'reject' }).report;
    expect([strict.invoices, strict.findings[0]?.kind]).toEqual([1, 'rejected']);
  });

  it('reports bad values, odd due days and repeated numbers instead of guessing', () => {
    const { report } = load([row('1', 'abc'), row('2', '-5'), row('3', '5', { posted: '31-02-2020' }), row('4', '5', { due: '01-03-2020' }), row('4', '6'), row('', '5')]);
    expect(report.findings.map((finding) => finding.kind)).toEqual(['rejected', 'rejected', 'rejected', 'dueBeforePosting', 'duplicateDocument', 'rejected']);
    expect(report.invoices).toBe(2);
  });

  it('refuses a file without the columns', () => {
    expect(() => companyFromOpenItems(new Book(), 'a,b\n1,2')).toThrow(OpenItemsError);
  });
});
