/** The grammar of a JSON number (RFC 8259, section 6). */
const JSON_NUMBER = /^(?<sign>-?)(?<whole>0|[1-9]\d*)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d{1,3}))?$/;

/**
 * A JSON number as plain decimal text with its sign turned, digit by digit: Plaid's positive is money out, ours is money in. No float is made.
 * Null when the text is no JSON number, or one with a larger exponent than an amount can have.
 */
export function turnedDecimal(text: string): string | null {
  const parts = JSON_NUMBER.exec(text)?.groups;
  if (parts === undefined) return null;
  const { sign, whole = '', fraction = '', exponent = '0' } = parts;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = point <= 0 ? 1 : point;
  const unsigned = [padded.slice(0, at).replace(/^0+(?=\d)/, ''), padded.slice(at)].filter((part) => part !== '').join('.');
  const isZero = /^[0.]*$/.test(unsigned);
  return sign === '-' || isZero ? unsigned : `-${unsigned}`;
}
