import { CURRENCY_CODES, isCurrencyCode, type CurrencyCode } from '#canonical';
import { REFERENCE_LENGTH_MAX } from './limits.js';
import { CURRENCY_NAMES, type PhraseKind, PHRASES } from './words.js';

export type TokenKind = PhraseKind | 'amount' | 'date' | 'code' | 'noise' | 'percent' | 'word' | 'mark' | 'newline';

/** A piece of a text with a meaning. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
  /** Of an amount: its digits and marks, without currency; otherwise null. */
  readonly digits: string | null;
  readonly currency: CurrencyCode | null;
  /** Of an amount: a minus or brackets stood with it. */
  readonly negative: boolean;
}

const CURRENCY = `(?:${[...Object.keys(CURRENCY_NAMES).map((name) => name.replace('$', '\\$')), ...CURRENCY_CODES, '\\$', '¥', 'dollars?'].toSorted((left, right) => right.length - left.length).join('|')})`;
const NUMBER = '(?:\\d{1,3}(?:[.,\'’\\u00a0\\u202f ]\\d{3})+(?![\\d])(?:[.,](?:\\d{1,4}|[-–](?!\\d)))?|\\d{1,15}(?:[.,](?:\\d{1,4}|[-–](?!\\d)))?)';
const WITH_CURRENCY = `(?<before>[-−–+]?)(?:(?<![\\p{L}])(?<front>${CURRENCY})\\s?(?<minus>[-−]?)(?<frontDigits>${NUMBER})(?![\\d\\p{L}])|(?<backDigits>${NUMBER})\\s?(?<back>${CURRENCY})(?![\\p{L}\\d]))(?<after>-?)(?![\\d])`;
const DECIMAL = '(?<sign>[-−–+]?)(?<plain>(?:\\d{1,3}(?:[.,\'’\\u00a0\\u202f ]\\d{3})+(?!\\d)[.,]\\d{2}|\\d{1,15}[.,]\\d{2}|\\d{1,3}(?:[.,\'’]\\d{3})+))(?<trail>-?)(?![\\d\\p{L}]|[-/.:,]\\d)';
const MONTH = '(?:jan|feb|fév|fev|mar|mär|mrz|mrt|maa|abr|apr|avr|may|mai|mei|ene|jun|juin|jul|juil|aug|aoû|ago|sep|oct|okt|nov|dec|dez|dic|déc)\\p{L}{0,7}\\.?';
const DATE = `\\d{4}-\\d{2}-\\d{2}(?!\\d)|\\d{1,2}(?<dateMark>[./-])\\d{1,2}\\k<dateMark>(?:\\d{4}|\\d{2})(?![\\d/.-]\\d|\\d)|\\d{1,2}(?:st|nd|rd|th|er|\\.)?(?: de)? ?${MONTH},?(?: de)? \\d{4}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}`;
const PHONE = '(?:tele(?:phone|fono|foon|fon)|téléphone|teléfono|tel|tél|phone|fax|mobile?|mobil|handy|cell)\\.?(?: ?(?:no|nr|n°))?\\.?:?\\s{0,3}[+(]?\\d[\\d ()/.-]{4,20}\\d|\\+\\d{1,3}[\\d ()/.-]{6,20}\\d|\\(\\d{2,5}\\)[ -]?\\d{3,4}[ -]\\d{3,5}|(?<!\\d)\\d{3}[-.]\\d{3}[-.]\\d{4}(?!\\d)';
const ADDRESS = 'https?:\\/\\/\\S{1,500}|www\\.\\S{1,500}|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}';
const IBAN = '(?<![\\p{L}\\d])[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![\\p{L}\\d])';
const CODE = '#?(?<![\\p{L}\\d])(?=[\\p{L}]{0,12}[-/._#]{0,2}(?:[\\p{L}]{1,12}[-/._]){0,3}\\d)[\\p{L}\\d#]+(?:[-/._][\\p{L}\\d]+)*';
const POSTCODE = '(?<![\\p{L}\\d])(?:[A-Z]{2} \\d{5}(?:-\\d{4})?(?=\\s*(?:$|,|USA|US))|(?:D-|F-|E-|NL-)?\\d{5}(?= \\p{Lu}\\p{Ll}{2,}\\s*(?:$|,))|\\d{4} [A-Z]{2}(?= +\\p{Lu}\\p{L}+\\s*(?:$|,))|[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}(?![\\p{L}\\d]))';
const CLOCK = '(?<![\\d.,])\\d{1,2}:\\d{2}(?::\\d{2})?(?: ?[ap]\\.?m)?(?![\\d\\p{L}])';

function phrasePattern(kind: PhraseKind): string {
  const longestFirst = [...PHRASES[kind]].toSorted((left, right) => right.length - left.length).join('|');
  return `(?<${kind}>(?<![\\p{L}\\d])(?:${longestFirst})(?!\\p{L})(?!(?<=\\p{L})(?:\\d|[-/._]\\p{L}{0,6}[-/._]?\\d)))`;
}

