import type { Json, JsonObject, LocalDate, Money, PostingIntent } from '#canonical';
import type { Capabilities, PlanTools, Probe } from '#connector-kit';
import { FINANCE_CAPABILITIES } from '../capabilities.js';

/** For specs of this room. */
export const ENVIRONMENT = {
  environmentUrl: 'https://contoso.operations.dynamics.com', tenantId: 'contoso.example', clientId: 'client-1', journalName: 'ARPay', bankAccountId: 'USMF OPER',
};
export const SECRETS = { clientSecret: 'a-client-secret' };

export const usd = (minor: bigint): Money => ({ minor, currency: 'USD' });

export function probeOf(capabilities: Capabilities = FINANCE_CAPABILITIES): Probe {
  return { at: '2026-03-10T00:00:00.000Z', missing: [], timeZone: 'UTC', features: {}, capabilities };
}

export function toolsOf(config: object = ENVIRONMENT, capabilities: Capabilities = FINANCE_CAPABILITIES): PlanTools {
  return { probe: probeOf(capabilities), config, render: renderForSpecs, today: '2026-03-10' as LocalDate };
}

/** Two invoices, the second in part, the rest on account. */
export function intentOf(changed: Partial<PostingIntent> = {}): PostingIntent {
  const invoice = (id: string, number: string, minor: bigint, open: bigint): PostingIntent['invoices'][number] => (
    { externalId: `usmf/${id}`, number, lineExternalId: null, amount: usd(minor), openBefore: usd(open) });
  return {
    idempotencyKey: 'trb-7', customerExternalId: 'usmf/US-001', companyExternalId: 'usmf', postedOn: '2026-03-10' as LocalDate, amount: usd(17_500n),
    bankAccountExternalId: null, receivablesAccountExternalId: null, reference: 'WIRE 1', memo: null,
    invoices: [invoice('71', 'CIV-1', 10_000n, 10_000n), invoice('72', 'CIV-2', 2_500n, 10_000n)], credits: [], writeOffs: [], onAccount: usd(5_000n), ...changed,
  };
}

/**
 * The write mapping as code, for specs of this room: a connector does not import the mapping engine. That the YAML says the same is what its
 * golden cases are for.
 */
export function renderForSpecs(mapping: string, value: Json): JsonObject {
  if (mapping !== 'payment.post') throw new Error(`no mapping is called ${mapping}`);
  const given = value as Record<string, Json>;
  const optional = (name: string, from: string, length: number): JsonObject => (given[from] === null ? {} : { [name]: String(given[from]).slice(0, length) });
  return {
    header: { dataAreaId: given['company'] ?? null, JournalName: given['journalName'] ?? null, Description: given['key'] ?? null },
    line: {
      dataAreaId: given['company'] ?? null, AccountType: 'Cust', AccountDisplayValue: given['customer'] ?? null, TransactionDate: given['postedAt'] ?? null,
      CurrencyCode: given['currency'] ?? null, CreditAmount: { $number: given['amount'] ?? '' }, OffsetAccountType: given['bankType'] ?? null, OffsetAccountDisplayValue: given['bank'] ?? null,
      ...optional('PaymentMethodName', 'method', 10), ...optional('PaymentReference', 'reference', 20), PaymentId: given['key'] ?? null, ...optional('TransactionText', 'text', 60),
    },
    marks: (given['invoices'] as readonly Record<string, Json>[]).map((row) => ({
      document: row['document'] ?? null, ...(row['dueOn'] === null ? {} : { dueOn: row['dueOn'] ?? null }), InvoiceNumber: row['number'] ?? null,
      InvoiceCompany: row['company'] ?? null, SettlementAmountInInvoiceCurrency: { $number: row['amount'] ?? '' },
    })),
  };
}
