import { addDays, currencyExponent, formatMinorUnits, isCurrencyCode, parseMinorUnits, type EntityName, type LocalDate } from '#canonical';
import { ConnectorError, type AgeingBucket, type Context, type ControlTotal } from '#connector-kit';
import { hasSubsidiaries } from './read/readers.js';
import { accountToday } from './read/time-zone.js';
import { dayLiteral, queryAll, type Row } from './suiteql.js';

/** A stretch of due days, as a condition. Simple conditions and one query each: SuiteQL has no dependable CASE on dates. */
interface Stretch {
  readonly bucket: AgeingBucket;
  readonly where: string;
}

const OPEN_INVOICE = 't.foreignamountunpaid <> 0';

/**
 * NetSuite's own totals, by GROUP BY: for invoices the count and open sum of all (`all`) and of the open ones by days overdue
 * on the account's today; for credit memos and payments the count of all and the sum not yet applied.
 * An open invoice without a due day is not overdue.
 */
export async function totals(context: Context): Promise<readonly ControlTotal[]> {
  const today = await accountToday(context);
  const company = await hasSubsidiaries(context) ? 'tl.subsidiary' : null;
  const found: ControlTotal[] = [...await groups(context, 'invoice', 't.foreignamountunpaid', { bucket: 'all', where: 't.type = \'CustInvc\'' }, company)];
  for (const stretch of stretches(today)) {
    const where = `t.type = 'CustInvc' AND ${OPEN_INVOICE} AND ${stretch.where}`;
    found.push(...await groups(context, 'invoice', 't.foreignamountunpaid', { bucket: stretch.bucket, where }, company));
  }
  found.push(...await groups(context, 'creditMemo', 't.foreignpaymentamountunused', { bucket: 'all', where: 't.type = \'CustCred\'' }, company));
  found.push(...await groups(context, 'payment', 't.foreignpaymentamountunused', { bucket: 'all', where: 't.type IN (\'CustPymt\',\'CustDep\')' }, company));
  return merged(found);
}

/** Overdue by 1 day: due yesterday. */
function stretches(today: LocalDate): readonly Stretch[] {
  const ago = (days: number): string => dayLiteral(addDays(today, -days));
  return [
    { bucket: 'current', where: `t.duedate >= ${ago(0)}` },
    { bucket: 'current', where: 't.duedate IS NULL' },
    { bucket: '1-30', where: `t.duedate < ${ago(0)} AND t.duedate >= ${ago(30)}` },
    { bucket: '31-60', where: `t.duedate < ${ago(30)} AND t.duedate >= ${ago(60)}` },
    { bucket: '61-90', where: `t.duedate < ${ago(60)} AND t.duedate >= ${ago(90)}` },
    { bucket: 'over90', where: `t.duedate < ${ago(90)}` },
  ];
}

async function groups(context: Context, entity: EntityName, open: string, stretch: Stretch, company: string | null): Promise<ControlTotal[]> {
  const by = [...(company === null ? [] : [company]), 'cur.symbol'].join(', ');
  const rows = await queryAll(context, `SELECT ${by}, COUNT(t.id) AS documents, SUM(${open}) AS openamount FROM transaction t `
    + 'JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = \'T\' JOIN currency cur ON cur.id = t.currency '
    + `WHERE ${stretch.where} GROUP BY ${by} ORDER BY ${by}`);
  return rows.map((row) => totalOf(row, entity, stretch.bucket));
}

function totalOf(row: Row, entity: EntityName, bucket: AgeingBucket): ControlTotal {
  const currency = row['symbol'] ?? '';
  if (!isCurrencyCode(currency)) {
    throw new ConnectorError(`NetSuite totals: "${currency}" is no ISO 4217 currency`, {
      kind: 'invalid', issues: [{ path: 'currency.symbol', value: currency, problem: 'is not an ISO 4217 code; correct the currency record in NetSuite' }],
    });
  }
  const open = sumText(row['openamount'] ?? '0', currency);
  return { entity, companyExternalId: row['subsidiary'] ?? null, currency, bucket, count: Number(row['documents'] ?? '0'), open };
}

/**
 * A sum as decimal text of its currency. NetSuite adds in binary, so a sum of cents may come as `0.30000000000000004` or
 * `1E-7`; it is rounded half away from zero to the currency's decimals. Single amounts are never rounded.
 */
export function sumText(text: string, currency: string): string {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null || `${match[2]}${match[3] ?? ''}` === '') {
    throw new ConnectorError(`NetSuite totals: "${text}" is no number`, { kind: 'invalid', issues: [{ path: 'openamount', value: text, problem: 'is no decimal number' }] });
  }
  const fraction = match[3] ?? '';
  const exponent = currencyExponent(currency);
  const digits = `${match[2]}${fraction}`;
  const shift = exponent - fraction.length + Number(match[4] ?? '0');
  const unit = shift >= 0 ? 1n : 10n ** BigInt(-shift);
  const scaled = BigInt(digits) * (shift >= 0 ? 10n ** BigInt(shift) : 1n);
  const minor = (scaled + unit / 2n) / unit;
  return formatMinorUnits(match[1] === '-' ? -minor : minor, exponent);
}

/** Two stretches may be one bucket. */
function merged(found: readonly ControlTotal[]): readonly ControlTotal[] {
  const byKey = new Map<string, ControlTotal>();
  for (const total of found) {
    const key = [total.entity, total.companyExternalId ?? '', total.currency, total.bucket].join('|');
    const other = byKey.get(key);
    byKey.set(key, other === undefined ? total : { ...total, count: total.count + other.count, open: added(total, other) });
  }
  return [...byKey.values()];
}

function added(left: ControlTotal, right: ControlTotal): string {
  const exponent = currencyExponent(left.currency);
  const minor = (text: string): bigint => parseMinorUnits(text, exponent);
  return formatMinorUnits(minor(left.open) + minor(right.open), exponent);
}
