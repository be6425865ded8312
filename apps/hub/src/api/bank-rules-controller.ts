import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOperation, ApiProperty, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { Request } from 'express';
import type { Caller } from '#access';
import { NonPaymentRuleBook, REASON_LENGTH_MAX, RULE_VALUE_LENGTH_MAX } from '#bank';
import { NON_PAYMENT_RULE_FIELDS, NON_PAYMENT_RULE_OPERATORS, NON_PAYMENT_RULES, type NonPaymentRuleRecord } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { RecordIdPipe } from './bank-request.js';

type Field = NonPaymentRuleRecord['field'];
type Operator = NonPaymentRuleRecord['operator'];

export class NewNonPaymentRuleBody {
  @ApiProperty({ enum: [...NON_PAYMENT_RULE_FIELDS] }) @IsIn([...NON_PAYMENT_RULE_FIELDS]) readonly field!: Field;
  @ApiProperty({ enum: [...NON_PAYMENT_RULE_OPERATORS], description: 'Case and runs of blanks do not count' }) @IsIn([...NON_PAYMENT_RULE_OPERATORS]) readonly operator!: Operator;
  @ApiProperty({ maxLength: RULE_VALUE_LENGTH_MAX }) @IsString() @IsNotEmpty() @MaxLength(RULE_VALUE_LENGTH_MAX) readonly value!: string;
  @ApiProperty({ maxLength: REASON_LENGTH_MAX, description: 'Why such lines are no payments' }) @IsString() @IsNotEmpty() @MaxLength(REASON_LENGTH_MAX) readonly because!: string;
}

export class NonPaymentRuleBody extends NewNonPaymentRuleBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly createdBy!: string;
  @ApiProperty({ format: 'date-time' }) readonly createdAt!: string;
}

export class MadeNonPaymentRuleBody extends NonPaymentRuleBody {
  @ApiProperty({ description: 'Undecided lines it marked at once' }) readonly marked!: number;
}

export function nonPaymentRuleBody({ createdAt, ...rule }: NonPaymentRuleRecord): NonPaymentRuleBody {
  return { ...rule, createdAt: createdAt.toISOString() };
}

@ApiTags('Non-payment rules')
@Controller('v1/non-payment-rules')
export class NonPaymentRulesController {
  constructor(@Inject(NonPaymentRuleBook) private readonly rules: NonPaymentRuleBook) {}

  @Get()
  @ApiOperation({ summary: 'List the rules of what is no customer payment' })
  @ApiList(NON_PAYMENT_RULES, NonPaymentRuleBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<NonPaymentRuleBody>> {
    const { rows, nextCursor } = await this.rules.list(caller.tenantId, listRequest(request));
    return { items: rows.map(nonPaymentRuleBody), nextCursor };
  }

  @Post()
  @Needs('decide')
  @ApiOperation({ summary: 'Make a rule', description: 'Marks every undecided line it fits, and every line to come.' })
  @ApiCreatedResponse({ type: MadeNonPaymentRuleBody })
  @ApiConflictResponse({ description: 'There is such a rule' })
  @ApiUnprocessableEntityResponse()
  async create(@CallerOf() caller: Caller, @Body() body: NewNonPaymentRuleBody): Promise<MadeNonPaymentRuleBody> {
    const { field, operator, value, because } = body;
    const { rule, marked } = await this.rules.create(caller.tenantId, { field, operator, value, because }, caller.name);
    return { ...nonPaymentRuleBody(rule), marked };
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('decide')
  @ApiOperation({ summary: 'Delete a rule', description: 'Lines it has marked stay marked.' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse()
  async delete(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('non-payment rule')) id: string): Promise<void> {
    await this.rules.delete(caller.tenantId, id, caller.name);
  }
}
