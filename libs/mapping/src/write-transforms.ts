import { isLocalDate, parseMinorUnits, type Json, type JsonObject } from '#canonical';
import { compileDateFormat } from './date-format.js';
import type { Arguments } from './mapping.js';
import { shorten, ValueRefused } from './problem.js';
import { booleanOf, lookUp, wholeNumber } from './read-transforms.js';
import type { TargetKind } from './target.js';
import { OPTIONAL, REQUIRED, type TransformWords } from './transform.js';

/** Turns one value of the hub into a value of the request. Refuses by throwing; the engine adds the address. */
export type ValueWriter = (value: Json) => Json;

export interface WriteTransform extends TransformWords {
  compile(given: Arguments): ValueWriter;
}

const ANY: readonly TargetKind[] = ['json'];
const NEGATE = { negate: { kind: 'flag', ...OPTIONAL } } as const;

/** Every transform a write mapping may name beside `custom.<name>`: the read table in the other direction. */
export const WRITE_TRANSFORMS = {
  /** The default. */
  text: writes('The text as it is; the default.', (text) => text),
  /** Blanks at both ends are not content. */
  trim: writes('The text without blanks at its ends.', (text) => text.trim()),
  /** For targets that store codes in upper case. */
  upper: writes('Trimmed, in upper case.', (text) => text.trim().toUpperCase()),
  /** For targets that store addresses in lower case. */
  lower: writes('Trimmed, in lower case.', (text) => text.trim().toLowerCase()),
  /** For memo fields with a bound. Never for a key: a key that is cut is another key. */
  cut: {
    says: 'The first `length` characters, for memo fields with a bound. Never for a key.',
    gives: ANY, from: 'one', takes: { length: { kind: 'count', ...REQUIRED } },
    compile: (given) => (value) => [...textOf(value)].slice(0, Number(given.texts['length'])).join(''),
  },
  /** A day in the target's own writing. */
  date: {
    says: 'A calendar day, `YYYY-MM-DD` or as `format` says.',
    gives: ANY, from: 'one', takes: { format: { kind: 'text', ...OPTIONAL } },
    mistake: (given) => { const format = compileDateFormat(given.texts['format'] ?? 'YYYY-MM-DD'); return typeof format === 'string' ? format : null; },
    compile: (given) => dayWriter(given),
  },
  /** An amount as exact decimal text. */
  money: {
    says: 'An amount (`"12.30"` or `{ amount, currency }`) as exact decimal text. `negate: true` turns the sign.',
    gives: ANY, from: 'one', takes: NEGATE,
    compile: (given) => (value) => amountText(value, given.flags['negate'] === true),
  },
  /** An amount that leaves as a JSON number without passing through a float. */
  moneyNumber: {
    says: 'The same as a JSON number, kept exact: `{ "$number": "12.30" }`, written out by `stringifyKeepingNumberText`.',
    gives: ANY, from: 'one', takes: NEGATE,
    compile: (given) => (value) => ({ $number: jsonNumber(amountText(value, given.flags['negate'] === true)) }),
  },
  /** For line numbers and the like. */
  integer: {
    says: 'A whole number as a JSON number, kept exact as `moneyNumber` is.',
    gives: ANY, from: 'one', takes: {},
    compile: () => (value) => ({ $number: wholeNumber(textOf(value)) }),
  },
  /** A JSON boolean, or the target's own two words. */
  boolean: {
    says: 'A JSON boolean; with `of` the target\'s words (`{ true: T, false: F }`).',
    gives: ANY, from: 'one', takes: { of: { kind: 'map', ...OPTIONAL } },
    compile: (given) => booleanWriter(given),
  },
  /** A closed table without a silent default. */
  oneOf: {
    says: 'The target\'s code that `of` lists for the value; an unlisted value is refused.',
    gives: ANY, from: 'one', takes: { of: { kind: 'map', ...REQUIRED } },
    compile: (given) => (value) => lookUp(given.maps['of'] ?? new Map(), textOf(value)),
  },
  /** Several parts in one text. */
  concat: {
    says: 'The texts at several paths, joined by `separator` (a blank unless told); missing ones are left out.',
    gives: ANY, from: 'several', takes: { separator: { kind: 'text', ...OPTIONAL } },
    compile: () => textOf,
  },
  /** The better of several fields. */
  firstOf: {
    says: 'The first of several paths that has a value, as text.',
    gives: ANY, from: 'several', takes: {},
    compile: () => textOf,
  },
  /** For placeholders of earlier steps and other ready-made parts. */
  asIs: {
    says: 'The value unchanged, objects too: `{ "$step": "<key>" }` placeholders.',
    gives: ANY, from: 'one', takes: {},
    compile: () => (value) => value,
  },
} as const satisfies Readonly<Record<string, WriteTransform>>;

function writes(says: string, change: (text: string) => string): WriteTransform {
  return { says, gives: ANY, from: 'one', takes: {}, compile: () => (value) => change(textOf(value)) };
}

/** A scalar as text. @throws ValueRefused for objects, lists and numbers that are not exact. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) return String(value);
  if (typeof value === 'number') throw new ValueRefused(`${value} is a binary number; hand in decimal text`);
  throw new ValueRefused('is not a single value');
}

/** Decimals to which an amount is checked here. The amount's own currency was checked when it became money. */
const DECIMALS_MAX = 30;

function amountText(value: Json, negate: boolean): string {
  const amount = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)['amount'] : value;
  if (typeof amount !== 'string') throw new ValueRefused('is not an amount: hand in decimal text or { amount, currency }');
  const minor = parseMinorUnits(amount, DECIMALS_MAX);
  const plain = amount.startsWith('+') ? amount.slice(1) : amount;
  if (!negate || minor === 0n) return plain;
  return plain.startsWith('-') ? plain.slice(1) : `-${plain}`;
}

/** Decimal text in the spelling JSON allows: no leading zeros, no trailing point. */
function jsonNumber(text: string): string {
  return text.replace(/^(-?)0+(?=\d)/, '$1').replace(/\.$/, '');
}

function dayWriter(given: Arguments): ValueWriter {
  const format = compileDateFormat(given.texts['format'] ?? 'YYYY-MM-DD');
  return (value) => {
    const text = textOf(value);
    if (!isLocalDate(text)) throw new ValueRefused(`"${shorten(text)}" is not a calendar day (YYYY-MM-DD)`);
    return typeof format === 'string' ? text : format.format(text);
  };
}

function booleanWriter(given: Arguments): ValueWriter {
  const table = given.maps['of'];
  if (table === undefined) return (value) => booleanOf(textOf(value));
  return (value) => lookUp(table, textOf(value));
}
