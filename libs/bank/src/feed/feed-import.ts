import type { FeedAccount, FeedPage } from '#connector-kit';
import {
  changeFeedLines, type ChangedFeedLine, type FeedLineContent, type FeedRowWrite, insertFeedLines, type KnownFeedRow, type LockedFeedLine, lockFeedLines, markRemoved, markReplaced,
  type NewFeedLine, readKnownFeedRows, readNonPaymentRules, saveFeedRows, supersedeProposals, type Transaction, withdrawFeedLines, type WithdrawnFeedLine,
} from '#storage';
import type { StatementTransaction } from '#canonical';
import { firstStatus } from '../rules/first-status.js';
import { type FeedStep, type KnownRow, planFeed } from '../rules/feed-plan.js';
import { statusOfChange, statusOfWithdrawal } from '../rules/feed-status.js';
import { nonPaymentMatcher, type NonPaymentRule, type RuleFacts } from '../rules/non-payment-rules.js';
import { FeedAccounts } from './feed-accounts.js';
import { feedItem, lineOf, type FeedItem } from './feed-line.js';

/** What an update came to. */
export interface FeedCounts {
  /** Rows the source sent, removals too. */
  readonly read: number;
  readonly changed: number;
  /** Rows that are kept and are no lines. */
  readonly quarantined: number;
  readonly deleted: number;
}

type RowStep = Exclude<FeedStep<FeedItem>, { kind: 'gone' }>;

/** Brings one whole update of a feed in, inside the caller's transaction. One instance an update. */
export class FeedImport {
  #known: ReadonlyMap<string, KnownFeedRow> = new Map();
  #locked: ReadonlyMap<string, LockedFeedLine> = new Map();
  #matchRule: (facts: RuleFacts) => NonPaymentRule | null = () => null;
  /** Row id -> line id, for what this update made. */
  #made: ReadonlyMap<string, string> = new Map();
  readonly #superseded: string[] = [];

  private constructor(private readonly transaction: Transaction, private readonly connectionId: string) {}

  static run(transaction: Transaction, connectionId: string, listed: readonly FeedAccount[], pages: readonly FeedPage[]): Promise<FeedCounts> {
    return new FeedImport(transaction, connectionId).#run(listed, pages);
  }

