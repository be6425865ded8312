import { isCurrencyCode } from '#canonical';
import { ConnectorError, type Capabilities, type Context, type Probe } from '#connector-kit';
import { certificateExpiry } from './auth/client-credentials.js';
import { NETSUITE_CAPABILITIES } from './capabilities.js';
import { getRecord } from './client.js';
import { askTimeZone } from './read/time-zone.js';
import { CONTACTS, CREDIT_MEMOS, CUSTOMERS, INVOICES, PAYMENTS, type Source } from './read/sources.js';
import { netsuiteSettings, type NetSuiteSettings } from './settings.js';
import { isTableInvisible, queryAll, unknownColumnOf, type Row } from './suiteql.js';

type Features = Record<string, string | number | boolean>;

interface Findings {
  readonly features: Features;
  readonly missing: string[];
}

/** What a role must see, and where a person grants it. Asked one by one, so that every missing permission is named at once. */
const NEEDED: readonly { readonly reads: string; readonly sql: string; readonly grant: string }[] = [
  { reads: 'customers', sql: 'SELECT MIN(c.id) AS firstid FROM customer c', grant: 'Lists > Customers (View)' },
  { reads: 'contacts', sql: 'SELECT MIN(k.id) AS firstid FROM contact k', grant: 'Lists > Contacts (View)' },
  { reads: 'accounts', sql: 'SELECT MIN(a.id) AS firstid FROM account a', grant: 'Lists > Accounts (View)' },
  { reads: 'transactions', sql: 'SELECT MIN(t.id) AS firstid FROM transaction t', grant: 'Transactions > Find Transaction, Invoice, Credit Memo and Customer Payment' },
  { reads: 'applications', sql: 'SELECT MIN(l.nextdoc) AS firstid FROM NextTransactionLineLink l', grant: 'Transactions > Find Transaction' },
  { reads: 'journal lines', sql: 'SELECT MIN(tal.transaction) AS firstid FROM transactionaccountingline tal', grant: 'Transactions > Make Journal Entry' },
];

const WRITTEN = [
  { type: 'customerPayment', grant: 'Transactions > Customer Payment (Full)' },
  { type: 'journalEntry', grant: 'Transactions > Make Journal Entry (Full)' },
] as const;

/** Days before its end at which a certificate is named as missing; Oracle's own mails come at two months, one month and 14 days. */
const CERTIFICATE_WARNING_DAYS = 14;
const MILLISECONDS_PER_DAY = 86_400_000;

/**
 * Proves the credentials by using them, and finds out what the account has. Reads only.
 * @throws ConnectorError `auth` when NetSuite does not let us in at all; single missing permissions come back as sentences.
 */
export async function probe(context: Context): Promise<Probe> {
  const settings = netsuiteSettings(context);
  const found: Findings = { features: {}, missing: [] };
  const timeZone = settings.timeZone ?? await findTimeZone(context, found);
  for (const need of NEEDED) {
    if (!await sees(context, need.sql)) found.missing.push(`The role does not see ${need.reads}: grant ${need.grant} and SuiteAnalytics Workbook.`);
  }
  for (const record of WRITTEN) {
    if (!await maySee(context, record.type)) found.missing.push(`The role may not use ${record.type}: grant ${record.grant}.`);
  }
  await findCurrencies(context, found);
  await findCompanies(context, found);
  await findPeriods(context, found);
  await findBooks(context, found);
  const tombstones = await findDeletions(context, found);
  const expiries = checkCertificate(context, settings, found);
  Object.assign(found.features, { reversal: settings.reversal, asyncPosting: settings.asyncPosting, instalments: settings.instalments });
  return { at: context.now().toISOString(), missing: found.missing, expiries, timeZone, features: found.features, capabilities: capabilitiesOf(settings, tombstones) };
}

/** A table that is not there is an answer. Being turned away at the door, or a server in trouble, is not. */
async function rowsOrNull(context: Context, sql: string): Promise<readonly Row[] | null> {
  try {
    return await queryAll(context, sql);
  } catch (error) {
    if (isTableInvisible(error) || unknownColumnOf(error) !== null || isPermission(error)) return null;
    throw error;
  }
}

async function sees(context: Context, sql: string): Promise<boolean> {
  return await rowsOrNull(context, sql) !== null;
}

/** Asks the record service for one id. A record type that answers anything but a refused permission is usable. */
async function maySee(context: Context, recordType: string): Promise<boolean> {
  try {
    await getRecord(context, `/services/rest/record/v1/${recordType}?limit=1`);
    return true;
  } catch (error) {
    if (isPermission(error)) return false;
    throw error;
  }
}

async function findTimeZone(context: Context, { missing }: Findings): Promise<string> {
  try {
    return await askTimeZone(context);
  } catch (error) {
    if (!isPermission(error)) throw error;
    missing.push('The role may not run SuiteQL: grant Reports > SuiteAnalytics Workbook and Setup > REST Web Services.');
    return 'UTC';
  }
}

function isPermission(error: unknown): boolean {
  return error instanceof ConnectorError && error.failure.kind === 'auth' && /permission/i.test(error.message) && !/INVALID_LOGIN/.test(error.message);
}

