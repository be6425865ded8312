import { companyKey } from '../book/book.js';
import { findMaster } from '../book/entry.js';
import { findJournal, linesOf, marksOf, nextVoucher, removeJournal } from '../book/posting.js';
import type { Identity, Journal, JournalLine } from '../book/records.js';
import { decimalText, ONE } from '../decimals.js';
import type { Environment } from '../environment.js';
import { columns, fullRow, type Row } from '../odata/columns.js';
import { deleteFailed, DuplicateRecordError, writeFailed } from '../odata/odata-error.js';
import { viewing, type EntitySet, type Write } from './entity-set.js';
import { markInvoiceOfLine, SETTLED_INVOICES } from './settled-invoices.js';

export const HEADER_ENTITY = 'CustomerPaymentJournalHeaderEntity';
export const LINE_ENTITY = 'CustomerPaymentJournalLineEntity';

const HEADER_COLUMNS = columns('dataAreaId JournalBatchNumber JournalName Description IsPosted:enum.NoYes OverrideSalesTax:enum.NoYes');
/** Columns of CustomerPaymentJournalLine in specs fno-receivable-openapi.json, without the withholding, NACHA and post-dated check ones. */
const LINE_COLUMNS = columns(`dataAreaId JournalBatchNumber LineNumber:decimal AccountType:enum.LedgerJournalACType AccountDisplayValue Company CustomerName TransactionDate:date TransactionText CurrencyCode DebitAmount:decimal CreditAmount:decimal
  OffsetAccountType:enum.LedgerJournalACType OffsetAccountDisplayValue OffsetCompany OffsetTransactionText PaymentMethodName PaymentSpecification PaymentReference PaymentId PaymentNotes MarkedInvoice MarkedInvoiceCompany SettleVoucher:enum.SettlementType
  IsPrepayment:enum.NoYes PostingProfile ExchangeRate:decimal SecondaryExchangeRate:decimal ReportingCurrencyExchRate:decimal ReportingCurrencyExchRateSecondary:decimal BankTransactionType DepositNumber UseABankDepositSlip:enum.NoYes
  ThirdPartyBankAccountId TaxGroup TaxItemGroup OverrideSalesTax:enum.NoYes DefaultDimensionsForAccountDisplayValue DefaultDimensionsForOffsetAccountDisplayValue CentralBankPurposeCode CentralBankPurposeText CentralBankImportDate:date
  PostdatedCheckNumber PostdatedCheckMaturityDate:date PostdatedCheckReceivedDate:date FinTagDisplayValue OffsetFinTagDisplayValue ChineseVoucher ChineseVoucherType Voucher`);

function headerRow(journal: Journal): Row {
  return fullRow(HEADER_COLUMNS, {
    dataAreaId: journal.dataAreaId, JournalBatchNumber: journal.batch, JournalName: journal.name, Description: journal.description, IsPosted: journal.posted ? 'Yes' : 'No', OverrideSalesTax: journal.overrideSalesTax,
  });
}

function demandUnposted(journal: Journal | undefined, entity: string, batch: string): Journal {
  if (journal === undefined) throw writeFailed(entity, `The value '${batch}' in field 'Journal batch number' is not found in the related table 'Ledger journal table'.`, `validateField failed on field '${entity}.JournalBatchNumber'.`);
  if (journal.posted) throw writeFailed(entity, `Journal ${batch} has been posted and cannot be changed.`, `validateWrite failed on data source 'LedgerJournalTable (LedgerJournalTable)'.`);
  return journal;
}

function demandJournalName(environment: Environment, company: string, name: string): void {
  if (name === '') throw writeFailed(HEADER_ENTITY, "Field 'Name' must be filled in.", "validateWrite failed on data source 'LedgerJournalTable (LedgerJournalTable)'.");
  const found = findMaster(environment, 'JournalNames', { dataAreaId: company, Name: name });
  if (found === undefined) throw writeFailed(HEADER_ENTITY, `The value '${name}' in field 'Name' is not found in the related table 'Journal names'.`, `validateField failed on field '${HEADER_ENTITY}.JournalName'.`);
  if (found.row['Type'] !== 'CustPayment') throw writeFailed(HEADER_ENTITY, `Journal name ${name} is not of the type Customer payment.`, `validateField failed on field '${HEADER_ENTITY}.JournalName'.`);
}

