import type { Invoice, OpenItem, Settlement, Transaction } from '../book/records.js';
import { magnitude } from '../decimals.js';
import { columns, fullRow, type Row } from '../odata/columns.js';
import { viewing, type EntitySet } from './entity-set.js';

const yesNo = (value: boolean): string => (value ? 'Yes' : 'No');

/** Columns of specs fno-ar-entities.json; those the book does not move stand at their empty value. */
const TRANSACTION_COLUMNS = columns(`dataAreaId SysRecId:int64 AccountNum OrderAccount TransType:enum.LedgerTransType TransDate:date DocumentDate:date DocumentNum Invoice Voucher DueDate:date CurrencyCode AmountCur:decimal AmountMST:decimal
  SettleAmountCur:decimal SettleAmountMST:decimal SettleAmountReporting:decimal ReportingCurrencyAmount:decimal Closed:date LastSettleDate:date LastSettleVoucher LastSettleCompany LastSettleAccountNum PaymReference PaymId PaymMode PaymMethod:enum.NetCurrent
  PaymTermId PaymSpec PaymSchedId PostingProfile PostingProfileClose CashDiscCode CashDiscBaseDate:date CompanyBankAccountId ThirdPartyBankAccountId CancelledPayment:enum.NoYes CashPayment:enum.NoYes Prepayment:enum.NoYes Approved:enum.NoYes
  Correct:enum.NoYes Settlement:enum.NoYes Interest:enum.NoYes CollectionLetter:enum.NoYes CollectionLetterCode:enum.CustCollectionLetterCode InvoiceProject:enum.NoYes ExchRate:decimal ExchRateSecond:decimal ExchAdjustment:decimal Txt SysDataAreaId`);
const OPEN_COLUMNS = columns(`dataAreaId SysRecId:int64 RefRecId:int64 AccountNum TransDate:date DueDate:date AmountCur:decimal AmountMST:decimal ReportingCurrencyAmount:decimal UseCashDisc:enum.UseCashDisc CashDiscDate:date PossibleCashDisc:decimal
  SettlementPriorityCashDiscDate:date BankDiscNoticeDeadline:date LastInterestDate:date CollectionLetter:enum.NoYes CollectionLetterCode:enum.CustCollectionLetterCode ExchAdjUnrealized:decimal ExchAdjUnrealizedReporting:decimal CovStatus:int32 SysDataAreaId`);
const SETTLEMENT_COLUMNS = columns(`dataAreaId SourceKey:int64 AccountNum TransRecId:int64 TransCompany TransOpen:int64 TransType:enum.LedgerTransType TransDate:date DueDate:date OffsetRecid:int64 OffsetTransVoucher OffsetCompany OffsetAccountNum
  SettleAmountCur:decimal SettleAmountMST:decimal SettleAmountReporting:decimal SettlementGroup:int64 SettlementVoucher ClosedDate:date CanBeReversed:enum.NoYes UtilizedCashDisc:decimal CustCashDiscDate:date PennyDiff:decimal ExchAdjustment:decimal
  LastInterestDate:date CreatedOn:instant SysCreatedBy SysRecVersion:int32`);
const SALES_INVOICE_COLUMNS = columns(`dataAreaId InvoiceNumber InvoiceDate:date LedgerVoucher InvoiceCustomerAccountNumber SalesOrderNumber CustomersOrderReference CurrencyCode TotalInvoiceAmount:decimal TotalTaxAmount:decimal InvoiceHeaderTaxAmount:decimal
  TotalChargeAmount:decimal TotalLineDiscount:decimal EndDiscount:decimal CashDiscount:decimal PaymentTermsName SalesOrderResponsiblePersonnelNumber`);
const FREE_TEXT_COLUMNS = columns('dataAreaId InvoiceIdentifier:int64 FreeTextNumber InvoiceAccount CustomerAccount InvoiceDate:date DueDate:date IsPosted:enum.NoYes IsCorrection:enum.NoYes TermsOfPayment CurrencyCode');
const JOURNAL_BI_COLUMNS = columns('dataAreaId SourceKey:int64 InvoiceId InvoiceDate:date DueDate:date InvoiceAccount OrderAccount CurrencyCode InvoiceAmount:decimal InvoiceAmountMST:decimal SumTax:decimal LedgerVoucher SalesId Payment');

