import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsISO4217CurrencyCode, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { COLUMNS_MAX, type DateOrder, type DecimalMark, type Delimiter, type RemittanceColumns, type RemittanceLayout } from '#documents';

const HEADER_LENGTH_MAX = 200;

/** A nullable column by its header text, or `#3` for the third. */
const Column = (description: string): PropertyDecorator => (target, key) => {
  ApiProperty({ type: String, nullable: true, required: false, default: null, description })(target, key);
  IsOptional()(target, key);
  IsString()(target, key);
  MaxLength(HEADER_LENGTH_MAX)(target, key);
};

export class RemittanceColumnsBody {
  @Column('The payer\'s number for the item; a header text, or `#3` for the third column') readonly reference?: string | null;
  @Column('Invoice, credit memo, on account, in words') readonly kind?: string | null;
  @Column('Net of discount and deduction') readonly paid?: string | null;
  @Column('Before discount and deduction') readonly gross?: string | null;
  @Column('Discount taken') readonly discount?: string | null;
  @Column('Taken off beside the discount') readonly deduction?: string | null;
  @Column('Code of the deduction') readonly deductionCode?: string | null;
  @Column('Reason of the deduction in words') readonly deductionReason?: string | null;
  @Column('Purchase order') readonly purchaseOrder?: string | null;
  @Column('Our customer, as the payer names it') readonly customer?: string | null;
  @Column('Who pays') readonly payerName?: string | null;
  @Column('Cheque, transfer or payment number: rows with the same one are one payment') readonly payment?: string | null;
  @Column('Day of the payment') readonly paidOn?: string | null;
  @Column('Total of the payment, repeated in its rows') readonly paymentAmount?: string | null;
  @Column('Currency') readonly currency?: string | null;

  @ApiProperty({ type: [String], description: 'Text; several columns are joined by a blank' })
  @IsArray() @ArrayMaxSize(COLUMNS_MAX) @IsString({ each: true }) @MaxLength(HEADER_LENGTH_MAX, { each: true })
  readonly memo!: string[];
}

/** How one source writes its remittance tables. */
export class RemittanceLayoutBody {
  @ApiProperty({ enum: ['remittance'] }) @IsIn(['remittance']) readonly table!: 'remittance';
  @ApiProperty({ enum: [',', ';', '\t', '|'], description: 'Means nothing in a workbook' }) @IsIn([',', ';', '\t', '|']) readonly delimiter!: Delimiter;
  @ApiProperty() @IsBoolean() readonly hasHeader!: boolean;
  @ApiProperty({ type: RemittanceColumnsBody }) @IsObject() @ValidateNested() @Type(() => RemittanceColumnsBody) readonly columns!: RemittanceColumnsBody;
  @ApiProperty({ enum: ['.', ','] }) @IsIn(['.', ',']) readonly decimalMark!: DecimalMark;
  @ApiProperty({ enum: ['dayMonthYear', 'monthDayYear'] }) @IsIn(['dayMonthYear', 'monthDayYear']) readonly dateOrder!: DateOrder;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'ISO 4217 code, where no column says it' }) @IsOptional() @IsISO4217CurrencyCode() readonly currency?: string | null;
}

/** The layout a body describes; columns left out are not there. */
export function remittanceLayoutOf({ table, delimiter, hasHeader, columns: given, decimalMark, dateOrder, currency }: RemittanceLayoutBody): RemittanceLayout {
  const { memo, ...others } = given;
  const column = (name: keyof typeof others): string | null => others[name] ?? null;
  const columns: RemittanceColumns = {
    memo, reference: column('reference'), kind: column('kind'), paid: column('paid'), gross: column('gross'), discount: column('discount'), deduction: column('deduction'),
    deductionCode: column('deductionCode'), deductionReason: column('deductionReason'), purchaseOrder: column('purchaseOrder'), customer: column('customer'), payerName: column('payerName'),
    payment: column('payment'), paidOn: column('paidOn'), paymentAmount: column('paymentAmount'), currency: column('currency'),
  };
  return { table, delimiter, hasHeader, columns, decimalMark, dateOrder, currency: currency ?? null };
}
