import { intentProblems, type PostingIntent, type Refusal } from '#canonical';
import type { PlanTools } from '#connector-kit';
import { ONLY_COMPANY_ID } from '../read/readers.js';
import { accountSettings, type AccountSettings } from '../settings.js';
import { refusal } from './words.js';

/** What a plan knows of the account: from the probe and the settings, never by asking. */
export interface PlanFacts {
  readonly settings: AccountSettings;
  /** NetSuite's id of the posting's currency. */
  readonly currencyId: string;
  /** Null where the account has no subsidiaries. */
  readonly subsidiaryId: string | null;
  readonly receivablesAccountId: string | null;
}

/** The facts, or everything that keeps this posting from being planned. */
export function planFacts(intent: PostingIntent, tools: PlanTools): PlanFacts | readonly [Refusal, ...Refusal[]] {
  const problems = intentProblems(intent).map((problem) => refusal('other', 'intent', intent.idempotencyKey, problem, 'Correct the posting and finalize it again.'));
  const [first, ...rest] = problems;
  if (first !== undefined) return [first, ...rest];
  if (tools.probe === null) return [refusal('other', 'probe', '', 'The connection was never probed, so its currencies and subsidiaries are unknown.', 'Test the connection first.')];
  const settings = settingsOf(tools);
  if (settings === null) return [refusal('other', 'config', '', 'The settings of the connection do not fit.', 'Correct the settings of the connection.')];
  return accountFacts(intent, tools.probe.features, settings);
}

function settingsOf(tools: PlanTools): AccountSettings | null {
  try {
    return accountSettings(tools.config);
  } catch {
    return null;
  }
}

function accountFacts(
  intent: PostingIntent, features: Readonly<Record<string, string | number | boolean>>, settings: AccountSettings,
): PlanFacts | readonly [Refusal, ...Refusal[]] {
  const { currency } = intent.amount;
  const currencyId = features[`currency.${currency}`];
  if (typeof currencyId !== 'string') {
    return [refusal('currencyMismatch', 'intent.amount.currency', currency, `The account has no currency ${currency}.`, 'Add the currency in NetSuite and test the connection again, or book in another one.')];
  }
  const oneWorld = features['oneWorld'] === true;
  const company = intent.companyExternalId === ONLY_COMPANY_ID ? null : intent.companyExternalId;
  if (oneWorld && company === null) {
    return [refusal('companyMismatch', 'intent.companyExternalId', '', 'The account has subsidiaries and the posting names none.', 'Choose the subsidiary of the invoices.')];
  }
  return { settings, currencyId, subsidiaryId: oneWorld ? company : null, receivablesAccountId: intent.receivablesAccountExternalId ?? settings.receivablesAccountId ?? null };
}

export function isRefused(facts: PlanFacts | readonly [Refusal, ...Refusal[]]): facts is readonly [Refusal, ...Refusal[]] {
  return Array.isArray(facts);
}
