import { fieldsIn, isBody, type Body } from '../http/body.js';
import type { CompanyBook, Row } from '../ledger/company-book.js';
import { tableCurrency } from '../ledger/exchange.js';
import { addFormula, cancelInvoice, draftCreditOf, postSalesDocument, type SalesTable } from '../ledger/sales-posting.js';
import { badRequest, dialog, recordNotFound, sameKey } from '../odata/odata-error.js';
import type { WriteContext, Writers } from './writers.js';

const QUANTITY_SCALE = 10_000n;

const COLUMNS: Readonly<Record<string, string>> = {
  externalDocumentNumber: 'external_document_number', invoiceDate: 'document_date', creditMemoDate: 'document_date', postingDate: 'posting_date', dueDate: 'due_date', promisedPayDate: 'promised_pay_date',
  customerPurchaseOrderReference: 'your_reference', salesperson: 'salesperson', paymentTermsId: 'payment_terms_id', invoiceNumber: 'applies_to_number',
};
/** The only fields of a posted invoice a client may change (2.4). */
const POSTED_WRITABLE = new Set(['dueDate', 'promisedPayDate', 'disputeStatus', 'disputeStatusId']);
const DISPUTE = new Set(['disputeStatus', 'disputeStatusId']);

type Values = Record<string, string | bigint | number>;

function customerOf(book: CompanyBook, name: string, value: string): Row {
  const customer = book.one(`SELECT * FROM customer WHERE ${name.endsWith('Id') ? 'id' : 'number'} = ?`, value);
  if (customer === undefined) throw dialog(`The "${name}" does not match to a Customer.`);
  return customer;
}

function documentValues(context: WriteContext, body: Body): Values {
  const { book } = context;
  const values: Values = {};
  for (const [field, value] of fieldsIn(context.page, body)) {
    const column = COLUMNS[field.name];
    if (column !== undefined) values[column] = value;
    else if (field.name === 'customerId' || field.name === 'customerNumber') Object.assign(values, partiesOf(book, customerOf(book, field.name, String(value))));
    else if (field.name === 'billToCustomerId' || field.name === 'billToCustomerNumber') values['bill_to_number'] = String(customerOf(book, field.name, String(value))['number']);
    else if (field.name === 'currencyCode') values['currency_code'] = tableCurrency(book, String(value));
    else if (DISPUTE.has(field.name)) Object.assign(values, disputeOf(book, field.name, String(value)));
    else throw badRequest(`The property '${field.name}' is read-only.`);
  }
  return values;
}

/** Sell-to fills bill-to: the customer's "Bill-to Customer No." when it has one, else the customer itself. */
function partiesOf(book: CompanyBook, customer: Row): Values {
  const billTo = customer['bill_to_number'] === '' ? customer : book.existing('customer', 'number', String(customer['bill_to_number']));
  return {
    sell_to_number: String(customer['number']), bill_to_number: String(billTo['number']), currency_code: String(billTo['currency_code']), payment_terms_id: String(billTo['payment_terms_id']),
    salesperson: String(customer['salesperson']),
  };
}

function disputeOf(book: CompanyBook, name: string, value: string): Values {
  if (value === '' || /^0{8}-/.test(value)) return { dispute_status: '', dispute_status_id: '00000000-0000-0000-0000-000000000000' };
  const status = book.one(`SELECT * FROM dispute_status WHERE ${name === 'disputeStatusId' ? 'id' : 'code'} = ?`, name === 'disputeStatusId' ? value : value.toUpperCase());
  if (status === undefined) throw dialog(`The "${name}" does not match to a Dispute Status.`);
  return { dispute_status: String(status['code']), dispute_status_id: String(status['id']) };
}

function createDocument(table: SalesTable, series: string) {
  return (context: WriteContext, body: Body): string => {
    const { book } = context;
    const values = documentValues(context, body);
    if (Object.keys(body).some((name) => DISPUTE.has(name))) throw dialog('Dispute Status cannot be set on a draft invoice.');
    if (values['sell_to_number'] === undefined) throw dialog('The customer values do not match to a specific Customer.');
    const documentDate = String(values['document_date'] ?? book.today());
    const terms = book.one('SELECT due_date_calculation FROM payment_terms WHERE id = ?', String(values['payment_terms_id'] ?? ''));
    const dueDate = addFormula(documentDate, String(terms?.['due_date_calculation'] ?? ''));
    const id = book.insert(table, { number: book.nextNumber(series, series, 1001), document_date: documentDate, posting_date: documentDate, due_date: dueDate, status: 'Draft', ...values });
    if (table === 'sales_invoice') book.run('UPDATE sales_invoice SET draft_number = number WHERE id = ?', id);
    return id;
  };
}

