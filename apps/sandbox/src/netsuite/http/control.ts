import { defaultSettings, REQUEST_CLASSES, SEARCH_DELAY_MS_MAX, type AccountSettings } from '../settings.js';
import type { Fault } from '../faults/faults.js';
import type { Call, Answer } from './message.js';

export const CONTROL_PATH = '/_control';

/** What the control endpoints can do to the sandbox; the same operations the API object has. */
export interface Controls {
  readonly settings: AccountSettings;
  stats(): unknown;
  check(): void;
  addFault(fault: Fault): number;
  removeFault(id: number): void;
  clearFaults(): void;
  listFaults(): unknown;
  reseedFaults(seed: number): void;
  mutate(name: string, input: Readonly<Record<string, unknown>>): unknown;
  setClock(instant: Date, held: boolean): void;
  rotateCertificate(): unknown;
  readonly auditTrail: readonly string[];
}

export class ControlError extends Error {
  override readonly name = 'ControlError';
}

function answer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** `/_control/...`: no vendor authentication, loopback only. Every endpoint is listed in README.md. */
export function answerControl(controls: Controls, call: Call): Answer {
  try {
    const input: unknown = call.body === '' ? {} : JSON.parse(call.body);
    if (typeof input !== 'object' || input === null) throw new ControlError('the body must be a JSON object');
    return route(controls, call, input as Record<string, unknown>);
  } catch (error) {
    return answer(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function route(controls: Controls, call: Call, input: Record<string, unknown>): Answer {
  const [area = '', key] = call.path.slice(CONTROL_PATH.length + 1).split('/');
  switch (`${call.method} ${area}`) {
    case 'GET stats': return answer(200, controls.stats());
    case 'GET faults': return answer(200, controls.listFaults());
    case 'POST faults': return answer(201, { id: controls.addFault(input as unknown as Fault) });
    case 'DELETE faults':
      if (key === undefined) controls.clearFaults();
      else controls.removeFault(Number(key));
      return answer(200, {});
    case 'POST seed': return answer(200, (controls.reseedFaults(Number(input['seed'])), {}));
    case 'GET settings': return answer(200, controls.settings);
    case 'PATCH settings': return answer(200, applySettings(controls.settings, input));
    case 'POST clock': return answer(200, (controls.setClock(readInstant(input['now']), input['held'] === true), {}));
    case 'POST check': return answer(200, (controls.check(), { holds: true }));
    case 'POST certificate': return answer(201, controls.rotateCertificate());
    case 'GET audit': return answer(200, controls.auditTrail);
    case 'POST mutate': return answer(200, controls.mutate(key ?? '', input) ?? {});
    default: return answer(404, { error: `no control ${call.method} ${call.path}` });
  }
}

function readInstant(value: unknown): Date {
  const instant = new Date(String(value));
  if (Number.isNaN(instant.getTime())) throw new ControlError(`"${String(value)}" is not an instant`);
  return instant;
}

const FIXED = new Set(['accountId', 'timeZone', 'dateFormat']);

/** Changes switches by name; the type of each must stay what it is. @throws ControlError */
export function applySettings(settings: AccountSettings, changes: Readonly<Record<string, unknown>>): AccountSettings {
  const shape = defaultSettings() as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in shape)) throw new ControlError(`unknown setting ${name}; known: ${Object.keys(shape).join(', ')}`);
    if (FIXED.has(name)) throw new ControlError(`${name} is fixed when the sandbox starts`);
    checkSetting(name, value, shape[name]);
  }
  Object.assign(settings, changes);
  return settings;
}

function checkSetting(name: string, value: unknown, example: unknown): void {
  const wrong = (expected: string): ControlError => new ControlError(`${name} must be ${expected}, not ${JSON.stringify(value)}`);
  if (name === 'grant') {
    const grant = value as { ratePerSecond?: unknown; burst?: unknown } | null;
    const fits = grant === null || (typeof grant === 'object' && Number(grant.ratePerSecond) > 0 && Number(grant.burst) >= 1);
    if (!fits) throw wrong('null or {ratePerSecond, burst}');
  } else if (name === 'latencyMs') {
    const entries = Object.entries((value ?? {}) as Record<string, unknown>);
    if (!entries.every(([key, delay]) => REQUEST_CLASSES.some((known) => known === key) && typeof delay === 'number' && delay >= 0)) throw wrong(`milliseconds by request class (${REQUEST_CLASSES.join(', ')})`);
  } else if (name === 'queryOverflow') {
    if (value !== 'truncate' && value !== 'error') throw wrong('truncate or error');
  } else if (name === 'hiddenTables') {
    if (!Array.isArray(value) || !value.every((table) => typeof table === 'string')) throw wrong('a list of table names');
  } else if (typeof value !== typeof example) {
    throw wrong(`a ${typeof example}`);
  }
  if (name === 'searchDelayMs' && !(Number(value) >= 0 && Number(value) <= SEARCH_DELAY_MS_MAX)) throw wrong(`0 to ${SEARCH_DELAY_MS_MAX}`);
  if (name === 'concurrencyLimit' && !(Number.isInteger(value) && Number(value) >= 1)) throw wrong('a positive integer');
  if (name === 'externalIdBase') new RegExp(String(value));
}
