import type { Row } from '../book/book.js';
import { KINDS, type TransactionType } from '../book/documents.js';
import { accountNow, type Account } from './account.js';
import { referenceField, type Body } from './body.js';
import { withdrawCredit, withdrawDepositApplication } from './deposits.js';
import { withdraw } from './payments.js';
import { periodOf } from './periods.js';
import { userError } from './record-error.js';
import { withdrawRefund } from './refunds.js';

/**
 * DELETE of a transaction (reference A5 "Reversal"): the period must be open, a payment in a bank deposit and a document others rest on stay, the
 * preferences decide on reasons and on deleting at all. What it settled is open again; `deletedrecord` keeps its trace.
 */
export function deleteTransaction(account: Account, row: Row & { id: number }, body: Body, reasonGiven: boolean): void {
  const type = String(row['type']) as TransactionType;
  assertDeletable(account, row, type);
  const reason = referenceField(body, 'deletionReason');
  if (account.settings.deletionReasonRequired && (reason === undefined || reason === null) && !reasonGiven) {
    throw userError('You must enter a value for Deletion Reason.', 'deletionReason');
  }
  if (type === 'CustPymt') withdraw(account, row.id);
  if (type === 'CustCred') withdrawCredit(account, row.id, -BigInt(Number(row['foreigntotal'])));
  if (type === 'DepAppl') withdrawDepositApplication(account, row);
  if (type === 'CustRfnd') withdrawRefund(account, row.id);
  removeTransaction(account, row.id, type, String(row['tranid']), row['externalid'] === null ? null : String(row['externalid']));
}

function assertDeletable(account: Account, row: Row & { id: number }, type: TransactionType): void {
  const period = periodOf(account, String(row['trandate']));
  const locked = (period?.alllocked === 'T' || period?.arlocked === 'T') && !account.settings.overridePeriodRestrictions;
  if (period === undefined || period.closed === 'T' || locked) throw userError('The transaction date is not within an open accounting period.');
  if (account.settings.reversingJournalVoids && type !== 'DepAppl') {
    throw userError('This transaction cannot be deleted: the preference Void Transactions Using Reversing Journals is on.');
  }
  if (row['x_bankdeposit'] !== null) throw userError('This transaction cannot be deleted because it has been deposited.');
  const settledBy = account.book.one('SELECT 1 AS one FROM transactionlink WHERE previousdoc = ?', row.id);
  const journalUsed = type === 'Journal' && account.book.one('SELECT 1 AS one FROM transactionlink WHERE nextdoc = ?', row.id) !== undefined;
  if (settledBy !== undefined || journalUsed) throw userError('This transaction cannot be deleted because it is linked to by one or more transactions.');
}

export function removeTransaction(account: Account, id: number, type: TransactionType, name: string, externalId: string | null): void {
  const { book } = account;
  for (const table of ['transactionline', 'transactionaccountingline', 'x_installment', 'x_pending']) book.run(`DELETE FROM ${table} WHERE "transaction" = ?`, id);
  book.run('DELETE FROM transactionlink WHERE nextdoc = ? OR previousdoc = ?', id, id);
  book.run('DELETE FROM "transaction" WHERE id = ?', id);
  recordDeletion(account, id, KINDS[type].recordType, KINDS[type].label, name, externalId);
}

/** The table is not in any source the reference names; its shape is assumed (reference A3 "Deletes"). */
export function recordDeletion(account: Account, id: number, scriptId: string, type: string, name: string, externalId: string | null): void {
  const now = accountNow(account);
  account.book.run(
    'INSERT INTO deletedrecord (recordid, recordtypeid, name, scriptid, type, externalid, deleteddate, deleteddatetime) VALUES (?,NULL,?,?,?,?,?,?)',
    id, name, scriptId, type, externalId, now, now,
  );
}

export function deleteEntity(account: Account, table: 'customer' | 'contact', row: Row & { id: number }): void {
  if (table === 'customer') {
    const used = account.book.one('SELECT 1 AS one FROM "transaction" WHERE entity = ?', row.id) ?? account.book.one('SELECT 1 AS one FROM customer WHERE parent = ?', row.id);
    if (used !== undefined) throw userError('This record cannot be deleted because it has dependent records.');
    account.book.run('DELETE FROM customersubsidiaryrelationship WHERE entity = ?', row.id);
  }
  account.book.run(`DELETE FROM ${table} WHERE id = ?`, row.id);
  const externalId = table === 'customer' && row['externalid'] !== null ? String(row['externalid']) : null;
  recordDeletion(account, row.id, table, table === 'customer' ? 'Customer' : 'Contact', String(row['entityid']), externalId);
}
