import type { EntityName } from '#canonical';
import type { Capabilities, Context, OperationCapability, Probe } from '#connector-kit';
import { expiryWarnings, loginExpiries } from '../entra/expiries.js';
import { rowsOf, seesEntity } from './service.js';
import { financeSettings } from './settings.js';
import { companyOf } from './words.js';

/** Data entities a declared ability rests on. Customers may turn entities off or lack their release, so each is asked for (reference 3.4). */
const NEEDED: readonly { readonly entity: string; readonly reads: readonly EntityName[]; readonly posts: boolean | 'byCalls'; readonly privilege: string }[] = [
  { entity: 'LegalEntities', reads: ['company'], posts: false, privilege: 'Legal entities' },
  { entity: 'CustomerPaymentMethods', reads: ['ledgerAccount'], posts: false, privilege: 'Customer payment methods' },
  { entity: 'CustomersV3', reads: ['customer'], posts: true, privilege: 'Customers V3' },
  { entity: 'CustTransactions', reads: ['invoice', 'creditMemo', 'payment'], posts: true, privilege: 'Customer transactions' },
  { entity: 'CustTransOpens', reads: ['invoice', 'creditMemo', 'payment'], posts: true, privilege: 'Open customer transactions' },
  { entity: 'CustSettlementBiEntities', reads: ['invoice', 'creditMemo', 'payment'], posts: true, privilege: 'Customer settlements' },
  { entity: 'CustomerPaymentJournalHeaders', reads: [], posts: true, privilege: 'Customer payment journal header' },
  { entity: 'CustomerPaymentJournalLines', reads: [], posts: true, privilege: 'Customer payment journal line' },
  { entity: 'PaymentJournalLineSettledInvoices', reads: [], posts: 'byCalls', privilege: 'Customer payment journal line settled invoice' },
];
/** Found out for people and for mappings; nothing declared rests on them. */
const WORTH_KNOWING = ['Ledgers', 'SalesInvoiceHeadersV4', 'SalesInvoiceHeadersV2', 'FreeTextInvoiceHeaders', 'CustInvoiceJourBiEntities'] as const;

/**
 * Proves the credentials by using them, and finds out which entities the environment has. Reads only.
 * @throws ConnectorError `auth` when Entra or Finance does not let us in at all; single missing privileges come back as sentences.
 */
export async function probeEnvironment(context: Context, offered: Capabilities): Promise<Probe> {
  const settings = financeSettings(context);
  const features: Record<string, string | number | boolean> = {};
  const missing: string[] = [];
  const byFile = offered.operations.post.by === 'file';
  // A package marks invoices on its lines and has no use for an entity of marks.
  for (const { entity, privilege } of NEEDED.filter(({ posts }) => !byFile || posts !== 'byCalls')) {
    const seen = await seesEntity(context, entity);
    features[`entity.${entity}`] = seen === 'yes';
    if (seen === 'absent') missing.push(`The environment has no data entity ${entity}: check the release, and that the entity "${privilege}" is not turned off.`);
    if (seen === 'forbidden') missing.push(`The service user may not read ${entity}: give its security role the data entity privileges of "${privilege}".`);
  }
  for (const entity of WORTH_KNOWING) features[`entity.${entity}`] = await seesEntity(context, entity) === 'yes';
  await findCompanies(context, features, missing);
  const expiries = loginExpiries(settings);
  missing.push(...expiryWarnings(expiries, context.now()));
  return {
    at: context.now().toISOString(), missing, expiries, timeZone: settings.timeZone, features, capabilities: capabilitiesOf(offered, features, settings.journalName !== undefined),
  };
}

/** Only the default company is seen where the role is bound to it, so the codes asked for are compared with those that are there. */
async function findCompanies(context: Context, features: Record<string, string | number | boolean>, missing: string[]): Promise<void> {
  if (features['entity.LegalEntities'] !== true) return;
  const rows = await rowsOf(context, { entity: 'LegalEntities', filter: null, select: ['LegalEntityId'], order: ['LegalEntityId'] });
  const codes = rows.map((row) => companyOf(row, 'LegalEntityId'));
  features['companies'] = codes.length;
  for (const code of financeSettings(context).companyCodes ?? []) {
    if (!codes.includes(code)) missing.push(`The service user does not see legal entity ${code.toUpperCase()}: check the code in "companies" and the organizations of its role.`);
  }
  const { accountingCurrencies, companyCodes } = financeSettings(context);
  const stated = new Set(Object.keys(accountingCurrencies).map((code) => code.toLowerCase()));
  const unknown = (companyCodes ?? codes).filter((code) => !stated.has(code));
  if (features['entity.Ledgers'] !== true && unknown.length > 0) {
    missing.push(`The accounting currency of ${unknown.join(', ').toUpperCase()} is not known: give the role the data entity privileges of "Ledger", or state it in "accountingCurrencies".`);
  }
}

/** What the connector offers, less what the environment or the settings rule out. */
function capabilitiesOf(offered: Capabilities, features: Readonly<Record<string, string | number | boolean>>, hasJournal: boolean): Capabilities {
  const lacking = NEEDED.filter(({ entity }) => features[`entity.${entity}`] === false);
  const read = Object.fromEntries(Object.entries(offered.read).filter(([entity]) => !lacking.some(({ reads }) => (reads as readonly string[]).includes(entity))));
  const [blocking] = lacking.filter(({ posts }) => posts !== false);
  const post: OperationCapability = blocking !== undefined ? { by: 'manual', because: `the environment does not give the data entity ${blocking.entity}` }
    : hasJournal ? offered.operations.post : { by: 'manual', because: 'the connection names no payment journal (setting "journalName")' };
  return { ...offered, read, operations: { ...offered.operations, post } };
}
