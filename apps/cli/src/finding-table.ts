import { formatTable } from './table.js';

/** A finding, from the hub or from a reader here. */
interface ShownFinding {
  readonly severity: string;
  readonly where: { readonly line: number | null; readonly column: number | null; readonly record: string | null; readonly page: number | null };
  readonly value: string;
  readonly problem: string;
}

/** Findings as a table; nothing without any. */
export function findingTable(findings: readonly ShownFinding[]): string[] {
  if (findings.length === 0) return [];
  return [formatTable([
    { title: 'SEVERITY', text: ({ severity }: ShownFinding) => severity }, { title: 'PLACE', text: ({ where }: ShownFinding) => placeText(where) },
    { title: 'VALUE', text: ({ value }: ShownFinding) => value }, { title: 'PROBLEM', text: ({ problem }: ShownFinding) => problem, whole: true },
  ], findings)];
}

function placeText({ page, line, column, record }: ShownFinding['where']): string {
  return [page === null ? '' : `page ${page}`, line === null ? '' : `${line}:${column ?? 1}`, record ?? ''].filter((part) => part !== '').join(' ');
}
