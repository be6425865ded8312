import {
  addDays, isCurrencyCode, localDateOfInstant, negateMoney, parseLocalDate, parseMinorUnits, parseMoney,
  type CurrencyCode, type Json, type Money,
} from '#canonical';
import { compileDateFormat } from './date-format.js';
import { MINOR_UNITS_MAX } from './limits.js';
import type { Arguments } from './mapping.js';
import { compilePath } from './path.js';
import { shorten, ValueRefused } from './problem.js';
import type { Target, TargetKind } from './target.js';
import { OPTIONAL, REQUIRED, type Surroundings, type TransformWords } from './transform.js';

/** Turns one source text into a canonical value. Refuses by throwing; the engine adds the address. */
export type ValueReader = (text: string, around: Surroundings, row: Json) => unknown;

export interface ReadTransform extends TransformWords {
  compile(given: Arguments, target: Target): ValueReader;
}

const TEXT_LIKE: readonly TargetKind[] = ['text', 'texts'];

/** Every transform a read mapping may name beside `custom.<name>`. A mapping with another word does not load. */
export const READ_TRANSFORMS = {
  /** The source text as it was sent. The default. */
  text: textTransform('The text as sent; the default.', (text) => text),
  /** Blanks at both ends are not content. */
  trim: textTransform('The text without blanks at its ends.', (text) => text.trim()),
  /** For codes that a source writes in either case. */
  upper: textTransform('Trimmed, in upper case.', (text) => text.trim().toUpperCase()),
  /** For e-mail addresses and the like. */
  lower: textTransform('Trimmed, in lower case.', (text) => text.trim().toLowerCase()),
  /** A whole number as canonical text: `007` and `7.0` are `7`. */
  integer: textTransform('A whole number, as text without leading zeros or decimals; anything else is refused.', wholeNumber),
  /** A calendar day. 2026-02-29 is refused, not moved to March. */
  date: {
    says: 'A calendar day, `YYYY-MM-DD` or as `format` says (`MM/DD/YYYY`, `D.M.YYYY`). Days that do not exist are refused.',
    gives: ['date'], from: 'one', takes: { format: { kind: 'text', ...OPTIONAL } }, mistake: formatMistakeOf,
    compile: (given) => dayReader(given),
  },
  /** The day an instant falls on in a named zone; a UTC day would make "overdue" wrong by one. */
  dayOfInstant: {
    says: 'The day on which an instant (`2026-03-01T12:00:00Z`, offset required) falls in the IANA `zone`.',
    gives: ['date'], from: 'one', takes: { zone: { kind: 'text', ...REQUIRED } }, mistake: zoneMistakeOf,
    compile: (given) => instantReader(given.texts['zone'] ?? 'UTC'),
  },
  /** A due day from a day and the days of the terms, both stated by the source. */
  plusDays: {
    says: 'A calendar day plus the whole number of days at the path `days`. Takes `format` as `date` does.',
    gives: ['date'], from: 'one', takes: { days: { kind: 'path', ...REQUIRED }, format: { kind: 'text', ...OPTIONAL } }, mistake: formatMistakeOf,
    compile: (given) => plusDaysReader(given),
  },
  /** Exact decimal text. Grouping, exponents and digits finer than the currency are refused. */
  money: {
    says: 'Exact decimal text in the currency of the record, or of the path `currency`. `negate: true` turns the sign.',
    gives: ['money'], from: 'one', takes: { currency: { kind: 'path', ...OPTIONAL }, negate: { kind: 'flag', ...OPTIONAL } },
    compile: (given) => moneyReader(given, parseMoney),
  },
  /** For sources that send cents. */
  minorUnits: {
    says: 'A whole number of the currency\'s smallest units (cents, yen, fils). Arguments as `money`.',
    gives: ['money'], from: 'one', takes: { currency: { kind: 'path', ...OPTIONAL }, negate: { kind: 'flag', ...OPTIONAL } },
    compile: (given) => moneyReader(given, (text, currency) => ({ minor: parseMinorUnits(text, 0), currency })),
  },
  /** An ISO 4217 code, by itself or through a table of the source's own names. */
  currency: {
    says: 'An ISO 4217 code; `of` gives the codes of names the source uses instead (`{ US Dollar: USD }`).',
    gives: ['currency'], from: 'one', takes: { of: { kind: 'map', ...OPTIONAL } }, mistake: currencyMistakeOf,
    compile: (given) => currencyReader(given),
  },
  /** `true` and `false`, or the two words of `of`. */
  boolean: {
    says: '`true` or `false`; `of` gives the source\'s words (`{ T: true, F: false }`), and turns the sense where needed.',
    gives: ['boolean'], from: 'one', takes: { of: { kind: 'map', ...OPTIONAL } }, mistake: booleanMistakeOf,
    compile: (given) => booleanReader(given),
  },
  /** A closed table without a silent default: a code that is not listed is a problem of that record. */
  oneOf: {
    says: 'The value `of` lists for the source\'s code. There is no silent default: an unlisted code is refused.',
    gives: ['oneOf', 'text'], from: 'one', takes: { of: { kind: 'map', ...REQUIRED } }, mistake: oneOfMistakeOf,
    compile: (given) => tableReader(given),
  },
  /** Several parts in one text. */
  concat: {
    says: 'The texts at several paths, joined by `separator` (a blank unless told); missing ones are left out.',
    gives: ['text'], from: 'several', takes: { separator: { kind: 'text', ...OPTIONAL } },
    compile: (_given, target) => naturalReader(target),
  },
  /** The better of several fields. */
  firstOf: {
    says: 'The first of several paths that has a value, read as its target\'s kind is.',
    gives: ['text', 'date', 'money', 'currency'], from: 'several', takes: {},
    compile: (_given, target) => naturalReader(target),
  },
  /** Several fields as a list. */
  list: {
    says: 'The texts at several paths as a list, trimmed, without repeats; missing ones are left out.',
    gives: ['texts'], from: 'several', takes: {},
    compile: (_given, target) => (text) => bounded(text, target),
  },
} as const satisfies Readonly<Record<string, ReadTransform>>;

