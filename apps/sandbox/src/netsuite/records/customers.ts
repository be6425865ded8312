import type { Row } from '../book/book.js';
import { accountNow, type Account } from './account.js';
import { externalIdField, flagField, textField, type Body } from './body.js';
import { idOf } from './drafting.js';
import { userError, valueMissing } from './record-error.js';

const TEXTS: Readonly<Record<string, string>> = { entityId: 'entityid', companyName: 'companyname', firstName: 'firstname', lastName: 'lastname', email: 'email', phone: 'phone' };

export function createCustomer(account: Account, body: Body): number {
  const companyName = textField(body, 'companyName');
  const isPerson = flagField(body, 'isPerson') ?? false;
  if (companyName === undefined && !isPerson) throw valueMissing('Company Name', 'companyName');
  const name = companyName ?? [textField(body, 'firstName'), textField(body, 'lastName')].filter((part) => part !== undefined).join(' ');
  const entityId = textField(body, 'entityId') ?? name;
  assertUniqueName(account, entityId);
  const subsidiary = idOf(account, 'subsidiary', body, 'subsidiary') ?? 1;
  const currency = idOf(account, 'currency', body, 'currency') ?? Number(account.book.one<{ currency: number }>('SELECT currency FROM subsidiary WHERE id = ?', subsidiary)?.currency ?? 1);
  const receivable = idOf(account, 'account', body, 'receivablesAccount') ?? receivableOf(account, currency);
  const id = account.book.nextId('customer');
  const now = accountNow(account);
  account.book.run(
    `INSERT INTO customer (id, entityid, companyname, altname, isperson, firstname, lastname, email, phone, parent, externalid, currency, receivablesaccount, subsidiary, terms, isinactive, datecreated, lastmodifieddate)
     VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'F',?,?)`,
    id, entityId, companyName ?? null, name, isPerson ? 'T' : 'F', textField(body, 'firstName') ?? null, textField(body, 'lastName') ?? null, textField(body, 'email') ?? null,
    textField(body, 'phone') ?? null, idOf(account, 'customer', body, 'parent') ?? null, checkedExternalId(account, body) ?? null, currency, receivable, subsidiary,
    idOf(account, 'term', body, 'terms') ?? null, now, now,
  );
  account.book.run("INSERT INTO customersubsidiaryrelationship (id, entity, subsidiary, isprimarysub) VALUES (?,?,?,'T')", account.book.nextId('customersubsidiaryrelationship'), id, subsidiary);
  return id;
}

export function receivableOf(account: Pick<Account, 'book'>, currency: number): number {
  const row = account.book.one<{ id: number }>("SELECT id FROM account WHERE accttype = 'AcctRec' AND (currency IS NULL OR currency = ?) ORDER BY id", currency);
  if (row === undefined) throw userError('There is no receivables account for the currency.');
  return row.id;
}

export function updateCustomer(account: Account, row: Row & { id: number }, body: Body): void {
  const { book } = account;
  for (const [field, column] of Object.entries(TEXTS)) {
    const text = textField(body, field);
    if (text === undefined) continue;
    if (field === 'entityId' && text !== row['entityid']) assertUniqueName(account, text);
    book.run(`UPDATE customer SET ${column} = ? WHERE id = ?`, text, row.id);
    if (field === 'companyName') book.run('UPDATE customer SET altname = ? WHERE id = ?', text, row.id);
  }
  const inactive = flagField(body, 'isInactive');
  if (inactive !== undefined) book.run('UPDATE customer SET isinactive = ? WHERE id = ?', inactive ? 'T' : 'F', row.id);
  const parent = idOf(account, 'customer', body, 'parent');
  if (parent !== undefined) book.run('UPDATE customer SET parent = ? WHERE id = ?', parent, row.id);
  const terms = idOf(account, 'term', body, 'terms');
  if (terms !== undefined) book.run('UPDATE customer SET terms = ? WHERE id = ?', terms, row.id);
  const externalId = checkedExternalId(account, body, row.id);
  if (externalId !== undefined) book.run('UPDATE customer SET externalid = ? WHERE id = ?', externalId, row.id);
  book.run('UPDATE customer SET lastmodifieddate = ? WHERE id = ?', accountNow(account), row.id);
}

function assertUniqueName(account: Account, entityId: string): void {
  if (account.book.one('SELECT 1 AS one FROM customer WHERE entityid = ?', entityId) !== undefined) throw userError('This entity already exists.');
}

function checkedExternalId(account: Account, body: Body, except?: number): string | undefined {
  const externalId = externalIdField(body);
  if (externalId === undefined || !account.settings.enforceUniqueExternalIds) return externalId;
  const taken = account.book.one<{ id: number }>('SELECT id FROM customer WHERE externalid = ?', externalId);
  if (taken !== undefined && taken.id !== except) throw userError('This entity already exists.');
  return externalId;
}

export function createContact(account: Account, body: Body): number {
  const first = textField(body, 'firstName');
  const last = textField(body, 'lastName');
  const entityId = textField(body, 'entityId') ?? [first, last].filter((part) => part !== undefined).join(' ');
  if (entityId === '') throw valueMissing('Name', 'entityId');
  const id = account.book.nextId('contact');
  account.book.run(
    "INSERT INTO contact (id, entityid, firstname, lastname, email, phone, title, company, isinactive, lastmodifieddate) VALUES (?,?,?,?,?,?,?,?,'F',?)",
    id, entityId, first ?? null, last ?? null, textField(body, 'email') ?? null, textField(body, 'phone') ?? null, textField(body, 'title') ?? null,
    idOf(account, 'customer', body, 'company') ?? null, accountNow(account),
  );
  return id;
}

export function updateContact(account: Account, row: Row & { id: number }, body: Body): void {
  for (const [field, column] of Object.entries({ entityId: 'entityid', firstName: 'firstname', lastName: 'lastname', email: 'email', phone: 'phone', title: 'title' })) {
    const text = textField(body, field);
    if (text !== undefined) account.book.run(`UPDATE contact SET ${column} = ? WHERE id = ?`, text, row.id);
  }
  const inactive = flagField(body, 'isInactive');
  if (inactive !== undefined) account.book.run('UPDATE contact SET isinactive = ? WHERE id = ?', inactive ? 'T' : 'F', row.id);
  account.book.run('UPDATE contact SET lastmodifieddate = ? WHERE id = ?', accountNow(account), row.id);
}
