import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { Description, DESCRIPTION_MISSING } from './testing/description.js';
import { Mailbox, TestClient } from './testing/client.js';

// The description declares no licence and stays outside the repository; without it there is nothing to hold the answers to.
(DESCRIPTION_MISSING === null ? describe : describe.skip)(`answers and webhooks, held to the vendor's own OpenAPI description${DESCRIPTION_MISSING === null ? '' : ` (skipped: ${DESCRIPTION_MISSING})`}`, () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  let mailbox: Mailbox;
  let description: Description;
  beforeAll(() => { description = new Description(); });
  beforeEach(async () => { sandbox = await startPlaidSandbox({ clock: new Date('2026-11-20T10:00:00Z'), historyRowsPerDay: 0.3 }); client = new TestClient(sandbox); mailbox = await Mailbox.open(); });
  afterEach(async () => { await sandbox.stop(); await mailbox.close(); expect(sandbox.failures).toEqual([]); });

  it('fits every answer', async () => {
    const problems: string[] = [];
    const ask = async (path: string, schema: string, body: Record<string, unknown>): Promise<Record<string, unknown>> => {
      const reply = await client.call(path, body);
      problems.push(...description.problems(`${schema}Request`, body), ...description.problems(reply.status === 200 ? `${schema}Response` : 'PlaidError', reply.body));
      return reply.body;
    };
    const person = { client_name: 'Tributary', language: 'en', country_codes: ['US'], user: { client_user_id: 'tenant-1' } };
    await ask('/link/token/create', 'LinkTokenCreate', { ...person, products: ['transactions'], hosted_link: {} });
    const { public_token: publicToken } = await ask('/sandbox/public_token/create', 'SandboxPublicTokenCreate', { institution_id: 'ins_56', initial_products: ['transactions'], options: { webhook: mailbox.url, override_username: 'user_transactions_dynamic' } });
    const { access_token: token, item_id: itemId } = await ask('/item/public_token/exchange', 'ItemPublicTokenExchange', { public_token: publicToken });
    const access = { access_token: token };
    const { next_cursor: cursor } = await ask('/transactions/sync', 'TransactionsSync', { ...access, count: 100 });
    await ask('/transactions/refresh', 'TransactionsRefresh', access);
    const changed = await ask('/transactions/sync', 'TransactionsSync', { ...access, cursor, options: { include_original_description: true } });
    expect([changed['added'], changed['modified'], changed['removed']].map((part) => (part as unknown[]).length)).toEqual([6, 1, 3]);
    await ask('/sandbox/transactions/create', 'SandboxTransactionsCreate', { ...access, transactions: [{ date_transacted: '2026-11-19', date_posted: '2026-11-19', amount: 1.5, description: 'X' }] });
    await ask('/item/get', 'ItemGet', access);
    await ask('/accounts/get', 'AccountsGet', access);
    await ask('/item/webhook/update', 'ItemWebhookUpdate', { ...access, webhook: mailbox.url });
    await ask('/sandbox/item/fire_webhook', 'SandboxItemFireWebhook', { ...access, webhook_code: 'SYNC_UPDATES_AVAILABLE' });
    await ask('/webhook_verification_key/get', 'WebhookVerificationKeyGet', { key_id: sandbox.rotateKeys(false) });
    await ask('/sandbox/item/reset_login', 'SandboxItemResetLogin', access);
    await ask('/item/get', 'ItemGet', access);
    sandbox.breakItem(String(itemId), 'ITEM_LOGIN_REQUIRED', 'OAUTH_CONSENT_EXPIRED');
    await ask('/transactions/sync', 'TransactionsSync', access);
    await ask('/item/remove', 'ItemRemove', access);
    await ask('/item/get', 'ItemGet', access);
    expect(problems).toEqual([]);
    expect(description.problems('TransactionsSyncResponse', { ...changed, added: [{ amount: '12.50' }] })).toEqual(expect.arrayContaining([expect.stringContaining('/added/0/amount')]));
  });

  it('fits every webhook', async () => {
    const schemas: Readonly<Record<string, string>> = {
      SYNC_UPDATES_AVAILABLE: 'SyncUpdatesAvailableWebhook', HISTORICAL_UPDATE: 'HistoricalUpdateWebhook', DEFAULT_UPDATE: 'DefaultUpdateWebhook', TRANSACTIONS_REMOVED: 'TransactionsRemovedWebhook', ERROR: 'ItemErrorWebhook',
      LOGIN_REPAIRED: 'ItemLoginRepairedWebhook', PENDING_DISCONNECT: 'PendingDisconnectWebhook', PENDING_EXPIRATION: 'PendingExpirationWebhook', USER_PERMISSION_REVOKED: 'UserPermissionRevokedWebhook',
      USER_ACCOUNT_REVOKED: 'UserAccountRevokedWebhook', NEW_ACCOUNTS_AVAILABLE: 'NewAccountsAvailableWebhook', WEBHOOK_UPDATE_ACKNOWLEDGED: 'WebhookUpdateAcknowledgedWebhook', INITIAL_UPDATE: 'InitialUpdateWebhook',
    };
    for (const institutionId of ['ins_109508', 'ins_116834']) {
      const { itemId, accessToken } = sandbox.link({ institutionId, webhook: mailbox.url });
      await client.sync(accessToken);
      const [transactionId = ''] = sandbox.update(itemId, [{ op: 'add', transaction: { amount: '-1' } }]).added;
      sandbox.update(itemId, [{ op: 'remove', transactionId }]);
      sandbox.setConsentExpiry(itemId, new Date('2026-11-21T10:00:00Z'));
      await client.call('/item/webhook/update', { access_token: accessToken, webhook: mailbox.url });
      for (const code of ['NEW_ACCOUNTS_AVAILABLE', 'USER_ACCOUNT_REVOKED']) await client.call('/sandbox/item/fire_webhook', { access_token: accessToken, webhook_code: code });
      sandbox.breakItem(itemId, 'ITEM_LOGIN_REQUIRED');
      sandbox.repairItem(itemId);
      sandbox.breakItem(itemId, 'USER_PERMISSION_REVOKED');
    }
    await sandbox.webhooksIdle();
    // `error` is declared an object or, for one kind, a text; null is what every example of the vendor shows.
    const shown = mailbox.received.map(({ body }) => ({ code: String(body['webhook_code']), body: Object.fromEntries(Object.entries(body).filter(([name, value]) => name !== 'error' || value !== null)) }));
    expect(shown.flatMap(({ code, body }) => description.problems(schemas[code] ?? code, body))).toEqual([]);
    expect([...new Set(shown.map(({ code }) => code))].toSorted()).toEqual(Object.keys(schemas).toSorted());
  });
});
