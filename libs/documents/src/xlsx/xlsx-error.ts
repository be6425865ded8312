/** Raised for a workbook of which nothing can be read: damaged, encrypted, of another kind, or beyond a limit. */
export class XlsxError extends Error {
  override readonly name = 'XlsxError';

  /** @param part the file inside, or the sheet, where it is wrong; null for the whole */
  constructor(problem: string, readonly part: string | null = null, readonly line: number | null = null) {
    super(problem);
  }
}
