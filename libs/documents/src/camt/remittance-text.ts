import { MEMO_LENGTH_MAX } from '../limits.js';
import { UNSTRUCTURED_LENGTH_MAX } from './limits.js';

/** Of more parts only equal ones are found, not those that stand inside another. */
const COMPARED_PARTS_MAX = 20;

/**
 * Unstructured lines as one text. A line as long as the standard allows goes on in the next without a blank, because the bank cut it there;
 * any other ends where its writer ended it.
 */
export function joinUnstructured(lines: readonly string[]): string {
  let text = '';
  let cut = true;
  for (const line of lines) {
    if (line.trim() === '') continue;
    text += cut ? line : `\n${line}`;
    cut = line.length >= UNSTRUCTURED_LENGTH_MAX;
  }
  return text;
}

/**
 * Parts of a memo, each once: banks repeat the payer's text in their own fields. What would make it longer than
 * {@link MEMO_LENGTH_MAX} is added as far as that shows.
 */
export function joinMemo(parts: readonly (string | null)[]): string {
  const seen = new Set<string>();
  let memo = '';
  for (const part of parts) {
    const text = part?.trim() ?? '';
    if (text === '' || seen.has(text) || (parts.length <= COMPARED_PARTS_MAX && memo.includes(text))) continue;
    seen.add(text);
    memo += memo === '' ? text : `\n${text}`;
    if (memo.length > MEMO_LENGTH_MAX) break;
  }
  return memo;
}
