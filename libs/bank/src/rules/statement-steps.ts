import type { BankStatement } from '#canonical';

/**
 * What to do with a statement, by its status. Source: BAI2 manual of 10/2005, group status: 1 adds, 2 deletes the account's as-of day,
 * 3 deletes it and loads anew, 4 is a test that must move nothing. `interim` (intraday) adds: its lines are the day's own, and the final
 * statement recognises them by identity.
 */
export type StatementStep =
  | { readonly kind: 'add'; readonly positions: readonly number[] }
  | { readonly kind: 'replace' | 'delete' | 'skip'; readonly positions: readonly [number] };

/**
 * The steps of a file in its order, statements as positions from 1. Neighbours that add become one step, because a step is one bulk write;
 * interim and final ones are kept apart, so that a pending line of the first is settled by the second.
 */
export function statementSteps(statuses: readonly BankStatement['status'][]): StatementStep[] {
  const steps: StatementStep[] = [];
  let open: { status: string; positions: number[] } | null = null;
  statuses.forEach((status, index) => {
    const position = index + 1;
    const adds = status === 'add' || status === 'interim';
    if (adds && open?.status === status) {
      open.positions.push(position);
      return;
    }
    open = null;
    if (adds) {
      open = { status, positions: [position] };
      steps.push({ kind: 'add', positions: open.positions });
    } else steps.push({ kind: status === 'test' ? 'skip' : status, positions: [position] });
  });
  return steps;
}
