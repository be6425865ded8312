import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { Mailbox, TestClient, type Received } from './testing/client.js';

const TODAY = new Date('2026-11-20T10:00:00Z');

describe('webhooks', () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  let mailbox: Mailbox;
  beforeEach(async () => { sandbox = await startPlaidSandbox({ clock: TODAY, settings: { legacyWebhooks: false } }); client = new TestClient(sandbox); mailbox = await Mailbox.open(); });
  afterEach(async () => { await sandbox.stop(); await mailbox.close(); expect(sandbox.failures).toEqual([]); });
  const later = async (seconds: number): Promise<void> => {
    sandbox.setClock(new Date(TODAY.getTime() + seconds * 1000), true);
    await sandbox.webhooksIdle();
  };
  const part = (token: string, index: number): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

  /** What is wrong with a webhook by the vendor's five steps; 'none' when it is fine. */
  const problemOf = async ({ raw, verification }: Received): Promise<string> => {
    const header = part(verification, 0);
    if (header['alg'] !== 'ES256') return 'algorithm';
    const reply = await client.call('/webhook_verification_key/get', { key_id: header['kid'] });
    if (reply.status !== 200) return reply.code;
    const key = reply.body['key'] as JsonWebKey & { expired_at: number | null };
    if (key.expired_at !== null) return 'expired';
    const [head, claims, signature = ''] = verification.split('.');
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: String(key.x), y: String(key.y) }, format: 'jwk' });
    if (!verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) return 'signature';
    const { iat, request_body_sha256: hash } = part(verification, 1);
    if (Date.now() / 1000 - Number(iat) > 300) return 'stale';
    return createHash('sha256').update(raw).digest('hex') === hash ? 'none' : 'hash';
  };
  const fire = async (accessToken: string): Promise<Received> => {
    await client.call('/sandbox/item/fire_webhook', { access_token: accessToken, webhook_code: 'SYNC_UPDATES_AVAILABLE' });
    await sandbox.webhooksIdle();
    return mailbox.received.at(-1) as Received;
  };

  it('are signed over the raw bytes, pretty-printed with two blanks', async () => {
    const { itemId, accessToken } = sandbox.link({ webhook: mailbox.url });
    const received = await fire(accessToken);
    expect(received.raw.toString('utf8')).toBe(`{\n  "webhook_type": "TRANSACTIONS",\n  "webhook_code": "SYNC_UPDATES_AVAILABLE",\n  "item_id": "${itemId}",\n  "initial_update_complete": true,\n  "historical_update_complete": true,\n  "environment": "sandbox"\n}`);
    expect(await problemOf(received)).toBe('none');
    const after = sandbox.rotateKeys(false);
    expect([await problemOf(received), part((await fire(accessToken)).verification, 0)['kid']]).toEqual(['none', after]);
    sandbox.rotateKeys(true);
    expect([await problemOf(received), await problemOf(await fire(accessToken))]).toEqual(['expired', 'none']);
  });

  it.each([['wrongBodyHash', 'hash'], ['staleSignature', 'stale'], ['expiredKey', 'expired'], ['unknownKey', 'INVALID_WEBHOOK_VERIFICATION_KEY_ID'], ['wrongSignature', 'signature'], ['unsignedAlgorithm', 'algorithm'], ['wrongAlgorithm', 'algorithm']] as const)('can be spoilt by %s', async (kind, problem) => {
    const { accessToken } = sandbox.link({ webhook: mailbox.url });
    sandbox.addFault({ kind, count: 1 });
    expect(await problemOf(await fire(accessToken))).toBe(problem);
    expect(await problemOf(await fire(accessToken))).toBe('none');
  });

  it('say that there are updates only once /transactions/sync was called; the old kinds come in any case', async () => {
    sandbox.settings.legacyWebhooks = true;
    const { itemId, accessToken } = sandbox.link({ webhook: mailbox.url });
    const add = (): readonly string[] => sandbox.update(itemId, [{ op: 'add', transaction: { amount: '-1' } }]).added;
    const [transactionId = ''] = add();
    await sandbox.webhooksIdle();
    expect(mailbox.codes().toSorted()).toEqual(['DEFAULT_UPDATE', 'HISTORICAL_UPDATE', 'INITIAL_UPDATE']);
    await client.sync(accessToken);
    add();
    await sandbox.webhooksIdle();
    expect(mailbox.codes().slice(3).toSorted()).toEqual(['DEFAULT_UPDATE', 'SYNC_UPDATES_AVAILABLE']);
    sandbox.update(itemId, [{ op: 'remove', transactionId }]);
    await sandbox.webhooksIdle();
    expect(mailbox.received.find(({ body }) => body['webhook_code'] === 'TRANSACTIONS_REMOVED')?.body['removed_transactions']).toEqual([transactionId]);
  });

  it('are repeated after 30 s, then four times as long, for a day, until a 200 comes', async () => {
    sandbox.settings.webhookRetrySampleMin = 100;
    const { accessToken } = sandbox.link({ webhook: mailbox.url });
    mailbox.statuses.push(500, 204);
    await fire(accessToken);
    await later(29);
    expect(mailbox.received).toHaveLength(1);
    await later(30);
    expect(mailbox.received).toHaveLength(2);
    await later(149);
    expect(mailbox.received).toHaveLength(2);
    await later(150);
    await later(100_000);
    expect(sandbox.deliveries().map(({ attempt, status }) => [attempt, status])).toEqual([[1, 500], [2, 204], [3, 200]]);
    mailbox.statuses.push(...Array.from({ length: 20 }, () => 503));
    await fire(accessToken);
    for (let step = 1; step <= 90; step += 1) await later(100_000 + step * 1000);
    expect(sandbox.deliveries()).toHaveLength(3 + 7);
  });

  it('are repeated, and history is fetched, without any call while the clock runs', async () => {
    const running = await startPlaidSandbox({ settings: { initialUpdateMs: 30, historicalUpdateMs: 60, webhookRetryFirstMs: 20, webhookRetrySampleMin: 100 } });
    mailbox.statuses.push(500);
    running.link({ webhook: mailbox.url });
    for (let poll = 0; poll < 200 && mailbox.received.length < 3; poll += 1) await new Promise((resolve) => { setTimeout(resolve, 10); });
    await running.stop();
    expect(mailbox.codes().toSorted()).toEqual(['HISTORICAL_UPDATE', 'INITIAL_UPDATE', 'INITIAL_UPDATE']);
  });

  it('are not repeated when almost all of the last day failed', async () => {
    const { accessToken } = sandbox.link({ webhook: mailbox.url });
    sandbox.settings.webhookRetrySampleMin = 3;
    mailbox.statuses.push(500, 500, 500, 500);
    for (let count = 0; count < 3; count += 1) await fire(accessToken);
    await later(1000);
    // The first two were still to be repeated; the third made it plain that nobody is there.
    expect(sandbox.deliveries().filter(({ attempt }) => attempt > 1)).toHaveLength(2);
    expect(sandbox.stats().webhooks).toMatchObject({ attempts: 5, delivered: 1 });
  });

  it('come twice and in another order when told to', async () => {
    const { itemId, accessToken } = sandbox.link({ webhook: mailbox.url });
    sandbox.settings.webhookCopies = 2;
    await fire(accessToken);
    expect(mailbox.codes()).toEqual(['SYNC_UPDATES_AVAILABLE', 'SYNC_UPDATES_AVAILABLE']);
    sandbox.settings.webhooksHeld = true;
    sandbox.breakItem(itemId, 'ITEM_LOGIN_REQUIRED');
    sandbox.update(itemId, [{ op: 'add', transaction: { amount: '1' } }]);
    sandbox.repairItem(itemId);
    expect(sandbox.stats().webhooks.held).toEqual(['ERROR', 'LOGIN_REPAIRED']);
    await client.control('POST', 'webhooks', { order: 'reversed', copies: 2 });
    expect(mailbox.codes().slice(2)).toEqual(['LOGIN_REPAIRED', 'LOGIN_REPAIRED', 'ERROR', 'ERROR']);
    expect(mailbox.received.at(-1)?.body['error']).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED', status: 400 });
    expect(mailbox.received.at(-1)?.body['error']).not.toHaveProperty('request_id');
  });

  it('get lost, and go to a new address that is told so first', async () => {
    const { accessToken } = sandbox.link();
    expect((await client.call('/sandbox/item/fire_webhook', { access_token: accessToken, webhook_code: 'ERROR' })).code).toBe('SANDBOX_WEBHOOK_INVALID');
    expect((await client.call('/item/webhook/update', { access_token: accessToken, webhook: mailbox.url })).body['item']).toMatchObject({ webhook: mailbox.url });
    await sandbox.webhooksIdle();
    expect(mailbox.received[0]?.body).toMatchObject({ webhook_code: 'WEBHOOK_UPDATE_ACKNOWLEDGED', new_webhook_url: mailbox.url });
    sandbox.addFault({ kind: 'loseWebhook', count: 1 });
    await client.call('/sandbox/item/fire_webhook', { access_token: accessToken, webhook_code: 'NEW_ACCOUNTS_AVAILABLE' });
    await sandbox.webhooksIdle();
    expect(mailbox.received).toHaveLength(1);
    expect((await client.call('/item/get', { access_token: accessToken })).body['status']).toMatchObject({ last_webhook: { code_sent: 'NEW_ACCOUNTS_AVAILABLE' } });
  });
});
