import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiConflictResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsISO4217CurrencyCode, IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength, ValidateIf, ValidateNested } from 'class-validator';
import type { Caller } from '#access';
import { LockboxProfiles, NAME_LENGTH_MAX, SENDER_LENGTH_MAX } from '#bank';
import { LOCKBOX_DATE_FORMATS, LOCKBOX_MEANINGS, LOCKBOX_RECORD_TYPES, type LockboxDateFormat, type LockboxField, type LockboxMeaning, type LockboxProfile, type LockboxRecordType } from '#documents';
import { CallerOf, Needs } from '../http/authentication.js';
import { invalid } from '../http/problem.js';
import { ID_PATTERN } from './bank-request.js';

const NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;
const USED_FOR_MAX = 50;
const FIELDS_MAX = 100;
const FIELD_TYPES = ['text', 'number', 'amount', 'date'] as const;

export class LockboxFieldBody {
  @ApiProperty({ enum: [...LOCKBOX_MEANINGS] }) @IsIn([...LOCKBOX_MEANINGS]) readonly meaning!: LockboxMeaning;
  @ApiProperty({ description: 'First column; column 1 is the record type' }) @IsInt() readonly from!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Last column; null runs to the end of the line' }) @ValidateIf(({ to }: LockboxFieldBody) => to !== null) @IsInt() readonly to!: number | null;
  @ApiProperty({ enum: [...FIELD_TYPES] }) @IsIn([...FIELD_TYPES]) readonly type!: LockboxField['type'];
  @ApiPropertyOptional({ description: 'Decimal places an amount implies' }) @IsOptional() @IsInt() readonly decimals?: number;
  @ApiPropertyOptional({ enum: [...LOCKBOX_DATE_FORMATS] }) @IsOptional() @IsIn([...LOCKBOX_DATE_FORMATS]) readonly dateFormat?: LockboxDateFormat;
}

export class LockboxRecordBody {
  @ApiProperty({ enum: [...LOCKBOX_RECORD_TYPES], description: '6 cheque, 4 its invoices, 5 deposit, 7 batch total, 8 lockbox total, 9 file total' }) @IsIn([...LOCKBOX_RECORD_TYPES]) readonly type!: LockboxRecordType;
  @ApiProperty({ type: [LockboxFieldBody] }) @IsArray() @ArrayMaxSize(FIELDS_MAX) @ValidateNested({ each: true }) @Type(() => LockboxFieldBody) readonly fields!: LockboxFieldBody[];
}

/** How one bank fills the columns of its lockbox file. */
export class LockboxProfileBody {
  @ApiProperty({ description: 'What people call it' }) @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX) readonly title!: string;
  @ApiProperty({ description: 'Where the columns are known from' }) @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX) readonly source!: string;
  @ApiProperty({ description: 'No real file has confirmed the columns yet; said at each reading' }) @IsBoolean() readonly assumed!: boolean;
  @ApiProperty({ description: 'Longest line' }) @IsInt() readonly width!: number;
  @ApiProperty({ description: 'ISO 4217 code' }) @IsISO4217CurrencyCode() readonly currency!: string;
  @ApiProperty({ type: [LockboxRecordBody] }) @IsArray() @ArrayMaxSize(LOCKBOX_RECORD_TYPES.length) @ValidateNested({ each: true }) @Type(() => LockboxRecordBody) readonly records!: LockboxRecordBody[];
}

export class KeptLockboxProfileBody extends LockboxProfileBody {
  @ApiPropertyOptional({ type: [String], description: 'Sources and senders whose lockbox files are read by it; of all others the shipped profile that fits' })
  @IsOptional() @IsArray() @ArrayMaxSize(USED_FOR_MAX) @IsString({ each: true }) @IsNotEmpty({ each: true }) @MaxLength(SENDER_LENGTH_MAX, { each: true })
  readonly usedFor?: string[];
}

