import { formatMoney, parseMinorUnits, type CreditMemo, type EntityName, type Invoice, type Payment } from '#canonical';
import { testContext, takeAll } from '#connector-kit/testing';
import type { Context, SourceRecord } from '#connector-kit';
import { businessCentral } from '#connectors/dynamics365';
import { compileMapping, loadMappingFolder } from '#mapping';
import { startBusinessCentralSandbox, type BusinessCentralSandbox, type TenantSettings } from '../../apps/sandbox/src/index.js';

/** A company with a past, read whole and mapped: nothing is refused, and what comes out is what its ledger holds. */
const ENTRY_DECIMALS = 4;
const SOURCES: readonly (readonly [string, number, Partial<TenantSettings>])[] = [
  ['the ledger app', 0, {}], ['the analytics app', 0, { analyticsInstalled: true }], ['the companion extension', 0, { companionInstalled: true }], ['the companion extension, in pounds', 1, { companionInstalled: true }],
];

type Read = Extract<EntityName, keyof typeof businessCentral.read>;

async function contextOf(sandbox: BusinessCentralSandbox, company: number): Promise<Context> {
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  const context = testContext({
    connectionId: 'c', secrets: { clientSecret }, probe: null, now: () => new Date(), log: [],
    config: { tenantId, clientId, environment: sandbox.settings.environment, companyId: sandbox.companies[company]?.id, timeZone: 'UTC', serviceUrl: sandbox.url, loginUrl: sandbox.url, pageSize: 50, journalCode: 'DEFAULT' },
  });
  return { ...context, probe: await businessCentral.probe(context) };
}

async function records(context: Context, entity: Read): Promise<readonly SourceRecord[]> {
  return (await takeAll(entity, businessCentral.read[entity].changes(context, null))).flatMap((page) => page.records);
}

async function mapped<T>(context: Context, entity: Read): Promise<readonly T[]> {
  const mapping = (await loadMappingFolder('mappings/business-central')).get(`business-central.${entity}.read`);
  if (mapping === undefined || mapping.direction !== 'read') throw new Error(`no mapping of ${entity}`);
  const compiled = compileMapping(mapping, { transforms: {} });
  return (await records(context, entity)).map((record) => {
    const result = compiled.apply(record.payload);
    if (!result.ok) throw new Error(`${entity} ${record.externalId}: ${JSON.stringify(result.problems)}`);
    return result.value as T;
  });
}

/** Document number and what is open of it, as text, of every posted document of a type. */
function ledgerOf(sandbox: BusinessCentralSandbox, company: number, type: string): readonly string[] {
  return sandbox.book(sandbox.companies[company]?.id).all<{ document_number: string; remaining: number; currency_code: string }>(
    `SELECT document_number, remaining, currency_code FROM cust_ledger_entry WHERE document_type = ? AND amount ${type === 'Invoice' ? '>' : '<'} 0`, type)
    .map((row) => openText(row.document_number, BigInt(row.remaining), row.currency_code)).toSorted();
}

function openText(number: string, units: bigint, currency: string): string {
  const decimals = currency === 'JPY' ? 0 : 2;
  const minor = units / 10n ** BigInt(ENTRY_DECIMALS - decimals);
  return `${number} ${(minor < 0n ? -minor : minor).toString()}`;
}

