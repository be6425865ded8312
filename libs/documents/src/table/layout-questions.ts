import type { LayoutQuestion } from '../csv/csv-layout.js';
import type { SettledTable } from './table-reading.js';

/** What is asked, as the finding says it. */
export const QUESTIONS: Readonly<Record<LayoutQuestion, string>> = {
  columns: 'no row names the columns (a day and an amount at least, or those of the given layout); state them in the layout',
  decimalMark: 'every amount can be read with "." or with "," as decimal mark; state decimalMark in the layout',
  dateOrder: 'every day can be read day first or month first; state dateOrder in the layout',
  signs: 'the running balance fits only with every sign turned; state signs in the layout',
  currency: 'nothing in the file names its currency; state currency in the layout',
};

/** The parts in which the rest of a file proves another layout than its beginning did. */
export function changedTable(before: SettledTable, after: SettledTable): LayoutQuestion[] {
  const first = before.statement?.layout ?? before.remittance?.layout;
  const last = after.statement?.layout ?? after.remittance?.layout;
  if (first === undefined || last === undefined) return [];
  const changed = (['decimalMark', 'dateOrder', 'currency'] as const).filter((part) => first[part] !== last[part]);
  const columns = JSON.stringify(first.columns) === JSON.stringify(last.columns) ? [] : ['columns' as const];
  return [...new Set<LayoutQuestion>([...changed, ...columns, ...after.questions])];
}
