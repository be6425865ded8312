import { amountTextOfNumber } from '../../simulation/book-amounts.js';
import type { Row } from '../book/book.js';
import type { TransactionType } from '../book/documents.js';
import type { Account } from './account.js';
import { sublistField, type Body } from './body.js';
import { createCreditMemo, updateCreditMemo } from './credit-memos.js';
import { createContact, createCustomer, updateContact, updateCustomer } from './customers.js';
import { deleteEntity, deleteTransaction } from './deletion.js';
import { createDeposit, createDepositApplication, updateDeposit, updateDepositApplication } from './deposits.js';
import { createInvoice, updateInvoice } from './invoices.js';
import { createJournal, updateJournal } from './journals.js';
import { createPayment, updatePayment } from './payments.js';
import { userError } from './record-error.js';
import { createRefund, updateRefund } from './refunds.js';
import { customerView, plainView, transactionView, type View, type ViewOptions } from './views.js';

type Stored = Row & { id: number };

/** One record type of the REST service: its table and what can be done to it. `null` = refused. */
export interface RecordType {
  /** Lower case, the key of lookups. */
  readonly key: string;
  /** As the documentation writes it. */
  readonly name: string;
  readonly table: string;
  readonly transactionType: TransactionType | null;
  readonly hasExternalId: boolean;
  readonly create: ((account: Account, body: Body) => number) | null;
  readonly createRefusal: string;
  readonly update: ((account: Account, row: Stored, body: Body, replace: ReadonlySet<string>) => void) | null;
  readonly remove: ((account: Account, row: Stored, body: Body, deletionReason: boolean) => void) | null;
  readonly transforms: ReadonlyMap<string, (account: Account, row: Stored, body: Body) => number>;
  readonly view: (account: Account, row: Stored, options: ViewOptions) => View;
}

const READ_ONLY = 'This record type cannot be created over REST.';

function transactionType(name: string, type: TransactionType, parts: Partial<RecordType>): RecordType {
  return {
    key: name.toLowerCase(), name, table: 'transaction', transactionType: type, hasExternalId: true, create: null, createRefusal: READ_ONLY,
    update: null, remove: deleteTransaction, transforms: new Map(), view: transactionView, ...parts,
  };
}

function plainType(name: string, parts: Partial<RecordType> = {}): RecordType {
  const table = name.toLowerCase();
  return {
    key: table, name, table, transactionType: null, hasExternalId: false, create: null, createRefusal: READ_ONLY, update: null, remove: null, transforms: new Map(),
    view: (account, row, options) => plainView(account, name, row, options), ...parts,
  };
}

/** invoice -> creditMemo: the sample needs `apply.items[].doc.id` = the invoice (reference A2 "Transforms"); lines are copied when none are given. */
function invoiceToCreditMemo(account: Account, row: Stored, body: Body): number {
  const named = sublistField(body, 'apply')?.items?.some((item) => JSON.stringify(item['doc'] ?? '').includes(`"${row.id}"`)) ?? false;
  if (!named) throw userError('You must apply the credit memo to the invoice it is made from.', 'apply.items[0].doc');
  const lines = account.book.all('SELECT item, abs(foreignamount) AS amount FROM transactionline WHERE "transaction" = ? AND item IS NOT NULL ORDER BY id', row.id);
  const copied = { items: lines.map((line) => ({ item: { id: String(line['item']) }, amount: amountTextOfNumber(Number(line['amount'])) })) };
  return createCreditMemo(account, { ...inherited(row), item: copied, ...body, entity: { id: String(row['entity']) } }, row.id);
}

function inherited(row: Stored): Body {
  return { currency: { id: String(row['currency']) }, subsidiary: { id: String(row['x_subsidiary']) }, account: { id: String(row['x_araccount']) } };
}

function invoiceToPayment(account: Account, row: Stored, body: Body): number {
  const { account: receivable, ...rest } = inherited(row);
  return createPayment(account, { apply: { items: [{ doc: { id: String(row.id) }, apply: true }] }, ...rest, arAcct: receivable, ...body, customer: body['customer'] ?? { id: String(row['entity']) } });
}

function creditToRefund(account: Account, row: Stored, body: Body, sublist: 'apply' | 'deposit'): number {
  return createRefund(account, {
    [sublist]: { items: [{ doc: { id: String(row.id) }, apply: true }] }, currency: { id: String(row['currency']) }, subsidiary: { id: String(row['x_subsidiary']) },
    arAcct: { id: String(row['x_araccount']) }, ...body, customer: { id: String(row['entity']) },
  });
}

const TYPES: readonly RecordType[] = [
  transactionType('invoice', 'CustInvc', { create: createInvoice, update: updateInvoice, transforms: new Map([['creditmemo', invoiceToCreditMemo], ['customerpayment', invoiceToPayment]]) }),
  transactionType('creditMemo', 'CustCred', {
    create: (account, body) => createCreditMemo(account, body), update: updateCreditMemo, transforms: new Map([['customerrefund', (account, row, body) => creditToRefund(account, row, body, 'apply')]]),
  }),
  transactionType('customerPayment', 'CustPymt', { create: createPayment, update: updatePayment, transforms: new Map([['customerrefund', (account, row, body) => creditToRefund(account, row, body, 'apply')]]) }),
  transactionType('customerDeposit', 'CustDep', {
    create: createDeposit, update: updateDeposit,
    transforms: new Map([
      ['depositapplication', (account: Account, row: Stored, body: Body) => createDepositApplication(account, row.id, body)],
      ['customerrefund', (account: Account, row: Stored, body: Body) => creditToRefund(account, row, body, 'deposit')],
    ]),
  }),
  transactionType('depositApplication', 'DepAppl', { update: updateDepositApplication, createRefusal: 'A deposit application can only be created by transforming a customer deposit.' }),
  transactionType('customerRefund', 'CustRfnd', { create: createRefund, update: updateRefund }),
  transactionType('journalEntry', 'Journal', { create: createJournal, update: updateJournal }),
  plainType('customer', { hasExternalId: true, create: createCustomer, update: updateCustomer, remove: (account, row) => { deleteEntity(account, 'customer', row); }, view: customerView }),
  plainType('contact', { create: createContact, update: updateContact, remove: (account, row) => { deleteEntity(account, 'contact', row); } }),
  plainType('term'), plainType('currency'), plainType('subsidiary'), plainType('account'), plainType('accountingPeriod'), plainType('department'), plainType('paymentMethod'),
];

export const RECORD_TYPES: ReadonlyMap<string, RecordType> = new Map(TYPES.map((type) => [type.key, type]));
