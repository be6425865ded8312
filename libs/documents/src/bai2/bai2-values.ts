import { MONEY_DIGITS_MAX } from '#canonical';

const PLAIN_INTEGER = /^[+-]?\d+$/;
/** Digits a double holds exactly. */
const EXACT_DIGITS_MAX = 15;

/** An amount of BAI2: an integer in the smallest unit of its currency, perhaps signed. Null when it is anything else. */
export function parseBaiInteger(text: string): bigint | null {
  if (text.length > MONEY_DIGITS_MAX || !PLAIN_INTEGER.test(text)) return null;
  return text.length <= EXACT_DIGITS_MAX ? BigInt(Number(text)) : BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** A count; null when it is none. */
export function parseCount(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
