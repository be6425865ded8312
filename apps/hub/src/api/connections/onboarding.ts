import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#access';
import { Connections, testRead, type OpenConnection } from '#connections';
import { CallerOf, Needs } from '../../http/authentication.js';
import { invalid } from '../../http/problem.js';
import { SyncRequests } from '../sync/sync-requests.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { DiscoveredFieldsBody, discoveredFieldBody, TestReadBody, testReadBody, TestReadRequestBody } from './onboarding-body.js';
import { untilGone } from './until-gone.js';

/** What an implementation engineer looks at between connecting a system and the first sync. Asks the source, keeps nothing. */
@ApiTags('Connections')
@Controller('v1/connections')
export class OnboardingController {
  constructor(private readonly connections: Connections, private readonly requests: SyncRequests) {}

  @Get(':id/fields')
  @Needs('configure')
  @ApiOperation({ operationId: 'discoverFields', summary: 'Fields of the account beyond the standard ones', description: 'Custom fields, so that a mapping overlay can name them. Asks the source.' })
  @ApiOkResponse({ type: DiscoveredFieldsBody })
  @Problems(502)
  async discover(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Res({ passthrough: true }) response: Response): Promise<DiscoveredFieldsBody> {
    const connection = await this.#open(caller, id);
    const { discover } = connection.connector;
    if (discover === undefined) return { offered: false, items: [] };
    const fields = await discover(connection.context(untilGone(response)));
    return { offered: true, items: fields.map(discoveredFieldBody) };
  }

  @Post(':id/test-read')
  @HttpCode(200)
  @Needs('configure')
  @ApiOperation({ operationId: 'testRead', summary: 'Read one page and see how', description: 'Shows the calls with requests and answers, the records as received, and what their fields look like. Secrets are hidden; nothing is stored.' })
  @ApiOkResponse({ type: TestReadBody })
  async read(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() { entity }: TestReadRequestBody, @Res({ passthrough: true }) response: Response): Promise<TestReadBody> {
    const connection = await this.#open(caller, id);
    const read = Object.keys(connection.connector.read);
    if (!read.includes(entity)) throw invalid([{ field: 'entity', value: entity, problem: `is not read by ${connection.connector.title}; there are ${read.join(', ') || 'none'}` }]);
    return testReadBody(await testRead(connection, entity, untilGone(response)));
  }

  async #open(caller: Caller, id: string): Promise<OpenConnection> {
    await this.requests.connection(caller, id);
    return this.connections.open(caller.tenantId, id);
  }
}
