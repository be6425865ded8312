import { ConnectorError, type Context, type LinkDoor, type LinkRequest, type LinkTicket } from '#connector-kit';
import type { Json } from '#canonical';
import { call } from './client.js';
import { plaidSettings, type PlaidSettings } from './settings.js';
import { EXCHANGE_ANSWER, LINK_TOKEN_ANSWER } from './shapes.js';

/** Plaid Link: /link/token/create, the dialog in a browser, /item/public_token/exchange. In update mode nothing is exchanged: the login stays. */
export const link: LinkDoor = { start, finish };

async function start(context: Context, request: LinkRequest): Promise<LinkTicket> {
  const settings = plaidSettings(context);
  const answer = await call(context, settings, '/link/token/create', { ...common(settings, request), ...(request.update ? updating(settings) : adding(settings, request)) }, LINK_TOKEN_ANSWER);
  return { token: answer.link_token, expiresAt: answer.expiration, url: answer.hosted_link_url };
}

function common(settings: PlaidSettings, { userReference }: LinkRequest): Record<string, Json> {
  return {
    client_name: settings.clientName, language: settings.language, country_codes: settings.countryCodes, user: { client_user_id: userReference },
    ...(settings.redirectUri === undefined ? {} : { redirect_uri: settings.redirectUri }),
  };
}

function adding(settings: PlaidSettings, { webhookUrl }: LinkRequest): Record<string, Json> {
  return {
    products: ['transactions'], transactions: { days_requested: settings.daysRequested },
    ...(webhookUrl === null ? {} : { webhook: webhookUrl }),
  };
}

/** With the access token and without products. The webhook field has no effect there: see `subscribe`. */
function updating({ accessToken }: PlaidSettings): Record<string, Json> {
  if (accessToken === null) {
    const problem = 'there is no login to repair yet: link one first';
    throw new ConnectorError(`Plaid: ${problem}`, { kind: 'invalid', issues: [{ path: 'update', value: 'true', problem }] });
  }
  return { access_token: accessToken };
}

async function finish(context: Context, publicToken: string): Promise<{ readonly accessToken: string; readonly itemId: string }> {
  const settings = plaidSettings(context);
  const answer = await call(context, settings, '/item/public_token/exchange', { public_token: publicToken }, EXCHANGE_ANSWER);
  return { accessToken: answer.access_token, itemId: answer.item_id };
}
