import { currencyCode, ENTITY_NAMES, ENTITY_SCHEMAS, localDate, money, type EntityName } from '#canonical';
import { z } from 'zod';

/** What a target field holds. `json` is a field of an outgoing request, whose type the target system knows. */
export type TargetKind = 'text' | 'money' | 'date' | 'currency' | 'boolean' | 'oneOf' | 'texts' | 'rows' | 'extras' | 'json';

/** A canonical field as the mapping sees it, taken from its zod schema and nowhere else. */
export interface Target {
  readonly kind: TargetKind;
  readonly nullable: boolean;
  /** Allowed values of a `oneOf` target; empty for every other. */
  readonly values: readonly string[];
  /** Characters a `text` target takes; null when it has no bound. */
  readonly lengthMax: number | null;
  /** Fields of one row of a `rows` target; empty for every other. */
  readonly fields: Targets;
}
export type Targets = ReadonlyMap<string, Target>;

/** Any field of an outgoing request. */
export const JSON_TARGET: Target = { kind: 'json', nullable: true, values: [], lengthMax: null, fields: new Map() };
/** A text the mapping itself adds under `extras.<name>`. */
export const EXTRA_TARGET: Target = { ...JSON_TARGET, kind: 'text' };

const LEAF: Omit<Target, 'kind'> = { nullable: false, values: [], lengthMax: null, fields: new Map() };

/** @throws Error for a schema no mapping can fill: the canonical model grew a word the mapping does not know yet. */
function targetOf(schema: unknown): Target {
  if (schema instanceof z.ZodNullable) return { ...targetOf(schema.unwrap()), nullable: true };
  if (schema === money) return { ...LEAF, kind: 'money' };
  if (schema === localDate) return { ...LEAF, kind: 'date' };
  if (schema === currencyCode) return { ...LEAF, kind: 'currency' };
  if (schema instanceof z.ZodBoolean) return { ...LEAF, kind: 'boolean' };
  if (schema instanceof z.ZodEnum) return { ...LEAF, kind: 'oneOf', values: schema.options.map(String) };
  if (schema instanceof z.ZodRecord) return { ...LEAF, kind: 'extras' };
  if (schema instanceof z.ZodString) return { ...LEAF, kind: 'text', lengthMax: schema.maxLength };
  if (schema instanceof z.ZodArray) {
    const item = targetOf(schema.element);
    return item.kind === 'text' ? { ...LEAF, kind: 'texts', lengthMax: item.lengthMax } : { ...LEAF, kind: 'rows', fields: item.fields };
  }
  if (schema instanceof z.ZodObject) return { ...LEAF, kind: 'rows', fields: targetsOf(schema.shape) };
  throw new Error('a canonical field has a schema that no mapping transform can fill');
}

function targetsOf(shape: Readonly<Record<string, unknown>>): Targets {
  return new Map(Object.entries(shape).map(([name, schema]) => [name, targetOf(schema)]));
}

/** Fields of every entity, in the order of the model. */
export const ENTITY_TARGETS: ReadonlyMap<EntityName, Targets> = new Map(
  ENTITY_NAMES.map((name) => [name, targetsOf(ENTITY_SCHEMAS[name].shape)]),
);
