import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Catalogue } from '#connections';
import { CATALOGUE } from '../tokens.js';
import { PartField, PartsField, TextField, TextsField } from '../wire/fields.js';
import { CapabilitiesBody, capabilitiesBody } from './capabilities-body.js';

/** A kind of system this build can be connected to. */
export class ConnectorBody {
  @TextField('Its id: what a connection names as its `connector`')
  id!: string;

  @TextField('Its name for people')
  title!: string;

  @PartField(() => CapabilitiesBody, 'What it can do, and why not where it cannot')
  capabilities!: CapabilitiesBody;

  @TextsField('Names of its mappings, each of which a connection may overlay')
  mappings!: string[];
}

export class ConnectorsBody {
  @PartsField(() => ConnectorBody, 'All of them')
  items!: ConnectorBody[];
}

@ApiTags('Connections')
@Controller('v1/connectors')
export class ConnectorsController {
  constructor(@Inject(CATALOGUE) private readonly catalogue: Catalogue) {}

  @Get()
  @ApiOperation({ operationId: 'listConnectors', summary: 'Systems that can be connected, with what each can do' })
  @ApiOkResponse({ type: ConnectorsBody })
  list(): ConnectorsBody {
    return {
      items: [...this.catalogue.connectors.values()].map(({ id, title, capabilities }) => (
        { id, title, capabilities: capabilitiesBody(capabilities, capabilities, title), mappings: [...this.catalogue.mappings.get(id)?.keys() ?? []].sort() })),
    };
  }
}
