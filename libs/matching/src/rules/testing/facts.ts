import { parseLocalDate, parseMoney, type Money } from '#canonical';
import {
  DEFAULT_SETTINGS, EMPTY_MEMORY, type MatchCustomer, type MatchingFacts, type MatchTransaction, type OpenCredit, type OpenInvoice, type OpenItems, type RemittanceAdvice,
  type RemittanceLine,
} from '../types.js';

/** Small facts for tests: dollars as text, days as text, everything else as in production. */
export function dollars(text: string): Money {
  return parseMoney(text, 'USD');
}

export function customerNamed(id: string, name: string, more: Partial<MatchCustomer> = {}): MatchCustomer {
  return { id, number: null, name, otherNames: [], parentId: null, ...more };
}

export function invoiceOf(customerId: string, number: string, open: string, dueOn = '2026-03-31', more: Partial<OpenInvoice> = {}): OpenInvoice {
  return {
    id: `${customerId}/${number}`, number, customerId, companyId: null, total: dollars(open), open: dollars(open), issuedOn: parseLocalDate('2026-03-01'),
    dueOn: parseLocalDate(dueOn), purchaseOrder: null, disputed: false, discount: null, ...more,
  };
}

export function creditOf(customerId: string, number: string, open: string): OpenCredit {
  return { id: `${customerId}/${number}`, number, customerId, companyId: null, open: dollars(open), issuedOn: parseLocalDate('2026-03-10') };
}

export function paymentOf(amount: string, more: Partial<MatchTransaction> = {}): MatchTransaction {
  return {
    id: 't1', bookedOn: parseLocalDate('2026-04-02'), amount: dollars(amount), kind: 'ach', memo: '', payer: { name: null, account: null, id: null },
    checkNumber: null, references: [], companyId: null, ...more,
  };
}

export function fromPayer(name: string | null, account: string | null = null): MatchTransaction['payer'] {
  return { name, account, id: null };
}

export function lineOf(reference: string, paid: string, more: Partial<RemittanceLine> = {}): RemittanceLine {
  return { reference, paid: dollars(paid), gross: null, discount: null, deduction: null, deductionCode: null, ...more };
}

export function adviceOf(lines: readonly RemittanceLine[], more: Partial<RemittanceAdvice> = {}): RemittanceAdvice {
  return { id: 'advice-1', transactionId: 't1', receivedOn: parseLocalDate('2026-04-02'), payerName: null, reference: null, total: null, lines, text: null, ...more };
}

export function factsOf(
  customers: readonly MatchCustomer[], invoices: readonly OpenInvoice[], more: Partial<MatchingFacts> & { readonly credits?: readonly OpenCredit[] } = {},
): MatchingFacts {
  const { credits = [], ...rest } = more;
  const openItems = new Map<string, OpenItems>(customers.map(({ id }) => [id, {
    invoices: invoices.filter((invoice) => invoice.customerId === id), credits: credits.filter((credit) => credit.customerId === id),
  }]));
  return { customers, openItems, remittances: [], memory: EMPTY_MEMORY, rules: [], settings: DEFAULT_SETTINGS, ...rest };
}
