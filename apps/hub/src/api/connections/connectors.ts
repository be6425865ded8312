import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Catalogue } from '#connections';
import type { JsonObject } from '#canonical';
import { CATALOGUE, COVERAGE } from '../tokens.js';
import { IntegerField, OneOfField, OpenObjectField, OR_NULL, PartField, PartsField, TextField, TextsField } from '../wire/fields.js';
import type { PublishedCoverage } from './published-coverage.js';
import { CapabilitiesBody, capabilitiesBody } from './capabilities-body.js';

/** One line of the coverage matrix: what a connector does with a record type or an operation, and what that rests on. */
export class CoverageRowBody {
  @TextField('Record type or operation')
  subject!: string;

  @OneOfField(['read', 'delta', 'delete', 'operation'], 'What is done with it')
  ability!: string;

  @TextField('How: `updatedSince`, `tombstone`, `native`; `none` and the like when it is not')
  how!: string;

  @OneOfField(['proven', 'partly', 'unproven', 'absent'], '`proven`: every sentence of the contract that applies held against the simulated system. `partly`: some are left out, see the reason')
  state!: string;

  @IntegerField('Sentences that held')
  sentencesHeld!: number;

  @TextField('Why it is absent or only partly proven', OR_NULL)
  because!: string | null;
}

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

  @OpenObjectField('JSON Schema of the settings that are no secret: what `tributary connect` asks for')
  config!: JsonObject;

  @OpenObjectField('JSON Schema of the credentials')
  secrets!: JsonObject;

  @PartsField(() => CoverageRowBody, 'What its conformance run proved, and the reason for every gap')
  coverage!: CoverageRowBody[];
}

export class ConnectorsBody {
  @PartsField(() => ConnectorBody, 'All of them')
  items!: ConnectorBody[];
}

@ApiTags('Connections')
@Controller('v1/connectors')
export class ConnectorsController {
  constructor(@Inject(CATALOGUE) private readonly catalogue: Catalogue, @Inject(COVERAGE) private readonly coverage: readonly PublishedCoverage[]) {}

  @Get()
  @ApiOperation({ operationId: 'listConnectors', summary: 'Systems that can be connected, with what each can do' })
  @ApiOkResponse({ type: ConnectorsBody })
  list(): ConnectorsBody {
    return {
      items: [...this.catalogue.connectors.values()].map(({ id, title, capabilities, form }) => ({
        id, title, capabilities: capabilitiesBody(capabilities, capabilities, title), mappings: [...this.catalogue.mappings.get(id)?.keys() ?? []].sort(),
        config: form.config, secrets: form.secrets, coverage: this.coverage.filter(({ connector }) => connector === id).map(coverageRowBody),
      })),
    };
  }
}

function coverageRowBody({ subject, ability, how, state, sentencesHeld, because }: PublishedCoverage): CoverageRowBody {
  return { subject, ability, how, state, sentencesHeld, because };
}
