import type { Identifiers } from '../identifiers.js';
import type { PlaidSettings } from '../settings.js';
import type { Account, Item } from './item.js';
import { changedTransaction, seedOf, transactionFrom, type TransactionSeed } from './seed.js';
import type { BankTransaction } from './transaction.js';

/**
 * What a bank does to a login.
 * - `add`: a new row; `copies` identical ones, whose ids differ only by case where possible.
 * - `modify`: a row keeps its id and changes.
 * - `remove`: a row goes: a pending one that vanishes, or a posted one.
 * - `post`: a pending row becomes a posted one with a new id; `matched: false` leaves `pending_transaction_id` empty.
 * - `churn`: an account gets another id (reference "account_id can change").
 */
export type BankChange =
  | { readonly op: 'add'; readonly transaction: TransactionSeed; readonly copies?: number }
  | { readonly op: 'modify'; readonly transactionId: string; readonly changes: Partial<TransactionSeed> }
  | { readonly op: 'remove'; readonly transactionId: string }
  | { readonly op: 'post'; readonly transactionId: string; readonly matched?: boolean; readonly changes?: Partial<TransactionSeed> }
  | { readonly op: 'churn'; readonly accountId: string };

/** The ids one update of the bank touched. */
export interface BankUpdate {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
  /** Old account id to new. */
  readonly churned: Readonly<Record<string, string>>;
}

export class BankError extends Error {
  override readonly name = 'BankError';
}

type Step = { readonly kind: 'add' | 'modify'; readonly row: BankTransaction } | { readonly kind: 'remove'; readonly row: BankTransaction };
const COPIES_MAX = 1000;

/** The bank behind the vendor: changes rows of an Item, any number of them as one update. */
export class Bank {
  constructor(private readonly identifiers: Identifiers, private readonly settings: PlaidSettings, private readonly today: () => string) {}

  /** Does all of it or nothing. @throws BankError, SeedError, MoneyError for a change that makes no sense */
  update(item: Item, changes: readonly BankChange[]): BankUpdate {
    if (changes.length > 1 && changes.some(({ op }) => op === 'churn')) throw new BankError('an account changes its id in an update of its own');
    const churned: Record<string, string> = {};
    const steps: Step[] = [];
    for (const change of changes) steps.push(...this.stepsOf(item, change, steps, churned));
    const ordered = this.arrange(steps);
    assertPossible(item, ordered);
    for (const [from, to] of Object.entries(churned)) {
      accountOf(item, from).accountId = to;
      item.history = item.history.map((row) => (row.accountId === from ? { ...row, accountId: to } : row));
    }
    for (const step of ordered) {
      if (step.kind === 'add') item.feed.add(step.row);
      else if (step.kind === 'modify') item.feed.modify(step.row);
      else item.feed.remove(step.row.transactionId);
    }
    const idsOf = (kind: Step['kind']): string[] => ordered.filter((step) => step.kind === kind).map((step) => step.row.transactionId);
    return { added: idsOf('add'), modified: idsOf('modify'), removed: idsOf('remove'), churned };
  }

  private stepsOf(item: Item, change: BankChange, before: readonly Step[], churned: Record<string, string>): Step[] {
    switch (change.op) {
      case 'add': return this.add(item, change.transaction, change.copies ?? 1);
      case 'modify': return [{ kind: 'modify', row: changedTransaction(rowOf(item, before, change.transactionId), change.changes) }];
      case 'remove': return [{ kind: 'remove', row: rowOf(item, before, change.transactionId) }];
      case 'post': return this.post(rowOf(item, before, change.transactionId), change.matched ?? true, change.changes ?? {});
      case 'churn': return this.churn(item, change.accountId, churned);
      default: throw new BankError(`unknown change ${JSON.stringify(change)}; known: add, modify, remove, post, churn`);
    }
  }

  private add(item: Item, seed: TransactionSeed, copies: number): Step[] {
    if (!Number.isInteger(copies) || copies < 1 || copies > COPIES_MAX) throw new BankError(`copies must be between 1 and ${COPIES_MAX}`);
    const account = seed.accountId === undefined ? firstAccount(item) : accountOf(item, seed.accountId);
    const first = this.identifiers.id();
    const ids = [first, ...(copies > 1 ? [this.identifiers.caseTwin(first)] : []), ...Array.from({ length: Math.max(0, copies - 2) }, () => this.identifiers.id())];
    return ids.map((id) => ({ kind: 'add', row: transactionFrom(seed, account, id, this.today()) }));
  }

  private post(row: BankTransaction, matched: boolean, changes: Partial<TransactionSeed>): Step[] {
    if (!row.pending) throw new BankError(`transaction ${row.transactionId} is posted already`);
    const posted = changedTransaction({ ...row, transactionId: this.identifiers.id(), pending: false, pendingTransactionId: matched ? row.transactionId : null, date: this.today() }, changes);
    return [{ kind: 'add', row: posted }, { kind: 'remove', row }];
  }

  private churn(item: Item, accountId: string, churned: Record<string, string>): Step[] {
    const account = accountOf(item, accountId);
    const fresh: Account = { ...account, accountId: this.identifiers.id() };
    churned[accountId] = fresh.accountId;
    if (!this.settings.churnReissues) return [];
    return item.feed.truth().filter((row) => row.accountId === accountId).flatMap((row): Step[] => {
      const { accountId: _old, ...seed } = seedOf(row);
      return [{ kind: 'add', row: transactionFrom(seed, fresh, this.identifiers.id(), this.today()) }, { kind: 'remove', row }];
    });
  }

  private arrange(steps: readonly Step[]): readonly Step[] {
    const { removedOrder } = this.settings;
    if (removedOrder === 'beside') return steps;
    const removals = steps.filter((step) => step.kind === 'remove');
    const others = steps.filter((step) => step.kind !== 'remove');
    return removedOrder === 'first' ? [...removals, ...others] : [...others, ...removals];
  }
}

/** @throws BankError for an account the Item does not have (any more) */
export function accountOf(item: Item, accountId: string): Account {
  const account = item.accounts.find((each) => each.accountId === accountId);
  if (account === undefined) throw new BankError(`Item ${item.itemId} has no account ${accountId}; it has ${item.accounts.map((each) => each.accountId).join(', ')}`);
  return account;
}

function firstAccount(item: Item): Account {
  const account = item.accounts[0];
  if (account === undefined) throw new BankError(`Item ${item.itemId} has no account`);
  return account;
}

function rowOf(item: Item, before: readonly Step[], transactionId: string): BankTransaction {
  const row = before.findLast((step) => step.row.transactionId === transactionId)?.row ?? item.feed.find(transactionId);
  if (row === undefined) throw new BankError(`Item ${item.itemId} has no transaction ${transactionId} now`);
  return row;
}

/** A change of a row that the same update removes before makes no sense. */
function assertPossible(item: Item, steps: readonly Step[]): void {
  const gone = new Set<string>();
  const fresh = new Set<string>();
  for (const { kind, row: { transactionId } } of steps) {
    if (kind === 'add') fresh.add(transactionId);
    else if (gone.has(transactionId) || (!fresh.has(transactionId) && item.feed.find(transactionId) === undefined)) throw new BankError(`transaction ${transactionId} does not exist (any more) when the update comes to ${kind} it`);
    if (kind === 'remove') gone.add(transactionId);
  }
}
