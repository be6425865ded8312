import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { CREDIT_MEMOS } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { DocumentBody, documentBody, type DocumentRow } from '../wire/document-body.js';
import { DayField, OneOfField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';

const STATUSES = ['draft', 'open', 'applied', 'void'] as const;

/** What a customer has to get back or to set off. */
export class CreditMemoBody extends DocumentBody {
  @DayField('Issued on')
  issuedOn!: string;

  @MoneyField('What the source says is not applied yet')
  open!: MoneyBody;

  @MoneyField('What finalized postings take of it and the source does not show yet')
  reserved!: MoneyBody;

  @OneOfField(STATUSES, 'Status in the source')
  status!: (typeof STATUSES)[number];
}

interface CreditMemoRow extends DocumentRow {
  issued_on: string; open_minor: string; reserved_minor: string; status: CreditMemoBody['status'];
}

function creditMemoBody(row: CreditMemoRow): CreditMemoBody {
  const { currency, status } = row;
  return { ...documentBody(row), issuedOn: row.issued_on, open: moneyBody(row.open_minor, currency), reserved: moneyBody(row.reserved_minor, currency), status };
}

@ApiTags('Receivables')
@Controller('v1/credit-memos')
export class CreditMemosController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listCreditMemos', summary: 'Credit memos' })
  @ApiList(CREDIT_MEMOS, CreditMemoBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<CreditMemoBody>> {
    return this.reads.list(caller, CREDIT_MEMOS, listRequest(request), creditMemoBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getCreditMemo', summary: 'One credit memo' })
  @ApiOkResponse({ type: CreditMemoBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<CreditMemoBody> {
    return this.reads.get(caller, CREDIT_MEMOS, id, 'credit memo', creditMemoBody);
  }
}
