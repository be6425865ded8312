import type { Information } from './information.js';
import { readSepaPurpose, startsWithSepaWord } from './sepa-purpose.js';

/** Characters of a purpose or name sub-field; one as long as this goes on in the next. */
const SUBFIELD_LENGTH = 27;
const ZERO = 48;

/**
 * Reads `166?00GUTSCHRIFT?20EREF+1?21SVWZ+RE 7?31DE02...?32ACME`: a mark and two digits begin a sub-field; the text before the first is the
 * business code. 00 is the booking text, 10 the batch, 20-29 and 60-63 the purpose, 30 the bank, 31 and 38 the account, 32-33 the name,
 * 34 a key; any other is text.
 */
export function readCodedInformation(text: string, separator: string): Information {
  const parts = new Parts();
  let from = nextMark(text, separator, 0);
  while (from !== -1) {
    const to = nextMark(text, separator, from + 3);
    parts.take((text.charCodeAt(from + 1) - ZERO) * 10 + text.charCodeAt(from + 2) - ZERO, text.slice(from + 3, to === -1 ? text.length : to));
    from = to;
  }
  const told = readSepaPurpose(parts.purpose);
  const beside = parts.beside.trim();
  return {
    memo: told.memo === '' || beside === '' ? told.memo + beside : `${told.memo}\n${beside}`,
    name: parts.nameOrNull(),
    account: parts.account === '' ? told.account : parts.account,
    id: told.id,
    endToEndId: told.endToEndId,
    customerReference: told.customerReference,
    structuredReference: null,
    returned: told.returned,
  };
}

/** The sub-fields put together. A full one goes on in the next, and a SEPA word always begins a line. */
class Parts {
  purpose = '';
  beside = '';
  account = '';
  #purposeGoesOn = false;
  #name = '';
  #nameGoesOn = false;

  take(code: number, text: string): void {
    if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63)) this.#takePurpose(text);
    else if (code === 32 || code === 33) this.#takeName(text);
    else if (code === 31 || code === 38) this.account = withoutBlanks(text) || this.account;
    else if (code !== 10 && code !== 30 && code !== 34) this.beside += this.beside === '' ? text : `\n${text}`;
  }

  nameOrNull(): string | null {
    const name = this.#name.trim();
    if (name === '') return null;
    return name.includes('  ') ? name.replace(/ {2,}/g, ' ') : name;
  }

  #takePurpose(text: string): void {
    this.purpose += this.purpose === '' || (this.#purposeGoesOn && !startsWithSepaWord(text)) ? text : `\n${text}`;
    this.#purposeGoesOn = text.length >= SUBFIELD_LENGTH;
  }

  #takeName(text: string): void {
    this.#name += this.#name === '' || this.#nameGoesOn ? text : ` ${text.trimStart()}`;
    this.#nameGoesOn = text.length >= SUBFIELD_LENGTH;
  }
}

/** Index of the next mark that two digits follow; -1 when there is none. */
function nextMark(text: string, separator: string, from: number): number {
  let at = text.indexOf(separator, from);
  while (at !== -1 && !(isDigit(text.charCodeAt(at + 1)) && isDigit(text.charCodeAt(at + 2)))) at = text.indexOf(separator, at + 1);
  return at;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10;
}

function withoutBlanks(text: string): string {
  return text.includes(' ') ? text.replace(/ /g, '') : text;
}
