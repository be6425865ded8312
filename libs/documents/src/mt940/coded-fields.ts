import type { Information } from './information.js';

/** Sub-fields by their two digits, in the file's order. */
export type CodedFields = readonly (readonly [code: string, text: string])[];

/** Characters of a purpose or name sub-field; one as long as this goes on in the next. */
const SUBFIELD_LENGTH = 27;
/** Words of the SEPA purpose. */
const SEPA_WORD = /^(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|OAMT|COAM|PURP|RREF|RTRN|ANAM)\+/;
/** Values that mean "none". */
const NO_REFERENCE = /^(NOTPROVIDED|NONREF|NOT PROVIDED)$/i;

/** Cuts `166?00...?20...` at every mark that two digits follow. The text before the first is the business code and says nothing more. */
export function readCodedFields(text: string, separator: string): CodedFields {
  const fields: [string, string][] = [];
  let from = -1;
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
    if (!isDigit(text, at + 1) || !isDigit(text, at + 2)) continue;
    if (from !== -1) fields.push([text.slice(from + 1, from + 3), text.slice(from + 3, at)]);
    from = at;
  }
  if (from !== -1) fields.push([text.slice(from + 1, from + 3), text.slice(from + 3)]);
  return fields;
}

/** Meaning of the sub-fields: 00 booking text, 10 batch, 20-29 and 60-63 purpose, 30 bank, 31 and 38 account, 32-33 name, 34 key. */
export function coded(fields: CodedFields): Information {
  const purpose: string[] = [];
  const beside: string[] = [];
  const name: string[] = [];
  let account: string | null = null;
  for (const [code, text] of fields) {
    const number = Number(code);
    if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) purpose.push(text);
    else if (number === 32 || number === 33) name.push(text);
    else if (number === 31 || number === 38) account = text.trim() === '' ? account : text.replace(/\s/g, '');
    else if (number !== 10 && number !== 30 && number !== 34) beside.push(text.trim());
  }
  const paragraphs = joinSubfields(purpose);
  const words = sepaWords(paragraphs);
  const reference = (word: string): string | null => {
    const value = words.get(word)?.replace(/\n/g, '').trim() ?? '';
    return value === '' || NO_REFERENCE.test(value) ? null : value;
  };
  return {
    memo: [...paragraphs, ...beside].map((part) => part.trim()).filter((part) => part !== '').join('\n'),
    name: nameOf(name),
    account: account ?? reference('IBAN'),
    id: reference('CRED') ?? reference('DEBT'),
    endToEndId: reference('EREF'),
    customerReference: reference('KREF'),
    structuredReference: null,
    returned: words.has('RTRN'),
  };
}

/** Sub-fields as lines: a full one goes on in the next, and a SEPA word always begins a line. */
function joinSubfields(parts: readonly string[]): string[] {
  const lines: string[] = [];
  let goesOn = false;
  for (const part of parts) {
    const last = lines.length - 1;
    if (goesOn && last >= 0 && !SEPA_WORD.test(part)) lines[last] += part;
    else lines.push(part);
    goesOn = part.length >= SUBFIELD_LENGTH;
  }
  return lines.flatMap(splitAtWords);
}

/** A SEPA word may stand within a line: `EREF+1 SVWZ+RE 7`, or have been cut by the bank's wrapping and be whole only now. */
function splitAtWords(line: string): string[] {
  const parts = line.split(/(?<=[^A-Z])(?=(?:EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|OAMT|COAM|RREF)\+)/);
  return parts.length === 0 ? [line] : parts;
}

/** Values of the SEPA words; lines behind a word belong to it. The first value of a word counts. */
function sepaWords(lines: readonly string[]): Map<string, string> {
  const words = new Map<string, string>();
  let open: string | null = null;
  for (const line of lines) {
    const word = SEPA_WORD.exec(line)?.[1];
    if (word !== undefined) {
      open = words.has(word) ? null : word;
      if (open !== null) words.set(open, line.slice(word.length + 1));
    } else if (open !== null) {
      words.set(open, `${words.get(open) ?? ''}\n${line}`);
    }
  }
  return words;
}

function nameOf(parts: readonly string[]): string | null {
  let name = '';
  for (const [index, part] of parts.entries()) name += index === 0 || (parts[index - 1]?.length ?? 0) >= SUBFIELD_LENGTH ? part : ` ${part.trimStart()}`;
  const written = name.trim().replace(/\s+/g, ' ');
  return written === '' ? null : written;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
