import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { LEDGER_ACCOUNTS } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { CanonicalBody, canonicalBody, type CanonicalRow } from '../wire/canonical-body.js';
import { FlagField, OneOfField, OR_NULL, TextField } from '../wire/fields.js';
import { IdPipe } from '../wire/problems.js';

const KINDS = ['bank', 'receivable', 'income', 'expense', 'other'] as const;

/** An account of the general ledger that postings may name. */
export class LedgerAccountBody extends CanonicalBody {
  @TextField('Account number', OR_NULL)
  number!: string | null;

  @TextField('Name')
  name!: string;

  @OneOfField(KINDS, 'What it is for')
  kind!: (typeof KINDS)[number];

  @TextField('ISO 4217 code; null when it takes any currency', OR_NULL)
  currency!: string | null;

  @TextField('The source\'s id of its legal entity', OR_NULL)
  companyExternalId!: string | null;

  @FlagField('Whether the source has it active')
  active!: boolean;
}

interface LedgerAccountRow extends CanonicalRow {
  number: string | null; name: string; kind: LedgerAccountBody['kind']; currency: string | null; company_external_id: string | null; active: boolean;
}

function ledgerAccountBody(row: LedgerAccountRow): LedgerAccountBody {
  const { number, name, kind, currency, active } = row;
  return { ...canonicalBody(row), number, name, kind, currency, companyExternalId: row.company_external_id, active };
}

@ApiTags('Receivables')
@Controller('v1/ledger-accounts')
export class LedgerAccountsController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listLedgerAccounts', summary: 'Accounts of the general ledger' })
  @ApiList(LEDGER_ACCOUNTS, LedgerAccountBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<LedgerAccountBody>> {
    return this.reads.list(caller, LEDGER_ACCOUNTS, listRequest(request), ledgerAccountBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getLedgerAccount', summary: 'One account of the general ledger' })
  @ApiOkResponse({ type: LedgerAccountBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<LedgerAccountBody> {
    return this.reads.get(caller, LEDGER_ACCOUNTS, id, 'ledger account', ledgerAccountBody);
  }
}
