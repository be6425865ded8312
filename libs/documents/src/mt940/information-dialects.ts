import { readCodedInformation } from './coded-fields.js';
import { type Information, NO_INFORMATION } from './information.js';
import { readSlashTags } from './slash-tags.js';
import { joinWrapped } from './wrapping.js';

/** Business code of three digits, perhaps, and a sub-field mark: `166?00...`, `020<00...`, ` 020?00...`. */
const CODED_START = /^\s{0,3}(?:\d{3})?([?<>~^@|#])\d\d/;
/** `/EREF/`, `/REMI/`, ... of the Dutch and Belgian banks. */
const SLASHED_START = /^\s{0,3}\/[A-Z]{2,4}\//;

/** Reads the lines of a :86:. The dialect is told by how the text begins; what is in none is free text. */
export function readInformation(lines: readonly string[]): Information {
  const first = lines[0] ?? '';
  const separator = CODED_START.exec(first)?.[1];
  if (separator !== undefined) return readCodedInformation(whole(lines), separator);
  if (SLASHED_START.test(first)) return readSlashTags(whole(lines));
  return { ...NO_INFORMATION, memo: joinWrapped(lines) };
}

/** Structured text goes on over the line's end: a sub-field mark or a tag may be cut anywhere. */
function whole(lines: readonly string[]): string {
  return lines.length === 1 ? lines[0] ?? '' : lines.join('');
}

/** The German `:NS:` behind a :61:, one line a field: 01-14 purpose, 15-16 name, 17 booking text, 18-34 keys of the bank. */
export function readNsInformation(lines: readonly string[]): Information {
  const purpose: string[] = [];
  const name: string[] = [];
  for (const line of lines) {
    const number = /^\d\d/.test(line) ? Number(line.slice(0, 2)) : Number.NaN;
    const text = line.slice(2).trim();
    if (Number.isNaN(number)) purpose.push(line.trim());
    else if (number === 15 || number === 16) name.push(text);
    else if (number <= 17) purpose.push(text);
  }
  const memo = purpose.filter((part) => part !== '').join('\n');
  return { ...NO_INFORMATION, memo, name: name.length === 0 ? null : name.join(' ') };
}
