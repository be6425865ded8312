import type { Capabilities, Context, Probe } from '#connector-kit';
import { expiryWarnings, loginExpiries } from '../entra/expiries.js';
import { textOf } from '../odata/json.js';
import { address } from '../odata/literal.js';
import { companyPath, get, rowsOf, STANDARD } from './api.js';
import { BUSINESS_CENTRAL_CAPABILITIES, BY_HAND_REVERSAL } from './capabilities.js';
import { localCurrency } from './company.js';
import { isPermission } from './errors.js';
import { ANALYTICS, REPORTS_FINANCE, routeState, type ApplicationRoute, type LedgerRoute } from './ledger/routes.js';
import { postingRange } from './posting-range.js';
import { idOf } from './read/rows.js';
import { businessCentralSettings } from './settings.js';
import { journalByCode } from './write/journal.js';

interface Findings {
  readonly features: Record<string, string | number | boolean>;
  readonly missing: string[];
}

/** What the app must see, list by list, and what gives it. Asked one by one, so that every missing permission is named at once. */
const NEEDED: readonly { readonly list: string; readonly reads: string; readonly grant: string }[] = [
  { list: 'customers', reads: 'customers', grant: 'read permission on table Customer (permission set "D365 CUSTOMER, VIEW")' },
  { list: 'contacts', reads: 'contacts', grant: 'read permission on table Contact (permission set "D365 OPPORTUNITY, VIEW" or "D365 READ")' },
  { list: 'salesInvoices', reads: 'sales invoices', grant: 'read permission on Sales Invoice Header and Sales Invoice Entity Aggregate (permission set "D365 SALES DOC, VIEW")' },
  { list: 'salesCreditMemos', reads: 'sales credit memos', grant: 'read permission on Sales Cr.Memo Header and Sales Cr. Memo Entity Buffer (permission set "D365 SALES DOC, VIEW")' },
  { list: 'accounts', reads: 'accounts', grant: 'read permission on table G/L Account (permission set "D365 READ")' },
  { list: 'bankAccounts', reads: 'bank accounts', grant: 'read permission on table Bank Account (permission set "D365 READ")' },
  { list: 'generalLedgerEntries', reads: 'general-ledger entries', grant: 'read permission on table G/L Entry (permission set "D365 READ")' },
];

/**
 * Proves the credentials by using them, and finds out what the tenant has. Reads only.
 * @throws ConnectorError `auth` when Business Central does not let the app in at all; what is merely missing comes back as sentences.
 */
export async function probe(context: Context): Promise<Probe> {
  const { config } = businessCentralSettings(context);
  const found: Findings = { features: {}, missing: [] };
  const expiries = loginExpiries(config);
  const capabilities = await isCompanyVisible(context, found) ? await examineCompany(context, found) : BUSINESS_CENTRAL_CAPABILITIES;
  found.missing.push(...expiryWarnings(expiries, context.now()));
  return { at: context.now().toISOString(), missing: found.missing, unseen: unseenOf(found.features['openingBalances']), expiries, timeZone: config.timeZone, features: found.features, capabilities };
}

async function isCompanyVisible(context: Context, { features, missing }: Findings): Promise<boolean> {
  const { companyId } = businessCentralSettings(context).config;
  const companies = await rowsOf(context, `/${STANDARD}/companies`);
  features['companies'] = companies.length;
  const own = companies.find((row) => idOf(row).toLowerCase() === companyId);
  if (own !== undefined) {
    features['company'] = textOf(own['name']) ?? companyId;
    return true;
  }
  const visible = companies.map((row) => `${textOf(row['displayName']) || textOf(row['name']) || 'unnamed'} (${idOf(row)})`).join(', ');
  missing.push(`The app does not see company ${companyId}: set config.companyId to one of ${visible || 'none, give the app permission sets for a company'}.`);
  return false;
}

async function examineCompany(context: Context, found: Findings): Promise<Capabilities> {
  const { features, missing } = found;
  for (const need of NEEDED) {
    if (!await sees(context, need.list)) missing.push(`The app may not read ${need.reads}: give it ${need.grant} on the page "Microsoft Entra applications".`);
  }
  features['localCurrency'] = await withoutPermission(() => localCurrency(context)) ?? '';
  if (features['localCurrency'] === '') missing.push('The app may not read the company information: give it read permission on table Company Information; without the local currency no amount can be read.');
  const range = await postingRange(context);
  Object.assign(features, { postingRangeKnown: range.known, ...(range.from === null ? {} : { postingFrom: range.from }), ...(range.to === null ? {} : { postingTo: range.to }) });
  const ledger = await findLedger(context, found);
  features['openingBalances'] = openingBalancesBy(features['applications'], ledger);
  const journal = await findJournals(context, found);
  return capabilitiesOf(ledger, journal);
}

