import { readCursor, cursorText, type Cursor } from '../book/cursor.js';
import type { FeedEntry } from '../book/feed.js';
import { accountView, type Item } from '../book/item.js';
import { transactionView } from '../book/transaction.js';
import { invalidField, PlaidError } from '../errors.js';
import { COUNT_DEFAULT, COUNT_MAX, CURSOR_LENGTH_MAX, DAYS_REQUESTED_MAX } from '../settings.js';
import { ACCESS_TOKEN, itemIn, type Endpoint, type Vendor } from './endpoint.js';
import { objectIn, type Input } from './fields.js';

/** Skips what happened before; only for who comes from /transactions/get (reference). */
const NOW = 'now';

/** /transactions/sync: the changes of an Item, or of one of its accounts, after a cursor, page by page. */
export const SYNC: Endpoint = {
  requestClass: 'sync',
  fields: {
    ...ACCESS_TOKEN, cursor: { kind: 'text', max: CURSOR_LENGTH_MAX }, count: { kind: 'integer', min: 1, max: COUNT_MAX },
    options: {
      kind: 'object',
      fields: {
        include_original_description: { kind: 'boolean', nullable: true }, include_personal_finance_category: { kind: 'boolean', nullable: true }, include_logo_and_counterparty_beta: { kind: 'boolean', nullable: true },
        personal_finance_category_version: { kind: 'text', oneOf: ['v1', 'v2'] }, days_requested: { kind: 'integer', min: 1, max: DAYS_REQUESTED_MAX }, account_id: { kind: 'text' },
      },
    },
  },
  answer: (vendor, { input }, found) => {
    const item = itemIn(found);
    const options = objectIn(input, 'options');
    const accountId = options['account_id'] === undefined ? null : String(options['account_id']);
    if (accountId !== null && item.accounts.every((account) => account.accountId !== accountId)) throw new PlaidError('INVALID_ACCOUNT_ID');
    const cursor = startOf(vendor, item, accountId, input);
    vendor.lifecycle.asked(item, typeof options['days_requested'] === 'number' ? options['days_requested'] : null);
    if (item.stage === 'NOT_READY') return { transactions_update_status: 'NOT_READY', accounts: [], added: [], modified: [], removed: [], next_cursor: '', has_more: false };
    return pageAt(vendor, item, cursor ?? beginning(item, accountId), Number(input['count'] ?? COUNT_DEFAULT), options['include_original_description'] === true);
  },
};

/** The page a request is for, from 1: what faults on page n go by. */
export function pageOf(input: Input): number {
  return readCursor(String(input['cursor'] ?? ''))?.page ?? 1;
}

/** Where the request goes on; null for the beginning. @throws PlaidError INVALID_FIELD for a cursor that is none of this stream */
function startOf(vendor: Vendor, item: Item, accountId: string | null, input: Input): Cursor | null {
  const text = input['cursor'] === undefined ? '' : String(input['cursor']);
  if (text === '') return null;
  if (text === NOW) return at(item, accountId, item.feed.head(accountId));
  const cursor = readCursor(text);
  if (cursor === null) throw invalidField('cursor', 'is not a valid cursor');
  if (cursor.itemId === item.itemId && cursor.accountId === accountId) return cursor;
  if (vendor.settings.foreignCursors === 'startOver') return null;
  throw invalidField('cursor', 'not associated with access_token');
}

function beginning(item: Item, accountId: string | null): Cursor {
  return at(item, accountId, 0);
}

function at(item: Item, accountId: string | null, position: number): Cursor {
  return { itemId: item.itemId, accountId, after: position, head: position, offset: 0, page: 1 };
}

function pageAt(vendor: Vendor, item: Item, cursor: Cursor, count: number, withOriginalDescription: boolean): Record<string, unknown> {
  const { accountId, after, offset, page } = cursor;
  const head = item.feed.head(accountId);
  // Inside a loop the client builds on a state of the data; once that moved, its pages do not fit together any more.
  if (page > 1 && cursor.head !== head) throw new PlaidError('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
  const updates = item.feed.between(after, head, accountId, vendor.settings);
  const shown = updates.slice(offset, offset + count);
  const hasMore = updates.length > offset + count;
  const next = hasMore ? { ...cursor, head, offset: offset + count, page: page + 1 } : at(item, accountId, Math.max(head, after));
  const rows = (kind: FeedEntry['kind']): Record<string, unknown>[] => shown.filter((entry) => entry.kind === kind).map(({ row }) => transactionView(row, withOriginalDescription));
  return {
    transactions_update_status: item.stage, accounts: accountsWithRows(item, accountId), added: rows('added'), modified: rows('modified'),
    removed: shown.filter((entry) => entry.kind === 'removed').map(({ row }) => ({ transaction_id: row.transactionId, account_id: row.accountId })), next_cursor: cursorText(next), has_more: hasMore,
  };
}

/** Only accounts that have transactions (reference). */
function accountsWithRows(item: Item, accountId: string | null): Record<string, unknown>[] {
  const used = new Set(item.feed.truth().map((row) => row.accountId));
  return item.accounts.filter((account) => used.has(account.accountId) && (accountId === null || account.accountId === accountId)).map((account) => accountView(item, account));
}