/** In this order: what is surely no reference first, then phrases, of which the more telling win. */
const PHRASE_ORDER: readonly PhraseKind[] = [
  'stranger', 'trace', 'request', 'because', 'onAccount', 'credit', 'debit', 'discount', 'deducted', 'negated', 'total', 'less', 'cheque', 'invoice', 'order', 'number', 'payment', 'list', 'range', 'link',
];
// Upper and lower case matter where a code is told from a word, hence two expressions tried in turn at one place.
const EXACT = new RegExp(`(?<address>${ADDRESS})|(?<iban>${IBAN})|(?<postcode>${POSTCODE})`, 'uym');
const LOOSE = new RegExp(
  `(?<phone>(?<![\\p{L}\\d])(?:${PHONE}))|(?<clock>${CLOCK})|(?<date>(?<![\\p{L}\\d])(?:${DATE}))|(?<percent>(?<![\\d.,])\\d{1,3}(?:[.,]\\d{1,3})? ?%)|(?<money>(?<![\\d.,][.,]?)(?:${WITH_CURRENCY}))`
  + `|(?<decimal>(?<![\\p{L}\\d][-/._]?)(?:${DECIMAL}))|${PHRASE_ORDER.map(phrasePattern).join('|')}|(?<code>${CODE})|(?<word>\\p{L}+(?:['’-]\\p{L}+)*)|(?<newline>\\n)|(?<blank>[^\\S\\n]+)|(?<mark>.)`,
  'iuy',
);

/** Cuts a text into tokens; blanks fall away. Linear: every pattern has a bounded reach. */
export function* scanTokens(text: string): Generator<Token> {
  for (let at = 0; at < text.length;) {
    const alone = aloneAt(text, at);
    if (alone !== null) {
      if (alone !== 'blank') yield plainToken(alone, text[at] ?? '', at);
      at += 1;
      continue;
    }
    EXACT.lastIndex = at;
    const exact = EXACT.exec(text);
    const token = exact === null ? null : exactToken(exact, at);
    if (token !== null) {
      yield token;
      at += token.text.length;
      continue;
    }
    LOOSE.lastIndex = at;
    const match = LOOSE.exec(text);
    if (match === null) {
      at += 1;
      continue;
    }
    if (match.groups?.blank === undefined) yield looseToken(match, at);
    at += match[0].length;
  }
}

const BLANKS = ' \t\f\v\u00a0\u202f';
const LONE_MARKS = ')[]{}:;!?,=*|<>/&"~^_\\%';

/** What a character is that nothing longer begins with; null where the patterns must decide. Most of a hostile text is of these. */
function aloneAt(text: string, at: number): 'blank' | 'newline' | 'mark' | null {
  const character = text[at] ?? '';
  if (BLANKS.includes(character)) return 'blank';
  if (character === '\n') return 'newline';
  if (LONE_MARKS.includes(character) || (/[(.]/.test(character) && !/[\d.]/.test(text[at + 1] ?? ''))) return 'mark';
  return null;
}

function plainToken(kind: TokenKind, text: string, at: number): Token {
  return { kind, text, at, digits: null, currency: null, negative: false };
}

function exactToken(match: RegExpExecArray, at: number): Token | null {
  if (match.groups?.iban !== undefined && !isIban(match[0])) return null;
  return plainToken('noise', match[0], at);
}

function looseToken(match: RegExpExecArray, at: number): Token {
  const groups = match.groups ?? {};
  if (groups.money !== undefined) return moneyToken(match[0], groups, at);
  if (groups.decimal !== undefined) {
    return { kind: 'amount', text: match[0], at, digits: groups.plain ?? '', currency: null, negative: isMinus(groups.sign) || groups.trail === '-' };
  }
  if (groups.phone !== undefined || groups.clock !== undefined) return plainToken('noise', match[0], at);
  for (const kind of ['date', 'percent', 'newline'] as const) if (groups[kind] !== undefined) return plainToken(kind, match[0], at);
  for (const kind of PHRASE_ORDER) if (groups[kind] !== undefined) return plainToken(kind, match[0], at);
  if (groups.code !== undefined) return plainToken(match[0].length <= REFERENCE_LENGTH_MAX ? 'code' : 'noise', match[0], at);
  return plainToken(groups.word === undefined ? 'mark' : 'word', match[0], at);
}

function moneyToken(text: string, groups: Readonly<Record<string, string | undefined>>, at: number): Token {
  const digits = (groups.frontDigits ?? groups.backDigits ?? '').replace(/[.,][-–]$/, '');
  const negative = isMinus(groups.before) || isMinus(groups.minus) || groups.after === '-';
  return { kind: 'amount', text, at, digits, currency: currencyNamed(groups.front ?? groups.back ?? ''), negative };
}

function isMinus(sign: string | undefined): boolean {
  return sign === '-' || sign === '−';
}

/** The currency a word or sign names; null for one that several currencies share. */
export function currencyNamed(word: string): CurrencyCode | null {
  const named = CURRENCY_NAMES[word.toLowerCase()];
  if (named !== undefined) return named;
  return isCurrencyCode(word.toUpperCase()) ? word.toUpperCase() : null;
}

/** ISO 7064 mod 97-10, as ISO 13616 asks of an IBAN. */
function isIban(text: string): boolean {
  const plain = text.replace(/ /g, '');
  if (plain.length < 15 || plain.length > 34) return false;
  let remainder = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
