import type { DecimalText } from '#canonical';
import type { Context } from '#connector-kit';
import type { LedgerEntry } from './entry.js';
import { entriesWith } from './routes.js';

/**
 * Entry numbers of entries that were reversed. The extension says so; elsewhere a reversal shows as an entry of the same type, document,
 * customer and amount with the other sign. Only entries that are closed and settle nothing we know of can be such.
 */
export async function reversedAmong(context: Context, closed: readonly LedgerEntry[]): Promise<ReadonlySet<string>> {
  const told = closed.filter((entry) => entry.reversed);
  const doubtful = closed.filter((entry) => !entry.reversed);
  const counterparts = doubtful.length === 0 ? [] : await entriesWith(context, 'documentNumber', doubtful.map(({ documentNumber }) => documentNumber));
  const isCounterOf = (entry: LedgerEntry) => (other: LedgerEntry): boolean => (
    other.documentType === entry.documentType && other.documentNumber === entry.documentNumber && other.customerNumber === entry.customerNumber && other.amount === negated(entry.amount)
  );
  return new Set([...told, ...doubtful.filter((entry) => counterparts.some(isCounterOf(entry)))].map(({ entryNumber }) => entryNumber));
}

function negated(amount: DecimalText): DecimalText {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
