import { formatMoney, type Invoice } from '#canonical';
import { takeAll } from '#connector-kit/testing';
import { finance } from '#connectors/dynamics365';
import { compileMapping, loadMappingFolder } from '#mapping';
import { FinanceHarness } from './finance-harness.js';

/** What the hub has of Finance's open invoices against what Finance says is open, by legal entity and currency. */
let harness: FinanceHarness;

beforeEach(async () => {
  harness = new FinanceHarness();
  await harness.start();
});
afterEach(async () => { await harness.stop(); });

async function ofTheHub(): Promise<readonly unknown[]> {
  const mapping = (await loadMappingFolder('mappings/finance')).get('finance.invoice.read');
  if (mapping === undefined || mapping.direction !== 'read') throw new Error('no mapping of invoices');
  const compiled = compileMapping(mapping, { transforms: {} });
  const records = (await takeAll('invoices', finance.read.invoice.changes(harness.context(), null))).flatMap((page) => page.records);
  const sums = new Map<string, { readonly invoice: Invoice; count: number; minor: bigint }>();
  for (const record of new Map(records.map((each) => [each.externalId, each])).values()) {
    const result = compiled.apply(record.payload);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const invoice = result.value as Invoice;
    if (invoice.open.minor === 0n) continue;
    const sum = sums.get(`${invoice.companyExternalId ?? ''} ${invoice.currency}`) ?? { invoice, count: 0, minor: 0n };
    sums.set(`${invoice.companyExternalId ?? ''} ${invoice.currency}`, { invoice, count: sum.count + 1, minor: sum.minor + invoice.open.minor });
  }
  return [...sums.values()].map(({ invoice: { companyExternalId, currency }, count, minor }) => [companyExternalId, currency, count, formatMoney({ minor, currency })]);
}

async function ofFinance(): Promise<readonly unknown[]> {
  return (await finance.totals?.(harness.context()) ?? []).map(({ companyExternalId, currency, count, open }) => [companyExternalId, currency, count, open]);
}

describe('the totals of Finance', () => {
  it('tie out with what was read: invoices paid in part, settled ones, credit notes and money on account beside them', async () => {
    const invoices = await harness.seed('invoice', 4);
    await harness.seed('creditMemo', 2);
    await harness.seed('payment', 2);
    await harness.writes.settleElsewhere(invoices[0] ?? '');
    expect((await ofFinance()).map((line) => (line as readonly unknown[])[2])).toEqual([3]);
    expect((await ofFinance()).toSorted()).toEqual((await ofTheHub()).toSorted());
  });

  it('say nothing where nothing is open', async () => {
    await harness.seed('payment', 1);
    expect(await ofFinance()).toEqual([]);
  });
});
