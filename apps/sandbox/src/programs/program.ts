import type { ParseArgsConfig } from 'node:util';

/** Options of a command line, as `parseArgs` knows them; every one takes a text. */
export type OptionNames = readonly string[];

/** What was written on the command line, by option. */
export type Values = Readonly<Record<string, string | undefined>>;

/** A vendor that listens. */
export interface Running {
  /** Where it is and what is no secret: one line on standard output. */
  readonly announcement: Readonly<Record<string, unknown>>;
  /** Everything a client needs: the credentials file. */
  readonly credentials: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** A vendor as a program of its own. */
export interface Program {
  /** Options of this vendor alone, beside {@link COMMON_OPTIONS}. */
  readonly options: OptionNames;
  /** @throws RangeError, ControlError for a value that is wrong, saying what is known */
  start(values: Values): Promise<Running>;
}

/** Options every vendor has. */
export const COMMON_OPTIONS: OptionNames = ['vendor', 'host', 'port', 'credentials'];

export const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/** Options for `parseArgs`. */
export function textOptions(names: OptionNames): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
}

/** A whole number from `low` to `high`; undefined when the option is absent. @throws RangeError */
export function wholeNumber(values: Values, name: string, low = 0, high = Number.MAX_SAFE_INTEGER): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) throw new RangeError(`--${name} must be a whole number from ${low} to ${high}, not "${text}"`);
  return value;
}

/** One of the known names; `otherwise` when the option is absent. @throws RangeError that names them */
export function oneOf<Name extends string>(values: Values, option: string, known: readonly Name[], otherwise: Name): Name {
  const text = values[option];
  if (text === undefined) return otherwise;
  const found = known.find((name) => name === text);
  if (found === undefined) throw new RangeError(`unknown ${option} ${text}; known: ${known.join(', ')}`);
  return found;
}

/** The JSON object of `--settings`; {} when absent. @throws RangeError when it is none */
export function settingsOf(values: Values): Record<string, unknown> {
  let settings: unknown;
  try {
    settings = JSON.parse(values['settings'] ?? '{}');
  } catch {
    settings = null;
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) throw new RangeError(`--settings must be a JSON object of switches and their values, not ${values['settings'] ?? ''}`);
  return settings as Record<string, unknown>;
}

/** An instant; undefined when the option is absent. @throws RangeError */
export function instantOf(values: Values, name: string): Date | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new RangeError(`--${name} must be an instant such as 2026-11-20T10:00:00Z, not "${text}"`);
  return instant;
}

/** Where to listen, on loopback at a free port unless told otherwise. @throws RangeError */
export function addressOf(values: Values): { readonly host: string; readonly port: number } {
  return { host: values['host'] ?? LOOPBACK, port: wholeNumber(values, 'port', 0, PORT_MAX) ?? 0 };
}

/** Without what is undefined: an absent option leaves the sandbox its own default. */
export function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
