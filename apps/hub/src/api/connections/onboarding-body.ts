import { IsIn } from 'class-validator';
import { ENTITY_NAMES, type EntityName, type Json, type JsonObject } from '#canonical';
import { FIELD_KINDS, TEST_READ_CALLS_MAX, TEST_READ_RECORDS_MAX, type FieldKind, type TestRead } from '#connections';
import type { DiscoveredField } from '#connector-kit';
import { FlagField, IntegerField, OneOfField, OpenObjectField, OR_NULL, PartsField, TextField } from '../wire/fields.js';
import { ApiProperty } from '@nestjs/swagger';

/** A field of the account that the standard does not have. */
export class DiscoveredFieldBody {
  @OneOfField(ENTITY_NAMES, 'The record type it belongs to')
  entity!: EntityName;

  @TextField('Its name, as a mapping writes it')
  name!: string;

  @TextField('Its name for people, as the account shows it')
  label!: string;

  @TextField('Its type, in the source\'s own word')
  type!: string;
}

export class DiscoveredFieldsBody {
  @FlagField('Whether this source can be asked for its fields')
  offered!: boolean;

  @PartsField(() => DiscoveredFieldBody, 'Fields beyond the standard ones')
  items!: DiscoveredFieldBody[];
}

export class TestReadRequestBody {
  @OneOfField(ENTITY_NAMES, 'The record type to read')
  @IsIn(ENTITY_NAMES)
  entity!: EntityName;
}

/** A call as it was made, without headers and secrets. */
export class ShownCallBody {
  @TextField('Method')
  method!: string;

  @TextField('Address; secrets in it are hidden')
  url!: string;

  @IntegerField('Status of the answer; 0 when none came')
  status!: number;

  @IntegerField('Milliseconds until the answer')
  durationMs!: number;

  @TextField('Body of the request, shortened; secrets are hidden')
  request!: string;

  @TextField('Body of the answer, shortened; secrets are hidden')
  response!: string;
}

export class ReadRecordBody {
  @TextField('The source\'s id')
  externalId!: string;

  @TextField('Grows with every change, as the source states it')
  revision!: string;

  @OpenObjectField('The record as received')
  payload!: JsonObject;
}

/** What a field looks like. */
export class InferredFieldBody {
  @TextField('As a mapping names it: `entity.id`, `lines[].amount`')
  path!: string;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...FIELD_KINDS] }, description: 'What its values look like, most frequent first' })
  kinds!: FieldKind[];

  @IntegerField('Records of the page that have a value in it')
  present!: number;

  @TextField('A value, shortened')
  example!: string;
}

/** One page of the source, with how it was asked for. Nothing of it is kept. */
export class TestReadBody {
  @PartsField(() => ShownCallBody, `The calls in their order, at most ${TEST_READ_CALLS_MAX}, signing in included`)
  calls!: ShownCallBody[];

  @PartsField(() => ReadRecordBody, `The first records of the page, at most ${TEST_READ_RECORDS_MAX}`)
  records!: ReadRecordBody[];

  @IntegerField('Records of the page')
  pageRecords!: number;

  @OpenObjectField('Where a sync would go on after this page; null when nothing was read', OR_NULL)
  checkpoint!: Json;

  @PartsField(() => InferredFieldBody, 'Every field of the page and what its values look like')
  fields!: InferredFieldBody[];

  @TextField('Why the read failed; null when it did not', OR_NULL)
  problem!: string | null;
}

export function discoveredFieldBody({ entity, name, label, type }: DiscoveredField): DiscoveredFieldBody {
  return { entity, name, label, type };
}

export function testReadBody({ calls, records, pageRecords, checkpoint, fields, problem }: TestRead): TestReadBody {
  return {
    calls: calls.map((call) => ({ ...call })), records: records.map(({ externalId, revision, payload }) => ({ externalId, revision, payload })), pageRecords, checkpoint,
    fields: fields.map((field) => ({ ...field, kinds: [...field.kinds] })), problem,
  };
}
