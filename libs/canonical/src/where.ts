/** Where in a file something stands, precise enough to highlight it. 1-based; null where the format has no such thing. */
export interface Where {
  readonly line: number | null;
  readonly column: number | null;
  readonly record: string | null;
  readonly page: number | null;
}

/** Something a parser could not take as it stands. A row that cannot be read is a finding, never a zero and never silence. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly where: Where;
  readonly value: string;
  readonly problem: string;
}
