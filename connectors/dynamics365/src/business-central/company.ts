import type { CurrencyCode } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { textOf } from '../odata/json.js';
import { listPageOf } from '../odata/pages.js';
import { companyPath, get } from './api.js';

const MEMORY_KEY = 'businessCentral.localCurrency';

/**
 * Currency of the company's books (LCY). Ledger rows leave theirs blank where it is this one.
 * @throws ConnectorError `invalid` when the company has none set up.
 */
export async function localCurrency(context: Context): Promise<CurrencyCode> {
  const known = context.probe?.features['localCurrency'] ?? context.memory.get(MEMORY_KEY);
  if (typeof known === 'string' && known !== '') return known;
  const path = companyPath(context, 'companyInformation');
  const code = textOf(listPageOf(await get(context, path), path).rows[0]?.['currencyCode']) ?? '';
  if (code === '') {
    const problem = 'the company has no local currency; set "LCY Code" in General Ledger Setup';
    throw new ConnectorError(`Business Central: ${problem}`, { kind: 'invalid', issues: [{ path: 'companyInformation.currencyCode', value: '', problem }] });
  }
  context.memory.set(MEMORY_KEY, code);
  return code;
}
