import { addMoney, formatMoney, isCurrencyCode, zeroMoney, type CurrencyCode, type DecimalText, type Money } from '#canonical';
import { ConnectorError, type Context, type ControlTotal } from '#connector-kit';
import { textOf } from '../odata/json.js';
import { address } from '../odata/literal.js';
import { companyPath, pagesOf } from './api.js';
import { localCurrency } from './company.js';
import { factsByAnalytics } from './ledger/applications.js';
import { INVOICE_ENTRY, isDebit, type LedgerEntry } from './ledger/entry.js';
import { entriesOf, ledgerPath } from './ledger/routes.js';
import { remainingOf } from './read/ledger-documents.js';
import { postedOf } from './read/posted.js';
import { magnitudeOrNull, numberOf } from './read/rows.js';

interface OpenInvoice {
  readonly number: string;
  readonly currency: string;
  readonly open: DecimalText;
}

/**
 * Open invoices by currency. They are counted in the customer ledger, which most invoices are not read from: an invoice that a read lost
 * shows as a gap. Without a ledger the posted open invoices are counted, and the probe says what is not seen then.
 */
export async function totals(context: Context): Promise<readonly ControlTotal[]> {
  const local = await localCurrency(context);
  const listed = await openInList(context, local);
  const path = await ledgerPath(context);
  const counted = path === null ? listed : await openInLedger(context, path, local, new Map(listed.map((invoice) => [invoice.number, invoice.open])));
  const sums = new Map<CurrencyCode, { count: number; open: Money }>();
  for (const invoice of counted) {
    const open = amountOf(invoice);
    const sum = sums.get(invoice.currency) ?? { count: 0, open: zeroMoney(invoice.currency) };
    sums.set(invoice.currency, { count: sum.count + 1, open: addMoney(sum.open, open) });
  }
  return [...sums].map(([currency, { count, open }]) => ({ entity: 'invoice', companyExternalId: null, currency, bucket: 'open', count, open: formatMoney(open) }));
}

async function openInList(context: Context, local: string): Promise<readonly OpenInvoice[]> {
  const found: OpenInvoice[] = [];
  for await (const { rows } of pagesOf(context, address(companyPath(context, 'salesInvoices'), { $filter: 'status eq \'Open\'' }))) {
    for (const { row } of await postedOf(context, rows, INVOICE_ENTRY)) found.push({ number: numberOf(row), currency: textOf(row['currencyCode']) || local, open: textOf(row['remainingAmount']) ?? '' });
  }
  return found;
}

/** The extension tells what is open of an entry; else the invoice of its number does, and where there is none, what {@link remainingOf} finds. */
async function openInLedger(context: Context, path: string, local: string, listed: ReadonlyMap<string, DecimalText>): Promise<readonly OpenInvoice[]> {
  const found: OpenInvoice[] = [];
  for await (const { rows } of pagesOf(context, address(path, { $filter: 'open eq true' }))) {
    const debits = entriesOf(rows).entries.filter(isDebit);
    const own = (entry: LedgerEntry): DecimalText | null => (entry.documentType === INVOICE_ENTRY ? listed.get(entry.documentNumber) ?? null : null);
    const facts = await factsByAnalytics(context, debits.filter((entry) => entry.remaining === null && own(entry) === null).map(({ entryNumber }) => entryNumber));
    for (const entry of debits) {
      const open = entry.remaining ?? own(entry) ?? remainingOf(entry, facts.get(entry.entryNumber) ?? null, local).remaining;
      found.push({ number: entry.documentNumber, currency: entry.currencyCode || local, open });
    }
  }
  return found;
}

function amountOf({ number, currency, open }: OpenInvoice): Money {
  const amount = magnitudeOrNull(open, currency);
  if (amount !== null && isCurrencyCode(currency)) return amount;
  const problem = `what is open of invoice ${number}, "${open}" ${currency}, is no amount of an ISO 4217 currency; correct the currency's code in Business Central`;
  throw new ConnectorError(`Business Central totals: ${problem}`, { kind: 'invalid', issues: [{ path: 'salesInvoices.remainingAmount', value: open, problem }] });
}
