import { parseLocalDate, parseMoney } from '#canonical';
import { generatePayments, renderBai2, renderCsv, type BankPayment, type Book } from '../../../sandbox/src/bank/index.js';
import type { CreditMemoWire, CustomerWire, InvoiceWire } from '../wire.js';
import type { World } from '../world.js';

const BANK_SEED = 20_261_122;
const PAYMENTS = 240;
/** One account per currency, as a company of two currencies has. */
const ACCOUNT_OF = (currency: string): string => (currency === 'USD' ? '4001557701' : `4001557${currency}`);

interface LedgerAccountWire {
  readonly externalId: string;
  readonly name: string;
  readonly kind: string;
}

interface CompanyWire {
  readonly externalId: string;
  readonly currency: string;
}

/** Customers pay: a simulated bank that has never heard of a matcher writes its files, and the hub reads them. */
export async function importReceivedDocuments(world: World): Promise<void> {
  const book = await readBook(world);
  const { payments } = generatePayments(book, { seed: BANK_SEED, count: PAYMENTS });
  const byCurrency = new Map<string, BankPayment[]>();
  for (const payment of payments) byCurrency.set(payment.currency, [...byCurrency.get(payment.currency) ?? [], payment]);
  const today = parseLocalDate(new Date().toISOString().slice(0, 10));
  for (const [index, [currency, lines]] of [...byCurrency].entries()) {
    const account = await openBankAccount(world, currency);
    const bai2 = index === 0;
    const text = bai2
      ? renderBai2(lines, { account: ACCOUNT_OF(currency), bank: '122099999', receiver: 'TRIBUTARY', createdOn: today, fileId: '1' })
      : renderCsv(lines, { account: ACCOUNT_OF(currency), dates: 'iso', decimalMark: '.', delimiter: ',' });
    const name = bai2 ? 'statement.bai2' : `statement-${currency}.csv`;
    const query = new URLSearchParams({ name, source: 'demo bank', bankAccountId: account });
    const file = await world.client.upload<{ status: string; counts: Record<string, number> | null; findings: { problem: string }[] }>(`/v1/documents?${query}`, new TextEncoder().encode(text));
    world.story.say(`${name}: ${file.status}, ${file.counts?.['transactions'] ?? 0} lines, ${file.counts?.['created'] ?? 0} of them new${file.findings.length > 0 ? `; ${file.findings.length} findings, the first: ${file.findings[0]?.problem}` : ', no findings'}.`);
    if (file.status.toLowerCase() !== 'processed') world.report.broken.push(`${name} was not processed`);
  }
}

async function openBankAccount(world: World, currency: string): Promise<string> {
  const banks = await world.client.all<LedgerAccountWire>('/v1/ledger-accounts?kind=bank');
  const ledger = banks.find((account) => account.name.includes(currency)) ?? banks[0];
  const receivable = await world.client.all<LedgerAccountWire>('/v1/ledger-accounts?kind=receivable');
  const receivables = receivable.find((account) => account.name.includes(currency)) ?? receivable[0];
  // Where several companies keep books in this currency, the account collects for all of them.
  const companies = (await world.client.all<CompanyWire>('/v1/companies')).filter((each) => each.currency === currency);
  const created = await world.client.post<{ id: string }>('/v1/bank-accounts', {
    name: `Operating account ${currency}`, accountNumber: ACCOUNT_OF(currency), currency, connectionId: world.connectionId, ledgerAccountExternalId: ledger?.externalId ?? null,
    receivablesAccountExternalId: receivables?.externalId ?? null, companyExternalId: companies.length === 1 ? companies[0]?.externalId : null,
  });
  return created.id;
}

/** The open items as anybody sees them through the API; the payments are made up from these and nothing else. */
async function readBook(world: World): Promise<Book> {
  const [customers, invoices, credits] = [
    await world.client.all<CustomerWire>('/v1/customers'), await world.client.all<InvoiceWire>('/v1/invoices?open=true'), await world.client.all<CreditMemoWire>('/v1/credit-memos?open=true'),
  ];
  const idOf = new Map(customers.map((customer) => [customer.externalId, customer.id]));
  const known = invoices.filter((invoice) => invoice.customerId !== null);
  const currencyOf = new Map(known.map((invoice) => [invoice.customerId, invoice.currency]));
  return {
    customers: customers.map((customer) => ({
      id: customer.id, number: customer.number ?? customer.externalId, name: customer.name, currency: currencyOf.get(customer.id) ?? customer.currency ?? 'USD',
      parentId: customer.parentExternalId === null ? null : idOf.get(customer.parentExternalId) ?? null,
    })),
    invoices: known.map((invoice) => ({
      id: invoice.id, number: invoice.number, customerId: invoice.customerId ?? '', currency: invoice.currency, openMinor: minor(invoice.open), totalMinor: minor(invoice.total),
      issuedOn: parseLocalDate(invoice.issuedOn), dueOn: parseLocalDate(invoice.dueOn ?? invoice.issuedOn), purchaseOrder: invoice.purchaseOrder,
    })),
    credits: credits.filter((credit) => credit.customerId !== null).map((credit) => ({
      id: credit.id, number: credit.number, customerId: credit.customerId ?? '', currency: credit.currency, openMinor: minor(credit.open), issuedOn: parseLocalDate(credit.issuedOn),
    })),
  };
}

function minor(money: { amount: string; currency: string }): bigint {
  return parseMoney(money.amount, money.currency).minor;
}
