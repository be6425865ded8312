import type { Cell } from '../book/book.js';
import type { Account } from './account.js';
import { userError } from './record-error.js';

interface Period {
  readonly id: number;
  readonly closed: Cell;
  readonly alllocked: Cell;
  readonly arlocked: Cell;
}

/** The month a day falls in; years, quarters and adjustment periods do not take postings here. */
export function periodOf(account: Account, day: string): Period | undefined {
  return account.book.one<Period>(
    "SELECT id, closed, alllocked, arlocked FROM accountingperiod WHERE startdate <= ? AND enddate >= ? AND isyear = 'F' AND isquarter = 'F' AND isadjust = 'F' AND isinactive = 'F'",
    day, day,
  );
}

/**
 * The period a posting on `day` goes to (reference A2 "Accounting periods").
 * @throws RecordError when it is closed, or locked for receivables and the role has no override, or when `periodId` is another period
 */
export function postingPeriod(account: Account, day: string, periodId?: number): number {
  const period = periodOf(account, day);
  if (period === undefined || (periodId !== undefined && periodId !== period.id)) {
    throw userError('The transaction date you specified is not within the date range of your accounting period.', 'tranDate');
  }
  const locked = (period.alllocked === 'T' || period.arlocked === 'T') && !account.settings.overridePeriodRestrictions;
  if (period.closed === 'T' || locked) throw userError('The transaction date is not within an open accounting period.', 'tranDate');
  return period.id;
}
