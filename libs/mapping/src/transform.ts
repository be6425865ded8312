import type { CurrencyCode, Json, JsonObject } from '#canonical';
import type { Arguments } from './mapping.js';
import type { Target, TargetKind } from './target.js';

/** A connector's own pure function, named `via: custom.<name>`. Text in, text out; whatever it throws is a problem of that value. */
export type CustomTransform = (value: string, options: JsonObject) => string;
export type CustomTransforms = Readonly<Record<string, CustomTransform>>;
export const CUSTOM_PREFIX = 'custom.';

/** What a transform may look at beside its own value. */
export interface Surroundings {
  readonly record: Json;
  /** Currency of the record being mapped; null while or because it is unknown. */
  readonly currency: CurrencyCode | null;
}

/** Kinds of argument a transform may take. A `format` is checked by the transform itself. */
export type ArgumentKind = 'text' | 'flag' | 'path' | 'map' | 'count';
export interface ArgumentRule {
  readonly kind: ArgumentKind;
  readonly required: boolean;
}

/** One line of a transform table: what the loader checks and the README shows. */
export interface TransformWords {
  /** One sentence for the table of the README. */
  readonly says: string;
  readonly gives: readonly TargetKind[];
  /** `several`: `from` is a list of paths. */
  readonly from: 'one' | 'several';
  readonly takes: Readonly<Record<string, ArgumentRule>>;
  /** What is wrong with the arguments for this target, or null. */
  readonly mistake?: (given: Arguments, target: Target) => string | null;
}

export const OPTIONAL = { required: false } as const;
export const REQUIRED = { required: true } as const;
