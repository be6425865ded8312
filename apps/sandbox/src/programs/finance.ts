import type { CompanyProfile } from '../finance/company/generate.js';
import { SETTING_RULES } from '../finance/http/control.js';
import { startFinanceSandbox } from '../finance/sandbox.js';
import { addressOf, given, instantOf, oneOf, settingsOf, wholeNumber, type Program } from './program.js';

const PROFILES: readonly CompanyProfile[] = ['bare', 'tiny', 'demo'];

/** A Dynamics 365 Finance environment; with `--clock INSTANT` its time stands still there. */
export const finance: Program = {
  options: ['profile', 'seed', 'settings', 'clock'],
  async start(values) {
    const sandbox = await startFinanceSandbox({
      ...addressOf(values), seed: wholeNumber(values, 'seed') ?? 1, profile: oneOf(values, 'profile', PROFILES, 'demo'), settings: SETTING_RULES.check(settingsOf(values)), ...given({ clock: instantOf(values, 'clock') }),
    });
    const { url, tokenUrl } = sandbox;
    return { announcement: { url, tokenUrl }, credentials: { url, tokenUrl, ...sandbox.credentials }, stop: () => sandbox.stop() };
  },
};