function updateDocument(table: SalesTable) {
  return (context: WriteContext, id: string, body: Body): void => {
    const document = context.book.existing(table, 'id', id);
    const names = Object.keys(body).filter((name) => !name.startsWith('@'));
    if (names.some((name) => context.page.navigations.some((navigation) => navigation.name === name))) throw badRequest('Deep update is not supported.');
    if (document['posted'] === 1) {
      const refused = table === 'sales_invoice' ? names.find((name) => !POSTED_WRITABLE.has(name)) : names[0];
      if (refused !== undefined) throw dialog(`The field ${refused} cannot be changed because the ${table === 'sales_invoice' ? 'invoice' : 'credit memo'} has been posted.`);
    } else if (names.some((name) => DISPUTE.has(name))) throw dialog('Dispute Status cannot be set on a draft invoice.');
    const values = documentValues(context, body);
    context.book.update(table, id, values);
    if (document['posted'] === 1 && values['due_date'] !== undefined) moveDueDate(context.book, Number(document['entry_no']), String(values['due_date']));
  };
}

/** The ledger entry of the invoice has the due date too. */
function moveDueDate(book: CompanyBook, entryNumber: number, dueDate: string): void {
  const entry = book.existing('cust_ledger_entry', 'entry_no', entryNumber);
  book.update('cust_ledger_entry', String(entry['id']), { due_date: dueDate });
}

function removeDocument(table: SalesTable) {
  return (context: WriteContext, id: string): void => {
    const document = context.book.existing(table, 'id', id);
    if (document['posted'] === 1) throw dialog('You cannot delete posted sales documents that are posted after the date set by the retention rules.');
    context.book.run(`DELETE FROM ${table}_line WHERE document_id = ?`, id);
    context.book.remove(table, id);
  };
}

function createLine(table: SalesTable) {
  return (context: WriteContext, body: Body): string => {
    const { book } = context;
    const given = new Map(fieldsIn(context.page, body).map(([field, value]) => [field.name, value]));
    const documentId = context.parent?.id ?? String(given.get('documentId') ?? '');
    const document = book.one(`SELECT * FROM ${table} WHERE id = ?`, documentId);
    if (document === undefined) throw recordNotFound('Sales Header', documentId);
    if (document['posted'] === 1) throw dialog('The action can be applied to a draft invoice only.');
    const account = given.has('accountId') ? book.one('SELECT number FROM account WHERE id = ?', given.get('accountId') ?? '') : book.one('SELECT number FROM account WHERE number = ?', String(given.get('lineObjectNumber') ?? ''));
    if (account === undefined) throw dialog('The "accountId" does not match to an Account.');
    const quantity = BigInt(given.get('quantity') ?? 0);
    const unitPrice = BigInt(given.get('unitPrice') ?? 0);
    const cent = 100n;
    const net = ((quantity * unitPrice) / QUANTITY_SCALE / cent) * cent;
    const sequence = Number(book.one<{ last: number }>(`SELECT coalesce(max(sequence), 0) AS last FROM ${table}_line WHERE document_id = ?`, documentId)?.last ?? 0) + 10_000;
    const id = book.insert(`${table}_line`, {
      document_id: documentId, sequence, line_type: 'Account', account_number: String(account['number']), description: String(given.get('description') ?? ''), quantity, unit_price: unitPrice, amount_excluding_tax: net,
    });
    retotal(book, table, documentId);
    return id;
  };
}

function retotal(book: CompanyBook, table: SalesTable, documentId: string): void {
  const sums = book.one<{ net: number; tax: number }>(`SELECT coalesce(sum(amount_excluding_tax), 0) AS net, coalesce(sum(tax_amount), 0) AS tax FROM ${table}_line WHERE document_id = ?`, documentId) ?? { net: 0, tax: 0 };
  book.update(table, documentId, { amount_excluding_tax: sums.net, tax_amount: sums.tax, amount_including_tax: sums.net + sums.tax });
}

