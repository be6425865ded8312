import type { AuditTrail } from '#access';
import { asNonPaymentRule, type Database, deleteNonPaymentRule, type ListPage, type ListRequest, NON_PAYMENT_RULES, type NonPaymentRuleRecord, readList, recordBankEvents, type Row } from '#storage';
import { applyRule, makeRule } from './rule-marking.js';
import { missing } from './bank-error.js';
import type { NonPaymentRule } from './rules/non-payment-rules.js';

export interface MadeRule {
  readonly rule: NonPaymentRuleRecord;
  /** Undecided lines it marked at once. */
  readonly marked: number;
}

/** The tenant's rules of what is no customer payment (capability 41). */
export class NonPaymentRuleBook {
  constructor(private readonly dependencies: { readonly database: Database; readonly audit: AuditTrail }) {}

  list(tenantId: string, request: ListRequest): Promise<ListPage<NonPaymentRuleRecord>> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const { rows, nextCursor } = await readList<Row>(transaction, NON_PAYMENT_RULES, request);
      return { rows: rows.map(asNonPaymentRule), nextCursor };
    });
  }

  /** Makes a rule and marks every undecided line it fits. @throws BankError invalid or, for a known rule, conflict. */
  async create(tenantId: string, rule: NonPaymentRule, by: string): Promise<MadeRule> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const made = await makeRule(transaction, rule, by);
      const ids = await applyRule(transaction, made);
      await recordBankEvents(transaction, 'bankTransaction', 'changed', ids);
      const { field, operator, value, because } = made;
      await this.dependencies.audit.append(transaction, { actor: by, action: 'nonPaymentRule.create', subject: `nonPaymentRule/${made.id}`, detail: { field, operator, value, because, marked: ids.length } });
      return { rule: made, marked: ids.length };
    });
  }

  /** Lines it has marked stay marked: each can be taken up by itself. @throws BankError missing. */
  async delete(tenantId: string, id: string, by: string): Promise<void> {
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      const rule = await deleteNonPaymentRule(transaction, id);
      if (rule === null) throw missing('non-payment rule', id);
      await recordBankEvents(transaction, 'nonPaymentRule', 'deleted', [id]);
      const { field, operator, value } = rule;
      await this.dependencies.audit.append(transaction, { actor: by, action: 'nonPaymentRule.delete', subject: `nonPaymentRule/${id}`, detail: { field, operator, value } });
    });
  }
}
