import { localDateOfInstant, type LocalDate } from '#canonical';
import type { Context } from '#connector-kit';
import { netsuiteSettings } from '../settings.js';
import { queryAll } from '../suiteql.js';

const ZONE_KEY = 'netsuite.timeZone';

/** The zone the account's clock runs in: as set, as probed, or as NetSuite says now. */
export async function accountZone(context: Context): Promise<string> {
  const set = netsuiteSettings(context).timeZone ?? context.probe?.timeZone;
  if (set !== undefined) return set;
  const kept = context.memory.get(ZONE_KEY);
  if (typeof kept === 'string') return kept;
  const zone = await askTimeZone(context);
  context.memory.set(ZONE_KEY, zone);
  return zone;
}

/** Timestamps are stated in the session's zone, which is an IANA name or an offset such as `-08:00`. */
export async function askTimeZone(context: Context): Promise<string> {
  const [row] = await queryAll(context, 'SELECT SESSIONTIMEZONE AS timezone FROM DUAL');
  const zone = row?.['timezone'] ?? row?.['sessiontimezone'] ?? row?.['expr1'];
  return zone === undefined || zone === '' ? 'UTC' : zone;
}

/** The account's today: a UTC day would make "overdue" wrong by one. */
export async function accountToday(context: Context): Promise<LocalDate> {
  return localDateOfInstant(context.now(), await accountZone(context));
}