/** How a constant, a default or the answer of a custom transform is read: by the kind of its target. */
export function naturalReader(target: Target): ValueReader {
  const { kind, values } = target;
  if (kind === 'money') return moneyReader(null, parseMoney);
  if (kind === 'date') return (text) => parseLocalDate(text);
  if (kind === 'currency') return (text) => currencyCodeOf(text);
  if (kind === 'boolean') return (text) => booleanOf(text);
  if (kind === 'oneOf') return (text) => oneOfValues(text, values);
  return (text) => bounded(text, target);
}

function textTransform(says: string, change: (text: string) => string): ReadTransform {
  return { says, gives: TEXT_LIKE, from: 'one', takes: {}, compile: (_given, target) => (text) => bounded(change(text), target) };
}

function bounded(text: string, target: Target): string {
  if (target.lengthMax !== null && text.length > target.lengthMax) {
    throw new ValueRefused(`the text has ${text.length} characters, the field takes ${target.lengthMax}`);
  }
  if (text.includes('\0')) throw new ValueRefused('the text holds the character U+0000, which the database cannot keep: take it out at the source');
  return text;
}

/** Digits of the whole number in a text. @throws ValueRefused when it is none. */
export function wholeNumber(text: string): string {
  const match = /^(-?)0*(\d{1,30})(?:\.0*)?$/.exec(text);
  if (match === null) throw new ValueRefused(`"${shorten(text)}" is not a whole number`);
  return match[2] === '0' ? '0' : `${match[1]}${match[2]}`;
}

function dayReader(given: Arguments): (text: string) => ReturnType<typeof parseLocalDate> {
  const pattern = given.texts['format'];
  const format = pattern === undefined ? null : compileDateFormat(pattern);
  if (format === null || typeof format === 'string') return (text) => parseLocalDate(shorten(text));
  return (text) => format.parse(text);
}

/** Days beyond this are no payment term but a number in the wrong field. */
const TERM_DAYS_MAX = 3_660;

