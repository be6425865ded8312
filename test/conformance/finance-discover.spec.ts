import { takeAll } from '#connector-kit/testing';
import { finance } from '#connectors/dynamics365';
import { FinanceHarness, type FinanceVariant } from './finance-harness.js';

/** Columns of an environment that a read does not ask for, from its metadata service; named in the settings they are read. */
let harness: FinanceHarness;

async function open(variant: FinanceVariant = {}): Promise<void> {
  harness = new FinanceHarness(variant);
  await harness.start();
}
afterEach(async () => { await harness.stop(); });

const discovered = async (): Promise<readonly string[]> => (await finance.discover?.(harness.context()) ?? []).map(({ entity, name }) => `${entity}.${name}`);

describe('what Finance has beside what is read', () => {
  it('is listed by record type with label and type, without what is read anyway', async () => {
    await open();
    const fields = await finance.discover?.(harness.context()) ?? [];
    expect(fields.find(({ entity, name }) => entity === 'customer' && name === 'SiteId')).toMatchObject({ label: expect.any(String) as string, type: expect.stringMatching(/^Edm\.|DataEntities/) as string });
    expect(await discovered()).not.toContain('customer.OrganizationName');
    expect((await discovered()).filter((name) => name.startsWith('invoice.')).map((name) => name.slice('invoice.'.length))).toEqual((await discovered()).filter((name) => name.startsWith('payment.')).map((name) => name.slice('payment.'.length)));
  });

  it('is read once the settings name it, and then it is listed no more', async () => {
    await open();
    const [column = ''] = (await discovered()).filter((name) => name.startsWith('customer.')).map((name) => name.slice('customer.'.length));
    const [ledgerColumn = ''] = (await discovered()).filter((name) => name.startsWith('invoice.')).map((name) => name.slice('invoice.'.length));
    await harness.stop();
    await open({ config: { moreColumns: { CustomersV3: [column], CustTransactions: [ledgerColumn] } } });
    await harness.seed('customer', 1);
    await harness.seed('invoice', 1);
    const payloadsOf = async (entity: 'customer' | 'invoice'): Promise<readonly string[]> => (await takeAll(entity, finance.read[entity].changes(harness.context(), null))).flatMap(({ records }) => records.flatMap(({ payload }) => Object.keys(payload)));
    expect([(await payloadsOf('customer')).includes(column), (await payloadsOf('invoice')).includes(ledgerColumn)]).toEqual([true, true]);
    expect((await discovered()).filter((name) => name === `customer.${column}` || name === `invoice.${ledgerColumn}`)).toEqual([]);
  });

  it('is nothing for an entity the environment does not have', async () => {
    await open({ environment: { hiddenEntities: ['CustTransactions'] } });
    expect((await discovered()).some((name) => name.startsWith('invoice.'))).toBe(false);
    expect((await discovered()).some((name) => name.startsWith('customer.'))).toBe(true);
  });
});
