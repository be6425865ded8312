import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { localDateOfInstant } from '#canonical';
import { Connections } from '#connections';
import { CUSTOMERS, Database } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { readCustomerBalances, type CustomerBalance } from '../reads/customer-balances.js';
import { CLOCK } from '../tokens.js';
import { CanonicalBody, canonicalBody, type CanonicalRow } from '../wire/canonical-body.js';
import { DayField, FlagField, OR_NULL, PartsField, TextField, TextsField } from '../wire/fields.js';
import { MoneyField, moneyBody, type MoneyBody } from '../wire/money.js';
import { IdPipe } from '../wire/problems.js';

/** Who owes. */
export class CustomerBody extends CanonicalBody {
  @TextField('Customer number', OR_NULL)
  number!: string | null;

  @TextField('Name')
  name!: string;

  @TextsField('Legal, trade and former names: whatever else a payer may write')
  otherNames!: string[];

  @TextField('The source\'s id of the parent', OR_NULL)
  parentExternalId!: string | null;

  @TextField('The source\'s id of the legal entity', OR_NULL)
  companyExternalId!: string | null;

  @TextField('ISO 4217 code; null when it may owe in any', OR_NULL)
  currency!: string | null;

  @TextField('E-mail address', OR_NULL)
  email!: string | null;

  @TextField('Telephone number', OR_NULL)
  phone!: string | null;

  @FlagField('Whether the source has it active')
  active!: boolean;
}

/** One currency of what a customer owes and has to get. */
export class CustomerBalanceBody {
  @TextField('ISO 4217 code')
  currency!: string;

  @MoneyField('Unpaid of its invoices, as the source states it')
  open!: MoneyBody;

  @MoneyField('Of that, due before `asOf`')
  overdue!: MoneyBody;

  @MoneyField('Received and not applied')
  onAccount!: MoneyBody;

  @MoneyField('Credit memos not applied')
  openCredits!: MoneyBody;

  @MoneyField('What finalized postings take of its invoices and the source does not show yet')
  reserved!: MoneyBody;
}

export class CustomerDetailBody extends CustomerBody {
  @DayField('Today in the account\'s time zone; what was due before is overdue')
  asOf!: string;

  @PartsField(() => CustomerBalanceBody, 'One per currency in which anything is open')
  balances!: CustomerBalanceBody[];
}

interface CustomerRow extends CanonicalRow {
  number: string | null; name: string; other_names: string[]; parent_external_id: string | null; company_external_id: string | null;
  currency: string | null; email: string | null; phone: string | null; active: boolean;
}

function customerBody(row: CustomerRow): CustomerBody {
  const { number, name, currency, email, phone, active } = row;
  return {
    ...canonicalBody(row), number, name, otherNames: row.other_names, parentExternalId: row.parent_external_id, companyExternalId: row.company_external_id,
    currency, email, phone, active,
  };
}

function balanceBody({ currency, ...minor }: CustomerBalance): CustomerBalanceBody {
  return {
    currency, open: moneyBody(minor.openMinor, currency), overdue: moneyBody(minor.overdueMinor, currency), onAccount: moneyBody(minor.onAccountMinor, currency),
    openCredits: moneyBody(minor.openCreditMinor, currency), reserved: moneyBody(minor.reservedMinor, currency),
  };
}

@ApiTags('Receivables')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly reads: CanonicalReads, private readonly connections: Connections, private readonly database: Database,
    @Inject(CLOCK) private readonly now: () => Date,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listCustomers', summary: 'Customers' })
  @ApiList(CUSTOMERS, CustomerBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<CustomerBody>> {
    return this.reads.list(caller, CUSTOMERS, listRequest(request), customerBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getCustomer', summary: 'One customer with what it owes and has to get, per currency' })
  @ApiOkResponse({ type: CustomerDetailBody })
  async get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<CustomerDetailBody> {
    const customer = await this.reads.get(caller, CUSTOMERS, id, 'customer', customerBody);
    const connection = await this.connections.get(caller.tenantId, customer.connectionId);
    const asOf = localDateOfInstant(this.now(), connection?.probe?.timeZone ?? 'UTC');
    const balances = await this.database.inTenant(caller.tenantId, (transaction) => readCustomerBalances(transaction, customer.connectionId, customer.externalId, asOf));
    return { ...customer, asOf, balances: balances.map(balanceBody) };
  }
}
