import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { BankTransactions, type LikeIt, REASON_LENGTH_MAX, RULE_VALUE_LENGTH_MAX } from '#bank';
import type { BankTransactionStatus } from '#canonical';
import { BANK_TRANSACTIONS, type BankTransactionRecord, NON_PAYMENT_RULE_FIELDS, NON_PAYMENT_RULE_OPERATORS } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { notFound } from '../http/problem.js';
import { entityTag, expectedVersion, RecordIdPipe } from './bank-request.js';
import { NonPaymentRuleBody, nonPaymentRuleBody } from './bank-rules-controller.js';
import { MoneyBody, moneyBody, STATUS_PROPERTY, WhereBody } from './bank-shapes.js';

export class PayerBody {
  @ApiProperty({ type: String, nullable: true }) readonly name!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly account!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Company id the bank vouches for' }) readonly id!: string | null;
}

export class BankTransactionBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly bankAccountId!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The file that brought it first; null for a line of a bank feed' }) readonly receivedDocumentId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The account of the bank feed that brings it; null for a line of a file' }) readonly bankFeedAccountId!: string | null;
  @ApiProperty({ type: WhereBody, description: 'Where it stands in that file' }) readonly where!: WhereBody;
  @ApiProperty({ format: 'date' }) readonly bookedOn!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) readonly valueOn!: string | null;
  @ApiProperty({ type: MoneyBody, description: 'Positive = money in' }) readonly amount!: MoneyBody;
  @ApiProperty({ type: String, nullable: true, description: 'The format\'s own type code' }) readonly code!: string | null;
  @ApiProperty({ enum: ['ach', 'wire', 'check', 'lockbox', 'card', 'transfer', 'fee', 'interest', 'other'] }) readonly kind!: string;
  @ApiProperty() readonly reversal!: boolean;
  @ApiProperty({ description: 'The bank has not booked it yet' }) readonly pending!: boolean;
  @ApiProperty({ type: String, nullable: true }) readonly bankReference!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly customerReference!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly endToEndId!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly checkNumber!: string | null;
  @ApiProperty({ type: PayerBody }) readonly payer!: PayerBody;
  @ApiProperty() readonly memo!: string;
  @ApiProperty(STATUS_PROPERTY) readonly status!: BankTransactionStatus;
  @ApiProperty({ type: String, nullable: true, description: 'Why it has that status' }) readonly statusBecause!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Who decided by hand' }) readonly decidedBy!: string | null;
  @ApiProperty({ description: 'Whether the bank took it back' }) readonly withdrawn!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'The matcher\'s current proposal' }) readonly proposalId!: string | null;
  @ApiProperty({ description: 'Also the ETag' }) readonly version!: number;
  @ApiProperty({ format: 'date-time' }) readonly updatedAt!: string;
}

export class LikeItBody {
  @ApiProperty({ enum: [...NON_PAYMENT_RULE_FIELDS] }) @IsIn([...NON_PAYMENT_RULE_FIELDS]) readonly field!: LikeIt['field'];
  @ApiProperty({ enum: [...NON_PAYMENT_RULE_OPERATORS] }) @IsIn([...NON_PAYMENT_RULE_OPERATORS]) readonly operator!: LikeIt['operator'];
  @ApiPropertyOptional({ description: 'Default: the line\'s own text', maxLength: RULE_VALUE_LENGTH_MAX }) @IsOptional() @IsString() @IsNotEmpty() @MaxLength(RULE_VALUE_LENGTH_MAX)
  readonly value?: string;
}

export class NonPaymentMarkBody {
  @ApiProperty({ maxLength: REASON_LENGTH_MAX }) @IsString() @IsNotEmpty() @MaxLength(REASON_LENGTH_MAX)
  readonly because!: string;

  @ApiPropertyOptional({ type: LikeItBody, description: 'And everything like it: makes a rule' })
  @IsOptional() @IsObject() @ValidateNested() @Type(() => LikeItBody)
  readonly likeIt?: LikeItBody;
}

export class MarkedTransactionBody {
  @ApiProperty({ type: BankTransactionBody }) readonly transaction!: BankTransactionBody;
  @ApiProperty({ type: NonPaymentRuleBody, nullable: true }) readonly rule!: NonPaymentRuleBody | null;
  @ApiProperty({ description: 'Other lines the rule marked' }) readonly othersMarked!: number;
}

export function bankTransactionBody(line: BankTransactionRecord): BankTransactionBody {
  const { bankStatementId: _, createdAt: __, amount, updatedAt, ...plain } = line;
  return { ...plain, amount: moneyBody(amount), updatedAt: updatedAt.toISOString() };
}

@ApiTags('Bank transactions')
@Controller('v1/bank-transactions')
export class BankTransactionsController {
  constructor(@Inject(BankTransactions) private readonly transactions: BankTransactions) {}

  @Get()
  @ApiOperation({ summary: 'List bank transactions' })
  @ApiList(BANK_TRANSACTIONS, BankTransactionBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<BankTransactionBody>> {
    const { rows, nextCursor } = await this.transactions.list(caller.tenantId, listRequest(request));
    return { items: rows.map(bankTransactionBody), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One bank transaction, its place in its file and its current proposal' })
  @ApiOkResponse({ type: BankTransactionBody })
  @ApiNotFoundResponse()
  async get(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('bank transaction')) id: string, @Res({ passthrough: true }) response: Response): Promise<BankTransactionBody> {
    const line = await this.transactions.get(caller.tenantId, id);
    if (line === null) throw notFound('bank transaction', id);
    response.setHeader('ETag', entityTag(line.version));
    return bankTransactionBody(line);
  }

  @Post(':id/non-payment-mark')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ summary: 'Mark as no customer payment', description: 'With a reason; with `likeIt` also every undecided line like it, and every one to come.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version the decision was made on' })
  @ApiOkResponse({ type: MarkedTransactionBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'Somebody changed it meanwhile, or it is allocated already' })
  @ApiUnprocessableEntityResponse()
  async mark(
    @CallerOf() caller: Caller, @Param('id', new RecordIdPipe('bank transaction')) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() body: NonPaymentMarkBody, @Res({ passthrough: true }) response: Response,
  ): Promise<MarkedTransactionBody> {
    const { because, likeIt } = body;
    const like: LikeIt | undefined = likeIt === undefined ? undefined : { field: likeIt.field, operator: likeIt.operator, ...(likeIt.value === undefined ? {} : { value: likeIt.value }) };
    const marked = await this.transactions.markNotPayment(caller.tenantId, id, { version: expectedVersion(ifMatch), because, by: caller.name, ...(like === undefined ? {} : { likeIt: like }) });
    response.setHeader('ETag', entityTag(marked.transaction.version));
    return { transaction: bankTransactionBody(marked.transaction), rule: marked.rule === null ? null : nonPaymentRuleBody(marked.rule), othersMarked: marked.othersMarked };
  }

  @Delete(':id/non-payment-mark')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ summary: 'Take up again as a potential payment' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version the decision was made on' })
  @ApiOkResponse({ type: BankTransactionBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'Somebody changed it meanwhile, or it cannot be a payment' })
  async unmark(
    @CallerOf() caller: Caller, @Param('id', new RecordIdPipe('bank transaction')) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BankTransactionBody> {
    const line = await this.transactions.unmarkNotPayment(caller.tenantId, id, expectedVersion(ifMatch), caller.name);
    response.setHeader('ETag', entityTag(line.version));
    return bankTransactionBody(line);
  }
}
