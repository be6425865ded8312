import type { AccountSeed } from './lifecycle.js';
import type { TransactionSeed } from './seed.js';

/** A linked Item, for a test that does not care how it was linked. */
export interface LinkedItem {
  readonly itemId: string;
  readonly accessToken: string;
  /** In the order of the request. */
  readonly accountIds: readonly string[];
}

export interface ItemRequest {
  readonly institutionId?: string;
  readonly username?: string;
  readonly webhook?: string;
  readonly daysRequested?: number;
  readonly accounts?: readonly AccountSeed[];
  /** `accountId` of a row is the name of an account here. */
  readonly history?: readonly TransactionSeed[];
}