describe.each(SOURCES)('a company read through %s', (_how, company, tenant) => {
  let sandbox: BusinessCentralSandbox;
  let context: Context;
  beforeAll(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'tiny' });
    Object.assign(sandbox.settings, tenant);
    context = await contextOf(sandbox, company);
  });
  afterAll(async () => { await sandbox.stop(); });

  it.each(['company', 'ledgerAccount', 'customer', 'contact'] as const)('has every %s mapped', async (entity) => {
    expect((await mapped(context, entity)).length).toBeGreaterThan(0);
  });

  it('has the open amount of every invoice', async () => {
    const invoices = await mapped<Invoice>(context, 'invoice');
    expect(invoices.filter(({ status }) => status !== 'void').map((invoice) => `${invoice.number} ${invoice.open.minor}`).toSorted()).toEqual(
      ledgerOf(sandbox, company, 'Invoice').filter((text) => invoices.some(({ number, status }) => status !== 'void' && text.startsWith(`${number} `))),
    );
    expect(invoices).toHaveLength(ledgerOf(sandbox, company, 'Invoice').length);
  });

  it('has every payment and credit memo, with what is left of each where a source tells it', async () => {
    const [payments, credits] = [await mapped<Payment>(context, 'payment'), await mapped<CreditMemo>(context, 'creditMemo')];
    const told = tenant.companionInstalled === true;
    const numbers = (texts: readonly string[]): readonly string[] => (told ? texts : texts.map((text) => text.split(' ')[0] ?? ''));
    expect(numbers(payments.map((payment) => `${payment.number} ${payment.unapplied.minor}`)).toSorted()).toEqual(numbers(ledgerOf(sandbox, company, 'Payment')).toSorted());
    expect(numbers(credits.map((credit) => `${credit.number} ${credit.open.minor}`)).toSorted()).toEqual(numbers(ledgerOf(sandbox, company, 'Credit Memo')).toSorted());
  });

  it('never has more settled of a payment or a credit than it is worth', async () => {
    for (const payment of await mapped<Payment>(context, 'payment')) {
      const settled = payment.allocations.reduce((sum, { amount }) => sum + amount.minor, 0n);
      expect([payment.number, settled + payment.unapplied.minor <= payment.total.minor]).toEqual([payment.number, true]);
    }
    for (const credit of await mapped<CreditMemo>(context, 'creditMemo')) {
      const settled = credit.allocations.reduce((sum, { amount }) => sum + amount.minor, 0n);
      expect([credit.number, settled <= credit.total.minor, parseMinorUnits(formatMoney(credit.open), 2) >= 0n]).toEqual([credit.number, true, true]);
    }
  });
});

describe('control totals', () => {
  /** Without a ledger, what has no invoice is invisible. */
  const LISTED = " AND document_number IN (SELECT number FROM sales_invoice)";
  it.each([['the ledger app', {}, ''], ['the companion extension', { companionInstalled: true }, ''], ['no ledger', { reportsFinanceInstalled: false }, LISTED]] as const)('agree with the books, read through %s', async (_how, tenant, visible) => {
    const sandbox = await startBusinessCentralSandbox({ profile: 'tiny' });
    try {
      Object.assign(sandbox.settings, tenant);
      const books = sandbox.book().all<{ currency: string; count: number; open: number }>(
        `SELECT CASE currency_code WHEN '' THEN 'USD' ELSE currency_code END AS currency, count(*) AS count, sum(remaining) AS open FROM cust_ledger_entry WHERE document_type = 'Invoice' AND is_open = 1${visible} GROUP BY 1`);
      const totals = await businessCentral.totals?.(await contextOf(sandbox, 0)) ?? [];
      expect(totals.map(({ currency, count, open, bucket }) => [bucket, currency, count, parseMinorUnits(open, ENTRY_DECIMALS)]).toSorted()).toEqual(books.map(({ currency, count, open }) => ['open', currency, count, BigInt(open)]).toSorted());
    } finally {
      await sandbox.stop();
    }
  });

  it.each(SOURCES)('count, read through %s, what the hub has read: opening balances too', async (_how, company, tenant) => {
    const sandbox = await startBusinessCentralSandbox({ profile: 'tiny' });
    try {
      Object.assign(sandbox.settings, tenant);
      const context = await contextOf(sandbox, company);
      const open = (await mapped<Invoice>(context, 'invoice')).filter((invoice) => invoice.open.minor > 0n);
      const sums = new Map<string, { count: number; minor: bigint }>();
      for (const { currency, open: { minor } } of open) sums.set(currency, { count: (sums.get(currency)?.count ?? 0) + 1, minor: (sums.get(currency)?.minor ?? 0n) + minor });
      const totals = await businessCentral.totals?.(context) ?? [];
      expect(open.filter(({ externalId }) => externalId.startsWith('entry-')).map(({ number }) => number).toSorted()).toEqual(['OB-0001', 'OB-0002']);
      expect(totals.map(({ currency, count, open: sum }) => [currency, count, sum]).toSorted()).toEqual([...sums].map(([currency, { count, minor }]) => [currency, count, formatMoney({ minor, currency })]).toSorted());
    } finally {
      await sandbox.stop();
    }
  });
});
