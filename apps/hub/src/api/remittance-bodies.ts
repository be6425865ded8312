import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsISO4217CurrencyCode, IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength, ValidateIf, ValidateNested } from 'class-validator';
import { ADJUSTMENTS_MAX, NAME_LENGTH_MAX, REMITTANCE_BODY_LENGTH_MAX, REMITTANCE_LINES_MAX, type RemittanceEntry } from '#bank';
import { isLocalDate, type LocalDate, type Money, REMITTANCE_LINE_KINDS, type RemittanceLine, type RemittanceLineKind, subtractMoney } from '#canonical';
import { type RemittanceRecord, REMITTANCE_SOURCES, type RemittanceSource, type RemittanceSummary } from '#storage';
import { invalid } from '../http/problem.js';
import { ID_PATTERN } from './bank-request.js';
import { FindingBody, MoneyBody, moneyBody, moneyOf, WhereBody } from './bank-shapes.js';

const OptionalMoney = (description: string): PropertyDecorator => (target, key) => {
  ApiProperty({ type: MoneyBody, nullable: true, required: false, description })(target, key);
  IsOptional()(target, key);
  IsObject()(target, key);
  ValidateNested()(target, key);
  Type(() => MoneyBody)(target, key);
};
const OptionalText = (description: string): PropertyDecorator => (target, key) => {
  ApiProperty({ type: String, nullable: true, required: false, description, maxLength: NAME_LENGTH_MAX })(target, key);
  IsOptional()(target, key);
  IsString()(target, key);
  IsNotEmpty()(target, key);
  MaxLength(NAME_LENGTH_MAX)(target, key);
};

export class RemittanceAdjustmentBody {
  @ApiProperty({ type: MoneyBody, description: 'Negative = paid less' }) @IsObject() @ValidateNested() @Type(() => MoneyBody) readonly amount!: MoneyBody;
  @OptionalText('The payer\'s reason code, as written') readonly code?: string | null;
  @OptionalText('His reason in words') readonly text?: string | null;
  @OptionalText('His number of the claim or debit memo') readonly reference?: string | null;
}

export class RemittanceLineBody {
  @ApiProperty({ description: 'Invoice, credit or order the payer names; empty for money on account and adjustments that name none', maxLength: NAME_LENGTH_MAX }) @IsString() @MaxLength(NAME_LENGTH_MAX)
  @ValidateIf(({ kind, reference }: RemittanceLineBody) => reference !== '' || (kind !== 'onAccount' && kind !== 'adjustment')) @IsNotEmpty()
  readonly reference!: string;
  @ApiPropertyOptional({ enum: [...REMITTANCE_LINE_KINDS], default: 'invoice' }) @IsOptional() @IsIn([...REMITTANCE_LINE_KINDS]) readonly kind?: RemittanceLineKind;
  @OptionalMoney('Net of discount and adjustments; negative for a credit taken. Null where the payer names the item and no amount') readonly paid?: MoneyBody | null;
  @OptionalMoney('Before discount and adjustments') readonly gross?: MoneyBody | null;
  @OptionalMoney('Discount taken') readonly discount?: MoneyBody | null;
  @ApiPropertyOptional({ type: [RemittanceAdjustmentBody], description: 'What the payer took off or put on, in `paid` already' })
  @IsOptional() @IsArray() @ArrayMaxSize(ADJUSTMENTS_MAX) @ValidateNested({ each: true }) @Type(() => RemittanceAdjustmentBody)
  readonly adjustments?: RemittanceAdjustmentBody[];
  @OptionalText('Text of the line') readonly memo?: string | null;
}

/** A line with its place in the document it was read from. */
export class ReadRemittanceLineBody extends RemittanceLineBody {
  @ApiProperty({ type: WhereBody, description: 'Where it stands in the document' }) readonly where!: WhereBody;
}

export class NewRemittanceBody {
  @ApiPropertyOptional({ enum: [...REMITTANCE_SOURCES], default: 'API' }) @IsOptional() @IsIn([...REMITTANCE_SOURCES]) readonly source?: RemittanceSource;
  @OptionalText('Who paid') readonly payerName?: string | null;
  @OptionalText('Company id or customer number of the payer') readonly payerId?: string | null;
  @OptionalText('Number of the advice, check or trace') readonly reference?: string | null;
  @OptionalMoney('What the payer says it adds up to') readonly total?: MoneyBody | null;
  @ApiProperty({ description: 'ISO 4217 code of every amount' }) @IsISO4217CurrencyCode() readonly currency!: string;
  @ApiPropertyOptional({ type: String, format: 'date', nullable: true }) @IsOptional() @IsString() readonly paidOn?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Free text, such as a note of a call', maxLength: REMITTANCE_BODY_LENGTH_MAX }) @IsOptional() @IsString() @MaxLength(REMITTANCE_BODY_LENGTH_MAX)
  readonly body?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'The bank transaction it explains, where known' }) @IsOptional() @Matches(ID_PATTERN) readonly bankTransactionId?: string | null;
  @ApiProperty({ type: [RemittanceLineBody] }) @IsArray() @ArrayMaxSize(REMITTANCE_LINES_MAX) @ValidateNested({ each: true }) @Type(() => RemittanceLineBody)
  readonly lines!: RemittanceLineBody[];
}

