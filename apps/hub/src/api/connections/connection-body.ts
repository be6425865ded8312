import { IsInt, IsNotEmpty, IsObject, IsOptional, IsString, Max, MaxLength, Min, ValidateBy, type ValidationOptions } from 'class-validator';
import type { JsonObject } from '#canonical';
import type { AnyConnector, Probe } from '#connector-kit';
import type { ConnectionRecord } from '#connections';
import { FlagField, IdField, InstantField, IntegerField, OneOfField, OpenObjectField, OPTIONAL, OR_NULL, PartField, PartsField, TextField, TextMapField, TextsField } from '../wire/fields.js';
import { CapabilitiesBody, capabilitiesBody } from './capabilities-body.js';

export const NAME_LENGTH_MAX = 200;
/** Thirty days: a schedule slower than that is a forgotten connection. */
export const SYNC_EVERY_MINUTES_MAX = 43_200;
/** An overlay is a few fields of one connection; more belongs in the mapping itself. */
export const OVERLAY_LENGTH_MAX = 100_000;

/** Mapping name -> YAML text. */
function IsOverlays(options?: ValidationOptions): PropertyDecorator {
  const fits = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
    && Object.values(value).every((text) => typeof text === 'string' && text.length <= OVERLAY_LENGTH_MAX);
  return ValidateBy({
    name: 'isOverlays',
    validator: { validate: fits, defaultMessage: () => `must name mappings, each with its YAML text of at most ${OVERLAY_LENGTH_MAX} characters` },
  }, options);
}

/** Settings of a new connection. */
export class NewConnectionBody {
  @TextField('A name of your own; no two connections share one')
  @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  name!: string;

  @TextField('Id of the connector')
  @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  connector!: string;

  @OpenObjectField('Settings that are no secret, as the connector wants them')
  @IsObject()
  config!: JsonObject;

  @OpenObjectField('Credentials; sealed, never shown again', OPTIONAL)
  @IsOptional() @IsObject()
  secrets?: JsonObject;

  @TextMapField('Mapping name -> YAML text that overrides fields for this connection alone', OPTIONAL)
  @IsOptional() @IsOverlays()
  mappingOverlays?: Record<string, string>;

  @IntegerField('Reads by itself this often; null or absent: only when asked', { nullable: true, optional: true })
  @IsOptional() @IsInt() @Min(1) @Max(SYNC_EVERY_MINUTES_MAX)
  syncEveryMinutes?: number | null;
}

/** What an edit names is replaced, the rest stays. */
export class ConnectionChangesBody {
  @TextField('A name of your own', OPTIONAL)
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  name?: string;

  @OpenObjectField('All settings that are no secret: given, they replace the stored ones', OPTIONAL)
  @IsOptional() @IsObject()
  config?: JsonObject;

  @OpenObjectField('All credentials: given, they replace the stored ones', OPTIONAL)
  @IsOptional() @IsObject()
  secrets?: JsonObject;

  @TextMapField('All overlays: given, they replace the stored ones', OPTIONAL)
  @IsOptional() @IsOverlays()
  mappingOverlays?: Record<string, string>;

  @IntegerField('Reads by itself this often; null: only when asked', { nullable: true, optional: true })
  @IsOptional() @IsInt() @Min(1) @Max(SYNC_EVERY_MINUTES_MAX)
  syncEveryMinutes?: number | null;
}

export class PauseBody {
  @TextField('Why; shown wherever the connection is')
  @IsString() @IsNotEmpty() @MaxLength(NAME_LENGTH_MAX)
  because!: string;
}

/** Something that ends: a certificate, a secret, a consent. */
export class ExpiryBody {
  @TextField('What ends')
  what!: string;

  @InstantField('When')
  at!: string;

  @TextField('What to do before')
  cure!: string;
}

/** What an account turned out to have. */
export class ProbeBody {
  @InstantField('When it was asked')
  at!: string;

  @TextsField('What is missing for a declared capability, each with what to do; empty means sound')
  missing!: string[];

  @PartsField(() => ExpiryBody, 'What ends, and when; the connection stops working then')
  expiries!: ExpiryBody[];

  @TextField('IANA time zone of the account: its days are counted in it')
  timeZone!: string;

  @OpenObjectField('The connector\'s own findings')
  features!: Record<string, string | number | boolean>;
}

/** An installed connector. Secrets are never shown. */
export class ConnectionBody {
  @IdField('Id in this hub')
  id!: string;

  @TextField('A name of your own')
  name!: string;

  @TextField('Id of the connector')
  connector!: string;

  @OpenObjectField('Settings that are no secret')
  config!: JsonObject;

  @FlagField('Whether credentials are stored')
  hasSecrets!: boolean;

  @OneOfField(['active', 'paused'], 'Paused connections neither read nor post')
  status!: 'active' | 'paused';

  @TextField('Why it is paused', OR_NULL)
  pausedBecause!: string | null;

  @IntegerField('Runs that failed since the last one that succeeded')
  failuresInARow!: number;

  @IntegerField('Reads by itself this often', OR_NULL)
  syncEveryMinutes!: number | null;

  @TextMapField('Mapping name -> YAML text that overrides fields for this connection alone')
  mappingOverlays!: Record<string, string>;

  @PartField(() => ProbeBody, 'What the last check found; null before the first', OR_NULL)
  probe!: ProbeBody | null;

  @PartField(() => CapabilitiesBody, 'What this connection can do: the connector\'s, less what the account lacks; null when the connector is not part of this build', OR_NULL)
  capabilities!: CapabilitiesBody | null;

  @IntegerField('Grows with each change of settings; the ETag')
  version!: number;

  @InstantField('When it was made')
  createdAt!: string;

  @InstantField('When its settings last changed')
  updatedAt!: string;
}

export function probeBody({ at, missing, expiries = [], timeZone, features }: Probe): ProbeBody {
  return { at, missing: [...missing], expiries: expiries.map((expiry) => ({ ...expiry })), timeZone, features: { ...features } };
}

export function connectionBody(record: ConnectionRecord, connector: AnyConnector | undefined): ConnectionBody {
  const { id, name, config, hasSecrets, status, pausedBecause, failuresInARow, syncEveryMinutes, mappingOverlays, probe, version } = record;
  return {
    id, name, connector: record.connector, config, hasSecrets, status, pausedBecause, failuresInARow, syncEveryMinutes, mappingOverlays: { ...mappingOverlays },
    probe: probe === null ? null : probeBody(probe),
    capabilities: connector === undefined ? null : capabilitiesBody(probe?.capabilities ?? connector.capabilities, connector.capabilities, connector.title),
    version, createdAt: record.createdAt.toISOString(), updatedAt: record.updatedAt.toISOString(),
  };
}
