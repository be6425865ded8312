import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { ALLOCATIONS } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { DayField, IdField, OneOfField, OR_NULL, TextField } from '../wire/fields.js';
import { MoneyField, moneyBody, moneyOrNull, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';

const SOURCES = ['payment', 'creditMemo'] as const;

/** A payment's or a credit memo's share that settles one invoice. */
export class AllocationBody {
  @IdField('Id in this hub; a changed document brings new allocations')
  id!: string;

  @IdField('The connection it was read from')
  connectionId!: string;

  @OneOfField(SOURCES, 'What settles')
  sourceEntity!: (typeof SOURCES)[number];

  @TextField('The source\'s id of the document that settles')
  sourceExternalId!: string;

  @IdField('The invoice, once it was read', OR_NULL)
  invoiceId!: string | null;

  @TextField('The source\'s id of the invoice')
  invoiceExternalId!: string;

  @TextField('The invoice\'s number, once it was read', OR_NULL)
  invoiceNumber!: string | null;

  @TextField('Line or instalment, where the source has one', OR_NULL)
  lineExternalId!: string | null;

  @MoneyField('What it settles')
  amount!: MoneyBody;

  @MoneyField('Discount taken with it', OR_NULL)
  discount!: MoneyBody | null;

  @DayField('Applied on', OR_NULL)
  appliedOn!: string | null;
}

interface AllocationRow extends Record<string, unknown> {
  id: string; connection_id: string; source_entity: AllocationBody['sourceEntity']; source_external_id: string; invoice_id: string | null; invoice_external_id: string;
  invoice_number: string | null; line_external_id: string | null; currency: string; amount_minor: string; discount_minor: string | null; applied_on: string | null;
}

function allocationBody(row: AllocationRow): AllocationBody {
  return {
    id: row.id, connectionId: row.connection_id, sourceEntity: row.source_entity, sourceExternalId: row.source_external_id, invoiceId: row.invoice_id,
    invoiceExternalId: row.invoice_external_id, invoiceNumber: row.invoice_number, lineExternalId: row.line_external_id,
    amount: moneyBody(row.amount_minor, row.currency), discount: moneyOrNull(row.discount_minor, row.currency), appliedOn: row.applied_on,
  };
}

@ApiTags('Receivables')
@Controller('v1/allocations')
export class AllocationsController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listAllocations', summary: 'What settles which invoice' })
  @ApiList(ALLOCATIONS, AllocationBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<AllocationBody>> {
    return this.reads.list(caller, ALLOCATIONS, listRequest(request), allocationBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getAllocation', summary: 'One allocation' })
  @ApiOkResponse({ type: AllocationBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<AllocationBody> {
    return this.reads.get(caller, ALLOCATIONS, id, 'allocation', allocationBody);
  }
}
