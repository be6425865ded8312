import type { JsonObject } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { listPageOf } from '../../odata/pages.js';
import { companyPath, getOrNull, rowsWith, rowsWithNumbers } from '../api.js';
import { isPermission } from '../errors.js';
import { businessCentralSettings } from '../settings.js';
import { entryOf, type LedgerEntry } from './entry.js';

/** Where customer ledger entries are read: our companion extension, or Microsoft's app "API Reports - Finance" (reference, 2.6). */
export type LedgerRoute = 'extension' | 'reportsFinance' | 'none';
/** Where applications are read: the extension, or the app "Power BI Reports". */
export type ApplicationRoute = 'extension' | 'analytics' | 'none';

export const REPORTS_FINANCE = 'microsoft/reportsFinance/beta';
export const ANALYTICS = 'microsoft/analytics/v1.0';

const LEDGER_KEY = 'businessCentral.ledgerRoute';
const APPLICATIONS_KEY = 'businessCentral.applicationRoute';

/** The path of the ledger's entries; null where no route is open. */
export async function ledgerPath(context: Context): Promise<string | null> {
  const route = await ledgerRoute(context);
  if (route === 'none') return null;
  return companyPath(context, 'customerLedgerEntries', route === 'extension' ? businessCentralSettings(context).config.extensionRoute : REPORTS_FINANCE);
}

/** As the probe found it; asked once a process where the connection was never probed. */
export async function ledgerRoute(context: Context): Promise<LedgerRoute> {
  const known = context.probe?.features['ledger'] ?? context.memory.get(LEDGER_KEY);
  if (known === 'extension' || known === 'reportsFinance' || known === 'none') return known;
  const { extensionRoute } = businessCentralSettings(context).config;
  const found = await isOpen(context, extensionRoute) ? 'extension' : await isOpen(context, REPORTS_FINANCE) ? 'reportsFinance' : 'none';
  context.memory.set(LEDGER_KEY, found);
  return found;
}

export async function applicationRoute(context: Context): Promise<ApplicationRoute> {
  const known = context.probe?.features['applications'] ?? context.memory.get(APPLICATIONS_KEY);
  if (known === 'extension' || known === 'analytics' || known === 'none') return known;
  const found = await ledgerRoute(context) === 'extension' ? 'extension' : await isOpen(context, ANALYTICS) ? 'analytics' : 'none';
  context.memory.set(APPLICATIONS_KEY, found);
  return found;
}

/** A route that is not installed, or that the app may not use, is an answer. */
async function isOpen(context: Context, route: string): Promise<boolean> {
  return await routeState(context, route) === 'open';
}

/** Asks a route for its customer ledger entries. */
export async function routeState(context: Context, route: string): Promise<'open' | 'absent' | 'forbidden'> {
  try {
    const answer = await getOrNull(context, `${companyPath(context, 'customerLedgerEntries', route)}?$top=1`);
    if (answer === null) return 'absent';
    listPageOf(answer, route);
    return 'open';
  } catch (error) {
    if (isPermission(error)) return 'forbidden';
    // A route nobody registered is refused in several words, none of them about the login.
    if (error instanceof ConnectorError && error.failure.kind === 'invalid') return 'absent';
    throw error;
  }
}

/** Entries whose `field` is one of the values, in ascending order. @returns none where no route is open. */
export async function entriesWith(context: Context, field: 'documentNumber' | 'externalDocumentNumber', values: readonly string[]): Promise<readonly LedgerEntry[]> {
  const path = await ledgerPath(context);
  if (path === null) return [];
  return entriesOf(await rowsWith(context, path, field, values)).entries;
}

/** Entries by their numbers. @returns none where no route is open. */
export async function entriesWithNumbers(context: Context, entryNumbers: readonly string[]): Promise<readonly LedgerEntry[]> {
  const path = await ledgerPath(context);
  return path === null ? [] : entriesOf(await rowsWithNumbers(context, path, 'entryNumber', entryNumbers)).entries;
}

export interface EntryRows {
  readonly entries: readonly LedgerEntry[];
  readonly unreadable: readonly JsonObject[];
}

/** Rows as entries, ascending by number; those that are none beside them. */
export function entriesOf(rows: readonly JsonObject[]): EntryRows {
  const entries: LedgerEntry[] = [];
  const unreadable: JsonObject[] = [];
  for (const row of rows) {
    const entry = entryOf(row);
    if (entry === null) unreadable.push(row);
    else entries.push(entry);
  }
  return { entries: entries.toSorted((left, right) => byNumber(left.entryNumber, right.entryNumber)), unreadable };
}

export function byNumber(left: string, right: string): number {
  const difference = BigInt(left) - BigInt(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
