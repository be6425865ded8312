import { IdField, InstantField, IntegerField, PartField, TextField, TextMapField } from './fields.js';

/** Where a record comes from: the mapping, the raw record it was made of, the run that brought it. */
export class LineageBody {
  @TextField('Name of the mapping that made it')
  mappingName!: string;

  @IntegerField('Version of that mapping')
  mappingVersion!: number;

  @IdField('The record as received')
  rawRecordId!: string;

  @IdField('The sync run that brought this state')
  syncRunId!: string;
}

/** What every record read from a source carries. */
export class CanonicalBody {
  @IdField('Id in this hub')
  id!: string;

  @IdField('The connection it was read from')
  connectionId!: string;

  @TextField('The source\'s own id')
  externalId!: string;

  @TextMapField('Source fields no mapping line claims, as text')
  extras!: Record<string, string>;

  @InstantField('When this hub last changed it')
  updatedAt!: string;

  @PartField(() => LineageBody, 'Where it comes from; per field under `/lineage`')
  lineage!: LineageBody;
}

/** The columns behind {@link CanonicalBody}, as the lists select them. */
export interface CanonicalRow extends Record<string, unknown> {
  id: string; connection_id: string; external_id: string; raw_record_id: string; mapping_name: string; mapping_version: number;
  sync_run_id: string; extras: Record<string, string>; updated_at: Date;
}

export function canonicalBody(row: CanonicalRow): CanonicalBody {
  return {
    id: row.id, connectionId: row.connection_id, externalId: row.external_id, extras: row.extras, updatedAt: row.updated_at.toISOString(),
    lineage: { mappingName: row.mapping_name, mappingVersion: row.mapping_version, rawRecordId: row.raw_record_id, syncRunId: row.sync_run_id },
  };
}