async function findCurrencies(context: Context, { features, missing }: Findings): Promise<void> {
  const rows = await rowsOrNull(context, 'SELECT cur.id, cur.symbol, cur.currencyprecision, cur.isbasecurrency FROM currency cur ORDER BY cur.id');
  if (rows === null) {
    missing.push('The role does not see currencies: grant Lists > Currency (View). No amount can be read without its currency.');
    return;
  }
  for (const row of rows) {
    const code = row['symbol'] ?? '';
    if (!isCurrencyCode(code)) continue;
    features[`currency.${code}`] = row['id'] ?? '';
    features[`precision.${code}`] = Number(row['currencyprecision'] ?? '2');
    if (row['isbasecurrency'] === 'T') features['baseCurrency'] = code;
  }
}

async function findCompanies(context: Context, { features }: Findings): Promise<void> {
  const rows = await rowsOrNull(context, 'SELECT s.id FROM subsidiary s ORDER BY s.id');
  features['oneWorld'] = rows !== null && await sees(context, 'SELECT MIN(tl.subsidiary) AS firstid FROM transactionline tl');
  if (rows !== null) features['subsidiaries'] = rows.length;
}

async function findPeriods(context: Context, { features, missing }: Findings): Promise<void> {
  features['accountingPeriods'] = await sees(context, 'SELECT MIN(p.id) AS firstid FROM accountingperiod p');
  if (features['accountingPeriods'] === false) {
    missing.push('The role does not see accounting periods: grant Setup > Manage Accounting Periods (View), or a closed period is only found out when NetSuite refuses.');
  }
}

/** More than one book multiplies ledger amounts, so journal lines are read from one book (setting `accountingBookId`). */
async function findBooks(context: Context, { features }: Findings): Promise<void> {
  const rows = await rowsOrNull(context, 'SELECT DISTINCT tal.accountingbook FROM transactionaccountingline tal ORDER BY tal.accountingbook');
  features['multiBook'] = rows !== null && rows.length > 1;
}

/**
 * Which record types `deletedrecord` tells. No source states the spelling of its types, so a type counts only when a row
 * with a spelling we ask for was seen; until then deletions are found by comparing ids.
 */
async function findDeletions(context: Context, { features }: Findings): Promise<ReadonlySet<string>> {
  const rows = await rowsOrNull(context, 'SELECT DISTINCT d.type FROM deletedrecord d ORDER BY d.type');
  features['deletedRecords'] = rows !== null;
  const types = new Set((rows ?? []).map((row) => row['type'] ?? ''));
  return new Set(CHANGING.filter((source) => source.deletedAs.some((name) => types.has(name))).map((source) => source.entity));
}

const CHANGING: readonly Source[] = [CUSTOMERS, CONTACTS, INVOICES, CREDIT_MEMOS, PAYMENTS];

function checkCertificate(context: Context, { auth }: NetSuiteSettings, { features, missing }: Findings): NonNullable<Probe['expiries']> {
  if (auth.by !== 'oauth2') {
    features['authentication'] = 'tba';
    return [];
  }
  features['authentication'] = 'oauth2';
  if (auth.certificatePem === null) return [];
  const expiry = certificateExpiry(auth.certificatePem);
  if (expiry === null) {
    missing.push('config.certificatePem is no certificate in PEM form, so its expiry is not known.');
    return [];
  }
  const daysLeft = Math.floor((expiry.getTime() - context.now().getTime()) / MILLISECONDS_PER_DAY);
  Object.assign(features, { certificateExpiresAt: expiry.toISOString(), certificateDaysLeft: daysLeft });
  const cure = 'rotate it in Setup > Integration > OAuth 2.0 Client Credentials';
  if (daysLeft < CERTIFICATE_WARNING_DAYS) missing.push(`The certificate ${auth.certificateId} ${daysLeft < 0 ? 'expired' : 'expires'} on ${expiry.toISOString().slice(0, 10)}: ${cure}.`);
  return [{ what: `the certificate ${auth.certificateId}`, at: expiry.toISOString(), cure }];
}

/** The connector's capabilities, less what this account or its settings rule out. */
function capabilitiesOf(settings: NetSuiteSettings, tombstones: ReadonlySet<string>): Capabilities {
  const { read, operations, ...others } = NETSUITE_CAPABILITIES;
  const readHere = Object.fromEntries(Object.entries(read).map(([entity, capability]) => [
    entity, capability.deletions === 'tombstone' && !tombstones.has(entity) ? { ...capability, deletions: 'ids' as const } : capability,
  ]));
  // Only creates are handed in as jobs; a change of a record in place answers at once.
  const outcome = settings.asyncPosting ? { outcome: 'later', duplicateGuard: 'idempotencyHeader' } as const : {};
  return {
    read: readHere,
    operations: {
      ...operations,
      post: { ...operations.post, ...outcome }, writeOff: { ...operations.writeOff, ...outcome },
      reverse: settings.reversal === 'unapply'
        ? { by: 'manual', because: 'this connection may un-apply payments and neither delete nor counter them (setting "reversal")' } : operations.reverse,
    },
    ...others,
  };
}
