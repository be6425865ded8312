/** What the SEPA words of a German purpose say. */
export interface SepaPurpose {
  /** The purpose with every word at the beginning of a line. */
  readonly memo: string;
  readonly endToEndId: string | null;
  readonly customerReference: string | null;
  readonly account: string | null;
  readonly id: string | null;
  readonly returned: boolean;
}

/** Words of four letters before a plus; BIC and the amounts OAMT, COAM stay text. */
const WORDS: ReadonlySet<string> = new Set(['EREF', 'KREF', 'MREF', 'CRED', 'DEBT', 'SVWZ', 'ABWA', 'ABWE', 'IBAN', 'OAMT', 'COAM', 'PURP', 'RREF', 'RTRN', 'ANAM']);
const WORD_LENGTH = 4;
const LINE_FEED = 10;
/** Longest text that means "no reference". */
const NO_REFERENCE = /^(?:NOT ?PROVIDED|NONREF)$/i;
const NO_REFERENCE_LENGTH_MAX = 12;
const NOTHING = { endToEndId: null, customerReference: null, account: null, id: null, returned: false };

/** True for `EREF+...`: such a sub-field begins a line whatever the one before was. */
export function startsWithSepaWord(text: string): boolean {
  return text.charAt(WORD_LENGTH) === '+' && WORDS.has(text.slice(0, WORD_LENGTH));
}

/** Reads `EREF+1\nSVWZ+RE 7`. A word may stand within a line, or have been cut by the bank's wrapping and be whole only now; the first value of a word counts. */
export function readSepaPurpose(purpose: string): SepaPurpose {
  let plus = nextWord(purpose, 0);
  if (plus === -1) return { ...NOTHING, memo: purpose.trim() };
  const values = new Map<string, string>();
  let memo = purpose.slice(0, plus - WORD_LENGTH).trim();
  while (plus !== -1) {
    const next = nextWord(purpose, plus + 1);
    const word = purpose.slice(plus - WORD_LENGTH, plus);
    const value = purpose.slice(plus + 1, next === -1 ? purpose.length : next - WORD_LENGTH).trim();
    if (!values.has(word)) values.set(word, value);
    memo += memo === '' ? `${word}+${value}` : `\n${word}+${value}`;
    plus = next;
  }
  return {
    memo,
    endToEndId: reference(values.get('EREF')),
    customerReference: reference(values.get('KREF')),
    account: reference(values.get('IBAN')),
    id: reference(values.get('CRED')) ?? reference(values.get('DEBT')),
    returned: values.has('RTRN'),
  };
}

/** Index of the plus of the next word; -1 when there is none. A word does not begin within another: `XEREF+` is none. */
function nextWord(purpose: string, from: number): number {
  for (let plus = purpose.indexOf('+', from); plus !== -1; plus = purpose.indexOf('+', plus + 1)) {
    const start = plus - WORD_LENGTH;
    if (start < from || !WORDS.has(purpose.slice(start, plus))) continue;
    const before = start === 0 ? LINE_FEED : purpose.charCodeAt(start - 1);
    if (before < 65 || before > 90) return plus;
  }
  return -1;
}

function reference(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (value.length <= NO_REFERENCE_LENGTH_MAX && NO_REFERENCE.test(value)) return null;
  return value.includes('\n') ? value.replace(/\n/g, '') : value;
}
