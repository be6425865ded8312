import { INTERCHANGE_HEADER_LENGTH_MAX } from './limits.js';

/** What one interchange is written with. More than one character where the delimiter is a character of several bytes. */
export interface Delimiters {
  readonly element: string;
  readonly terminator: string;
}

const HEADER_ELEMENTS = 16;
/** Characters an element of an ISA may have; its widest, the ids of sender and receiver, have 15. */
const HEADER_ELEMENT_LENGTH_MAX = 40;

/**
 * Delimiters of the ISA that starts at `start`, by its shape and not by columns, because not everybody pads it (reference 4.1): the element
 * separator follows "ISA", the sixteenth element is one character, and the terminator is what comes next.
 * @returns `'incomplete'` when the text ends too early to say, null when there is no ISA.
 */
export function readDelimiters(text: string, start: number): Delimiters | 'incomplete' | null {
  if (text.length < start + 5) return 'incomplete';
  const element = characterAt(text, start + 3);
  let position = start + 3;
  for (let count = 1; count <= HEADER_ELEMENTS; count += 1) {
    const next = count === HEADER_ELEMENTS ? -1 : text.indexOf(element, position + element.length);
    if (count === HEADER_ELEMENTS) break;
    if (next === -1) return text.length - start > INTERCHANGE_HEADER_LENGTH_MAX ? null : 'incomplete';
    if (next - position > HEADER_ELEMENT_LENGTH_MAX) return null;
    position = next;
  }
  return readTerminator(text, position + element.length, element);
}

/** @param position where the sixteenth element begins: the component separator, which is empty in some real files. */
function readTerminator(text: string, position: number, element: string): Delimiters | 'incomplete' | null {
  if (position >= text.length) return 'incomplete';
  const component = characterAt(text, position);
  let next = position + component.length;
  while (text[next] === ' ' || text[next] === '\t') next += 1;
  if (next >= text.length) return 'incomplete';
  const terminator = characterAt(text, next);
  if (isAlphanumeric(terminator)) return isAlphanumeric(component) ? null : { element, terminator: component };
  return terminator === element ? null : { element, terminator };
}

/** Delimiters of a transaction set that comes without an envelope, as in ACH addenda: what stands behind "ST" and before "BPR". */
export function readBareDelimiters(text: string, start: number): Delimiters | null {
  const element = characterAt(text, start + 2);
  for (const id of ['BPR', 'BPS', 'TRN', 'RMR', 'DEP']) {
    const next = text.indexOf(`${id}${element}`, start);
    if (next === -1 || next - start > INTERCHANGE_HEADER_LENGTH_MAX) continue;
    let end = next;
    while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1;
    const terminator = text[end - 1] ?? '';
    if (terminator === '' || isAlphanumeric(terminator)) return end === next ? null : { element, terminator: text.includes('\n', end) ? '\n' : ' ' };
    return { element, terminator };
  }
  return null;
}

/** One character, which in UTF-8 may be several bytes: U+00A6 is met as a separator. */
function characterAt(text: string, position: number): string {
  const code = text.charCodeAt(position);
  if (code < 0xc2 || !isContinuation(text.charCodeAt(position + 1))) return text[position] ?? '';
  let end = position + 1;
  while (end < position + 4 && isContinuation(text.charCodeAt(end))) end += 1;
  return text.slice(position, end);
}

function isContinuation(code: number): boolean {
  return code >= 0x80 && code <= 0xbf;
}

export function isAlphanumeric(character: string): boolean {
  return /^[A-Za-z0-9]$/.test(character);
}
