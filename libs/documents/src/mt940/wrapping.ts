/** Characters of one line of a SWIFT :86:. A line as long as this was cut by the bank, perhaps within a word or a number. */
export const INFORMATION_LINE_LENGTH = 65;

/**
 * Lines of free text as one: a full line goes on without a break, a shorter one ended where its writer wanted it. Blank padding lines of
 * some Dutch banks are dropped.
 */
export function joinWrapped(lines: readonly string[]): string {
  if (lines.length === 1) return (lines[0] ?? '').trim();
  let text = '';
  let goesOn = false;
  for (const line of lines) {
    const written = line.trimEnd();
    if (written === '') {
      goesOn = false;
      continue;
    }
    text += text === '' || goesOn ? written : `\n${written}`;
    goesOn = written.length === INFORMATION_LINE_LENGTH;
  }
  return text.trim();
}
