import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#access';
import type { EntityName } from '#canonical';
import { Connections, readMappingName, type Catalogue, type OpenConnection } from '#connections';
import { compileMapping, explain, loadReadMapping, type CompiledMapping } from '#mapping';
import { Database } from '#storage';
import { CallerOf, Needs } from '../../http/authentication.js';
import { invalid, notFound } from '../../http/problem.js';
import { readLatestRawRecord, readNewestRawRecords } from '../reads/raw-records.js';
import { SyncRequests } from '../sync/sync-requests.js';
import { CATALOGUE } from '../tokens.js';
import { lineageRowBody } from '../wire/mapping-body.js';
import { IdPipe, Problems } from '../wire/problems.js';
import { untilGone } from '../connections/until-gone.js';
import { ExplainBody, ExplanationBody, PreviewAnswerBody, PreviewBody, SAMPLE_DEFAULT } from './mapping-body.js';
import { previewMapping, type TriedRecord } from './preview.js';

@ApiTags('Mapping')
@Controller('v1/connections')
export class MappingController {
  constructor(
    private readonly connections: Connections, private readonly requests: SyncRequests, private readonly database: Database,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
  ) {}

  @Post(':id/mapping/explain')
  @HttpCode(200)
  @Needs('read')
  @ApiOperation({ operationId: 'explainMapping', summary: 'Where each value of a record comes from', description: 'Of a record given here, or of the last one received under an id; also of records that cannot be mapped. Stores nothing.' })
  @ApiOkResponse({ type: ExplanationBody })
  async explain(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: ExplainBody): Promise<ExplanationBody> {
    const { entity, payload, externalId } = body;
    if ((payload === undefined) === (externalId === undefined)) throw invalid([{ field: 'payload', problem: 'give either `payload` or `externalId`, and not both' }]);
    const connection = await this.#open(caller, id, entity);
    const compiled = connection.readMapping(entity);
    const raw = externalId === undefined ? null : await this.database.inTenant(caller.tenantId, (transaction) => readLatestRawRecord(transaction, id, entity, externalId));
    if (externalId !== undefined && raw === null) throw notFound(`${entity} received from this connection with the source's id`, externalId);
    const fields = explain(compiled, payload ?? raw?.payload ?? {}).map(lineageRowBody);
    const { name, version } = compiled.mapping;
    return { mappingName: name, mappingVersion: version, rawRecordId: raw?.id ?? null, sound: fields.every((field) => field.problem === null), fields };
  }

  @Post(':id/mapping/preview')
  @HttpCode(200)
  @Needs('read')
  @ApiOperation({ operationId: 'previewMapping', summary: 'Try a mapping on what was received', description: 'Maps the newest records with a proposed overlay and with the mapping in use, and shows each before and after, with the origin of every value. With `live` it reads one page of the source for that. Stores nothing.' })
  @Problems(502)
  @ApiOkResponse({ type: PreviewAnswerBody })
  async preview(@CallerOf() caller: Caller, @Param('id', IdPipe) id: string, @Body() body: PreviewBody, @Res({ passthrough: true }) response: Response): Promise<PreviewAnswerBody> {
    const { entity, overlay, sample = SAMPLE_DEFAULT, live = false } = body;
    const connection = await this.#open(caller, id, entity);
    const inUse = connection.readMapping(entity);
    const proposed = overlay === undefined ? inUse : this.#withOverlay(connection, entity, overlay);
    const records = live
      ? await readLive(connection, entity, sample, untilGone(response))
      : await this.database.inTenant(caller.tenantId, (transaction) => readNewestRawRecords(transaction, id, entity, sample));
    return previewMapping(records, inUse, proposed);
  }

  /** @throws MappingFileError with every mistake of the overlay, by line. */
  #withOverlay({ connector }: OpenConnection, entity: EntityName, overlay: string): CompiledMapping {
    const name = readMappingName(connector, entity);
    const mapping = this.catalogue.mappings.get(connector.id)?.get(name);
    if (mapping === undefined || mapping.direction !== 'read') throw notFound('mapping', name);
    return compileMapping(mapping, { transforms: connector.transforms ?? {}, overlay: loadReadMapping(overlay, 'overlay.yaml') });
  }

  async #open(caller: Caller, id: string, entity: EntityName): Promise<OpenConnection> {
    await this.requests.connection(caller, id);
    const connection = await this.connections.open(caller.tenantId, id);
    if (connection.connector.read[entity] === undefined) throw invalid([{ field: 'entity', value: entity, problem: `is not read by ${connection.connector.title}; there are ${Object.keys(connection.connector.read).join(', ')}` }]);
    return connection;
  }
}

/** The first page of the source, as far as the sample goes. Deleted records have nothing to map. */
async function readLive(connection: OpenConnection, entity: EntityName, sample: number, signal: AbortSignal): Promise<TriedRecord[]> {
  for await (const { records } of connection.connector.read[entity]?.changes(connection.context(signal), null) ?? []) {
    return records.filter(({ deleted }) => !deleted).slice(0, sample).map(({ externalId, payload }) => ({ id: null, externalId, payload }));
  }
  return [];
}
