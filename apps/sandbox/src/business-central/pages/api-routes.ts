import { cashReceiptJournals, cashReceiptLines, detailedLedgerEntries, ledgerEntries } from '../companion/pages.js';
import { cashReceiptJournalWriters, cashReceiptLineWriters, ledgerEntryWriters } from '../companion/writers.js';
import type { ApiRoute } from '../http/api.js';
import type { Page } from '../odata/page.js';
import type { TenantSettings } from '../settings.js';
import { customerPaymentJournals, customerPayments, dimensionSetLines, journalLines, journals } from './journal-pages.js';
import { customerPaymentJournalWriters, customerPaymentWriters, dimensionWriters, journalLineWriters, journalWriters } from './journal-writers.js';
import { analyticsCustomerLedgerEntries, financeCustomerLedgerEntries, financeDetailedCustomerLedgerEntries } from './ledger-queries.js';
import { agedAccountsReceivables, companyInformation, contacts, customerFinancialDetails, customers, generalLedgerEntries, generalLedgerSetup, setupPages } from './master-pages.js';
import { DOCUMENT_TYPES } from './names.js';
import { salesCreditMemoLines, salesCreditMemos, salesInvoiceLines, salesInvoices } from './sales-pages.js';
import { customerWriters, salesCreditMemoLineWriters, salesCreditMemoWriters, salesInvoiceLineWriters, salesInvoiceWriters } from './sales-writers.js';
import type { Writers } from './writers.js';

const named = (pages: readonly Page[]): ReadonlyMap<string, Page> => new Map(pages.map((page) => [page.entitySet, page]));
const READ_ONLY: ReadonlyMap<string, Writers> = new Map();

const STANDARD: ApiRoute = {
  pages: named([
    customers, customerFinancialDetails, agedAccountsReceivables, contacts, ...setupPages, companyInformation, generalLedgerEntries(DOCUMENT_TYPES), salesInvoices, salesInvoiceLines, salesCreditMemos, salesCreditMemoLines,
    customerPaymentJournals, customerPayments, journals, journalLines, dimensionSetLines,
  ]),
  writers: new Map<string, Writers>([
    ['customers', customerWriters], ['salesInvoices', salesInvoiceWriters], ['salesInvoiceLines', salesInvoiceLineWriters], ['salesCreditMemos', salesCreditMemoWriters], ['salesCreditMemoLines', salesCreditMemoLineWriters],
    ['customerPaymentJournals', customerPaymentJournalWriters], ['customerPayments', customerPaymentWriters], ['journals', journalWriters], ['journalLines', journalLineWriters], ['dimensionSetLines', dimensionWriters],
  ]),
};
const FINANCE: ApiRoute = { pages: named([financeCustomerLedgerEntries, financeDetailedCustomerLedgerEntries]), writers: READ_ONLY };
const COMPANION: ApiRoute = {
  pages: named([ledgerEntries, detailedLedgerEntries, cashReceiptJournals, cashReceiptLines]),
  writers: new Map<string, Writers>([['customerLedgerEntries', ledgerEntryWriters], ['cashReceiptJournals', cashReceiptJournalWriters], ['cashReceiptLines', cashReceiptLineWriters]]),
};

/** The setup page came with a later version than the others. */
function standardRoute(settings: TenantSettings): ApiRoute {
  if (!settings.generalLedgerSetupShown) return STANDARD;
  const page = generalLedgerSetup(settings);
  return { ...STANDARD, pages: new Map([...STANDARD.pages, [page.entitySet, page]]) };
}

/** The API routes the tenant has: which apps are installed is a setting (2.6). Undefined: no such route. */
export function apiRoute(route: string, settings: TenantSettings): ApiRoute | undefined {
  switch (route) {
    case 'v2.0': return standardRoute(settings);
    case 'microsoft/reportsFinance/beta': return settings.reportsFinanceInstalled ? FINANCE : undefined;
    case 'microsoft/analytics/v1.0': case 'microsoft/analytics/v0.5': return settings.analyticsInstalled ? { pages: named([analyticsCustomerLedgerEntries(settings)]), writers: READ_ONLY } : undefined;
    case 'tributary/receivables/v1.0': return settings.companionInstalled ? COMPANION : undefined;
    default: return undefined;
  }
}
