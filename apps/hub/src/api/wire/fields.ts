import { ApiProperty } from '@nestjs/swagger';

/** What the description of a field may add. */
export interface FieldOptions {
  readonly nullable?: boolean;
  readonly optional?: boolean;
}
export const OR_NULL: FieldOptions = { nullable: true };
export const OPTIONAL: FieldOptions = { optional: true };

type SchemaType = { type: 'string' | 'integer' | 'number' | 'boolean'; format?: string; enum?: string[]; example?: unknown };

function described(schema: SchemaType, description: string, options: FieldOptions): PropertyDecorator {
  const { type, ...rest } = schema;
  return ApiProperty({ ...rest, type, description, required: options.optional !== true, nullable: options.nullable === true } as Parameters<typeof ApiProperty>[0]);
}

/**
 * Fields as the API describes them: the kinds of value the wire knows, each written once. Ids and amounts are text (an id is opaque,
 * an amount is exact), days are `YYYY-MM-DD`, instants ISO 8601 in UTC.
 */
export const TextField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'string' }, description, options);
export const IdField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'string', example: '42' }, description, options);
export const DayField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'string', format: 'date' }, description, options);
export const InstantField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'string', format: 'date-time' }, description, options);
export const IntegerField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'integer' }, description, options);
/** A probability or a share. Never an amount. */
export const FractionField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'number' }, description, options);
export const FlagField = (description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'boolean' }, description, options);
export const OneOfField = (values: readonly string[], description: string, options: FieldOptions = {}): PropertyDecorator => described({ type: 'string', enum: [...values] }, description, options);

export function TextsField(description: string): PropertyDecorator {
  return ApiProperty({ type: 'array', items: { type: 'string' }, description });
}

/** A record of the API inside another. Nest tells a function that gives a class from a class by its name, `type`: it must stand in the literal. */
export function PartField(part: () => NewableFunction, description: string, options: FieldOptions = {}): PropertyDecorator {
  return ApiProperty({ type: () => part() as never, description, required: options.optional !== true, nullable: options.nullable === true });
}

export function PartsField(part: () => NewableFunction, description: string, options: FieldOptions = {}): PropertyDecorator {
  return ApiProperty({ type: () => part() as never, isArray: true, description, required: options.optional !== true });
}

/** JSON whose shape is not this API's: a vendor's payload, a connector's settings. */
export function OpenObjectField(description: string, options: FieldOptions = {}): PropertyDecorator {
  return ApiProperty({ type: 'object', additionalProperties: true, description, selfRequired: options.optional !== true, nullable: options.nullable === true });
}

/** Text by name. */
export function TextMapField(description: string, options: FieldOptions = {}): PropertyDecorator {
  return ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description, selfRequired: options.optional !== true });
}
