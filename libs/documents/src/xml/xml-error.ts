/** Raised for a file that is not well-formed, breaks a limit, or has what this room does not read (a document type, other entities). */
export class XmlError extends Error {
  override readonly name = 'XmlError';

  /** @param line @param column where it is wrong, from 1 */
  constructor(problem: string, readonly line: number, readonly column: number) {
    super(problem);
  }
}
