import { SETTING_RULES } from '../plaid/http/setting-rules.js';
import { startPlaidSandbox } from '../plaid/sandbox.js';
import { addressOf, given, instantOf, settingsOf, wholeNumber, type Program } from './program.js';

/** Plaid and the bank behind it; with `--clock INSTANT` its time stands still there. Items are linked by its API or by control calls. */
export const plaid: Program = {
  options: ['seed', 'settings', 'clock', 'history-rows-per-day'],
  async start(values) {
    const sandbox = await startPlaidSandbox({
      ...addressOf(values), seed: wholeNumber(values, 'seed') ?? 1, historyRowsPerDay: wholeNumber(values, 'history-rows-per-day') ?? 0, settings: SETTING_RULES.check(settingsOf(values)), ...given({ clock: instantOf(values, 'clock') }),
    });
    const { url } = sandbox;
    return { announcement: { url }, credentials: { url, ...sandbox.credentials }, stop: () => sandbox.stop() };
  },
};
