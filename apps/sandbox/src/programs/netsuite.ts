import { readFileSync } from 'node:fs';
import type { CompanyProfile } from '../netsuite/company/generate.js';
import { SETTING_RULES } from '../netsuite/http/control.js';
import { startNetSuiteSandbox } from '../netsuite/sandbox.js';
import { addressOf, given, oneOf, settingsOf, wholeNumber, type Program } from './program.js';

const PROFILES: readonly CompanyProfile[] = ['bare', 'tiny', 'demo', 'large'];

/** A NetSuite account; with `--book FILE` its company is made from an open-items ledger, with `--database FILE` its book outlives it. */
export const netsuite: Program = {
  options: ['profile', 'seed', 'settings', 'customers', 'invoices', 'book', 'database'],
  async start(values) {
    const { book, database } = values;
    const sandbox = await startNetSuiteSandbox({
      ...addressOf(values), seed: wholeNumber(values, 'seed') ?? 1, profile: oneOf(values, 'profile', PROFILES, 'demo'), settings: SETTING_RULES.check(settingsOf(values)),
      company: given({ customers: wholeNumber(values, 'customers'), openInvoices: wholeNumber(values, 'invoices') }), ...given({ openItems: book === undefined ? undefined : { csvText: readFileSync(book, 'utf8') }, databasePath: database }),
    });
    const { url, accountId } = sandbox;
    return {
      announcement: { url, accountId, ...given({ openItemFindings: sandbox.openItemsReport?.findings.length }) }, credentials: { url, accountId, ...sandbox.credentials }, stop: () => sandbox.stop(),
    };
  },
};