export class ListedLockboxProfileBody extends LockboxProfileBody {
  @ApiProperty() readonly name!: string;
  @ApiProperty({ description: 'Comes with the program' }) readonly shipped!: boolean;
  @ApiProperty({ type: [String] }) readonly usedFor!: readonly string[];
}

export class LockboxProfilesBody {
  @ApiProperty({ type: [ListedLockboxProfileBody], description: 'The tenant\'s own, then the shipped ones' }) readonly items!: readonly ListedLockboxProfileBody[];
}

export class LockboxPreviewBody {
  @ApiProperty({ description: 'The received document to try it on' }) @Matches(ID_PATTERN) readonly receivedDocumentId!: string;
  @ApiProperty({ type: LockboxProfileBody }) @IsObject() @ValidateNested() @Type(() => LockboxProfileBody) readonly profile!: LockboxProfileBody;
}

@ApiTags('Documents')
@Controller('v1/lockbox-profiles')
export class LockboxProfilesController {
  constructor(@Inject(LockboxProfiles) private readonly profiles: LockboxProfiles) {}

  @Get()
  @ApiOperation({ summary: 'How banks fill the columns of their lockbox files' })
  @ApiOkResponse({ type: LockboxProfilesBody })
  async list(@CallerOf() caller: Caller): Promise<LockboxProfilesBody> {
    return { items: (await this.profiles.list(caller.tenantId)).map(listedBody) };
  }

  @Put(':name')
  @Needs('configure')
  @ApiOperation({ summary: 'Keep a profile', description: 'Checked whole: overlaps, missing columns and wrong types are told together, each with its place.' })
  @ApiOkResponse({ type: ListedLockboxProfileBody })
  @ApiConflictResponse({ description: 'A shipped profile has this name' })
  @ApiUnprocessableEntityResponse()
  async keep(@CallerOf() caller: Caller, @Param('name') name: string, @Body() body: KeptLockboxProfileBody): Promise<ListedLockboxProfileBody> {
    return listedBody(await this.profiles.keep(caller.tenantId, profileOf(profileName(name), body), body.usedFor ?? [], caller.name));
  }

  @Delete(':name')
  @HttpCode(204)
  @Needs('configure')
  @ApiOperation({ summary: 'Remove a profile of your own' })
  @ApiNoContentResponse({ description: 'Removed' })
  @ApiNotFoundResponse()
  async remove(@CallerOf() caller: Caller, @Param('name') name: string): Promise<void> {
    await this.profiles.remove(caller.tenantId, name, caller.name);
  }

  @Post('preview')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ summary: 'Try a profile on a received document', description: 'Every column with its text and its value, the totals declared beside those computed, and the findings. Nothing is taken.' })
  @ApiOkResponse({ schema: { type: 'object' } })
  @ApiNotFoundResponse()
  preview(@CallerOf() caller: Caller, @Body() { receivedDocumentId, profile }: LockboxPreviewBody): Promise<object> {
    return this.profiles.preview(caller.tenantId, receivedDocumentId, profileOf('preview', profile));
  }
}

function profileName(name: string): string {
  if (!NAME_PATTERN.test(name)) throw invalid([{ field: 'name', value: name.slice(0, 80), problem: 'must be lower-case letters, digits and hyphens, 63 at most' }]);
  return name;
}

function profileOf(name: string, { title, source, assumed, width, currency, records }: LockboxProfileBody): LockboxProfile {
  const field = ({ meaning, from, to, type, decimals, dateFormat }: LockboxFieldBody): LockboxField => (
    { meaning, from, to, type, ...(decimals === undefined ? {} : { decimals }), ...(dateFormat === undefined ? {} : { dateFormat }) });
  return { name, title, source, assumed, width, currency, records: records.map(({ type, fields }) => ({ type, fields: fields.map(field) })) };
}

function listedBody({ records, usedFor, ...profile }: Awaited<ReturnType<LockboxProfiles['list']>>[number]): ListedLockboxProfileBody {
  return { ...profile, usedFor: [...usedFor], records: records.map(({ type, fields }) => ({ type, fields: fields.map((field) => ({ ...field })) })) };
}