function transactionRow(record: Transaction): Row {
  const isInvoice = record.kind !== 'Payment';
  return fullRow(TRANSACTION_COLUMNS, {
    dataAreaId: record.dataAreaId, SysRecId: record.recId, AccountNum: record.account, OrderAccount: record.orderAccount, TransType: record.kind, TransDate: record.day, DocumentDate: isInvoice ? record.day : '', DocumentNum: record.documentNumber,
    Invoice: record.invoice, Voucher: record.voucher, DueDate: record.dueDate, CurrencyCode: record.currency, AmountCur: record.amount, AmountMST: record.amountMst, ReportingCurrencyAmount: record.amountMst,
    SettleAmountCur: record.settled, SettleAmountMST: record.settledMst, SettleAmountReporting: record.settledMst, Closed: record.closed, LastSettleDate: record.lastSettleDate, LastSettleVoucher: record.lastSettleVoucher,
    LastSettleCompany: record.lastSettleVoucher === '' ? '' : record.dataAreaId, LastSettleAccountNum: record.lastSettleAccount, PaymReference: record.paymentReference, PaymId: record.paymentId, PaymMode: record.paymentMethod,
    PaymTermId: record.terms, PostingProfile: 'GEN', Prepayment: yesNo(record.prepayment), Approved: 'Yes', ExchRate: record.rate, Txt: record.text, SysDataAreaId: record.dataAreaId,
  });
}

function openRow(record: OpenItem): Row {
  return fullRow(OPEN_COLUMNS, {
    dataAreaId: record.dataAreaId, SysRecId: record.recId, RefRecId: record.transaction, AccountNum: record.account, TransDate: record.day, DueDate: record.dueDate, AmountCur: record.amount, AmountMST: record.amountMst,
    ReportingCurrencyAmount: record.amountMst, CashDiscDate: record.discountDay, PossibleCashDisc: record.possibleDiscount, SysDataAreaId: record.dataAreaId,
  });
}

function settlementRow(record: Settlement): Row {
  return fullRow(SETTLEMENT_COLUMNS, {
    dataAreaId: record.dataAreaId, SourceKey: record.recId, AccountNum: record.account, TransRecId: record.transaction, TransCompany: record.dataAreaId, TransType: record.kind, TransDate: record.day, DueDate: record.dueDate,
    OffsetRecid: record.offset, OffsetTransVoucher: record.offsetVoucher, OffsetCompany: record.offsetCompany, OffsetAccountNum: record.offsetAccount, SettleAmountCur: record.amount, SettleAmountMST: record.amountMst,
    SettleAmountReporting: record.amountMst, SettlementGroup: record.group, SettlementVoucher: record.voucher, ClosedDate: record.day, CanBeReversed: yesNo(record.reversible), UtilizedCashDisc: record.discount,
    ExchAdjustment: record.exchangeDifference, CreatedOn: record.createdOn, SysCreatedBy: 'SERVICE', SysRecVersion: BigInt(record.version),
  });
}

function salesInvoiceRow(record: Invoice): Row {
  return fullRow(SALES_INVOICE_COLUMNS, {
    dataAreaId: record.dataAreaId, InvoiceNumber: record.number, InvoiceDate: record.day, LedgerVoucher: record.voucher, InvoiceCustomerAccountNumber: record.account, SalesOrderNumber: record.salesOrder,
    CustomersOrderReference: record.customerReference, CurrencyCode: record.currency, TotalInvoiceAmount: record.total, TotalTaxAmount: record.tax, InvoiceHeaderTaxAmount: record.tax, PaymentTermsName: record.terms,
  });
}

function freeTextRow(record: Invoice): Row {
  return fullRow(FREE_TEXT_COLUMNS, {
    dataAreaId: record.dataAreaId, InvoiceIdentifier: record.recId, FreeTextNumber: record.posted ? record.number : '', InvoiceAccount: record.account, CustomerAccount: record.orderAccount, InvoiceDate: record.day, DueDate: record.dueDate,
    IsPosted: yesNo(record.posted), IsCorrection: yesNo(record.posted && record.total < 0n), TermsOfPayment: record.terms, CurrencyCode: record.currency,
  });
}

