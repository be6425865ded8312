import type { CurrencyCode, DecimalText, JsonObject, LocalDate } from '#canonical';
import type { Checkpoint, Context } from './context.js';

/** The way bank transactions arrive from an aggregator, account by account, with a stream of changes behind one cursor. */
export interface BankFeed {
  /** The accounts the login gives. */
  accounts(context: Context): Promise<readonly FeedAccount[]>;
  /**
   * One update: pages from a checkpoint to where the source has no more, to be stored **in one transaction** with the last page's
   * checkpoint. A failure on the way, the source's own "it changed while you paged" included, throws: the whole update is then
   * thrown away and begun again from the checkpoint it began with. An update without news yields nothing.
   */
  update(context: Context, from: Checkpoint | null): AsyncIterable<FeedPage>;
}

export interface FeedAccount {
  readonly externalId: string;
  /** Survives a renewed login where the bank gives one. */
  readonly persistentId: string | null;
  readonly name: string;
  /** Last digits, as far as the bank shows them. Not necessarily of the account number. */
  readonly mask: string | null;
  readonly currency: CurrencyCode | null;
  readonly institution: string | null;
}

export interface FeedPage {
  /** New and changed transactions alike: the id says which. */
  readonly transactions: readonly FeedTransaction[];
  /** Ids the source took back. */
  readonly removed: readonly { readonly externalId: string; readonly accountExternalId: string }[];
  readonly checkpoint: Checkpoint;
}

export interface FeedTransaction {
  readonly externalId: string;
  readonly accountExternalId: string;
  /** The pending transaction this one replaces; null where there was none or the source could not tell. */
  readonly replacesExternalId: string | null;
  readonly pending: boolean;
  readonly bookedOn: LocalDate;
  /** Positive = money in, whatever the source's own sign. */
  readonly amount: DecimalText;
  /** Null where the source names no ISO 4217 currency; such a row is kept and shown, never guessed. */
  readonly currency: CurrencyCode | null;
  readonly code: string | null;
  readonly kind: 'ach' | 'wire' | 'check' | 'lockbox' | 'card' | 'transfer' | 'fee' | 'interest' | 'other';
  readonly payer: { readonly name: string | null; readonly account: string | null; readonly id: string | null };
  readonly memo: string;
  readonly bankReference: string | null;
  readonly checkNumber: string | null;
  /** As received, numbers kept as the text they were sent as. */
  readonly payload: JsonObject;
}
