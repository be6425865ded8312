import { KINDS, type TransactionType } from '../book/documents.js';
import { accountNow, type Account } from '../records/account.js';
import { removeTransaction } from '../records/deletion.js';
import { approve } from '../records/journals.js';

/** Raised when a mutation is asked for something the book does not have. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

/** Changes made "by somebody else in the account", for tests of synchronisation and posting. */
export class Mutations {
  constructor(private readonly account: Account) {}

  /** Moves the modification time of every n-th open invoice and its memo. @returns how many */
  touchInvoices(percent: number, modified: string = accountNow(this.account)): number {
    if (!(percent > 0 && percent <= 100)) throw new MutationError(`percent must be above 0 and at most 100, not ${percent}`);
    const share = Math.round(percent * 100);
    const count = this.account.book.one<{ count: number }>("SELECT count(*) AS count FROM \"transaction\" WHERE type = 'CustInvc' AND (id * 7919) % 10000 < ?", share)?.count ?? 0;
    this.account.book.run("UPDATE \"transaction\" SET lastmodifieddate = ?, memo = 'touched ' || ? WHERE type = 'CustInvc' AND (id * 7919) % 10000 < ?", modified, modified, share);
    return count;
  }

  /** @param modified account time; an earlier one is a back-dated modification, as after a restore or a clock fault */
  editCustomer(id: number, companyName: string, modified: string = accountNow(this.account)): void {
    this.existing('customer', id);
    this.account.book.run('UPDATE customer SET companyname = ?, altname = ?, lastmodifieddate = ? WHERE id = ?', companyName, companyName, modified, id);
  }

  /** Changes a memo and sets the modification time to the text given. */
  editTransaction(id: number, memo: string, modified: string = accountNow(this.account)): void {
    this.existing('transaction', id);
    this.account.book.run('UPDATE "transaction" SET memo = ?, lastmodifieddate = ? WHERE id = ?', memo, modified, id);
  }

  /** Removes a document nothing is applied to or from. */
  deleteTransaction(id: number): void {
    const row = this.existing('transaction', id);
    if (this.account.book.one('SELECT 1 AS one FROM transactionlink WHERE previousdoc = ? OR nextdoc = ?', id, id) !== undefined) throw new MutationError(`transaction ${id} has applications`);
    const type = String(row['type']) as TransactionType;
    if (KINDS[type] === undefined) throw new MutationError(`transaction ${id} is of unknown type ${type}`);
    this.account.book.transaction(() => { removeTransaction(this.account, id, type, String(row['tranid']), row['externalid'] === null ? null : String(row['externalid'])); });
  }

  /** Closes or opens the month a day falls in. */
  setPeriod(day: string, state: { closed?: boolean; arLocked?: boolean; allowNonGl?: boolean }): void {
    const period = this.account.book.one<{ id: number }>("SELECT id FROM accountingperiod WHERE startdate <= ? AND enddate >= ? AND isyear = 'F'", day, day);
    if (period === undefined) throw new MutationError(`no period holds ${day}`);
    const set = (column: string, value: boolean | undefined): void => {
      if (value !== undefined) this.account.book.run(`UPDATE accountingperiod SET ${column} = ? WHERE id = ?`, value ? 'T' : 'F', period.id);
    };
    set('closed', state.closed);
    set('alllocked', state.closed);
    set('arlocked', state.closed ?? state.arLocked);
    if (state.arLocked !== undefined) set('arlocked', state.arLocked);
    set('allownonglchanges', state.allowNonGl);
  }

  lockRecord(table: 'transaction' | 'customer', id: number, locked = true): void {
    this.existing(table, id);
    this.account.book.run(`UPDATE "${table}" SET x_locked = ? WHERE id = ?`, locked ? 'T' : null, id);
  }

  /** Puts a payment into a bank deposit: status C, no deletion any more. */
  depositPayment(id: number, deposit = `DEP-${id}`): void {
    this.existing('transaction', id);
    this.account.book.run("UPDATE \"transaction\" SET status = 'C', x_bankdeposit = ?, lastmodifieddate = ? WHERE id = ? AND type = 'CustPymt'", deposit, accountNow(this.account), id);
  }

  approveJournal(id: number): void {
    this.existing('transaction', id);
    this.account.book.transaction(() => { approve(this.account, id); });
  }

  private existing(table: string, id: number): Record<string, unknown> {
    const row = this.account.book.one<Record<string, unknown>>(`SELECT * FROM "${table}" WHERE id = ?`, id);
    if (row === undefined) throw new MutationError(`no ${table} ${id}`);
    return row;
  }
}
