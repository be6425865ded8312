import { Body, Controller, Get, Headers, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { IsISO4217CurrencyCode, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { ACCOUNT_NUMBER_LENGTH_MAX, BankAccounts, NAME_LENGTH_MAX } from '#bank';
import { BANK_ACCOUNTS, type BankAccountLinks, type BankAccountRecord } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { notFound } from '../http/problem.js';
import { entityTag, expectedVersion, ID_PATTERN, RecordIdPipe } from './bank-request.js';

const given = (_: unknown, value: unknown): boolean => value !== undefined;

class BankAccountLinksBody {
  @ApiPropertyOptional({ type: String, nullable: true, description: 'The connection whose books hold this cash' })
  @IsOptional() @Matches(ID_PATTERN)
  readonly connectionId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Cash account in the ERP, by the ERP\'s id' })
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly ledgerAccountExternalId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Receivables account in the ERP, by the ERP\'s id' })
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly receivablesAccountExternalId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Legal entity in the ERP, by the ERP\'s id' })
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly companyExternalId?: string | null;
}

export class NewBankAccountBody extends BankAccountLinksBody {
  @ApiProperty({ maxLength: NAME_LENGTH_MAX }) @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly name!: string;

  @ApiProperty({ description: 'As the bank writes it; blanks do not count', maxLength: ACCOUNT_NUMBER_LENGTH_MAX }) @IsString() @IsNotEmpty() @MaxLength(ACCOUNT_NUMBER_LENGTH_MAX)
  readonly accountNumber!: string;

  @ApiProperty({ description: 'ISO 4217 code' }) @IsISO4217CurrencyCode()
  readonly currency!: string;
}

/** What is left out stays; null takes a link away. */
export class BankAccountChangeBody extends BankAccountLinksBody {
  @ApiPropertyOptional({ maxLength: NAME_LENGTH_MAX }) @ValidateIf(given) @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly name?: string;
}

export class BankAccountBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly name!: string;
  @ApiProperty() readonly accountNumber!: string;
  @ApiProperty({ description: 'ISO 4217 code' }) readonly currency!: string;
  @ApiProperty({ type: String, nullable: true }) readonly connectionId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly ledgerAccountExternalId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly receivablesAccountExternalId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly companyExternalId!: string | null;
  @ApiProperty({ type: Object, nullable: true, description: 'How its CSV files are written, once somebody has said so' }) readonly csvLayout!: object | null;
  @ApiProperty({ description: 'Also the ETag' }) readonly version!: number;
  @ApiProperty({ format: 'date-time' }) readonly createdAt!: string;
  @ApiProperty({ format: 'date-time' }) readonly updatedAt!: string;
}

function bankAccountBody({ createdAt, updatedAt, ...account }: BankAccountRecord): BankAccountBody {
  return { ...account, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

@ApiTags('Bank accounts')
@Controller('v1/bank-accounts')
export class BankAccountsController {
  constructor(@Inject(BankAccounts) private readonly accounts: BankAccounts) {}

  @Get()
  @ApiOperation({ summary: 'List bank accounts' })
  @ApiList(BANK_ACCOUNTS, BankAccountBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<BankAccountBody>> {
    const { rows, nextCursor } = await this.accounts.list(caller.tenantId, listRequest(request));
    return { items: rows.map(bankAccountBody), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One bank account' })
  @ApiOkResponse({ type: BankAccountBody })
  @ApiNotFoundResponse()
  async get(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('bank account')) id: string, @Res({ passthrough: true }) response: Response): Promise<BankAccountBody> {
    const account = await this.accounts.get(caller.tenantId, id);
    if (account === null) throw notFound('bank account', id);
    response.setHeader('ETag', entityTag(account.version));
    return bankAccountBody(account);
  }

  @Post()
  @Needs('configure')
  @ApiOperation({ summary: 'Enter a bank account', description: 'Before its first file; otherwise the file makes it.' })
  @ApiCreatedResponse({ type: BankAccountBody })
  @ApiConflictResponse({ description: 'There is one of that number and currency' })
  @ApiUnprocessableEntityResponse()
  async create(@CallerOf() caller: Caller, @Body() body: NewBankAccountBody, @Res({ passthrough: true }) response: Response): Promise<BankAccountBody> {
    const links: BankAccountLinks = {
      name: body.name, connectionId: body.connectionId ?? null, ledgerAccountExternalId: body.ledgerAccountExternalId ?? null,
      receivablesAccountExternalId: body.receivablesAccountExternalId ?? null, companyExternalId: body.companyExternalId ?? null,
    };
    const account = await this.accounts.create(caller.tenantId, { accountNumber: body.accountNumber, currency: body.currency, links }, caller.name);
    response.setHeader('ETag', entityTag(account.version));
    return bankAccountBody(account);
  }

  @Patch(':id')
  @Needs('configure')
  @ApiOperation({ summary: 'Name or link a bank account', description: 'To a connection, and to that connection\'s ledger account, receivables account and company.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version the change was made from' })
  @ApiOkResponse({ type: BankAccountBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'Somebody changed it meanwhile' })
  @ApiUnprocessableEntityResponse()
  async update(
    @CallerOf() caller: Caller, @Param('id', new RecordIdPipe('bank account')) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() body: BankAccountChangeBody, @Res({ passthrough: true }) response: Response,
  ): Promise<BankAccountBody> {
    const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<BankAccountLinks>;
    const account = await this.accounts.update(caller.tenantId, id, expectedVersion(ifMatch), change, caller.name);
    response.setHeader('ETag', entityTag(account.version));
    return bankAccountBody(account);
  }
}
