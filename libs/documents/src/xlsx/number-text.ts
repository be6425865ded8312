import { EXPONENT_MAX } from './limits.js';
import type { NumberFormat } from './number-format.js';

/** A stored number as the plain decimal text it means. */
export interface NumberText {
  readonly text: string;
  /** True when digits that only binary arithmetic left there were taken off. */
  readonly rounded: boolean;
}

/** Significant digits a spreadsheet program works with; what a file stores beyond them came from binary arithmetic. */
const DIGITS_KEPT = 15;
/** Digits and mark that `General` has room for. */
const GENERAL_WIDTH = 11;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The text of a stored number, exactly. Only `1234.5600000000001` and the like, which 0.1 + 0.2 leaves behind, are rounded, and only when what
 * the cell shows and the 15 digits the program works with are the same number. Null when it is no number.
 */
export function numberText(stored: string, format: NumberFormat): NumberText | null {
  const match = NUMBER.exec(stored);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (Math.abs(Number(exponent)) > EXPONENT_MAX) return null;
  const plain = exponent === '0' && match[4] === undefined ? { digits: whole + fraction, decimals: fraction.length } : shifted(whole + fraction, fraction.length - Number(exponent));
  const clean = withoutTrace(plain, format);
  const used = clean ?? plain;
  return { text: written(sign, used, format.digitsMin), rounded: clean !== null };
}

interface Decimal {
  readonly digits: string;
  readonly decimals: number;
}

function shifted(digits: string, decimals: number): Decimal {
  return decimals >= 0 ? { digits: digits.padStart(decimals + 1, '0'), decimals } : { digits: digits + '0'.repeat(-decimals), decimals: 0 };
}

function withoutTrace(number: Decimal, { decimals: shown }: NumberFormat): Decimal | null {
  const significant = number.digits.replace(/^0+/, '');
  if (significant.length <= DIGITS_KEPT || number.decimals === 0) return null;
  const wholeDigits = Math.max(1, significant.length - number.decimals);
  const kept = rounded(number, number.decimals - (significant.length - DIGITS_KEPT));
  const seen = rounded(number, shown ?? Math.max(0, GENERAL_WIDTH - 1 - wholeDigits));
  return kept !== null && seen !== null && same(kept, seen) ? trimmed(seen) : null;
}

/** Half away from zero, as programs show it; null where there is nothing to round. */
function rounded({ digits, decimals }: Decimal, to: number): Decimal | null {
  if (to < 0 || to >= decimals) return null;
  const unit = 10n ** BigInt(decimals - to);
  return { digits: ((BigInt(digits) + unit / 2n) / unit).toString().padStart(to + 1, '0'), decimals: to };
}

function same(left: Decimal, right: Decimal): boolean {
  const decimals = Math.max(left.decimals, right.decimals);
  const [first, second] = [left, right].map((each) => BigInt(each.digits + '0'.repeat(decimals - each.decimals)));
  return first === second;
}

function trimmed(number: Decimal): Decimal {
  let { digits, decimals } = number;
  while (decimals > 0 && digits.endsWith('0')) [digits, decimals] = [digits.slice(0, -1), decimals - 1];
  return { digits, decimals };
}

function written(sign: string, { digits, decimals }: Decimal, digitsMin: number): string {
  const at = digits.length - decimals;
  const whole = digits.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const fraction = decimals === 0 ? '' : `.${digits.slice(at)}`;
  return `${sign}${fraction === '' ? whole.padStart(digitsMin, '0') : whole}${fraction}`;
}
