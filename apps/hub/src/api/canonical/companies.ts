import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { COMPANIES } from '#storage';
import { CallerOf } from '../../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../../http/lists.js';
import { CanonicalReads } from '../reads/canonical-reads.js';
import { CanonicalBody, canonicalBody, type CanonicalRow } from '../wire/canonical-body.js';
import { FlagField, OR_NULL, TextField } from '../wire/fields.js';
import { IdPipe } from '../wire/problems.js';

/** A legal entity that keeps books. */
export class CompanyBody extends CanonicalBody {
  @TextField('Name')
  name!: string;

  @TextField('The source\'s id of the parent', OR_NULL)
  parentExternalId!: string | null;

  @TextField('Currency of its books, ISO 4217')
  currency!: string;

  @FlagField('Whether the source has it active')
  active!: boolean;
}

interface CompanyRow extends CanonicalRow {
  name: string; parent_external_id: string | null; currency: string; active: boolean;
}

function companyBody(row: CompanyRow): CompanyBody {
  return { ...canonicalBody(row), name: row.name, parentExternalId: row.parent_external_id, currency: row.currency, active: row.active };
}

@ApiTags('Receivables')
@Controller('v1/companies')
export class CompaniesController {
  constructor(private readonly reads: CanonicalReads) {}

  @Get()
  @ApiOperation({ operationId: 'listCompanies', summary: 'Legal entities' })
  @ApiList(COMPANIES, CompanyBody)
  list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<CompanyBody>> {
    return this.reads.list(caller, COMPANIES, listRequest(request), companyBody);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getCompany', summary: 'One legal entity' })
  @ApiOkResponse({ type: CompanyBody })
  get(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string): Promise<CompanyBody> {
    return this.reads.get(caller, COMPANIES, id, 'company', companyBody);
  }
}
