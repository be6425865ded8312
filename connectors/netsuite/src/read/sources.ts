import type { EntityName } from '#canonical';

/** One column of a SELECT. `optional`: not every account, release or role has it; a query that fails over it is asked again without. */
export interface Column {
  readonly sql: string;
  readonly as?: string;
  readonly optional?: true;
}

/** Where a record type is read from, as SuiteQL. Rows are ordered and paged by `id`. */
export interface Source {
  readonly entity: EntityName;
  readonly from: string;
  readonly where: string | null;
  readonly id: string;
  /** Column with the moment of the last change, on the account's clock; null where the whole list is read every time. */
  readonly modified: string | null;
  readonly columns: readonly Column[];
  /** How `deletedrecord` may call this type: record type name and script id differ between releases. */
  readonly deletedAs: readonly string[];
}

const column = (sql: string, as?: string): Column => (as === undefined ? { sql } : { sql, as });
const optional = (sql: string, as?: string): Column => ({ ...column(sql, as), optional: true });
const day = (sql: string, as: string): Column => column(`TO_CHAR(${sql},'YYYY-MM-DD')`, as);
/** Without TO_CHAR a moment comes in the user's own format, and without its time. */
const moment = (sql: string, as: string): Column => column(`TO_CHAR(${sql},'YYYY-MM-DD HH24:MI:SS')`, as);

/** The header line holds the subsidiary; the currency's symbol is its ISO 4217 code. */
const TRANSACTION_TABLES = 'transaction t JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = \'T\' JOIN currency cur ON cur.id = t.currency';

const TRANSACTION_COLUMNS: readonly Column[] = [
  column('t.id'), column('t.type'), column('t.tranid'), optional('t.transactionnumber'), optional('t.externalid'), column('t.entity'), column('t.status'),
  optional('tl.subsidiary'), column('t.currency'), column('cur.symbol', 'currencysymbol'), optional('t.exchangerate'), column('t.foreigntotal'),
  day('t.trandate', 'trandate'), optional('t.memo'), optional('t.otherrefnum'), moment('t.lastmodifieddate', 'modified'),
];

const transactions = (source: Pick<Source, 'entity' | 'where' | 'deletedAs'>, more: readonly Column[]): Source => ({
  ...source, from: TRANSACTION_TABLES, id: 't.id', modified: 't.lastmodifieddate', columns: [...TRANSACTION_COLUMNS, ...more],
});

export const INVOICES = transactions(
  { entity: 'invoice', where: 't.type = \'CustInvc\'', deletedAs: ['CustInvc', 'invoice', 'Invoice', 'INVOICE'] },
  [column('t.foreignamountunpaid'), day('t.duedate', 'duedate'), optional('t.terms'), optional('t.approvalstatus')],
);

export const CREDIT_MEMOS = transactions(
  { entity: 'creditMemo', where: 't.type = \'CustCred\'', deletedAs: ['CustCred', 'creditMemo', 'creditmemo', 'CreditMemo', 'CREDITMEMO', 'Credit Memo'] },
  [column('t.foreignpaymentamountunused')],
);

/** Applications of deposits are documents of their own here; they are read with the payments and folded into their deposit. */
const PAYMENT_COLUMNS = [column('t.foreignpaymentamountunused'), column('BUILTIN.CF(t.status)', 'statuscode')];
const PAYMENT_DELETED_AS = [
  'CustPymt', 'customerPayment', 'customerpayment', 'CustomerPayment', 'CUSTOMERPAYMENT', 'Customer Payment', 'Payment',
  'CustDep', 'customerDeposit', 'customerdeposit', 'CustomerDeposit', 'CUSTOMERDEPOSIT', 'Customer Deposit',
];
export const PAYMENTS = transactions(
  { entity: 'payment', where: 't.type IN (\'CustPymt\',\'CustDep\')', deletedAs: PAYMENT_DELETED_AS }, PAYMENT_COLUMNS,
);

/** What a change of must be noticed for payments: the documents and, beside them, the applications of deposits. */
export const PAYMENT_CHANGES: Source = { ...PAYMENTS, where: 't.type IN (\'CustPymt\',\'CustDep\',\'DepAppl\')' };

export const CUSTOMERS: Source = {
  entity: 'customer', from: 'customer c LEFT JOIN currency cur ON cur.id = c.currency', where: null, id: 'c.id', modified: 'c.lastmodifieddate',
  deletedAs: ['customer', 'Customer', 'CUSTOMER', 'CustJob', 'custjob', 'CUSTJOB'],
  columns: [
    column('c.id'), column('c.entityid'), optional('c.companyname'), optional('c.altname'), column('c.isperson'), optional('c.firstname'), optional('c.lastname'),
    column('c.email'), column('c.phone'), column('c.parent'), optional('c.externalid'), optional('c.subsidiary'), column('cur.symbol', 'currencysymbol'),
    optional('c.receivablesaccount'), optional('c.terms'), column('c.isinactive'), moment('c.lastmodifieddate', 'modified'),
  ],
};

/** Contacts of vendors and partners are left out by the join. */
export const CONTACTS: Source = {
  entity: 'contact', from: 'contact k JOIN customer c ON c.id = k.company', where: null, id: 'k.id', modified: 'k.lastmodifieddate',
  deletedAs: ['contact', 'Contact', 'CONTACT'],
  columns: [
    column('k.id'), column('k.entityid'), column('k.firstname'), column('k.lastname'), column('k.email'), column('k.phone'), column('k.company'),
    optional('k.title'), column('k.isinactive'), moment('k.lastmodifieddate', 'modified'),
  ],
};

export const SUBSIDIARIES: Source = {
  entity: 'company', from: 'subsidiary s JOIN currency cur ON cur.id = s.currency', where: null, id: 's.id', modified: null, deletedAs: [],
  columns: [column('s.id'), column('s.name'), column('s.parent'), column('cur.symbol', 'currencysymbol'), optional('s.iselimination'), optional('s.isinactive'), { ...moment('s.lastmodifieddate', 'modified'), optional: true }],
};

export const ACCOUNTS: Source = {
  entity: 'ledgerAccount', from: 'account a', where: null, id: 'a.id', modified: null, deletedAs: [],
  columns: [
    column('a.id'), optional('a.acctnumber'), optional('a.accountsearchdisplayname'), optional('a.fullname'), optional('a.displaynamewithhierarchy'),
    column('a.accttype'), optional('a.subsidiary'), optional('a.externalid'), optional('a.issummary'), column('a.isinactive'),
    { ...moment('a.lastmodifieddate', 'modified'), optional: true },
  ],
};

/** Name a row carries a column under. */
export function keyOf(entry: Column): string {
  return entry.as ?? entry.sql.split('.').at(-1) ?? entry.sql;
}
