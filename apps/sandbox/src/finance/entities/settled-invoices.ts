import { companyKey } from '../book/book.js';
import { findJournal, lineAmount, linesOf, marksOf } from '../book/posting.js';
import type { Identity, JournalLine, Mark, OpenItem, Transaction } from '../book/records.js';
import { decimalText, lesser, magnitude, RATE_ONE } from '../decimals.js';
import type { Environment } from '../environment.js';
import { columns, fullRow, type Row } from '../odata/columns.js';
import { deleteFailed, DuplicateRecordError, ODataError, writeFailed } from '../odata/odata-error.js';
import { viewing, type EntitySet, type Write } from './entity-set.js';

const ENTITY = 'CustPaymentJournalLineSettledInvoiceEntity';
const COLUMNS = columns(`JournalLineCompany JournalBatchNumber JournalLineNumber:decimal InvoiceNumber InvoiceCompany InvoiceDueDate:date InvoiceToPaymentCrossRate:decimal CashDiscountToTakeInInvoiceCurrency:decimal SettlementAmountInInvoiceCurrency:decimal
  InvoiceAccount AccountDisplayValue`);

function markRow(mark: Mark): Row {
  return fullRow(COLUMNS, {
    JournalLineCompany: mark.company, JournalBatchNumber: mark.batch, JournalLineNumber: mark.lineNumber, InvoiceNumber: mark.invoice, InvoiceCompany: mark.invoiceCompany, InvoiceDueDate: mark.dueDate, InvoiceToPaymentCrossRate: mark.crossRate,
    CashDiscountToTakeInInvoiceCurrency: mark.discount, SettlementAmountInInvoiceCurrency: mark.amount, InvoiceAccount: mark.account, AccountDisplayValue: mark.account,
  });
}

function failed(text: string, column = 'InvoiceNumber'): ODataError {
  return writeFailed(ENTITY, text, `validateField failed on field '${ENTITY}.${column}'.`);
}

interface Target {
  readonly transaction: Transaction;
  readonly open: OpenItem;
}

