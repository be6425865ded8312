import type { CompanyProfile } from '../business-central/company/generate.js';
import { SETTING_RULES } from '../business-central/http/control.js';
import { startBusinessCentralSandbox } from '../business-central/sandbox.js';
import { addressOf, given, oneOf, settingsOf, wholeNumber, type Program } from './program.js';

const PROFILES: readonly CompanyProfile[] = ['bare', 'tiny', 'demo'];

/** A Business Central tenant with two companies. */
export const businessCentral: Program = {
  options: ['profile', 'seed', 'settings', 'customers', 'invoices'],
  async start(values) {
    const sandbox = await startBusinessCentralSandbox({
      ...addressOf(values), seed: wholeNumber(values, 'seed') ?? 1, profile: oneOf(values, 'profile', PROFILES, 'demo'), settings: SETTING_RULES.check(settingsOf(values)),
      ...given({ customers: wholeNumber(values, 'customers'), openInvoices: wholeNumber(values, 'invoices') }),
    });
    const { url, apiUrl, tokenUrl, companies, settings: { environment } } = sandbox;
    const place = { url, apiUrl, tokenUrl, environment, companies };
    return { announcement: place, credentials: { ...place, ...sandbox.credentials }, stop: () => sandbox.stop() };
  },
};
