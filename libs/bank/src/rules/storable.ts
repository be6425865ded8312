import type { StatementTransaction } from '#canonical';

/** Largest count of minor units the ledger keeps (signed 64 bits): 92 quadrillion dollars. */
export const AMOUNT_MINOR_MAX = 9_223_372_036_854_775_807n;

/** What keeps a line out of the ledger although it could be read; null when nothing does. */
export function storageProblem({ amount }: Pick<StatementTransaction, 'amount'>): string | null {
  if (amount.minor > AMOUNT_MINOR_MAX || amount.minor < -AMOUNT_MINOR_MAX) return `the amount is larger than ${AMOUNT_MINOR_MAX} minor units; the line was not taken: ask the bank for a corrected file`;
  return null;
}

/** An account number as it is compared: blanks are typography. */
export function accountKey(accountNumber: string): string {
  return accountNumber.replace(/\s/g, '');
}
