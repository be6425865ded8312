import { ENVIRONMENT, SECRETS } from './testing/postings.js';
import { environmentNamed, FORM, financeSettings, PACKAGE_FORM, packageSettingsProblems, settingsProblems } from './settings.js';

describe('the settings of Finance', () => {
  it('pass with what the set-up gives', () => { expect(settingsProblems(ENVIRONMENT, SECRETS)).toEqual([]); });

  it.each([
    [{ ...ENVIRONMENT, environmentUrl: 'contoso' }, SECRETS, 'config.environmentUrl'],
    [{ ...ENVIRONMENT, companies: ['USMF1'] }, SECRETS, 'config.companies.0'],
    [{ ...ENVIRONMENT, pageSize: 10_001 }, SECRETS, 'config.pageSize'],
    [{ ...ENVIRONMENT, timeZone: 'Moon/Tycho' }, SECRETS, 'config.timeZone'],
    [{ ...ENVIRONMENT, journalNmae: 'x' }, SECRETS, 'config'],
    [ENVIRONMENT, {}, 'secrets.clientSecret'],
    [{ ...ENVIRONMENT, authentication: 'certificate' }, {}, 'config.certificatePem'],
  ])('%# name the setting that is wrong', (config, secrets, path) => {
    expect(settingsProblems(config, secrets).some((problem) => problem.startsWith(path))).toBe(true);
  });

  it('of a package connection have two more, which the other refuses', () => {
    const config = { ...ENVIRONMENT, dataProject: 'Payments', packagePostingsMax: 10 };
    expect(packageSettingsProblems(config, SECRETS)).toEqual([]);
    expect(settingsProblems(config, SECRETS).join()).toContain('dataProject');
    expect(Object.keys(PACKAGE_FORM.config['properties'] as object)).toEqual(expect.arrayContaining(['dataProject', 'packagePostingsMax']));
    expect(Object.keys(FORM.config['properties'] as object)).not.toContain('dataProject');
  });

  it.each(['https://contoso.operations.dynamics.com/', 'https://contoso.operations.dynamics.com/data', 'https://contoso.operations.dynamics.com/data/'])('ask for the environment\'s root, given %s', (environmentUrl) => {
    const { service } = financeSettings({ config: { ...ENVIRONMENT, environmentUrl }, secrets: SECRETS });
    expect([service.baseUrl, service.login.scope]).toEqual(['https://contoso.operations.dynamics.com', 'https://contoso.operations.dynamics.com/.default']);
    expect(environmentNamed({ environmentUrl: environmentUrl.toUpperCase().replace('HTTPS', 'https') })).toBe('https://contoso.operations.dynamics.com');
  });

  it('are refused as invalid where stored ones do not fit, without a secret\'s value', () => {
    expect(() => financeSettings({ config: { ...ENVIRONMENT, concurrency: 0 }, secrets: SECRETS })).toThrow('config.concurrency');
    expect(environmentNamed(null)).toBe('');
  });
});
