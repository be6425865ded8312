import { CONTROL_PATH, readInput, readInstant, SettingRules, type SettingCheck } from '../../simulation/control.js';
import { defaultSettings, REQUEST_CLASSES, SEARCH_DELAY_MS_MAX, type AccountSettings } from '../settings.js';
import type { Fault } from '../faults/faults.js';
import type { Call, Answer } from './message.js';

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
  setAuthenticationClock(instant: Date): void;
  rotateCertificate(): unknown;
  expireCertificates(at: Date): void;
  revokeTokens(): void;
  readonly auditTrail: readonly string[];
}

function answer(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** `/_control/...`: no vendor authentication, loopback only. Every endpoint is listed in README.md. */
export function answerControl(controls: Controls, call: Call): Answer {
  try {
    return route(controls, call, readInput(call.body));
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
    case 'PATCH settings': return answer(200, SETTING_RULES.change(controls.settings, input));
    case 'POST authentication-clock': return answer(200, (controls.setAuthenticationClock(readInstant(input['now'])), {}));
    case 'POST certificate-expiry': return answer(200, (controls.expireCertificates(readInstant(input['at'])), {}));
    case 'POST token-revocation': return answer(200, (controls.revokeTokens(), {}));
    case 'POST clock': return answer(200, (controls.setClock(readInstant(input['now']), input['held'] === true), {}));
    case 'POST check': return answer(200, (controls.check(), { holds: true }));
    case 'POST certificate': return answer(201, controls.rotateCertificate());
    case 'GET audit': return answer(200, controls.auditTrail);
    case 'POST mutate': return answer(200, controls.mutate(key ?? '', input) ?? {});
    default: return answer(404, { error: `no control ${call.method} ${call.path}` });
  }
}


function isGrant(value: unknown): boolean {
  if (value === null) return true;
  const grant = value as { ratePerSecond?: unknown; burst?: unknown };
  return typeof value === 'object' && Number(grant.ratePerSecond) > 0 && Number(grant.burst) >= 1;
}

function isLatency(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([key, delay]) => REQUEST_CLASSES.some((known) => known === key) && typeof delay === 'number' && delay >= 0);
}

function isPattern(value: unknown): boolean {
  try {
    return new RegExp(String(value)).source !== '';
  } catch {
    return false;
  }
}

const CHECKS: Readonly<Record<string, SettingCheck>> = {
  grant: { expected: 'null or {ratePerSecond, burst}', holds: isGrant },
  latencyMs: { expected: `milliseconds by request class (${REQUEST_CLASSES.join(', ')})`, holds: isLatency },
  queryOverflow: { expected: 'truncate or error', holds: (value) => value === 'truncate' || value === 'error' },
  hiddenTables: { expected: 'a list of table names', holds: (value) => Array.isArray(value) && value.every((table) => typeof table === 'string') },
  searchDelayMs: { expected: `0 to ${SEARCH_DELAY_MS_MAX}`, holds: (value) => typeof value === 'number' && value >= 0 && value <= SEARCH_DELAY_MS_MAX },
  concurrencyLimit: { expected: 'a positive integer', holds: (value) => Number.isInteger(value) && Number(value) >= 1 },
  externalIdBase: { expected: 'a regular expression', holds: (value) => typeof value === 'string' && isPattern(value) },
};

export const SETTING_RULES = new SettingRules<AccountSettings>(defaultSettings, CHECKS, new Set(['accountId', 'timeZone', 'dateFormat']));
