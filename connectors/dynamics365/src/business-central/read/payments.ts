import type { DecimalText, JsonObject } from '#canonical';
import { ConnectorError, type Context, type EntityReader, type SourceRecord, type UnreadableRow } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { address } from '../../odata/literal.js';
import { localCurrency } from '../company.js';
import { remainingByAnalytics } from '../ledger/applications.js';
import { isReceipt, type LedgerEntry } from '../ledger/entry.js';
import { reversedAmong } from '../ledger/reversed.js';
import { entriesOf, ledgerPath } from '../ledger/routes.js';
import { customerIds } from './lists.js';
import { contentOf } from './rows.js';
import { leftOf, settledBy } from './settled.js';
import { stepKeyIn } from '../write/words.js';
import { changesIn, plainPages, type ToContent } from './windows.js';

/**
 * Posted payments, read off the customer ledger: `customerPayments` holds lines that are not posted yet and vanish when they are
 * (reference, 0). Each entry is a payment of its own; one receipt posted in several lines shares its document number.
 */
export const PAYMENT_READER: EntityReader & Required<Pick<EntityReader, 'openItems'>> = {
  changes: (context, from) => changesIn([{ list: async () => await paymentList(context, {}), toContent: paymentContent }], context, from),
  async *openItems(context) {
    yield* plainPages(context, await paymentList(context, { open: true }), paymentContent);
  },
};

async function paymentList(context: Context, { open = false }: { readonly open?: boolean }): Promise<string> {
  const path = await ledgerPath(context);
  if (path === null) {
    throw new ConnectorError('Business Central: no customer ledger can be read, so payments cannot', { kind: 'notSupported', capability: 'read.payment' });
  }
  return address(path, { $filter: `documentType eq 'Payment'${open ? ' and open eq true' : ''}` });
}

const paymentContent: ToContent = async (context, rows) => {
  const { entries, unreadable } = entriesOf(rows);
  const receipts = entries.filter(isReceipt);
  const [customers, settled, remaining] = [
    await customerIds(context, receipts.map(({ customerNumber }) => customerNumber)), await settledBy(context, receipts),
    await remainingByAnalytics(context, receipts.map(({ entryNumber }) => entryNumber)),
  ];
  const reversed = await reversedAmong(context, receipts.filter((entry) => !entry.open && (settled.shares.get(entry.entryNumber) ?? []).length === 0));
  const local = await localCurrency(context);
  const records = receipts.map((entry): SourceRecord => {
    const currency = entry.currencyCode || local;
    const shares = settled.shares.get(entry.entryNumber) ?? [];
    const left = remainingOf(entry, currency === local ? remaining.get(entry.entryNumber) ?? null : null, leftOf(entry.amount, shares, currency));
    const payload: JsonObject = {
      ...contentOf(entry.row), currencyCode: currency, customerId: customers.get(entry.customerNumber) ?? null, unapplied: left, postingKey: stepKeyIn(entry.description), allocations: shares, allocationsFrom: settled.from,
      state: reversed.has(entry.entryNumber) ? 'reversed' : entry.balancingAccountType === 'Bank Account' ? 'banked' : 'booked',
    };
    return { externalId: entry.entryNumber, revision: entry.modified, deleted: false, payload };
  });
  return unreadable.length === 0 ? { records } : { records, unreadable: unreadable.map(unreadableOf) };
};

function remainingOf(entry: LedgerEntry, byAnalytics: DecimalText | null, left: DecimalText): DecimalText {
  if (!entry.open) return '0';
  return (entry.remaining ?? byAnalytics ?? left).replace(/^-/, '');
}

function unreadableOf(row: JsonObject, index: number): UnreadableRow {
  return {
    externalId: `customerLedgerEntries:${textOf(row['entryNumber']) ?? `row ${index + 1}`}`, payload: contentOf(row),
    problem: 'the row has no entry number, no amount or no moment of change; check which fields the ledger\'s route gives',
  };
}
