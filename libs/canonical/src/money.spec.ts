import fc from 'fast-check';
import { addMoney, allocateMoney, compareMoney, formatMoney, MoneyError, parseMoney } from './money.js';

const currencies = fc.constantFrom('USD', 'JPY', 'KWD', 'CLF');
const minors = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe('money', () => {
  it('survives format then parse for every exponent, up to 10^30', () => {
    fc.assert(fc.property(currencies, minors, (currency, minor) => {
      expect(parseMoney(formatMoney({ minor, currency }), currency)).toEqual({ minor, currency });
    }));
  });

  it.each([
    ['1234.1', 'USD', 123410n], ['-0.05', 'USD', -5n], ['7', 'JPY', 7n], ['0.125', 'KWD', 125n], ['12.3400', 'USD', 1234n], ['+3.5', 'EUR', 350n],
    ['12345678901234567.89', 'USD', 1234567890123456789n], ['9007199254740993', 'JPY', 9007199254740993n], ['5.', 'USD', 500n],
  ])('reads %s %s exactly', (text, currency, minor) => {
    expect(parseMoney(text, currency).minor).toBe(minor);
  });

  it.each(['', ' 1', '1,234.10', '1e3', '12.345', '.', '-', '1.2.3', '0x10', '٣', '.5', '--1'])('refuses %j and names it', (text) => {
    expect(() => parseMoney(text, 'USD')).toThrow(MoneyError);
    expect(() => parseMoney(text, 'USD')).toThrow(JSON.stringify(text));
  });

  it('splits into parts that always add up, negative amounts too', () => {
    fc.assert(fc.property(minors, fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 20 }), (minor, weights) => {
      fc.pre(weights.some((weight) => weight > 0n));
      const parts = allocateMoney({ minor, currency: 'USD' }, weights);
      expect(parts.reduce((sum, part) => sum + part.minor, 0n)).toBe(minor);
      weights.forEach((weight, index) => { if (weight === 0n) expect(parts[index]?.minor).toBe(0n); });
    }));
  });

  it('has no sum over two currencies', () => {
    expect(() => addMoney({ minor: 1n, currency: 'USD' }, { minor: 1n, currency: 'EUR' })).toThrow('USD and EUR');
    expect(compareMoney({ minor: 1n, currency: 'USD' }, { minor: 2n, currency: 'USD' })).toBe(-1);
  });
});
