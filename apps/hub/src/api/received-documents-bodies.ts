import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsISO4217CurrencyCode, IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { ACCOUNT_NUMBER_LENGTH_MAX, FILE_NAME_LENGTH_MAX, SOURCE_LENGTH_MAX } from '#bank';
import { DOCUMENT_FORMATS } from '#canonical';
import { COLUMNS_MAX, type CsvColumns, type CsvLayout, type DateOrder, type DecimalMark, type Delimiter } from '#documents';
import { RECEIVED_DOCUMENT_STATUSES, REMITTANCE_SOURCES, type RemittanceSource, type ReceivedDocumentCounts, type ReceivedDocumentRecord, type ReceivedDocumentStatus } from '#storage';
import { ID_PATTERN } from './bank-request.js';
import { FindingBody } from './bank-shapes.js';
import { RemittanceLayoutBody } from './remittance-layout-body.js';

const HEADER_LENGTH_MAX = 200;

export class ReceivedDocumentUploadQuery {
  @ApiProperty({ description: 'The file\'s name', maxLength: FILE_NAME_LENGTH_MAX })
  @IsString() @IsNotEmpty() @MaxLength(FILE_NAME_LENGTH_MAX)
  readonly name!: string;

  @ApiPropertyOptional({ description: 'Where it came from', default: 'upload', maxLength: SOURCE_LENGTH_MAX })
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(SOURCE_LENGTH_MAX)
  readonly source?: string;

  @ApiPropertyOptional({ enum: [...REMITTANCE_SOURCES], default: 'Manual Upload', description: 'How it reached you: the source its remittances are listed by' })
  @IsOptional() @IsIn([...REMITTANCE_SOURCES])
  readonly channel?: RemittanceSource;

  @ApiPropertyOptional({ description: 'The bank account of a CSV file that does not name it; lends its remembered layout' })
  @IsOptional() @Matches(ID_PATTERN)
  readonly bankAccountId?: string;
}

/** A nullable column by its header text. */
const Column = (description: string): PropertyDecorator => (target, key) => {
  ApiProperty({ type: String, nullable: true, required: false, default: null, description })(target, key);
  IsOptional()(target, key);
  IsString()(target, key);
  MaxLength(HEADER_LENGTH_MAX)(target, key);
};

export class CsvColumnsBody {
  @ApiProperty({ description: 'Booking day; a header text, or `#3` for the third column' })
  @IsString() @IsNotEmpty() @MaxLength(HEADER_LENGTH_MAX)
  readonly bookedOn!: string;
  @Column('Value day') readonly valueOn?: string | null;
  @Column('Signed amount, or unsigned beside `direction`') readonly amount?: string | null;
  @Column('Money in, where split') readonly credit?: string | null;
  @Column('Money out, where split') readonly debit?: string | null;
  @Column('Says money in or out beside an unsigned amount') readonly direction?: string | null;
  @Column('Currency') readonly currency?: string | null;
  @Column('Running balance') readonly balance?: string | null;
  @Column('Our own account') readonly account?: string | null;
  @Column('Who paid') readonly payerName?: string | null;
  @Column('The payer\'s account') readonly payerAccount?: string | null;
  @Column('The bank\'s reference') readonly reference?: string | null;
  @Column('The payer\'s reference') readonly customerReference?: string | null;
  @Column('Check number') readonly checkNumber?: string | null;
  @Column('Type of transaction') readonly type?: string | null;

  @ApiProperty({ type: [String], description: 'Text; several columns are joined by a blank' })
  @IsArray() @ArrayMaxSize(COLUMNS_MAX) @IsString({ each: true }) @MaxLength(HEADER_LENGTH_MAX, { each: true })
  readonly memo!: string[];
}

/** How one source writes its CSV files. */
export class CsvLayoutBody {
  @ApiProperty({ enum: [',', ';', '\t', '|'] }) @IsIn([',', ';', '\t', '|']) readonly delimiter!: Delimiter;
  @ApiProperty() @IsBoolean() readonly hasHeader!: boolean;
  @ApiProperty({ type: CsvColumnsBody }) @IsObject() @ValidateNested() @Type(() => CsvColumnsBody) readonly columns!: CsvColumnsBody;
  @ApiProperty({ enum: ['.', ','] }) @IsIn(['.', ',']) readonly decimalMark!: DecimalMark;
  @ApiProperty({ enum: ['dayMonthYear', 'monthDayYear'] }) @IsIn(['dayMonthYear', 'monthDayYear']) readonly dateOrder!: DateOrder;
  @ApiProperty({ enum: ['asWritten', 'inverted'], description: '`inverted`: money in is written as negative' }) @IsIn(['asWritten', 'inverted']) readonly signs!: 'asWritten' | 'inverted';
  @ApiPropertyOptional({ type: String, nullable: true, description: 'ISO 4217 code, where no column says it' }) @IsOptional() @IsISO4217CurrencyCode() readonly currency?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Our account, where no column says it' }) @IsOptional() @IsString() @MaxLength(ACCOUNT_NUMBER_LENGTH_MAX) readonly account?: string | null;
}

export class ReceivedDocumentImportBody {
  @ApiPropertyOptional({ type: CsvLayoutBody, description: 'Answers the questions; remembered on the file\'s accounts' })
  @IsOptional() @IsObject() @ValidateNested() @Type(() => CsvLayoutBody)
  readonly layout?: CsvLayoutBody;

  @ApiPropertyOptional({ type: RemittanceLayoutBody, description: 'The same of a payer\'s table; remembered for its sender, or for its source' })
  @IsOptional() @IsObject() @ValidateNested() @Type(() => RemittanceLayoutBody)
  readonly remittanceLayout?: RemittanceLayoutBody;

