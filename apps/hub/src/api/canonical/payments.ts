import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { PAYMENTS } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { DocumentBody, documentBody, type DocumentRow } from '../wire/document-body.js';
import { DayField, OneOfField, OR_NULL, TextField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';

const KINDS = ['payment', 'deposit', 'journal'] as const;
const STATUSES = ['draft', 'undeposited', 'deposited', 'void'] as const;

/** Money received, as booked in the ERP. */
export class PaymentBody extends DocumentBody {
  @OneOfField(KINDS, 'What the source booked it as')
  kind!: (typeof KINDS)[number];

  @DayField('Received on')
  receivedOn!: string;

  @MoneyField('On account: received and not applied yet')
  unapplied!: MoneyBody;

  @OneOfField(STATUSES, 'Status in the source')
  status!: (typeof STATUSES)[number];

  @TextField('Cheque number or bank reference', OR_NULL)
  reference!: string | null;

  @TextField('The key this hub wrote into it, when it is a posting of ours', OR_NULL)
  idempotencyKey!: string | null;
}

interface PaymentRow extends DocumentRow {
  kind: PaymentBody['kind']; received_on: string; unapplied_minor: string; status: PaymentBody['status']; reference: string | null; idempotency_key: string | null;
}

function paymentBody(row: PaymentRow): PaymentBody {
  const { kind, status, reference } = row;
  return {
    ...documentBody(row), kind, receivedOn: row.received_on, unapplied: moneyBody(row.unapplied_minor, row.currency), status, reference,
    idempotencyKey: row.idempotency_key,
  };
}

@ApiTags('Receivables')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listPayments', summary: 'Payments booked in the source' })
  @ApiList(PAYMENTS, PaymentBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<PaymentBody>> {
    return this.reads.list(caller, PAYMENTS, listRequest(request), paymentBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getPayment', summary: 'One payment' })
  @ApiOkResponse({ type: PaymentBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<PaymentBody> {
    return this.reads.get(caller, PAYMENTS, id, 'payment', paymentBody);
  }
}
