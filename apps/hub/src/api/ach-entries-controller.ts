import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller } from '#access';
import { AchEntries } from '#bank';
import type { AchEntry } from '#canonical';
import { ACH_ENTRIES, type AchEntryRecord } from '#storage';
import { CallerOf } from '../http/authentication.js';
import { ApiList, listRequest, type PageOf } from '../http/lists.js';
import { notFound } from '../http/problem.js';
import { RecordIdPipe } from './bank-request.js';
import { MoneyBody, moneyBody, WhereBody } from './bank-shapes.js';

export class AchReceiverBody {
  @ApiProperty({ type: String, nullable: true }) readonly name!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly id!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly account!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Routing number' }) readonly bank!: string | null;
}

/** A return or a notification of change (Nacha rules, addenda 99 and 98). */
export class AchEntryBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty({ enum: ['return', 'dishonoredReturn', 'contestedReturn', 'notificationOfChange'] }) readonly kind!: AchEntry['kind'];
  @ApiProperty({ description: 'R01, C01, ...' }) readonly code!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The code\'s title; null for a code not listed' }) readonly title!: string | null;
  @ApiProperty({ type: MoneyBody, description: 'Negative where money in is taken back; zero in a notification of change' }) readonly amount!: MoneyBody;
  @ApiProperty({ type: String, nullable: true, description: 'PPD, CCD, CTX, ...' }) readonly standardEntryClass!: string | null;
  @ApiProperty() readonly trace!: string;
  @ApiProperty({ type: String, nullable: true }) readonly originalTrace!: string | null;
  @ApiProperty({ type: AchReceiverBody }) readonly receiver!: AchReceiverBody;
  @ApiProperty({ type: String, nullable: true, description: 'What a notification of change corrects, as written' }) readonly correctedData!: string | null;
  @ApiProperty({ type: String, nullable: true }) readonly information!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) readonly settledOn!: string | null;
  @ApiProperty() readonly receivedDocumentId!: string;
  @ApiProperty({ type: WhereBody, description: 'Where it stands in its document' }) readonly where!: WhereBody;
  @ApiProperty({ format: 'date-time' }) readonly receivedAt!: string;
}

@ApiTags('Cash')
@Controller('v1/ach-entries')
export class AchEntriesController {
  constructor(@Inject(AchEntries) private readonly entries: AchEntries) {}

  @Get()
  @ApiOperation({ summary: 'List ACH returns and notifications of change' })
  @ApiList(ACH_ENTRIES, AchEntryBody)
  async list(@CallerOf() caller: Caller, @Req() request: Request): Promise<PageOf<AchEntryBody>> {
    const { rows, nextCursor } = await this.entries.list(caller.tenantId, listRequest(request));
    return { items: rows.map(achEntryBody), nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One ACH return or notification of change' })
  @ApiOkResponse({ type: AchEntryBody })
  @ApiNotFoundResponse()
  async get(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('ACH entry')) id: string): Promise<AchEntryBody> {
    const entry = await this.entries.get(caller.tenantId, id);
    if (entry === null) throw notFound('ACH entry', id);
    return achEntryBody(entry);
  }
}

function achEntryBody({ amount, receivedAt, ...entry }: AchEntryRecord): AchEntryBody {
  return { ...entry, amount: moneyBody(amount), receivedAt: receivedAt.toISOString() };
}
