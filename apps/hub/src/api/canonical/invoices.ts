import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { INVOICES } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { DocumentBody, documentBody, type DocumentRow } from '../wire/document-body.js';
import { etagOf } from '../wire/etag.js';
import { DayField, OneOfField, OR_NULL, PartsField, TextField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';

const STATUSES = ['draft', 'open', 'paid', 'void'] as const;

/** Part of an invoice with its own due day. */
export class InstalmentBody {
  @TextField('Which instalment')
  number!: string;

  @DayField('Due on')
  dueOn!: string;

  @MoneyField('Its amount')
  total!: MoneyBody;

  @MoneyField('What is still unpaid of it')
  open!: MoneyBody;
}

/** What a customer owes for one delivery, as the source states it. */
export class InvoiceBody extends DocumentBody {
  @DayField('Issued on')
  issuedOn!: string;

  @DayField('Due on', OR_NULL)
  dueOn!: string | null;

  @MoneyField('What the source says is unpaid')
  open!: MoneyBody;

  @MoneyField('What finalized postings take of it and the source does not show yet')
  reserved!: MoneyBody;

  @OneOfField(STATUSES, 'Status in the source')
  status!: (typeof STATUSES)[number];

  @TextField('The customer\'s purchase order', OR_NULL)
  purchaseOrder!: string | null;

  @PartsField(() => InstalmentBody, 'Empty when it is due as a whole')
  instalments!: InstalmentBody[];
}

interface InvoiceRow extends DocumentRow {
  issued_on: string; due_on: string | null; open_minor: string; reserved_minor: string; status: InvoiceBody['status']; purchase_order: string | null;
  instalments: { number: string; dueOn: string; totalMinor: string; openMinor: string }[];
}

function invoiceBody(row: InvoiceRow): InvoiceBody {
  const { currency } = row;
  return {
    ...documentBody(row), issuedOn: row.issued_on, dueOn: row.due_on, open: moneyBody(row.open_minor, currency), reserved: moneyBody(row.reserved_minor, currency),
    status: row.status, purchaseOrder: row.purchase_order,
    instalments: row.instalments.map(({ number, dueOn, totalMinor, openMinor }) => ({ number, dueOn, total: moneyBody(totalMinor, currency), open: moneyBody(openMinor, currency) })),
  };
}

@ApiTags('Receivables')
@Controller('v1/invoices')
export class InvoicesController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listInvoices', summary: 'Invoices' })
  @ApiList(INVOICES, InvoiceBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<InvoiceBody>> {
    return this.reads.list(caller, INVOICES, listRequest(request), invoiceBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getInvoice', summary: 'One invoice, with its ETag' })
  @ApiResponse({ status: 200, type: InvoiceBody, description: 'The invoice', headers: { ETag: { schema: { type: 'string' }, description: 'For the If-Match of a change; the lineage\'s raw record, quoted' } } })
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Res({ passthrough: true }) response: Response): Promise<InvoiceBody> {
    const invoice = await this.reads.get(caller, INVOICES, id, 'invoice', invoiceBody);
    response.setHeader('ETag', etagOf(invoice.lineage.rawRecordId));
    return invoice;
  }
}
