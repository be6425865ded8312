/** An account as far as telling it from others goes. */
export interface AccountMarks {
  readonly externalId: string;
  /** Survives a renewed login where the bank gives one. */
  readonly persistentId: string | null;
  readonly institution: string | null;
  /** Last digits, as far as the bank shows them. Two accounts may share them. */
  readonly mask: string | null;
  readonly currency: string | null;
}

/**
 * Which known account each listed one is; null is a new one. By id; by the id that survives; else, where a source gave an account another id
 * (a new login, a changed mask policy), by institution and last digits, and only when one account is gone and one has come: a guess between two
 * would put money on the wrong account. Source of the rule: reference, Plaid, "account churn" and "linking the same login twice".
 */
export function recogniseAccounts<Known extends AccountMarks>(listed: readonly AccountMarks[], known: readonly Known[]): readonly (Known | null)[] {
  const found: (Known | null)[] = listed.map(({ externalId }) => known.find((account) => account.externalId === externalId) ?? null);
  const left = (): Known[] => known.filter((account) => !found.includes(account));
  listed.forEach(({ persistentId }, index) => {
    if (found[index] === null && persistentId !== null) found[index] = left().find((account) => account.persistentId === persistentId) ?? null;
  });
  listed.forEach((account, index) => {
    if (found[index] !== null || account.mask === null) return;
    const [candidate, ...others] = left().filter((each) => looksLike(account, each));
    const rivals = listed.filter((each, at) => found[at] === null && looksLike(each, account));
    if (candidate !== undefined && others.length === 0 && rivals.length === 1) found[index] = candidate;
  });
  return found;
}

function looksLike(left: AccountMarks, right: AccountMarks): boolean {
  const differs = (one: string | null, other: string | null): boolean => one !== null && other !== null && one !== other;
  return left.mask === right.mask && left.institution === right.institution && !differs(left.currency, right.currency) && !differs(left.persistentId, right.persistentId);
}
