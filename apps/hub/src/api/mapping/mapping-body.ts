import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ENTITY_NAMES, type EntityName, type JsonObject } from '#canonical';
import { OVERLAY_LENGTH_MAX } from '../connections/connection-body.js';
import { FlagField, IdField, IntegerField, OneOfField, OpenObjectField, OPTIONAL, OR_NULL, PartsField, TextField } from '../wire/fields.js';
import { LineageRowBody, MappingProblemBody } from '../wire/mapping-body.js';

export const EXTERNAL_ID_LENGTH_MAX = 200;
export const SAMPLE_DEFAULT = 100;
/** Mapping runs at tens of thousands of records a second; this many stay well inside a request's time. */
export const SAMPLE_MAX = 5_000;
/** Results shown of a sample; the counts cover all of it. */
export const RESULTS_SHOWN_MAX = 50;

/** A record to explain: given here, or the last one received under an id. */
export class ExplainBody {
  @OneOfField(ENTITY_NAMES, 'The record type')
  @IsIn(ENTITY_NAMES)
  entity!: EntityName;

  @OpenObjectField('A record as the source would send it; or name `externalId`', OPTIONAL)
  @IsOptional() @IsObject()
  payload?: JsonObject;

  @TextField('The source\'s id of a record that was received; or give `payload`', OPTIONAL)
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(EXTERNAL_ID_LENGTH_MAX)
  externalId?: string;
}

/** Every canonical value with its source. */
export class ExplanationBody {
  @TextField('Name of the mapping')
  mappingName!: string;

  @IntegerField('Its version')
  mappingVersion!: number;

  @IdField('The record as received; null when it was given', OR_NULL)
  rawRecordId!: string | null;

  @FlagField('Whether the record maps without a problem')
  sound!: boolean;

  @PartsField(() => LineageRowBody, 'Every field')
  fields!: LineageRowBody[];
}

/** A mapping to try before it is used. */
export class PreviewBody {
  @OneOfField(ENTITY_NAMES, 'The record type')
  @IsIn(ENTITY_NAMES)
  entity!: EntityName;

  @TextField('YAML text of an overlay, instead of the connection\'s own; absent: as it is now', OPTIONAL)
  @IsOptional() @IsString() @MaxLength(OVERLAY_LENGTH_MAX)
  overlay?: string;

  @IntegerField(`How many of the newest records to try, at most ${SAMPLE_MAX}; ${SAMPLE_DEFAULT} when absent`, OPTIONAL)
  @IsOptional() @IsInt() @Min(1) @Max(SAMPLE_MAX)
  sample?: number;

  @FlagField('Reads one page of the source now and tries its records, instead of those received before: also before the first sync', OPTIONAL)
  @IsOptional() @IsBoolean()
  live?: boolean;
}

export class PreviewResultBody {
  @IdField('The record as received and stored; null for one that was read just now', OR_NULL)
  rawRecordId!: string | null;

  @TextField('The source\'s own id')
  externalId!: string;

  @OpenObjectField('The record as received')
  payload!: JsonObject;

  @OneOfField(['unchanged', 'changed', 'nowMapped', 'nowRefused', 'refused'], 'Against the mapping in use')
  outcome!: PreviewOutcome;

  @OpenObjectField('The canonical record; amounts as `{amount, currency}`; null when it has problems', OR_NULL)
  record!: JsonObject | null;

  @PartsField(() => MappingProblemBody, 'Why it does not map')
  problems!: MappingProblemBody[];

  @PartsField(() => LineageRowBody, 'Where each value comes from, field by field')
  lineage!: LineageRowBody[];
}
export type PreviewOutcome = 'unchanged' | 'changed' | 'nowMapped' | 'nowRefused' | 'refused';

/** What a mapping would make of records that were received. Nothing is stored. */
export class PreviewAnswerBody {
  @TextField('Name of the mapping')
  mappingName!: string;

  @IntegerField('Records tried')
  sampled!: number;

  @IntegerField('Of them mapped without a problem')
  mapped!: number;

  @IntegerField('Of them refused')
  refused!: number;

  @IntegerField('Canonical records that would change: other content, newly mapped, or newly refused')
  wouldChange!: number;

  @PartsField(() => PreviewResultBody, `At most ${RESULTS_SHOWN_MAX}: what would change first, then what is refused, then the rest, newest first`)
  results!: PreviewResultBody[];
}
