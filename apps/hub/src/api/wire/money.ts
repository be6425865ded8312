import { ApiProperty } from '@nestjs/swagger';
import { formatMoney, type CurrencyCode } from '#canonical';
import { PartField, type FieldOptions } from './fields.js';

/** An exact amount on the wire: decimal text with the currency's decimals, and an ISO 4217 code. Never a number. */
export class MoneyBody {
  @ApiProperty({ type: String, description: 'Decimal text with exactly the currency\'s decimals', example: '1234.50', pattern: String.raw`^-?\d+(\.\d+)?$` })
  amount!: string;

  @ApiProperty({ type: String, description: 'ISO 4217 code', example: 'EUR', pattern: '^[A-Z]{3}$' })
  currency!: string;
}

export const MoneyField = (description: string, options: FieldOptions = {}): PropertyDecorator => PartField(() => MoneyBody, description, options);

/** Stored minor units, as the database hands them over, for the wire. */
export function moneyBody(minor: string | bigint, currency: string): MoneyBody {
  return { amount: formatMoney({ minor: BigInt(minor), currency: currency as CurrencyCode }), currency };
}

export function moneyOrNull(minor: string | bigint | null, currency: string): MoneyBody | null {
  return minor === null ? null : moneyBody(minor, currency);
}
