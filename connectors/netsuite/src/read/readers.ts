import type { Context, EntityReader, Page } from '#connector-kit';
import { ConnectorError } from '#connector-kit';
import { isTableInvisible, queryAll } from '../suiteql.js';
import { withApplications, withDepositsFolded } from './applications.js';
import { changingReader, listReader, openItemReader, plainly, recordOf } from './changes.js';
import { checkpointOf, stateOf } from './checkpoint.js';
import { ACCOUNTS, CONTACTS, CREDIT_MEMOS, CUSTOMERS, INVOICES, PAYMENT_CHANGES, PAYMENTS, SUBSIDIARIES } from './sources.js';

const subsidiaries = listReader(SUBSIDIARIES);

/** Id of the one company of an account without OneWorld, where no table lists any. */
export const ONLY_COMPANY_ID = 'account';

/** Subsidiaries; outside OneWorld there is no such table and the account itself is the one company. */
const companies: EntityReader = {
  async *changes(context, from) {
    if (from !== null) stateOf(from);
    if (await hasSubsidiaries(context)) return yield* subsidiaries.changes(context, from);
    yield await onlyCompanyPage(context);
  },
  async *byIds(context, externalIds) {
    if (await hasSubsidiaries(context)) return yield* subsidiaries.byIds(context, externalIds);
    if (externalIds.includes(ONLY_COMPANY_ID)) yield await onlyCompanyPage(context);
  },
  async *ids(context) {
    if (await hasSubsidiaries(context)) return yield* subsidiaries.ids(context);
    yield [ONLY_COMPANY_ID];
  },
};

const UNUSED = 't.foreignpaymentamountunused <> 0';

export const READERS = {
  company: companies,
  ledgerAccount: listReader(ACCOUNTS),
  customer: changingReader({ source: CUSTOMERS, enrich: plainly }),
  contact: changingReader({ source: CONTACTS, enrich: plainly }),
  invoice: openItemReader({ source: INVOICES, enrich: plainly }, 't.foreignamountunpaid <> 0'),
  creditMemo: openItemReader({ source: CREDIT_MEMOS, enrich: withApplications }, UNUSED),
  payment: openItemReader({ source: PAYMENTS, watched: PAYMENT_CHANGES, enrich: withDepositsFolded }, UNUSED),
} as const satisfies Record<string, EntityReader>;

export async function hasSubsidiaries(context: Context): Promise<boolean> {
  const probed = context.probe?.features['oneWorld'];
  if (typeof probed === 'boolean') return probed;
  try {
    await queryAll(context, 'SELECT MIN(s.id) AS firstid FROM subsidiary s');
    return true;
  } catch (error) {
    if (isTableInvisible(error)) return false;
    throw error;
  }
}

async function onlyCompanyPage(context: Context): Promise<Page> {
  const [base] = await queryAll(context, 'SELECT cur.symbol FROM currency cur WHERE cur.isbasecurrency = \'T\' ORDER BY cur.id');
  const currency = base?.['symbol'];
  if (currency === undefined) {
    throw new ConnectorError('NetSuite: the account has no base currency the role can see', {
      kind: 'auth', hint: 'Give the role Lists > Currency: the company of an account without OneWorld keeps its books in the base currency.',
    });
  }
  const until = new Date(Math.floor(context.now().getTime() / 1000) * 1000).toISOString();
  const row = { id: ONLY_COMPANY_ID, name: 'NetSuite account', currencysymbol: currency, isinactive: 'F' };
  return { records: [recordOf(row)], checkpoint: checkpointOf({ at: 'rest', cursor: until }) };
}
