/** One 16 record of {@link bai2File}. */
export interface Bai2Line {
  /** Type code; 142 is an ACH credit, 475 a check paid, 698 a fee. */
  readonly code: string;
  /** Cents, without sign: the code gives the direction. */
  readonly cents: number | string;
  readonly text?: string;
  readonly reference?: string;
}

export interface Bai2Statement {
  readonly account?: string;
  /** As-of day, YYMMDD. */
  readonly day?: string;
  /** Group status: 1 update, 2 deletion, 3 correction, 4 test. */
  readonly status?: '1' | '2' | '3' | '4';
  readonly lines: readonly Bai2Line[];
}

/** A BAI2 file of one group a statement, its control totals right. `fileId` makes the bytes differ and nothing else. */
export function bai2File(fileId: string, ...statements: readonly Bai2Statement[]): Buffer {
  const records: string[] = [`01,BANK,HUB,261102,0600,${fileId},,,2/`];
  let fileTotal = 0n;
  for (const { account = '111222333', day = '261101', status = '1', lines } of statements) {
    const total = lines.reduce((sum, { cents }) => sum + BigInt(cents), 0n);
    fileTotal += total;
    records.push(`02,HUB,BANK,${status},${day},,USD,2/`, `03,${account},USD,,,,/`);
    for (const { code, cents, text = '', reference = '' } of lines) records.push(`16,${code},${cents},Z,${reference},,${text}`);
    records.push(`49,${total},${lines.length + 2}/`, `98,${total},1,${lines.length + 4}/`);
  }
  records.push(`99,${fileTotal},${statements.length},${records.length + 1}/`);
  return Buffer.from(`${records.join('\n')}\n`);
}
