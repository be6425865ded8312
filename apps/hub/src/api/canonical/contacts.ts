import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { CONTACTS } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { CanonicalBody, canonicalBody, type CanonicalRow } from '../wire/canonical-body.js';
import { FlagField, IdField, OR_NULL, TextField } from '../wire/fields.js';
import { IdPipe } from '../wire/problems.js';

/** A person at a customer. */
export class ContactBody extends CanonicalBody {
  @IdField('The customer, once it was read', OR_NULL)
  customerId!: string | null;

  @TextField('The source\'s id of the customer', OR_NULL)
  customerExternalId!: string | null;

  @TextField('Name')
  name!: string;

  @TextField('What the person does there', OR_NULL)
  role!: string | null;

  @TextField('E-mail address', OR_NULL)
  email!: string | null;

  @TextField('Telephone number', OR_NULL)
  phone!: string | null;

  @FlagField('The first person to ask')
  primary!: boolean;

  @FlagField('Whether the source has the person active')
  active!: boolean;
}

interface ContactRow extends CanonicalRow {
  customer_id: string | null; customer_external_id: string | null; name: string; role: string | null; email: string | null; phone: string | null;
  is_primary: boolean; active: boolean;
}

function contactBody(row: ContactRow): ContactBody {
  const { name, role, email, phone, active } = row;
  return { ...canonicalBody(row), customerId: row.customer_id, customerExternalId: row.customer_external_id, name, role, email, phone, primary: row.is_primary, active };
}

@ApiTags('Receivables')
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listContacts', summary: 'People at customers' })
  @ApiList(CONTACTS, ContactBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<ContactBody>> {
    return this.reads.list(caller, CONTACTS, listRequest(request), contactBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getContact', summary: 'One person at a customer' })
  @ApiOkResponse({ type: ContactBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<ContactBody> {
    return this.reads.get(caller, CONTACTS, id, 'contact', contactBody);
  }
}
