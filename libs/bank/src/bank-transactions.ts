import type { AuditTrail } from '#access';
import type { BankTransactionStatus } from '#canonical';
import {
  asBankTransaction, BANK_TRANSACTIONS, type BankTransactionRecord, type Database, decideBankTransactions, type ListPage, type ListRequest, lockBankTransaction, lockFeedLines,
  readBankTransaction, readList, recordBankEvents, type NonPaymentRuleRecord, type Row, type Transaction,
} from '#storage';
import { assertVersion, BankError, type BankProblem, checkText, conflicting, missing, refuseIfAny } from './bank-error.js';
import { REASON_LENGTH_MAX } from './bank-limits.js';
import { applyRule, makeRule } from './rule-marking.js';
import { type NonPaymentRule, nonPaymentMatcher, type RuleFacts } from './rules/non-payment-rules.js';

/** "And everything like it": which text of the line the rule looks at. Without `value` it is the line's own text. */
export interface LikeIt {
  readonly field: NonPaymentRule['field'];
  readonly operator: NonPaymentRule['operator'];
  readonly value?: string;
}

export interface NonPaymentMark {
  readonly version: number;
  readonly because: string;
  readonly likeIt?: LikeIt;
  readonly by: string;
}

export interface MarkedTransaction {
  readonly transaction: BankTransactionRecord;
  readonly rule: NonPaymentRuleRecord | null;
  /** Other lines the new rule took with it. */
  readonly othersMarked: number;
}

/** Statuses from which a line can still be put aside; later ones have an allocation or a posting that must be undone first. */
const OPEN_STATUSES: readonly BankTransactionStatus[] = ['potentialPayment', 'needsAllocation', 'notPayment'];

/** Bank lines as people work on them: found, put aside, taken up again (capabilities 24, 39, 41). */
export class BankTransactions {
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail }) {}

  list(tenantId: string, request: ListRequest): Promise<ListPage<BankTransactionRecord>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, BANK_TRANSACTIONS, request);
      return { rows: rows.map(asBankTransaction), nextCursor };
    });
  }

  get(tenantId: string, id: string): Promise<BankTransactionRecord | null> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => readBankTransaction(transaction, id));
  }

  /**
   * Marks a line as no payment; with `likeIt` also makes a rule, which takes every undecided line it fits and all future ones.
   * @throws BankError missing, invalid, or conflict: changed since `version`, or already allocated.
   */
  async markNotPayment(tenantId: string, id: string, mark: NonPaymentMark): Promise<MarkedTransaction> {
    const problems: BankProblem[] = [];
    checkText('because', mark.because, REASON_LENGTH_MAX, problems);
    refuseIfAny(problems);
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const line = await lockLine(transaction, id, mark.version);
      if (!OPEN_STATUSES.includes(line.status) && !await isOver(transaction, line)) throw conflicting(`bank transaction ${id} is ${line.status}: take its allocation or posting back first`);
      await decideBankTransactions(transaction, [id], { status: 'notPayment', because: mark.because, decidedBy: mark.by });
      const rule = mark.likeIt === undefined ? null : await makeRule(transaction, ruleLike(line, mark.likeIt, mark.because), mark.by);
      const others = rule === null ? [] : await applyRule(transaction, rule);
      await this.#record(transaction, 'bankTransaction.markNotPayment', [id, ...others], id, mark.by, { because: mark.because, ruleId: rule?.id ?? null, othersMarked: others.length });
      return { transaction: await reread(transaction, id), rule, othersMarked: others.length };
    });
  }

  /**
   * Takes a line up again, whoever put it aside; rules leave it alone from now on.
   * @throws BankError missing, or conflict: changed since `version`, not put aside, taken back by the bank, or not booked yet.
   */
  async unmarkNotPayment(tenantId: string, id: string, version: number, by: string): Promise<BankTransactionRecord> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const line = await lockLine(transaction, id, version);
      const problem = unmarkProblem(line);
      if (problem !== null) throw conflicting(`bank transaction ${id} ${problem}`);
      await decideBankTransactions(transaction, [id], { status: 'potentialPayment', because: null, decidedBy: by });
      await this.#record(transaction, 'bankTransaction.unmarkNotPayment', [id], id, by, { was: line.statusBecause });
      return reread(transaction, id);
    });
  }

  async #record(transaction: Transaction, action: string, changedIds: readonly string[], id: string, by: string, detail: Record<string, string | number | null>): Promise<void> {
    await recordBankEvents(transaction, 'bankTransaction', 'changed', changedIds);
    await this.dependencies.audit.append(transaction, { actor: by, action, subject: `bankTransaction/${id}`, detail });
  }
}

/** Taken back by the bank after it was matched, and nothing of it is in the ERP: what is left is to put it aside. */
async function isOver(transaction: Transaction, line: BankTransactionRecord): Promise<boolean> {
  if (!line.withdrawn || line.status !== 'attention') return false;
  return (await lockFeedLines(transaction, [line.id])).get(line.id)?.postingIds.length === 0;
}

function unmarkProblem(line: BankTransactionRecord): string | null {
  if (line.status !== 'notPayment') return `is ${line.status}: only a line marked as no payment can be taken up again`;
  if (line.withdrawn) return 'was taken back by the bank: it returns by itself when the bank sends it again';
  if (line.pending) return 'is not booked yet: it is judged when the bank books it';
  if (line.amount.minor <= 0n) return 'is no money in: it cannot pay anything';
  return null;
}

async function lockLine(transaction: Transaction, id: string, version: number): Promise<BankTransactionRecord> {
  const line = await lockBankTransaction(transaction, id);
  if (line === null) throw missing('bank transaction', id);
  assertVersion('bank transaction', id, line.version, version);
  return line;
}

async function reread(transaction: Transaction, id: string): Promise<BankTransactionRecord> {
  const line = await readBankTransaction(transaction, id);
  if (line === null) throw missing('bank transaction', id);
  return line;
}

function factsOf(line: BankTransactionRecord): RuleFacts {
  return { memo: line.memo, payerName: line.payer.name, payerId: line.payer.id, code: line.code };
}

function ruleLike(line: BankTransactionRecord, { field, operator, value }: LikeIt, because: string): NonPaymentRule {
  const facts = factsOf(line);
  const rule: NonPaymentRule = { field, operator, value: value ?? facts[field] ?? '', because };
  if (rule.value === '') throw new BankError('invalid', [{ field: 'likeIt.field', problem: `the line has no ${field}: choose another field, or give a value` }]);
  if (nonPaymentMatcher([rule])(facts) === null) throw new BankError('invalid', [{ field: 'likeIt.value', problem: 'the rule does not fit the line it is made from', value: rule.value }]);
  return rule;
}
