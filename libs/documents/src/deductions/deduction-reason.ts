import type { RemittanceAdjustment } from '#canonical';
import { adjustmentReason, type ReasonGroup } from './adjustment-reasons.js';
import { reasonGroupOfText } from './reason-words.js';

/** One rule of a tenant: what a payer writes, and the tenant's own reason for it. */
export interface TenantReason {
  /** The payer's code as written, upper and lower case alike; null for any. */
  readonly code: string | null;
  /** Contained in the payer's text, upper and lower case alike; null for any. */
  readonly words: string | null;
  /** The house's group; null for any. */
  readonly group: ReasonGroup | null;
  /** The tenant's reason code. */
  readonly reason: string;
}

export interface DeductionReason {
  /** The tenant's reason; null where no rule of his fits. */
  readonly reason: string | null;
  /** Null where neither code nor text is known: the raw code and text stay what there is. */
  readonly group: ReasonGroup | null;
  /** Of the code in X12 element 426. */
  readonly title: string | null;
  readonly code: string | null;
  readonly text: string | null;
  /** What decided: the tenant's rule, the standard's code, words of the text, or nothing. */
  readonly by: 'tenant' | 'code' | 'text' | 'nothing';
}

/** Codes that say nothing, so that a text beside them says more. */
const MEANINGLESS: ReadonlySet<ReasonGroup> = new Set(['other']);

/**
 * What a deduction is for. The tenant's rules go first, in their order; then the standard's code; a text decides where the code is not
 * known or means nothing ("mutually defined"). Nothing is ever guessed into a group: what is not known keeps its raw code and text.
 */
export function reasonOf({ code, text }: Pick<RemittanceAdjustment, 'code' | 'text'>, tenantReasons: readonly TenantReason[] = []): DeductionReason {
  const known = code === null ? null : adjustmentReason(code);
  const fromText = text === null ? null : reasonGroupOfText(text);
  const codeDecides = known !== null && (fromText === null || !MEANINGLESS.has(known.group));
  const group = codeDecides ? known.group : fromText;
  const plain = { group, title: known?.title ?? null, code, text };
  const rule = tenantReasons.find((one) => fits(one, code, text, group));
  if (rule !== undefined) return { ...plain, reason: rule.reason, by: 'tenant' };
  return { ...plain, reason: null, by: codeDecides ? 'code' : fromText === null ? 'nothing' : 'text' };
}

/** A rule that names nothing at all fits nothing. */
function fits(rule: TenantReason, code: string | null, text: string | null, group: ReasonGroup | null): boolean {
  if (rule.code === null && rule.words === null && rule.group === null) return false;
  if (rule.code !== null && rule.code.trim().toUpperCase() !== code?.trim().toUpperCase()) return false;
  if (rule.words !== null && text?.toLowerCase().includes(rule.words.toLowerCase()) !== true) return false;
  return rule.group === null || rule.group === group;
}
