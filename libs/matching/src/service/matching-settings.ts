import { z } from 'zod';
import { isCurrencyCode, MoneyError, parseMoney, type CurrencyCode } from '#canonical';
import { DEFAULT_SETTINGS, type MatchingSettings } from '../rules/types.js';
import { MatchingError } from './matching-error.js';

/** Where a difference is booked that is settled without money. */
export interface DifferenceAccount {
  readonly accountExternalId: string;
  readonly reasonCode: string;
}

export interface TenantMatchingSettings {
  readonly rules: MatchingSettings;
  /** Null: proposals with such a difference cannot become postings without a person. */
  readonly writeOffAccount: DifferenceAccount | null;
  readonly discountAccount: DifferenceAccount | null;
}

const share = z.number().min(0).max(1);
const account = z.strictObject({ accountExternalId: z.string().min(1).max(200), reasonCode: z.string().min(1).max(60) });
const DAYS_MAX = 366;
const schema = z.strictObject({
  autoApply: z.strictObject({ enabled: z.boolean(), probabilityMin: share }).optional(),
  showAt: share.optional(),
  /** Currency -> decimal text. */
  writeOffMax: z.record(z.string(), z.string()).optional(),
  duplicateDays: z.int().min(0).max(DAYS_MAX).optional(),
  remittanceDays: z.int().min(0).max(DAYS_MAX).optional(),
  writeOffAccount: account.optional(),
  discountAccount: account.optional(),
});

/**
 * The tenant setting `matching`; what it leaves out is {@link DEFAULT_SETTINGS}.
 * @throws MatchingError `settings` naming every field that makes no sense.
 */
export function readSettings(stored: unknown): TenantMatchingSettings {
  const parsed = schema.safeParse(stored ?? {});
  if (!parsed.success) {
    throw new MatchingError('settings', parsed.error.issues.map((issue) => `setting matching.${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const { writeOffAccount, discountAccount, writeOffMax, autoApply, showAt, duplicateDays, remittanceDays } = parsed.data;
  return {
    rules: {
      autoApply: autoApply ?? DEFAULT_SETTINGS.autoApply, showAt: showAt ?? DEFAULT_SETTINGS.showAt, writeOffMax: amounts(writeOffMax ?? {}),
      duplicateDays: duplicateDays ?? DEFAULT_SETTINGS.duplicateDays, remittanceDays: remittanceDays ?? DEFAULT_SETTINGS.remittanceDays,
    },
    writeOffAccount: writeOffAccount ?? null,
    discountAccount: discountAccount ?? null,
  };
}

function amounts(texts: Readonly<Record<string, string>>): Record<CurrencyCode, bigint> {
  return Object.fromEntries(Object.entries(texts).map(([currency, text]) => [currency, amountOf(text, currency)]));
}

function amountOf(text: string, currency: CurrencyCode): bigint {
  if (!isCurrencyCode(currency)) throw new MatchingError('settings', `setting matching.writeOffMax.${String(currency)}: is not an ISO 4217 currency code`);
  try {
    const { minor } = parseMoney(text, currency);
    if (minor >= 0n) return minor;
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
  }
  throw new MatchingError('settings', `setting matching.writeOffMax.${currency}: "${text}" is no amount of ${currency} from zero up`);
}
