import { instantOfAccountTime } from '../book/account-time.js';
import type { Row } from '../book/book.js';
import type { TransactionType } from '../book/documents.js';
import type { Account } from './account.js';
import { matchingItems } from './applications.js';
import { appliedBy, creditsVia, itemsOf, type AppliedLine, type OpenItem } from './balances.js';
import { scopeOfRow } from './drafting.js';
import { jsonAmount, jsonNumber } from './json-text.js';

export type View = Record<string, unknown>;

export interface ViewOptions {
  readonly base: string;
  readonly expand: boolean;
  readonly simpleEnums: boolean;
}

export const REST_NAMES: Readonly<Record<TransactionType, string>> = {
  CustInvc: 'invoice', CustCred: 'creditMemo', CustPymt: 'customerPayment', CustDep: 'customerDeposit', DepAppl: 'depositApplication', CustRfnd: 'customerRefund', Journal: 'journalEntry',
};

/** `{links, id, refName}` as the record service writes references. */
function reference(account: Account, options: ViewOptions, record: string, table: string, show: string, id: unknown): View | undefined {
  if (id === null || id === undefined) return undefined;
  const name = account.book.one<{ name: string | null }>(`SELECT "${show}" AS name FROM "${table}" WHERE id = ?`, Number(id))?.name ?? null;
  return { links: [{ rel: 'self', href: `${options.base}/${record}/${String(id)}` }], id: String(id), ...(name === null ? {} : { refName: name }) };
}

function status(account: Account, row: Row, options: ViewOptions): unknown {
  const id = String(row['status']);
  if (options.simpleEnums) return id;
  return { id, refName: account.book.one<{ label: string }>('SELECT label FROM x_label WHERE code = ?', `${String(row['type'])}:${id}`)?.label ?? id };
}

export function utc(account: Account, stored: unknown): string | undefined {
  return typeof stored === 'string' ? instantOfAccountTime(stored, account.settings.timeZone).toISOString().replace('.000Z', 'Z') : undefined;
}

function collection(self: string, items: View[], expand: boolean): View {
  if (!expand) return { links: [{ rel: 'self', href: self }] };
  return { links: [{ rel: 'self', href: self }], count: items.length, hasMore: false, items, offset: 0, totalResults: items.length };
}

/** A transaction as GET shows it; properties without a value are absent. */
export function transactionView(account: Account, row: Row & { id: number }, options: ViewOptions): View {
  const type = String(row['type']) as TransactionType;
  const name = REST_NAMES[type];
  const self = `${options.base}/${name}/${row.id}`;
  const customer = reference(account, options, 'customer', 'customer', 'altname', row['entity']);
  const receivable = reference(account, options, 'account', 'account', 'fullname', row['x_araccount']);
  const cash = type === 'CustPymt' || type === 'CustDep' || type === 'CustRfnd' || type === 'DepAppl';
  return compact({
    links: [{ rel: 'self', href: self }], id: String(row.id), externalId: row['externalid'], tranId: row['tranid'], transactionNumber: row['transactionnumber'],
    tranDate: row['trandate'], dueDate: row['duedate'], memo: row['memo'], otherRefNum: row['otherrefnum'], checkNumber: row['x_checknumber'],
    createdDate: utc(account, row['createddate']), lastModifiedDate: utc(account, row['lastmodifieddate']),
    ...(cash ? { customer, arAcct: receivable } : { entity: customer, account: receivable }),
    ...(type === 'CustPymt' || type === 'CustDep' || type === 'CustRfnd' ? {
      account: row['x_undeposited'] === 'T' ? undefined : reference(account, options, 'account', 'account', 'fullname', row['x_account']),
      undepFunds: type === 'CustRfnd' ? undefined : { id: row['x_undeposited'], refName: row['x_undeposited'] === 'T' ? 'Undep. Funds' : 'Account' },
    } : {}),
    currency: reference(account, options, 'currency', 'currency', 'name', row['currency']), exchangeRate: jsonNumber(row['exchangerate']),
    subsidiary: account.settings.oneWorld ? reference(account, options, 'subsidiary', 'subsidiary', 'name', row['x_subsidiary']) : undefined,
    postingPeriod: reference(account, options, 'accountingPeriod', 'accountingperiod', 'periodname', row['postingperiod']),
    terms: reference(account, options, 'term', 'term', 'name', row['terms']), status: status(account, row, options),
    ...amounts(account, row, type), ...sublists(account, row, type, self, options),
  });
}