async function sees(context: Context, list: string): Promise<boolean> {
  return await withoutPermission(() => get(context, address(companyPath(context, list), { $top: '1' }))) !== null;
}

/** Null when the app may not. Being turned away at the door, or a service in trouble, is not an answer. */
async function withoutPermission<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (isPermission(error)) return null;
    throw error;
  }
}

async function findLedger(context: Context, { features, missing }: Findings): Promise<LedgerRoute> {
  const { extensionRoute } = businessCentralSettings(context).config;
  const [extension, reports, analytics] = [await routeState(context, extensionRoute), await routeState(context, REPORTS_FINANCE), await routeState(context, ANALYTICS)];
  const ledger: LedgerRoute = extension === 'open' ? 'extension' : reports === 'open' ? 'reportsFinance' : 'none';
  const applications: ApplicationRoute = extension === 'open' ? 'extension' : analytics === 'open' && ledger !== 'none' ? 'analytics' : 'none';
  Object.assign(features, { extension: extension === 'open', reportsFinance: reports === 'open', analytics: analytics === 'open', ledger, applications });
  if (ledger === 'none') {
    const how = reports === 'forbidden' ? 'give the app permission for it' : 'install it from the Extension Marketplace, or install the companion extension';
    missing.push(`The customer ledger cannot be read: the app "API Reports - Finance" is ${reports === 'forbidden' ? 'closed to us' : 'not installed'}; ${how}. Until then payments and opening balances are not read, partial payments show with the daily sweep only, and nothing is posted.`);
  }
  if (analytics === 'forbidden' && extension !== 'open') missing.push('The app "Power BI Reports" is installed and closed to us: give the app its permission set, or allocations are inferred from balances.');
  return ledger;
}

/**
 * How documents that only the ledger shows (opening balances, finance charges, reminders) are read. `ledger`: with what is open of them;
 * `localCurrency`: that of those in the company's own currency; `wholeAmount`: an open one counts as wholly open; `none`: not at all.
 */
function openingBalancesBy(applications: string | number | boolean | undefined, ledger: LedgerRoute): string {
  if (ledger === 'none') return 'none';
  return ledger === 'extension' ? 'ledger' : applications === 'analytics' ? 'localCurrency' : 'wholeAmount';
}

/** What the books hold and the hub, reading them this way, does not see: the tie-out repeats it. */
function unseenOf(openingBalances: string | number | boolean | undefined): readonly string[] {
  switch (openingBalances) {
    case 'none': return ['Opening balances, finance charges and reminders: only the customer ledger shows them, and it cannot be read. They are neither here nor in the totals.'];
    case 'wholeAmount': return ['Part payments of opening balances, finance charges and reminders: the app "API Reports - Finance" does not tell what is open of them, so an open one counts as wholly open, here and in the totals. "Power BI Reports" or the companion extension tells it.'];
    case 'localCurrency': return ['Part payments of opening balances, finance charges and reminders in a foreign currency: "Power BI Reports" tells amounts in the company\'s currency alone, so an open one counts as wholly open. The companion extension tells it.'];
    default: return [];
  }
}

/** Every batch the settings name. @returns whether the default one can be posted through. */
async function findJournals(context: Context, { features, missing }: Findings): Promise<boolean> {
  const { journalCode, journalCodesByBank } = businessCentralSettings(context).config;
  const codes = [...new Set([journalCode, ...Object.values(journalCodesByBank)])];
  let sound = true;
  for (const code of codes) {
    const journal = await withoutPermission(async () => ({ found: await journalByCode(context, code) }));
    const problem = journal === null ? 'The app may not read journal batches: give it the permission set "D365 JOURNALS, POST".'
      : journal.found === null ? `There is no cash receipt journal batch "${code}": create it (page Cash Receipt Journals, Batches) with a balancing bank account, for the hub alone.`
        : journal.found.journal.balancingAccountNumber === '' ? `Journal batch "${code}" has no balancing account: set the bank account the money arrives on.` : null;
    if (problem === null) continue;
    missing.push(problem);
    if (code === journalCode) sound = false;
  }
  features['journal'] = sound;
  return sound;
}

/** The connector's capabilities, less what this tenant lacks. */
function capabilitiesOf(ledger: LedgerRoute, journal: boolean): Capabilities {
  const { read, operations, ...others } = BUSINESS_CENTRAL_CAPABILITIES;
  const { payment, ...lists } = read;
  const post = ledger === 'none' ? { by: 'manual', because: 'the customer ledger of this tenant cannot be read, so a posting in doubt could not be looked up' } as const
    : journal ? operations.post : { by: 'manual', because: 'the journal batch of the hub is missing or has no balancing account' } as const;
  return { read: ledger === 'none' ? lists : { ...lists, payment }, operations: { ...operations, post, reverse: ledger === 'extension' ? operations.reverse : { by: 'manual', because: BY_HAND_REVERSAL } }, ...others };
}

