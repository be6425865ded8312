import { formatMoney, type CurrencyCode } from '#canonical';
import { MoneyBody } from '../bank-shapes.js';
import { PartField, type FieldOptions } from './fields.js';

export { MoneyBody };

export const MoneyField = (description: string, options: FieldOptions = {}): PropertyDecorator => PartField(() => MoneyBody, description, options);

/** Stored minor units, as the database hands them over, for the wire. */
export function moneyBody(minor: string | bigint, currency: string): MoneyBody {
  return { amount: formatMoney({ minor: BigInt(minor), currency: currency as CurrencyCode }), currency };
}

export function moneyOrNull(minor: string | bigint | null, currency: string): MoneyBody | null {
  return minor === null ? null : moneyBody(minor, currency);
}