function amounts(account: Account, row: Row & { id: number }, type: TransactionType): View {
  const total = jsonAmount(Math.abs(Number(row['foreigntotal'])));
  switch (type) {
    case 'CustInvc': return { total, amountPaid: jsonAmount(row['foreignamountpaid']), amountRemaining: jsonAmount(row['foreignamountunpaid']), approvalStatus: { id: row['status'] === 'D' ? '1' : '2' } };
    case 'CustCred': return { total, applied: jsonAmount(row['foreignpaymentamountused']), unapplied: jsonAmount(row['foreignpaymentamountunused']) };
    case 'CustPymt': {
      const credits = creditsVia(account, row.id).reduce((sum, credit) => sum + Number(credit.amount), 0);
      const own = appliedBy(account, row.id).reduce((sum, applied) => sum + Number(applied.amount), 0);
      return { payment: total, total: jsonAmount(Math.abs(Number(row['foreigntotal'])) + credits), applied: jsonAmount(own + credits), unapplied: jsonAmount(row['foreignpaymentamountunused']) };
    }
    case 'CustDep': return { payment: total, total };
    case 'Journal': return { approved: row['posting'] === 'T', approvalStatus: { id: row['posting'] === 'T' ? '2' : '1' } };
    default: return { total };
  }
}

function sublists(account: Account, row: Row & { id: number }, type: TransactionType, self: string, options: ViewOptions): View {
  const list = (name: string, items: () => View[]): View => ({ [name]: collection(`${self}/${name}`, options.expand ? items() : [], options.expand) });
  switch (type) {
    case 'CustPymt': return {
      ...list('apply', () => applyItems(account, row, appliedBy(account, row.id, true), 'paid', options)),
      ...list('credit', () => applyItems(account, row, creditsVia(account, row.id), 'used', options)),
    };
    case 'CustCred': return { ...list('apply', () => applyItems(account, row, appliedBy(account, row.id), 'paid', options)), ...list('item', () => itemLines(account, row, options)) };
    case 'DepAppl': return {
      ...list('apply', () => applyItems(account, row, appliedBy(account, row.id), 'paid', options)), deposit: { id: String(row['x_deposit']) },
    };
    case 'CustRfnd': return list('apply', () => appliedLines(account, row, appliedBy(account, row.id), options));
    case 'CustInvc': return { ...list('item', () => itemLines(account, row, options)), ...list('installment', () => installments(account, row)) };
    case 'Journal': return list('line', () => journalLines(account, row, options));
    case 'CustDep': return {};
  }
}

function applyItem(item: OpenItem, applied: AppliedLine | undefined, options: ViewOptions): View {
  return compact({
    links: [], doc: { links: [{ rel: 'self', href: `${options.base}/${REST_NAMES[item.type]}/${item.document}` }], id: String(item.document), refName: `${item.type} #${item.tranId}` },
    line: item.line, apply: applied !== undefined, amount: applied === undefined ? undefined : jsonAmount(applied.amount), applyDate: item.tranDate,
    due: jsonAmount(item.open + (applied?.amount ?? 0n)), total: jsonAmount(item.total), refNum: item.tranId, type: REST_NAMES[item.type],
  });
}

function appliedLines(account: Account, _row: Row, applied: readonly AppliedLine[], options: ViewOptions): View[] {
  return applied.flatMap((line) => {
    const item = itemsOf(account, line.document).find((candidate) => candidate.line === line.line);
    return item === undefined ? [] : [applyItem(item, line, options)];
  });
}

/** GET loads a record in edit mode, so open items that are not applied are listed too, with `apply:false` (reference A0 fact 5, A5 "Read-back"). */
function applyItems(account: Account, row: Row & { id: number }, applied: readonly AppliedLine[], side: OpenItem['side'], options: ViewOptions): View[] {
  const ticked = new Set(applied.map((line) => `${line.document}:${line.line}`));
  const open = matchingItems(account, scopeOfRow(account, row), side).filter((item) => !ticked.has(`${item.document}:${item.line}`) && item.document !== row.id);
  return [...appliedLines(account, row, applied, options), ...open.map((item) => applyItem(item, undefined, options))];
}

function itemLines(account: Account, row: Row & { id: number }, options: ViewOptions): View[] {
  const lines = account.book.all('SELECT * FROM transactionline WHERE "transaction" = ? AND mainline = \'F\' AND item IS NOT NULL ORDER BY id', row.id);
  return lines.map((line) => compact({
    links: [], line: line['id'], item: { id: String(line['item']) }, amount: jsonAmount(Math.abs(Number(line['foreignamount']))), description: line['memo'],
    department: reference(account, options, 'department', 'department', 'name', line['department']),
  }));
}