/** The open instalments of an invoice, those of the line's own customer first. */
function openInstalments({ book }: Environment, company: string, invoice: string, account: string): Target[] {
  const transactions = book.transactions.group('invoice', companyKey(company, invoice)).filter((each) => each.invoice !== '' && each.closed === '');
  const found = transactions.flatMap((transaction) => book.opens.group('transaction', String(transaction.recId)).map((open) => ({ transaction, open })));
  const rank = ({ transaction, open }: Target): string => `${transaction.account === account ? 0 : 1} ${open.dueDate}`;
  return found.sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/** Marks by unposted journal lines other than this one. */
function foreignMark(environment: Environment, transaction: bigint, line: JournalLine): Mark | undefined {
  return environment.book.marks.group('transaction', String(transaction)).find((mark) => {
    const own = mark.company === line.dataAreaId && mark.batch === line.batch && mark.lineNumber === line.lineNumber;
    return !own && findJournal(environment, mark.company, mark.batch)?.posted === false;
  });
}

function checkTarget(environment: Environment, line: JournalLine, { transaction }: Target): void {
  const account = String(line.row['AccountDisplayValue']).replaceAll('\\-', '-');
  if (transaction.account !== account && !environment.settings.otherAccountsSettle) throw failed(`Invoice ${transaction.invoice} belongs to customer ${transaction.account}, not to ${account}.`);
  if (transaction.currency !== line.row['CurrencyCode']) throw failed(`Invoice ${transaction.invoice} is in ${transaction.currency}, the payment in ${String(line.row['CurrencyCode'])}: settlement across currencies is not simulated.`);
  const other = environment.settings.marksLock ? foreignMark(environment, transaction.recId, line) : undefined;
  if (other !== undefined) throw failed(`Invoice ${transaction.invoice} is already marked for settlement by journal ${other.batch}.`);
}

/** Amount and discount are within what is open of the instalment, and have its sign. */
function checkAmount({ transaction, open }: Target, amount: bigint, discount: bigint): void {
  const taken = amount + discount;
  if (amount === 0n || (amount < 0n) !== (open.amount < 0n) || discount < 0n) throw failed(`The settlement amount ${decimalText(amount)} does not fit invoice ${transaction.invoice}.`, 'SettlementAmountInInvoiceCurrency');
  if (magnitude(taken) > magnitude(open.amount)) {
    throw failed(`The settlement amount ${decimalText(taken)} of the invoice ${transaction.invoice} is greater than the remaining amount ${decimalText(open.amount)}.`, 'SettlementAmountInInvoiceCurrency');
  }
}

function insertMark({ book }: Environment, line: JournalLine, { transaction, open }: Target, amount: bigint, discount: bigint): Mark {
  return book.marks.insert({
    recId: book.nextRecId(), version: 1, company: line.dataAreaId, batch: line.batch, lineNumber: line.lineNumber, invoiceCompany: transaction.dataAreaId, invoice: transaction.invoice, dueDate: open.dueDate, account: transaction.account,
    transaction: transaction.recId, amount, discount, crossRate: RATE_ONE,
  });
}

/**
 * MarkedInvoice on a line marks that one invoice, instalment by instalment, up to the payment (reference 3.5.3).
 * @throws ODataError when it is not open or is marked by somebody else
 */
export function markInvoiceOfLine(environment: Environment, line: JournalLine): void {
  const invoice = String(line.row['MarkedInvoice']);
  if (invoice === '') return;
  for (const mark of marksOf(environment, line)) environment.book.marks.remove(mark.recId);
  const company = String(line.row['MarkedInvoiceCompany']) || line.dataAreaId;
  const targets = openInstalments(environment, company, invoice, String(line.row['AccountDisplayValue']).replaceAll('\\-', '-'));
  const [first] = targets;
  if (first === undefined) throw failed(`Invoice ${invoice} does not exist or is not open in ${company}.`, 'MarkedInvoice');
  checkTarget(environment, line, first);
  let left = magnitude(lineAmount(line));
  for (const target of targets.filter((each) => each.transaction.recId === first.transaction.recId)) {
    const part = lesser(left, magnitude(target.open.amount));
    if (part === 0n) break;
    left -= part;
    insertMark(environment, line, target, target.open.amount < 0n ? -part : part, 0n);
  }
  environment.book.lines.change(line.recId, { row: { ...line.row, SettleVoucher: 'SelectedTransact', MarkedInvoiceCompany: company } });
}

function lineOf({ environment, given }: Write): JournalLine {
  const company = String(given['JournalLineCompany'] ?? '') || environment.settings.defaultCompany;
  const batch = String(given['JournalBatchNumber'] ?? '');
  const journal = findJournal(environment, company, batch);
  const line = journal === undefined ? undefined : linesOf(environment, journal).find((each) => each.lineNumber === given['JournalLineNumber']);
  if (journal === undefined || line === undefined) throw failed(`Journal ${batch} has no line ${typeof given['JournalLineNumber'] === 'bigint' ? decimalText(given['JournalLineNumber']) : ''} in ${company}.`, 'JournalBatchNumber');
  if (journal.posted) throw failed(`Journal ${batch} has been posted and cannot be changed.`, 'JournalBatchNumber');
  return line;
}

function createMark(write: Write): Identity {
  const { environment, given, origin } = write;
  if (!environment.settings.settledInvoicesWritable && origin === 'api') throw new ODataError(405, "The requested resource does not support http method 'POST'.");
  const line = lineOf(write);
  const invoice = String(given['InvoiceNumber'] ?? '');
  const company = String(given['InvoiceCompany'] ?? '') || line.dataAreaId;
  const dueDate = String(given['InvoiceDueDate'] ?? '');
  const open = openInstalments(environment, company, invoice, String(line.row['AccountDisplayValue']).replaceAll('\\-', '-'));
  const target = open.find((each) => each.open.dueDate === dueDate);
  if (target === undefined) throw failed(open.length === 0 ? `Invoice ${invoice} does not exist or is not open in ${company}.` : `Invoice ${invoice} has no open instalment due on ${dueDate === '' ? '1900-01-01' : dueDate}.`);
  if (marksOf(environment, line).some((mark) => mark.invoice === invoice && mark.invoiceCompany === company && mark.dueDate === dueDate)) {
    throw new DuplicateRecordError(ENTITY, `Settled invoices (SpecTrans). Invoice: ${invoice}`);
  }
  checkTarget(environment, line, target);
  const discount = BigInt(given['CashDiscountToTakeInInvoiceCurrency'] ?? 0n);
  const amount = BigInt(given['SettlementAmountInInvoiceCurrency'] ?? target.open.amount - discount);
  checkAmount(target, amount, discount);
  environment.book.lines.change(line.recId, { row: { ...line.row, SettleVoucher: 'SelectedTransact' } });
  return insertMark(environment, line, target, amount, discount);
}

function demandOpenJournal(environment: Environment, mark: Mark): void {
  if (findJournal(environment, mark.company, mark.batch)?.posted === true) throw deleteFailed(ENTITY, `Journal ${mark.batch} has been posted and cannot be changed.`);
}

export const SETTLED_INVOICES: EntitySet = {
  collection: 'PaymentJournalLineSettledInvoices', publicName: 'PaymentJournalLineSettledInvoice', entity: ENTITY, label: 'Customer payment journal line settled invoice', columns: COLUMNS,
  key: ['JournalLineCompany', 'JournalBatchNumber', 'JournalLineNumber', 'InvoiceNumber', 'InvoiceCompany', 'InvoiceDueDate'], companyColumn: 'JournalLineCompany',
  navigation: [
    { name: 'CustomerPaymentJournalLineRelatedRole', target: 'CustomerPaymentJournalLines', many: false, find: ({ book }, { row }) => book.lines.group('batch', companyKey(String(row['JournalLineCompany']), String(row['JournalBatchNumber']))).filter((line) => line.lineNumber === row['JournalLineNumber']) },
    { name: 'CustomerPaymentJournalHeaderRelatedRole', target: 'CustomerPaymentJournalHeaders', many: false, find: ({ book }, { row }) => book.journals.group('batch', companyKey(String(row['JournalLineCompany']), String(row['JournalBatchNumber']))) },
  ],
  ...viewing(({ book }) => book.marks.all(), markRow),
  create: createMark,
  update: ({ environment, given }, target): void => {
    const mark = environment.book.marks.get(target.recId);
    const transaction = mark === undefined ? undefined : environment.book.transactions.get(mark.transaction);
    if (mark === undefined || transaction === undefined) return;
    demandOpenJournal(environment, mark);
    const open = environment.book.opens.group('transaction', String(mark.transaction)).find((each) => each.dueDate === mark.dueDate);
    if (open === undefined) throw failed(`Invoice ${mark.invoice} is not open.`);
    const amount = BigInt(given['SettlementAmountInInvoiceCurrency'] ?? mark.amount);
    const discount = BigInt(given['CashDiscountToTakeInInvoiceCurrency'] ?? mark.discount);
    checkAmount({ transaction, open }, amount, discount);
    environment.book.marks.change(mark.recId, { amount, discount });
  },
  remove: ({ environment }, target): void => {
    const mark = environment.book.marks.get(target.recId);
    if (mark === undefined) return;
    demandOpenJournal(environment, mark);
    environment.book.marks.remove(mark.recId);
  },
};
