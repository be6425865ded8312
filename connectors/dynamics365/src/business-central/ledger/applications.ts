import { formatMinorUnits, parseMinorUnits, type DecimalText, type LocalDate } from '#canonical';
import type { Context } from '#connector-kit';
import { memberName } from '../../odata/literal.js';
import { textOf } from '../../odata/json.js';
import { companyPath, rowsWithNumbers } from '../api.js';
import { businessCentralSettings } from '../settings.js';
import { dayOrNull } from './entry.js';
import { ANALYTICS, applicationRoute } from './routes.js';

/** One `Application` row of the detailed ledger (table 379): what of `entry` was settled by applying it with `applied`. */
export interface DetailedApplication {
  readonly entry: string;
  readonly applied: string;
  /** Signed: negative on an invoice, positive on a payment; counter rows of an un-application the other way round. */
  readonly amount: DecimalText;
}

/** What a credit settles of a debit, positive, by entry numbers. */
export interface Settlement {
  readonly credit: string;
  readonly debit: string;
  readonly amount: DecimalText;
}

/** Decimals kept while summing: more than any currency has. */
const WORKING_DECIMALS = 6;

/**
 * Pairs of entries from the rows of their applications. Sources disagree whether both rows name each other or the applying entry's row
 * names itself (reference, 2.6, unconfirmed), so a row that names itself says nothing, and of two directions the debit's own rows count.
 * Un-applications write counter rows: whatever sums to nothing is no settlement.
 * @param debits entry numbers on the debit side (invoices)
 */
export function settlementsOf(rows: readonly DetailedApplication[], debits: ReadonlySet<string>): readonly Settlement[] {
  const sums = new Map<string, bigint>();
  const add = (key: string, amount: DecimalText): void => { sums.set(key, (sums.get(key) ?? 0n) + parseMinorUnits(amount, WORKING_DECIMALS)); };
  for (const { entry, applied, amount } of rows) if (entry !== applied && applied !== '' && applied !== '0') add(`${entry} ${applied}`, amount);
  const settlements: Settlement[] = [];
  for (const [key, sum] of sums) {
    const [entry = '', applied = ''] = key.split(' ');
    const onDebit = debits.has(entry);
    const [debit, credit] = onDebit ? [entry, applied] : [applied, entry];
    if (!onDebit && sums.has(`${debit} ${credit}`)) continue;
    if (!debits.has(debit) || debits.has(credit)) continue;
    const settled = onDebit ? -sum : sum;
    if (settled > 0n) settlements.push({ credit, debit, amount: shortened(settled) });
  }
  return settlements;
}

function shortened(units: bigint): DecimalText {
  return formatMinorUnits(units, WORKING_DECIMALS).replace(/\.?0+$/, '');
}

/** Rows of both sides: what these entries were applied with, and what was applied with them. Empty where no route is open. */
export async function applicationsAround(context: Context, entryNumbers: readonly string[]): Promise<readonly DetailedApplication[]> {
  const route = await applicationRoute(context);
  if (route === 'none' || entryNumbers.length === 0) return [];
  const words = route === 'extension' ? EXTENSION_WORDS : ANALYTICS_WORDS;
  const path = companyPath(context, words.list, route === 'extension' ? businessCentralSettings(context).config.extensionRoute : ANALYTICS);
  const found = new Map<string, DetailedApplication>();
  for (const field of [words.entry, words.applied]) {
    for (const row of await rowsWithNumbers(context, path, field, entryNumbers)) {
      if (memberName(textOf(row[words.type]) ?? '') !== 'Application' || row['unapplied'] === true) continue;
      found.set(textOf(row[words.row]) ?? '', { entry: textOf(row[words.entry]) ?? '', applied: textOf(row[words.applied]) ?? '', amount: textOf(row[words.amount]) ?? '0' });
    }
  }
  return [...found.values()];
}

const ANALYTICS_WORDS = { list: 'customerLedgerEntries', entry: 'cleEntryNo', applied: 'dcleAppliedCustLedgerEntryNo', type: 'dcleEntryType', row: 'dcleEntryNo', amount: 'dcleAmountLCY' } as const;
const EXTENSION_WORDS = { list: 'detailedCustomerLedgerEntries', entry: 'customerLedgerEntryNumber', applied: 'appliedCustomerLedgerEntryNumber', type: 'entryType', row: 'entryNumber', amount: 'amount' } as const;

/** What analytics tells of an entry. */
export interface AnalyticsFacts {
  /** Open amount in the company's currency, signed. */
  readonly remaining: DecimalText;
  readonly dueOn: LocalDate | null;
}

/**
 * What is open on each entry, in the company's currency: the sum of all its detailed rows, as the table's own flow field has it; and its due
 * day. Only analytics tells them that way, and may be cut to a window of days: an entry whose initial row is not there is left out.
 */
export async function factsByAnalytics(context: Context, entryNumbers: readonly string[]): Promise<ReadonlyMap<string, AnalyticsFacts>> {
  if (await applicationRoute(context) !== 'analytics') return new Map();
  const sums = new Map<string, bigint>();
  const dueDays = new Map<string, LocalDate | null>();
  for (const row of await rowsWithNumbers(context, companyPath(context, 'customerLedgerEntries', ANALYTICS), 'cleEntryNo', entryNumbers)) {
    const entry = textOf(row['cleEntryNo']) ?? '';
    if (memberName(textOf(row['dcleEntryType']) ?? '') === 'Initial Entry') dueDays.set(entry, dayOrNull(row['cleDueDate']));
    sums.set(entry, (sums.get(entry) ?? 0n) + parseMinorUnits(textOf(row['dcleAmountLCY']) ?? '0', WORKING_DECIMALS));
  }
  return new Map([...dueDays].map(([entry, dueOn]) => {
    const sum = sums.get(entry) ?? 0n;
    return [entry, { remaining: sum === 0n ? '0' : shortened(sum), dueOn }];
  }));
}

/** The open amounts alone. */
export async function remainingByAnalytics(context: Context, entryNumbers: readonly string[]): Promise<ReadonlyMap<string, DecimalText>> {
  return new Map([...await factsByAnalytics(context, entryNumbers)].map(([entry, { remaining }]) => [entry, remaining]));
}
