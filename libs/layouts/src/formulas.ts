/**
 * Text that a spreadsheet would run instead of show (CWE-1236): a first character of `= + - @`, the minus sign, their full-width forms, tab, carriage
 * return or line feed, also behind blanks and quotes. Apostrophes in front count as covered, so that the cover can be taken off again.
 */
const RUNS = /^'*(?:[\t\r\n]|[\s"]*[=+\-@\u2212\uFF1D\uFF0B\uFF0D\uFF20])/;

/** An apostrophe in front makes a spreadsheet show the text. */
export function coverFormula(text: string): string {
  return RUNS.test(text) ? `'${text}` : text;
}

/** Gives back what {@link coverFormula} was given. */
export function uncoverFormula(text: string): string {
  return text.charCodeAt(0) === 39 && RUNS.test(text) ? text.slice(1) : text;
}
