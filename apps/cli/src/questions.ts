import type { Settings } from './settings-input.js';

/** One setting to ask a person for. */
export interface Question {
  readonly name: string;
  /** What it is for, in the connector's words. */
  readonly help: string;
  /** Closed list, where there is one. */
  readonly choices: readonly string[];
  /** Taken when nothing is typed; null where something must be. */
  readonly byDefault: string | null;
  readonly kind: 'text' | 'number' | 'flag';
  readonly secret: boolean;
}

/** The parts of JSON Schema that a connector's settings use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

/**
 * The next setting to ask for; null when what is given will do. Settings that are required are asked for, in the schema's order, and of
 * alternatives first what tells them apart (`authentication`). Settings with a default and optional ones are not: they are for `--config`.
 */
export function nextQuestion(schema: object, given: Settings, secret: boolean): Question | null {
  const variants = variantsOf(schema as Schema);
  const fitting = variants.filter((variant) => fits(variant, given));
  const [only, ...others] = fitting.length === 0 ? variants : fitting;
  if (only === undefined) return null;
  if (others.length > 0) {
    const telling = tellingApart([only, ...others]);
    if (telling !== null && given[telling.name] === undefined) return { ...telling, secret };
  }
  // Variants that nothing tells apart (one kind of credentials or another): the one of which most is given.
  const [chosen] = [only, ...others].toSorted((left, right) => givenOf(right, given) - givenOf(left, given));
  const name = (chosen?.required ?? []).find((required) => given[required] === undefined && chosen?.properties?.[required]?.const === undefined);
  if (name === undefined) return null;
  return questionOf(name, chosen?.properties?.[name] ?? {}, secret);
}

/** Settings that follow from what was chosen: the constants of the variant that fits. */
export function impliedSettings(schema: object, given: Settings): Settings {
  const fitting = variantsOf(schema as Schema).filter((variant) => fits(variant, given));
  if (fitting.length !== 1) return {};
  return Object.fromEntries(Object.entries(fitting[0]?.properties ?? {}).flatMap(([name, { const: value }]) => (value === undefined || given[name] !== undefined ? [] : [[name, value]])));
}

/** A typed answer as the setting's type. Null: it does not fit, ask again. */
export function answerAs({ kind, choices, byDefault }: Question, typed: string): unknown {
  const text = typed.trim() === '' && byDefault !== null ? byDefault : typed.trim();
  if (text === '') return null;
  if (choices.length > 0) return choices.includes(text) ? text : null;
  if (kind === 'number') return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
  if (kind === 'flag') return /^(?:y|yes|true)$/i.test(text) ? true : /^(?:n|no|false)$/i.test(text) ? false : null;
  return text;
}

function variantsOf(schema: Schema): readonly Schema[] {
  return schema.oneOf ?? schema.anyOf ?? [schema];
}

function fits(variant: Schema, given: Settings): boolean {
  return Object.entries(variant.properties ?? {}).every(([name, { const: value }]) => value === undefined || given[name] === undefined || given[name] === value);
}

function givenOf({ properties = {} }: Schema, given: Settings): number {
  return Object.keys(given).filter((name) => name in properties).length;
}

function tellingApart(variants: readonly Schema[]): Omit<Question, 'secret'> | null {
  const names = Object.keys(variants[0]?.properties ?? {});
  const name = names.find((candidate) => variants.every(({ properties }) => properties?.[candidate]?.const !== undefined));
  if (name === undefined) return null;
  const choices = variants.map(({ properties }) => String(properties?.[name]?.const));
  return { name, help: variants[0]?.properties?.[name]?.description ?? 'which of these', choices, byDefault: choices[0] ?? null, kind: 'text' };
}

function questionOf(name: string, { type, enum: choices = [], default: byDefault, description = '' }: Schema, secret: boolean): Question {
  const kind = type === 'integer' || type === 'number' ? 'number' : type === 'boolean' ? 'flag' : 'text';
  return { name, help: description, choices: choices.map(String), byDefault: byDefault === undefined ? null : String(byDefault), kind, secret };
}
