import { ApiProperty } from '@nestjs/swagger';
import { IsISO4217CurrencyCode, IsString, Matches } from 'class-validator';
import { BANK_TRANSACTION_STATUSES, type BankTransactionStatus, type Finding, formatMoney, type Money, MoneyError, parseMoney, type Where } from '#canonical';
import { invalid } from '../http/problem.js';

/** An amount on the wire: decimal text, never a number. */
export class MoneyBody {
  @ApiProperty({ description: 'Decimal text with at most the currency\'s decimals', example: '12.30', pattern: String.raw`^-?\d+(\.\d+)?$` })
  @IsString() @Matches(/^-?\d{1,30}(?:\.\d{1,6})?$/, { message: 'amount must be decimal text such as "12.30"' })
  readonly amount!: string;

  @ApiProperty({ description: 'ISO 4217 code', example: 'USD' })
  @IsISO4217CurrencyCode()
  readonly currency!: string;
}

export function moneyBody(money: Money): MoneyBody {
  return { amount: formatMoney(money), currency: money.currency };
}

/** @throws ProblemError naming the field when the text is finer than the currency's smallest unit. */
export function moneyOf(body: MoneyBody, field: string): Money {
  try {
    return parseMoney(body.amount, body.currency);
  } catch (error) {
    if (error instanceof MoneyError) throw invalid([{ field: `${field}.amount`, value: body.amount, problem: error.message }]);
    throw invalid([{ field: `${field}.currency`, value: body.currency, problem: error instanceof Error ? error.message : String(error) }]);
  }
}

export class WhereBody implements Where {
  @ApiProperty({ type: Number, nullable: true, description: 'From 1' }) readonly line!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'From 1' }) readonly column!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'Record code of the format: `16`, `row`' }) readonly record!: string | null;
  @ApiProperty({ type: Number, nullable: true }) readonly page!: number | null;
}

export class FindingBody implements Finding {
  @ApiProperty({ enum: ['error', 'warning'], description: '`error`: something was not taken. `warning`: everything was, and somebody should know.' })
  readonly severity!: 'error' | 'warning';
  @ApiProperty({ type: WhereBody }) readonly where!: WhereBody;
  @ApiProperty({ description: 'What stands there' }) readonly value!: string;
  @ApiProperty({ description: 'What is wrong and what to do' }) readonly problem!: string;
}

export const STATUS_PROPERTY: { enum: BankTransactionStatus[]; enumName: string } = { enum: [...BANK_TRANSACTION_STATUSES], enumName: 'BankTransactionStatus' };