export class RemittanceLinkBody {
  @ApiProperty({ description: 'The bank transaction it explains' }) @Matches(ID_PATTERN) readonly bankTransactionId!: string;
}

/** A remittance in lists. */
export class RemittanceSummaryBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty({ enum: [...REMITTANCE_SOURCES] }) readonly source!: RemittanceSource;
  @ApiProperty({ enum: ['processing', 'invalid', 'processed'] }) readonly status!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The received document it was read from' }) readonly receivedDocumentId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly payerName!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly payerId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly payee!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As the format names it: ACH, CHK, FWT' }) readonly method!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly reference!: string | null;
  @ApiProperty({ type: MoneyBody, nullable: true }) readonly total!: MoneyBody | null;
  @ApiProperty({ description: 'ISO 4217 code' }) readonly currency!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) readonly paidOn!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly bankTransactionId!: string | null;
  @ApiProperty() readonly lineCount!: number;
  @ApiProperty({ type: MoneyBody, description: 'Sum of the lines' }) readonly lineTotal!: MoneyBody;
  @ApiProperty({ type: MoneyBody, nullable: true, description: 'Total less the lines; null without a total' }) readonly difference!: MoneyBody | null;
  @ApiProperty({ type: [FindingBody], description: 'Figures that do not agree' }) readonly findings!: readonly FindingBody[];
  @ApiProperty() readonly createdBy!: string;
  @ApiProperty({ description: 'Also the ETag' }) readonly version!: number;
  @ApiProperty({ format: 'date-time' }) readonly receivedAt!: string;
}

export class RemittanceBody extends RemittanceSummaryBody {
  @ApiProperty({ type: String, nullable: true }) readonly body!: string | null;
  @ApiProperty({ type: WhereBody, nullable: true, description: 'Where it stands in its document' }) readonly where!: WhereBody | null;
  @ApiProperty({ type: [ReadRemittanceLineBody] }) readonly lines!: ReadRemittanceLineBody[];
}

export function remittanceEntryOf(body: NewRemittanceBody): RemittanceEntry {
  return {
    source: body.source ?? 'API', payerName: body.payerName ?? null, payerId: body.payerId ?? null, reference: body.reference ?? null, total: optionalMoney(body.total, 'total'),
    currency: body.currency, paidOn: dayOf(body.paidOn ?? null, 'paidOn'), body: body.body ?? null, bankTransactionId: body.bankTransactionId ?? null,
    lines: body.lines.map((line, index) => lineOf(line, `lines[${index}]`)),
  };
}

function lineOf(line: RemittanceLineBody, path: string): RemittanceLine {
  const adjustments = (line.adjustments ?? []).map(({ amount, code, text, reference }, index) => (
    { amount: moneyOf(amount, `${path}.adjustments[${index}].amount`), code: code ?? null, text: text ?? null, reference: reference ?? null }));
  return {
    reference: line.reference, kind: line.kind ?? 'invoice', paid: optionalMoney(line.paid, `${path}.paid`), gross: optionalMoney(line.gross, `${path}.gross`),
    discount: optionalMoney(line.discount, `${path}.discount`), adjustments, memo: line.memo ?? null, where: { line: null, column: null, record: null, page: null },
  };
}

export function remittanceSummary(remittance: RemittanceSummary): RemittanceSummaryBody {
  const { id, source, status, receivedDocumentId, payee, method, payerName, payerId, reference, total, currency, paidOn, bankTransactionId, lineCount, lineTotal, findings, createdBy, version } = remittance;
  return {
    id, source, status, receivedDocumentId, payee, method, payerName, payerId, reference, total: total === null ? null : moneyBody(total), currency, paidOn, bankTransactionId, lineCount, lineTotal: moneyBody(lineTotal),
    difference: total === null ? null : moneyBody(subtractMoney(total, lineTotal)), findings, createdBy, version, receivedAt: remittance.receivedAt.toISOString(),
  };
}

export function remittanceBody(remittance: RemittanceRecord): RemittanceBody {
  const optional = (money: Money | null): MoneyBody | null => (money === null ? null : moneyBody(money));
  const lines = remittance.lines.map(({ reference, kind, paid, gross, discount, adjustments, memo, where }) => ({
    reference, kind, paid: optional(paid), gross: optional(gross), discount: optional(discount), memo, where, adjustments: adjustments.map(({ amount, ...words }) => ({ amount: moneyBody(amount), ...words })),
  }));
  return { ...remittanceSummary(remittance), body: remittance.body, where: remittance.where, lines };
}

function optionalMoney(body: MoneyBody | null | undefined, field: string): Money | null {
  return body === null || body === undefined ? null : moneyOf(body, field);
}

function dayOf(text: string | null, field: string): LocalDate | null {
  if (text === null) return null;
  if (!isLocalDate(text)) throw invalid([{ field, value: text.slice(0, 40), problem: 'is not a calendar day (YYYY-MM-DD)' }]);
  return text;
}
