import { isCurrencyCode } from '#canonical';
import type { BankFeed, Checkpoint, Context, FeedAccount, FeedPage } from '#connector-kit';
import { call } from './client.js';
import { noAnswer } from './errors.js';
import { PAGES_MAX } from './limits.js';
import { linkedToken, loginMark, plaidSettings, type PlaidSettings } from './settings.js';
import { ACCOUNTS_ANSWER, SYNC_ANSWER, type PlaidAccount, type PlaidItem, type SyncAnswer } from './shapes.js';
import { feedTransaction } from './transaction.js';

const CHECKPOINT_VERSION = 1;

export const bankFeed: BankFeed = { accounts, update };

/** @throws ConnectorError */
export async function accounts(context: Context): Promise<readonly FeedAccount[]> {
  const settings = plaidSettings(context);
  const answer = await call(context, settings, '/accounts/get', { access_token: linkedToken(settings) }, ACCOUNTS_ANSWER);
  return answer.accounts.map((account) => feedAccount(account, answer.item));
}

function feedAccount(account: PlaidAccount, item: PlaidItem): FeedAccount {
  const currency = account.balances?.iso_currency_code ?? null;
  return {
    externalId: account.account_id,
    persistentId: account.persistent_account_id,
    name: account.official_name ?? (account.name.trim() === '' ? `Account ${account.mask ?? account.account_id}` : account.name),
    mask: account.mask,
    currency: currency !== null && isCurrencyCode(currency) ? currency : null,
    institution: item.institution_name ?? item.institution_id,
  };
}

/**
 * The loop of /transactions/sync. Any failure in it, Plaid's own "it changed while you paged" included, throws, and whoever called begins again
 * from the cursor the loop began with; no cursor of a broken loop is ever used.
 */
async function* update(context: Context, from: Checkpoint | null): AsyncIterable<FeedPage> {
  const settings = plaidSettings(context);
  const login = loginMark(linkedToken(settings));
  let cursor = startCursor(from, login);
  for (let pages = 1; ; pages += 1) {
    if (pages > PAGES_MAX) throw noAnswer('/transactions/sync', `an update did not end within ${PAGES_MAX} pages`);
    const answer = await syncPage(context, settings, cursor);
    if (answer.has_more && (answer.next_cursor === '' || answer.next_cursor === cursor)) {
      throw noAnswer('/transactions/sync', 'there is said to be more, and the cursor does not move');
    }
    // A login that is not ready answers an empty cursor: stored, it would mean "from the beginning" for ever. Without news nothing is stored either.
    if (answer.next_cursor !== '' && (answer.has_more || pages > 1 || hasNews(answer))) yield feedPage(answer, login);
    if (!answer.has_more) return;
    cursor = answer.next_cursor;
  }
}

/** A cursor belongs to the login it was given for: a new login begins anew. Empty means from the beginning. */
function startCursor(from: Checkpoint | null, login: string): string {
  if (from === null || from.version !== CHECKPOINT_VERSION || from['login'] !== login) return '';
  return typeof from['cursor'] === 'string' ? from['cursor'] : '';
}

async function syncPage(context: Context, settings: PlaidSettings, cursor: string): Promise<SyncAnswer> {
  return call(context, settings, '/transactions/sync', {
    access_token: linkedToken(settings), count: settings.pageSize, ...(cursor === '' ? {} : { cursor }),
    options: { include_original_description: true, days_requested: settings.daysRequested },
  }, SYNC_ANSWER);
}

function hasNews({ added, modified, removed }: SyncAnswer): boolean {
  return added.length + modified.length + removed.length > 0;
}

function feedPage(answer: SyncAnswer, login: string): FeedPage {
  return {
    transactions: [...answer.added, ...answer.modified].map(({ row, raw }) => feedTransaction(row, raw)),
    removed: answer.removed.map((row) => ({ externalId: row.transaction_id, accountExternalId: row.account_id })),
    checkpoint: { version: CHECKPOINT_VERSION, cursor: answer.next_cursor, login },
  };
}