export const HEADERS: EntitySet = {
  collection: 'CustomerPaymentJournalHeaders', publicName: 'CustomerPaymentJournalHeader', entity: HEADER_ENTITY, label: 'Customer payment journal header', columns: HEADER_COLUMNS, key: ['dataAreaId', 'JournalBatchNumber'], companyColumn: 'dataAreaId',
  navigation: [
    { name: 'CustomerPaymentJournalLineHeaderEntity', target: 'CustomerPaymentJournalLines', many: true, find: ({ book }, { row }) => book.lines.group('batch', companyKey(String(row['dataAreaId']), String(row['JournalBatchNumber']))) },
    { name: 'CustomerPaymentJournalHeaderRole', target: 'PaymentJournalLineSettledInvoices', many: true, find: ({ book }, { row }) => book.marks.group('batch', companyKey(String(row['dataAreaId']), String(row['JournalBatchNumber']))) },
  ],
  ...viewing(({ book }) => book.journals.all(), headerRow),
  create: ({ environment, given }): Identity => {
    const { book } = environment;
    const company = String(given['dataAreaId']);
    demandJournalName(environment, company, String(given['JournalName'] ?? ''));
    const batch = String(given['JournalBatchNumber'] ?? '') || book.nextNumber(`journal ${company}`, '', 6);
    if (findJournal(environment, company, batch) !== undefined) throw new DuplicateRecordError(HEADER_ENTITY, `Ledger journal table (LedgerJournalTable). Journal batch number: ${batch}`);
    return book.journals.insert({
      recId: book.nextRecId(), version: 1, dataAreaId: company, batch, name: String(given['JournalName']), description: String(given['Description'] ?? ''), posted: false, overrideSalesTax: String(given['OverrideSalesTax'] ?? 'No'), refusal: '',
    });
  },
  update: ({ environment, given }, target): void => {
    const journal = demandUnposted(environment.book.journals.get(target.recId), HEADER_ENTITY, String(target.row['JournalBatchNumber']));
    if (given['JournalName'] !== undefined) demandJournalName(environment, journal.dataAreaId, String(given['JournalName']));
    environment.book.journals.change(journal.recId, { name: String(given['JournalName'] ?? journal.name), description: String(given['Description'] ?? journal.description), overrideSalesTax: String(given['OverrideSalesTax'] ?? journal.overrideSalesTax) });
  },
  remove: ({ environment }, target): void => {
    const journal = environment.book.journals.get(target.recId);
    if (journal === undefined) return;
    if (journal.posted) throw deleteFailed(HEADER_ENTITY, `Journal ${journal.batch} has been posted and cannot be deleted.`, "validateDelete failed on data source 'LedgerJournalTable (LedgerJournalTable)'.");
    removeJournal(environment, journal);
  },
};

/** `-` is escaped as `\-` in account display values (reference 3.5: U): both forms are taken. */
export function accountOf(displayValue: string): string {
  return displayValue.replaceAll('\\-', '-');
}

function checkLine({ environment }: Write, journal: Journal, row: Row): void {
  const failed = (text: string, column: string): never => { throw writeFailed(LINE_ENTITY, text, `validateField failed on field '${LINE_ENTITY}.${column}'.`); };
  const account = accountOf(String(row['AccountDisplayValue']));
  if (row['AccountType'] !== 'Cust') failed(`Account type ${String(row['AccountType'])} is not allowed in a customer payment journal.`, 'AccountType');
  if (account === '') failed("Field 'Account' must be filled in.", 'AccountDisplayValue');
  const customer = findMaster(environment, 'CustomersV3', { dataAreaId: journal.dataAreaId, CustomerAccount: account });
  if (customer === undefined) return failed(`The value '${account}' in field 'Account' is not found in the related table 'Customers'.`, 'AccountDisplayValue');
  const { OnHoldStatus: hold } = customer.row;
  if (hold === 'All' || hold === 'Payment') failed(`Customer ${account} is on hold for ${String(hold)}.`, 'AccountDisplayValue');
  if (findMaster(environment, 'Currencies', { CurrencyCode: String(row['CurrencyCode']) }) === undefined) failed(`The value '${String(row['CurrencyCode'])}' in field 'Currency' is not found in the related table 'Currencies'.`, 'CurrencyCode');
  const method = String(row['PaymentMethodName']);
  if (method !== '' && findMaster(environment, 'CustomerPaymentMethods', { dataAreaId: journal.dataAreaId, Name: method }) === undefined) failed(`The value '${method}' in field 'Method of payment' is not found in the related table 'Methods of payment'.`, 'PaymentMethodName');
  if (row['DebitAmount'] !== 0n && row['CreditAmount'] !== 0n) failed('Debit and credit cannot both be filled in.', 'DebitAmount');
  const name = findMaster(environment, 'JournalNames', { dataAreaId: journal.dataAreaId, Name: journal.name });
  const negative = BigInt(row['CreditAmount'] ?? 0n) < 0n || BigInt(row['DebitAmount'] ?? 0n) < 0n;
  if (negative && name?.row['AllowOnlyPositiveDebitsAndCredits'] === 'Yes') failed(`Journal name ${journal.name} allows only positive debits and credits.`, 'CreditAmount');
}

