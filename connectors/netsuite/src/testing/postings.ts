import { parseLocalDate, parseMoney, type DocumentShare, type PostingIntent } from '#canonical';
import type { PlanTools, Probe } from '#connector-kit';
import { NETSUITE_CAPABILITIES } from '../capabilities.js';
import { OAUTH_CONFIG } from './fake-account.js';
import { renderForSpecs } from './render.js';

export const PROBE: Probe = {
  at: '2026-03-10T12:00:00.000Z', missing: [], timeZone: 'UTC', capabilities: NETSUITE_CAPABILITIES,
  features: { oneWorld: true, 'currency.USD': '1', 'precision.USD': 2, 'currency.JPY': '4', 'precision.JPY': 0, accountingPeriods: true },
};

export const usd = (text: string): PostingIntent['amount'] => parseMoney(text, 'USD');

export function share(externalId: string, amount: string, openBefore = amount, lineExternalId: string | null = null): DocumentShare {
  return { externalId, number: `DOC-${externalId}`, lineExternalId, amount: usd(amount), openBefore: usd(openBefore) };
}

/** 250.00 for two invoices, the second in part, 20.00 on account. */
export function intentOf(changes: Partial<PostingIntent> = {}): PostingIntent {
  return {
    idempotencyKey: 'posting_7', customerExternalId: '12', companyExternalId: '2', postedOn: parseLocalDate('2026-03-10'), amount: usd('250.00'),
    bankAccountExternalId: '128', receivablesAccountExternalId: '119', reference: 'WIRE 1', memo: null,
    invoices: [share('4711', '200.00'), share('4712', '30.00', '80.00')], credits: [], writeOffs: [], onAccount: usd('20.00'), ...changes,
  };
}

export function toolsOf(config: object = {}, probe: Probe | null = PROBE): PlanTools {
  return { probe, config: { ...OAUTH_CONFIG, ...config }, render: renderForSpecs, today: parseLocalDate('2026-03-10') };
}
