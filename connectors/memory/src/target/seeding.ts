import { addDays, localDateOfInstant, type EntityName, type JsonObject } from '#canonical';
import type { BookRecord } from './book.js';
import type { MemoryTarget } from './memory-target.js';

/** Master data a book cannot be without. Ids are the target's own. */
export interface MasterData {
  readonly company: string;
  readonly bankAccount: string;
  readonly receivablesAccount: string;
  readonly writeOffAccount: string;
  readonly customer: string;
}

const TERMS_DAYS = 30;

/** A company with three accounts and one customer, in US dollars. */
export function openBooks({ book }: MemoryTarget): MasterData {
  const company = book.insert('company', { name: 'Memory Ltd', currency: 'USD', parent: null, active: true }).id;
  const account = (number: string, name: string, kind: string): string => (
    book.insert('ledgerAccount', { number, name, kind, currency: null, company, active: true }).id);
  return {
    company,
    bankAccount: account('1000', 'Bank', 'BANK'),
    receivablesAccount: account('1100', 'Accounts receivable', 'RECEIVABLE'),
    writeOffAccount: account('6900', 'Small differences', 'EXPENSE'),
    customer: book.insert('customer', customerFields('Harbor Freight Lines', company)).id,
  };
}

/** One more record of a kind, plausible and open. `fields` override the default ones. */
export function seedRecord(target: MemoryTarget, master: MasterData, entity: EntityName, fields: JsonObject = {}, modifiedAt?: Date): BookRecord {
  const day = localDateOfInstant(target.book.now(), 'UTC');
  const document = { customer: master.customer, company: master.company, currency: 'USD', memo: null };
  const defaults: Readonly<Record<EntityName, JsonObject>> = {
    company: { name: 'Branch Ltd', currency: 'USD', parent: master.company, active: true },
    ledgerAccount: { number: '1010', name: 'Second bank', kind: 'BANK', currency: 'USD', company: master.company, active: true },
    customer: customerFields('Lakeside Timber', master.company),
    contact: { customer: master.customer, name: 'Ada Moreau', role: 'Accounts payable', email: 'ada@harbor.example', phone: null, primary: true, active: true },
    invoice: { ...document, number: numberOf(target, 'INV'), issued: day, due: addDays(day, TERMS_DAYS), total: '100.00', open: '100.00', status: 'OPEN', purchaseOrder: null },
    creditMemo: { ...document, number: numberOf(target, 'CR'), issued: day, total: '40.00', open: '40.00', status: 'OPEN', applications: [] },
    payment: { ...document, receivedOn: day, total: '25.00', unapplied: '25.00', status: 'DEPOSITED', bankAccount: master.bankAccount, reference: 'CHK 4711', externalKey: null, applications: [] },
  };
  return target.book.insert(entity, { ...defaults[entity], ...fields }, modifiedAt === undefined ? {} : { modifiedAt });
}

function customerFields(name: string, company: string): JsonObject {
  return { number: null, name, otherNames: [], parent: null, company, currency: 'USD', email: null, phone: null, active: true };
}

function numberOf(target: MemoryTarget, prefix: string): string {
  return `${prefix}-${target.book.ofEntity(prefix === 'INV' ? 'invoice' : 'creditMemo').length + 1}`;
}
