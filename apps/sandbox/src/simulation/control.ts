/** Where every simulated vendor takes its control calls. */
export const CONTROL_PATH = '/_control';

export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** The input of a control call: a JSON object, {} for an empty body. @throws ControlError, SyntaxError */
export function readInput(text: string): Record<string, unknown> {
  const input: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new ControlError('the body must be a JSON object');
  return input as Record<string, unknown>;
}

/** @throws ControlError */
export function readInstant(value: unknown): Date {
  const instant = new Date(String(value));
  if (Number.isNaN(instant.getTime())) throw new ControlError(`"${String(value)}" is not an instant`);
  return instant;
}

/** What a switch must be. */
export interface SettingCheck {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

/** A vendor's switches: all of them with what they are at first, and what those must be whose type alone does not say it. */
export class SettingRules<Settings extends object> {
  /** @param fixed switches that cannot change while the vendor runs */
  constructor(private readonly defaults: () => Settings, private readonly checks: Readonly<Record<string, SettingCheck>>, private readonly fixed: ReadonlySet<string> = new Set()) {}

  /** Changes switches by name; the type of each must stay what it is. @throws ControlError, and then nothing is changed */
  change(settings: Settings, changes: Readonly<Record<string, unknown>>): Settings {
    const fixed = Object.keys(changes).find((name) => this.fixed.has(name));
    if (fixed !== undefined) throw new ControlError(`${fixed} is fixed when the sandbox starts`);
    return Object.assign(settings, this.check(changes));
  }

  /** Switches to start with. @throws ControlError for a wrong name or value */
  check(changes: Readonly<Record<string, unknown>>): Partial<Settings> {
    const shape = new Map<string, unknown>(Object.entries(this.defaults()));
    for (const [name, value] of Object.entries(changes)) {
      if (!shape.has(name)) throw new ControlError(`unknown setting ${name}; known: ${[...shape.keys()].join(', ')}`);
      const example = typeof shape.get(name);
      const { expected, holds } = this.checks[name] ?? { expected: `a ${example}`, holds: (candidate: unknown) => typeof candidate === example };
      if (!holds(value)) throw new ControlError(`${name} must be ${expected}, not ${JSON.stringify(value)}`);
    }
    return changes as Partial<Settings>;
  }
}