const post = (table: SalesTable) => (context: WriteContext, id: string): null => {
  postSalesDocument(context.book, context.settings, table, id);
  context.book.commitWithin();
  return null;
};

const send = (table: SalesTable) => (context: WriteContext, id: string): null => {
  if (context.book.existing(table, 'id', id)['number'] === '') throw dialog('There is nothing to send.');
  return null;
};

const cancel = (context: WriteContext, id: string): null => {
  cancelInvoice(context.book, context.settings, id);
  context.book.commitWithin();
  return null;
};

export const salesInvoiceWriters: Writers = {
  create: createDocument('sales_invoice', 'S-INV'), update: updateDocument('sales_invoice'), remove: removeDocument('sales_invoice'),
  actions: {
    'Microsoft.NAV.post': post('sales_invoice'), 'Microsoft.NAV.postAndSend': post('sales_invoice'), 'Microsoft.NAV.send': send('sales_invoice'), 'Microsoft.NAV.cancel': cancel, 'Microsoft.NAV.cancelAndSend': cancel,
    'Microsoft.NAV.makeCorrectiveCreditMemo': (context, id) => {
      draftCreditOf(context.book, context.book.existing('sales_invoice', 'id', id));
      return null;
    },
  },
};
export const salesCreditMemoWriters: Writers = {
  create: createDocument('sales_credit_memo', 'S-CR'), update: updateDocument('sales_credit_memo'), remove: removeDocument('sales_credit_memo'),
  actions: { 'Microsoft.NAV.post': post('sales_credit_memo'), 'Microsoft.NAV.postAndSend': post('sales_credit_memo'), 'Microsoft.NAV.send': send('sales_credit_memo') },
};
export const salesInvoiceLineWriters: Writers = { create: createLine('sales_invoice') };
export const salesCreditMemoLineWriters: Writers = { create: createLine('sales_credit_memo') };

const CUSTOMER_COLUMNS: Readonly<Record<string, string>> = {
  number: 'number', displayName: 'name', type: 'contact_type', addressLine1: 'address', addressLine2: 'address_2', city: 'city', state: 'county', country: 'country', postalCode: 'post_code', phoneNumber: 'phone', email: 'email',
  website: 'website', salespersonCode: 'salesperson', creditLimit: 'credit_limit', paymentTermsId: 'payment_terms_id', paymentMethodId: 'payment_method_id', blocked: 'blocked', taxRegistrationNumber: 'tax_registration_number',
};

function customerValues(context: WriteContext, body: Body): Values {
  const values: Values = {};
  for (const [field, value] of fieldsIn(context.page, body)) {
    const column = CUSTOMER_COLUMNS[field.name];
    if (column !== undefined) values[column] = value;
    else if (field.name === 'currencyCode') values['currency_code'] = tableCurrency(context.book, String(value));
    else throw badRequest(`The property '${field.name}' is read-only.`);
  }
  return values;
}

export const customerWriters: Writers = {
  create: (context, body) => {
    const values = customerValues(context, body);
    const number = String(values['number'] ?? context.book.nextNumber('CUST', 'C', 90_001));
    if (context.book.one('SELECT 1 AS one FROM customer WHERE number = ?', number) !== undefined) throw sameKey(`The record in table Customer already exists. Identification fields and values: No.='${number}'`);
    return context.book.insert('customer', { ...values, number });
  },
  update: (context, id, body) => { context.book.update('customer', id, customerValues(context, body)); },
  remove: (context, id) => {
    const number = String(context.book.existing('customer', 'id', id)['number']);
    if (context.book.one('SELECT 1 AS one FROM cust_ledger_entry WHERE customer_number = ?', number) !== undefined) throw dialog(`You cannot delete Customer ${number} because it has ledger entries in a fiscal year that has not been closed yet.`);
    context.book.remove('customer', id);
  },
};

/** Children written with their parent in one body (deep insert, 2.2). */
export function childrenIn(context: WriteContext, body: Body): { entitySet: string; bodies: Body[] }[] {
  return context.page.navigations.flatMap((navigation) => {
    const value = body[navigation.name];
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every(isBody)) throw badRequest(`The property '${navigation.name}' must be a list of objects.`);
    return [{ entitySet: navigation.target, bodies: value }];
  });
}