  @ApiPropertyOptional() @IsOptional() @Matches(ID_PATTERN)
  readonly bankAccountId?: string;
}

/** The layout a body describes; columns left out are not there. */
export function csvLayoutOf(body: CsvLayoutBody): CsvLayout {
  const { memo, bookedOn, ...others } = body.columns;
  const column = (name: keyof typeof others): string | null => others[name] ?? null;
  const columns: CsvColumns = {
    bookedOn, memo, valueOn: column('valueOn'), amount: column('amount'), credit: column('credit'), debit: column('debit'), direction: column('direction'),
    currency: column('currency'), balance: column('balance'), account: column('account'), payerName: column('payerName'), payerAccount: column('payerAccount'),
    reference: column('reference'), customerReference: column('customerReference'), checkNumber: column('checkNumber'), type: column('type'),
  };
  const { delimiter, hasHeader, decimalMark, dateOrder, signs } = body;
  return { delimiter, hasHeader, columns, decimalMark, dateOrder, signs, currency: body.currency ?? null, account: body.account ?? null };
}

export class ReceivedDocumentCountsBody implements ReceivedDocumentCounts {
  @ApiProperty() readonly statements!: number;
  @ApiProperty({ description: 'Statements that say they are tests; not imported' }) readonly testStatements!: number;
  @ApiProperty({ description: 'Lines read: created + changed + known + notTaken' }) readonly transactions!: number;
  @ApiProperty({ description: 'New lines' }) readonly created!: number;
  @ApiProperty({ description: 'Known lines the file settled or brought back' }) readonly changed!: number;
  @ApiProperty({ description: 'Lines another file brought before' }) readonly known!: number;
  @ApiProperty({ description: 'Lines of test and deleted statements, and those that cannot be stored' }) readonly notTaken!: number;
  @ApiProperty({ description: 'Lines of earlier files the bank took back' }) readonly withdrawn!: number;
  @ApiProperty({ description: 'Bank accounts met for the first time' }) readonly accountsMade!: number;
  @ApiProperty({ description: 'New remittances' }) readonly remittances!: number;
  @ApiProperty({ description: 'Their lines' }) readonly remittanceLines!: number;
  @ApiProperty({ description: 'New ACH returns and notifications of change' }) readonly achEntries!: number;
  @ApiProperty({ description: 'Remittances, returns and notifications another document brought before' }) readonly explanationsKnown!: number;
}

/** A document in lists. */
export class ReceivedDocumentSummaryBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly name!: string;
  @ApiProperty() readonly sizeBytes!: number;
  @ApiProperty({ description: 'SHA-256 of the content, hexadecimal' }) readonly contentHash!: string;
  @ApiProperty({ type: String, nullable: true, enum: [...DOCUMENT_FORMATS], description: 'Recognised by content' }) readonly format!: string | null;
  @ApiProperty() readonly source!: string;
  @ApiProperty({ enum: [...REMITTANCE_SOURCES], description: 'How it reached us' }) readonly channel!: RemittanceSource;
  @ApiProperty({ type: String, nullable: true, description: 'Who sent it, where the channel knows' }) readonly sender!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The account the uploader chose' }) readonly bankAccountId!: string | null;
  @ApiProperty({ enum: [...RECEIVED_DOCUMENT_STATUSES], description: '`processing`: kept, not imported yet; hand it in again if it stays so. `invalid`: nothing was imported, the findings say why.' })
  readonly status!: ReceivedDocumentStatus;
  @ApiProperty({ type: ReceivedDocumentCountsBody, nullable: true }) readonly counts!: ReceivedDocumentCountsBody | null;
  @ApiProperty({ description: 'Findings that say something was not taken' }) readonly errorCount!: number;
  @ApiProperty() readonly warningCount!: number;
  @ApiProperty() readonly uploadedBy!: string;
  @ApiProperty({ format: 'date-time' }) readonly uploadedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) readonly finishedAt!: string | null;
}

export class ReceivedDocumentBody extends ReceivedDocumentSummaryBody {
  @ApiProperty({ type: [FindingBody] }) readonly findings!: readonly FindingBody[];
  @ApiProperty({ type: Object, nullable: true, description: '`{ layout, questions }` of a CSV file: how it was read, or would be once the questions are answered' })
  readonly layout!: object | null;
}

export class UploadedReceivedDocumentBody extends ReceivedDocumentBody {
  @ApiProperty({ type: String, nullable: true, description: 'The file that brought these bytes before; nothing was changed' })
  readonly duplicateOf!: string | null;
}

export function receivedDocumentSummary(file: ReceivedDocumentRecord): ReceivedDocumentSummaryBody {
  const { id, name, sizeBytes, contentHash, format, source, channel, sender, bankAccountId, status, counts, findings, uploadedBy } = file;
  const errorCount = findings.filter(({ severity }) => severity === 'error').length;
  return {
    id, name, sizeBytes, contentHash, format, source, channel, sender, bankAccountId, status, counts: counts.statements === undefined ? null : counts as ReceivedDocumentCountsBody,
    errorCount, warningCount: findings.length - errorCount, uploadedBy, uploadedAt: file.uploadedAt.toISOString(), finishedAt: file.finishedAt?.toISOString() ?? null,
  };
}

export function receivedDocumentBody(file: ReceivedDocumentRecord): ReceivedDocumentBody {
  return { ...receivedDocumentSummary(file), findings: file.findings, layout: file.layout };
}
