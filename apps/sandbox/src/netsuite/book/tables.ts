/**
 * The tables as SuiteQL shows them (reference A3 "Tables and columns for AR") and their homes in SQLite.
 * Columns that begin with `x_` are the sandbox's own and no query can see them.
 */
export type ColumnType = 'id' | 'text' | 'amount' | 'number' | 'date' | 'datetime' | 'flag';

export interface TableShape {
  readonly physical: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

const columns = (...groups: [ColumnType, string][]): Record<string, ColumnType> =>
  Object.fromEntries(groups.flatMap(([type, names]) => names.split(' ').map((name) => [name, type])));

const LINK: Record<string, ColumnType> = columns(['id', 'previousdoc previousline nextdoc nextline'], ['text', 'linktype'], ['amount', 'foreignamount']);

export const TABLES: Readonly<Record<string, TableShape>> = {
  transaction: {
    physical: 'transaction',
    columns: columns(
      ['id', 'id entity postingperiod currency terms reversal approvalstatus'],
      ['text', 'tranid transactionnumber externalid type recordtype status memo otherrefnum'],
      ['date', 'trandate duedate closedate'], ['datetime', 'createddate lastmodifieddate'],
      ['flag', 'posting voided isreversal'], ['number', 'exchangerate'],
      ['amount', 'foreigntotal foreignamountpaid foreignamountunpaid foreignpaymentamountused foreignpaymentamountunused'],
    ),
  },
  transactionline: {
    physical: 'transactionline',
    columns: columns(
      ['id', 'transaction id linesequencenumber item subsidiary department class location entity'],
      ['flag', 'mainline taxline'], ['text', 'memo'], ['datetime', 'linelastmodifieddate'],
      ['amount', 'foreignamount netamount foreignamountpaid foreignamountunpaid foreignpaymentamountused foreignpaymentamountunused'],
    ),
  },
  transactionaccountingline: {
    physical: 'transactionaccountingline',
    columns: columns(
      ['id', 'transaction transactionline account accountingbook'], ['flag', 'posting'], ['number', 'exchangerate'],
      ['amount', 'amount debit credit netamount amountpaid amountunpaid amountlinked paymentamountused paymentamountunused'],
    ),
  },
  nexttransactionlinelink: { physical: 'transactionlink', columns: { ...LINK, previoustype: 'text' } },
  previoustransactionlinelink: { physical: 'transactionlink', columns: { ...LINK, nexttype: 'text' } },
  customer: {
    physical: 'customer',
    columns: columns(
      ['id', 'id parent currency receivablesaccount defaultbillingaddress subsidiary terms'],
      ['text', 'entityid companyname altname firstname lastname email phone externalid'],
      ['flag', 'isperson isinactive'], ['datetime', 'datecreated lastmodifieddate'],
    ),
  },
  customeraddressbook: {
    physical: 'customeraddressbook',
    columns: columns(['id', 'internalid entity addressbookaddress'], ['text', 'label'], ['flag', 'defaultbilling defaultshipping']),
  },
  customeraddressbookentityaddress: {
    physical: 'customeraddressbookentityaddress',
    columns: columns(['id', 'nkey'], ['text', 'addressee addr1 addr2 city state zip country']),
  },
  contact: {
    physical: 'contact',
    columns: columns(['id', 'id company'], ['text', 'entityid firstname lastname email phone title'], ['flag', 'isinactive'], ['datetime', 'lastmodifieddate']),
  },
  currency: { physical: 'currency', columns: columns(['id', 'id'], ['text', 'name symbol'], ['number', 'currencyprecision exchangerate'], ['flag', 'isbasecurrency isinactive']) },
  subsidiary: { physical: 'subsidiary', columns: columns(['id', 'id parent currency'], ['text', 'name country'], ['flag', 'iselimination isinactive']) },
  customersubsidiaryrelationship: { physical: 'customersubsidiaryrelationship', columns: columns(['id', 'id entity subsidiary'], ['flag', 'isprimarysub']) },
  account: { physical: 'account', columns: columns(['id', 'id currency'], ['text', 'acctnumber fullname accttype description'], ['flag', 'isinactive']) },
  accountingperiod: {
    physical: 'accountingperiod',
    columns: columns(['id', 'id parent'], ['text', 'periodname'], ['date', 'startdate enddate'], ['flag', 'closed alllocked arlocked aplocked allownonglchanges isadjust isquarter isyear isinactive']),
  },
  deletedrecord: {
    physical: 'deletedrecord',
    columns: columns(['id', 'recordid recordtypeid'], ['text', 'name scriptid type externalid'], ['datetime', 'deleteddate deleteddatetime']),
  },
  term: { physical: 'term', columns: columns(['id', 'id'], ['text', 'name'], ['number', 'daysuntilnetdue discountpercent daysuntilexpiry'], ['flag', 'isinactive']) },
  department: { physical: 'department', columns: columns(['id', 'id parent'], ['text', 'name fullname'], ['flag', 'isinactive']) },
  paymentmethod: { physical: 'paymentmethod', columns: columns(['id', 'id'], ['text', 'name'], ['flag', 'isinactive']) },
  accountingbook: { physical: 'accountingbook', columns: columns(['id', 'id'], ['text', 'name'], ['flag', 'isprimary']) },
  dual: { physical: 'dual', columns: columns(['text', 'dummy']) },
};

/** `deleteddate` is also written `deleteddate`/`deletedate` in the wild; the reference lists `deleteddate` unverified, so both names answer. */
export const COLUMN_ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = { deletedrecord: { deletedate: 'deleteddate' } };

/** The sandbox's own columns per physical table. */
const HIDDEN: Readonly<Record<string, string>> = {
  transaction: 'x_subsidiary INTEGER, x_araccount INTEGER, x_account INTEGER, x_undeposited TEXT, x_bankdeposit TEXT, x_locked TEXT, x_createdfrom INTEGER, x_checknumber TEXT, x_deposit INTEGER',
  transactionlink: 'previoustype TEXT, nexttype TEXT, x_via INTEGER, x_applied_on TEXT',
  customer: 'x_locked TEXT',
  transactionline: 'x_account INTEGER',
};

const KEYS: Readonly<Record<string, string>> = {
  transactionline: 'PRIMARY KEY ("transaction", id)) WITHOUT ROWID', transactionaccountingline: 'PRIMARY KEY ("transaction", transactionline, accountingbook)) WITHOUT ROWID',
};

function sqliteType(type: ColumnType): string {
  return type === 'id' || type === 'amount' ? 'INTEGER' : 'TEXT';
}

function createTable(shape: TableShape): string {
  const visible = Object.entries(shape.columns)
    .filter(([name]) => !(shape.physical === 'transactionlink' && name.endsWith('type') && name !== 'linktype'))
    .map(([name, type]) => `"${name}" ${sqliteType(type)}${name === 'id' && KEYS[shape.physical] === undefined ? ' PRIMARY KEY' : ''}`);
  const hidden = HIDDEN[shape.physical];
  const key = KEYS[shape.physical];
  return `CREATE TABLE IF NOT EXISTS "${shape.physical}" (${[...visible, ...(hidden === undefined ? [] : [hidden])].join(', ')}${key === undefined ? ')' : `, ${key}`};`;
}

/** The tables of a book; those it has already stay as they are. */
export function schemaSql(): string {
  const physical = new Map(Object.values(TABLES).map((shape) => [shape.physical, shape]));
  return [
    ...[...physical.values()].map(createTable),
    'CREATE TABLE IF NOT EXISTS x_installment ("transaction" INTEGER, line INTEGER, number INTEGER, duedate TEXT, amount INTEGER, unpaid INTEGER, PRIMARY KEY ("transaction", line)) WITHOUT ROWID;',
    'CREATE TABLE IF NOT EXISTS x_pending ("transaction" INTEGER PRIMARY KEY, visible_at INTEGER);',
    'CREATE TABLE IF NOT EXISTS x_label (code TEXT PRIMARY KEY, label TEXT);',
    'CREATE TABLE IF NOT EXISTS x_created_external (externalid TEXT, kind TEXT, id INTEGER);',
  ].join('\n');
}

/** Indices follow the reads: by modification time, by entity, by external id, links both ways. Made after the book is filled, which is faster. */
export function indexSql(): string {
  return [
    'CREATE INDEX transaction_modified ON "transaction" (lastmodifieddate, type);',
    'CREATE INDEX transaction_entity ON "transaction" (entity);',
    'CREATE INDEX transaction_external ON "transaction" (externalid) WHERE externalid IS NOT NULL;',
    'CREATE INDEX link_next ON transactionlink (nextdoc, previousdoc);',
    'CREATE INDEX link_previous ON transactionlink (previousdoc, nextdoc);',
    'CREATE INDEX link_via ON transactionlink (x_via) WHERE x_via IS NOT NULL;',
    'CREATE INDEX customer_modified ON customer (lastmodifieddate);',
    'CREATE INDEX customer_parent ON customer (parent);',
    'CREATE INDEX line_entity ON transactionline (entity) WHERE foreignamountunpaid IS NOT NULL OR foreignpaymentamountunused IS NOT NULL;',
  ].join('\n');
}
