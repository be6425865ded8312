import type { Row, Transaction } from '../database.js';
import { storableText } from './storable-text.js';

export const NON_PAYMENT_RULE_FIELDS = ['memo', 'payerName', 'payerId', 'code'] as const;
export const NON_PAYMENT_RULE_OPERATORS = ['contains', 'equals'] as const;

/** "Lines like this are no customer payments." */
export interface NonPaymentRuleRecord {
  readonly id: string;
  readonly field: (typeof NON_PAYMENT_RULE_FIELDS)[number];
  readonly operator: (typeof NON_PAYMENT_RULE_OPERATORS)[number];
  readonly value: string;
  readonly because: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

interface NonPaymentRuleRow extends Row {
  id: string; field: NonPaymentRuleRecord['field']; operator: NonPaymentRuleRecord['operator']; value: string; because: string; created_by: string; created_at: Date;
}

export function asNonPaymentRule(given: Row): NonPaymentRuleRecord {
  const row = given as NonPaymentRuleRow;
  return { id: row.id, field: row.field, operator: row.operator, value: row.value, because: row.because, createdBy: row.created_by, createdAt: row.created_at };
}

/** All of a tenant's rules, oldest first: the first that fits gives the reason. */
export async function readNonPaymentRules(transaction: Transaction): Promise<readonly NonPaymentRuleRecord[]> {
  return (await transaction.query('SELECT * FROM non_payment_rule ORDER BY id')).map(asNonPaymentRule);
}

/** Null when there is such a rule already. */
export async function insertNonPaymentRule(transaction: Transaction, rule: Omit<NonPaymentRuleRecord, 'id' | 'createdAt'>): Promise<NonPaymentRuleRecord | null> {
  const row = await transaction.one(`
    INSERT INTO non_payment_rule (field, operator, value, because, created_by) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, field, operator, value) DO NOTHING RETURNING *`, [rule.field, rule.operator, storableText(rule.value), storableText(rule.because), rule.createdBy]);
  return row === null ? null : asNonPaymentRule(row);
}

/** The deleted rule, or null when there was none. */
export async function deleteNonPaymentRule(transaction: Transaction, id: string): Promise<NonPaymentRuleRecord | null> {
  const row = await transaction.one('DELETE FROM non_payment_rule WHERE id = $1 RETURNING *', [id]);
  return row === null ? null : asNonPaymentRule(row);
}
