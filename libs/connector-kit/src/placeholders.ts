import type { Json, JsonObject, PlannedStep } from '#canonical';

/** Raised when a step needs the id of a step that has none yet. The plan's order is wrong, or an earlier step was not sent. */
export class PlaceholderError extends Error {
  override readonly name = 'PlaceholderError';
}

/** Every `{"$step": key}` of a body, and the target's step key: what must be booked before this step can be sent. */
export function neededSteps(step: PlannedStep): readonly string[] {
  const keys: string[] = [];
  const visit = (value: Json): void => {
    const key = placeholderKey(value);
    if (key !== null) keys.push(key);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(step.body);
  if (step.target !== null && 'stepKey' in step.target) keys.push(step.target.stepKey);
  return keys;
}

/**
 * The step as it is sent: every placeholder replaced by the id that step got. Expected applications are left as planned.
 * @throws PlaceholderError naming the step without an id.
 */
export function resolveStep(step: PlannedStep, externalIds: ReadonlyMap<string, string>): PlannedStep {
  const idOf = (stepKey: string): string => {
    const externalId = externalIds.get(stepKey);
    if (externalId === undefined) throw new PlaceholderError(`step "${step.stepKey}" needs the id of "${stepKey}", which is not booked; send that step first`);
    return externalId;
  };
  const target = step.target !== null && 'stepKey' in step.target ? { externalId: idOf(step.target.stepKey) } : step.target;
  return { ...step, target, body: replaceIn(step.body, idOf) as JsonObject };
}

function replaceIn(value: Json, idOf: (stepKey: string) => string): Json {
  const key = placeholderKey(value);
  if (key !== null) return idOf(key);
  if (Array.isArray(value)) return value.map((entry: Json) => replaceIn(entry, idOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, replaceIn(entry as Json, idOf)]));
}

function placeholderKey(value: Json): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value as JsonObject);
  const [name, key] = entries[0] ?? [];
  return entries.length === 1 && name === '$step' && typeof key === 'string' ? key : null;
}
