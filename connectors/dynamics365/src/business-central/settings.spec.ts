import { testContext } from '#connector-kit/testing';
import { businessCentralSettings, companyNamed, settingsProblems } from './settings.js';

const config = { tenantId: 'contoso.onmicrosoft.com', clientId: 'app', environment: 'Production', companyId: 'C1A7E2B0-51D4-4F0B-9B1E-7D2A40C0DE01', timeZone: 'Europe/Berlin' };
const secrets = { clientSecret: 'hush' };
const contextOf = (given: object) => testContext({ connectionId: 'c', config: { ...config, ...given }, secrets, probe: null, now: () => new Date(), log: [] });

describe('settings of Business Central', () => {
  it('lead to one company of one environment, under Microsoft\'s address unless told otherwise', () => {
    const { service, config: { companyId, journalCode } } = businessCentralSettings(contextOf({}));
    expect([service.baseUrl, companyId, journalCode, service.concurrency]).toEqual(['https://api.businesscentral.dynamics.com/v2.0/contoso.onmicrosoft.com/Production/api', 'c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de01', 'TRIBUTARY', 4]);
    expect(businessCentralSettings(contextOf({ serviceUrl: 'https://bc.test/' })).service.baseUrl).toBe('https://bc.test/v2.0/contoso.onmicrosoft.com/Production/api');
  });

  it('name their books, whatever the case of their ids', () => {
    expect(companyNamed(config)).toBe(companyNamed({ ...config, companyId: config.companyId.toLowerCase(), environment: 'production' }));
    expect(companyNamed({})).toBe('');
  });

  it.each([
    [{ ...config, companyId: 'one' }, secrets, 'config.companyId: must be an id'], [{ ...config, timeZone: 'Berlin' }, secrets, 'config.timeZone: is not a time zone'],
    [{ ...config, journalCode: 'HUB1' }, secrets, 'config.journalCode: must be of A-Z'], [{ ...config, journalCode: 'MUCH-TOO-LONG' }, secrets, 'config.journalCode'],
    [config, {}, 'secrets.clientSecret: is missing'], [{ ...config, authentication: 'certificate' }, {}, 'config.certificatePem: is missing'],
    [config, { ...secrets, webhookClientState: 'short' }, 'secrets.webhookClientState'], [{ ...config, nonsense: 1 }, secrets, 'config'],
  ])('%# are refused with their path', (givenConfig, givenSecrets, problem) => {
    expect(settingsProblems(givenConfig, givenSecrets)[0]).toContain(problem);
    expect(settingsProblems(config, secrets)).toEqual([]);
  });
});
