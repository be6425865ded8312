import { formatMoney, isCurrencyCode, MoneyError, parseMoney, type CurrencyCode, type Money } from '#canonical';
import { ConnectorError, type Context, type ControlTotal } from '#connector-kit';
import { objectOf } from '../odata/json.js';
import { kindOf } from './read/kinds.js';
import { OPEN_ENTITY } from './read/ledger.js';
import { walkById } from './read/ledger-reader.js';
import { companiesFilter } from './read/lists.js';
import { companyOf, field, type Row } from './words.js';

/** The transaction an open row belongs to. */
const TRANSACTION = 'CustTransaction';

interface Sum {
  readonly company: string;
  readonly currency: CurrencyCode;
  readonly invoices: Set<string>;
  minor: bigint;
}

/**
 * Open invoices by legal entity and currency, from the open rows (reference 3.4): the hub's own invoices are read from the transactions, so a
 * transaction that a read lost, or a settlement it missed, shows as a gap. OData sums nothing; this is one walk over what is open.
 */
export async function totals(context: Context): Promise<readonly ControlTotal[]> {
  const sums = new Map<string, Sum>();
  const walk = { entity: OPEN_ENTITY, key: 'SysRecId', select: ['dataAreaId', 'SysRecId', 'RefRecId', 'AmountCur'], expand: TRANSACTION };
  for await (const { rows } of walkById(context, walk, companiesFilter(context, 'dataAreaId'), '0')) for (const row of rows) count(sums, row);
  return [...sums.values()].map(({ company, currency, invoices, minor }) => (
    { entity: 'invoice', companyExternalId: company, currency, bucket: 'open', count: invoices.size, open: formatMoney({ minor, currency }) }));
}

/** Credit notes and money that wait to be settled are no invoices. */
function count(sums: Map<string, Sum>, row: Row): void {
  const transaction = objectOf(row[TRANSACTION]);
  if (kindOf(transaction) !== 'invoice') return;
  const [company, currency] = [companyOf(row), field(transaction, 'CurrencyCode')];
  const { minor } = amountOf(row, currency);
  const key = `${company} ${currency}`;
  const sum = sums.get(key) ?? { company, currency, invoices: new Set<string>(), minor: 0n };
  sum.invoices.add(field(row, 'RefRecId'));
  sum.minor += minor;
  sums.set(key, sum);
}

function amountOf(row: Row, currency: string): Money {
  const text = field(row, 'AmountCur');
  try {
    if (isCurrencyCode(currency)) return parseMoney(text, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
  }
  const problem = `the open row ${field(row, 'SysRecId')} of transaction ${field(row, 'RefRecId')} holds "${text}" ${currency}, which is no amount of an ISO 4217 currency; correct the currency in Finance`;
  throw new ConnectorError(`Finance totals: ${problem}`, { kind: 'invalid', issues: [{ path: `${OPEN_ENTITY}.AmountCur`, value: text, problem }] });
}