function lineNumberOf({ environment, given }: Write, journal: Journal): bigint {
  const number = given['LineNumber'];
  if (typeof number === 'bigint' && number !== 0n) return number;
  if (!environment.settings.lineNumberGenerated) throw writeFailed(LINE_ENTITY, "Field 'Line number' must be filled in.", `validateWrite failed on data source '${LINE_ENTITY}'.`);
  return (linesOf(environment, journal).at(-1)?.lineNumber ?? 0n) + ONE;
}

function createLine(write: Write): Identity {
  const { environment, given } = write;
  const { book, settings } = environment;
  const company = String(given['dataAreaId']);
  const batch = String(given['JournalBatchNumber'] ?? '');
  const journal = demandUnposted(findJournal(environment, company, batch), LINE_ENTITY, batch);
  const lineNumber = lineNumberOf(write, journal);
  if (linesOf(environment, journal).some((line) => line.lineNumber === lineNumber)) {
    throw new DuplicateRecordError(LINE_ENTITY, `Journal lines (LedgerJournalTrans). Journal batch number: ${batch}, ${decimalText(lineNumber)}`);
  }
  const account = accountOf(String(given['AccountDisplayValue'] ?? ''));
  const customer = findMaster(environment, 'CustomersV3', { dataAreaId: company, CustomerAccount: account })?.row;
  const name = findMaster(environment, 'JournalNames', { dataAreaId: company, Name: journal.name })?.row;
  const voucher = settings.voucherAllocationAtPosting ? '' : nextVoucher(environment, company);
  const row = fullRow(LINE_COLUMNS, {
    AccountType: 'Cust', TransactionDate: environment.clock.now().toISOString().slice(0, 10), CurrencyCode: customer?.['SalesCurrencyCode'] ?? '', OffsetAccountType: name?.['OffsetAccountType'] ?? 'Ledger', OffsetAccountDisplayValue: name?.['OffsetAccountDisplayValue'] ?? '',
    SettleVoucher: 'None', PostingProfile: 'GEN', ...given, Company: company, OffsetCompany: given['OffsetCompany'] ?? company, CustomerName: customer?.['OrganizationName'] ?? '', LineNumber: lineNumber, Voucher: voucher, JournalBatchNumber: journal.batch,
  });
  checkLine(write, journal, row);
  const line = book.lines.insert({ recId: book.nextRecId(), version: 1, dataAreaId: company, batch: journal.batch, lineNumber, row });
  markInvoiceOfLine(environment, line);
  return book.lines.get(line.recId) ?? line;
}

function removeLine(environment: Environment, line: JournalLine): void {
  for (const mark of marksOf(environment, line)) environment.book.marks.remove(mark.recId);
  environment.book.lines.remove(line.recId);
}

export const LINES: EntitySet = {
  collection: 'CustomerPaymentJournalLines', publicName: 'CustomerPaymentJournalLine', entity: LINE_ENTITY, label: 'Customer payment journal line', columns: LINE_COLUMNS, key: ['dataAreaId', 'JournalBatchNumber', 'LineNumber'], companyColumn: 'dataAreaId', navigation: [],
  ...viewing(({ book }) => book.lines.all(), (line) => line.row),
  create: createLine,
  update: (write, target): void => {
    const { environment, given } = write;
    const line = environment.book.lines.get(target.recId);
    if (line === undefined) return;
    const journal = demandUnposted(findJournal(environment, line.dataAreaId, line.batch), LINE_ENTITY, line.batch);
    const { Voucher: _voucher, ...changes } = given;
    const row = { ...line.row, ...changes };
    checkLine(write, journal, row);
    const changed = environment.book.lines.change(line.recId, { row });
    if (given['MarkedInvoice'] !== undefined) markInvoiceOfLine(environment, changed);
  },
  remove: ({ environment }, target): void => {
    const line = environment.book.lines.get(target.recId);
    if (line === undefined) return;
    const journal = findJournal(environment, line.dataAreaId, line.batch);
    if (journal?.posted === true) throw deleteFailed(LINE_ENTITY, `Journal ${line.batch} has been posted and cannot be changed.`, `validateDelete failed on data source '${LINE_ENTITY}'.`);
    removeLine(environment, line);
  },
};

export const JOURNAL_SETS: readonly EntitySet[] = [HEADERS, LINES, SETTLED_INVOICES];
