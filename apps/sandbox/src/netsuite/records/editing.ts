import type { Row } from '../book/book.js';
import { resolve, type Account } from './account.js';
import { dateField, externalIdField, referenceField, textField, type Body } from './body.js';
import { touch } from './balances.js';
import { checkExternalId } from './drafting.js';
import { periodOf, postingPeriod } from './periods.js';
import { invalidValue, userError } from './record-error.js';

const PLAIN: Readonly<Record<string, string>> = { memo: 'memo', tranId: 'tranid', otherRefNum: 'otherrefnum', checkNumber: 'x_checknumber' };

/** Changes that leave the general ledger alone; a closed period refuses them too unless it allows non-G/L changes (reference A2). */
export function editHeader(account: Account, row: Row & { id: number }, body: Body, customerField: string): void {
  assertEditable(account, row, body);
  const { book } = account;
  for (const [field, column] of Object.entries(PLAIN)) {
    const text = textField(body, field);
    if (text !== undefined) book.run(`UPDATE "transaction" SET ${column} = ? WHERE id = ?`, text, row.id);
  }
  const externalId = externalIdField(body);
  checkExternalId(account, externalId, row.id);
  if (externalId !== undefined) book.run('UPDATE "transaction" SET externalid = ? WHERE id = ?', externalId, row.id);
  const due = dateField(body, 'dueDate');
  if (due !== undefined) book.run('UPDATE "transaction" SET duedate = ? WHERE id = ?', due, row.id);
  const tranDate = dateField(body, 'tranDate');
  if (tranDate !== undefined && tranDate !== row['trandate']) {
    book.run('UPDATE "transaction" SET trandate = ?, postingperiod = ? WHERE id = ?', tranDate, postingPeriod(account, tranDate), row.id);
  }
  const customer = referenceField(body, customerField);
  if (customer !== undefined && customer !== null && resolve(account, 'customer', customer, customerField).id !== row['entity']) {
    throw invalidValue('id' in customer ? customer.id : customer.externalId, customerField, customerField);
  }
  touch(account, row.id);
}

const NON_LEDGER = new Set(['memo', 'externalId', 'otherRefNum', 'checkNumber', 'customer', 'entity', 'dueDate', 'tranId', 'email', 'message', 'id', 'deletionReason', 'deletionReasonMemo']);

export function assertEditable(account: Account, row: Row, body: Body): void {
  const period = periodOf(account, String(row['trandate']));
  const closed = period?.closed === 'T' || ((period?.alllocked === 'T' || period?.arlocked === 'T') && !account.settings.overridePeriodRestrictions);
  if (!closed) return;
  const allowed = account.book.one<{ allowed: string }>('SELECT allownonglchanges AS allowed FROM accountingperiod WHERE id = ?', period?.id ?? null)?.allowed === 'T';
  const ledgerChange = Object.keys(body).some((field) => !NON_LEDGER.has(field) && !['apply', 'credit', 'autoApply'].includes(field));
  if (ledgerChange || !allowed) throw userError('The transaction date is not within an open accounting period.', 'tranDate');
}