function journalBiRow(record: Invoice): Row {
  return fullRow(JOURNAL_BI_COLUMNS, {
    dataAreaId: record.dataAreaId, SourceKey: record.recId, InvoiceId: record.number, InvoiceDate: record.day, DueDate: record.dueDate, InvoiceAccount: record.account, OrderAccount: record.orderAccount, CurrencyCode: record.currency,
    InvoiceAmount: record.total, InvoiceAmountMST: (record.total < 0n ? -1n : 1n) * (magnitude(record.total) * record.rate) / 100_000_000n, SumTax: record.tax, LedgerVoucher: record.voucher, SalesId: record.salesOrder, Payment: record.terms,
  });
}

const salesInvoices = (version: string): EntitySet => ({
  collection: `SalesInvoiceHeaders${version}`, publicName: `SalesInvoiceHeader${version}`, entity: `SalesInvoiceHeader${version}Entity`, label: `Sales invoice headers ${version}`, columns: SALES_INVOICE_COLUMNS,
  key: ['dataAreaId', 'InvoiceNumber', 'InvoiceDate', 'LedgerVoucher'], companyColumn: 'dataAreaId', navigation: [],
  ...viewing(({ book }) => book.invoices.all(), salesInvoiceRow, (invoice) => invoice.kind === 'sales'),
});

/** What is read of receivables: all read-only. */
export const OPEN_ITEM_SETS: readonly EntitySet[] = [
  {
    collection: 'CustTransactions', publicName: 'CustTransaction', entity: 'CustTransEntity', label: 'Customer transactions', columns: TRANSACTION_COLUMNS, key: ['dataAreaId', 'SysRecId'], companyColumn: 'dataAreaId',
    navigation: [{ name: 'CustTransOpen', target: 'CustTransOpens', many: true, find: ({ book }, from) => book.opens.group('transaction', String(from.recId)) }],
    ...viewing(({ book }) => book.transactions.all(), transactionRow),
  },
  {
    collection: 'CustTransOpens', publicName: 'CustTransOpen', entity: 'CustTransOpenEntity', label: 'Customer open transactions', columns: OPEN_COLUMNS, key: ['dataAreaId', 'SysRecId'], companyColumn: 'dataAreaId',
    navigation: [{ name: 'CustTransaction', target: 'CustTransactions', many: false, find: ({ book }, from) => {
      const transaction = book.transactions.get(BigInt(from.row['RefRecId'] ?? 0n));
      return transaction === undefined ? [] : [transaction];
    } }],
    ...viewing(({ book }) => book.opens.all(), openRow),
  },
  {
    collection: 'CustSettlementBiEntities', publicName: 'CustSettlementBiEntity', entity: 'CustSettlementBiEntity', label: 'Customer settlements', columns: SETTLEMENT_COLUMNS, key: ['dataAreaId', 'SourceKey'], companyColumn: 'dataAreaId', navigation: [],
    ...viewing(({ book }) => book.settlements.all(), settlementRow),
  },
  salesInvoices('V2'),
  salesInvoices('V4'),
  {
    collection: 'FreeTextInvoiceHeaders', publicName: 'FreeTextInvoiceHeader', entity: 'CustFreeTextInvoiceHeaderEntity', label: 'Free text invoice header', columns: FREE_TEXT_COLUMNS, key: ['dataAreaId', 'InvoiceIdentifier'], companyColumn: 'dataAreaId', navigation: [],
    ...viewing(({ book }) => book.invoices.all(), freeTextRow, (invoice) => invoice.kind === 'freeText'),
  },
  {
    collection: 'CustInvoiceJourBiEntities', publicName: 'CustInvoiceJourBiEntity', entity: 'CustInvoiceJourBiEntity', label: 'Customer invoice journal', columns: JOURNAL_BI_COLUMNS, key: ['dataAreaId', 'SourceKey'], companyColumn: 'dataAreaId', navigation: [],
    ...viewing(({ book }) => book.invoices.all(), journalBiRow, (invoice) => invoice.posted),
  },
];