  async #run(listed: readonly FeedAccount[], pages: readonly FeedPage[]): Promise<FeedCounts> {
    const accounts = await FeedAccounts.open(this.transaction, this.connectionId, listed);
    const parts: { rows: FeedItem[]; removed: string[] }[] = [];
    for (const { transactions, removed } of pages) {
      const rows: FeedItem[] = [];
      for (const each of transactions) rows.push(feedItem(each, (await accounts.of(each)).id));
      parts.push({ rows, removed: removed.map(({ externalId }) => externalId) });
    }
    const ids = parts.flatMap(({ rows, removed }) => [...rows.flatMap(({ externalId, replacesExternalId }) => [externalId, replacesExternalId ?? externalId]), ...removed]);
    this.#known = new Map((await readKnownFeedRows(this.transaction, this.connectionId, [...new Set(ids)])).map((row) => [row.externalId, row]));
    const steps = planFeed(asKnownRows(this.#known), parts);
    await this.#take(steps, accounts);
    const rowSteps = steps.filter((step): step is RowStep => step.kind !== 'gone');
    return {
      read: parts.reduce((sum, { rows, removed }) => sum + rows.length + removed.length, 0), changed: rowSteps.length,
      quarantined: rowSteps.filter(({ row }) => 'problem' in lineOf(row.transaction)).length, deleted: steps.length - rowSteps.length,
    };
  }

  async #take(steps: readonly FeedStep<FeedItem>[], accounts: FeedAccounts): Promise<void> {
    this.#matchRule = nonPaymentMatcher(await readNonPaymentRules(this.transaction));
    this.#locked = await lockFeedLines(this.transaction, [...new Set(steps.flatMap((step) => this.#lineBefore(step) ?? []))]);
    const rowSteps = steps.filter((step): step is RowStep => step.kind !== 'gone' && step.kind !== 'superseded');
    this.#made = await this.#makeLines(rowSteps, accounts);
    await changeFeedLines(this.transaction, rowSteps.flatMap((step) => this.#changedLine(step)));
    const gone = steps.flatMap((step) => (step.kind === 'gone' ? [step.externalId] : []));
    await withdrawFeedLines(this.transaction, this.#withdrawn([...gone.flatMap((externalId) => this.#known.get(externalId)?.bankTransactionId ?? []), ...this.#unplaced(rowSteps)]));
    await supersedeProposals(this.transaction, this.#superseded);
    await saveFeedRows(this.transaction, this.connectionId, steps.flatMap((step) => (step.kind === 'gone' ? [] : [this.#rowWrite(step)])));
    await markReplaced(this.transaction, this.connectionId, rowSteps.flatMap((step) => (step.kind === 'takesOver' ? [{ externalId: step.fromExternalId, replacedBy: step.row.externalId }] : [])));
    await markRemoved(this.transaction, this.connectionId, gone);
  }

  /** The line a step speaks of, as it is before this update; null where there is none. */
  #lineBefore(step: FeedStep<FeedItem>): string | null {
    switch (step.kind) {
      case 'gone': return this.#known.get(step.externalId)?.bankTransactionId ?? null;
      case 'changed': return this.#known.get(step.row.externalId)?.bankTransactionId ?? null;
      case 'takesOver': return this.#known.get(step.fromExternalId)?.bankTransactionId ?? null;
      case 'new':
      case 'superseded': return null;
    }
  }

  async #makeLines(steps: readonly RowStep[], accounts: FeedAccounts): Promise<ReadonlyMap<string, string>> {
    const lines: NewFeedLine[] = [];
    const rowOf = new Map<string, string>();
    for (const step of steps) {
      const placed = lineOf(step.row.transaction);
      if (this.#lineBefore(step) !== null || 'problem' in placed) continue;
      const { bankAccountId } = await accounts.of(step.row.transaction);
      if (bankAccountId === null) throw new Error(`the account of the transaction ${step.row.externalId} has no bank account`);
      // The line this id had went to a row that is still there: the id stands for a second one.
      const beside = this.#known.get(step.row.externalId)?.replacedBy ?? null;
      const identity = `feed:${this.connectionId}:${step.row.externalId}${beside === null ? '' : ` beside ${beside}`}`;
      rowOf.set(identity, step.row.externalId);
      const { status, because } = firstStatus(placed.line, this.#matchRule);
      lines.push({ bankAccountId, identity, ...contentOf(step.row, placed.line), status, because });
    }
    const made = await insertFeedLines(this.transaction, lines);
    return new Map([...made].map(([identity, id]) => [rowOf.get(identity) ?? identity, id]));
  }

  #changedLine(step: RowStep): ChangedFeedLine[] {
    const id = this.#lineBefore(step);
    const before = id === null ? undefined : this.#locked.get(id);
    const placed = lineOf(step.row.transaction);
    if (id === null || before === undefined || 'problem' in placed) return [];
    const next = statusOfChange(before, { amount: placed.line.amount, first: firstStatus(placed.line, this.#matchRule) });
    if (next.supersedes) this.#superseded.push(id);
    return [{ id, ...contentOf(step.row, placed.line), status: next.status, because: next.because }];
  }

  /** Lines whose rows say something now that no line can hold. */
  #unplaced(steps: readonly RowStep[]): string[] {
    return steps.flatMap((step) => ('problem' in lineOf(step.row.transaction) ? this.#lineBefore(step) ?? [] : []));
  }

  #withdrawn(ids: readonly string[]): WithdrawnFeedLine[] {
    return ids.flatMap((id) => {
      const line = this.#locked.get(id);
      if (line === undefined) return [];
      const { status, because, supersedes } = statusOfWithdrawal(line);
      if (supersedes) this.#superseded.push(id);
      return [{ id, status, because, postingIds: line.postingIds }];
    });
  }

  #rowWrite(step: RowStep): FeedRowWrite {
    const { row } = step;
    const { accountExternalId, payload, pending } = row.transaction;
    const placed = lineOf(row.transaction);
    const lineId = step.kind === 'superseded' ? this.#lineFor(step.byExternalId) : this.#made.get(row.externalId) ?? this.#lineBefore(step);
    return {
      externalId: row.externalId, feedAccountId: row.accountId, accountExternalId, bankTransactionId: lineId, pending, contentHash: row.contentHash, likeness: row.likeness, payload,
      state: step.kind === 'superseded' ? 'replaced' : 'live', replacedBy: step.kind === 'superseded' ? step.byExternalId : null,
      problem: 'problem' in placed ? placed.problem : null,
    };
  }

  #lineFor(externalId: string): string | null {
    return this.#made.get(externalId) ?? this.#known.get(externalId)?.bankTransactionId ?? null;
  }
}

function contentOf(row: FeedItem, line: StatementTransaction): Omit<FeedLineContent, 'status' | 'because'> {
  const { bookedOn, amount, code, kind, pending, bankReference, checkNumber, payer, memo } = line;
  return { feedAccountId: row.accountId, bookedOn, amount, code, kind, pending, bankReference, checkNumber, payer, memo };
}

function asKnownRows(rows: ReadonlyMap<string, KnownFeedRow>): ReadonlyMap<string, KnownRow> {
  return new Map([...rows].map(([externalId, row]) => [externalId, { ...row, accountId: row.feedAccountId }]));
}
