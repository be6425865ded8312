import { accountSettings, hostLabel, netsuiteSettings, realmOf, settingsProblems } from './settings.js';

const config = { accountId: '1234567_SB1', clientId: 'c', certificateId: 'k' };
const secrets = { privateKeyPem: 'pem' };

describe('the settings of a connection', () => {
  it('are OAuth 2.0 unless they say otherwise, two calls at a time', () => {
    expect(settingsProblems(config, secrets)).toEqual([]);
    expect(netsuiteSettings({ config, secrets })).toMatchObject({ concurrency: 2, baseUrl: 'https://1234567-sb1.suitetalk.api.netsuite.com', auth: { by: 'oauth2', algorithm: 'PS256' } });
  });

  it('take the service address they are given', () => {
    expect(netsuiteSettings({ config: { ...config, serviceUrl: 'http://127.0.0.1:8080/' }, secrets }).baseUrl).toBe('http://127.0.0.1:8080');
  });

  it('write the account in the form each place wants', () => {
    expect([hostLabel('1234567_SB1'), realmOf('1234567-sb1')]).toEqual(['1234567-sb1', '1234567_SB1']);
  });

  it.each([
    [{ ...config, concurrency: 0 }, secrets, 'config.concurrency'],
    [{ ...config, accountId: 'https://x' }, secrets, 'config.accountId'],
    [{ ...config, timeZone: 'Mars/Base' }, secrets, 'config.timeZone'],
    [{ ...config, nonsense: true }, secrets, 'config'],
    [{ ...config, receivablesAccountId: '1; DROP' }, secrets, 'config.receivablesAccountId'],
    [config, {}, 'secrets.privateKeyPem'],
    [{ accountId: '1', authentication: 'tba', consumerKey: 'c', tokenId: 't' }, secrets, 'secrets'],
    [null, null, 'config'], ['text', 'text', 'config'], [[], [], 'config'],
  ])('name the place of what is wrong: %j', (givenConfig, givenSecrets, path) => {
    const problems = settingsProblems(givenConfig, givenSecrets);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.startsWith(path)).toBe(true);
  });

  it('never repeat a secret', () => {
    expect(settingsProblems(config, { privateKeyPem: 5, extra: 'hunter2' }).join(' ')).not.toContain('hunter2');
  });

  it('give a plan its part without any secret', () => {
    expect(accountSettings({ ...config, receivablesAccountId: '119' })).toMatchObject({ receivablesAccountId: '119', reversal: 'delete' });
  });
});