function plusDaysReader(given: Arguments): ValueReader {
  const day = dayReader(given);
  const path = given.paths['days'];
  const days = path === undefined ? () => undefined : compilePath(path);
  return (text, around, row) => {
    const count = days(row, around.record);
    const digits = typeof count === 'string' ? wholeNumber(count) : null;
    if (digits === null || Math.abs(Number(digits)) > TERM_DAYS_MAX) {
      throw new ValueRefused(`the days at ${path?.text ?? ''} are no whole number of at most ${TERM_DAYS_MAX}`);
    }
    return addDays(day(text), Number(digits));
  };
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

function instantReader(zone: string): ValueReader {
  return (text) => {
    const day = INSTANT.exec(text)?.[1];
    if (day === undefined) throw new ValueRefused(`"${shorten(text)}" is not an instant with an offset (2026-03-01T12:00:00Z)`);
    parseLocalDate(day);
    return localDateOfInstant(new Date(text.replace(' ', 'T')), zone);
  };
}

/** Decimals to which an amount is checked when its currency is the problem: enough to judge its form, and nothing is kept. */
const DECIMALS_OF_NO_CURRENCY = 30;

function moneyReader(given: Arguments | null, parse: (text: string, currency: CurrencyCode) => Money): ValueReader {
  const negate = given?.flags['negate'] === true;
  const path = given?.paths['currency'];
  const currencyAt = path === undefined ? null : compilePath(path);
  return (text, around, row) => {
    const stated = currencyAt === null ? around.currency : currencyAt(row, around.record);
    if (typeof stated !== 'string') {
      parseMinorUnits(text, DECIMALS_OF_NO_CURRENCY);
      if (path === undefined) return null;
      throw new ValueRefused(`there is no currency at ${path.text}`);
    }
    const money = parse(text, currencyAt === null ? stated : currencyCodeOf(stated));
    if (money.minor > MINOR_UNITS_MAX || money.minor < -MINOR_UNITS_MAX) throw new ValueRefused(`"${shorten(text)}" is more than ${MINOR_UNITS_MAX} of the currency's smallest units`);
    return negate ? negateMoney(money) : money;
  };
}

/** @throws ValueRefused for a code that ISO 4217 does not list. */
export function currencyCodeOf(text: string): CurrencyCode {
  if (!isCurrencyCode(text)) throw new ValueRefused(`"${shorten(text)}" is not an ISO 4217 currency code`);
  return text;
}

function currencyReader(given: Arguments): ValueReader {
  const table = given.maps['of'];
  return (text) => currencyCodeOf(table?.get(text) ?? text);
}

/** @throws ValueRefused for anything but `true` and `false`. */
export function booleanOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new ValueRefused(`"${shorten(text)}" is neither true nor false`);
  return text === 'true';
}

function booleanReader(given: Arguments): ValueReader {
  const table = given.maps['of'];
  if (table === undefined) return (text) => booleanOf(text);
  return (text) => lookUp(table, text) === 'true';
}

function tableReader(given: Arguments): ValueReader {
  const table = given.maps['of'] ?? new Map<string, string>();
  return (text) => lookUp(table, text);
}

/** @throws ValueRefused naming the listed codes. */
export function lookUp(table: ReadonlyMap<string, string>, text: string): string {
  const found = table.get(text);
  if (found === undefined) throw new ValueRefused(`"${shorten(text)}" is not among ${[...table.keys()].join(', ')}`);
  return found;
}

function oneOfValues(text: string, values: readonly string[]): string {
  if (!values.includes(text)) throw new ValueRefused(`"${shorten(text)}" is not among ${values.join(', ')}`);
  return text;
}

function formatMistakeOf(given: Arguments): string | null {
  const pattern = given.texts['format'];
  const format = pattern === undefined ? null : compileDateFormat(pattern);
  return typeof format === 'string' ? format : null;
}

function zoneMistakeOf(given: Arguments): string | null {
  const zone = given.texts['zone'] ?? '';
  try {
    localDateOfInstant(new Date(0), zone);
    return null;
  } catch {
    return `"${zone}" is not an IANA time zone such as Europe/Berlin`;
  }
}

function currencyMistakeOf(given: Arguments): string | null {
  const wrong = [...given.maps['of']?.values() ?? []].filter((code) => !isCurrencyCode(code));
  return wrong.length === 0 ? null : `"of" gives ${wrong.join(', ')}, which ISO 4217 does not list`;
}

function booleanMistakeOf(given: Arguments): string | null {
  const wrong = [...given.maps['of']?.values() ?? []].filter((word) => word !== 'true' && word !== 'false');
  return wrong.length === 0 ? null : `"of" gives ${wrong.join(', ')}; a boolean is true or false`;
}

function oneOfMistakeOf(given: Arguments, target: Target): string | null {
  if (target.kind !== 'oneOf') return null;
  const wrong = [...new Set(given.maps['of']?.values() ?? [])].filter((value) => !target.values.includes(value));
  return wrong.length === 0 ? null : `"of" gives ${wrong.join(', ')}; the field takes ${target.values.join(', ')}`;
}
