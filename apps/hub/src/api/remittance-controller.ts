import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#access';
import { Remittances } from '#bank';
import { REMITTANCES, type RemittanceRecord } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { notFound } from '../http/problem.js';
import { entityTag, expectedVersion, RecordIdPipe } from './bank-request.js';
import { NewRemittanceBody, RemittanceBody, remittanceBody, remittanceEntryOf, RemittanceLinkBody, RemittanceSummaryBody, remittanceSummary } from './remittance-bodies.js';

@ApiTags('Remittances')
@Controller('v1/remittances')
export class RemittanceController {
  constructor(@Inject(Remittances) private readonly remittances: Remittances) {}

  @Post()
  @Needs('decide')
  @ApiOperation({ summary: 'Hand in a remittance', description: 'Figures that do not agree are its findings, not a refusal: it is what the payer said.' })
  @ApiCreatedResponse({ type: RemittanceBody })
  @ApiUnprocessableEntityResponse()
  async create(@CallerOf() caller: Caller, @Body() body: NewRemittanceBody, @Res({ passthrough: true }) response: Response): Promise<RemittanceBody> {
    return answer(await this.remittances.create(caller.tenantId, remittanceEntryOf(body), caller.name), response);
  }

  @Get()
  @ApiOperation({ summary: 'List remittances' })
  @ApiList(REMITTANCES, RemittanceSummaryBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<RemittanceSummaryBody>> {
    const { rows, nextCursor } = await this.remittances.list(caller.tenantId, listRequest(request));
    return { items: rows.map(remittanceSummary), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One remittance with its lines' })
  @ApiOkResponse({ type: RemittanceBody })
  @ApiNotFoundResponse()
  async get(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('remittance')) id: string, @Res({ passthrough: true }) response: Response): Promise<RemittanceBody> {
    const remittance = await this.remittances.get(caller.tenantId, id);
    if (remittance === null) throw notFound('remittance', id);
    return answer(remittance, response);
  }

  @Put(':id/bank-transaction')
  @Needs('decide')
  @ApiOperation({ summary: 'Say which bank transaction it explains' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version the decision was made on' })
  @ApiOkResponse({ type: RemittanceBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'Somebody changed it meanwhile' })
  @ApiUnprocessableEntityResponse({ description: 'No such bank transaction, another currency, or no money in' })
  async link(
    @CallerOf() caller: Caller, @Param('id', new RecordIdPipe('remittance')) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body() body: RemittanceLinkBody, @Res({ passthrough: true }) response: Response,
  ): Promise<RemittanceBody> {
    return answer(await this.remittances.link(caller.tenantId, id, expectedVersion(ifMatch), body.bankTransactionId, caller.name), response);
  }

  @Delete(':id/bank-transaction')
  @HttpCode(200)
  @Needs('decide')
  @ApiOperation({ summary: 'Take the link to a bank transaction back' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version the decision was made on' })
  @ApiOkResponse({ type: RemittanceBody })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'Somebody changed it meanwhile' })
  async unlink(
    @CallerOf() caller: Caller, @Param('id', new RecordIdPipe('remittance')) id: string, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) response: Response,
  ): Promise<RemittanceBody> {
    return answer(await this.remittances.link(caller.tenantId, id, expectedVersion(ifMatch), null, caller.name), response);
  }
}

function answer(remittance: RemittanceRecord, response: Response): RemittanceBody {
  response.setHeader('ETag', entityTag(remittance.version));
  return remittanceBody(remittance);
}
