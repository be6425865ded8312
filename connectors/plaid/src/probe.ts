import { ConnectorError, type Context, type Probe } from '#connector-kit';
import { PLAID_CAPABILITIES } from './capabilities.js';
import { call } from './client.js';
import { errorOf, ruleOf, sentenceOf } from './errors.js';
import { NOT_LINKED, plaidSettings, type PlaidSettings } from './settings.js';
import { ACCOUNTS_ANSWER, ITEM_ANSWER, KEY_ANSWER, type PlaidItem } from './shapes.js';

/** The status of an error object that came inside a 200 answer. */
const INSIDE_AN_ANSWER = 400;

/**
 * Asks for the login and its accounts. A login that was not linked yet, or lacks the product, is missing something; one that is broken throws,
 * as its reads would: /item/get is the only answer that carries an error object with status 200.
 * @throws ConnectorError
 */
export async function probe(context: Context): Promise<Probe> {
  const settings = plaidSettings(context);
  if (settings.accessToken === null) return notLinked(context, settings);
  const body = { access_token: settings.accessToken };
  const { item, status } = await call(context, settings, '/item/get', body, ITEM_ANSWER);
  const waiting = itemProblem(item);
  const { accounts } = await call(context, settings, '/accounts/get', body, ACCOUNTS_ANSWER);
  const institution = item.institution_name ?? item.institution_id ?? 'the bank';
  return {
    ...foundAt(context, settings),
    missing: [...waiting, ...productProblem(item, institution)],
    expiries: item.consent_expiration_time === null ? [] : [{
      what: `consent of ${institution}`, at: item.consent_expiration_time, cure: 'renew it with `tributary bank link --update`',
    }],
    features: {
      institution, itemId: item.item_id, accounts: accounts.length, updateType: item.update_type ?? 'unknown',
      lastSuccessfulUpdate: status?.transactions?.last_successful_update ?? '', lastFailedUpdate: status?.transactions?.last_failed_update ?? '',
    },
  };
}

/** Proves client id and secret all the same: a key that does not exist is refused in another way than credentials that do not. */
async function notLinked(context: Context, settings: PlaidSettings): Promise<Probe> {
  try {
    await call(context, settings, '/webhook_verification_key/get', { key_id: 'a-key-that-does-not-exist' }, KEY_ANSWER);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.failure.kind !== 'invalid') throw error;
  }
  return { ...foundAt(context, settings), missing: [NOT_LINKED], features: { accounts: 0 } };
}

function foundAt(context: Context, { timeZone }: PlaidSettings): Pick<Probe, 'at' | 'timeZone' | 'capabilities'> {
  return { at: context.now().toISOString(), timeZone, capabilities: PLAID_CAPABILITIES };
}

/** @throws ConnectorError for an error that stops reads; one that passes is said. */
function itemProblem({ error }: PlaidItem): readonly string[] {
  if (error === null || error === undefined) return [];
  const { verdict, cure } = ruleOf(error.error_code, INSIDE_AN_ANSWER);
  if (verdict !== 'later' && verdict !== 'rateLimited') throw errorOf('/item/get', error, INSIDE_AN_ANSWER);
  return [`the bank cannot be read at present: ${sentenceOf(error)}; ${cure}`];
}

function productProblem(item: PlaidItem, institution: string): readonly string[] {
  const known = [item.products, item.billed_products, item.available_products].flatMap((products) => products ?? []);
  if (known.includes('transactions')) return [];
  return [`the login at ${institution} was not linked for transactions: link it anew with \`tributary bank link\`, at a bank that offers them`];
}