function installments(account: Account, row: Row & { id: number }): View[] {
  return account.book.all('SELECT * FROM x_installment WHERE "transaction" = ? ORDER BY line', row.id).map((line) => compact({
    links: [], line: line['line'], seqNum: line['number'], dueDate: line['duedate'], amount: jsonAmount(line['amount']), amountDue: jsonAmount(line['unpaid']), status: line['unpaid'] === 0 ? 'Paid' : 'Unpaid',
  }));
}

function journalLines(account: Account, row: Row & { id: number }, options: ViewOptions): View[] {
  return account.book.all('SELECT * FROM transactionline WHERE "transaction" = ? ORDER BY id', row.id).map((line) => {
    const amount = Number(line['foreignamount']);
    return compact({
      links: [], line: line['id'], account: reference(account, options, 'account', 'account', 'fullname', line['x_account']),
      ...(amount >= 0 ? { debit: jsonAmount(amount) } : { credit: jsonAmount(-amount) }), entity: reference(account, options, 'customer', 'customer', 'altname', line['entity']), memo: line['memo'],
    });
  });
}

/** Drops what has no value. */
export function compact(view: View): View {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined && value !== null));
}

export function customerView(account: Account, row: Row & { id: number }, options: ViewOptions): View {
  const balance = account.book.one<{ balance: number }>(
    'SELECT coalesce(sum(coalesce(foreignamountunpaid, 0)) - sum(CASE WHEN type IN (\'CustCred\', \'CustPymt\') THEN foreignpaymentamountunused ELSE 0 END), 0) AS balance FROM "transaction" WHERE entity = ?', row.id,
  );
  return compact({
    links: [{ rel: 'self', href: `${options.base}/customer/${row.id}` }], id: String(row.id), externalId: row['externalid'], entityId: row['entityid'], companyName: row['companyname'],
    altName: row['altname'], isPerson: row['isperson'] === 'T', firstName: row['firstname'], lastName: row['lastname'], email: row['email'], phone: row['phone'],
    parent: reference(account, options, 'customer', 'customer', 'altname', row['parent']), currency: reference(account, options, 'currency', 'currency', 'name', row['currency']),
    subsidiary: account.settings.oneWorld ? reference(account, options, 'subsidiary', 'subsidiary', 'name', row['subsidiary']) : undefined,
    terms: reference(account, options, 'term', 'term', 'name', row['terms']), receivablesAccount: reference(account, options, 'account', 'account', 'fullname', row['receivablesaccount']),
    isInactive: row['isinactive'] === 'T', balance: jsonAmount(balance?.balance ?? 0), dateCreated: utc(account, row['datecreated']), lastModifiedDate: utc(account, row['lastmodifieddate']),
  });
}

const PLAIN_NAMES: Readonly<Record<string, string>> = {
  periodname: 'periodName', startdate: 'startDate', enddate: 'endDate', alllocked: 'allLocked', arlocked: 'arLocked', aplocked: 'apLocked', allownonglchanges: 'allowNonGLChanges',
  isadjust: 'isAdjust', isquarter: 'isQuarter', isyear: 'isYear', isinactive: 'isInactive', acctnumber: 'acctNumber', fullname: 'fullName', accttype: 'acctType', currencyprecision: 'currencyPrecision',
  exchangerate: 'exchangeRate', isbasecurrency: 'isBaseCurrency', iselimination: 'isElimination', daysuntilnetdue: 'daysUntilNetDue', discountpercent: 'discountPercent', daysuntilexpiry: 'daysUntilExpiry',
  entityid: 'entityId', firstname: 'firstName', lastname: 'lastName', lastmodifieddate: 'lastModifiedDate',
};

/** Reference records (terms, accounts, periods...) column by column. */
export function plainView(account: Account, name: string, row: Row & { id: number }, options: ViewOptions): View {
  const view: View = { links: [{ rel: 'self', href: `${options.base}/${name}/${row.id}` }] };
  for (const [column, value] of Object.entries(row)) {
    if (column.startsWith('x_')) continue;
    const property = PLAIN_NAMES[column] ?? column;
    if (column === 'lastmodifieddate') view[property] = utc(account, value);
    else if (value === 'T' || value === 'F') view[property] = value === 'T';
    else if (column === 'id') view[property] = String(value);
    else if (typeof value === 'number' && column !== 'id') view[property] = { id: String(value) };
    else view[property] = value;
  }
  return compact(view);
}
