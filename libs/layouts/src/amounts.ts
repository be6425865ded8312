import { formatMinorUnits, MONEY_DIGITS_MAX, parseMinorUnits } from '#canonical';
import { shown, ValueProblem } from './value-problem.js';

/** How a file writes an amount. */
export interface AmountStyle {
  /** Decimal places; `currency` takes those of the amount's currency, `asGiven` those of the text. */
  readonly decimals: number | 'currency' | 'asGiven';
  /** No point: the last digits are the decimals. */
  readonly implied: boolean;
  readonly point: '.' | ',';
  readonly sign: 'leading' | 'trailing' | 'none';
  /** The file's sign is the other way round. */
  readonly negate: boolean;
}

/**
 * To plain decimal text, `-1234.50`. `exponent` is the currency's, null where the layout names none.
 * @throws ValueProblem for everything that is not exactly such an amount.
 */
export function readAmount(text: string, style: AmountStyle, exponent: number | null): string {
  if (isPlain(text, style)) return text;
  const { digits, negative } = unsigned(text, style);
  if (digits.length > MONEY_DIGITS_MAX) throw new ValueProblem(`${shown(text)} has more than ${MONEY_DIGITS_MAX} digits`);
  const plain = style.implied ? withPoint(digits, decimalsOf(style, exponent), text) : pointed(digits, style, text);
  return negative !== style.negate && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

/** From plain decimal text. @throws ValueProblem for an amount that is no decimal number or does not fit the style. */
export function writeAmount(text: string, style: AmountStyle, exponent: number | null): string {
  const places = style.decimals === 'asGiven' ? Math.max(0, text.length - 1 - (text.includes('.') ? text.indexOf('.') : text.length)) : decimalsOf(style, exponent);
  const given = minorUnits(text, places);
  const units = style.negate ? -given : given;
  if (units < 0n && style.sign === 'none') throw new ValueProblem(`${shown(text)} is negative, and the layout has no sign`);
  const plain = formatMinorUnits(units < 0n ? -units : units, places);
  const written = style.implied ? plain.replace('.', '') : style.point === ',' ? plain.replace('.', ',') : plain;
  if (units >= 0n) return written;
  return style.sign === 'trailing' ? `${written}-` : `-${written}`;
}

/** `10^-places` units in a plain decimal text. @throws ValueProblem when it is none or is finer. */
export function minorUnits(text: string, places: number): bigint {
  try {
    return parseMinorUnits(text, places);
  } catch (error) {
    throw new ValueProblem(error instanceof Error ? error.message : String(error));
  }
}

function decimalsOf(style: AmountStyle, exponent: number | null): number {
  if (typeof style.decimals === 'number') return style.decimals;
  if (exponent === null) throw new ValueProblem('has no currency to take the decimals from');
  return exponent;
}

/** The common case without an allocation: digits, one point, perhaps a minus in front. */
function isPlain(text: string, style: AmountStyle): boolean {
  if (style.implied || style.negate || style.point !== '.' || text.length === 0 || text.length > MONEY_DIGITS_MAX) return false;
  let index = style.sign === 'leading' && text.charCodeAt(0) === 45 ? 1 : 0;
  const start = index;
  if (text.charCodeAt(start) === 48 && start + 1 < text.length && text.charCodeAt(start + 1) !== 46) return false;
  let point = -1;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46 && point < 0 && index > start) { point = index; continue; }
    if (code < 48 || code > 57) return false;
  }
  return point !== text.length - 1 && text.length > start;
}

function unsigned(text: string, style: AmountStyle): { readonly digits: string; readonly negative: boolean } {
  if (style.sign === 'leading' && /^[+-]/.test(text)) return { digits: text.slice(1), negative: text.startsWith('-') };
  if (style.sign === 'trailing' && /[+-]$/.test(text)) return { digits: text.slice(0, -1), negative: text.endsWith('-') };
  return { digits: text, negative: false };
}

function withPoint(digits: string, places: number, text: string): string {
  if (!/^\d+$/.test(digits)) throw new ValueProblem(`${shown(text)} is not an amount without a point (digits only)`);
  return formatMinorUnits(BigInt(digits), places);
}

function pointed(digits: string, style: AmountStyle, text: string): string {
  const match = (style.point === ',' ? /^(\d+)(?:,(\d+))?$/ : /^(\d+)(?:\.(\d+))?$/).exec(digits);
  if (match === null) throw new ValueProblem(`${shown(text)} is not an amount (digits with "${style.point}" before the decimals, no grouping)`);
  const whole = (match[1] ?? '').replace(/^0+(?=\d)/, '');
  return match[2] === undefined ? whole : `${whole}.${match[2]}`;
}
