import type { CurrencyCode } from '#canonical';
import type { FeedAccount, FeedTransaction } from '#connector-kit';
import { type FeedAccountRecord, insertBankAccount, insertFeedAccount, linkFeedAccount, listFeedAccounts, recordBankEvents, type Transaction, updateFeedAccount } from '#storage';
import { ACCOUNT_NUMBER_LENGTH_MAX, NAME_LENGTH_MAX } from '../bank-limits.js';
import { recogniseAccounts } from '../rules/feed-accounts.js';
import { accountKey } from '../rules/storable.js';

/** The accounts of one feed, by the ids the source gives them now and gave them before. */
export class FeedAccounts {
  readonly #byExternalId = new Map<string, FeedAccountRecord>();

  private constructor(private readonly transaction: Transaction, private readonly connectionId: string) {}

  /** Takes over the source's list: known accounts are recognised, new ones made, each with a bank account once its currency is known. */
  static async open(transaction: Transaction, connectionId: string, listed: readonly FeedAccount[]): Promise<FeedAccounts> {
    const accounts = new FeedAccounts(transaction, connectionId);
    const known = await listFeedAccounts(transaction, connectionId);
    const recognised = recogniseAccounts(listed, known);
    for (const account of known.filter((each) => !recognised.includes(each))) accounts.#remember(account);
    for (const [index, account] of listed.entries()) {
      const before = recognised[index] ?? null;
      const facts = { ...account, name: account.name.slice(0, NAME_LENGTH_MAX) };
      const now = before === null ? await insertFeedAccount(transaction, connectionId, facts) : await updateFeedAccount(transaction, before.id, facts);
      accounts.#remember(await accounts.#withBankAccount(now, now.currency));
    }
    return accounts;
  }

  /** The account of a transaction. One that is not listed yet, or not any more, is made from what the transaction says of it. */
  async of(transaction: FeedTransaction): Promise<FeedAccountRecord> {
    const { accountExternalId: externalId, currency } = transaction;
    const known = this.#byExternalId.get(externalId) ?? await insertFeedAccount(this.transaction, this.connectionId, {
      externalId, persistentId: null, name: `Account ${externalId}`.slice(0, NAME_LENGTH_MAX), mask: null, currency, institution: null,
    });
    const account = await this.#withBankAccount(known, currency);
    this.#remember(account);
    return account;
  }

  #remember(account: FeedAccountRecord): void {
    for (const externalId of account.formerExternalIds) if (!this.#byExternalId.has(externalId)) this.#byExternalId.set(externalId, account);
    this.#byExternalId.set(account.externalId, account);
  }

  async #withBankAccount(account: FeedAccountRecord, currency: CurrencyCode | null): Promise<FeedAccountRecord> {
    if (account.bankAccountId !== null || currency === null) return account;
    const number = accountKey(`${account.institution ?? ''}*${account.mask ?? ''}`).slice(0, ACCOUNT_NUMBER_LENGTH_MAX / 2);
    const name = [account.institution, account.name, account.mask === null ? null : `*${account.mask}`].filter((part) => part !== null).join(' ').slice(0, NAME_LENGTH_MAX);
    const links = { name, connectionId: null, ledgerAccountExternalId: null, receivablesAccountExternalId: null, companyExternalId: null };
    // The source does not tell the whole number, and two accounts may end in the same digits.
    const made = await insertBankAccount(this.transaction, { accountNumber: number, currency }, links)
      ?? await insertBankAccount(this.transaction, { accountNumber: `${number}/${account.id}`, currency }, links);
    if (made === null) throw new Error(`no bank account could be made for the feed account ${account.id}`);
    await linkFeedAccount(this.transaction, account.id, made.id);
    await recordBankEvents(this.transaction, 'bankAccount', 'created', [made.id]);
    return { ...account, bankAccountId: made.id };
  }
}
