import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { Caller } from '#access';
import { InboundAddresses, NAME_LENGTH_MAX } from '#bank';
import type { InboundAddressRecord } from '#storage';
import { CallerOf, Needs } from '../http/authentication.js';
import { conflict } from '../http/problem.js';
import { RecordIdPipe } from './bank-request.js';
import { MAIL_DOMAIN } from './tokens.js';

export class NewInboundAddressBody {
  @ApiProperty({ description: 'Whose or what for; begins the address', maxLength: NAME_LENGTH_MAX }) @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  readonly name!: string;
}

/** An address for payers' mails. */
export class InboundAddressBody {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Give it to payers, or forward to it. Null while this hub takes no mail (TRIBUTARY_MAIL_DOMAIN)' }) readonly address!: string | null;
  @ApiProperty() readonly createdBy!: string;
  @ApiProperty({ format: 'date-time' }) readonly createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Mails to it are refused since then' }) readonly revokedAt!: string | null;
}

export class InboundAddressesBody {
  @ApiProperty({ type: [InboundAddressBody], description: 'All of the tenant, revoked ones too' }) readonly items!: InboundAddressBody[];
}

@ApiTags('Documents')
@Controller('v1/inbound-addresses')
export class InboundAddressesController {
  constructor(@Inject(InboundAddresses) private readonly addresses: InboundAddresses, @Inject(MAIL_DOMAIN) private readonly domain: string | null) {}

  @Get()
  @ApiOperation({ summary: 'Addresses for payers\' mails' })
  @ApiOkResponse({ type: InboundAddressesBody })
  async list(@CallerOf() caller: Caller): Promise<InboundAddressesBody> {
    return { items: (await this.addresses.list(caller.tenantId)).map((each) => this.#body(each)) };
  }

  @Post()
  @Needs('configure')
  @ApiOperation({ summary: 'Make an address', description: 'A mail to it becomes a received document; its body and its attachments are read as one remittance.' })
  @ApiCreatedResponse({ type: InboundAddressBody })
  @ApiConflictResponse({ description: 'This hub takes no mail' })
  async create(@CallerOf() caller: Caller, @Body() body: NewInboundAddressBody): Promise<InboundAddressBody> {
    if (this.domain === null) throw conflict('this hub takes no mail: set TRIBUTARY_MAIL_PORT and TRIBUTARY_MAIL_DOMAIN and start it again');
    return this.#body(await this.addresses.create(caller.tenantId, body.name, caller.name));
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('configure')
  @ApiOperation({ summary: 'Revoke an address, at once and for good' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiNotFoundResponse()
  async revoke(@CallerOf() caller: Caller, @Param('id', new RecordIdPipe('inbound address')) id: string): Promise<void> {
    await this.addresses.revoke(caller.tenantId, id, caller.name);
  }

  #body({ id, name, localPart, createdBy, createdAt, revokedAt }: InboundAddressRecord): InboundAddressBody {
    return { id, name, address: this.domain === null ? null : `${localPart}@${this.domain}`, createdBy, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
  }
}
